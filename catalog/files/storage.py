"""What a store of files must do. One content is kept once, under its SHA-256; a name that can be read is a content that is whole.

It knows nothing of names, media types or records: those are rows of the catalogue's store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from catalog.errors import InvalidInput, NotFound

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A content that is kept: its SHA-256 (64 lowercase hexadecimal digits) and its size in bytes."""

    sha256: str
    size: int


class FileStorage(Protocol):
    """Content-addressed bytes, safe for any number of threads and processes; connections are made where they are used.

    Every method raises `InvalidInput` for a digest that is not 64 lowercase hexadecimal digits; `FilesUnavailable` when the storage
    does not answer now, `Misconfigured` (it names the setting) when it answers that it will not serve us.
    """

    def put(self, content: bytes | Iterable[bytes]) -> Stored:
        """Keep a content, given whole or in chunks; when this returns, it is on the disk. The same content twice is kept once.

        One that is there in another length than its own is damaged, and written anew. Raises `NoRoom`, `Damaged` when the storage kept
        something else than it was given. After any error nothing of the content can be read.
        """

    def put_all(self, contents: Sequence[bytes]) -> list[Stored]:
        """`put` for several contents, for which the disk is waited for together: when this returns, all are on it. After an error some
        of them may be kept.
        """

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """The bytes from `start` up to (not including) `end`, as a file to read and close. Raises `NotFound`, and `InvalidInput` when
        `start` or `end` is not within the content. Reading may raise `FilesUnavailable`, and `Damaged` before the last bytes of a whole
        content that is not what its digest says, where the storage compares while it reads.
        """

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept here."""

    def size(self, sha256: str) -> int:
        """The size in bytes. Raises `NotFound`."""

    def verify(self, sha256: str) -> None:
        """Read the whole content and compare it with its digest. Raises `Damaged` when they differ, `NotFound` when it is gone."""

    def digests(self) -> Iterator[str]:
        """The digests of all contents that are kept, in no promised order."""

    def link(self, sha256: str, *, disposition: str, media_type: str, seconds: int) -> str | None:
        """An address that gives the content to whoever asks it within so many seconds, under these Content-Disposition and Content-Type;
        `None` where this storage offers none. It does not look whether the content is there, and nobody can take it back.
        """

    def ping(self) -> None:
        """Ask cheaply whether the storage answers and knows us. Raises `FilesUnavailable` or `Misconfigured`."""

    def probe(self) -> None:
        """Write a few bytes, read them back and remove them. Raises as `put` and `open` do."""

    def close(self) -> None:
        """Let go of this process's connections; they are made again when they are needed."""


def checked(sha256: str) -> str:
    """The digest, when it is one. Raises `InvalidInput` otherwise, so that no name can lead anywhere else."""
    if not DIGEST.fullmatch(sha256):
        raise InvalidInput(f"{sha256[:80]!r} is not a SHA-256: 64 lowercase hexadecimal digits are expected")
    return sha256


def place(sha256: str) -> str:
    """Where a content lies below the root of a storage: `ab/cd/abcd…`. Raises `InvalidInput` as `checked` does."""
    return f"{checked(sha256)[:2]}/{sha256[2:4]}/{sha256}"


def window(sha256: str, start: int, end: int | None, size: int) -> tuple[int, int]:
    """The bytes that are asked for, as (first, after last). Raises `InvalidInput` when they are not within the content."""
    stop = size if end is None else end
    if not 0 <= start <= stop <= size:
        raise InvalidInput(f"bytes {start} to {stop} are not within the {size} bytes of {sha256}")
    return start, stop


def absent(sha256: str) -> NotFound:
    """The error for a content that is not kept."""
    return NotFound(f"no file with the digest {sha256} is kept here")
