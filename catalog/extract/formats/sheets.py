"""Workbooks (xlsx, xls, ods): each sheet as a heading (its name, where there are several) and a table, read in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from catalog.errors import Refused
from catalog.extract.formats.archive import Archive
from catalog.extract.formats.tables import CUT, cut, table_lines
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
MAX_SHEETS = 200
"""Sheets that are read of one workbook."""
MAX_ROWS = 20_000
"""Rows that are read of one sheet (lists that governments publish have hundreds to some thousands)."""
MAX_CELLS = 1_000_000
"""Cells of a workbook, empty ones within rows included."""
MAX_CELL = 32_767
"""Characters of one cell (Excel's own limit)."""
MAX_CHARACTERS = 8_000_000
"""Characters of a workbook."""
MEMORY_BYTES = 1536 * 1024**2
"""Address space of the reading process."""
CPU_SECONDS = 60
WALL_SECONDS = 180
"""Seconds for one workbook, on a machine that has much else to do."""

_CHILD = Path(__file__).with_name("sheets_cells.py")


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a workbook holds: its lines, and of each table that was not read to its end why."""

    lines: tuple[Line, ...]
    cut: tuple[str, ...] = ()


def read_sheets(content: bytes, name: str = "the document") -> Sheets:
    """The sheets that can be seen. Raises `Refused`: `encrypted`, `unreadable`, `zip_bomb`."""
    if content.startswith(b"PK"):
        Archive(content, name).close()  # its limits
    answers, ended = _run(content)
    head = answers[0] if answers else {"error": "unreadable", "message": ended or "no answer"}
    if "error" in head:
        cure = "Ask for a copy without a password." if head["error"] == "encrypted" else "Fetch the file again."
        raise Refused(str(head["error"]), f"{name}: the workbook cannot be opened ({head['message']}). {cure}")
    shown = [sheet for sheet in answers[1:] if not sheet["hidden"]]
    filled = [sheet for sheet in shown if any(any(row) for row in sheet["rows"])]
    if not filled and ended:
        raise Refused("unreadable", f"{name}: no sheet of the workbook can be read ({ended}). Open it by hand.")
    lines: list[Line] = []
    for sheet in filled:
        lines += table_lines(sheet["rows"], str(sheet["name"]) if len(filled) > 1 else None)
    return Sheets(tuple(lines), tuple(_cuts(shown, int(head["sheets"]), len(answers) - 1, ended)))


def _cuts(sheets: Sequence[dict[str, Any]], total: int, read: int, ended: str | None) -> list[str]:
    found = [f"sheet {sheet['name']}: {sheet['cut']}" for sheet in sheets if sheet["cut"]]
    if total > MAX_SHEETS:
        found.append(f"of {total:,} sheets the first {MAX_SHEETS} are read")
    if ended:
        found.append(f"the sheets after the first {read} were not read: {ended}")
    return found


def _run(content: bytes) -> tuple[list[dict[str, Any]], str | None]:
    """The child's answers, and why it ended early (`None` if it did not)."""
    limits = (MEMORY_BYTES, CPU_SECONDS, MAX_SHEETS, MAX_ROWS, MAX_CELLS, MAX_CELL, MAX_CHARACTERS)
    ended: str | None = None
    try:
        child = subprocess.run(  # noqa: S603 - our own program by its path; the document goes to its standard input
            [sys.executable, "-I", str(_CHILD), *map(str, limits)],
            input=content,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
        output = child.stdout
        if child.returncode:
            ended = _reason(child.returncode, child.stderr)
    except subprocess.TimeoutExpired as late:
        output, ended = late.stdout or b"", f"it took longer than {WALL_SECONDS} seconds"
    whole = output[: output.rfind(b"\n") + 1]
    return [orjson.loads(line) for line in whole.splitlines()], ended


def _reason(status: int, errors: bytes) -> str:
    last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return (
        last[:300]
        if status > 0 and last
        else f"the reader was ended by signal {-status}, at its limit of memory or time"
    )


class SheetsExtractor:
    """Reads workbooks (xlsx, xls, ods)."""

    name = "sheets"
    version = "1"
    media_types = frozenset({XLSX, XLS, ODS})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a workbook: its lines, read by the general reader; what was cut is told. Raises `Refused`."""
        sheets = read_sheets(document.content, document.filename or document.url or "the document")
        flags = (CUT,) if sheets.cut else ()
        draft = read_lines(sheets.lines, hints=document.hints, url=document.url, flags=flags)
        return replace(draft, problems=(*draft.problems, *cut(sheets.cut)))
