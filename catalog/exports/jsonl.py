"""Records as JSON lines: one record a line, UTF-8, with the field names of the schemas. `gongkai load` reads it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO

import orjson

from catalog.actions import Catalogue, Progress
from catalog.exports.rows import export_rows


def write_jsonl(
    catalogue: Catalogue,
    parameters: Mapping[str, Sequence[str]],
    file: BinaryIO,
    progress: Progress | None = None,
) -> int:
    """Write the records to `file`; how many there were."""
    count = 0
    for row in export_rows(catalogue, parameters):
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
        if progress is not None:
            progress(count, None)
    return count
