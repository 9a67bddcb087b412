"""A content on its way to a storage that must know its digest before it takes a byte: in memory while it is small, else in a temporary file."""

from __future__ import annotations

import errno
import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from catalog.errors import NoRoom
from catalog.files.storage import Stored

MEMORY_BYTES = 8 * 1024 * 1024
"""What is held in memory at most: most documents; several writers side by side stay far below 100 MB."""


@dataclass(frozen=True, slots=True)
class Spool:
    """A whole content that can be read again and again, and what it is."""

    stored: Stored
    file: BinaryIO


@contextmanager
def spooled(content: bytes | Iterable[bytes], *, memory_bytes: int = MEMORY_BYTES) -> Iterator[Spool]:
    """Take a content in whole and hash it. Raises `NoRoom` when the temporary folder is full, and whatever giving the content raises."""
    if isinstance(content, bytes):
        yield Spool(Stored(hashlib.sha256(content).hexdigest(), len(content)), io.BytesIO(content))
        return
    digest = hashlib.sha256()
    size = 0
    with tempfile.SpooledTemporaryFile(max_size=memory_bytes) as file:
        for chunk in content:
            digest.update(chunk)
            with _told():
                size += file.write(chunk)
        with _told():
            file.seek(0)
        yield Spool(Stored(digest.hexdigest(), size), cast("BinaryIO", file))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoRoom(
            f"the temporary folder {tempfile.gettempdir()} is full ({error.strerror}); make room there, or name another one in TMPDIR"
        ) from error
