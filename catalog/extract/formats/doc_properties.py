"""Paragraph and character properties of a Word 97–2003 file: formatted disk pages, styles and the property changes in them ([MS-DOC] 2.6).

Only what a reader of the text needs is kept: list and level, table marks, alignment, outline level, hidden and deleted text, weight.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PAGE = 512
"""Bytes of a formatted disk page ([MS-DOC] 2.9.33)."""
PAGES_HELD = 256
"""Pages whose runs are remembered; text goes through them mostly in order."""
MAX_STYLES = 4_096
"""Styles of one document (the index has 12 bits)."""
MAX_STYLES_DEEP = 40
Sprms = Mapping[int, bytes]
"""Property changes: operation code → operand, the last one of each."""

JC, JC_80, ILVL, ILFO, OUTLINE, PAGE_BEFORE = 0x2461, 0x2403, 0x260A, 0x460B, 0x2640, 0x2407
IN_TABLE, ROW_END, DEPTH, INNER_CELL, INNER_ROW = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
HIDDEN, DELETED, BOLD, SYMBOL, SPECIAL = 0x083C, 0x0800, 0x0835, 0x6A09, 0x0855
_DEFINE_TABLE, _TABS = 0xD608, 0xC615
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""Operand bytes by the highest three bits of the operation code (6: a length byte comes first)."""


def sprms(data: bytes) -> dict[int, bytes]:
    """The property changes of a list of them (`grpprl`); reading stops where it is damaged."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 3 <= len(data):
        code = data[at] | data[at + 1] << 8
        at += 2
        size = _SIZES.get(code >> 13)
        if code == _DEFINE_TABLE:
            size = int.from_bytes(data[at : at + 2], "little") + 1
        elif size is None:
            size = data[at] + 1
            if code == _TABS and data[at] == 255:
                return found  # its length must be counted from its content; nothing that matters here follows it
        found[code] = data[at : at + size]
        at += size
    return found


def number(properties: Sprms, code: int, default: int | None = None, *, signed: bool = False) -> int | None:
    """The operand of a property as a number."""
    operand = properties.get(code)
    return int.from_bytes(operand, "little", signed=signed) if operand else default


@dataclass(frozen=True, slots=True)
class Run:
    """Properties of the bytes `start` … `end` of the stream: a style (paragraphs only) and property changes."""

    start: int
    end: int
    style: int
    sprms: Sprms


@dataclass(slots=True)
class Pages:
    """The formatted disk pages of one kind, read as they are asked for."""

    stream: bytes
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    paragraphs: bool
    _read: dict[int, tuple[list[int], list[Run]]] = field(default_factory=dict)

    def at(self, place: int) -> Run | None:
        """The run that the byte at `place` of the stream lies in."""
        page = bisect_right(self.starts, place) - 1
        if not 0 <= page < len(self.numbers):
            return None
        if page not in self._read:
            if len(self._read) >= PAGES_HELD:
                self._read.clear()
            runs = list(_page_runs(self.stream, self.numbers[page], paragraphs=self.paragraphs))
            self._read[page] = ([run.start for run in runs], runs)
        starts, runs = self._read[page]
        at = bisect_right(starts, place) - 1
        return runs[at] if at >= 0 and place < runs[at].end else None


def read_pages(stream: bytes, plc: bytes, *, paragraphs: bool) -> Pages:
    """The pages that a bin table (PlcBteChpx, PlcBtePapx) names."""
    count = (len(plc) - 4) // 8 if len(plc) >= 12 else 0
    starts = struct.unpack_from(f"<{count}I", plc) if count else ()
    numbers = struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)) if count else ()
    ordered = sorted(zip(starts, (one & 0x3FFFFF for one in numbers), strict=True))
    return Pages(stream, tuple(one for one, _ in ordered), tuple(one for _, one in ordered), paragraphs)


def _page_runs(stream: bytes, page: int, *, paragraphs: bool) -> Iterator[Run]:
    data = stream[page * PAGE : (page + 1) * PAGE]
    if len(data) < PAGE:
        return
    count, step = data[-1], 13 if paragraphs else 1
    if 4 * (count + 1) + step * count >= PAGE:
        return
    places = struct.unpack_from(f"<{count + 1}I", data)
    for at in range(count):
        offset = 2 * data[4 * (count + 1) + step * at]
        style, changes = 0, b""
        if offset:
            size, begin = data[offset], offset + 1
            if paragraphs:
                size, begin = (2 * size - 1, begin) if size else (2 * data[min(begin, PAGE - 1)], begin + 1)
                style = int.from_bytes(data[begin : begin + 2], "little")
                size, begin = size - 2, begin + 2
            changes = data[begin : begin + max(0, size)]
        if places[at] < places[at + 1]:
            yield Run(places[at], places[at + 1], style, sprms(changes))


@dataclass(frozen=True, slots=True)
class DocStyle:
    """A style with what it inherits: its paragraph and character property changes."""

    paragraph: Sprms = field(default_factory=dict)
    character: Sprms = field(default_factory=dict)


def read_styles(stsh: bytes) -> list[DocStyle]:
    """The styles by index ([MS-DOC] 2.9.271); empty ones where the sheet has a gap or is damaged."""
    if len(stsh) < 6:
        return []
    head = int.from_bytes(stsh[:2], "little")
    count = min(int.from_bytes(stsh[2:4], "little"), MAX_STYLES)
    base_size = int.from_bytes(stsh[4:6], "little")
    own: list[tuple[int, DocStyle]] = []
    at = 2 + head
    for _ in range(count):
        size = int.from_bytes(stsh[at : at + 2], "little")
        own.append(_style(stsh[at + 2 : at + 2 + size], base_size))
        at += 2 + size
    return [_inherited(own, index) for index in range(len(own))]


def _style(data: bytes, base_size: int) -> tuple[int, DocStyle]:
    """The index of the style that one is based on, and its own changes."""
    if len(data) < max(base_size, 6) + 2:
        return 0xFFF, DocStyle()
    kind, base = data[2] & 0xF, int.from_bytes(data[2:4], "little") >> 4
    at = base_size + 2 + 2 * int.from_bytes(data[base_size : base_size + 2], "little") + 2
    parts = []
    for _ in range(data[4] & 0xF):
        at += at % 2
        size = int.from_bytes(data[at : at + 2], "little")
        parts.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    if kind == 1 and parts:  # a paragraph style: its own index first, then the changes; then those of its characters
        return base, DocStyle(sprms(parts[0][2:]), sprms(parts[1]) if len(parts) > 1 else {})
    return base, DocStyle({}, sprms(parts[0]) if kind == 2 and parts else {})


def _inherited(own: list[tuple[int, DocStyle]], index: int) -> DocStyle:
    chain: list[int] = []
    while 0 <= index < len(own) and index not in chain and len(chain) < MAX_STYLES_DEEP:
        chain.append(index)
        index = own[index][0]
    paragraph: dict[int, bytes] = {}
    character: dict[int, bytes] = {}
    for one in reversed(chain):
        paragraph |= own[one][1].paragraph
        character |= own[one][1].character
    return DocStyle(paragraph, character)
