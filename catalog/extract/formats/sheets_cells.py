"""The child program that reads the cells of one workbook; run by `sheets`, never imported by anything that serves.

The library is native code on untrusted bytes, and lays a sheet out in memory from its first cell to its last one: two cells far apart can
ask for gigabytes. So each workbook gets a process of its own with limits of the operating system, and the harvest survives.

It reads the file from standard input and writes JSON lines: `{"sheets": n}`, then for each sheet `{"name": …, "hidden": …, "rows": [[text, …], …],
"cut": reason or null}`, or `{"error": code, "message": text}`. Arguments: bytes of memory, CPU seconds, sheets, rows a sheet, cells of the
workbook, characters of a cell, characters of the workbook. It imports nothing of the catalogue, so that it can be run by its path.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from typing import Any

import python_calamine


def main() -> int:
    """Read standard input, write standard output; the exit status is 0 also when the file is refused (the output says why)."""
    memory, seconds, sheets, *limits = (int(value) for value in sys.argv[1:8])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        _say({"error": "encrypted", "message": str(error)})
        return 0
    except Exception as error:  # noqa: BLE001 - whatever the library says of broken bytes is one refusal
        _say({"error": "unreadable", "message": str(error)[:500]})
        return 0
    _say({"sheets": len(book.sheets_metadata)})
    left = {"cells": limits[1], "characters": limits[3]}
    for at, facts in enumerate(book.sheets_metadata[:sheets]):
        if facts.typ == python_calamine.SheetTypeEnum.WorkSheet:
            _say(_sheet(book, at, facts, limits, left))
    return 0


def _sheet(
    book: python_calamine.CalamineWorkbook,
    at: int,
    facts: python_calamine.SheetMetadata,
    limits: list[int],
    left: dict[str, int],
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "name": facts.name,
        "hidden": facts.visible != python_calamine.SheetVisibleEnum.Visible,
        "rows": [],
        "cut": None,
    }
    try:
        sheet = book.get_sheet_by_index(at)
    except Exception as error:  # noqa: BLE001 - one broken sheet must not cost the others
        return answer | {"cut": f"the sheet cannot be read ({str(error)[:200]})"}
    rows = answer["rows"]
    for number, row in enumerate(sheet.iter_rows()):
        cells = [_text(value)[: limits[2]] for value in row]
        while cells and not cells[-1]:
            cells.pop()
        left["cells"] -= len(row)
        left["characters"] -= sum(map(len, cells))
        if number >= limits[0] or left["cells"] < 0 or left["characters"] < 0:
            answer["cut"] = f"of {sheet.height:,} rows the first {number:,} are read"
            break
        rows.append(cells)
    return answer


def _text(value: Any) -> str:
    """A cell as it is printed most simply: whole numbers without a decimal point, days without a time."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value).strip()


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
