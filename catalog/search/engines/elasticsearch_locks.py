"""Locks between machines: a document for each, with a lease that its holder renews while it works.

No clock is compared between machines. Who waits looks whether the document still changes, and takes the lock over when it has not done so
for as long as its lease, by the waiter's own clock; or at once, when its holder is a process of this machine that has died. All
changes are by compare and set, so of two who take over one succeeds. A holder that could not renew in time learns it from `assure`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

import structlog

from catalog.errors import Busy, SearchUnavailable
from catalog.process import is_gone, this_process

LEASE_SECONDS = 30.0
BEAT_SECONDS = 5.0
_POLL_SECONDS = 0.1
_AWAY_SECONDS = 1.0

Mark = tuple[int, int]
"""Sequence number and primary term of a document: one state of it, told from all others."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """A lock as it stands in its document: who holds it (`process.this_process`), a word made for this one holding, its lease."""

    holder: str
    token: str
    lease: float
    mark: Mark


class LockDocuments(Protocol):
    """Where the documents of the locks lie. All raise `SearchUnavailable` when nobody answers."""

    def read(self, name: str) -> Held | None:
        """A lock's document as it is now, seen or not by searches."""

    def write(self, name: str, body: dict[str, Any], mark: Mark | None) -> Mark | None:
        """Replace the document in this state, or make it where `mark` is `None`; `None` when it is in another state by now."""

    def remove(self, name: str, mark: Mark) -> bool:
        """Remove the document if it is in this state; whether it is gone."""


class Locks:
    """The locks of one index, for the threads of one process."""

    def __init__(
        self,
        documents: LockDocuments,
        where: str,
        *,
        lease_seconds: float = LEASE_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._documents = documents
        self._where = where
        self._lease_seconds = lease_seconds
        self._beat_seconds = beat_seconds
        self._seen: dict[str, tuple[Mark, float]] = {}
        """When each lock that others hold was first seen as it is. Kept between calls: who waits in many short slices waits as well."""
        self._mine = threading.local()

    @contextmanager
    def hold(self, name: str, timeout: float) -> Iterator[None]:
        """Hold a lock for the length of the block. Raises `Busy` when another holds it for longer than `timeout` seconds."""
        lease = self._wait(name, timeout)
        leases = self._leases()
        leases.append(lease)
        try:
            with lease:
                yield
        finally:
            leases.remove(lease)

    def assure(self) -> None:
        """Raise `SearchUnavailable` when a lock of this thread is not its own any more. One that could not be renewed while the cluster was
        away, and that nobody took, is renewed now.
        """
        for lease in self._leases():
            if not lease.still_holds():
                raise SearchUnavailable(
                    f"the {lease.name} lock of the search index {self._where} was not renewed within its {lease.seconds:g} s and is another's by "
                    "now; what was not committed is left out, and is followed again"
                )

    def _leases(self) -> list[_Lease]:
        if not hasattr(self._mine, "leases"):
            self._mine.leases = []
        leases: list[_Lease] = self._mine.leases
        return leases

    def _wait(self, name: str, timeout: float) -> _Lease:
        """The lock, as soon as it can be had; a cluster that is away is waited for as well."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                lease, held = self._take(name)
            except SearchUnavailable:
                if time.monotonic() + _AWAY_SECONDS >= deadline:
                    raise
                time.sleep(_AWAY_SECONDS)
                continue
            if lease is not None:
                return lease
            left = deadline - time.monotonic()
            if left <= 0:
                raise Busy(
                    f"another process{_told(held)} holds the {name} lock of the search index {self._where} and did not let go of it within "
                    f"{timeout:g} s; it is probably indexing: try again when it is done"
                )
            time.sleep(min(left, _POLL_SECONDS * random.uniform(0.5, 1.0)))  # noqa: S311 - spreads those who wait, keeps no secret

    def _take(self, name: str) -> tuple[_Lease | None, Held | None]:
        """The lock, if it is free or was left; else who holds it."""
        lease = _Lease(self._documents, name, self._lease_seconds, self._beat_seconds)
        held = self._documents.read(name)
        if held is not None and not self._is_left(name, held):
            return None, held
        if lease.begin(None if held is None else held.mark):
            self._seen.pop(name, None)
            if held is not None:
                log.warning("lock_taken_over", lock=name, index=self._where, holder=held.holder)
            return lease, None
        return None, held

    def _is_left(self, name: str, held: Held) -> bool:
        """Whether its holder has died, or has not renewed it for the length of its lease."""
        if is_gone(held.holder):
            return True
        mark, since = self._seen.get(name, (None, 0.0))
        if mark != held.mark:
            since = time.monotonic()
            self._seen[name] = held.mark, since
        return time.monotonic() - since > held.lease


class _Lease:
    """One holding of one lock, renewed by a thread of its own."""

    def __init__(self, documents: LockDocuments, name: str, seconds: float, beat_seconds: float) -> None:
        self.name = name
        self.seconds = seconds
        self._documents = documents
        self._beat_seconds = beat_seconds
        self._body = {"holder": this_process(), "token": uuid4().hex, "lease": seconds}
        self._beat = 0
        self._mark: Mark | None = None
        self._renewed = 0.0
        self._taken_away = False
        self._writing = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease of {name}", daemon=True)

    def still_holds(self) -> bool:
        """Whether the lock is ours, surely. Raises `SearchUnavailable` when nobody answers who could tell."""
        with self._writing:
            if time.monotonic() - self._renewed > self.seconds:
                self._taken_away |= not self._write(self._mark)
            return not self._taken_away

    def begin(self, mark: Mark | None) -> bool:
        """Take the lock whose document is in this state; whether that came about."""
        return self._write(mark)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        """Let go. Where that cannot be said, the lease runs out."""
        self._end.set()
        self._thread.join()
        if self._mark is None or self._taken_away:
            return
        try:
            if not self._documents.remove(
                self.name, self._mark
            ):  # the answer to the last beat was lost, or it is another's
                held = self._documents.read(self.name)
                if held is not None and held.token == self._body["token"]:
                    self._documents.remove(self.name, held.mark)
        except SearchUnavailable as error:
            log.warning("lock_not_released", lock=self.name, error=str(error), over_in_seconds=self.seconds)

    def _renew(self) -> None:
        """Beat until the end. A beat that fails is tried again at the next one: the lease is longer than several."""
        while not self._end.wait(self._beat_seconds):
            try:
                with self._writing:
                    self._taken_away = self._taken_away or not self._write(self._mark)
                if self._taken_away:
                    return
            except SearchUnavailable as error:
                log.warning("lock_not_renewed", lock=self.name, error=str(error))

    def _write(self, mark: Mark | None) -> bool:
        """Write the document. One that was written before, by a request whose answer was lost, is our own."""
        started = time.monotonic()
        self._beat += 1
        written = self._documents.write(self.name, {**self._body, "beat": self._beat}, mark)
        if written is None:
            held = self._documents.read(self.name)
            if held is None or held.token != self._body["token"]:
                return False
            written = held.mark
        self._mark, self._renewed = written, started
        return True


def _told(held: Held | None) -> str:
    """The holder's machine and process number, for people."""
    if held is None:
        return ""
    host, _, _, number, _ = held.holder.split("/")
    return f" ({number} on {host})"
