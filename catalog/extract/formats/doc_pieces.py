"""The text of a Word 97–2003 file: its file information block, and the table of pieces that the text is put together from ([MS-DOC] 2.4.1).

A piece is a run of characters of one byte (Windows-1252) or two (UTF-16). Character positions (CP) count through all pieces; properties
are found by the place of a character's bytes in the stream (FC).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass

from catalog.errors import Refused

MAGIC = 0xA5EC
WORD_97 = 0x00C1
"""`nFib` of the first version with this layout; Word 6 and 95 have 101 to 104."""
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_LENGTHS = ("text", "notes", "heads", "macros", "comments", "endnotes", "boxes", "head_boxes")
_FC_COMPRESSED = 0x40000000
MAX_PIECES = 200_000
"""Pieces of one text (a book that was saved fast a thousand times has some ten thousand)."""


@dataclass(frozen=True, slots=True)
class Fib:
    """The file information block: how long each part of the text is (characters), and where the tables lie."""

    lengths: dict[str, int]
    table: bytes
    places: tuple[tuple[int, int], ...]

    def slice(self, index: int) -> bytes:
        """One structure of the table stream by its index in FibRgFcLcb; empty where the file has none."""
        if index >= len(self.places):
            return b""
        start, size = self.places[index]
        return self.table[start : start + size]

    def start_of(self, part: str) -> int:
        """The first character position of a part of the text."""
        return sum(self.lengths[name] for name in _LENGTHS[: _LENGTHS.index(part)])


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: its first CP, its text, where its bytes begin and how many a character takes, and its own properties."""

    start: int
    text: str
    place: int
    width: int
    sprms: bytes


@dataclass(frozen=True, slots=True)
class Pieces:
    """All pieces in order of their CP."""

    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def at(self, cp: int) -> Piece | None:
        """The piece that a character position lies in."""
        number = bisect_right(self.starts, cp) - 1
        piece = self.pieces[number] if number >= 0 else None
        return piece if piece is not None and cp < piece.start + len(piece.text) else None

    def spans(self, start: int, end: int) -> list[Piece]:
        """The pieces, cut to what lies between two character positions."""
        found = []
        for piece in self.pieces[max(0, bisect_right(self.starts, start) - 1) :]:
            if piece.start >= end:
                break
            first, last = max(start - piece.start, 0), min(end - piece.start, len(piece.text))
            if first < last:
                place = piece.place + first * piece.width
                found.append(Piece(piece.start + first, piece.text[first:last], place, piece.width, piece.sprms))
        return found


def read_fib(stream: bytes, tables: dict[str, bytes | None], name: str) -> Fib:
    """The file information block of the stream `WordDocument`. Raises `Refused`: `encrypted`, `old_word`, `unreadable`."""
    if len(stream) < 154 or _u16(stream, 0) != MAGIC:
        raise Refused("unreadable", f"{name}: the Word document has no file information block. Fetch the file again.")
    if _u16(stream, 2) < WORD_97:
        raise Refused(
            "old_word",
            f"{name}: written by Word 6 or 95, whose files are laid out otherwise. Save it as docx or PDF with a word processor.",
        )
    flags = _u16(stream, 10)
    if flags & _ENCRYPTED:
        raise Refused("encrypted", f"{name}: the Word document asks for a password. Ask for a copy without one.")
    table = tables.get("1Table" if flags & _TABLE_1 else "0Table")
    if table is None:
        raise Refused("unreadable", f"{name}: the Word document has lost its table stream. Fetch the file again.")
    lengths = struct.unpack_from("<8i", stream, 76)
    count = min(_u16(stream, 152), (len(stream) - 154) // 8)
    places = tuple(struct.unpack_from("<II", stream, 154 + 8 * number) for number in range(count))
    return Fib({key: max(0, length) for key, length in zip(_LENGTHS, lengths, strict=True)}, table, places)


def read_pieces(stream: bytes, clx: bytes, name: str) -> Pieces:
    """The text by the Clx structure ([MS-DOC] 2.9.38). Raises `Refused`: `unreadable`."""
    properties: list[bytes] = []
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        size = _u16(clx, at + 1)
        properties.append(clx[at + 3 : at + 3 + size])
        at += 3 + size
    if at + 5 > len(clx) or clx[at] != 2:
        raise Refused("unreadable", f"{name}: the Word document has no table of pieces. Fetch the file again.")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    return _pieces(stream, clx[at + 5 : at + 5 + size], properties)


def _pieces(stream: bytes, plc: bytes, properties: list[bytes]) -> Pieces:
    count = min((len(plc) - 4) // 12, MAX_PIECES) if len(plc) >= 16 else 0
    positions = struct.unpack_from(f"<{count + 1}I", plc) if count else ()
    found: list[Piece] = []
    budget = len(stream)  # overlapping pieces must not make a text longer than the file
    for number in range(count):
        fc, prm = struct.unpack_from("<IH", plc, 4 * (count + 1) + 8 * number + 2)
        length = positions[number + 1] - positions[number]
        if length <= 0 or positions[number] < (found[-1].start + len(found[-1].text) if found else 0):
            continue
        narrow = bool(fc & _FC_COMPRESSED)
        place, width = ((fc & 0x3FFFFFFF) // 2, 1) if narrow else (fc & 0x3FFFFFFF, 2)
        raw = stream[place : place + min(length * width, budget)]
        budget -= len(raw)
        text = raw.decode("cp1252", "replace") if narrow else _wide(raw)
        if text:
            found.append(Piece(positions[number], text, place, width, _own(prm, properties)))
    return Pieces(tuple(found), tuple(piece.start for piece in found))


def _wide(raw: bytes) -> str:
    """UTF-16 with one character a code unit, so that positions hold; pairs are put together when the text is."""
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))


def _own(prm: int, properties: list[bytes]) -> bytes:
    """The property changes of a piece: a list kept beside the pieces; the short form has none that matter here."""
    return properties[prm >> 1] if prm & 1 and prm >> 1 < len(properties) else b""


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
