"""What a person is to look at: a doubt of a reader or of the catalogue itself, once for each record, kind and thing doubted.

A review is asked for as often as the doubt is met and stands once. What somebody decided stays decided, however often it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import orjson
from sqlalchemy import bindparam, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from catalog.errors import InvalidInput
from catalog.store.base import Bound, Fields, Writing
from catalog.store.codec import dumps, stored_key
from catalog.store.rows import Review, ReviewState, ReviewWrite
from catalog.store.sql import among
from catalog.store.tables import reviews

_COLUMNS = (
    reviews.c.record_id, reviews.c.kind, reviews.c.key, reviews.c.detail, reviews.c.since, reviews.c.state, reviews.c.decided_by,
    reviews.c.decided_at,
)  # fmt: skip
_PAGE = (
    select(*_COLUMNS)
    .where(
        reviews.c.state == bindparam("state"),
        or_(bindparam("kind") == "", reviews.c.kind == bindparam("kind")),
        tuple_(reviews.c.kind, reviews.c.record_id, reviews.c.key)
        > tuple_(bindparam("after_kind"), bindparam("after_id"), bindparam("after_key")),
    )
    .order_by(reviews.c.kind, reviews.c.record_id, reviews.c.key)
    .limit(bindparam("limit"))
)
_OF_RECORDS = (
    select(*_COLUMNS)
    .where(among(reviews.c.record_id, "ids"))
    .order_by(reviews.c.record_id, reviews.c.kind, reviews.c.key)
)
_COUNTS = select(reviews.c.kind, func.count()).where(reviews.c.state == "open").group_by(reviews.c.kind)
_ASK = {
    name: insert(reviews).on_conflict_do_nothing(index_elements=["record_id", "kind", "key"])
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_SETTLE = (
    update(reviews)
    .where(
        reviews.c.record_id == bindparam("p_record"),
        reviews.c.kind == bindparam("p_kind"),
        reviews.c.key == bindparam("p_key"),
        reviews.c.state == "open",
    )
    .values(state=bindparam("p_state"), decided_by=bindparam("p_by"), decided_at=bindparam("p_at"))
)


class ReviewReads(Bound):
    """Reviews by kind and state, and of records."""

    def reviews(
        self, *, kind: str | None = None, state: ReviewState = "open", limit: int = 100, after: str | None = None
    ) -> list[Review]:
        """A page of the reviews of a state, by kind and then by record, the oldest record first; `after` is the `cursor` of the last one seen.

        Raises `InvalidInput` for a cursor that is none.
        """
        first = (after or f"{kind or ''}  ").split(" ", 2)
        if len(first) < 3:  # kind, record and key
            raise InvalidInput(f"after: {after!r} is not the place of a review; take the one that the list before gave")
        rows = self._rows(
            _PAGE, state=state, kind=kind or "", after_kind=first[0], after_id=first[1], after_key=first[2], limit=limit
        )
        return [_review(row) for row in rows]

    def reviews_of(self, record_ids: Iterable[str]) -> dict[str, list[Review]]:
        """All reviews of records, decided ones too; a record without any is left out."""
        found: dict[str, list[Review]] = {}
        for row in self._many(_OF_RECORDS, "ids", record_ids):
            found.setdefault(row[0], []).append(_review(row))
        return found

    def review_counts(self) -> dict[str, int]:
        """How many reviews are open, by kind."""
        return {row[0]: row[1] for row in self._rows(_COUNTS)}


class ReviewWrites(Writing):
    """Reviews asked for, and settled."""

    def ask_reviews(self, asked: Sequence[ReviewWrite]) -> None:
        """Ask for reviews. One that stands already, open or decided, stays as it is."""
        self._put(
            _ASK[self._dialect],
            [
                {
                    "record_id": one.record_id,
                    "kind": one.kind,
                    "key": stored_key(one.key),
                    "detail": dumps(one.detail),
                    "since": self.now,
                    "state": "open",
                    "decided_by": None,
                    "decided_at": None,
                }
                for one in asked
            ],
        )

    def settle_reviews(self, settled: Sequence[tuple[str, str, str]], *, state: Literal["done", "dismissed"]) -> int:
        """Note that the unit's actor decided the open reviews (record, kind, key); how many of them were open."""
        count = 0
        for record_id, kind, key in settled:
            done = self._connection.execute(
                _SETTLE,
                {
                    "p_record": record_id,
                    "p_kind": kind,
                    "p_key": stored_key(key),
                    "p_state": state,
                    "p_by": self.actor,
                    "p_at": self.now,
                },
            )
            count += done.rowcount
        return count


def _review(row: Fields) -> Review:
    return Review(*[*row[:3], orjson.loads(row[3]), *row[4:]])
