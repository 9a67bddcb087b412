"""What stands on a page, as pieces of lines with their places; and the page furniture among it: running heads, page numbers.

Furniture is told by repetition at the same place, over all pages or over the left and the right ones; a page number also by counting up.
Pages of vertical columns are turned here, so that everything after reads from left to right and from top to bottom.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

HEAD_AND_FOOT = 0.1
"""The share of a page's height, at the top and at the bottom, where running heads and page numbers stand."""
REPEATED_ON = 3
"""A row that stands at the edge of so many pages (page numbers aside) is a running head or foot …"""
REPEATED_SHARE = 0.5
"""… if that is so large a share of all pages, or of the left or the right ones."""
RUNNING_HEAD = 60
"""Longer rows are never taken for a running head."""
SET_OFF = 1.3
"""A running head is apart from the text by this many times the usual distance of two rows."""
FURNITURE_ROWS = 2
"""Rows of furniture at one edge of a page: a running head, and a page number below or above it."""
TOLERANCE = 4.0
"""Points by which the same running head may stand higher or lower on another page."""

WIDE_GAP = 1.1
"""A gap wider than so many characters may stand between two cells or columns."""

_LEFT = attrgetter("left")
_CHANGING = re.compile(r"\d+|[〇零一二三四五六七八九十百]+|\s+")
"""What changes in a running head from page to page."""
_NUMERAL = r"[\d〇零一二三四五六七八九十百]{1,4}"
_DASHES = r"[-—–－―·•.\s~〜]*"
PAGE_NUMBER = re.compile(
    rf"{_DASHES}\d{{1,4}}{_DASHES}|[-—–－―·•]\s*{_NUMERAL}\s*[-—–－―·•]"
    rf"|[(（]?\s*第\s*{_NUMERAL}\s*[页頁](?:[,，、\s/]*共\s*{_NUMERAL}\s*[页頁])?\s*[)）]?"
    rf"|共\s*{_NUMERAL}\s*[页頁][,，、\s/]*第\s*{_NUMERAL}\s*[页頁]|\d{{1,4}}\s*/\s*\d{{1,4}}|(?i:page|p\.)\s*\d+(?:\s*of\s*\d+)?"
)
"""A row that is nothing but the number of its page."""


Place = tuple[str, int]
"""The words of a running head without its numbers, and its height in steps of `TOLERANCE`."""


class Row(NamedTuple):
    """One printed row, or a piece of it between wide gaps: its text, and its place in points, origin at the lower left of the page.

    `vertical`: its characters stand below each other. `turned`: it runs in another direction than the page's text (a stamp, a watermark).
    `cells` are the pieces that were put together with tabs, as (left, right, text).
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    vertical: bool = False
    turned: bool = False
    cells: tuple[tuple[float, float, str], ...] = ()

    @property
    def middle(self) -> float:
        """The height of the row's middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, its size in points, and its ruled lines as (left, right, top, bottom).

    `drawn`: the rows stand in the order in which a program wrote them, which is most often the order of reading.
    """

    height: float
    rows: tuple[Row, ...]
    width: float = 0.0
    rules: tuple[tuple[float, float, float, float], ...] = ()
    drawn: bool = True


def readable(pages: Sequence[Page]) -> list[Page]:
    """The pages without furniture, those of vertical columns turned so that they read like the others."""
    return [_upright(page) for page in without_furniture(pages)]


def _upright(page: Page) -> Page:
    """A page of vertical columns as it would be if it were written from left to right: the rightmost column becomes the first row.

    What stands there horizontally (a heading over the columns) keeps its order by being put first or last.
    """
    down = [row for row in page.rows if row.vertical]
    if 2 * sum(len(row.text) for row in down) <= sum(len(row.text) for row in page.rows):
        return page
    turned = [
        row._replace(
            left=page.height - row.top,
            right=page.height - row.bottom,
            top=row.right,
            bottom=row.left,
            vertical=False,
        )
        for row in down
    ]
    single = [row for row in page.rows if not row.vertical and len(row.text) <= 1]
    turned += [
        row._replace(left=page.height - row.top, right=page.height - row.bottom, top=row.right, bottom=row.left)
        for row in single
    ]
    width = max(page.width, *(row.right for row in page.rows))
    across = [row for row in page.rows if not row.vertical and len(row.text) > 1]
    above = [_aside(row, width + 10 + row.top) for row in across if row.middle > page.height / 2]
    below = [_aside(row, row.top - page.height - 10) for row in across if row.middle <= page.height / 2]
    return Page(width, (*above, *turned, *below), page.height, (), drawn=False)


def _aside(row: Row, top: float) -> Row:
    """A horizontal row of a page that was turned, at a height where it is read before or after the columns."""
    return row._replace(left=0.0, right=row.right - row.left, top=top, bottom=top - row.size)


def baselines(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows by height from the top, those of one height together from left to right."""
    found: list[list[Row]] = []
    begun, size = 0.0, 0.0
    for height, _, row in sorted([(-(row.top + row.bottom) / 2, at, row) for at, row in enumerate(rows)]):
        if found and height - begun < 0.5 * min(row.size, size):
            found[-1].append(row)
        else:
            found.append([row])
            begun, size = height, row.size
    for line in found:
        if len(line) > 1:
            line.sort(key=_LEFT)
    return found


