"""Where a value stands in an input record: `title`, `法規網址`, `lang_to_source_url.en`, `附件.0.下載網址`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Get = Callable[[Mapping[str, Any]], Any]
"""Takes a value out of a record; `None` where there is none."""

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Values that say nothing."""

_PLACE = re.compile(r"\{([^{}]+)\}")


def getter(path: str | list[str]) -> Get:
    """The value at a path, or at the first of several paths that has one. A name with a dot in it is found whole, too."""
    if isinstance(path, str):
        return _single(path)
    singles = [_single(one) for one in path]

    def first(row: Mapping[str, Any]) -> Any:
        for get in singles:
            value = get(row)
            if value not in EMPTY:
                return value
        return None

    return first


def template(text: str) -> Get:
    """A text with values put in: `行政院公報 {issue}`. `None` where one of them is missing."""
    parts = _PLACE.split(text)
    plain, gets = parts[::2], [_single(path) for path in parts[1::2]]

    def fill(row: Mapping[str, Any]) -> str | None:
        filled = [plain[0]]
        for get, after in zip(gets, plain[1:], strict=True):
            value = get(row)
            if value in EMPTY:
                return None
            filled += [str(value), after]
        return "".join(filled)

    return fill


def _single(path: str) -> Get:
    if "." not in path:
        return lambda row: row.get(path)
    steps = path.split(".")

    def walk(row: Mapping[str, Any]) -> Any:
        if path in row:
            return row[path]
        value: Any = row
        for step in steps:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return value

    return walk
