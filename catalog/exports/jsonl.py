"""JSON lines: one record a line, UTF-8, with the field names of the schemas (`gongkai load` reads it back), or one text a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

import orjson

from catalog.actions import Catalogue, Progress
from catalog.exports.rows import export_rows
from catalog.exports.texts import text_rows


def write_jsonl(
    catalogue: Catalogue,
    parameters: Mapping[str, Sequence[str]],
    file: BinaryIO,
    progress: Progress | None = None,
) -> int:
    """Write the records to `file`; how many there were."""
    return _write(export_rows(catalogue, parameters), file, progress)


def write_texts(
    catalogue: Catalogue,
    parameters: Mapping[str, Sequence[str]],
    file: BinaryIO,
    progress: Progress | None = None,
) -> int:
    """Write the texts to `file`; how many records there were."""
    return _write(text_rows(catalogue, parameters), file, progress)


def _write(rows: Iterable[Mapping[str, Any]], file: BinaryIO, progress: Progress | None) -> int:
    count = 0
    for row in rows:
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
        if progress is not None:
            progress(count, None)
    return count
