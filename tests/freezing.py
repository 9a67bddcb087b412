"""A server that hangs: its machine still takes connections and acknowledges bytes, and nobody answers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers import Server
from tests.servers.base import _children


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Stop all processes of a server for the time of the block: the first one before the others, so that it makes no new ones."""
    assert server._process is not None
    first = server._process.pid
    os.kill(first, signal.SIGSTOP)
    numbers = [*_children(first), first]
    _send(numbers, signal.SIGSTOP)
    try:
        yield
    finally:
        _send(numbers, signal.SIGCONT)


def _send(numbers: list[int], what: signal.Signals) -> None:
    for number in numbers:
        with suppress(ProcessLookupError):  # it came to its end by itself
            os.kill(number, what)
