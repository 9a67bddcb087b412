"""The two ways in which the demo has a source run: in its own process, or by a worker, which it waits for by looking at the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import call
from catalog.errors import QueueUnavailable

ACTOR = Actor("demo", "operator")
LOOK_SECONDS = 0.2
LONGEST_SECONDS = 300.0
"""A run takes some ten seconds; a worker that is busy with another one may begin later."""

RunSource = Callable[[Catalogue, str], dict[str, Any]]
"""Runs the source of that name to its end; the report of the run."""


def in_process(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """Run a source here and now."""
    return call(catalogue, ACTOR, "source.run", {"name": name})


def by_worker(send: Callable[[str], None], *, longest: float = LONGEST_SECONDS) -> RunSource:
    """Ask for a run in the store, `send` the source's name to the queue, and wait until a worker has ended the run and the index has it.

    The way raises `QueueUnavailable` when no worker has ended the run after `longest` seconds.
    """

    def run(catalogue: Catalogue, name: str) -> dict[str, Any]:
        before, _ = _last_job(catalogue, name)
        call(catalogue, ACTOR, "source.request", {"name": name})
        send(name)
        end = time.monotonic() + longest
        state: str | None = None
        while time.monotonic() < end:
            job, state = _last_job(catalogue, name)
            if job != before and state != "running":
                catalogue.search.catch_up(timeout=catalogue.settings["INDEX_WAIT_SECONDS"])
                return call(catalogue, ACTOR, "source.report", {"name": name})
            time.sleep(LOOK_SECONDS)
        raise QueueUnavailable(
            f"the run of {name} was asked for {longest:.0f} s ago and has not ended (its last run is {state or 'none'}); "
            "is there a worker (`gongkai worker`) with the same settings, and what does its log say?"
        )

    return run


def _last_job(catalogue: Catalogue, name: str) -> tuple[str | None, str | None]:
    """Id and state of a source's last run, `None` before its first."""
    with catalogue.store.read() as reader:
        source = reader.source(name)
        jobs = reader.jobs(source.id, 1) if source else []
    return (jobs[0].id, jobs[0].state) if jobs else (None, None)
