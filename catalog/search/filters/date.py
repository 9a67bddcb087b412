"""Filter by period."""

from __future__ import annotations

from catalog.model.record import Record
from catalog.plugins.interfaces import Filter
from catalog.search.dates import record_date

_TELLS = (
    "as 2015, 2015-07 or 2015-07-14. Records that tell only the year or month count from its first day to its last."
)

FILTERS = (
    Filter(
        parameter="date_from",
        field="date",
        kind="date_range",
        edge="from",
        labels={"zh-Hans": "起始日期", "zh-Hant": "起始日期", "en": "From"},
        description=f"First date of the period, {_TELLS}",
    ),
    Filter(
        parameter="date_to",
        field="date",
        kind="date_range",
        edge="to",
        labels={"zh-Hans": "截止日期", "zh-Hant": "截止日期", "en": "To"},
        description=f"Last date of the period, {_TELLS}",
    ),
)


def values(record: Record) -> dict[str, tuple[int, ...]]:
    """The record's date as yyyymmdd; none for a record without a date."""
    date = record_date(record["metadata"])
    return {"date": (date,) if date else ()}
