"""What a worker can be told to do: a table of names, each with the words that follow it and the action that it comes to.

A name that arrives is no order. The task looks at the store whether it is still to be done, so that one which was sent twice, or long
ago, or by a stranger, does nothing that the schedule would not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from catalog.actions import Actor, Catalogue, Progress, call, ocr
from catalog.errors import Busy
from catalog.jobs.schedule import cut_offs, why

log = structlog.get_logger()

WORKER = Actor("worker", "operator")
"""Whose name stands in the revisions that a worker's runs write."""

OCR_SECONDS = 120.0
"""After so long a worker begins no further scan: a harvest that is due does not wait longer, and the next tick sends the rest."""

Run = Callable[[Catalogue, Mapping[str, str], Progress], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that a worker does: its name in the queue, the names of its words, and what is done."""

    name: str
    words: tuple[str, ...]
    run: Run
    help: str


def run_source(catalogue: Catalogue, words: Mapping[str, str], progress: Progress) -> None:
    """Run a source that is due; one that is not, or that is run elsewhere, is let be."""
    name = words["name"]
    now = catalogue.now()
    with catalogue.store.read() as reader:
        standing = next((one for one in reader.standings() if one.source.name == name), None)
        reason = None
        if standing is not None:
            reason = why(standing, cut_offs(reader, [standing], now).get(standing.source.id), now)
    if reason is None:
        held_by = standing.held_by if standing else None
        log.info("source_not_due", source=name, known=standing is not None, held_by=held_by)
        return
    log.info("source_begins", source=name, reason=reason)
    try:
        report = call(catalogue, WORKER, "source.run", {"name": name, "progress": progress})
    except Busy as error:
        log.info("source_busy", source=name, why=str(error))
        return
    told = log.info if report["state"] == "finished" else log.warning
    told("source_ends", source=name, state=report["state"], message=report["message"], **report["counters"])


def run_ocr(catalogue: Catalogue, _words: Mapping[str, str], progress: Progress) -> None:
    """Recognise the text of scans for a while; one that another process recognises is let be."""
    if not ocr.is_due(catalogue):
        log.info("ocr_not_due")
        return
    try:
        report = call(catalogue, WORKER, "ocr.run", {"seconds": OCR_SECONDS, "progress": progress})
    except Busy as error:
        log.info("ocr_busy", why=str(error))
        return
    log.info("ocr_ends", **{name: report[name] for name in ("engine", "recognised", "failed", "pages", "seconds")})


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("source.run", ("name",), run_source, "Harvest a source that is due, or take up its run that was cut off."),
        Task("ocr.run", (), run_ocr, "Recognise the text of scans that wait for it."),
    )
}
