"""Filter by year; also the bars of the histogram."""

from __future__ import annotations

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter
from catalog.search.dates import record_date

FILTERS = (
    Filter(
        parameter="year",
        field="year",
        kind="number",
        facet=True,
        facet_size=400,
        labels={"zh-Hans": "年份", "zh-Hant": "年份", "en": "Year"},
        description="Year of the record's date (date written, else published, else the next one known), four digits.",
    ),
)


def values(record: Record) -> dict[str, tuple[int, ...]]:
    """The year as a number; none for a record without a date."""
    year = record_date(record["metadata"]) // 10_000
    return {"year": (year,) if year else ()}
