"""Filter by disclosure attribute (公开属性)."""

from __future__ import annotations

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter

FILTERS = (
    Filter(
        parameter="disclosure",
        field="disclosure",
        facet=True,
        vocabulary="disclosure",
        labels={"zh-Hans": "公开属性", "zh-Hant": "公開屬性", "en": "Disclosure"},
        description="Disclosure attribute: `active`, `on_request` or `unknown`. Withheld records are never found.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The record's disclosure attribute."""
    return {"disclosure": (record["disclosure"],)}
