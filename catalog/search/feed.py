"""What the search needs of the store: records, texts and the change log. The store's reader satisfies it; tests bring their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from catalog.model.draft import Block
from catalog.model.record import Record, State


class Change(Protocol):
    """One row of the change log."""

    @property
    def seq(self) -> int:
        """The row's place in the log, from 1."""

    @property
    def record_id(self) -> str:
        """The record that changed."""


class Counts(Protocol):
    """How many records there are."""

    @property
    def by_state(self) -> Mapping[str, int]:
        """By their state."""


class RecordFeed(Protocol):
    """A consistent view of the store for the length of one `with` block."""

    def changes(self, after_seq: int, limit: int) -> Sequence[Change]:
        """The change rows after `after_seq`, in order, at most `limit`."""

    def last_seq(self) -> int:
        """The newest change row's number; 0 for an empty log."""

    def counts(self) -> Counts:
        """How many records there are, by state."""

    def records(self, ids: Iterable[str]) -> Mapping[str, Record]:
        """The records of these ids in their present state; unknown ids are left out."""

    def texts(self, hashes: Iterable[str]) -> Mapping[str, Sequence[Block]]:
        """The blocks of these texts."""

    def iter_records(
        self, *, states: Sequence[State] = ("published",), after_id: str | None = None, batch: int = 500
    ) -> Iterator[Record]:
        """All records in these states, ordered by id, from after `after_id` on."""


FeedSource = Callable[[], AbstractContextManager[RecordFeed]]
"""Opens a view of the store."""
