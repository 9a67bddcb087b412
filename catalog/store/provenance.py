"""Where records were read from: looked up by batch, because every item of every run asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, exists, func, select, tuple_, update

from catalog.model.record import Provenance
from catalog.store.base import Bound, Fields, Writing
from catalog.store.codec import dumps, stored_key
from catalog.store.rows import ProvenanceRow, Touch
from catalog.store.sql import among, upsert
from catalog.store.tables import objects, provenances, records

_COLUMNS = (
    provenances.c.source_id, provenances.c.key, provenances.c.record_id, provenances.c.external_id, provenances.c.url,
    provenances.c.canonical_url, provenances.c.ref, provenances.c.sha256_raw, provenances.c.fetched_at, provenances.c.parser_version,
    provenances.c.content_hash, provenances.c.fingerprint, provenances.c.job_id,
)  # fmt: skip
_FIELDS = (
    "key",
    "external_id",
    "url",
    "canonical_url",
    "ref",
    "sha256_raw",
    "fetched_at",
    "parser_version",
    "source_id",
)

_BY_KEYS = (
    select(
        *_COLUMNS, records.c.content_hash.label("record_hash"), records.c.version, records.c.state, provenances.c.basis
    )
    .join(records, records.c.id == provenances.c.record_id)
    .where(provenances.c.source_id == bindparam("source"), among(provenances.c.key, "keys"))
)
_BY_URLS = select(provenances.c.canonical_url, provenances.c.record_id).where(
    among(provenances.c.canonical_url, "urls")
)
_BY_RECORDS = (
    select(provenances.c.record_id, *(provenances.c[name] for name in _FIELDS), provenances.c.basis)
    .where(among(provenances.c.record_id, "ids"))
    .order_by(provenances.c.since)
)


def _whole_rows() -> Select[Any]:
    """All of a place's row, with what is asked of its record."""
    state = (records.c.content_hash.label("record_hash"), records.c.version, records.c.state)
    wanted = select(*_COLUMNS, *state, provenances.c.basis, provenances.c.hints)
    return wanted.join(records, records.c.id == provenances.c.record_id)


_PLACES = (
    _whole_rows()
    .where(provenances.c.source_id == bindparam("source"), provenances.c.key > bindparam("after"))
    .order_by(provenances.c.key)
    .limit(bindparam("limit"))
)
_PLACES_OF = _whole_rows().where(provenances.c.record_id == bindparam("record")).order_by(provenances.c.since)
_JOINED = (
    select(provenances.c.record_id, *(provenances.c[name] for name in _FIELDS), provenances.c.basis)
    .where(
        provenances.c.basis.is_not(None),
        tuple_(provenances.c.record_id, provenances.c.source_id, provenances.c.key)
        > tuple_(bindparam("after_record"), bindparam("after_source"), bindparam("after_key")),
    )
    .order_by(provenances.c.record_id, provenances.c.source_id, provenances.c.key)
    .limit(bindparam("limit"))
)
_COUNT = select(func.count()).where(provenances.c.source_id == bindparam("source"))
_MISSING = (
    select(provenances.c.key, provenances.c.record_id)
    .where(
        provenances.c.source_id == bindparam("source"),
        provenances.c.key > bindparam("after"),
        ~exists().where(objects.c.job_id == bindparam("job"), objects.c.key == provenances.c.key),
    )
    .order_by(provenances.c.key)
    .limit(bindparam("batch"))
)
_PUT = upsert(provenances, keep="since", spare=("basis", "hints"))
_TOUCH = (
    update(provenances)
    .where(provenances.c.source_id == bindparam("p_source"), provenances.c.key == bindparam("p_key"))
    .values(
        ref=bindparam("p_ref"),
        sha256_raw=bindparam("p_sha256_raw"),
        fetched_at=bindparam("p_fetched_at"),
        parser_version=bindparam("p_parser_version"),
        fingerprint=bindparam("p_fingerprint"),
        job_id=bindparam("p_job"),
    )
)
MISSING_BATCH = 1000
"""Rows that `missing_keys` holds at a time."""


