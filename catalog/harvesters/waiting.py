"""Waiting for a part that is away: a run stays where it is, tries again after longer and longer pauses, and gives up after a set time.

No item is to blame for a database or a store of files that does not answer, so none is recorded as failed for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from catalog.errors import FilesUnavailable, StoreUnavailable, Unavailable

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two attempts: doubled each time, so that a short absence costs little and a long one asks seldom."""
SLICE = 2.0
"""Seconds between two words to whoever watches, who may want the run to stop: a listener that raises ends the waiting."""
AWAY = (StoreUnavailable, FilesUnavailable)

T = TypeVar("T")

log = structlog.get_logger()


class Waiting:
    """Waits up to `seconds` for each absence; 0 waits for none. `told` hears why the run waits, and `None` when it goes on."""

    def __init__(
        self,
        seconds: float,
        *,
        source: str = "",
        told: Callable[[str | None], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._source = source
        self.told = told
        self._clock = clock
        self._sleep = sleep

    def __call__(self, step: Callable[[], T]) -> T:
        """The result of a step, which is done again until nothing that it needs is away; it must bear being done again.

        Raises the step's own `StoreUnavailable` or `FilesUnavailable` when the time is over, and at once whatever else it raises.
        """
        try:
            return step()
        except AWAY as error:
            if self._seconds <= 0:
                raise
            return self._again(step, error)

    def _again(self, step: Callable[[], T], error: Unavailable) -> T:
        began, pause = self._clock(), FIRST_PAUSE
        log.warning("harvest_waits", source=self._source, reason=str(error), at_most_seconds=self._seconds)
        try:
            while (left := began + self._seconds - self._clock()) > 0:
                self._pause(min(pause, left), str(error))
                pause = min(2 * pause, LONGEST_PAUSE)
                try:
                    result = step()
                except AWAY as again:
                    error = again
                else:
                    log.warning("harvest_goes_on", source=self._source, waited_seconds=round(self._clock() - began, 1))
                    return result
        finally:
            self._tell(None)
        raise type(error)(
            f"{error}. The run waited {self._seconds:g} s for it (GONGKAI_AWAY_SECONDS) and stops here; run the source again, and it goes on"
        ) from error

    def _pause(self, seconds: float, reason: str) -> None:
        end = self._clock() + seconds
        while (left := end - self._clock()) > 0:
            self._tell(reason)
            self._sleep(min(left, SLICE))

    def _tell(self, reason: str | None) -> None:
        if self.told is not None:
            self.told(reason)


NO_WAITING = Waiting(0)
"""Waits for nothing."""
