"""The disclosure rule (公开属性) and the one guard that decides what of a record the public sees.

Invariant: `public_view` copies what is named here as public and nothing else. A field that nobody has declared public is not shown,
so a new field, a nested value or an extension's own data cannot leak by being forgotten. Source of the rule: 政府信息公开条例 (2019)
art. 13 to 16 and 36; every door, feed, dump, index and facet takes its records from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal, cast

from catalog.model.leftedge import load
from catalog.model.record import Record
from catalog.model.vocabularies import vocabulary

Visibility = Literal["full", "header", "none"]

HEADER_FIELDS: frozenset[str] = frozenset(
    {
        "title",
        "issuing_body",
        "doc_number",
        "order_number",
        "index_number",
        "date_written",
        "date_adopted",
        "date_promulgated",
        "date_printed",
        "date_published",
        "date_effective",
        "date_expires",
        "disclosure",
        "disclosure_reason",
        "disclosure_basis",
        "external_id",
    }
)
"""The metadata that a record disclosed on request shows, beside its id, name, type, title, organisation and dates of the record itself."""

_RECORD_KEYS = (
    "id",
    "name",
    "type",
    "title",
    "organization_id",
    "state",
    "disclosure",
    "version",
    "created_at",
    "updated_at",
)
_NUMBER_KEYS = ("raw", "canonical", "code", "year", "serial", "kind")
_LONGEST_HEADER_VALUE = 2000
"""Characters. A header value that is longer is not a header value, and is left out."""


def rule(disclosure: str | None, reason: str | None, basis: str | None) -> list[str]:
    """The faults of a disclosure statement as codes, empty if it stands: `disclosure_missing`, `disclosure_unknown_value`,
    `reason_missing`, `basis_missing`, `basis_unknown_value`, `basis_does_not_fit`.
    """
    if not disclosure:
        return ["disclosure_missing"]
    if disclosure not in vocabulary("disclosure"):
        return ["disclosure_unknown_value"]
    if disclosure not in {"on_request", "withheld"}:
        return []
    faults = [] if (reason or "").strip() else ["reason_missing"]
    concept = vocabulary("legal_basis").concepts.get(basis or "")
    if not basis:
        faults.append("basis_missing")
    elif concept is None:
        faults.append("basis_unknown_value")
    elif disclosure not in concept.extra["applies_to"]:
        faults.append("basis_does_not_fit")
    return faults


def visibility(record: Mapping[str, Any]) -> Visibility:
    """How much of a record the public sees. Only published ones are seen; an unknown state or disclosure shows nothing."""
    if record.get("state") != "published":
        return "none"
    shown: dict[str, Visibility] = {"active": "full", "unknown": "full", "on_request": "header"}
    return shown.get(str(record.get("disclosure")), "none")


def public_view(record: Record, *, also: Collection[str] = ()) -> Record | None:
    """The record as the public sees it: `None` if not at all, else a copy of what is declared public.

    `also` names metadata fields that the form of an extension's record type declares public; for a record disclosed on request
    they count for nothing.
    """
    seen = visibility(record)
    if seen == "none":
        return None
    view: dict[str, Any] = {key: record[key] for key in _RECORD_KEYS if key in record}  # type: ignore[literal-required]
    if seen == "header":
        view["metadata"] = _header(record["metadata"])
        view["readings"] = _header_readings(view["metadata"], record["readings"])
        view |= {"text_hash": None, "content_hash": ""}
    else:
        public = public_fields() | frozenset(also)
        view["metadata"] = {name: _inner(name, value) for name, value in record["metadata"].items() if name in public}
        view["readings"] = {name: reading for name, reading in record["readings"].items() if name in public}
        view |= {"text_hash": record["text_hash"], "content_hash": record["content_hash"]}
    return cast("Record", view)


@cache
def public_fields() -> frozenset[str]:
    """The metadata fields of the core's record types that a fully public record shows (`data/public_fields.yaml`)."""
    return frozenset(name for names in load("public_fields")["fields"].values() for name in names)


@cache
def _public_parts() -> dict[str, frozenset[str]]:
    return {name: frozenset(parts) for name, parts in load("public_fields")["parts"].items()}


def _inner(name: str, value: Any) -> Any:
    """Of a structured value, the parts that are declared public; other values as they are."""
    parts = _public_parts().get(name)
    if parts is None:
        return value
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key in parts}
    if isinstance(value, list):
        return [
            {key: part for key, part in one.items() if key in parts} if isinstance(one, dict) else one for one in value
        ]
    return value


def _header_readings(shown: Mapping[str, Any], readings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The readings of the header fields that are shown, where what was read is as short as a header."""
    kept: dict[str, dict[str, Any]] = {}
    for name in shown.keys() & readings.keys():
        reading = readings[name]
        if len(str(reading.get("raw", ""))) <= _LONGEST_HEADER_VALUE:
            kept[name] = {key: reading[key] for key in ("raw", "where", "confidence") if key in reading}
    return kept


def _header(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The header fields whose values have the shape of a header: short text, a list of it, or a document number."""
    header: dict[str, Any] = {}
    for name in sorted(HEADER_FIELDS & metadata.keys()):
        value = metadata[name]
        if name == "doc_number" and isinstance(value, dict):
            header[name] = {
                key: value[key] for key in _NUMBER_KEYS if isinstance(value.get(key), str | int | None) and key in value
            }
        elif isinstance(value, str) and len(value) <= _LONGEST_HEADER_VALUE:
            header[name] = value
        elif isinstance(value, list) and all(
            isinstance(one, str) and len(one) <= _LONGEST_HEADER_VALUE for one in value
        ):
            header[name] = list(value)
    return header
