"""Files in a local folder: `root/ab/cd/abcd…`, each written aside and moved into place whole.

A content is first written to `root/incoming/`, flushed to the disk, then renamed, and the folder flushed: a crash at any moment leaves
either the whole content under its digest or nothing there. What a killed writer left in `incoming/` is cleared by a later writer.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from catalog.errors import Damaged, FilesUnavailable, Misconfigured, NoRoom
from catalog.files.storage import DIGEST, Stored, absent, place, window

CHUNK = 1 << 20
"""Bytes read at a time when a content is hashed: large enough that the system calls do not count."""
TOGETHER = 64
"""Contents that are written and flushed together; each is an open file meanwhile."""
STALE_SECONDS = 24 * 3600
"""Age at which a file in `incoming/` belongs to a writer that was killed; the longest write is far shorter."""
MODE = 0o440
"""Nobody writes a content twice, and who may read it is for the catalogue to say, not for every user of the machine."""
PROBE = b"gongkai\n"
"""What `probe` writes and reads back."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR})


class LocalFiles:
    """The embedded `FileStorage`: a folder on this machine. Safe for any number of threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._swept = False

    def put(self, content: bytes | Iterable[bytes]) -> Stored:
        """See `FileStorage.put`."""
        if isinstance(content, bytes):
            return self.put_all([content])[0]
        with self._told():
            self._prepare()
            handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            stored = self._write(handle, content)
            with self._told():
                if not self._is_whole(stored):
                    self._settle(temporary, self.path(stored.sha256))
                self._flush([stored])
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def put_all(self, contents: Sequence[bytes]) -> list[Stored]:
        """See `FileStorage.put_all`."""
        made: list[Stored] = []
        for start in range(0, len(contents), TOGETHER):
            made += self._put_together(contents[start : start + TOGETHER])
        return made

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """See `FileStorage.open`."""
        path = self.path(sha256)
        try:
            with self._told():
                file = path.open("rb")
        except FileNotFoundError:
            raise absent(sha256) from None
        if start == 0 and end is None:
            return file
        try:
            start, stop = window(sha256, start, end, os.fstat(file.fileno()).st_size)
        except BaseException:
            file.close()
            raise
        file.seek(start)
        return io.BufferedReader(_Window(file, stop - start))

    def exists(self, sha256: str) -> bool:
        """See `FileStorage.exists`."""
        path = self.path(sha256)
        with self._told():
            return path.is_file()

    def size(self, sha256: str) -> int:
        """See `FileStorage.size`."""
        path = self.path(sha256)
        try:
            with self._told():
                return path.stat().st_size
        except FileNotFoundError:
            raise absent(sha256) from None

    def verify(self, sha256: str) -> None:
        """See `FileStorage.verify`."""
        with self._told(), self.open(sha256) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # a file, as its protocol wants
        if found != sha256:
            raise Damaged(
                f"{self.path(sha256)} holds bytes with the digest {found}; restore the file from a backup or its source"
            )

    def digests(self) -> Iterator[str]:
        """See `FileStorage.digests`."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if DIGEST.fullmatch(path.name):
                yield path.name

    def link(self, sha256: str, *, disposition: str, media_type: str, seconds: int) -> str | None:
        """None: a folder has no addresses of its own."""
        del sha256, disposition, media_type, seconds
        return None

    def ping(self) -> None:
        """Make sure that the folder is there and may be written."""
        with self._told():
            self._incoming.mkdir(parents=True, exist_ok=True)
            for folder in (self.root, self._incoming):
                if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

    def probe(self) -> None:
        """See `FileStorage.probe`."""
        with self._told():
            self._incoming.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._incoming) as file:
                file.write(PROBE)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                found = file.read()
        if found != PROBE:
            raise Damaged(f"{self._incoming} gave back other bytes than were written; check the disk under it")

    def close(self) -> None:
        """Nothing is held open."""

    def path(self, sha256: str) -> Path:
        """Where a content lies, or would lie. Raises `InvalidInput` for anything but a digest, so that no path can lead elsewhere."""
        return self.root / place(sha256)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise the program's own error for one of the file system; that something is not there passes as it is."""
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise self._meaning(error) from error

    def _meaning(self, error: OSError) -> Exception:
        where = f"{error.filename or self.root}: {error.strerror or error}"
        if error.errno in FULL:
            return NoRoom(f"the disk or the quota of the files is full ({where}); make room there")
        if error.errno in FORBIDDEN:
            return Misconfigured(
                f"the files may not be kept in {self.root} ({where}); give the folder to the user that runs this, or set "
                f"GONGKAI_FILES_URL or GONGKAI_DATA_DIR to another one"
            )
        return FilesUnavailable(
            f"the folder of the files does not answer ({where}); check the disk or the mount under it"
        )

    def _write(self, handle: int, chunks: Iterable[bytes]) -> Stored:
        """Write the chunks; an error that giving them raises is the giver's, and passes as it is."""
        digest = hashlib.sha256()
        size = 0
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                with self._told():
                    size += file.write(chunk)
            with self._told():
                file.flush()
                os.fsync(file.fileno())
        return Stored(digest.hexdigest(), size)

    def _put_together(self, contents: Sequence[bytes]) -> list[Stored]:
        """Write all aside, flush them, move them into place, flush each folder once."""
        stored = [Stored(hashlib.sha256(content).hexdigest(), len(content)) for content in contents]
        temporaries: dict[str, Path] = {}
        try:
            with self._told(), ExitStack() as opened:
                files = []
                for one, content in zip(stored, contents, strict=True):
                    if one.sha256 in temporaries or self._is_whole(one):
                        continue
                    self._prepare()
                    handle, name = tempfile.mkstemp(dir=self._incoming)
                    temporaries[one.sha256] = Path(name)
                    files.append(opened.enter_context(os.fdopen(handle, "wb")))
                    files[-1].write(content)
                    files[-1].flush()
                for file in files:  # when all are written: the first of these calls does most of the work of the others
                    os.fsync(file.fileno())
            with self._told():
                for sha256, temporary in temporaries.items():
                    self._settle(temporary, self.path(sha256))
                self._flush(stored)
        finally:
            for temporary in temporaries.values():
                temporary.unlink(missing_ok=True)
        return stored

    def _is_whole(self, stored: Stored) -> bool:
        """Whether the content is here in its full length; a shorter file is damage, and is written anew."""
        try:
            return self.path(stored.sha256).stat().st_size == stored.size
        except FileNotFoundError:
            return False

    def _settle(self, temporary: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(MODE)
        temporary.replace(target)

    def _flush(self, stored: Iterable[Stored]) -> None:
        """Flush the folders of contents, also of those that were there: another writer may have moved one there a moment ago and not
        have come to this yet.
        """
        folders = {self.path(one.sha256).parent for one in stored}
        for folder in (*folders, *{folder.parent for folder in folders}, self.root):
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
