"""From the rows of a PDF's pages to paragraphs: rows that the layout broke are joined, tables kept in rows, page furniture dropped.

A PDF knows no paragraphs; they are read off the geometry of Chinese typesetting: a paragraph's first line is indented, all lines but its
last are full, titles are centred in larger type, signatures stand at the right. Where the geometry does not tell, rows stay apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from catalog.extract.lines import Align, Line

LONG_ROW = 12
"""Rows of at least so many characters tell where the margins are."""
HEAD_AND_FOOT = 0.1
"""The share of a page's height, at the top and at the bottom, where running heads and page numbers stand."""
REPEATED_ON = 3
"""A row that stands at the edge of so many pages (page numbers aside) is a running head or foot."""
RUNNING_HEAD = 40
"""Longer rows are never taken for a running head."""

LARGER = 1.15
"""Type larger than the body's by this factor is a title's."""

_PAGE_NUMBER = re.compile(
    r"[-—–－―·.\s]*\d{1,4}[-—–－―·.\s]*|第\s*\d+\s*页(?:[,，\s/]*共\s*\d+\s*页)?|\d+\s*/\s*\d+|Page \d+( of \d+)?"
)
_NUMBERED = re.compile(
    r"第[\d〇零一二三四五六七八九十百]+[编章节条]|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|附件"
)
_SENTENCE_END = tuple("。；：！？;:")
_CELL_END = re.compile(r"[ \u3000]*\t[\t \u3000]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: its text (tabs at wide gaps) and its place in points, origin at the lower left of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page as they were drawn, and its height in points."""

    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The type area: where full lines begin and end, and the size of the body's type."""

    left: float
    right: float
    size: float


def layout(pages: Sequence[Page]) -> list[Line]:
    """The paragraphs, headings and tables of a document, in the order of its pages."""
    grouped = [replace(page, rows=tuple(_regroup(page.rows))) for page in pages]
    repeated = _running_rows(grouped)
    kept = [[row for row in page.rows if not _is_furniture(row, page, repeated)] for page in grouped]
    whole = _frame([row for rows in kept for row in rows])
    framed = [(row, frame) for rows in kept for frame in (_frame(rows, whole),) for row in rows]
    lines: list[Line] = []
    paragraph = _Paragraph()
    for chunk, frame in _tables(framed):
        if isinstance(chunk, str):
            lines.extend(paragraph.done())
            lines.append(Line(text=chunk, kind="table"))
        elif paragraph.takes(chunk, frame):
            paragraph.add(chunk)
        else:
            lines.extend(paragraph.done())
            paragraph = _Paragraph(frame)
            paragraph.add(chunk)
    lines.extend(paragraph.done())
    return lines


def _regroup(rows: Iterable[Row]) -> Iterator[Row]:
    """Pieces that stand side by side on one height, drawn one after the other, become one row (some programs place each character)."""
    held: Row | None = None
    for row in rows:
        if (
            held
            and abs(_middle(held) - _middle(row)) < 0.35 * held.size
            and row.left > held.left
            and row.left >= held.right - held.size
        ):
            gap = (row.left - held.right) / held.size
            between = (
                "\t" if gap > 1.1 else " " if gap > 0.2 and held.text[-1:].isascii() and row.text[:1].isascii() else ""
            )
            held = Row(
                held.text + between + row.text,
                held.left,
                row.right,
                max(held.top, row.top),
                min(held.bottom, row.bottom),
                held.size,
                held.bold,
            )
        else:
            if held:
                yield held
            held = row
    if held:
        yield held


def _middle(row: Row) -> float:
    return (row.top + row.bottom) / 2


def _at_edge(row: Row, page: Page) -> bool:
    band = HEAD_AND_FOOT * page.height
    return row.bottom < band or row.top > page.height - band


def _masked(row: Row) -> tuple[str, int]:
    """What a running head shares from page to page: its words without numbers, and its height on the page to 4 points."""
    return re.sub(r"\d+|\s+", "#", row.text), round(row.top / 4)


def _running_rows(pages: Sequence[Page]) -> frozenset[tuple[str, int]]:
    """Rows that are outermost, set off from the text, at the same height, on three pages and on at least half of them."""
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update({_masked(row) for row in _set_off(page) if _at_edge(row, page) and len(row.text) <= RUNNING_HEAD})
    return frozenset(place for place, count in counts.items() if count >= max(REPEATED_ON, len(pages) / 2))


def _set_off(page: Page) -> Iterator[Row]:
    """The first and the last row of a page (page numbers aside), where more space than between its other rows separates them."""
    rows = sorted((row for row in page.rows if not _PAGE_NUMBER.fullmatch(row.text.strip())), key=lambda row: -row.top)
    gaps = [above.top - below.top for above, below in pairwise(rows)]
    usual = sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    if gaps and gaps[0] > 1.3 * usual:
        yield rows[0]
    if gaps and gaps[-1] > 1.3 * usual:
        yield rows[-1]


def _is_furniture(row: Row, page: Page, repeated: frozenset[tuple[str, int]]) -> bool:
    return _at_edge(row, page) and (bool(_PAGE_NUMBER.fullmatch(row.text.strip())) or _masked(row) in repeated)


def _frame(rows: Sequence[Row], fallback: _Frame | None = None) -> _Frame:
    """The type area of some rows; a page with few long rows takes that of the document."""
    long = [row for row in rows if len(row.text) >= LONG_ROW and "\t" not in row.text]
    if fallback and len(long) < 8:
        return fallback
    if not long:
        return _Frame(min((row.left for row in rows), default=0.0), max((row.right for row in rows), default=0.0), 12.0)
    size = Counter(round(row.size, 1) for row in long).most_common(1)[0][0]
    body = [row for row in long if abs(row.size - size) < 0.6]
    lefts = Counter(round(row.left / 2) * 2 for row in body)
    often = [left for left, count in lefts.items() if count >= max(2, 0.15 * len(body))] or list(lefts)
    rights = sorted(row.right for row in body)
    return _Frame(min(often), rights[int(0.9 * (len(rights) - 1))], size)


def _tables(rows: Sequence[tuple[Row, _Frame]]) -> Iterator[tuple[Row | str, _Frame]]:
    """The rows, each run of two or more that have wide gaps (also over the end of a page) turned into one text of cells and lines."""
    for tabbed, run in groupby(rows, key=lambda pair: "\t" in pair[0].text):
        held = list(run)
        if tabbed and len(held) > 1:
            yield "\n".join(_CELL_END.sub("\t", row.text) for row, _ in held), held[0][1]
        else:
            yield from ((replace(row, text=_CELL_END.sub(" ", row.text)), frame) for row, frame in held)


class _Paragraph:
    """Rows that belong together so far."""

    def __init__(self, frame: _Frame | None = None) -> None:
        self.frame = frame
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
        full = _is_full(last, self.frame)
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
        return [Line(text=text.strip(), align=align, bold=all(row.bold for row in rows))]


def _is_full(row: Row, frame: _Frame) -> bool:
    return frame.right - row.right < 1.8 * row.size


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
