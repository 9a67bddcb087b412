"""Recognising the text of scans that wait for it: which they are, one after the other, and how it stands.

What waits is what the store says: the open reviews of the kind `needs_ocr`. A scan is taken from `files/`, recognised, read like any document
with its words as the text beside it, and written by the ordinary way in (`apply`), in one transaction with the settling of its review. So a
process that is killed leaves nothing half written, and a person's edits stay. A scan that fails is noted with its reason, tried again some
times, and never holds up the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from marshmallow import Schema, fields, validate

from catalog.actions import recognition
from catalog.actions.context import Actor, Catalogue, Progress
from catalog.actions.follow import follow_once
from catalog.actions.recognition import TRIES, Waits
from catalog.actions.registry import action
from catalog.errors import (
    Conflict,
    Damaged,
    GongkaiError,
    InvalidInput,
    Misconfigured,
    NoRoom,
    NotFound,
    Refused,
    Unavailable,
)
from catalog.extract.ocr.engines import MISSING, Engine, choose
from catalog.store.reader import Reader
from catalog.store.rows import Lease

LEASE = "ocr"
"""The right to recognise text for this catalogue: an engine takes all processors of its machine, so one at a time is enough."""
LEASE_SECONDS = 300.0
"""Longer than any page takes; it is prolonged between pages."""
PROLONGED_EVERY = 30.0
PAGE_OF_REVIEWS = 200
"""Reviews that are looked at at a time."""

log = structlog.get_logger()


class OcrRun(Schema):
    """How much to recognise."""

    limit = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1), metadata={"description": "scans at most"}
    )
    seconds = fields.Float(
        load_default=None, allow_none=True, metadata={"description": "begin no further scan after so many seconds"}
    )
    at_once = fields.Boolean(
        load_default=False, metadata={"description": "try those again that failed a short time ago"}
    )
    record = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "only this record (id or name), whether it waits or not"},
    )
    progress = fields.Raw(
        load_default=None, metadata={"description": "called with (done, total) scans, also after each page"}
    )


class OcrStatus(Schema):
    """No parameters."""


@dataclass(slots=True)
class _Run:
    """One run: what it works with, and what came of it so far."""

    catalogue: Catalogue
    actor: Actor
    engine: Engine
    lease: Lease
    told: Callable[[], None]
    done: int = 0
    failed: int = 0
    pages: int = 0
    put_aside: int = 0
    prolonged: float = 0.0
    reasons: list[dict[str, str]] | None = None

    def page_done(self, _number: int) -> None:
        """After each page: say so, and keep the lease."""
        self.pages += 1
        self.told()
        if time.monotonic() - self.prolonged > PROLONGED_EVERY:
            with self.catalogue.store.write(actor=self.actor.name, reason="recognising text", lease=self.lease):
                self.prolonged = time.monotonic()


@action("ocr.run", schema=OcrRun, permission="operate")
def ocr_run(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Recognise the text of the scans that wait for it, one by one; what came of it.

    Raises `Misconfigured` where no engine is installed, `Busy` while another process does the same.
    """
    engine = _engine(catalogue)
    with catalogue.store.write(actor=actor.name, reason="recognising text") as work:
        lease = work.take_lease(LEASE, seconds=LEASE_SECONDS)
    with catalogue.store.read() as reader:
        total = 1 if params["record"] else reader.review_counts().get(recognition.KIND, 0)
    total = min(total, params["limit"] or total)
    progress: Progress | None = params["progress"]
    begun = time.monotonic()

    def told() -> None:
        if progress is not None:
            progress(run.done + run.failed, total)

    run = _Run(catalogue, actor, engine, lease, told, prolonged=begun, reasons=[])
    try:
        for waits in _waiting(catalogue, params):
            late = params["seconds"] is not None and time.monotonic() - begun > params["seconds"]
            if late or run.done + run.failed >= (params["limit"] or total):
                break
            _one(run, waits)
            told()
    finally:
        with catalogue.store.write(actor=actor.name, reason="recognising text") as work:
            work.release_lease(lease)
    follow_once(catalogue)
    seconds = time.monotonic() - begun
    return {
        "engine": engine.name, "recognised": run.done, "failed": run.failed, "pages": run.pages, "seconds": round(seconds, 1),
        "put_aside": run.put_aside, "failures": run.reasons,
    }  # fmt: skip