class _Edge(NamedTuple):
    """A line at the top or the bottom of a page that may be furniture."""

    rows: Sequence[Row]
    number: bool
    place: Place


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without their running heads and page numbers."""
    lines = [baselines([row for row in page.rows if not row.turned]) for page in pages]
    gaps = [[above[0].middle - below[0].middle for above, below in pairwise(held)] for held in lines]
    # a page of two or three rows does not tell how far apart rows are
    usual = _median([_median(found) for found in gaps if found])
    edges = [
        _edges(page, held, found, min(usual, _median(found)))
        for page, held, found in zip(pages, lines, gaps, strict=True)
    ]
    repeated = _repeated(edges)
    counting = _counting(edges)
    turned = _watermarks(pages)
    kept = []
    for number, (page, sides) in enumerate(zip(pages, edges, strict=True)):
        dropped = {
            id(row)
            for side in sides
            for at, edge in enumerate(side)
            if (edge.number and (at == 0 or counting)) or number in repeated.get(edge.place, ())
            for row in edge.rows
        }
        if not dropped and not turned:
            kept.append(page)
            continue
        rows = [row for row in page.rows if id(row) not in dropped and not (row.turned and row.text in turned)]
        kept.append(replace(page, rows=tuple(rows)) if len(rows) < len(page.rows) else page)
    return kept


Sides = tuple[list[_Edge], list[_Edge]]
"""The lines at the top and at the bottom of a page that may be furniture, the outermost first."""


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def _edges(page: Page, lines: list[list[Row]], gaps: list[float], usual: float) -> Sides:
    above, below = (1 - HEAD_AND_FOOT) * page.height, HEAD_AND_FOOT * page.height
    top = _outer(lines, gaps, usual, lambda line: min([row.top for row in line]) > above)
    bottom = _outer(lines[::-1], gaps[::-1], usual, lambda line: max([row.bottom for row in line]) < below)
    return top, bottom


def _outer(
    lines: Sequence[list[Row]], gaps: Sequence[float], usual: float, at_edge: Callable[[list[Row]], bool]
) -> list[_Edge]:
    """The first lines from an edge that may be furniture. What is furniture is apart from the text, unless it is a page number."""
    found: list[_Edge] = []
    for line in lines[: FURNITURE_ROWS + 1]:
        if not at_edge(line) or sum([len(row.text) for row in line]) > RUNNING_HEAD:
            break
        found.append(_Edge(line, _is_number(line), _place(line)))
    while found and not found[-1].number:
        after = len(found) - 1
        if after < len(gaps) and gaps[after] > SET_OFF * usual:
            break
        found.pop()
    return found[:FURNITURE_ROWS]


def _is_number(line: Sequence[Row]) -> bool:
    return bool(PAGE_NUMBER.fullmatch(" ".join(row.text.strip() for row in line)))


def _masked(line: Sequence[Row]) -> str:
    """What a running head shares from page to page: its words without numbers, in the order of the alphabet of its pieces' places."""
    return "|".join(sorted(_CHANGING.sub("#", row.text) for row in line))


