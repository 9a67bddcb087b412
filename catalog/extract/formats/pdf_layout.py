"""From the rows of a PDF's pages (or of a recognised scan's) to paragraphs: rows that the layout broke are joined, tables kept in rows.

A PDF knows no paragraphs; they are read off the geometry of Chinese typesetting: a paragraph's first line is indented, all lines but its
last are full, titles are centred in larger type, signatures stand at the right. Where the geometry does not tell, rows stay apart.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, repeat
from typing import NamedTuple

from catalog.extract.formats.pdf_columns import regions
from catalog.extract.formats.pdf_rows import Page, Row, readable, regroup, stand_apart
from catalog.extract.lines import Align, Line

__all__ = ["Page", "Row", "joined", "layout"]

LONG_ROW = 12
"""Rows of at least so many characters tell where the margins are."""
SAME_TYPE = 0.1
"""Type that differs from the body's by less than this share is the body's (engines measure each row a little differently)."""
LONG_ROWS = 8
"""A page with fewer long rows takes the margins of the document."""
LARGER = 1.15
"""Type larger than the body's by this factor is a title's."""

_NUMBERED = re.compile(
    r"第[\d〇零一二三四五六七八九十百]+[编章节条]|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|附件"
)
_DOCUMENT_NUMBER = re.compile(r"\S{1,20}\s*[〔\[【(（]\s*\d{4}\s*[〕\]】)）]\s*第?\s*\d{1,5}\s*号")
"""A row that is nothing but a document's number; below a title it is no part of it."""
_SENTENCE_END = frozenset("。；：！？;:")
_CELL_END = re.compile(r"[ \u3000]*\t[\t \u3000]*")


class _Frame(NamedTuple):
    """The type area: where full lines begin and end, and the size of the body's type."""

    left: float
    right: float
    size: float


_Placed = tuple[Row, _Frame, int]
"""A row, the frame that it stands in, and its page, from 1."""


def layout(pages: Sequence[Page]) -> list[Line]:
    """The paragraphs, headings and tables of a document, in the order of its pages; each line tells the page on which it begins."""
    lines: list[Line] = []
    paragraph = _Paragraph()
    for chunk in _tables(_placed(pages)):
        if isinstance(chunk, Line):
            lines.extend(paragraph.done())
            lines.append(chunk)
            continue
        row, frame, page = chunk
        align = _align(row, frame)
        if not paragraph.takes(row, frame, align):
            lines.extend(paragraph.done())
            paragraph = _Paragraph(frame, page)
        paragraph.add(row, frame, align)
    lines.extend(paragraph.done())
    return lines


