"""The rows of a clean-up's table: which column is title, number, date, verdict, by its label, else by what its cells hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.extract.data_files import load
from catalog.extract.lines import clean, fold, squeeze
from catalog.model import docnumber

HEAD_ROWS = 3
"""Rows in which the labels of columns are looked for: a title of the table may stand above them."""
TICKS = frozenset("√✓✔☑●○■▲是＊*VvΔ★")
"""What is put into a column of ticks."""
SAMPLE = 30
"""Rows by which a table without labels is judged."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells by what they are, as printed. `section` is set for a row of one cell, which gives a verdict to those under it;
    `named` says that a label told which column the title is.
    """

    raw: str
    title: str = ""
    number: str = ""
    date: str = ""
    verdict: str = ""
    section: str | None = None
    named: bool = False


def rows_of(table: str) -> Iterator[Row]:
    """The rows of a table (cells parted by tabs, rows by line feeds) that are neither its labels nor empty."""
    rows = [[clean(cell) for cell in line.split("\t")] for line in table.split("\n")]
    rows = [row for row in rows if any(row)]
    places, labelled = _columns(rows)
    ticks = _ticks(rows[min(labelled)]) if labelled else {}
    for at, row in enumerate(rows):
        if at in labelled:
            continue
        filled = [cell for cell in row if cell]
        if at == 0 and labelled and at < min(labelled):
            yield Row("", section=" ".join(filled))
        elif len(set(filled)) == 1 and len(rows) > 1 and (len(row) > 1 or not labelled) and not filled[0].isdigit():
            yield Row(filled[0], section=filled[0])
        elif _is_labels(row):
            places, ticks = _places(row), _ticks(row)
        else:
            cells = {name: row[place] for name, place in places.items() if place < len(row)}
            ticked = next((said for place, said in ticks.items() if place < len(row) and row[place] in TICKS), "")
            if ticked and not cells.get("verdict"):
                cells["verdict"] = ticked
            yield Row(" ".join(filled), named=bool(labelled), **cells)


def _columns(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], frozenset[int]]:
    """Where title, number, date and verdict stand, and which rows are labels."""
    for at, row in enumerate(rows[:HEAD_ROWS]):
        if _is_labels(row):
            return _places(row), frozenset({at})
    return _guessed(rows[:SAMPLE]), frozenset()


def _is_labels(row: Sequence[str]) -> bool:
    kinds = [_label(cell) for cell in row if cell]
    return "title" in kinds and sum(kind is not None for kind in kinds) >= 2


def _places(row: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, cell in enumerate(row):
        kind = _label(cell)
        if kind and kind != "ignored":
            places.setdefault(kind, at)
    return places


def _ticks(row: Sequence[str]) -> dict[int, str]:
    """The columns whose labels are verdicts themselves (继续有效 | 修改 | 废止), in which a mark stands."""
    said = {squeeze(fold(word)) for word in load("cleanup")["ticked"]}
    return {at: cell for at, cell in enumerate(row) if squeeze(fold(cell)) in said}


def _label(cell: str) -> str | None:
    return _labels().get(re.sub(r"[\W\d_]+", "", squeeze(fold(cell))))


@cache
def _labels() -> dict[str, str]:
    return {squeeze(fold(word)): kind for kind, words in load("cleanup")["columns"].items() for word in words}


def _guessed(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Columns of a table without labels: the number is where numbers are, the title where the longest text is."""
    width = max((len(row) for row in rows), default=0)
    columns = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    places: dict[str, int] = {}
    numbers = [sum(docnumber.parse(cell) is not None for cell in cells) / max(1, len(cells)) for cells in columns]
    if numbers and max(numbers) >= 0.5:
        places["number"] = numbers.index(max(numbers))
    lengths = [
        0.0 if at == places.get("number") else sum(map(len, cells)) / max(1, len(cells))
        for at, cells in enumerate(columns)
    ]
    if lengths:
        places["title"] = lengths.index(max(lengths))
    return places
