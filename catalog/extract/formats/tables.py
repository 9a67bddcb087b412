"""From the rows of a sheet to lines: rows with a single cell before and after the table are paragraphs (a title, a note), the rest a table.

Shared by the readers of workbooks and of comma-separated tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.extract.lines import Line
from catalog.model.draft import Problem

TABLE_ROWS = 500
"""Rows of one table line; a longer table goes on in the next one, so that no block grows without bounds."""
TABLE_CHARACTERS = 200_000
"""Characters of one table line, as far as its rows allow."""
CUT = "table_cut"
"""The quality flag, and the code of the warning, of a table that was not read to its end."""


def table_lines(rows: Sequence[Sequence[str]], heading: str | None = None) -> list[Line]:
    """The lines of a sheet; `heading` is its name, where it has one to show."""
    filled = [[_one_line(cell) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    first, last = 0, len(filled)
    while first < last and _single(filled[first]):
        first += 1
    while last > first and _single(filled[last - 1]):
        last -= 1
    lines = [Line(heading, "heading", 1)] if heading and filled else []
    lines += [_paragraph(row) for row in filled[:first]]
    lines += [Line(text, "table") for text in _chunks(_narrowed(filled[first:last]))]
    return lines + [_paragraph(row) for row in filled[last:]]


def cut(reasons: Sequence[str]) -> tuple[Problem, ...]:
    """The warnings that tell what of a table was not read."""
    return tuple(Problem("warning", CUT, f"{reason}; the file itself is kept whole", "text") for reason in reasons)


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _single(row: Sequence[str]) -> bool:
    return sum(bool(cell) for cell in row) == 1


def _paragraph(row: Sequence[str]) -> Line:
    at, text = next((at, cell) for at, cell in enumerate(row) if cell)
    return Line(text, align="center" if at else None)


def _narrowed(rows: Sequence[list[str]]) -> list[list[str]]:
    """The rows without the empty columns before all of them."""
    empty = min((next(at for at, cell in enumerate(row) if cell) for row in rows), default=0)
    return [row[empty:] for row in rows]


def _chunks(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for row in rows:
        text = "\t".join(row).rstrip("\t")
        if held and (len(held) >= TABLE_ROWS or size + len(text) > TABLE_CHARACTERS):
            yield "\n".join(held)
            held, size = [], 0
        held.append(text)
        size += len(text) + 1
    if held:
        yield "\n".join(held)
