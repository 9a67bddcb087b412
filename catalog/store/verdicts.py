"""What was decided of places and records: a place that a person keeps apart from a record, places that move, records told to be the same.

A link is a relation that the catalogue or a person gives (`matched` is "given"), not one that a text tells: a new reading of the text
leaves it. It stands behind all citations and causes of its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from catalog.store.base import Bound, Writing
from catalog.store.codec import dumps, stored_key
from catalog.store.rows import KeyKind, Verdict
from catalog.store.sql import among, upsert
from catalog.store.tables import provenances, record_keys, redirects, relations, verdicts

LINKS_FROM = 1 << 21
"""Ordinal of a record's first link: behind the causes of its events (`resolve.CAUSES_FROM`)."""
BEARERS = 20
"""Bearers of one key that are looked at. A title that more records bear is a form (人事任免的通知), not a name."""

_RANKED = (
    select(
        record_keys.c.key,
        record_keys.c.record_id,
        func.row_number().over(partition_by=record_keys.c.key, order_by=record_keys.c.record_id).label("rank"),
    )
    .where(record_keys.c.kind == bindparam("kind"), among(record_keys.c.key, "keys"))
    .subquery()
)
_BEARERS = select(_RANKED.c.key, _RANKED.c.record_id).where(_RANKED.c.rank <= bindparam("most"))
_APART = select(verdicts.c.key, verdicts.c.record_id).where(
    verdicts.c.source_id == bindparam("source"), among(verdicts.c.key, "keys")
)
_OF_PLACE = select(
    verdicts.c.source_id, verdicts.c.key, verdicts.c.record_id, verdicts.c.verdict, verdicts.c.by, verdicts.c.at, verdicts.c.reason
).where(verdicts.c.source_id == bindparam("source"), verdicts.c.key == bindparam("key"))  # fmt: skip
_PUT = upsert(verdicts)
_FORGET = delete(verdicts).where(
    verdicts.c.source_id == bindparam("p_source"),
    verdicts.c.key == bindparam("p_key"),
    verdicts.c.record_id == bindparam("p_record"),
)
_MOVE = (
    update(provenances)
    .where(provenances.c.source_id == bindparam("p_source"), provenances.c.key == bindparam("p_key"))
    .values(record_id=bindparam("p_record"), basis=bindparam("p_basis"))
)
_LINKED = select(relations.c.record_id, relations.c.ordinal, relations.c.type, relations.c.target_id).where(
    among(relations.c.record_id, "ids"), relations.c.ordinal >= LINKS_FROM
)
_LINK = insert(relations)
_UNLINK = delete(relations).where(
    relations.c.ordinal >= LINKS_FROM,
    or_(
        (relations.c.record_id == bindparam("one")) & (relations.c.target_id == bindparam("other")),
        (relations.c.record_id == bindparam("other")) & (relations.c.target_id == bindparam("one")),
    ),
)
_REDIRECT = insert(redirects)
_DROP_REDIRECTS = delete(redirects).where(among(redirects.c.name, "names"))


class VerdictReads(Bound):
    """Who bears a key, and what people said of places."""

    def bearers(self, kind: KeyKind, keys: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the records that bear each key, the oldest first; at most one more than `BEARERS`, so that many can be told from few."""
        asked = {stored_key(key): key for key in keys}
        found: dict[str, list[str]] = {}
        rows = [(row[0], row[1]) for row in self._many(_BEARERS, "keys", asked, kind=kind, most=BEARERS + 1)]
        for key, record_id in sorted(rows):
            found.setdefault(asked[key], []).append(record_id)
        return found

    def apart(self, source_id: str, keys: Iterable[str]) -> set[tuple[str, str]]:
        """The (key, record id) that a person keeps apart, of a source's items."""
        asked = {stored_key(key): key for key in keys}
        return {(asked[key], record_id) for key, record_id in self._many(_APART, "keys", asked, source=source_id)}

    def verdicts(self, source_id: str, key: str) -> list[Verdict]:
        """What people said of one place."""
        return [Verdict(*row) for row in self._rows(_OF_PLACE, source=source_id, key=stored_key(key))]


class VerdictWrites(Writing):
    """Verdicts, places that move, links between records."""

    def put_verdicts(self, told: Sequence[Verdict]) -> None:
        """Keep what the unit's actor says of places; a verdict on the same place and record is replaced."""
        self._put(
            _PUT[self._dialect],
            [
                {
                    "source_id": one.source_id,
                    "key": stored_key(one.key),
                    "record_id": one.record_id,
                    "verdict": one.verdict,
                    "by": self.actor,
                    "at": self.now,
                    "reason": one.reason,
                }
                for one in told
            ],
        )

    def forget_verdict(self, source_id: str, key: str, record_id: str) -> None:
        """Take back what was said of a place and a record."""
        self._connection.execute(_FORGET, {"p_source": source_id, "p_key": stored_key(key), "p_record": record_id})

    def move_place(self, source_id: str, key: str, record_id: str, basis: Mapping[str, Any] | None) -> None:
        """Make a place another record's, for the reason given; `None` for the place that the record is made from."""
        self._connection.execute(
            _MOVE,
            {
                "p_source": source_id,
                "p_key": stored_key(key),
                "p_record": record_id,
                "p_basis": None if basis is None else dumps(basis),
            },
        )

    def link(self, links: Sequence[tuple[str, str, str, str]]) -> None:
        """Relate records, each (record id, relation type, target id, reason), in the order of the links. What is linked already stays."""
        held: dict[str, list[tuple[int, str, str]]] = {}
        for record_id, ordinal, kind, target in self._many(_LINKED, "ids", {link[0] for link in links}):
            held.setdefault(record_id, []).append((ordinal, kind, target))
        rows = []
        for record_id, kind, target, reason in links:
            own = held.setdefault(record_id, [])
            if any((kind, target) == (known, other) for _, known, other in own):
                continue
            ordinal = max((number for number, _, _ in own), default=LINKS_FROM - 1) + 1
            own.append((ordinal, kind, target))
            rows.append(
                {
                    "record_id": record_id,
                    "ordinal": ordinal,
                    "type": kind,
                    "target_id": target,
                    "matched": "given",
                    "raw": reason,
                }
            )
        self._put(_LINK, rows)

    def unlink(self, one: str, other: str) -> int:
        """Take away the links between two records, in both directions; how many there were."""
        return int(self._connection.execute(_UNLINK, {"one": one, "other": other}).rowcount)

    def lead_names(self, names: Sequence[str], record_id: str | None) -> None:
        """Make names that no record bears any more lead to a record; `None` sets them free."""
        if names:
            self._connection.execute(_DROP_REDIRECTS, {"names": list(names)})
        if record_id is not None:
            self._put(_REDIRECT, [{"name": name, "record_id": record_id} for name in names])
