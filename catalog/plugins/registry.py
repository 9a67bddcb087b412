"""How plugins are found, switched on, and asked. The core's own parts come in here like any extension, by entry point.

Hooks are pluggy's: a plugin takes part by having a method of a hook's name; it says where it stands among the others with
`@hookimpl(tryfirst=True)` or `trylast=True`, never by its place in a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from itertools import chain
from typing import Any

import pluggy

from catalog.errors import Misconfigured
from catalog.plugins.interfaces import IDatasetForm, IFacets, IHarvester, ITextExtractor

GROUP = "catalog.plugins"
hookspec = pluggy.HookspecMarker("gongkai")
hookimpl = pluggy.HookimplMarker("gongkai")


class Hooks:
    """What a plugin can be asked for. Each hook returns a sequence of objects of one interface."""

    @hookspec
    def harvesters(self) -> Sequence[IHarvester]:  # type: ignore[empty-body]
        """Kinds of source."""

    @hookspec
    def record_types(self) -> Sequence[IDatasetForm]:  # type: ignore[empty-body]
        """Record types with their schemas."""

    @hookspec
    def facets(self) -> Sequence[IFacets]:  # type: ignore[empty-body]
        """Search filters with their facets."""

    @hookspec
    def text_extractors(self) -> Sequence[ITextExtractor]:  # type: ignore[empty-body]
        """Readers of file formats."""


HOOKS = tuple(name for name in vars(Hooks) if not name.startswith("_"))


class Plugins:
    """The plugins that are on, and what they offer. Made once by the application; two things of one name are refused."""

    def __init__(self, plugins: Iterable[tuple[str, Any]]) -> None:
        self._manager = _Manager("gongkai")
        self._manager.add_hookspecs(Hooks)
        for name, plugin in plugins:
            self._manager.register(plugin() if isinstance(plugin, type) else plugin, name=name)
        self.harvesters: dict[str, IHarvester] = self._named("harvesters", "kind")
        self.record_types: dict[str, IDatasetForm] = self._named("record_types", "record_type")
        self.facets: dict[str, IFacets] = self._named("facets", "name")
        self.text_extractors: dict[str, ITextExtractor] = self._named("text_extractors", "name")

    @classmethod
    def load(cls, switches: Sequence[str] = ()) -> Plugins:
        """The core's own plugins and those that `switches` names (`name` turns one on, `-name` one of the core's off).

        Raises `Misconfigured` for a name that no installed package offers, or that fails to load.
        """
        found = {point.name: point for point in entry_points(group=GROUP)}
        off = {name.removeprefix("-") for name in switches if name.startswith("-")}
        wanted = {name for name in switches if not name.startswith("-")}
        for name in sorted((off | wanted) - found.keys()):
            raise Misconfigured(
                f"GONGKAI_PLUGINS names {name}, which no installed package offers; installed: {', '.join(sorted(found))}"
            )
        on = [point for point in found.values() if point.name not in off and (point.name in wanted or is_core(point))]
        return cls((point.name, _loaded(point)) for point in on)

    def answering(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each plugin that is on, with the hooks that it answers."""
        return [
            (name, tuple(hook for hook in HOOKS if hasattr(plugin, hook)))
            for name, plugin in self._manager.list_name_plugin()
            if plugin is not None
        ]

    def _named(self, hook: str, key: str) -> dict[str, Any]:
        named: dict[str, Any] = {}
        # pluggy calls the last registered first; pages and help list the core's own first
        for thing in chain.from_iterable(reversed(getattr(self._manager.hook, hook)())):
            name = getattr(thing, key)
            if name in named:
                raise Misconfigured(
                    f"two plugins offer the {hook.removesuffix('s').replace('_', ' ')} {name}; turn one of them off"
                )
            named[name] = thing
        return named


def is_core(point: EntryPoint) -> bool:
    """Whether an entry point is this distribution's own."""
    return point.dist is not None and point.dist.name == "gongkai"


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        raise Misconfigured(f"plugin {point.name} ({point.value}) cannot be loaded: {error}") from error


class _Manager(pluggy.PluginManager):
    """A plugin manager that takes any method named like a hook for its implementation, so that a plugin needs no import of ours."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        opts = super().parse_hookimpl_opts(plugin, name)
        return {} if opts is None and name in HOOKS else opts
