"""The Elasticsearch engine: the only module that imports the client. Nothing is asked before it is needed, and each process has connections
of its own, also after a fork.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from elasticsearch import ApiError, Elasticsearch, OrjsonSerializer, TransportError
from elasticsearch.exceptions import ConnectionTimeout
from elasticsearch.helpers import streaming_bulk

from catalog.search.engines import elasticsearch_address, elasticsearch_mapping
from catalog.search.engines.base import Answer, FieldKind, IndexState
from catalog.search.engines.elasticsearch_failures import (
    BUILDER_SECONDS,
    BUILDERS,
    Failure,
    RequestFailedError,
    people,
    told,
)
from catalog.search.engines.elasticsearch_generations import Generations
from catalog.search.engines.elasticsearch_questions import Questions
from catalog.search.engines.elasticsearch_writer import ElasticsearchWriter, Operation, Outcome
from catalog.search.engines.names import IndexNames
from catalog.search.plan import Plan

_Result = TypeVar("_Result")
_ITEM_RETRIES = 2
"""How often documents that a busy node rejected (429) are sent again quickly, after 0.5 and 1 s; the others of their request are taken."""
_BULK_ANSWER = (
    "items.*._id",
    "items.*.status",
    "items.*.error.type",
    "items.*.error.reason",
    "items.*.error.caused_by",
)


class Cluster:
    """A cluster, asked with the patience of people or of builders. Raises our own errors only."""

    def __init__(self, url: str, *, api_key: str, ca_file: str, request_seconds: float) -> None:
        self.address = elasticsearch_address.read(url)
        self.request_seconds = request_seconds
        self._api_key = api_key
        self._ca_file = ca_file
        self._clients: dict[int, tuple[Elasticsearch, Elasticsearch]] = {}

    @property
    def shown(self) -> str:
        """The hosts, without passwords."""
        return self.address.shown

    def people(self, call: Callable[[Elasticsearch], _Result]) -> _Result:
        """Ask for someone who waits for a page."""
        return self._translated(lambda: self.attempt(call))

    def builders(self, call: Callable[[Elasticsearch], _Result]) -> _Result:
        """Ask for what runs in the background."""
        return self._translated(lambda: self.attempt(call, for_builders=True))

    def attempt(self, call: Callable[[Elasticsearch], _Result], *, for_builders: bool = False) -> _Result:
        """Ask, and raise `RequestFailedError` untranslated."""
        client = self._client()[int(for_builders)]
        patience = BUILDERS if for_builders else people(self.request_seconds)

        def once() -> _Result:
            try:
                return call(client)
            except (ApiError, TransportError) as error:
                raise RequestFailedError(_failure(error)) from error

        return patience.run(once)

    def close(self) -> None:
        """Close this process's connections."""
        pair = self._clients.pop(os.getpid(), None)
        if pair is not None:
            pair[0].close()

    def _translated(self, ask: Callable[[], _Result]) -> _Result:
        try:
            return ask()
        except RequestFailedError as error:
            raise error.failure.error(self.shown) from error

    def _client(self) -> tuple[Elasticsearch, Elasticsearch]:
        """The clients for people and for builders over the same connections. A parent's are kept, so that a child never closes them."""
        number = os.getpid()
        if number not in self._clients:
            more = {"ca_certs": self._ca_file} if self._ca_file else {}
            client = Elasticsearch(
                list(self.address.hosts),
                basic_auth=None if self._api_key else self.address.user,
                api_key=self._api_key or None,
                max_retries=0,
                retry_on_timeout=False,
                retry_on_status=(),
                request_timeout=self.request_seconds,
                serializers={OrjsonSerializer.mimetype: OrjsonSerializer()},
                **more,  # type: ignore[arg-type]  # ca_certs is a string
            )
            self._clients.setdefault(number, (client, client.options(request_timeout=BUILDER_SECONDS)))
        return self._clients[number]


