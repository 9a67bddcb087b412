"""Record types as data: which fields, of what kind, called what. For documentation, pages and forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.plugins.interfaces import IDatasetForm
from catalog.schemas.common import Common
from catalog.schemas.labels import label

LANGS = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field: `mandatory` is "yes" (refused without), "expected" (a warning without) or ""; labels by language."""

    name: str
    type: str
    mandatory: str
    labels: Mapping[str, str]


def describe(form: IDatasetForm) -> list[FieldDescription]:
    """The fields of a record type, in the order of its schema."""
    schema = form.schema()
    expected = schema.expected if isinstance(schema, Common) else ()
    return [
        FieldDescription(
            field.data_key or name,
            getattr(field, "type_name", "object"),
            "yes" if field.required else "expected" if name in expected else "",
            {lang: label(field.data_key or name, lang) for lang in LANGS},
        )
        for name, field in schema.fields.items()
    ]
