"""Where records were read from: looked up by batch, because every item of every run asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import bindparam, exists, select, update

from catalog.model.record import Provenance
from catalog.store.base import Bound, Writing
from catalog.store.codec import stored_key
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
    select(*_COLUMNS, records.c.content_hash.label("record_hash"), records.c.version, records.c.state)
    .join(records, records.c.id == provenances.c.record_id)
    .where(provenances.c.source_id == bindparam("source"), among(provenances.c.key, "keys"))
)
_BY_URLS = select(provenances.c.canonical_url, provenances.c.record_id).where(
    among(provenances.c.canonical_url, "urls")
)
_BY_RECORDS = (
    select(provenances.c.record_id, *(provenances.c[name] for name in _FIELDS))
    .where(among(provenances.c.record_id, "ids"))
    .order_by(provenances.c.since)
)
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
_PUT = upsert(provenances, keep="since")
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
        return {asked[row[1]]: ProvenanceRow(*row) for row in rows}

    def by_canonical_url(self, urls: Iterable[str]) -> dict[str, str]:
        """The id of the record (the oldest, if several) that was read from each canonical address, from whatever source."""
        asked = {stored_key(url): url for url in urls}
        found: dict[str, str] = {}
        for url, record_id in self._many(_BY_URLS, "urls", asked):
            held = found.setdefault(asked[url], record_id)
            found[asked[url]] = min(held, record_id)
        return found

    def provenances(self, record_ids: Iterable[str]) -> dict[str, list[Provenance]]:
        """All places that records were read from, in the order in which they were first met."""
        found: dict[str, list[Provenance]] = {}
        for record_id, *values in self._many(_BY_RECORDS, "ids", record_ids):
            found.setdefault(record_id, []).append(Provenance(**dict(zip(_FIELDS, values, strict=True))))  # type: ignore[typeddict-item]
        return found

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
    }