def _repeated(edges: Sequence[Sides]) -> dict[Place, set[int]]:
    """The words at a height that stand on three pages and on half of all, or of the left or the right ones; with those pages."""
    seen: dict[Place, set[int]] = {}
    for number, sides in enumerate(edges):
        for side in sides:
            for edge in side:
                seen.setdefault(edge.place, set()).add(number)
    found: dict[Place, set[int]] = {}
    for text, height in seen:
        numbers = set().union(*(seen.get((text, near), set()) for near in (height - 1, height, height + 1)))
        if len(numbers) >= REPEATED_ON and _share(numbers, len(edges)) >= REPEATED_SHARE:
            found[text, height] = numbers
    return found


def _share(numbers: set[int], pages: int) -> float:
    """The share of all pages, or of the left or the right ones if that is more, which some pages are."""
    sides = Counter(number % 2 for number in numbers)
    of_sides = [count / ((pages + 1 - side) // 2) for side, count in sides.items() if count >= REPEATED_ON]
    return max([len(numbers) / pages, *of_sides])


def _place(line: Sequence[Row]) -> Place:
    return _masked(line), round(line[0].top / TOLERANCE)


def _counting(edges: Sequence[Sides]) -> bool:
    """Whether page numbers stand within the furniture of most pages."""
    with_number = sum(any(edge.number for side in sides for edge in side) for sides in edges)
    return with_number >= max(REPEATED_ON, len(edges) / 2)


def _watermarks(pages: Sequence[Page]) -> frozenset[str]:
    """Texts in another direction than the page's that stand on three pages and on half of them."""
    counts = Counter([text for page in pages for text in {row.text for row in page.rows if row.turned}])
    return frozenset(text for text, count in counts.items() if count >= max(REPEATED_ON, REPEATED_SHARE * len(pages)))


def stand_apart(rows: Sequence[Row]) -> bool:
    """Whether no row stands beside the one before it: then there is nothing for `regroup` to put together."""
    heights = [(row.top + row.bottom) / 2 for row in rows]
    near = [0.35 * row.size for row in rows]
    return not any(abs(above - below) < at for above, below, at in zip(heights, heights[1:], near, strict=False))


def regroup(rows: Iterable[Row], *, cells: bool) -> Iterator[Row]:
    """Pieces that stand side by side on one height, one after the other, become one row (some programs place each character).

    With `cells` those with a wide gap between them too: they become the cells of one row, joined by tabs.
    """
    held: Row | None = None
    middle = near = 0.0
    for row in rows:
        height = (row.top + row.bottom) / 2
        if (
            held is not None
            and abs(middle - height) < near
            and row.left > held.left
            and row.left >= held.right - held.size
            and row.turned == held.turned
            and (cells or row.left - held.right <= WIDE_GAP * held.size)
        ):
            held = _put_together(held, row)
            middle = held.middle
            continue
        if held is not None:
            yield held
        held, middle, near = row, height, 0.35 * row.size
    if held is not None:
        yield held


def _put_together(held: Row, row: Row) -> Row:
    gap = (row.left - held.right) / held.size
    words = held.text[-1:].isascii() and row.text[:1].isascii()
    between = "\t" if gap > WIDE_GAP else " " if gap > 0.2 and words else ""
    cells = held.cells or ((held.left, held.right, held.text),)
    if between == "\t":
        cells = (*cells, (row.left, row.right, row.text))
    else:
        left, _, text = cells[-1]
        cells = (*cells[:-1], (left, row.right, text + between + row.text))
    return held._replace(
        text=held.text + between + row.text,
        right=max(held.right, row.right),
        top=max(held.top, row.top),
        bottom=min(held.bottom, row.bottom),
        cells=cells,
    )
