"""The lists of a Word 97–2003 file: PlfLst (lists and their levels) and PlfLfo (their uses, with overrides) ([MS-DOC] 2.9.192, 2.9.194).

They become the same `Numbering` that docx has: a use (LFO, counted from 1) is a list, the list that it is a use of its family.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from catalog.extract.formats.numbering import Level, Numbering

LEVELS = 9
_LIST, _LEVEL, _USE = 28, 28, 16
"""Bytes of LSTF, LVLF and LFO."""
MAX_LISTS = 8_192
MAX_LABEL = 255
"""Characters of a label's pattern."""
_NO_STYLE = 0xFFF


@dataclass(slots=True)
class _Cursor:
    """A place in a structure that is read from front to back."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        """The next bytes; raises `IndexError` behind the end."""
        if count < 0 or self.at + count > len(self.data):
            raise IndexError
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count: int) -> int:
        """The next bytes as a number."""
        return int.from_bytes(self.take(count), "little")


def read_numbering(lists: bytes, levels: bytes, uses: bytes) -> Numbering:
    """The lists of a document. `lists` is PlfLst, `levels` what lies behind it in the table stream, `uses` PlfLfo. Damage ends the reading
    of lists; paragraphs of lists that are lost have no label.
    """
    numbering = Numbering()
    families: dict[int, dict[int, Level]] = {}
    styles: dict[int, dict[str, int]] = {}
    with suppress(IndexError, struct.error):  # what was read so far stands
        _read_lists(lists, levels, families, styles)
    with suppress(IndexError, struct.error):
        _read_uses(uses, families, styles, numbering)
    return numbering


def _read_lists(
    lists: bytes, levels: bytes, families: dict[int, dict[int, Level]], styles: dict[int, dict[str, int]]
) -> None:
    head, body = _Cursor(lists), _Cursor(levels)
    for _ in range(min(head.number(2), MAX_LISTS)):
        data = head.take(_LIST)
        family = int.from_bytes(data[:4], "little")
        linked = struct.unpack_from("<9H", data, 8)
        styles[family] = {str(style): at for at, style in enumerate(linked) if style != _NO_STYLE}
        families[family] = {}
        for at in range(1 if data[26] & 1 else LEVELS):
            families[family][at] = _level(body)


def _level(cursor: _Cursor) -> Level:
    """One LVL: its fixed part, the properties of paragraph and label, the label's text with the levels' numbers in their places."""
    data = cursor.take(_LEVEL)
    start, code, flags = struct.unpack_from("<iBB", data)
    cursor.take(data[25] + data[24])
    size = cursor.number(2)
    label = cursor.take(2 * size).decode("utf-16-le", "replace")[:MAX_LABEL]
    text = "".join(f"%{ord(char) + 1}" if ord(char) < LEVELS else char for char in label)
    shape = _formats().get(code, "decimal")
    restart = data[26] if flags & 0x08 else None
    return Level(start, shape, text, restart=restart, legal=bool(flags & 0x04))


def _read_uses(
    uses: bytes, families: dict[int, dict[int, Level]], styles: dict[int, dict[str, int]], numbering: Numbering
) -> None:
    cursor = _Cursor(uses)
    count = min(cursor.number(4), MAX_LISTS)
    heads = [cursor.take(_USE) for _ in range(count)]
    for number, head in enumerate(heads, 1):
        family = int.from_bytes(head[:4], "little")
        if family in families:
            numbering.levels[str(number)] = families[family]
            numbering.styles[str(number)] = styles[family]
            numbering.families[str(number)] = f"list {family}"
    for number, head in enumerate(heads, 1):
        cursor.take(4)
        changed = dict(numbering.levels.get(str(number), {}))
        restarted = False
        for _ in range(head[12]):
            start, flags = cursor.number(4), cursor.number(4)
            at = flags & 0xF
            if flags & 0x20:
                changed[at] = _level(cursor)
            elif flags & 0x10:
                changed[at] = replace(changed.get(at, Level()), start=start)
                restarted = True
        if str(number) in numbering.levels:
            numbering.levels[str(number)] = changed
            if restarted:
                numbering.families[str(number)] = f"use {number}"


@cache
def _formats() -> dict[int, str]:
    text = (files("catalog.extract") / "data" / "word_number_formats.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {int(code): name for code, name in rows}
