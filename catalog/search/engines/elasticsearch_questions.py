"""What is asked of a generation on a cluster. Speaks to a client, but knows none.

The current generation is asked by its alias, so that a switch is seen at once. One of another version is noticed by the name that stands
beside each hit; an answer without hits costs a second look at the alias.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from catalog.search import fields
from catalog.search.engines.base import Answer, FieldKind
from catalog.search.engines.elasticsearch_control import Call
from catalog.search.engines.elasticsearch_failures import Failure, RequestFailedError
from catalog.search.engines.elasticsearch_generations import Generations
from catalog.search.engines.elasticsearch_pages import Request, TooManyTermsError, answer, compiled
from catalog.search.engines.elasticsearch_query import Compiler
from catalog.search.engines.names import IndexNames
from catalog.search.plan import Plan
from catalog.search.request import MAX_WINDOW

_Result = TypeVar("_Result")
_MANY = 1_000
"""Ids in one request."""
_SWITCHES = 5
"""How often a question that met a removed generation is put to the next one."""
_KEEP_ALIVE = "2m"
_BARE: Request = {"_source": False, "track_total_hits": False}


class Cluster(Protocol):
    """Hands a client to a call."""

    request_seconds: float

    @property
    def shown(self) -> str:
        """The cluster's hosts, for messages."""

    def attempt(self, call: Call[_Result]) -> _Result:
        """Ask for someone who waits for a page. Raises `RequestFailedError`."""

    def builders(self, call: Call[_Result]) -> _Result:
        """Ask for what runs in the background. Raises our own errors."""


