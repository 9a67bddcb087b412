"""What a store of files must do. One content is kept once, under its SHA-256; a name that can be read is a content that is whole.

It knows nothing of names, media types or records: those are rows of the catalogue's store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """A content that is kept: its SHA-256 (64 lowercase hexadecimal digits) and its size in bytes."""

    sha256: str
    size: int


class FileStorage(Protocol):
    """Content-addressed bytes. Every method raises `InvalidInput` for a digest that is not 64 lowercase hexadecimal digits."""

    def put(self, content: bytes | Iterable[bytes]) -> Stored:
        """Keep a content, given whole or in chunks; when this returns, it is on the disk. The same content twice is kept once."""

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """The bytes from `start` up to (not including) `end`, as a file to read and close. Raises `NotFound`."""

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept here."""

    def size(self, sha256: str) -> int:
        """The size in bytes. Raises `NotFound`."""

    def verify(self, sha256: str) -> None:
        """Read the whole content and compare it with its digest. Raises `Damaged` when they differ, `NotFound` when it is gone."""

    def digests(self) -> Iterator[str]:
        """The digests of all contents that are kept, in no promised order."""