@action("ocr.status", schema=OcrStatus, permission="operate")
def ocr_status(catalogue: Catalogue, _actor: Actor, _params: dict[str, Any]) -> dict[str, Any]:
    """How many scans wait for their text, how many of them wait to be tried again, what failed for good, and with which engine."""
    try:
        name, message = _engine(catalogue).name, ""
    except Misconfigured as error:
        name, message = None, str(error)
    now = catalogue.now()
    with catalogue.store.read() as reader:
        counts = reader.review_counts()
        later = sum(1 for waits in recognition.waiting(reader, PAGE_OF_REVIEWS) if not waits.is_due(now))
        lease = reader.lease(LEASE)
        failed = [one for one in _open(reader, recognition.FAILED_KIND) if one.key.startswith(recognition.FAILED_KEY)]
    held = lease.holder if lease is not None and recognition.is_held(lease, now) else None
    return {
        "engine": name,
        "message": message,
        "waiting": counts.get(recognition.KIND, 0),
        "to_be_tried_again": later,
        "failed": len(failed),
        "low_confidence": counts.get("ocr_low_confidence", 0),
        "at_work": held,
    }


def is_due(catalogue: Catalogue) -> bool:
    """Whether a worker has anything to recognise now, and anything to do it with."""
    now = catalogue.now()
    with catalogue.store.read() as reader:
        lease = reader.lease(LEASE)
        if not any(waits.is_due(now) for waits in recognition.waiting(reader, PAGE_OF_REVIEWS)):
            return False
    busy = lease is not None and recognition.is_held(lease, now)
    return not busy and choose(str(catalogue.settings["OCR_ENGINE"])) is not None


def _engine(catalogue: Catalogue) -> Engine:
    choice = str(catalogue.settings["OCR_ENGINE"])
    found = choose(choice)
    if found is None:
        raise Misconfigured(
            "setting GONGKAI_OCR_ENGINE is none: no text is recognised; set it to auto" if choice == "none" else MISSING
        )
    return found


def _open(reader: Reader, kind: str) -> Iterator[Any]:
    after = None
    while found := reader.reviews(kind=kind, limit=PAGE_OF_REVIEWS, after=after):
        yield from found
        after = found[-1].cursor


def _waiting(catalogue: Catalogue, params: dict[str, Any]) -> Iterator[Waits]:
    """The scans to recognise, each looked up when its turn comes: what stands in the store may change meanwhile."""
    if params["record"]:
        with catalogue.store.read() as reader:
            record = reader.record(params["record"])
            if record is None:
                raise NotFound(f"no record is called {params['record']}")
            yield recognition.of_record(reader, record["id"])
        return
    after = None
    while True:
        with catalogue.store.read() as reader:
            found = recognition.waiting_page(reader, PAGE_OF_REVIEWS, after)
        if not found:
            return
        after = found[-1].cursor
        now = catalogue.now()
        yield from (waits for waits in found if params["at_once"] or waits.is_due(now))


def _one(run: _Run, waits: Waits) -> None:
    """Recognise one scan, or note why it could not be."""
    try:
        scan = recognition.find(run.catalogue, waits.record_id)
        if scan is None:
            recognition.put_aside(run.catalogue, run.actor, waits, lease=run.lease)
            run.put_aside += 1
            return
        text = recognition.read(run.catalogue, scan, run.engine, told=run.page_done)
        recognition.write(run.catalogue, run.actor, scan, text, waits, lease=run.lease)
        run.done += 1
    except (Refused, InvalidInput, NotFound, Damaged) as error:
        _failed(run, waits, str(error))
    except (GongkaiError, Unavailable, NoRoom, Conflict, MemoryError):
        raise  # not this scan's trouble: the lease was lost, a part is away, a disk is full, the worker stops
    except Exception as error:
        log.exception("scan_crashed", record=waits.record_id, exc_info=error)
        _failed(run, waits, f"the reader broke on this scan ({type(error).__name__}: {error}); please report it")


def _failed(run: _Run, waits: Waits, reason: str) -> None:
    tries = recognition.note_failure(run.catalogue, run.actor, waits, reason, lease=run.lease)
    run.failed += 1
    log.warning("scan_failed", record=waits.record_id, tries=tries, most=TRIES, reason=reason)
    if run.reasons is not None:
        run.reasons.append({"record": waits.record_id, "reason": reason})
