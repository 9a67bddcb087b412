"""One field of a map: where its value stands in the input, and the steps from there to what the catalogue's field holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import Fault, InvalidInput
from catalog.extract.gazette import corrections
from catalog.extract.gazette.english import english_date
from catalog.harvesters.naming import unknown
from catalog.harvesters.paths import EMPTY, Get, getter, template
from catalog.harvesters.shapes import Shape, raw_text, shape_of, split_words
from catalog.model.docnumber import parse_joint
from catalog.model.organisations import issuers_from_title, split_joint
from catalog.model.titles import kind_of, short_title

Step = Callable[[Any], Any]

DIRECTIVES = frozenset({"from", "format", "table", "default", "take", "split", "pattern", "as", "not", "for"})
TAKES: Mapping[str, Step] = {
    "issuers": lambda value: list(issuers_from_title(raw_text(value))),
    "bodies": lambda value: list(split_joint(raw_text(value))),
    "kind": lambda value: kind_of(raw_text(value)),
    "short_title": lambda value: short_title(raw_text(value)),
    "words": split_words,
    "keys": lambda value: list(value) if isinstance(value, Mapping | list) else [],
    "values": lambda value: list(value.values()) if isinstance(value, Mapping) else [],
    "number": lambda value: next((one.raw for one in parse_joint(raw_text(value))), raw_text(value)),
    "joint_numbers": lambda value: [one.canonical for one in parse_joint(raw_text(value))][1:],
    "corrected": lambda value: _corrected(raw_text(value)),
    "english_date": lambda value: english_date(raw_text(value)) or raw_text(value),
}
"""What can be taken out of a value: the issuers that a title names, the bodies of a joint name, the document kind and the short form of a
title, the words of a keyword field, the names or the values of an object, the first and the other numbers of a joint act, what the title of a
correction (更正, 勘误) corrects, a date in English."""
EXACT, TABLED, TAKEN = 1.0, 0.95, 0.8
"""How sure a value is that was given, looked up in the map's own table, or taken out of another one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One field: how its value is found, read and explained. `types` limits it to some record types (none: all)."""

    field: str
    find: Get
    shape: Shape
    confidence: float
    types: frozenset[str]


def rule(name: str, spec: Any, known: Mapping[str, str], types: Sequence[str]) -> Rule:
    """Compile the rule of one field. Raises `InvalidInput` that names what cannot be meant."""
    where = f"fields.{name}"
    if name not in known:
        raise wrong(where, unknown("field", name, known))
    if isinstance(spec, str | list):
        spec = {"from": spec}
    if not isinstance(spec, Mapping):
        raise wrong(where, "a path, a list of paths, or a mapping with `from` is expected")
    check_names(where, spec, DIRECTIVES)
    only = spec.get("for", [])
    only = [only] if isinstance(only, str) else only
    for record_type in only:
        if record_type not in types:
            raise wrong(f"{where}.for", unknown("record type", record_type, types))
    confidence = TAKEN if "take" in spec else TABLED if "table" in spec else EXACT
    return Rule(name, finder(where, spec), shape_of(known[name]), confidence, frozenset(only))


def _corrected(title: str) -> str | None:
    """The number, else the title, of the document that a title says it corrects; `None` for titles that correct nothing."""
    found = corrections.targets(title) if corrections.is_correction(title) else []
    return (found[0].number or found[0].title) if found else None


def finder(where: str, spec: Mapping[str, Any]) -> Get:
    """The steps of one field: from or format → not → pattern (as) → split → take → table → default."""
    if ("from" in spec) == ("format" in spec):
        raise wrong(where, "exactly one of `from` and `format` is expected")
    find = template(spec["format"]) if "format" in spec else getter(spec["from"])
    steps = [make(where, spec) for name, make in _STEPS if name in spec]
    default = spec.get("default")
    if not steps and default is None:
        return find

    def run(row: Mapping[str, Any]) -> Any:
        value = find(row)
        for step in steps:
            if value in EMPTY:
                break
            value = step(value)
        return default if value in EMPTY else value

    return run


def _not(where: str, spec: Mapping[str, Any]) -> Step:
    pattern = _compiled(where, "not", spec)
    return lambda value: None if pattern.search(raw_text(value)) else value


def _pattern(where: str, spec: Mapping[str, Any]) -> Step:
    pattern, form = _compiled(where, "pattern", spec), str(spec.get("as", r"\1"))

    def match(value: Any) -> str | None:
        found = pattern.search(raw_text(value))
        return found.expand(form) if found else None

    return match


def _split(where: str, spec: Mapping[str, Any]) -> Step:
    pattern = _compiled(where, "split", spec)
    return lambda value: [part for part in pattern.split(raw_text(value)) if part.strip()]


def _take(where: str, spec: Mapping[str, Any]) -> Step:
    if spec["take"] not in TAKES:
        raise wrong(f"{where}.take", unknown("reader", str(spec["take"]), TAKES))
    return TAKES[spec["take"]]


def _table(where: str, spec: Mapping[str, Any]) -> Step:
    if not isinstance(spec["table"], Mapping):
        raise wrong(f"{where}.table", "a mapping of input value to catalogue value is expected")
    words = {str(key): value for key, value in spec["table"].items()}
    default = spec.get("default")

    def one(value: Any) -> Any:
        return words.get(str(value), value if default is None else default)

    return lambda value: [one(part) for part in value] if isinstance(value, list) else one(value)


_STEPS = (("not", _not), ("pattern", _pattern), ("split", _split), ("take", _take), ("table", _table))


def check_names(where: str, data: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raise `InvalidInput` for a directive that is not known."""
    for name in data:
        if name not in known:
            raise wrong(f"{where}.{name}", unknown("directive", str(name), known))


def wrong(where: str, message: str) -> InvalidInput:
    """The error for a place in a map."""
    return InvalidInput(f"{where}: {message}", [Fault(where, f"{where}: {message}")])


def _compiled(where: str, name: str, spec: Mapping[str, Any]) -> re.Pattern[str]:
    try:
        return re.compile(str(spec[name]))
    except re.error as error:
        raise wrong(f"{where}.{name}", f"{spec[name]!r} is not a regular expression: {error}") from error
