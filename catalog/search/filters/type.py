"""Filter by record type."""

from __future__ import annotations

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter

FILTERS = (
    Filter(
        parameter="type",
        field="type",
        facet=True,
        vocabulary="record_type",
        labels={"zh-Hans": "类型", "zh-Hant": "類型", "en": "Type"},
        description="Record type, such as `regulation`, `normative_document` or `dataset`.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The record's type."""
    return {"type": (record["type"],)}
