"""How far a run is: told to whoever asked for it, and to the log, with rate and time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import structlog

from catalog.actions.context import Progress

TELL_SECONDS = 0.1
"""Least time between two calls of the listener: more often than that nobody can read it."""
LOG_SECONDS = 30.0
"""Least time between two log lines."""

log = structlog.get_logger()


@runtime_checkable
class HearsOfWaiting(Progress, Protocol):
    """A listener of progress that also wants to know why nothing goes on."""

    def waits(self, reason: str | None) -> None:
        """The run waits, for this reason; `None`: it goes on."""


class Meter:
    """Counts what this process does of a run. `start` items were done before, by the run that was cut off."""

    def __init__(
        self,
        source: str,
        total: int | None,
        listener: Progress | None,
        *,
        start: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._listener = listener
        self._clock = clock
        self._start = start
        self._began = self._told = self._logged = clock()
        self.done = start
        self.total = total

    def rate(self) -> float:
        """Items a second, over the time that this process has been at it."""
        passed = self._clock() - self._began
        return (self.done - self._start) / passed if passed > 0 else 0.0

    def seconds_left(self) -> float | None:
        """The time that the rest will take at this rate; `None` when the total or the rate is not known yet."""
        rate = self.rate()
        return max(0.0, (self.total - self.done) / rate) if self.total is not None and rate > 0 else None

    def step(self, count: int = 1) -> None:
        """`count` more items are done."""
        self.done += count
        now = self._clock()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            self._tell()
        if now - self._logged >= LOG_SECONDS:
            self._logged = now
            left = self.seconds_left()
            log.info(
                "harvest_progress",
                source=self._source,
                done=self.done,
                total=self.total,
                rate=round(self.rate(), 1),
                seconds_left=None if left is None else round(left),
            )

    def waits(self, reason: str | None) -> None:
        """Tell the listener that the run waits, or with `None` that it goes on; one that cannot hear of it hears the figures."""
        if isinstance(self._listener, HearsOfWaiting):
            self._listener.waits(reason)
        else:
            self._tell()

    def finish(self) -> None:
        """Tell the listener the last figures."""
        self._tell()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener(self.done, self.total)
