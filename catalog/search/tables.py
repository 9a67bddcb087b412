"""The package's data files: weights, question words, names. Read once, at first use, and never changed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def json_table(name: str) -> dict[str, Any]:
    """A JSON file of `data/`."""
    loaded: dict[str, Any] = orjson.loads(_data(name))
    return loaded


@cache
def pairs_table(name: str) -> tuple[tuple[str, str], ...]:
    """A two-column TSV file of `data/`; lines that begin with # are comments."""
    lines = _data(name).decode().splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return tuple((left, right) for left, _, right in rows)


@cache
def rows_table(name: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """A TSV file of `data/`: number and columns of each line; empty lines and those that begin with # are left out."""
    lines = enumerate(_data(name).decode().splitlines(), start=1)
    return tuple(
        (number, tuple(line.split("\t"))) for number, line in lines if line.strip() and not line.startswith("#")
    )


def _data(name: str) -> bytes:
    return files("catalog.search").joinpath("data", name).read_bytes()
