"""Filter by the source that a record was harvested or loaded from."""

from __future__ import annotations

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter

FILTERS = (
    Filter(
        parameter="source",
        field="source",
        facet=True,
        labels={"zh-Hans": "来源", "zh-Hant": "來源", "en": "Source"},
        description="Name of the source, as `gongkai harvest list` prints it.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The name of the source; none for a record made by hand."""
    harvest = record["metadata"].get("harvest") or {}
    name = harvest.get("source") or harvest.get("source_id")
    return {"source": (name,) if isinstance(name, str) and name else ()}
