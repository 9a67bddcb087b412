"""Filter by topic (主题分类)."""

from __future__ import annotations

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter

FILTERS = (
    Filter(
        parameter="topic",
        field="topic",
        facet=True,
        facet_size=40,
        vocabulary="topic",
        labels={"zh-Hans": "主题分类", "zh-Hant": "主題分類", "en": "Topic"},
        description="Id or name of a State Council topic.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The ids of the record's topics."""
    topics = record["metadata"].get("topic") or ()
    return {"topic": tuple(dict.fromkeys(topic for topic in topics if isinstance(topic, str) and topic))}
