"""MAP files: which field of an input record is which field of the catalogue, as data that a person can write in ten lines.

    type: normative_document            the record type, or {from, table, default}
    key: url                            what tells records of the source apart: a path, or several, joined by /
    fields:
      title: title                      catalogue field: path of the input
      doc_number: doc_number_raw
      publisher: {from: source, table: {State Council: 国务院}}
      issuing_body: {from: title, take: issuers}
    constants: {disclosure: unknown}
    relations: {published_in: issue}    relation: path of the other document's title
    text: body                          the document itself: `text`, `html`, `markdown` or `articles`
    history: {from: note, manner: roc}  lines that tell its history

Directives, record types and fields that are not known fail at once, with the nearest known one. A value that cannot be read is left
out, told as a warning and flagged; its raw text stays in the warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from catalog.extract.mapped import citations_of
from catalog.harvesters.bodies import Body, body_reader
from catalog.harvesters.naming import unknown
from catalog.harvesters.paths import Get, getter
from catalog.harvesters.rules import DIRECTIVES, check_names, finder, rule, wrong
from catalog.harvesters.shapes import Unreadable, raw_text, shape_of
from catalog.model.docnumber import parse as parse_number
from catalog.model.draft import Citation, Draft, Problem, Reading
from catalog.model.relations import relation_types
from catalog.plugins.harvesting import FieldTypes

BODIES = ("text", "html", "markdown", "articles")
TOP = frozenset({"type", "key", "external_id", "fields", "constants", "relations", "events", "history", *BODIES})
FLAGS = {"document number": "damaged_number", "date": "damaged_date", "code": "unmapped_value"}
"""The flag (vocabulary `quality_flag`) of a value that cannot be read, by the type of its field."""


class Map:
    """A compiled map. Raises `InvalidInput` when it is made of something that cannot be meant."""

    def __init__(self, data: Mapping[str, Any], field_types: FieldTypes, *, record_type: str | None = None) -> None:
        check_names("map", data, TOP)
        self._type = _type_of(data, record_type)
        types = sorted(_types(data, record_type))
        known = _known_fields(types, field_types)
        self._constants = _constants(data, known)
        self._rules = [rule(name, spec, known, types) for name, spec in _mapping(data, "fields").items()]
        self._relations = _relations(data)
        self._key = _key(data.get("key"))
        self._external_id = getter(data["external_id"]) if "external_id" in data else None
        self._is_read = "html" in data or "markdown" in data
        if sum(kind in data for kind in BODIES) > 1:
            raise wrong("map", f"says more than one of {', '.join(BODIES)}; a record has one body")
        self._bodies: list[Body] = [
            body_reader(kind, data[kind]) for kind in (*BODIES, "events", "history") if kind in data
        ]

    def key(self, row: Mapping[str, Any]) -> str | None:
        """The record's key in its source; `None` where the map names none, or the record has none."""
        return self._key(row)

    def external_id(self, row: Mapping[str, Any]) -> str | None:
        """The record's id at its source, as the map says; else `None`."""
        value = self._external_id(row) if self._external_id else None
        return None if value in (None, "") else str(value)

    def draft(self, row: Mapping[str, Any], extract: Callable[..., Draft]) -> Draft:
        """The record as a draft. `extract` reads a body that is HTML or Markdown; what the map says goes before what is read there."""
        record_type = self._type(row)
        draft = Draft(record_type)
        for body in self._bodies:
            body(draft, row, extract)
        draft.record_type = record_type
        for name, value, reading in self._constants:
            draft.fields[name] = value
            draft.readings[name] = reading
        draft.citations += tuple(self._related(row))
        for one in self._rules:
            if one.types and record_type not in one.types:
                continue
            found = one.find(row)
            if found is None:
                continue
            try:
                value = one.shape(found)
            except Unreadable as error:
                _tell(draft, one.field, found, error)
                continue
            if value is not None:
                draft.fields[one.field] = _with_former_names(draft, one.field, value)
                draft.readings[one.field] = Reading(raw_text(found), "map", one.confidence)
        if not self._is_read:
            draft.citations += citations_of(draft)
        return draft

    def _related(self, row: Mapping[str, Any]) -> Iterator[Citation]:
        """The documents that the record names in fields of their own, by number or by title."""
        for relation, find in self._relations:
            if title := raw_text(find(row)):
                number = parse_number(title)
                yield Citation(relation, title, number.canonical if number else None, None if number else title)


def _with_former_names(draft: Draft, name: str, value: Any) -> Any:
    """Other titles that the map gives, and those that the history told; any other value as it is."""
    held = draft.fields.get(name) if name == "alt_titles" else None
    return [*value, *(one for one in held if one not in value)] if held else value


def _tell(draft: Draft, name: str, value: Any, error: Unreadable) -> None:
    raw = raw_text(value)
    draft.flags += tuple(flag for kind, flag in FLAGS.items() if error.type_name.startswith(kind))
    draft.problems += (
        Problem("warning", "unreadable", f"{name}: {error}, and {raw[:200]!r} is none; it was left out", name),
    )


def _constants(data: Mapping[str, Any], known: Mapping[str, str]) -> list[tuple[str, Any, Reading]]:
    found = []
    for name, value in _mapping(data, "constants").items():
        if name not in known:
            raise wrong(f"constants.{name}", unknown("field", name, known))
        try:
            shaped = shape_of(known[name])(value)
        except Unreadable as error:
            raise wrong(f"constants.{name}", f"{error}, and {value!r} is none") from error
        found.append((name, shaped, Reading(raw_text(value), "source")))
    return found


def _relations(data: Mapping[str, Any]) -> list[tuple[str, Get]]:
    found = []
    for name, spec in _mapping(data, "relations").items():
        if name not in relation_types():
            raise wrong(f"relations.{name}", unknown("relation", name, relation_types()))
        given = spec if isinstance(spec, Mapping) else {"from": spec}
        check_names(f"relations.{name}", given, DIRECTIVES)
        found.append((name, finder(f"relations.{name}", given)))
    return found


def _key(path: Any) -> Callable[[Mapping[str, Any]], str | None]:
    if path is None:
        return lambda _row: None
    gets: list[Get] = [getter(one) for one in ([path] if isinstance(path, str) else path)]

    def join(row: Mapping[str, Any]) -> str | None:
        values = [get(row) for get in gets]
        return None if any(value in (None, "") for value in values) else "/".join(str(value) for value in values)

    return join


def _type_of(data: Mapping[str, Any], record_type: str | None) -> Callable[[Mapping[str, Any]], str]:
    spec = data.get("type", record_type)
    if isinstance(spec, str):
        return lambda _row: spec
    if not isinstance(spec, Mapping):
        raise wrong("type", "a record type is expected, here or with --type")
    check_names("type", spec, DIRECTIVES)
    find = finder("type", spec)
    return lambda row: str(find(row) or "")


def _types(data: Mapping[str, Any], record_type: str | None) -> set[str]:
    spec = data.get("type", record_type)
    if not isinstance(spec, Mapping):
        return {str(spec)}
    return {str(value) for value in (*_mapping(spec, "table").values(), spec.get("default")) if value}


def _known_fields(types: Sequence[str], field_types: FieldTypes) -> dict[str, str]:
    known: dict[str, str] = {}
    for record_type in types:
        fields = field_types(record_type)
        if fields is None:
            raise wrong("type", f"no plugin offers the record type {record_type}; `gongkai plugins` lists them")
        known |= fields
    return known


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name) or {}
    if not isinstance(value, Mapping):
        raise wrong(name, "a mapping is expected")
    return value
