"""Reading over a network that breaks: what is missing is asked for again from where it stopped, a bounded number of times.

A whole content is hashed as it passes, and its last bytes are not given out before the digest is known to be right: a reader who counts
bytes never takes a damaged content for a whole one.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Protocol

from catalog.errors import Damaged, FilesUnavailable

RESUMES = 5
"""How often one reading is taken up again before it is given up."""
MOST_BYTES = 1 << 20
"""Bytes asked for at a time at most, whatever the reader asks for."""


class Body(Protocol):
    """The bytes of one answer, as they come."""

    def read(self, amount: int) -> bytes:
        """The next bytes, none at the end. Raises `FilesUnavailable` when the connection breaks."""

    def close(self) -> None:
        """Let go of the connection."""


class Resuming(io.RawIOBase):
    """The bytes from `start` up to `stop` of a content; `ask(position)` gives them from a position on.

    With a `digest` they must be the whole content, and are compared with it.
    """

    def __init__(
        self, ask: Callable[[int], Body], body: Body, start: int, stop: int, *, digest: str | None = None
    ) -> None:
        self._ask = ask
        self._body: Body | None = body
        self._at = start
        self._stop = stop
        self._digest = digest
        self._hash = hashlib.sha256()
        self._resumes = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the base class names a wider type
        """Fill the buffer with what comes next. Raises `FilesUnavailable` after `RESUMES` breaks, `Damaged` before the last bytes."""
        wanted = min(len(buffer), self._stop - self._at, MOST_BYTES)
        data = self._next(wanted) if wanted else b""
        self._hash.update(data)
        self._at += len(data)
        if self._at == self._stop and self._digest is not None and self._hash.hexdigest() != self._digest:
            raise Damaged(
                f"the file {self._digest} came with the digest {self._hash.hexdigest()}; restore it from a backup or its source"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let go of the connection."""
        self._let_go()
        super().close()

    def _next(self, wanted: int) -> bytes:
        while True:
            try:
                return self._read(wanted)
            except FilesUnavailable:
                self._let_go()
                if self._resumes == RESUMES:
                    raise
                self._resumes += 1

    def _read(self, wanted: int) -> bytes:
        if self._body is None:
            self._body = self._ask(self._at)
        data = self._body.read(wanted)
        if not data:
            raise FilesUnavailable(
                f"the storage's answer ended at byte {self._at}, before byte {self._stop}; try again"
            )
        return data

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
