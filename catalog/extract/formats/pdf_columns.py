"""The columns of a page, in the order of reading: a headline over all of them, then the columns under it from left to right.

A column is told by its left edge: rows that begin there, white space before it, and rows that fill its width. A table's columns are not
that: their cells are short, or ruled lines cross from one to the next.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from catalog.extract.formats.pdf_rows import Page, Row, baselines

_LEFT = attrgetter("left")
MOST_COLUMNS = 6
"""Columns of one page; more are a table."""
MOST_EDGES = 40
"""Left edges of a page that are looked at, the most frequent first."""
COLUMN_ROWS = 4
"""Rows that begin at the left edge of a column."""
COLUMN_CHARACTERS = 6
"""Characters that the rows of a column have on average: shorter ones are cells."""
GUTTER = 0.7
"""The white space before a column, in characters."""
CROSSING = 0.2
"""The share of rows that may cross the white space before a column: headlines, wide tables."""
FILLED = 0.62
"""How far the rows of a column fill its width on average; cells fill it less."""
CROSSED_BY = 2
"""Ruled lines across the white space, beside a column's rows, that make it a table."""


@dataclass(frozen=True, slots=True)
class Region:
    """Rows to be read one after the other. `edges` are those of their column; `None` where they go over the whole page."""

    rows: tuple[Row, ...]
    edges: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    right: float
    rows: tuple[Row, ...]
    is_text: bool


def regions(page: Page) -> Iterator[Region]:
    """The parts of a page in the order of reading; one part with the rows as they are where there are no columns."""
    rows = page.rows if page.drawn else _sorted(page.rows)
    turned = tuple([row for row in rows if row.turned])
    if turned:
        rows = tuple([row for row in rows if not row.turned])
    columns = _columns(rows, page)
    if len(columns) < 2:
        if rows:
            yield Region(rows)
    else:
        yield from _in_bands(rows, columns)
    if turned:
        yield Region(turned)


def _sorted(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows by height, those of one height from left to right."""
    return tuple(row for line in baselines(rows) for row in line)


def _columns(rows: Sequence[Row], page: Page) -> list[_Column]:
    """The columns of some rows from left to right; fewer than two where there are none."""
    if len(rows) < 2 * COLUMN_ROWS:
        return []
    starts = _starts(rows)
    known: dict[tuple[float, float], _Column] = {}
    while len(starts) > 1:
        spans = list(pairwise([*starts, float("inf")]))
        known |= {span: _column(rows, *span) for span in spans if span not in known}
        columns = [known[span] for span in spans]
        wrong = next((at for at in range(len(columns)) if not _stands(columns, at, page)), None)
        if wrong is None:
            return columns if len(columns) <= MOST_COLUMNS else []
        starts.remove(starts[max(1, wrong)])
    return []


def _stands(columns: Sequence[_Column], at: int, page: Page) -> bool:
    """Whether a column is one of text, and no table with the one before it."""
    return columns[at].is_text and not (at and _is_ruled(columns[at - 1], columns[at], page))


def _starts(rows: Sequence[Row]) -> list[float]:
    """Left edges at which several rows begin, with white space before them."""
    counts = Counter([round(row.left / 2) for row in rows if len(row.text) >= COLUMN_CHARACTERS])
    near = {edge: counts[edge - 1] + count + counts[edge + 1] for edge, count in counts.items()}
    edges = sorted((edge for edge in near if near[edge] >= COLUMN_ROWS), key=lambda edge: -near[edge])[:MOST_EDGES]
    ordered = sorted(rows, key=_LEFT)
    lefts = [row.left for row in ordered]
    # rows enough must end before an edge for it to be a column's
    narrow = sorted([row.right for row in rows])[COLUMN_ROWS - 1]
    found: list[float] = [lefts[0]]
    for edge in edges:
        start = 2.0 * edge - 3
        if narrow <= start + 3 and all(abs(start - other) > 3 for other in found):
            at = bisect_left(lefts, start)
            if _has_gutter(ordered[:at], ordered[at : bisect_right(lefts, start + 6)], start):
                found.append(start)
    return sorted(found)


def _has_gutter(before: Sequence[Row], after: Sequence[Row], start: float) -> bool:
    """Whether white space goes down before a left edge, as far as rows `after` begin at it; `before` begin further to the left."""
    top, bottom = max([row.top for row in after]), min([row.bottom for row in after])
    reach = [row.right + GUTTER * row.size for row in before if row.top > bottom and row.bottom < top]
    crossing = sum([right > start + 3 for right in reach])
    clear = len(reach) - crossing
    return clear >= COLUMN_ROWS and crossing <= CROSSING * clear


def _column(rows: Sequence[Row], start: float, end: float) -> _Column:
    inside = tuple([row for row in rows if row.left >= start and row.right <= end + 3])
    right = max([row.right for row in inside], default=start)
    left = min([row.left for row in inside], default=start)
    return _Column(left, right, inside, _is_text(inside, max(1.0, right - left)))


def _is_text(rows: Sequence[Row], width: float) -> bool:
    """Whether the rows of a column are lines of text, which fill its width, and not cells of a table."""
    if len(rows) < COLUMN_ROWS or sum([len(row.text) for row in rows]) < COLUMN_CHARACTERS * len(rows):
        return False
    return sum([row.right - row.left for row in rows]) / (width * len(rows)) >= FILLED


def _is_ruled(left: _Column, right: _Column, page: Page) -> bool:
    """Whether ruled lines cross from one column to the next beside their rows."""
    top = min(max(row.top for row in column.rows) for column in (left, right) if column.rows)
    bottom = max(min(row.bottom for row in column.rows) for column in (left, right) if column.rows)
    heights = {
        round(rule[2])
        for rule in page.rules
        if rule[0] < left.right
        and rule[1] > right.left
        and rule[2] - rule[3] < rule[1] - rule[0]
        and bottom < rule[2] < top
    }
    # pieces of a ruled line, cell by cell, meet within the white space
    ends = {
        round(rule[2])
        for rule in page.rules
        if rule[1] - rule[0] > 5
        and left.right - 2 <= rule[1] <= right.left + 2
        and rule[2] - rule[3] < 3
        and bottom < rule[2] < top
    }
    return len(heights | ends) >= CROSSED_BY


def _in_bands(rows: Sequence[Row], columns: Sequence[_Column]) -> Iterator[Region]:
    """Rows over several columns divide the page; between them the columns follow each other."""
    places = {id(row): at for at, column in enumerate(columns) for row in column.rows}
    across = sorted((row for row in rows if id(row) not in places), key=lambda row: -row.middle)
    last = len(across)
    heights = [-row.middle for row in across]
    bands: dict[int, list[list[Row]]] = {}
    for row in rows:
        if id(row) in places:
            band = bisect_left(heights, -row.middle)
            bands.setdefault(band, [[] for _ in columns])[places[id(row)]].append(row)
    wide: list[Row] = []
    for at in range(last + 1):
        if at in bands:
            if wide:
                yield Region(tuple(wide))
                wide = []
            for column, held in zip(columns, bands[at], strict=True):
                if held:
                    yield Region(_sorted(held), (column.left, column.right))
        if at < last:
            wide.append(across[at])
    if wide:
        yield Region(tuple(wide))
