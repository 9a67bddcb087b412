"""The core's filters, as a plugin like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter, IFacets
from catalog.search.filters import date, disclosure, level, organization, source, topic, type, validity, year  # noqa: A004

IndexFields = Callable[[Record], Mapping[str, Sequence[str | int]]]
"""For one record: the values of every field that a filter looks at."""

_MODULES: tuple[ModuleType, ...] = (type, organization, year, validity, topic, disclosure, source, level, date)


class FiltersPlugin:
    """Registers the core's filters, in the order in which pages show them."""

    name = "filters"

    def facets(self) -> Sequence[IFacets]:
        """What this plugin offers: itself."""
        return (self,)

    def filters(self) -> Sequence[Filter]:
        """The core's filters."""
        return tuple(item for module in _MODULES for item in module.FILTERS)

    def index_fields(self, record: Record) -> Mapping[str, Sequence[str | int]]:
        """The values of the fields that these filters look at."""
        found: dict[str, Sequence[str | int]] = {}
        for module in _MODULES:
            found.update(module.values(record))
        return found


def combined(plugins: Iterable[IFacets]) -> tuple[tuple[Filter, ...], IndexFields]:
    """The filters of all plugins in order, and one function that fills all their fields."""
    held = tuple(plugins)

    def index_fields(record: Record) -> Mapping[str, Sequence[str | int]]:
        found: dict[str, Sequence[str | int]] = {}
        for plugin in held:
            found.update(plugin.index_fields(record))
        return found

    return tuple(item for plugin in held for item in plugin.filters()), index_fields