def _placed(pages: Sequence[Page]) -> list[_Placed]:
    """The rows in the order of reading, each with its frame and its page."""
    read = []
    for number, page in enumerate(readable(pages), 1):
        apart = stand_apart(page.rows)
        pieces = page if apart else replace(page, rows=tuple(regroup(page.rows, cells=False)))
        for region in regions(pieces):
            whole_rows = apart and region.rows is page.rows
            read.append((number, region, region.rows if whole_rows else tuple(regroup(region.rows, cells=True))))
    whole: _Frame | None = None
    placed: list[_Placed] = []
    for number, region, rows in read:
        if region.edges is not None:  # a column is its own type area
            frame: _Frame | None = _Frame(*region.edges, sorted([row.size for row in rows])[len(rows) // 2])
        else:
            frame = _frame(rows, LONG_ROWS)
        if frame is None:
            whole = whole or _frame([row for _, region, rows in read if region.edges is None for row in rows], 1)
            frame = whole or _around([row for _, region, rows in read if region.edges is None for row in rows])
        placed += zip(rows, repeat(frame), repeat(number), strict=False)
    return placed


def _frame(rows: Sequence[Row], least: int) -> _Frame | None:
    """The type area of some rows; `None` where fewer than `least` are long enough to tell it."""
    long = [row for row in rows if len(row.text) >= LONG_ROW and "\t" not in row.text]
    if len(long) < least:
        return None
    size = sorted([row.size for row in long])[len(long) // 2]
    near = SAME_TYPE * size
    rights = sorted([row.right for row in long if abs(row.size - size) < near])
    # a short row begins at the margin like a long one
    lefts = Counter([round(row.left / 2) * 2 for row in rows if abs(row.size - size) < near and len(row.text) > 1])
    often = [left for left, count in lefts.items() if count >= max(2, 0.15 * len(rights))] or list(lefts)
    return _Frame(min(often), rights[int(0.9 * (len(rights) - 1))], size)


def _around(rows: Sequence[Row]) -> _Frame:
    """The type area where no row is long: all that is printed."""
    return _Frame(min([row.left for row in rows], default=0.0), max([row.right for row in rows], default=0.0), 12.0)


def _tables(rows: Sequence[_Placed]) -> Iterator[Line | _Placed]:
    """The rows, each run of two or more that have wide gaps (also over the end of a page) turned into one table."""
    held: list[_Placed] = []
    for one in rows:
        if "\t" in one[0].text:
            held.append(one)
            continue
        if held:
            yield _of_cells(held)
            held = []
        yield one
    if held:
        yield _of_cells(held)


def _of_cells(held: Sequence[_Placed]) -> Line | _Placed:
    if len(held) == 1:
        row, frame, page = held[0]
        return row._replace(text=_CELL_END.sub(" ", row.text)), frame, page
    return Line(text=_table([row for row, _, _ in held]), kind="table", page=held[0][2])


def _table(rows: Sequence[Row]) -> str:
    """Rows of cells as text. Where every cell stands below one of the others, the cells that are empty in a row are kept."""
    columns = _columns_of(rows)
    if any(len(row.cells) != row.text.count("\t") + 1 for row in rows) or len(columns) != max(
        len(row.cells) for row in rows
    ):
        return "\n".join(_CELL_END.sub("\t", row.text) for row in rows)
    lines = []
    for row in rows:
        cells = [""] * len(columns)
        for left, right, text in row.cells:
            at = max(0, bisect_right(columns, (left + right) / 2) - 1)
            cells[at] = f"{cells[at]} {_CELL_END.sub(' ', text).strip()}".strip()
        lines.append("\t".join(cells).rstrip("\t"))
    return "\n".join(lines)


def _columns_of(rows: Sequence[Row]) -> list[float]:
    """The left edges of the columns of a table: cells that stand one below the other are one column."""
    edges: list[float] = []
    end = float("-inf")
    for left, right, _ in sorted(cell for row in rows for cell in row.cells):
        if left > end:
            edges.append(left)
        end = max(end, right)
    return edges


class _Paragraph:
    """Rows that belong together so far."""

    def __init__(self, frame: _Frame | None = None, page: int | None = None) -> None:
        self.frame = frame
        self.page = page
        self.rows: list[Row] = []
        self.aligns: list[Align | None] = []

    def add(self, row: Row, frame: _Frame, align: Align | None) -> None:
        """Take a row in. `frame` is that of the row's page, `align` where the row stands in it."""
        self.rows.append(row)
        same = self.frame is None or frame is self.frame
        self.aligns.append(align if same or self.frame is None else _align(row, self.frame))

    def takes(self, row: Row, frame: _Frame, align: Align | None) -> bool:
        """Whether the row goes on where the last one was broken. `frame` is that of the row's page, `align` where it stands in it."""
        if not self.rows or self.frame is None:
            return False
        last, size = self.rows[-1], row.size
        apart = last.bottom - row.top
        if (
            abs(last.size - size) >= 0.12 * last.size
            or (last.text[-1:] in _SENTENCE_END and _NUMBERED.match(row.text))
            or (apart > 1.3 * last.size and apart > 1.6 * self._usual_gap())
        ):
            return False
        if align == "center":
            return self._is_title(row, frame)
        hanging = len(self.rows) > 1 and abs(row.left - last.left) < 0.3 * size
        if self.aligns[-1] == "center" or (row.left - frame.left >= 0.7 * size and not hanging):
            return False
        return _is_full(last, self.frame) or not _fits(row, last, self.frame)

    def _is_title(self, row: Row, frame: _Frame) -> bool:
        """Whether the rows are a title that goes on in a centred row: in larger type, or full without indent and without a full stop."""
        if self.frame is None or _DOCUMENT_NUMBER.fullmatch(row.text.strip()):
            return False
        if self.rows[0].size > LARGER * self.frame.size:
            return row.size > LARGER * frame.size
        whole = all(_is_full(held, self.frame) and held.left - self.frame.left < held.size for held in self.rows)
        return whole and self.rows[-1].text[-1:] not in _SENTENCE_END and not _NUMBERED.match(row.text)

    def _usual_gap(self) -> float:
        gaps = [max(0.0, above.bottom - below.top) for above, below in pairwise(self.rows)]
        return max(gaps, default=self.rows[-1].size)

    def done(self) -> list[Line]:
        """The paragraph as a line, and start anew."""
        rows, self.rows = self.rows, []
        if not rows or self.frame is None:
            return []
        pieces = [rows[0].text]
        for row in rows[
            1:
        ]:  # only the last piece is looked at: a paragraph of a thousand rows is not copied a thousand times
            whole = joined(pieces[-1], row.text)
            pieces[-1:] = whole[: len(whole) - len(row.text)], row.text
        text = "".join(pieces)
        align = "center" if "center" in self.aligns else self.aligns[0]
        return [Line(text=text.strip(), align=align, bold=all(row.bold for row in rows), page=self.page)]


def _is_full(row: Row, frame: _Frame) -> bool:
    return frame.right - row.right < 1.8 * row.size


def _fits(row: Row, last: Row, frame: _Frame) -> bool:
    """Whether the first word of a row would have found place at the end of the last one; it is told of words of letters only."""
    word = row.text.partition(" ")[0]
    if not word.isascii() or not last.text[-1:].isascii():
        return True
    width = (row.right - row.left) * (len(word) + 1) / max(1, len(row.text))
    return last.right + width <= frame.right


def _align(row: Row, frame: _Frame) -> Align | None:
    """Where a row stands within the type area; `None` where it begins at the left or fills it."""
    before, after = row.left - frame.left, frame.right - row.right
    if before > 2.5 * row.size and abs(before - after) < 1.2 * row.size:
        return "center"
    width = max(1.0, frame.right - frame.left)
    if before > 0.4 * width and after < 6.5 * row.size:
        return "right"
    return None


def joined(left: str, right: str) -> str:
    """Two rows of one paragraph put together: Chinese without a space, words with one, a hyphen at a break between letters dropped."""
    if left and not left[-1].isascii():
        return left + right
    if left.endswith("-") and left[-2:-1].isalpha() and right[:1].islower():
        return left[:-1] + right
    needs_space = left[-1:].isascii() and right[:1].isascii() and left[-1:].isalnum() and right[:1].isalnum()
    if needs_space and left[-1:].isdigit() and right[:1].isdigit():
        return left + right  # a number that the margin cut
    return left + (" " if needs_space or (left[-1:] in ",.;:" and right[:1].isascii()) else "") + right
