"""ZIP containers (docx, xlsx, odt, ofd, plain archives), opened with limits so that a small file cannot unpack into a huge one.

Sizes in a ZIP directory are claims of whoever made it: they are checked first, and again while reading.
"""

from __future__ import annotations

import io
import lzma
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from typing import IO

from catalog.errors import Refused

MAX_ENTRIES = 5_000
"""Files in one archive."""
MAX_DIRECTORY = 4 * 1024 * 1024
"""Bytes of the directory of one archive (an entry has 46 bytes and its name)."""
_TAIL = 22 + 65_535 + 76 + 1024
"""Bytes at the end of a ZIP in which its end records lie: the longest comment, and both records."""
MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of all files of one archive together."""
MAX_PART = 64 * 1024 * 1024
"""Bytes of one file that is read."""
MAX_RATIO = 150
"""Unpacked to packed bytes. Word's XML packs 10 to 40 times; only archives above `RATIO_FROM` are measured."""
RATIO_FROM = 8 * 1024 * 1024
MAX_DEPTH = 200
"""Open elements of an XML part (tables in tables in text boxes reach 60); readers go down recursively."""
MAX_ELEMENTS = 2_000_000
"""Elements of an XML part; a Word document of 1,000 pages has about 500,000."""

TORN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)
"""What `zipfile` raises for archives that are damaged, or made to be (found by mutating sound ones)."""
_ENCRYPTED = 0x1
_CURE = "Do not open it; ask the publisher for a sound copy."


class Archive:
    """A ZIP container in memory that has passed the limits. `name` is what messages call it."""

    def __init__(self, content: bytes, name: str) -> None:
        """Raises `Refused` with code `unreadable`, `encrypted` or `zip_bomb`."""
        self.name = name
        check_directory(io.BytesIO(content), name, MAX_DIRECTORY)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except TORN as error:
            raise Refused(
                "unreadable", f"{name}: the ZIP directory cannot be read ({error}). Fetch the file again."
            ) from error
        self.members = {info.filename: info for info in self._zip.infolist()}
        self._check(len(content))

    def _check(self, packed: int) -> None:
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            raise Refused(
                "zip_bomb",
                f"{self.name}: {len(infos):,} files in the archive, at most {MAX_ENTRIES:,} are read. {_CURE}",
            )
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise Refused("encrypted", f"{self.name}: the archive asks for a password. Ask for a copy without one.")
        total = sum(info.file_size for info in infos)
        if total > MAX_UNPACKED:
            raise Refused(
                "zip_bomb",
                f"{self.name}: unpacks to {total:,} bytes, at most {MAX_UNPACKED:,} are read. {_CURE}",
            )
        if total > RATIO_FROM and total > MAX_RATIO * packed:
            raise Refused(
                "zip_bomb",
                f"{self.name}: unpacks to {total // max(1, packed)} times its size, at most {MAX_RATIO} is believed. {_CURE}",
            )

    def read(self, member: str) -> bytes | None:
        """One file of the archive, `None` if there is no such. Raises `Refused` (`zip_bomb`, `unreadable`)."""
        info = self.members.get(member)
        if info is None:
            return None
        if info.file_size > MAX_PART:
            raise Refused(
                "zip_bomb",
                f"{self.name}: {member} has {info.file_size:,} bytes, at most {MAX_PART:,} are read. {_CURE}",
            )
        try:
            with self._zip.open(info) as stream:
                content = stream.read(MAX_PART + 1)
        except TORN as error:
            raise Refused(
                "unreadable", f"{self.name}: {member} cannot be unpacked ({error}). Fetch the file again."
            ) from error
        if len(content) > MAX_PART:
            raise Refused("zip_bomb", f"{self.name}: {member} unpacks to more than it says. {_CURE}")
        return content

    def close(self) -> None:
        """Let go of the bytes."""
        self._zip.close()


def check_directory(file: IO[bytes], name: str, limit: int) -> None:
    """Refuse a ZIP whose directory is larger than `limit` bytes before it is read: each of its entries would become an object.

    Sizes as the end record says (PKWARE APPNOTE 4.3.16, 4.3.14); a file without one is left to the library. Raises `Refused`: `zip_bomb`.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 16 > len(tail):
        return
    stated = int.from_bytes(tail[at + 12 : at + 16], "little")
    before = tail.rfind(b"PK\x06\x06", 0, at)
    if stated == 0xFFFFFFFF and before >= 0:
        stated = int.from_bytes(tail[before + 40 : before + 48], "little")
    if min(stated, size) > limit:
        raise Refused(
            "zip_bomb", f"{name}: the archive's directory has {stated:,} bytes, at most {limit:,} are read. {_CURE}"
        )


class _Builder(ET.TreeBuilder):
    """Builds a tree within limits, and refuses a document type before any entity in it is declared."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        """Called at each start tag."""
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Refused("zip_bomb", f"the XML has more than {MAX_DEPTH} levels or {MAX_ELEMENTS:,} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        """Called at each end tag."""
        self._depth -= 1
        return super().end(tag)

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called by the parser at `<!DOCTYPE`, before its internal subset is read."""
        raise Refused(
            "unreadable",
            f"the XML declares a document type ({name}, {pubid}, {system}); office files have none, and entities are not expanded",
        )


def parse_xml(content: bytes, where: str) -> ET.Element:
    """The root of an XML file of an office document: no document type, no entities, nothing fetched.

    Raises `Refused` (`unreadable`; `zip_bomb` for too deep or too many elements); `where` names file and part in the message.
    """
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - the builder refuses document types, so no entity exists
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except ET.ParseError as error:
        raise Refused("unreadable", f"{where}: the XML is broken ({error}). Fetch the file again.") from error
    except Refused as refusal:
        raise Refused(refusal.code, f"{where}: {refusal}. Ask the publisher for a sound copy.") from refusal
    return root