class Questions:
    """The questions of `ISearchEngine`, where each is described."""

    def __init__(
        self,
        cluster: Cluster,
        names: IndexNames,
        generations: Generations,
        values: Mapping[str, FieldKind],
        *,
        shards: int,
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._generations = generations
        self._values = values
        self._shards = shards

    def search(self, plan: Plan) -> Answer:
        """See `ISearchEngine`."""
        return answer(self._ask, self._values, plan, shards=self._shards)

    def versions(self, uids: Sequence[str], generation: str | None) -> dict[str, int]:
        """See `ISearchEngine`."""
        return dict(self._values_of(uids, generation, fields.VERSION))

    def digests(self, uids: Sequence[str], generation: str | None) -> dict[str, str]:
        """See `ISearchEngine`."""
        return dict(self._values_of(uids, generation, fields.DIGEST))

    def size(self, generation: str | None) -> int:
        """See `ISearchEngine`."""
        return self._read(generation, lambda es, index: int(es.count(index=index).body["count"]))

    def scan(self, after: int, limit: int, generation: str | None) -> list[tuple[int, str, int]]:
        """See `ISearchEngine`."""
        request = {
            **_BARE,
            "query": {"range": {fields.TIE: {"gt": after}}},
            "size": min(limit, MAX_WINDOW),
            "sort": [{fields.TIE: "asc"}, {fields.UID: "asc"}],
            "docvalue_fields": [fields.VERSION],
        }
        hits = self._hits(request, generation)
        return [(hit["sort"][0], hit["_id"], hit["fields"][fields.VERSION][0]) for hit in hits]

    def due(self, day: int, generation: str | None) -> list[str]:
        """See `ISearchEngine`."""
        query = {"range": {fields.RECHECK: {"gte": 1, "lte": day}}}
        return self._read(generation, lambda es, index: list(_walk(es, index, query)))

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """See `ISearchEngine`."""
        pattern = "".join(char if char.isalnum() else f"\\{char}" for char in prefix) + ".*"
        request = {
            **_BARE,
            "query": {"prefix": {field: {"value": prefix}}},
            "size": 1,
            "aggs": {"values": {"terms": {"field": field, "size": limit, "include": pattern}}},
        }
        return [str(row["key"]) for row in self._ask(request)["aggregations"]["values"]["buckets"]]

    def shown(self, uids: Sequence[str]) -> dict[str, str]:
        """See `ISearchEngine`."""
        found: dict[str, str] = {}
        for few in _batches(uids):
            request = {**_BARE, "query": {"ids": {"values": few}}, "size": len(few), "_source": [fields.SHOWN]}
            hits = self._ask(request)["hits"]["hits"]
            found |= {hit["_id"]: hit["_source"].get(fields.SHOWN, "{}") for hit in hits}
        return found

    def explain(self, plan: Plan, uid: str) -> dict[str, Any]:
        """See `ISearchEngine`."""
        if uid not in self.versions([uid], None):
            return {}
        return compiled(self._values, lambda compiler: self._explained(plan, uid, compiler))

    def _explained(self, plan: Plan, uid: str, compiler: Compiler) -> dict[str, Any]:
        queries = {leg.name: compiler.query(leg.clause, plan.filters) for leg in plan.legs}

        def ask(es: Any, index: str) -> dict[str, Any]:
            found = {name: es.explain(index=index, id=uid, query=query).body for name, query in queries.items()}
            return {name: body.get("explanation", {}) for name, body in found.items()}

        return self._read(None, ask)

    def _ask(self, request: Request, preference: str = "") -> dict[str, Any]:
        """Send a search to the current generation, for someone who waits."""
        seconds = self._cluster.request_seconds
        body = {**request, "timeout": f"{int(seconds * 1000)}ms"}
        found: dict[str, Any] = self._of_current(
            lambda es: (
                es.search(
                    index=self._names.current,
                    body=body,
                    allow_partial_search_results=False,
                    preference=preference or None,
                    search_type="dfs_query_then_fetch" if self._shards > 1 else None,
                ).body
            )
        )
        if found["timed_out"]:
            reason = f"a search took longer than {seconds:g} s"
            raise Failure(0, "timeout", reason, timed_out=True).error(self._cluster.shown)
        for index in {hit["_index"] for hit in found["hits"]["hits"]}:
            self._generations.assure_fit(index)
        if not found["hits"]["hits"] and request["size"]:
            self._generations.fitting()
        return found

    def _of_current(self, call: Call[_Result]) -> _Result:
        """Ask by the alias. A generation may be removed under a question that began before the switch; then the next one is there."""
        for left in reversed(range(_SWITCHES)):
            try:
                return self._cluster.attempt(call)
            except RequestFailedError as error:
                if error.failure.too_many_terms:
                    raise TooManyTermsError from error
                if not (left and error.failure.no_index and self._generations.current() is not None):
                    raise error.failure.error(self._cluster.shown) from error
        raise AssertionError("the last round returns or raises")

    def _read(self, generation: str | None, call: _Reading[_Result]) -> _Result:
        """Ask one generation; the current one by its alias, if it fits."""
        if generation is not None:
            return self._cluster.builders(lambda es: call(es, generation))
        self._generations.fitting()
        return self._of_current(lambda es: call(es, self._names.current))

    def _values_of(self, uids: Sequence[str], generation: str | None, field: str) -> Iterator[tuple[str, Any]]:
        """(id, value of a field) of those of these documents that are indexed."""
        for few in _batches(uids):
            request = {**_BARE, "query": {"ids": {"values": few}}, "size": len(few), "docvalue_fields": [field]}
            for hit in self._hits(request, generation):
                yield hit["_id"], hit["fields"][field][0]

    def _hits(self, request: Request, generation: str | None) -> list[dict[str, Any]]:
        def ask(es: Any, index: str) -> list[dict[str, Any]]:
            found = es.search(index=index, body=request, allow_partial_search_results=False)
            return list(found.body["hits"]["hits"])

        return self._read(generation, ask)


_Covariant_co = TypeVar("_Covariant_co", covariant=True)


class _Reading(Protocol[_Covariant_co]):
    """A question to one index."""

    def __call__(self, es: Any, index: str, /) -> _Covariant_co: ...


def _walk(es: Any, index: str, query: dict[str, Any]) -> Iterator[str]:
    """All ids that a query matches at one point in time, however many there are."""
    pit = es.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE).body["id"]
    request = {**_BARE, "query": query, "size": MAX_WINDOW, "sort": ["_shard_doc"]}
    try:
        while True:
            found = es.search(body={**request, "pit": {"id": pit, "keep_alive": _KEEP_ALIVE}}).body
            pit, hits = found["pit_id"], found["hits"]["hits"]
            yield from (hit["_id"] for hit in hits)
            if len(hits) < MAX_WINDOW:
                return
            request["search_after"] = hits[-1]["sort"]
    finally:
        es.options(ignore_status=404).close_point_in_time(id=pit)


def _batches(uids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(uids), _MANY):
        yield list(uids[start : start + _MANY])
