"""The shape of a record in answers, one for each record type that is registered, made from the schema that validates its fields.

What the answer says otherwise than the stored fields (numbers as text with their parts beside, bodies with their line, validity with
its reason) stands in `COMPUTED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields

from catalog.plugins.interfaces import IDatasetForm
from catalog.schemas import labels
from catalog.schemas.shapes import Address, Code, Date, Digest, Number, Text, Whole, YesNo, concept_ids

Json = dict[str, Any]

NAME = "Record"
REFERENCE: Json = {"$ref": f"#/components/schemas/{NAME}"}
TEXT: Json = {"type": "string"}
ANY: Json = {}


def _object(properties: Mapping[str, Json], *optional: str) -> Json:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
    }


def _nullable(kind: Json) -> Json:
    return {"anyOf": [kind, {"type": "null"}]}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


BY_LANGUAGE: Json = {
    "type": "object",
    "additionalProperties": TEXT,
    "description": "By language: zh-Hans, zh-Hant, en.",
}
MAYBE_TEXT: Json = {"type": ["string", "null"]}
DATE: Json = {
    "type": "string",
    "description": "ISO 8601, as precise as known: 2015, 2015-07, 2015-07-14.",
    "examples": ["2015-07-14"],
}
DIGEST: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

ENVELOPE: Mapping[str, Json] = {
    "id": TEXT | {"description": "UUID of the record; never reused."},
    "name": TEXT | {"description": "Name in addresses."},
    "type": TEXT,
    "title": TEXT,
    "state": TEXT,
    "disclosure": TEXT,
    "version": {"type": "integer", "minimum": 1},
    "created_at": TEXT | {"format": "date-time"},
    "updated_at": TEXT | {"format": "date-time"},
    "validity": _object(
        {
            "status": TEXT | {"description": "On the day `on`; `unknown` never means: not in force."},
            "on": TEXT | {"format": "date"},
            "because": _nullable({"type": "object", "description": "The event that caused it."}),
            "sentence": BY_LANGUAGE,
            "label": BY_LANGUAGE,
        }
    ),
    "readings": {
        "type": "object",
        "description": "For each parsed field: the text as printed, the place, and how sure the reader was.",
        "additionalProperties": _object(
            {"raw": TEXT, "where": TEXT, "confidence": {"type": "number", "minimum": 0, "maximum": 1}}
        ),
    },
    "organization": _nullable(_object({"id": TEXT, "name": TEXT, "title": TEXT})),
    "files": _list(
        _object(
            {
                "sha256": DIGEST,
                "name": TEXT,
                "media_type": TEXT,
                "size": {"type": "integer"},
                "role": TEXT,
                "source_url": MAYBE_TEXT,
                "url": TEXT | {"description": "Where to download it."},
            }
        )
    ),
    "provenance": _list(
        _object(
            {
                "source": TEXT,
                "external_id": MAYBE_TEXT,
                "url": MAYBE_TEXT,
                "ref": TEXT | {"description": "The page, file or line that it was read from."},
                "sha256_raw": TEXT,
                "fetched_at": TEXT,
                "parser_version": TEXT,
            }
        )
    ),
    "versions": _list(
        _object(
            {
                "id": TEXT,
                "name": TEXT,
                "title": TEXT,
                "start": _nullable(DATE) | {"description": "From when its text is the text of the work."},
                "current": {"type": "boolean", "description": "Whether its text holds on the day of `validity.on`."},
                "this": {"type": "boolean"},
            }
        )
    )
    | {
        "description": "The versions of the record's work, this one among them, the newest first; empty where it is the only one."
    },
    "lists": _nullable(
        _object(
            {
                "items": {"type": "integer"},
                "resolved": {"type": "integer"},
                "by_relation": {"type": "object", "additionalProperties": {"type": "object"}},
            }
        )
        | {"description": "Of a clean-up: how many documents its lists name, and how many of them are records here."}
    ),
    "relation_counts": _object({"outgoing": {"type": "integer"}, "incoming": {"type": "integer"}}),
    "has_text": {"type": "boolean"},
}
"""What every record has besides its fields."""

COMPUTED: Mapping[str, Json] = {
    "doc_number": TEXT | {"description": "发文字号 in its canonical form."},
    "doc_number_parts": _object(
        {
            "raw": TEXT,
            "canonical": TEXT,
            "code": TEXT,
            "year": {"type": ["integer", "null"]},
            "serial": TEXT,
            "kind": TEXT,
        }
    ),
    "issuing_body": _object({"name": TEXT, "bodies": _list(TEXT)}),
}
"""Fields that the answer shows in another form than they are stored."""

KINDS: tuple[tuple[type[fields.Field[Any]], Callable[[Any], Json]], ...] = (
    (Code, lambda field: TEXT | {"enum": sorted(concept_ids(field.vocabulary))}),
    (Address, lambda _: TEXT | {"format": "uri"}),
    (Text, lambda _: TEXT),
    (Date, lambda _: DATE),
    (Whole, lambda _: {"type": "integer"}),
    (YesNo, lambda _: {"type": "boolean"}),
    (Digest, lambda _: DIGEST),
    (Number, lambda _: COMPUTED["doc_number_parts"]),
    (fields.List, lambda field: _list(_kind(field.inner))),
    (fields.Nested, lambda field: _part(field.schema)),
    (fields.Boolean, lambda _: {"type": "boolean"}),
    (fields.Integer, lambda _: {"type": "integer"}),
    (fields.Number, lambda _: {"type": "number"}),
    (fields.String, lambda _: TEXT),
    (fields.Mapping, lambda _: {"type": "object"}),
)
"""JSON Schema by kind of field, the first that fits; what an extension adds beyond these may be anything."""


def add(document: Json, forms: Iterable[IDatasetForm]) -> Json:
    """The OpenAPI document with a shape for each record type, and `Record`, which is one of them by its `type`."""
    shapes = {f"{_camel(form.record_type)}{NAME}": _record(form) for form in forms}
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components.update(dict(sorted(shapes.items())))
    references = {name: f"#/components/schemas/{name}" for name in shapes}
    components[NAME] = {
        "description": "A record; its fields depend on its type.",
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {
            "propertyName": "type",
            "mapping": {shape["properties"]["type"]["const"]: references[name] for name, shape in shapes.items()},
        },
    }
    document["paths"] = dict(sorted(document["paths"].items()))
    return document


def _record(form: IDatasetForm) -> Json:
    schema = form.schema()
    own = {
        field.data_key or name: _named(field.data_key or name, _kind(field)) for name, field in schema.fields.items()
    }
    if "doc_number" in own:
        own["doc_number_parts"] = COMPUTED["doc_number_parts"]
    own |= {name: _named(name, COMPUTED[name]) for name in own.keys() & COMPUTED.keys()}
    always = dict(ENVELOPE) | {"type": TEXT | {"const": form.record_type}}
    return {
        "description": form.labels.get("en", form.record_type),
        "type": "object",
        "properties": own | always,
        "required": list(always),
        "additionalProperties": False,
    }


def _kind(field: fields.Field[Any]) -> Json:
    for kind, describe in KINDS:
        if isinstance(field, kind):
            found = describe(field)
            return _nullable(found) if field.allow_none else found
    return dict(ANY)


def _part(schema: Schema) -> Json:
    shape = _object({field.data_key or name: _kind(field) for name, field in schema.fields.items()})
    return shape | {"required": [name for name, field in schema.fields.items() if field.required]}


def _named(name: str, kind: Json) -> Json:
    titles = [title for title in (labels.label(name, "en"), labels.label(name, "zh-Hans")) if title]
    return kind | {"title": " / ".join(titles)} if titles else kind


def _camel(record_type: str) -> str:
    return "".join(part.title() for part in record_type.split("_"))
