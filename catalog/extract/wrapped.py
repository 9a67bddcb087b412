"""Text whose lines were broken to fit a page: put together to paragraphs again, its tables drawn with lines made tables.

Source: the older statutes of 全國法規資料庫 are broken at 64 columns (32 characters), some hold tables of box-drawing characters.
A line is put to the one before it only where that one is as wide as the page and does not end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from catalog.model.textmarks import outline_mark

LEAST_WIDTH, MOST_WIDTH = 58, 70
"""Columns of a line that was broken because the page ended (a Chinese character has two)."""
SURE_WIDTH = 62
"""Columns from which a line is surely full, whatever the next one begins with."""

_BOX = frozenset("─│┌┐└┘├┤┬┴┼━┃┏┓┗┛┣┫┳┻╋═║╔╗╚╝╠╣╦╩╬")
_BARS = re.compile("[│┃║]")
_ENDS = frozenset("。：；！？:;」』”）)")
_NEVER_FIRST = frozenset("。，；、：！？」』”）")
"""Marks that no line begins with unless it was broken before them."""


def paragraphs(text: str) -> Iterator[tuple[bool, str]]:
    """The paragraphs of a text: whether each is a table (cells joined by tabs, rows by line feeds), and its text."""
    if "\n" not in text:
        if stripped := text.strip():
            yield False, stripped
        return
    lines = [line for line in text.splitlines() if line and not line.isspace()]
    if not any(mark in text for mark in "│┃║"):
        yield from ((False, line) for line in _joined(lines))
        return
    for drawn, group in groupby(lines, key=_is_drawn):
        yield from [(True, _table(list(group)))] if drawn else [(False, line) for line in _joined(list(group))]


def _joined(lines: Sequence[str]) -> Iterator[str]:
    held = ""
    before = ""
    for line in lines:
        stripped = line.strip()
        if held and _goes_on(before.rstrip(), stripped):
            held += stripped
        else:
            if held:
                yield held
            held = stripped
        before = line
    if held:
        yield held


def _goes_on(before: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the one before it."""
    if line[0] in _NEVER_FIRST:
        return True
    if before[-1] in _ENDS or not LEAST_WIDTH // 2 <= len(before) <= MOST_WIDTH:
        return False
    width = sum(2 if char > "\u2e7f" or char == "‧" else 1 for char in before)
    if not LEAST_WIDTH <= width <= MOST_WIDTH:
        return False
    return width >= SURE_WIDTH or outline_mark(line) is None


def _is_drawn(line: str) -> bool:
    return sum(char in _BOX for char in line) > 1


def _table(lines: Sequence[str]) -> str:
    """The rows of a drawn table; what stands between two rules with as many cells is one row."""
    rows: list[list[str]] = []
    fresh = True
    for line in lines:
        if not _BARS.search(line):
            fresh = True
            continue
        cells = [cell.strip(" \u3000") for cell in _BARS.split(line.strip())[1:-1]]
        ruled = any("─" in cell or "━" in cell or "═" in cell for cell in cells) or bool(_BOX & set("".join(cells)))
        if ruled or fresh or not rows or len(rows[-1]) != len(cells):
            rows.append(["".join(char for char in cell if char not in _BOX) for cell in cells])
        else:
            rows[-1] = [above + cell for above, cell in zip(rows[-1], cells, strict=True)]
        fresh = ruled
    return "\n".join("\t".join(row) for row in rows if any(row))
