"""Comma-separated tables (csv, also with tabs or semicolons): decoded by the catalogue's own decoder, the delimiter told by the rows.

RFC 4180 as far as files keep to it: quoted cells may hold delimiters and line ends; a quote that is never closed ends with its line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.extract.formats.encoding import Decoded, decode
from catalog.extract.formats.sheets import MAX_CELL, MAX_CELLS, MAX_CHARACTERS, MAX_ROWS
from catalog.extract.formats.tables import CUT, cut, table_lines
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

CSV = "text/csv"
DELIMITERS = (",", "\t", ";", "|")
"""What may stand between cells; of two that fit alike the first one does."""
SAMPLE = 64 * 1024
"""Characters by which the delimiter is told."""
SAMPLE_ROWS = 50
MAX_LINE = 1_000_000
"""Characters of one line of the file; what is longer is no table."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: its lines, why it was cut (`None` if it was not), and how it was decoded."""

    lines: tuple[Line, ...]
    cut: str | None
    decoded: Decoded


def read_csv(content: bytes, charset: str | None = None) -> Table:
    """The table of a file, up to the limits that workbooks have."""
    decoded = decode(content, charset)
    text = decoded.text.removeprefix("\ufeff")
    delimiter = delimiter_of(text)
    rows: list[list[str]] = []
    cells = characters = 0
    reason: str | None = None
    for row in _rows(text, delimiter):
        cells += len(row)
        characters += sum(map(len, row))
        if len(rows) >= MAX_ROWS or cells > MAX_CELLS or characters > MAX_CHARACTERS:
            reason = f"of the table the first {len(rows):,} rows are read"
            break
        rows.append([cell.strip()[:MAX_CELL] for cell in row])
    return Table(tuple(table_lines(rows)), reason, decoded)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the most rows of the beginning into one same number of cells, two or more; a comma where none does."""
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, found = (0.0, 0), ","
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        widths = Counter(len(row) for row, _ in zip(_rows(sample, delimiter), range(SAMPLE_ROWS), strict=False) if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        worth = (count / max(1, sum(widths.values())), width) if width > 1 else (0.0, 0)
        if worth > best:
            best, found = worth, delimiter
    return found


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows; a quote that would swallow the rest of the file (the library's limit for a cell) is taken as a plain character."""
    lines = (line[:MAX_LINE] for line in io.StringIO(text.replace("\x00", ""), newline=""))
    held: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            held.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=delimiter, strict=False)
    while True:
        held.clear()
        try:
            row = next(reader, None)
        except csv.Error:
            for line in held:
                yield line.rstrip("\r\n").split(delimiter)
            reader = csv.reader(noted(), delimiter=delimiter, strict=False)
            continue
        if row is None:
            return
        yield row


class CsvExtractor:
    """Reads comma-separated tables."""

    name = "csv"
    version = "1"
    media_types = frozenset({CSV})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a table: its lines, read by the general reader; what was cut is told."""
        table = read_csv(document.content, document.charset)
        reasons = [table.cut] if table.cut else []
        flags = (*table.decoded.flags, *((CUT,) if reasons else ()))
        draft = read_lines(table.lines, hints=document.hints, url=document.url, flags=flags)
        return replace(draft, problems=(*draft.problems, *cut(reasons)))
