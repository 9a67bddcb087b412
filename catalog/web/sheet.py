"""The field table of a record page: labels and kinds of value from the type's schema, places from `data/sheet.yaml`.

So a record type that an extension brings has a table too, with the labels that its fields carry (`metadata={"labels": …}`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from marshmallow import fields

from catalog.schemas import labels as schema_labels
from catalog.schemas.shapes import Code, Date, ListOf, YesNo
from catalog.web import labels
from catalog.web.asking import catalogue
from catalog.web.formats import day
from catalog.web.languages import current
from catalog.web.texts import gettext

Field = fields.Field[Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a record as the page shows it; `values` is empty where the record does not state it."""

    field: str
    label: str
    values: tuple[str, ...]


def header(record: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The cells of the header table, empty ones included: what a source does not state is seen to be missing."""
    known = _fields(record)
    return tuple(_cell(name, known[name], record) for name in _header_of(record["type"]) if name in known)


def more(record: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The other fields that the record states."""
    placed = {*_header_of(record["type"]), *_places()["elsewhere"]}
    cells = (_cell(name, field, record) for name, field in _fields(record).items() if name not in placed)
    return tuple(cell for cell in cells if cell.values)


def speaks_of_validity(record: Mapping[str, Any]) -> bool:
    """Whether the page of a record has a word on its validity: always for what can be in force, else when something is known."""
    return record["type"] in _places()["valid"] or record["validity"]["status"] != "unknown"


def misses_text(record: Mapping[str, Any]) -> bool:
    """Whether a reader would look for a text that is not there."""
    return not record["has_text"] and record["type"] not in _places()["textless"]


def label(name: str, field: Field | None = None) -> str:
    """The label of a field in the language of the page; the field's own name where nobody gave it one."""
    given = (field.metadata.get("labels") if field is not None else None) or {}
    own = {
        "name": gettext("Name in the address"), "type": gettext("Type"), "state": gettext("State"), "state_reason": gettext("Reason"),
        "organization_id": gettext("Responsible body"), "text": gettext("Text"), "text_hash": gettext("Text"), "files": gettext("Files"),
    }  # fmt: skip
    return schema_labels.label(name, current().labels) or own.get(name) or labels.chosen(given, name)


@cache
def _places() -> Mapping[str, Any]:
    text = files("catalog.web").joinpath("data/sheet.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def _header_of(record_type: str) -> Sequence[str]:
    headers: Mapping[str, Sequence[str]] = _places()["header"]
    return headers.get(record_type, headers["document"])


def _fields(record: Mapping[str, Any]) -> Mapping[str, Field]:
    """The fields of the record's type by their names in JSON."""
    form = catalogue().plugins.record_types.get(record["type"])
    return {field.data_key or name: field for name, field in form.schema().fields.items()} if form is not None else {}


def _cell(name: str, field: Field, record: Mapping[str, Any]) -> Cell:
    value = record.get(name)
    texts = () if value in (None, "", [], {}) else tuple(text for text in _shown(field, value) if text)
    return Cell(name, label(name, field), texts)


def _shown(field: Field, value: Any) -> Iterator[str]:
    """The texts that a value is shown as."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        inner = field.inner if isinstance(field, ListOf | fields.List) else field
        for part in value:
            yield from _shown(inner, part)
    elif isinstance(value, Mapping):
        yield from (
            value["bodies"]
            if "bodies" in value
            else ["; ".join(str(part) for part in value.values() if part not in (None, "", [], {}))]
        )
    elif isinstance(field, Code):
        yield labels.concept(field.vocabulary, str(value))
    elif isinstance(field, YesNo) or isinstance(value, bool):
        yield gettext("Yes") if value else gettext("No")
    elif isinstance(field, Date):
        yield day(value)
    else:
        yield str(value)