class ProvenanceReads(Bound):
    """Provenances by source and key, by address, and by record."""

    def by_provenance(self, source_id: str, keys: Iterable[str]) -> dict[str, ProvenanceRow]:
        """What a source's items became, by the items' keys; a key that was never seen is left out."""
        asked = {stored_key(key): key for key in keys}
        rows = self._many(_BY_KEYS, "keys", asked, source=source_id)
        return {asked[row[1]]: ProvenanceRow(*[*row[:-1], basis_of(row[-1])]) for row in rows}

    def by_canonical_url(self, urls: Iterable[str]) -> dict[str, str]:
        """The id of the record (the oldest, if several) that was read from each canonical address, from whatever source."""
        asked = {stored_key(url): url for url in urls}
        found: dict[str, str] = {}
        for url, record_id in self._many(_BY_URLS, "urls", asked):
            held = found.setdefault(asked[url], record_id)
            found[asked[url]] = min(held, record_id)
        return found

    def provenances(self, record_ids: Iterable[str]) -> dict[str, list[Provenance]]:
        """All places that records were read from: first the one that gives the record, then the others as they were first met."""
        found: dict[str, list[Provenance]] = {}
        for record_id, *values in self._many(_BY_RECORDS, "ids", record_ids):
            found.setdefault(record_id, []).append(_place(values))
        for places in found.values():
            if len(places) > 1:
                places.sort(key=_standing)
        return found

    def places(self, source_id: str, *, after: str = "", limit: int = 500) -> list[ProvenanceRow]:
        """A page of a source's places with all that is known of each, in the order of their keys, after a key."""
        return [_whole(row) for row in self._rows(_PLACES, source=source_id, after=after, limit=limit)]

    def places_of(self, record_id: str) -> list[ProvenanceRow]:
        """A record's places with all that is known of each, the one that gives it first."""
        rows = [_whole(row) for row in self._rows(_PLACES_OF, record=record_id)]
        return sorted(rows, key=lambda row: int((row.basis or {}).get("order", 0)))

    def joined(self, *, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> list[tuple[str, Provenance]]:
        """A page of the places that are a record's for a reason of their own (`basis`), as (record id, place), the oldest record first;
        `after` is the record id, source id and key of the last one seen.
        """
        page = {"after_record": after[0], "after_source": after[1], "after_key": after[2], "limit": limit}
        return [(row[0], _place(row[1:])) for row in self._rows(_JOINED, **page)]

    def count_places(self, source_id: str) -> int:
        """How many places a source gave."""
        return int(self._rows(_COUNT, source=source_id)[0][0])

    def missing_keys(self, source_id: str, job_id: str) -> Iterator[tuple[str, str]]:
        """The (key, record id) of each item that the source had and that the job did not list, in the order of the keys."""
        after = ""
        while rows := self._rows(_MISSING, source=source_id, job=job_id, after=after, batch=MISSING_BATCH):
            yield from ((key, record_id) for key, record_id in rows)
            after = rows[-1][0]


class ProvenanceWrites(Writing):
    """Further places of records that stand, and places that were visited again."""

    _places = 0

    def add_provenances(self, rows: Sequence[ProvenanceRow]) -> None:
        """Keep places of records that stand already; a place that is known is replaced, also when it was another record's."""
        met = count(self._places)
        self._places += len(rows)
        self._put(_PUT[self._dialect], [{**_row(row), "since": f"{self.now}/{next(met):08d}"} for row in rows])

    def touch_provenance(self, source_id: str, touches: Sequence[Touch]) -> None:
        """Note that items were fetched again and gave the same record."""
        self._put(
            _TOUCH,
            [
                {
                    "p_source": source_id,
                    "p_key": stored_key(touch.key),
                    "p_ref": touch.ref,
                    "p_sha256_raw": touch.sha256_raw,
                    "p_fetched_at": touch.fetched_at,
                    "p_parser_version": touch.parser_version,
                    "p_fingerprint": touch.fingerprint,
                    "p_job": self.job_id,
                }
                for touch in touches
            ],
        )


def _whole(row: Fields) -> ProvenanceRow:
    return ProvenanceRow(*[*row[:-2], basis_of(row[-2]), basis_of(row[-1])])


def basis_of(column: str | None) -> dict[str, Any] | None:
    """The basis, or the hints, of a place as they are stored."""
    found: dict[str, Any] | None = None if column is None else orjson.loads(column)
    return found


def _place(values: Fields) -> Provenance:
    *told, basis = values
    place: Provenance = Provenance(**dict(zip(_FIELDS, told, strict=True)))  # type: ignore[typeddict-item]
    if basis is not None:
        place["basis"] = basis_of(basis)
    return place


def _standing(place: Provenance) -> int:
    """Where a place stands among those of its record: what its basis says, 0 for all that were not put before others."""
    return int((place.get("basis") or {}).get("order", 0))


def _row(row: ProvenanceRow) -> dict[str, Any]:
    return {
        "source_id": row.source_id,
        "key": stored_key(row.key),
        "record_id": row.record_id,
        "external_id": row.external_id,
        "url": row.url,
        "canonical_url": row.canonical_url and stored_key(row.canonical_url),
        "ref": row.ref,
        "sha256_raw": row.sha256_raw,
        "fetched_at": row.fetched_at,
        "parser_version": row.parser_version,
        "content_hash": row.content_hash,
        "fingerprint": row.fingerprint,
        "job_id": row.job_id,
        "basis": None if row.basis is None else dumps(row.basis),
        "hints": None if row.hints is None else dumps(row.hints),
    }
