"""Input values → the values that the schemas' fields hold, by the field's type (`type_name` of `schemas.shapes`).

A value that cannot be read is not guessed at: it gives `Unreadable`, and the caller keeps the raw text and tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any

import yaml

from catalog.model.dates import parse as parse_date
from catalog.model.docnumber import parse as parse_number
from catalog.model.vocabularies import topic, vocabulary

Shape = Callable[[Any], Any]
"""Reads one input value; `None` for an empty one. Raises `Unreadable`."""


class Unreadable(ValueError):
    """A value that is not what its field holds; `type_name` is that of the field."""

    def __init__(self, type_name: str, expected: str) -> None:
        super().__init__(f"{expected} is expected")
        self.type_name = type_name


_SEPARATORS = re.compile(r"[;；\n\r]+|[,，、]|\s{1,}|\u3000+")
_DIGITS = re.compile(r"\s*[總总]?第?\s*(-?[0-9]{1,15})\s*(?:期|号|號|頁|页|年|條|条|卷)?\s*")


@lru_cache(maxsize=512)
def shape_of(type_name: str) -> Shape:
    """The reader for a type of field; values of a type that is not known here are taken as they are."""
    if type_name.startswith("list of "):
        inner = type_name.removeprefix("list of ")
        return _objects if inner in {"objects", "object"} else partial(_listed, shape_of(inner))
    if type_name.startswith("code of "):
        return partial(_code, type_name.removeprefix("code of "))
    return _BY_TYPE.get(type_name, _same)


def raw_text(value: Any) -> str:
    """A value as the text that a reading keeps: text as it is, lists joined."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return "；".join(raw_text(one) for one in value)
    return "" if value is None else str(value)


def _same(value: Any) -> Any:
    return None if value in ("", [], {}) else value


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        if value is None:
            return None
        raise Unreadable("text", "text")
    return str(value).strip() or None


def _address(value: Any) -> str | None:
    text = _text(value)
    if text is None or text.lower().startswith(("http://", "https://")):
        return text
    raise Unreadable("address", "an address that begins with http:// or https://")


def _date(value: Any) -> str | None:
    text = _text(value)
    if text is None:
        return None
    found = parse_date(text)
    if found is None:
        raise Unreadable("date", "a date")
    return found.text


def _whole(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = _text(value)
    if text is None:
        return None
    found = _DIGITS.fullmatch(text)
    if found is None:
        raise Unreadable("whole number", "a whole number")
    return int(found[1])


def _yes_or_no(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = _text(value)
    if text is None:
        return None
    found = _answers().get(text.lower())
    if found is None:
        raise Unreadable("yes or no", "yes or no")
    return found


def _number(value: Any) -> str | None:
    """The number as printed; the schema makes its parts, from the same cached reading."""
    text = _text(value)
    if text is None:
        return None
    if parse_number(text) is None:
        raise Unreadable("document number", "a document number")
    return text


def _code(name: str, value: Any) -> str | None:
    text = _text(value)
    if text is None:
        return None
    found = _concept(name, text)
    if found is None:
        raise Unreadable(f"code of {name}", f"a word of the vocabulary {name}")
    return found


def _listed(shape: Shape, value: Any) -> list[Any] | None:
    parts = value if isinstance(value, list | tuple) else [value]
    found = [shaped for part in parts if (shaped := shape(part)) is not None]
    return list(dict.fromkeys(found)) or None


def _objects(value: Any) -> list[Any] | None:
    parts = list(value) if isinstance(value, list | tuple) else [value] if value else []
    return parts or None


def split_words(value: Any) -> list[str]:
    """The words of a keyword field, whatever stands between them."""
    return [word for word in _SEPARATORS.split(raw_text(value)) if word]


@lru_cache(maxsize=4096)
def _concept(name: str, text: str) -> str | None:
    if name == "topic":
        category = topic(text)
        return category.concept.id if category else None
    found = vocabulary(name).match(text)
    return found.id if found else None


@cache
def _answers() -> dict[str, bool]:
    words = load("answers")
    return dict.fromkeys(words["yes"], True) | dict.fromkeys(words["no"], False)


def load(name: str) -> Any:
    """A data file of this package."""
    return yaml.safe_load((files("catalog.harvesters") / "data" / f"{name}.yaml").read_text("utf-8"))


_BY_TYPE: dict[str, Shape] = {
    "text": _text,
    "address": _address,
    "date": _date,
    "whole number": _whole,
    "yes or no": _yes_or_no,
    "document number": _number,
}
