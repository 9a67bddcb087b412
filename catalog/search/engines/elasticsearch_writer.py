"""Writing one generation on Elasticsearch: documents are collected, sent in large requests, and shown by `commit`. Knows no client.

Every operation carries the change log's number as an external version: what is older than what the index holds is dropped, and sending
the same again changes nothing. So an interrupted run is simply repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import structlog

from catalog.errors import SearchUnavailable
from catalog.search.engines import elasticsearch_mapping
from catalog.search.engines.base import Document, FieldKind, IndexState
from catalog.search.engines.elasticsearch_failures import TEMPORARY, Failure

BULK_BYTES = 10_000_000
"""Size of one request. Elasticsearch's advice is 5 to 15 MB."""
BULK_DOCUMENTS = 10_000
MAX_DOCUMENT_BYTES = 90_000_000
"""Elasticsearch takes requests of 100 MB (`http.max_content_length`)."""
MAX_REFUSED = 1_000
"""Documents that one writer may see refused. With more it is not the documents that are wrong."""
MAX_REASON = 500
"""Characters that are kept of why a document was refused."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do: put a document (`body` is its JSON) or delete it."""

    kind: Literal["index", "delete"]
    uid: str
    seq: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an operation."""

    uid: str
    failure: Failure | None = None


class Target(Protocol):
    """The index that is written to. Raises `SearchUnavailable` and `NoRoom`."""

    def send(self, operations: Sequence[Operation]) -> Iterator[Outcome]:
        """Do these operations, one a document; what came of each, in any order. Doing them twice does no harm."""

    def publish(self, state: IndexState) -> None:
        """Show all that was sent to searches, then keep the state."""


class ElasticsearchWriter:
    """`IndexWriter` on an index of Elasticsearch."""

    def __init__(self, target: Target, values: Mapping[str, FieldKind], address: str) -> None:
        self._target: Target | None = target
        self._values = values
        self._address = address
        self._waiting: dict[str, Operation] = {}
        self._bytes = 0
        self._refused: dict[str, str] = {}
        self._given: dict[str, int] = {}
        """Of the documents that were refused, the numbers with which they came."""

    @property
    def refused(self) -> Mapping[str, str]:
        """See `IndexWriter`. Documents are refused when they are sent, which may be at a later `put` or at `commit`."""
        return self._refused

    def put(self, documents: Iterable[Document], seq: int) -> int:
        """See `IndexWriter`."""
        count = 0
        for document in documents:
            self._put(document, seq)
            count += 1
        return count

    def _put(self, document: Document, seq: int) -> None:
        uid = document["uid"]
        try:
            body = elasticsearch_mapping.body(document, self._values)
        except (TypeError, ValueError) as error:  # what is no JSON, such as half of a character
            reason = f"{type(error).__name__}: {error}"
        else:
            if len(body) <= MAX_DOCUMENT_BYTES:
                self._add(Operation("index", uid, seq, body))
                return
            reason = f"{len(body):,} bytes are more than the {MAX_DOCUMENT_BYTES:,} of one request"
        self._refuse(uid, reason, seq)
        self._add(Operation("delete", uid, seq))

    def delete(self, uids: Iterable[str], seq: int) -> None:
        """See `IndexWriter`. A document that was refused leaves the quarantine when a later change deletes it."""
        for uid in uids:
            if seq > self._given.get(uid, seq):
                self._forget(uid)
            self._add(Operation("delete", uid, seq))

    def commit(self, state: IndexState) -> None:
        """See `IndexWriter`. Keeps with the state what was refused up to now."""
        while self._waiting:
            self._flush()
        self._opened().publish(replace(state, refused={**state.refused, **self._refused}))

    def close(self) -> None:
        """Drop what was not sent. What was is seen by no search, and the next writer puts the same in its place."""
        self._target = None
        self._waiting.clear()

    def _opened(self) -> Target:
        if self._target is None:
            raise ValueError("this index writer is closed; open another one")
        return self._target

    def _add(self, operation: Operation) -> None:
        """The last operation on a document counts; it is sent once."""
        self._opened()
        if self._waiting and self._bytes + len(operation.body) > BULK_BYTES:
            self._flush()
        before = self._waiting.pop(operation.uid, None)
        if before is not None and before.seq > operation.seq:
            operation = before
        self._bytes += len(operation.body) - (len(before.body) if before else 0)
        self._waiting[operation.uid] = operation
        if len(self._waiting) >= BULK_DOCUMENTS or self._bytes >= BULK_BYTES:
            self._flush()

    def _flush(self) -> None:
        sending, self._waiting, self._bytes = self._waiting, {}, 0
        for outcome in self._opened().send(list(sending.values())):
            self._note(outcome, sending[outcome.uid])

    def _note(self, outcome: Outcome, operation: Operation) -> None:
        """What is older than what the index holds (409) may be dropped, and what is to go may be gone already (404)."""
        failure = outcome.failure
        if failure is None or failure.status == 409:
            if operation.kind == "index":
                self._forget(operation.uid)
            return
        if failure.no_room or failure.status in (401, 403):
            raise failure.error(self._address)
        if failure.status in TEMPORARY or failure.kind in ("index_not_found_exception", "index_closed_exception"):
            raise SearchUnavailable(
                f"Elasticsearch at {self._address} did not take {operation.uid} ({failure.kind}: {failure.reason[:200]}); what was not committed "
                "is left out, and is followed again"
            )
        if operation.kind == "index":
            self._refuse(operation.uid, f"{failure.kind}: {failure.reason}", operation.seq)
            if operation.uid not in self._waiting:
                self._add(Operation("delete", operation.uid, operation.seq))
        elif failure.status != 404:
            raise failure.error(self._address)

    def _refuse(self, uid: str, reason: str, seq: int) -> None:
        """Into the quarantine. Its earlier document is to go (the callers see to it): it may say what must not be said any more."""
        self._refused[uid] = reason[:MAX_REASON]
        self._given[uid] = seq
        log.warning("document_refused", record=uid, reason=self._refused[uid])
        if len(self._refused) > MAX_REFUSED:
            raise SearchUnavailable(
                f"Elasticsearch at {self._address} refused more than {MAX_REFUSED:,} documents, such as {uid} ({self._refused[uid]}); nothing "
                "more is written to the index until this is cured"
            )

    def _forget(self, uid: str) -> None:
        self._refused.pop(uid, None)
        self._given.pop(uid, None)
