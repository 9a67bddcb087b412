"""Lists of records by day, from the store alone: what is left to browse by while the search engine is away.

Each record that the public may find stands here under every body that it is listed by, and under `EVERY` in the list of all, so that a
page of any list is a range of one index. `model.listing` says where a record stands; a record that is written again stands anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select

from catalog.model.listing import listing
from catalog.model.record import Record
from catalog.store.base import Writing
from catalog.store.codec import stored_key
from catalog.store.records import RecordReads
from catalog.store.sql import among
from catalog.store.tables import listings, organizations

EVERY = ""
"""The body under which every record stands."""
_LAST_DAY = 9999_99_99

_RANGE = (
    listings.c.body == bindparam("body"),
    listings.c.date.between(bindparam("first"), bindparam("last")),
    or_(bindparam("type") == "", listings.c.type == bindparam("type")),
)
_COUNT = select(func.count()).select_from(listings).where(*_RANGE)
_PAGE = select(listings.c.record_id).where(*_RANGE).limit(bindparam("limit")).offset(bindparam("offset"))
_NEWEST = _PAGE.order_by(listings.c.date.desc(), listings.c.record_id.desc())
_OLDEST = _PAGE.order_by(listings.c.date, listings.c.record_id)
_TITLE = select(organizations.c.title).where(organizations.c.id == bindparam("id"))
_INSERT = insert(listings)
_DROP = delete(listings).where(among(listings.c.record_id, "ids"))


class ListingReads(RecordReads):
    """Lists of records by day."""

    def browse(
        self,
        *,
        organization_id: str | None,
        type: str | None,  # noqa: A002  # the word that records use
        year: int | None,
        offset: int,
        limit: int,
        oldest_first: bool = False,
    ) -> tuple[list[Record], int]:
        """A page of the records that the public may find, by day, and how many there are on all pages.

        Those of one organisation are those that bear its title as an issuer, or as their publisher when they name none. Records without a
        day come last in both orders. They are returned whole: what of them is shown is for `model.disclosure` to say.
        """
        body = EVERY
        if organization_id is not None:
            row = self._row(_TITLE, id=organization_id)
            if row is None:
                return [], 0
            body = stored_key(row[0])
        asked = {"body": body, "type": type or ""}
        first, last = (0, _LAST_DAY) if year is None else (year * 1_00_00, year * 1_00_00 + 99_99)
        total = self._count(asked, first, last)
        if oldest_first and first == 0:
            dated = total - self._count(asked, 0, 0)
            ids = self._page(_OLDEST, asked, 1, last, offset, limit)
            if len(ids) < limit:
                ids += self._page(_OLDEST, asked, 0, 0, max(0, offset - dated), limit - len(ids))
        else:
            ids = self._page(_OLDEST if oldest_first else _NEWEST, asked, first, last, offset, limit)
        found = self.records(ids)
        return [found[record_id] for record_id in ids], total

    def _count(self, asked: dict[str, Any], first: int, last: int) -> int:
        return int(self._rows(_COUNT, **asked, first=first, last=last)[0][0])

    def _page(self, statement: Any, asked: dict[str, Any], first: int, last: int, offset: int, limit: int) -> list[str]:
        rows = self._rows(statement, **asked, first=first, last=last, offset=offset, limit=limit)
        return [row[0] for row in rows]


class ListingWrites(Writing):
    """The places of records in the lists."""

    def _put_listings(self, records: Sequence[Record], *, new: bool) -> None:
        """Put records where they stand now; those that the public may not find stand nowhere."""
        if not new:
            self._connection.execute(_DROP, {"ids": [record["id"] for record in records]})
        self._put(_INSERT, [row for record in records for row in listing_rows(record)])


def listing_rows(record: Record) -> Iterator[dict[str, Any]]:
    """The rows of a record in the table of listings."""
    stands = listing(record)
    if stands is None:
        return
    for body in (EVERY, *dict.fromkeys(stored_key(title) for title in stands.bodies)):
        yield {"record_id": record["id"], "body": body, "date": stands.date, "type": record["type"]}
