"""Filter by the level of the body that issued a record; also a signal of ranking (`data/ranking.json`)."""

from __future__ import annotations

from catalog.model.listing import bodies
from catalog.model.organisations import level_of
from catalog.model.record import Record
from catalog.plugins.interfaces import Filter

FILTERS = (
    Filter(
        parameter="level",
        field="level",
        vocabulary="level",
        labels={"zh-Hans": "层级", "zh-Hant": "層級", "en": "Level of government"},
        description="Level of the first issuing body: as the record tells it, else by the body's name where that tells it.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The level of the lead issuer; none where it is not known."""
    metadata = record["metadata"]
    level = metadata.get("level")
    if not isinstance(level, str) or not level:
        level = next((found for body in bodies(metadata)[:1] if (found := level_of(body))), None)
    return {"level": (level,) if level else ()}
