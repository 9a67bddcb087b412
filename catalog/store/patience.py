"""How long anything waits for the database. A request is told within its budget, whatever has become of the server; a load is patient.

A server that was stopped, or whose packets are thrown away, looks like one that is thinking: its machine still acknowledges what is sent,
or nobody says anything at all. So each wait has an end of its own here, besides what the server and the network promise.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from catalog.errors import StoreUnavailable

WRITE_SECONDS = 300.0
"""Longest wait for the answer to one statement of a writer; its statements take milliseconds, the largest some seconds."""
OTHERS = 0.25
"""Longest wait of a thread for the one that is asking already: just enough to profit from an answer that is coming in now."""
SILENT = (
    "the database (GONGKAI_DATABASE_URL) has stopped answering, and one request is waiting already to see whether it is back; "
    "look at the server, then try again"
)


@dataclass(frozen=True, slots=True)
class Patience:
    """The budget of a request in seconds, and the shares of it. Looking whether a kept connection lives, making a new one and waiting
    for a free one can follow each other in one request, and together stay below it.
    """

    request: float

    @property
    def ping(self) -> float:
        """For a kept connection to say that it lives."""
        return self.request * 0.2

    @property
    def connect(self) -> int:
        """For a new connection to one address of the host; whole seconds, and no fewer than the driver's least."""
        return max(2, int(self.request * 0.3))

    @property
    def pool(self) -> float:
        """For another thread to give back a connection, when all are in use."""
        return self.request * 0.3

    @property
    def statement(self) -> float:
        """For the server to answer one statement of a reader; it gives up by itself then, before the client hangs up at `request`."""
        return self.request * 0.8


class Watch:
    """Whether the database has fallen silent. While it has, one thread at a time waits to see whether it is back, and the others are told
    soon: so a server that hangs holds up one thread of a process, not all, and there is no time in which nobody asks.
    """

    def __init__(self) -> None:
        self._silent = False
        self._asking = threading.Lock()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around everything that waits for the database. Raises `StoreUnavailable` while it is silent and another thread is waiting."""
        if not self._silent:
            yield
            return
        if not self._asking.acquire(timeout=OTHERS):
            raise StoreUnavailable(SILENT)
        try:
            yield
            self._silent = False
        finally:
            self._asking.release()

    def fell_silent(self) -> None:
        """Note that the database did not answer in time."""
        self._silent = True
