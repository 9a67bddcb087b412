"""The worker: processes that take names out of the queue and run what is due, and one that ticks. huey's consumer, with our own loops.

What huey's loops would do otherwise: log a traceback at each try while a Redis is away; outlive a parent that was killed; hang at the end
while a task does not come to its own. A process that dies is replaced by the consumer; what it was at is taken up by a later tick.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from huey.consumer import Consumer, Scheduler, Worker

from catalog.actions import Catalogue
from catalog.errors import GongkaiError, QueueUnavailable, Refused, Unavailable
from catalog.jobs.queue import Queue
from catalog.jobs.tasks import TASKS
from catalog.jobs.tick import TICK_SECONDS, Tick

GRACE_SECONDS = 8.0
"""After SIGTERM a harvest ends at its next item; what has not ended after this is interrupted. Container engines kill after 10 s."""
IDLE_SECONDS = 1.0
"""Longest pause between two looks into a queue that cannot be waited at (SQLite)."""
HEALTH_SECONDS = 2.0
"""How often the parent looks whether its processes live."""

log = structlog.get_logger()


class GivenBack(GongkaiError):
    """The run ends here because the worker is to stop; it is taken up where its last transaction ended."""


class Hands:
    """What a process of the worker has: its catalogue, made when it is first needed (after the fork), and the wish to stop."""

    def __init__(self, make: Callable[[], Catalogue]) -> None:
        self._make = make
        self._made: Catalogue | None = None
        self._parent = os.getpid()
        self._stop: Any = None

    def catalogue(self) -> Catalogue:
        """The catalogue of this process. Raises what its making raises."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def watch(self, stop: Any) -> None:
        """Take the flag that tells all processes of this worker to stop."""
        self._stop = stop

    def stopping(self) -> bool:
        """Whether to stop: it was asked for, or the parent is gone, without which nobody would ask."""
        if os.getpid() != self._parent != os.getppid():
            self._stop.set()
        return bool(self._stop.is_set())

    def perform(self, task: str, words: Sequence[str]) -> None:
        """Do a task to its end. Whatever it raises is told here: the store keeps what is still to be done."""
        row = TASKS[task]
        named = dict(zip(row.words, words, strict=True))
        try:
            row.run(self.catalogue(), named, self._progress)
        except GivenBack as error:
            log.info("task_given_back", task=task, **named, reason=str(error))
        except Unavailable as error:
            log.warning("task_put_off", task=task, **named, reason=str(error))
        except GongkaiError as error:
            log.error("task_failed", task=task, **named, reason=str(error))  # noqa: TRY400 -- its message says it all
        except Exception as error:
            log.exception("task_broke", task=task, **named, exc_info=error)

    def close(self) -> None:
        """Close what the catalogue holds open."""
        if self._made is None:
            return
        for part in (self._made.store, self._made.search, self._made.files):
            close = getattr(part, "close", None)  # a folder of files has nothing to close
            if close is not None:
                close()

    def _progress(self, done: int, total: int | None) -> None:  # noqa: ARG002 -- the signature of `Progress`
        if self.stopping():
            raise GivenBack(
                f"the worker stops after {done} items; what it committed stands, and the next worker goes on there"
            )


class Taker(Worker):  # type: ignore[misc]  # huey comes without types
    """A process that takes names and does what they say."""

    queue: Queue
    hands: Hands

    def loop(self, now: Any = None) -> None:  # noqa: ARG002 -- huey's signature
        """Take one name, if there is one. The tick tells of a queue that is away; here it is only waited for."""
        if self.hands.stopping():
            return
        try:
            task = self.queue.take()
            if task is not None:
                self.delay = self.default_delay
                self.queue.perform(task)
            elif not self.huey.storage.blocking:
                self.sleep()
        except Refused as error:
            log.warning("message_refused", reason=str(error))
        except QueueUnavailable as error:
            log.debug("queue_away", reason=str(error))
            self.sleep()

    def shutdown(self) -> None:
        """Close what the process holds open."""
        self.hands.close()


class Ticker(Scheduler):  # type: ignore[misc]  # huey comes without types
    """The process that ticks."""

    tick: Tick
    hands: Hands
    every: float

    def loop(self, now: Any = None) -> None:  # noqa: ARG002 -- huey's signature
        """Tick, and sleep until the next one."""
        start = time.monotonic()
        if self.hands.stopping():
            return
        self.tick(self.hands.catalogue)
        self.sleep_for_interval(start, self.every)

    def shutdown(self) -> None:
        """Close what the process holds open."""
        self.hands.close()


class Team(Consumer):  # type: ignore[misc]  # huey comes without types
    """One worker's processes: as many takers as it may run jobs, and a ticker."""

    def __init__(
        self, queue: Queue, hands: Hands, *, jobs: int, every: float, beside: Callable[[], None] | None
    ) -> None:
        self._beside = beside
        self._queue = queue
        self._hands = hands
        self._every = every
        super().__init__(
            queue.huey,
            workers=jobs,
            periodic=False,
            max_delay=IDLE_SECONDS,
            worker_type="process",
            health_check_interval=HEALTH_SECONDS,
            shutdown_timeout=GRACE_SECONDS,
            graceful_signal="TERM",
        )
        hands.watch(self.stop_flag)
        # huey would start itself anew; a terminal that is closed means the end
        self._signal_actions[signal.SIGHUP] = (False, True)

    def _create_worker(self) -> Taker:
        taker = Taker(self.huey, self.stop_flag, self.default_delay, self.max_delay, self.backoff)
        taker.queue, taker.hands = self._queue, self._hands
        return taker

    def _create_scheduler(self) -> Ticker:
        ticker = Ticker(self.huey, self.stop_flag, self.scheduler_interval, self.periodic)
        ticker.tick, ticker.hands, ticker.every = Tick(self._queue, every=self._every), self._hands, self._every
        return ticker

    def loop(self, health_check_ts: Any = None) -> Any:
        """The parent's loop, some times a second."""
        try:
            if self._beside is not None:
                self._beside()
            return super().loop(health_check_ts)
        except OSError as error:  # no process or memory is left for a new one: tried again, and no reason to end
            log.warning("not_started", reason=str(error))
            time.sleep(IDLE_SECONDS)
            return health_check_ts

    def stop(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 -- huey's signature
        """Tell all to stop, wait, interrupt, and end what is left: a lease goes with the process that held it."""
        super().stop(graceful)
        for process in [*(process for _, process in self.worker_threads), self.scheduler]:
            if process.is_alive():
                process.kill()
                process.join()


def run_worker(
    queue: Queue,
    hands: Hands,
    *,
    jobs: int,
    every: float = TICK_SECONDS,
    beside: Callable[[], None] | None = None,
) -> None:
    """Run a worker in this process until SIGTERM or Ctrl-C: `jobs` takers, and a tick every so many seconds.

    `queue` was opened with the `perform` of `hands`; `beside` is called some times a second. This process must hold no thread and no
    connection: it forks, now and whenever a process died.
    """
    tell_logs()
    Team(queue, hands, jobs=jobs, every=every, beside=beside).run()


class _ToOurLog(logging.Handler):
    """huey's own log lines, which only tell of what it does itself: processes that died, and were replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, "huey", told=record.getMessage(), exc_info=record.exc_info)


def tell_logs() -> None:
    """Let huey's log go where ours goes."""
    its = logging.getLogger("huey")
    its.handlers = [_ToOurLog()]
    its.propagate = False
    its.setLevel(logging.WARNING)