class ElasticsearchEngine:
    """`ISearchEngine` on Elasticsearch 8.15 or later, or 9.

    `url` may name several hosts with commas; `values` are the filter fields, `documents` the digest of how documents are made. Raises
    `Misconfigured` that names the setting for an argument that cannot be used.
    """

    name = "elasticsearch"

    def __init__(
        self,
        url: str,
        *,
        prefix: str,
        values: Mapping[str, FieldKind],
        documents: str = "",
        shards: int = 1,
        replicas: str = "0-1",
        api_key: str = "",
        ca_file: str = "",
        request_seconds: float = 10.0,
    ) -> None:
        self._cluster = Cluster(url, api_key=api_key, ca_file=ca_file, request_seconds=request_seconds)
        elasticsearch_address.check(
            shards=shards,
            replicas=replicas,
            request_seconds=request_seconds,
            ca_file=ca_file,
            address=self._cluster.address,
        )
        self._names = IndexNames(prefix)
        self._values = dict(values)
        self.signature = f"{documents}-{elasticsearch_mapping.signature(self._values)}"
        self._generations = Generations(
            self._cluster, self._names, self._values, signature=self.signature, shards=shards, replicas=replicas
        )
        self._questions = Questions(self._cluster, self._names, self._generations, self._values, shards=shards)

    def current(self) -> str | None:
        """See `ISearchEngine`."""
        return self._generations.current()

    def previous(self) -> str | None:
        """See `ISearchEngine`."""
        return self._generations.previous()

    def generations(self) -> list[str]:
        """See `ISearchEngine`."""
        return self._generations.names()

    def create(self) -> str:
        """See `ISearchEngine`."""
        return self._generations.create()

    def switch(self, generation: str) -> None:
        """See `ISearchEngine`."""
        self._generations.switch(generation)

    def remove(self, generation: str) -> None:
        """See `ISearchEngine`."""
        self._generations.remove(generation)

    def lock(self, name: str, timeout: float) -> AbstractContextManager[None]:
        """See `ISearchEngine`."""
        return self._generations.locks.hold(name, timeout)

    def state(self, generation: str | None = None) -> IndexState:
        """See `ISearchEngine`."""
        return self._generations.state(generation)

    @contextmanager
    def writer(self, generation: str) -> Iterator[ElasticsearchWriter]:
        """See `ISearchEngine`."""
        target = _Target(self._cluster, self._generations, generation)
        held = ElasticsearchWriter(target, self._values, self._cluster.shown)
        try:
            yield held
        finally:
            held.close()

    def search(self, plan: Plan) -> Answer:
        """See `ISearchEngine`."""
        return self._questions.search(plan)

    def versions(self, uids: Sequence[str], generation: str | None = None) -> dict[str, int]:
        """See `ISearchEngine`."""
        return self._questions.versions(uids, generation)

    def digests(self, uids: Sequence[str], generation: str | None = None) -> dict[str, str]:
        """See `ISearchEngine`."""
        return self._questions.digests(uids, generation)

    def size(self, generation: str | None = None) -> int:
        """See `ISearchEngine`."""
        return self._questions.size(generation)

    def scan(self, after: int, limit: int, generation: str | None = None) -> list[tuple[int, str, int]]:
        """See `ISearchEngine`."""
        return self._questions.scan(after, limit, generation)

    def due(self, day: int, generation: str | None = None) -> list[str]:
        """See `ISearchEngine`."""
        return self._questions.due(day, generation)

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """See `ISearchEngine`."""
        return self._questions.terms(field, prefix, limit)

    def shown(self, uids: Sequence[str]) -> dict[str, str]:
        """See `ISearchEngine`."""
        return self._questions.shown(uids)

    def explain(self, plan: Plan, uid: str) -> dict[str, Any]:
        """See `ISearchEngine`."""
        return self._questions.explain(plan, uid)

    def about(self) -> dict[str, str]:
        """See `ISearchEngine`."""
        nodes = self._cluster.people(lambda es: es.nodes.info(filter_path="nodes.*.version")).body["nodes"]
        health = self._cluster.people(lambda es: es.cluster.health(index=self._names.pattern)).body
        versions = ", ".join(sorted({node["version"] for node in nodes.values()}))
        return {"engine": self.name, "version": versions, "status": f"{health['status']}, {len(nodes)} node(s)"}

    def close(self) -> None:
        """See `ISearchEngine`."""
        self._cluster.close()


class _Target:
    """The generation that a writer writes to (`elasticsearch_writer.Target`)."""

    def __init__(self, cluster: Cluster, generations: Generations, generation: str) -> None:
        self._cluster = cluster
        self._generations = generations
        self._generation = generation
        self._identity = generations.identity(generation)

    def publish(self, state: IndexState) -> None:
        """See `Target`."""
        self._generations.publish(self._generation, self._identity, state)

    def send(self, operations: Sequence[Operation]) -> Iterator[Outcome]:
        """See `Target`. A request that is too large for the cluster, or for a proxy before it, is sent in halves."""
        try:
            yield from self._sent(operations)
        except RequestFailedError as error:
            if error.failure.status != 413:
                raise error.failure.error(self._cluster.shown) from error
            if len(operations) == 1:
                reason = f"{len(operations[0].body):,} bytes are more than the cluster takes in one request"
                yield Outcome(operations[0].uid, Failure(413, "too_large", reason))
                return
            half = len(operations) // 2
            yield from self.send(operations[:half])
            yield from self.send(operations[half:])

    def _sent(self, operations: Sequence[Operation]) -> list[Outcome]:
        """What came of operations. Those that a busy node rejected are sent again, alone, for as long as builders have patience."""
        left = {operation.uid: operation for operation in operations}
        done: list[Outcome] = []

        def attempt(es: Elasticsearch) -> None:
            rejected = None
            for outcome in self._bulk(es, list(left.values())):
                if outcome.failure is not None and outcome.failure.temporary:
                    rejected = outcome.failure
                else:
                    done.append(outcome)
                    del left[outcome.uid]
            if rejected is not None:
                raise RequestFailedError(rejected)

        self._cluster.attempt(attempt, for_builders=True)
        return done

    def _bulk(self, es: Elasticsearch, operations: Sequence[Operation]) -> Iterator[Outcome]:
        done = streaming_bulk(
            es,
            operations,  # type: ignore[arg-type]  # the callback takes them
            expand_action_callback=self._lines,  # type: ignore[arg-type]  # as above
            chunk_size=len(operations),
            raise_on_error=False,
            max_retries=_ITEM_RETRIES,
            initial_backoff=0.5,
            filter_path=_BULK_ANSWER,
        )
        for _, item in done:
            result = next(iter(item.values()))
            failed = result["status"] >= 300
            yield Outcome(result["_id"], told(result["status"], result.get("error", {})) if failed else None)

    def _lines(self, operation: Operation) -> tuple[dict[str, Any], bytes | None]:
        head = {
            "_index": self._generation,
            "_id": operation.uid,
            "version": operation.seq,
            "version_type": "external_gte",
        }
        return {operation.kind: head}, operation.body or None


def _failure(error: ApiError | TransportError) -> Failure:
    """The client's exception as plain values."""
    if isinstance(error, TransportError):
        return Failure(0, type(error).__name__, str(error.message), timed_out=isinstance(error, ConnectionTimeout))
    body = error.body.get("error") if isinstance(error.body, dict) else None
    if isinstance(body, dict):
        return told(error.status_code, body)
    return Failure(error.status_code, error.message, str(body or error.body))
