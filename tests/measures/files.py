"""Reading the files of the folder of real data."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, `.gz`, in its order."""
    with gzip.open(path) as lines:
        yield from map(orjson.loads, lines)
