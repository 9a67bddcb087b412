"""OLE compound files ([MS-CFB]): the old Office's container of named streams, opened with limits.

The library keeps to the sizes that the file's directory claims; they are checked first. What it raises on damaged files is made one refusal.
"""

from __future__ import annotations

import io

import olefile

from catalog.errors import Refused

MAX_STREAM = 64 * 1024 * 1024
"""Bytes of one stream that is read."""
MAX_STREAMS = 5_000
"""Entries of the directory."""
MAX_PAGES = 100_000
"""A larger count of pages in the properties is not believed."""


class OleStreams:
    """The streams of a compound file in memory. `name` is what messages call it."""

    def __init__(self, content: bytes, name: str) -> None:
        """Raises `Refused`: `unreadable`."""
        self.name = name
        try:
            self._file = olefile.OleFileIO(io.BytesIO(content))
            self.names = ["/".join(path) for path in self._file.listdir()[:MAX_STREAMS]]
        except Exception as error:
            raise self._torn(error) from error

    def read(self, stream: str) -> bytes | None:
        """The bytes of a stream, `None` if there is no such. Raises `Refused` (`unreadable`, `zip_bomb`)."""
        if stream not in self.names:
            return None
        try:
            size = self._file.get_size(stream)
            data = bytes(self._file.openstream(stream).read()) if size <= MAX_STREAM else b""
        except Exception as error:
            raise self._torn(error) from error
        if size > MAX_STREAM:
            raise Refused(
                "zip_bomb", f"{self.name}: the stream {stream} has more than {MAX_STREAM:,} bytes; ask for a sound copy"
            )
        return data

    def pages(self) -> int | None:
        """How many pages the program that wrote the file counted, as far as its properties tell."""
        try:
            properties = self._file.getproperties("\x05SummaryInformation", no_conversion=[14])
        except Exception:  # noqa: BLE001 - a damaged property stream says nothing; the text does not depend on it
            return None
        count = properties.get(14)  # PIDSI_PAGECOUNT
        return count if isinstance(count, int) and 0 < count <= MAX_PAGES else None

    def close(self) -> None:
        """Let go of the bytes."""
        self._file.close()

    def _torn(self, error: Exception) -> Refused:
        return Refused("unreadable", f"{self.name}: the compound file cannot be read ({error}). Fetch the file again.")
