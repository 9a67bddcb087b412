"""Files in a local folder: `root/ab/cd/abcd…`, each written aside and moved into place whole.

A content is first written to `root/incoming/`, flushed to the disk, then renamed, and the folder flushed: a crash at any moment leaves
either the whole content under its digest or nothing there. What a killed writer left in `incoming/` is cleared by a later writer.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from catalog.errors import Damaged, InvalidInput, NotFound
from catalog.files.storage import Stored

CHUNK = 1 << 20
"""Bytes read at a time when a content is hashed: large enough that the system calls do not count."""
STALE_SECONDS = 24 * 3600
"""Age at which a file in `incoming/` belongs to a writer that was killed; the longest write is far shorter."""
MODE = 0o440
"""Nobody writes a content twice, and who may read it is for the catalogue to say, not for every user of the machine."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


class LocalFiles:
    """The embedded `FileStorage`: a folder on this machine. Safe for any number of threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._swept = False

    def put(self, content: bytes | Iterable[bytes]) -> Stored:
        """See `FileStorage.put`."""
        if isinstance(content, bytes):
            stored = Stored(hashlib.sha256(content).hexdigest(), len(content))
            if self._held(stored):
                return stored
            content = (content,)
        self._prepare()
        handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            stored = _write(handle, content)
            if not self._held(stored):
                self._settle(temporary, self.path(stored.sha256))
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """See `FileStorage.open`. Raises `InvalidInput` when `start` or `end` is not within the content."""
        path = self.path(sha256)
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise _absent(sha256) from None
        if start == 0 and end is None:
            return file
        size = os.fstat(file.fileno()).st_size
        stop = size if end is None else end
        if not 0 <= start <= stop <= size:
            file.close()
            raise InvalidInput(f"bytes {start} to {stop} are not within the {size} bytes of {sha256}")
        file.seek(start)
        return io.BufferedReader(_Window(file, stop - start))

    def exists(self, sha256: str) -> bool:
        """See `FileStorage.exists`."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """See `FileStorage.size`."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            raise _absent(sha256) from None

    def verify(self, sha256: str) -> None:
        """See `FileStorage.verify`."""
        try:
            with self.path(sha256).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise _absent(sha256) from None
        if found != sha256:
            raise Damaged(
                f"{self.path(sha256)} holds bytes with the digest {found}; restore the file from a backup or its source"
            )

    def digests(self) -> Iterator[str]:
        """See `FileStorage.digests`."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def path(self, sha256: str) -> Path:
        """Where a content lies, or would lie. Raises `InvalidInput` for anything but a digest, so that no path can lead elsewhere."""
        if not _DIGEST.fullmatch(sha256):
            raise InvalidInput(f"{sha256[:80]!r} is not a SHA-256: 64 lowercase hexadecimal digits are expected")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _held(self, stored: Stored) -> bool:
        """Whether the content is here in its full length, and on the disk; a shorter file is damage, and is written anew."""
        path = self.path(stored.sha256)
        try:
            if path.stat().st_size != stored.size:
                return False
        except FileNotFoundError:
            return False
        self._flush(path)  # another writer may have moved it here a moment ago and not have come to this yet
        return True

    def _settle(self, temporary: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(MODE)
        temporary.replace(target)
        self._flush(target)

    def _flush(self, path: Path) -> None:
        for folder in (path.parent, path.parent.parent, self.root):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _prepare(self) -> None:
        self._incoming.mkdir(parents=True, exist_ok=True)
        if self._swept:
            return
        self._swept = True
        oldest = time.time() - STALE_SECONDS
        for left in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # another process clears them too
                if left.stat().st_mtime < oldest:
                    left.unlink()


class _Window(io.RawIOBase):
    """The next `length` bytes of a file that is open already; closing this closes the file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the base class names a wider type
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _write(handle: int, chunks: Iterable[bytes]) -> Stored:
    digest = hashlib.sha256()
    size = 0
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Stored(digest.hexdigest(), size)


def _absent(sha256: str) -> NotFound:
    return NotFound(f"no file with the digest {sha256} is kept here")
