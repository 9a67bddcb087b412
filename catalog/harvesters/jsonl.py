"""Record files read line by line: `.jsonl`, `.ndjson`, `.json` (lines, or one value), each also as `.gz`. Memory holds one line at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

MAX_LINE = 32 * 1024 * 1024
"""Bytes of one record; a longer line is skipped over without being held."""
MAX_WHOLE = 64 * 1024 * 1024
"""Bytes of a `.json` file that is one value, which must be read whole; a longer one must have a record a line."""
SUFFIXES = (".jsonl", ".ndjson", ".json")
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its number (from 1), its bytes, and its record; or why there is none (`code`, `message`)."""

    number: int
    content: bytes
    record: dict[str, Any] | None = None
    code: str = ""
    message: str = ""


def is_records(path: Path) -> bool:
    """Whether a file's name says that it holds records."""
    return path.name.lower().removesuffix(".gz").endswith(SUFFIXES)


def read_lines(path: Path, after: int = 0) -> Iterator[Line]:
    """The lines of a file behind line `after`. A file that breaks off, or is no gzip at all, ends with a line that says so."""
    number = after
    try:
        if path.name.lower().removesuffix(".gz").endswith(".json") and (whole := _whole(path)) is not None:
            items = whole if isinstance(whole, list) else [whole]
            yield from (_line(at, orjson.dumps(item)) for at, item in enumerate(items[after:], after + 1))
            return
        with _open(path) as file:
            for number, content in _numbered(file):
                if number > after and content:
                    yield _line(number, content)
    except (OSError, EOFError, zlib.error) as error:
        yield Line(
            number + 1,
            b"",
            code="damaged_file",
            message=f"{path.name} cannot be read on from line {number + 1}: {error}",
        )


def count_lines(path: Path) -> int | None:
    """How many lines there are, blank ones included; `None` for a file that cannot be read to its end."""
    count, last = 0, b"\n"
    try:
        with _open(path) as file:
            while chunk := file.read(CHUNK):
                count += chunk.count(b"\n")
                last = chunk[-1:]
    except (OSError, EOFError, zlib.error):
        return None
    return count + (last != b"\n")


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if path.name.lower().endswith(".gz") else path.open("rb")


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Line numbers and lines without their ends; `MAX_LINE` + 1 bytes of a line that is longer."""
    number = 0
    while content := file.readline(MAX_LINE + 1):
        number += 1
        if len(content) > MAX_LINE and not content.endswith(b"\n"):
            while (rest := file.readline(CHUNK)) and not rest.endswith(b"\n"):
                continue
        yield number, content.strip()


def _line(number: int, content: bytes) -> Line:
    if len(content) > MAX_LINE:
        return Line(number, b"", code="too_large", message=f"the line is longer than {MAX_LINE:,} bytes")
    try:
        record = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        return Line(number, content, code="bad_json", message=f"the line is not JSON in UTF-8: {error}")
    if not isinstance(record, dict):
        return Line(
            number,
            content,
            code="not_an_object",
            message=f"the line holds a {type(record).__name__}, not an object {{…}}",
        )
    return Line(number, content, record)


def _whole(path: Path) -> Any:
    """The value that a `.json` file is; `None` for one that is too long to be read whole, or that holds a record a line."""
    with _open(path) as file:
        content = file.read(MAX_WHOLE + 1)
    if len(content) > MAX_WHOLE:
        return None
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
