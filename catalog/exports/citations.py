"""The graph of citations as a file: a relation a line, as JSON or as CSV. Only what the public may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from catalog.actions.citations import public_graph
from catalog.actions.context import Catalogue

FORMS = ("jsonl", "csv")


def write_graph(catalogue: Catalogue, form: str, file: BinaryIO) -> int:
    """Write the graph; returns the number of relations."""
    count = 0
    for line in _csv(catalogue) if form == "csv" else _jsonl(catalogue):
        file.write(line)
        count += 1
    return count - (form == "csv")


def _jsonl(catalogue: Catalogue) -> Iterator[bytes]:
    for row in public_graph(catalogue):
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _csv(catalogue: Catalogue) -> Iterator[bytes]:
    """CSV as spreadsheets read it: UTF-8 with a mark at its beginning, a formula's first character made harmless."""
    yield b"\xef\xbb\xbf" + _row(COLUMNS)
    for row in public_graph(catalogue):
        yield _row([_harmless(row[name]) for name in COLUMNS])


COLUMNS = [
    "source", "source_type", "source_title", "type", "event", "place", "raw", "number", "title", "article", "matched", "target",
    "target_type", "target_title",
]  # fmt: skip
"""The columns of the CSV, the names of the JSON."""


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _row(values: list[Any]) -> bytes:
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerow(values)
    return held.getvalue().encode()
