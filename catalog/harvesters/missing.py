"""What a source no longer lists, and the brake: a source that suddenly lists little must not empty the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from catalog.actions.apply import NO_LONGER_LISTED
from catalog.actions.context import Catalogue
from catalog.actions.lineage import take_back
from catalog.harvesters.job import JobRun
from catalog.store.reader import Reader
from catalog.store.work import UnitOfWork

BRAKE_LEAST = 5
"""Up to this many records may go whatever share of the source they are: small sources change by whole tenths."""
BATCH = 500

T = TypeVar("T")


def withdraw_missing(catalogue: Catalogue, run: JobRun, *, accept: bool) -> str:
    """Withdraw the records that only this source held and that it no longer lists. The message of the brake; empty when it held nothing.

    Only to be called after a complete listing. Nothing is withdrawn when the brake holds.
    """
    going = run.waiting(lambda: _all_going(catalogue, run))
    known = run.count("updated", "unchanged") + len(going)
    share = float(catalogue.settings["BRAKE_SHARE"])
    if not accept and len(going) > BRAKE_LEAST and len(going) > share * known:
        return (
            f"{len(going):,} of {known:,} records are no longer listed, more than the {share:.0%} that a run may withdraw. Nothing was "
            f"withdrawn. If the source is right, run it again with --accept-deletions"
        )
    for ids in _batches(going):
        run.report["withdrawn"] = run.withdrawn + len(ids)
        run.commit(NO_LONGER_LISTED, partial(_withdraw, ids=ids), run.position)
    return ""


def _withdraw(work: UnitOfWork, *, ids: Sequence[str]) -> tuple[()]:
    take_back(work, set(ids))
    work.set_state(ids, "withdrawn", NO_LONGER_LISTED)
    return ()


def _all_going(catalogue: Catalogue, run: JobRun) -> list[str]:
    with catalogue.store.read() as reader:
        return list(_going(reader, run))


def _going(reader: Reader, run: JobRun) -> Iterator[str]:
    """Published records of the source that this run did not meet, and that no other item and no other source holds."""
    missing = dict(reader.missing_keys(run.source.id, run.id))
    for ids in _batches(dict.fromkeys(missing.values())):
        records = reader.records(ids)
        places = reader.provenances(ids)
        for record_id in ids:
            record = records.get(record_id)
            held = [p for p in places.get(record_id, []) if p["source_id"] != run.source.id or p["key"] not in missing]
            if record is not None and record["state"] == "published" and not held:
                yield record_id


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
