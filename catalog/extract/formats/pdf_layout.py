"""From the rows of a PDF's pages (or of a recognised scan's) to paragraphs: rows that the layout broke are joined, tables kept in rows.

A PDF knows no paragraphs; they are read off the geometry of Chinese typesetting: a paragraph's first line is indented, all lines but its
last are full, titles are centred in larger type, signatures stand at the right. Where the geometry does not tell, rows stay apart.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from catalog.extract.formats.pdf_columns import Region, regions
from catalog.extract.formats.pdf_rows import Page, Row, readable, regroup
from catalog.extract.lines import Align, Line

__all__ = ["Page", "Row", "joined", "layout"]

LONG_ROW = 12
"""Rows of at least so many characters tell where the margins are."""
SAME_TYPE = 0.1
"""Type that differs from the body's by less than this share is the body's (engines measure each row a little differently)."""
LARGER = 1.15
"""Type larger than the body's by this factor is a title's."""

_NUMBERED = re.compile(
    r"第[\d〇零一二三四五六七八九十百]+[编章节条]|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|附件"
)
_SENTENCE_END = tuple("。；：！？;:")
_CELL_END = re.compile(r"[ \u3000]*\t[\t \u3000]*")


@dataclass(frozen=True, slots=True)
class _Frame:
    """The type area: where full lines begin and end, and the size of the body's type."""

    left: float
    right: float
    size: float


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row with the frame that it stands in and its page, from 1."""

    row: Row
    frame: _Frame
    page: int


def layout(pages: Sequence[Page]) -> list[Line]:
    """The paragraphs, headings and tables of a document, in the order of its pages; each line tells the page on which it begins."""
    read = [
        (number, region, tuple(regroup(region.rows, cells=True)))
        for number, page in enumerate(readable(pages), 1)
        for region in regions(replace(page, rows=tuple(regroup(page.rows, cells=False))))
    ]
    whole = _frame([row for _, region, rows in read if region.edges is None for row in rows])
    placed = [
        _Placed(row, frame, number)
        for number, region, rows in read
        for frame in (_frame_of(region, rows, whole),)
        for row in rows
    ]
    lines: list[Line] = []
    paragraph = _Paragraph()
    for chunk in _tables(placed):
        if isinstance(chunk, Line):
            lines.extend(paragraph.done())
            lines.append(chunk)
        elif paragraph.takes(chunk.row, chunk.frame):
            paragraph.add(chunk.row)
        else:
            lines.extend(paragraph.done())
            paragraph = _Paragraph(chunk.frame, chunk.page)
            paragraph.add(chunk.row)
    lines.extend(paragraph.done())
    return lines


def _frame_of(region: Region, rows: Sequence[Row], whole: _Frame) -> _Frame:
    """The type area that some rows stand in: their column's, else their page's."""
    if region.edges is None:
        return _frame(rows, whole)
    return _Frame(*region.edges, sorted(row.size for row in rows)[len(rows) // 2])


def _frame(rows: Sequence[Row], fallback: _Frame | None = None) -> _Frame:
    """The type area of some rows; a page with few long rows takes that of the document."""
    long = [row for row in rows if len(row.text) >= LONG_ROW and "\t" not in row.text]
    if fallback and len(long) < 8:
        return fallback
    if not long:
        return _Frame(min((row.left for row in rows), default=0.0), max((row.right for row in rows), default=0.0), 12.0)
    size = sorted(row.size for row in long)[len(long) // 2]
    body = [row for row in long if abs(row.size - size) < SAME_TYPE * size]
    # a short row begins at the margin like a long one
    lefts = Counter(
        round(row.left / 2) * 2 for row in rows if abs(row.size - size) < SAME_TYPE * size and len(row.text) > 1
    )
    often = [left for left, count in lefts.items() if count >= max(2, 0.15 * len(body))] or list(lefts)
    rights = sorted(row.right for row in body)
    return _Frame(min(often), rights[int(0.9 * (len(rights) - 1))], size)


def _tables(rows: Sequence[_Placed]) -> Iterator[Line | _Placed]:
    """The rows, each run of two or more that have wide gaps (also over the end of a page) turned into one table."""
    for tabbed, run in groupby(rows, key=lambda one: "\t" in one.row.text):
        held = list(run)
        if tabbed and len(held) > 1:
            yield Line(text=_table([one.row for one in held]), kind="table", page=held[0].page)
        else:
            yield from (_without_tabs(one) if tabbed else one for one in held)


def _without_tabs(one: _Placed) -> _Placed:
    return replace(one, row=replace(one.row, text=_CELL_END.sub(" ", one.row.text)))


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

    def add(self, row: Row) -> None:
        """Take a row in."""
        self.rows.append(row)

    def takes(self, row: Row, frame: _Frame) -> bool:
        """Whether the row goes on where the last one was broken. `frame` is that of the row's page."""
        if not self.rows or self.frame is None:
            return False
        last = self.rows[-1]
        same_type = abs(last.size - row.size) < 0.12 * last.size
        if not same_type or (last.text.endswith(_SENTENCE_END) and _NUMBERED.match(row.text)):
            return False
        apart = last.bottom - row.top
        if apart > 1.3 * last.size and apart > 1.6 * self._usual_gap():
            return False
        if _align(row, frame) == "center":
            return self._is_title(row, frame)
        if _align(last, self.frame) == "center":
            return False
        full = _is_full(last, self.frame) or not _fits(row, last, self.frame)
        indent = row.left - frame.left
        hanging = len(self.rows) > 1 and abs(row.left - last.left) < 0.3 * row.size
        return full and (indent < 0.7 * row.size or hanging)

    def _is_title(self, row: Row, frame: _Frame) -> bool:
        """Whether the rows are a title that goes on in a centred row: in larger type, or full without indent and without a full stop."""
        if self.frame is None:
            return False
        if self.rows[0].size > LARGER * self.frame.size:
            return row.size > LARGER * frame.size
        whole = all(_is_full(held, self.frame) and held.left - self.frame.left < held.size for held in self.rows)
        return whole and not self.rows[-1].text.endswith(_SENTENCE_END) and not _NUMBERED.match(row.text)

    def _usual_gap(self) -> float:
        gaps = [max(0.0, above.bottom - below.top) for above, below in pairwise(self.rows)]
        return max(gaps, default=self.rows[-1].size)

    def done(self) -> list[Line]:
        """The paragraph as a line, and start anew."""
        rows, self.rows = self.rows, []
        if not rows or self.frame is None:
            return []
        text = rows[0].text
        for row in rows[1:]:
            text = joined(text, row.text)
        aligns = [_align(row, self.frame) for row in rows]
        align = "center" if "center" in aligns else aligns[0]
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
    if left.endswith("-") and left[-2:-1].isalpha() and right[:1].islower():
        return left[:-1] + right
    needs_space = left[-1:].isascii() and right[:1].isascii() and left[-1:].isalnum() and right[:1].isalnum()
    if needs_space and left[-1:].isdigit() and right[:1].isdigit():
        return left + right  # a number that the margin cut
    return left + (" " if needs_space or (left[-1:] in ",.;:" and right[:1].isascii()) else "") + right
