"""The folder of the embedded index: generations `g000001/`, the files `CURRENT` and `PREVIOUS` that name one each, each one's state, locks.

Every file here is replaced whole (written aside, fsynced, renamed), so a reader sees the old or the new one and a crash loses neither.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from catalog.errors import Busy, NoRoom, SearchUnavailable
from catalog.search.engines.base import IndexState

_NAME = re.compile(r"g\d{6,}")
_POLL_SECONDS = 0.02
_FULL = (errno.ENOSPC, errno.EDQUOT)
ROOM = 64_000_000
"""Bytes that must be free for a failed write not to be put down to a full disk: what the writer keeps in memory before it writes it."""
Stamp = tuple[int, int, int]
"""Tells one version of a file from another: inode, time, size. A renamed file has a new inode."""


class IndexFolder:
    """Paths and small files below one root. Makes the root at the first write."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self) -> str | None:
        """The generation that `CURRENT` names."""
        return self._named("CURRENT")

    def previous(self) -> str | None:
        """The generation that `PREVIOUS` names, if it is another one than the current and still there."""
        name = self._named("PREVIOUS")
        return name if name is not None and name != self.current() and (self.root / name).is_dir() else None

    def switch(self, generation: str) -> None:
        """Rename a new `CURRENT` over the old one. `PREVIOUS` is written before: a crash between the two leaves it naming the current
        one, which is as if there were none.
        """
        before = self.current()
        with written(self.root):
            if before is not None and before != generation:
                replace_file(self.root / "PREVIOUS", f"{before}\n".encode())
            replace_file(self.root / "CURRENT", f"{generation}\n".encode())

    def _named(self, file: str) -> str | None:
        try:
            name = (self.root / file).read_text("ascii").strip()
        except FileNotFoundError:
            return None
        return name if _NAME.fullmatch(name) else None

    def generations(self) -> list[str]:
        """The generation folders, oldest first."""
        if not self.root.is_dir():
            return []
        return sorted((entry.name for entry in os.scandir(self.root) if _NAME.fullmatch(entry.name)), key=_number)

    def create(self) -> str:
        """A new generation folder with the next number."""
        last = max([_number(name) for name in self.generations()], default=0)
        name = f"g{last + 1:06d}"
        self.index(name).mkdir(parents=True)
        return name

    def remove(self, generation: str) -> None:
        """Remove a generation folder. It is renamed first, so that a crash in the middle leaves nothing that looks like an index."""
        folder = self.root / generation
        if folder.is_dir():
            folder = folder.rename(self.root / f".removed-{generation}-{time.time_ns()}")
        for remains in [folder, *self.root.glob(".removed-*")]:
            shutil.rmtree(remains, ignore_errors=True)

    def index(self, generation: str) -> Path:
        """Where the engine's own files lie."""
        return self.root / generation / "index"

    def state(self, generation: str) -> IndexState:
        """The state of a generation; the empty one before its first commit."""
        try:
            return IndexState(**orjson.loads((self.root / generation / "state.json").read_bytes()))
        except FileNotFoundError:
            return IndexState()

    def save_state(self, generation: str, state: IndexState) -> None:
        """Replace a generation's state."""
        content = orjson.dumps(asdict(state), option=orjson.OPT_APPEND_NEWLINE)
        with written(self.root):
            replace_file(self.root / generation / "state.json", content)

    def stamps(self, generation: str | None) -> tuple[Stamp | None, Stamp | None]:
        """What changes whenever searches must look anew: the stamps of `CURRENT` and of a generation's state."""
        state = stamp(self.root / generation / "state.json") if generation else None
        return stamp(self.root / "CURRENT"), state

    @contextmanager
    def lock(self, name: str, timeout: float) -> Iterator[None]:
        """Hold `<name>.lock`. The system lets go of it when the process ends, however it ends."""
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _wait(descriptor, name, timeout, self.root)
            yield
        finally:
            os.close(descriptor)


@contextmanager
def written(root: Path) -> Iterator[None]:
    """Say what a failed write to the index below `root` means: `NoRoom` when its disk is full, else `SearchUnavailable`."""
    try:
        yield
    except (OSError, ValueError) as error:  # tantivy raises both, and its threads do not always tell the cause
        if _is_full(error, root):
            raise NoRoom(
                f"the disk of the search index ({root}) is full; make room. The index answers as it was, and catches up by itself"
            ) from error
        raise SearchUnavailable(
            f"the search index in {root} cannot be written ({error}); check the folder and its disk, then run `gongkai index check`"
        ) from error


def _is_full(error: Exception, root: Path) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return any(f"os error {number}" in str(error) for number in _FULL) or shutil.disk_usage(root).free < ROOM


def _wait(descriptor: int, name: str, timeout: float, root: Path) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy(
                    f"another process holds the {name} lock of the search index in {root} and did not let go of it within "
                    f"{timeout:g} s; it is probably indexing: try again when it is done"
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def _number(name: str) -> int:
    return int(name[1:])


def stamp(path: Path) -> Stamp | None:
    """A file's stamp; `None` where there is no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in the place of another, so that a crash leaves one of the two whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    with aside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
