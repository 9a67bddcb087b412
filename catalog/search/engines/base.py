"""What an engine must do. It stores and matches tokens that are made elsewhere, keeps generations of the index apart, and judges nothing.

A generation is one whole index. One of them is current and answers searches; another can be built aside and take its place in one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypedDict

from catalog.search.plan import Plan

FieldKind = Literal["value", "number"]


class Document(TypedDict):
    """One record as the index holds it. `title`, `text` and `characters` are tokens joined by spaces; `values` has the fields that
    filters look at; the numbers are explained in `search.fields`. `digest` is that of all other fields (`documents.digest`): by it an index
    is compared with the store.
    """

    uid: str
    version: int
    digest: str
    title: str
    text: str
    characters: str
    keys: list[str]
    suggestions: list[str]
    shown: str
    by_title: str
    newest_first: int
    oldest_first: int
    tie: int
    recheck: int
    values: Mapping[str, Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far a generation follows the change log (`seq`), with which analysis and fields it was made (`signature`), on which day
    (yyyymmdd) it last looked for records whose validity changed by itself, and when it was made (seconds since 1970). `refused` are the
    documents that the engine would not take, id to reason: its quarantine. A document that is taken later, or deleted, leaves it.
    """

    seq: int = 0
    signature: str = ""
    day: int = 0
    made_at: float = 0.0
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plan found. `hits` are (id, score); `exact` counts what the first leg finds; `after` is where the next page begins, in the
    engine's own terms (JSON values), or `None` where it goes by offset. `relation` is `gte` when `total` and `exact` are only lower bounds,
    which happens only when the plan asks for no exact total and no facet; facet and histogram counts are exact.
    """

    total: int
    exact: int
    leg: str
    hits: list[tuple[str, float]]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    histogram: list[tuple[int, int]] = field(default_factory=list)
    after: tuple[Any, ...] | None = None
    relation: Literal["eq", "gte"] = "eq"


class IndexWriter(Protocol):
    """Changes to one generation. Nothing is seen by searches before `commit`; what a crash leaves of it is no harm (see there).

    `seq` is the number of the change log at which the records were read. An engine that several machines write to drops what is older
    than what it holds, so that a writer that slept through the end of its lock cannot spoil its successor's work.
    """

    @property
    def refused(self) -> Mapping[str, str]:
        """The documents that the engine would not take since this writer was opened, id to reason, as far as is known: some engines tell it
        at a later `put` or at `commit`. The others of their batch are taken; of a refused one the earlier document goes, since it may say
        what must not be said any more. One that is taken later, or deleted, leaves this list.
        """

    def put(self, documents: Iterable[Document], seq: int) -> int:
        """Add documents, each in the place of the one with its id: it replaces and does not merge. Returns how many it was given."""

    def delete(self, uids: Iterable[str], seq: int) -> None:
        """Remove the documents of these ids; unknown ids are no error."""

    def commit(self, state: IndexState) -> None:
        """Make all changes durable, then the state, with what was refused added to its quarantine. A crash between the two leaves an index that is ahead of its state, which is
        harmless: following the log again puts the same documents in the same places.
        """


class ISearchEngine(Protocol):
    """The verbs of an engine. `generation` is `None` for the current one. Raises `SearchUnavailable` when it cannot answer, and `NoRoom`
    when its disk is full.
    """

    name: str
    signature: str
    """A digest of analysis, document format and fields. A generation made with another one answers no search; it must be rebuilt."""

    def current(self) -> str | None:
        """The generation that answers searches, or `None` before the first."""

    def previous(self) -> str | None:
        """The generation that was current before the present one and is kept to go back to; `None` where there is none."""

    def generations(self) -> list[str]:
        """All generations, oldest first, those left behind by an interrupted rebuild among them."""

    def create(self) -> str:
        """Make a new, empty generation; it is not current."""

    def switch(self, generation: str) -> None:
        """Make a generation the current one, in one step that no search can fall between; the one before becomes the previous one."""

    def remove(self, generation: str) -> None:
        """Remove a generation for good, the previous one too. Refuses the current one with `ValueError`."""

    def lock(self, name: str, timeout: float) -> AbstractContextManager[None]:
        """Hold one of the index's locks against all processes of all machines; waits, then raises `Busy`. A killed holder lets go of it,
        at once on this machine and otherwise when its lease is over.
        """

    def state(self, generation: str | None = None) -> IndexState:
        """How far a generation has come; the empty state where there is none."""

    def writer(self, generation: str) -> AbstractContextManager[IndexWriter]:
        """Open a generation for writing; only under the lock. What was not committed when the block ends is dropped."""

    def search(self, plan: Plan) -> Answer:
        """Answer a plan from the current generation."""

    def versions(self, uids: Sequence[str], generation: str | None = None) -> dict[str, int]:
        """The version of each of these records that is indexed."""

    def digests(self, uids: Sequence[str], generation: str | None = None) -> dict[str, str]:
        """The digest (`documents.digest`) of each of these documents as it was indexed."""

    def about(self) -> dict[str, str]:
        """What answers here: `engine`, `version`, `status`, for people. Raises `SearchUnavailable` when nothing does."""

    def size(self, generation: str | None = None) -> int:
        """How many documents are indexed."""

    def scan(self, after: int, limit: int, generation: str | None = None) -> list[tuple[int, str, int]]:
        """(tie, id, version) of indexed documents by rising tie, from above `after` on."""

    def due(self, day: int, generation: str | None = None) -> list[str]:
        """Ids of records whose validity changes by itself on or before a day (yyyymmdd)."""

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """Whole values of a field that begin so, the most frequent first. May name values that only deleted documents had."""

    def shown(self, uids: Sequence[str]) -> dict[str, str]:
        """What was stored beside each of these records."""

    def explain(self, plan: Plan, uid: str) -> dict[str, Any]:
        """Why a record gets its score, in the engine's own words."""

    def close(self) -> None:
        """Let go of files and connections. The engine opens them again at the next call."""
