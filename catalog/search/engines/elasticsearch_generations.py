"""The generations of the index on a cluster: made, found by their names, switched between by aliases, and published to. Speaks to a client,
but knows none.

The alias `<prefix>` names the current generation and `<prefix>-previous` the one before. Both move in one request, so no search falls
between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from catalog.errors import GongkaiError, SearchUnavailable
from catalog.search.engines import elasticsearch_mapping
from catalog.search.engines.base import FieldKind, IndexState
from catalog.search.engines.elasticsearch_control import Call, Control
from catalog.search.engines.elasticsearch_failures import NO_INDEX, told
from catalog.search.engines.elasticsearch_locks import Locks
from catalog.search.engines.names import IndexNames

_Result = TypeVar("_Result")
OTHER_VERSION = "the search index was made by another version; `gongkai index rebuild` makes it anew"


class Cluster(Protocol):
    """Hands a client to a call, and says in our own errors what goes wrong."""

    @property
    def shown(self) -> str:
        """The cluster's hosts, for messages."""

    def people(self, call: Call[_Result]) -> _Result:
        """Ask for someone who waits for a page."""

    def builders(self, call: Call[_Result]) -> _Result:
        """Ask for what runs in the background."""


class Generations:
    """The generations of one catalogue. `signature` is that of the engine: those made with another one do not fit."""

    def __init__(
        self,
        cluster: Cluster,
        names: IndexNames,
        values: Mapping[str, FieldKind],
        *,
        signature: str,
        shards: int,
        replicas: str,
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._signature = signature
        self._mapping = elasticsearch_mapping.mapping(values)
        self._settings = elasticsearch_mapping.settings(shards)
        self._copies = elasticsearch_mapping.replicas(replicas)
        self._people = Control(cluster.people, names, self._copies)
        self._builders = Control(cluster.builders, names, self._copies)
        self.locks = Locks(self._people, f"{names.prefix} at {cluster.shown}")

    def current(self) -> str | None:
        """The generation that the alias names."""
        return self._newest(self._aliased(), self._names.current)

    def previous(self) -> str | None:
        """The generation that was current before."""
        pairs = self._aliased()
        previous = self._newest(pairs, self._names.previous)
        return previous if previous != self._newest(pairs, self._names.current) else None

    def fitting(self) -> str:
        """The current generation. Raises `SearchUnavailable` where there is none, or one of another version."""
        generation = self.current()
        if generation is None:
            raise SearchUnavailable(NO_INDEX)
        self.assure_fit(generation)
        return generation

    def assure_fit(self, generation: str) -> None:
        """Raise `SearchUnavailable` for a generation of another version."""
        if not self._names.fits(generation, self._signature):
            raise SearchUnavailable(OTHER_VERSION)

    def names(self, *, for_people: bool = True) -> list[str]:
        """All generations, oldest first."""
        ask = self._cluster.people if for_people else self._cluster.builders
        found = ask(lambda es: es.indices.get_alias(index=self._names.pattern, expand_wildcards="all"))
        return self._names.sort(found.body)

    def create(self) -> str:
        """A new generation, without copies and with its own refresh off."""
        name = self._names.make(self._signature, datetime.now(UTC), self.names(for_people=False))
        made = self._cluster.builders(
            lambda es: es.options(ignore_status=400).indices.create(
                index=name, settings=self._settings, mappings=self._mapping
            )
        )
        # one of this name is our own, made by a request whose answer was lost
        if made.meta.status == 400 and made.body["error"]["type"] != "resource_already_exists_exception":
            raise self._refusal(made.body["error"])
        return name

    def switch(self, generation: str) -> None:
        """Give it its copies, show what is in it, and move both aliases."""
        self.locks.assure()
        self._cluster.builders(lambda es: es.indices.put_settings(index=generation, settings=self._copies))
        self._refresh(generation)
        moves = self._moves(generation)
        moved = self._cluster.builders(lambda es: es.options(ignore_status=400).indices.update_aliases(actions=moves))
        if moved.meta.status == 400:
            raise self._refusal(moved.body["error"])

    def _moves(self, generation: str) -> list[dict[str, Any]]:
        names, pairs = self._names, self._aliased(for_people=False)
        before = self._newest(pairs, names.current)
        homes = {names.current: generation}
        if before is not None and before != generation:
            homes[names.previous] = before
        gone = [(index, alias) for index, alias in pairs if index != homes.get(alias, index)]
        return [{"add": {"index": index, "alias": alias}} for alias, index in homes.items()] + [
            {"remove": {"index": index, "alias": alias, "must_exist": False}} for index, alias in gone
        ]

    def remove(self, generation: str) -> None:
        """Remove an index and its state. Raises `ValueError` for the current one."""
        if generation == self._newest(self._aliased(for_people=False), self._names.current):
            raise ValueError(f"{generation} answers searches and is not removed; switch to another one first")
        self._cluster.builders(lambda es: es.options(ignore_status=404).indices.delete(index=generation))
        self._builders.remove_state(generation)

    def state(self, generation: str | None) -> IndexState:
        """How far it has come. The state of an index that was lost and made again under the same name is not believed."""
        wanted = generation or self.current()
        if wanted is None:
            return IndexState()
        for_people = generation is None
        uuid, state = (self._people if for_people else self._builders).state(wanted)
        return state if uuid and uuid == self._uuid(wanted, for_people=for_people) else IndexState()

    def identity(self, generation: str) -> str:
        """What tells an index from a later one of its name. Raises `SearchUnavailable` where there is none."""
        uuid = self._uuid(generation)
        if uuid is None:
            raise SearchUnavailable(
                f"there is no index {generation} any more; `gongkai index list` shows what there is"
            )
        return uuid

    def publish(self, generation: str, identity: str, state: IndexState) -> None:
        """Show what was written and keep the state. Raises `SearchUnavailable` when the lock was lost, or the index was removed meanwhile
        (the writes since then made another one, which nobody searches).
        """
        self.locks.assure()
        self._refresh(generation)
        if self._uuid(generation) != identity:
            raise SearchUnavailable(f"the index {generation} was removed while it was written to; it is made anew")
        self.locks.assure()
        self._builders.save_state(generation, identity, state)

    def _aliased(self, *, for_people: bool = True) -> list[tuple[str, str]]:
        """Every (index, alias) of the two aliases."""
        wanted = [self._names.current, self._names.previous]
        ask = self._cluster.people if for_people else self._cluster.builders
        found = ask(lambda es: es.options(ignore_status=404).indices.get_alias(name=wanted)).body
        entries = [(index, entry) for index, entry in found.items() if isinstance(entry, dict)]
        return [(index, alias) for index, entry in entries for alias in entry.get("aliases", ())]

    def _newest(self, pairs: list[tuple[str, str]], alias: str) -> str | None:
        """The generation that an alias names; the newest, where someone made it name several."""
        return next(reversed(self._names.sort(index for index, other in pairs if other == alias)), None)

    def _uuid(self, generation: str, *, for_people: bool = False) -> str | None:
        """The identity of an index; `None` where there is none."""
        ask = self._cluster.people if for_people else self._cluster.builders
        found = ask(
            lambda es: es.options(ignore_status=404).indices.get_settings(
                index=generation, name="index.uuid", flat_settings=True
            )
        )
        return None if found.meta.status == 404 else str(found.body[generation]["settings"]["index.uuid"])

    def _refresh(self, generation: str) -> None:
        """Show what was written to searches."""
        shards = self._cluster.builders(lambda es: es.indices.refresh(index=generation)).body["_shards"]
        if shards.get("failed"):
            raise SearchUnavailable(
                f"Elasticsearch at {self._cluster.shown} could not show what was written to {generation} in {shards['failed']} shards "
                f"({str(shards.get('failures', []))[:300]}); look after the cluster, and it is tried again"
            )

    def _refusal(self, error: Mapping[str, Any]) -> GongkaiError:
        return told(400, error).error(self._cluster.shown)
