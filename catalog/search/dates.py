"""Dates as the index keeps them: whole numbers yyyymmdd, with zeros for the parts that a partial date does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

ORDER = (
    "date_written",
    "date_published",
    "date_promulgated",
    "date_adopted",
    "date_effective",
    "date_printed",
    "issued",
    "date",
    "modified",
)
"""Which of a record's dates stands for it in the order, the year and the period: the first that it has."""

_PLACE = ZoneInfo("Asia/Shanghai")
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def record_date(metadata: Mapping[str, Any]) -> int:
    """The date that stands for a record: 20150714, 20150700, 20150000, or 0 when it has none."""
    return next((found for name in ORDER if (found := number(metadata.get(name)))), 0)


def number(text: Any) -> int:
    """An ISO date (2015, 2015-07, 2015-07-14, with or without a time) as a number; 0 for anything else."""
    match = _ISO.match(text) if isinstance(text, str) else None
    if match is None:
        return 0
    year, month, day = (int(part or 0) for part in match.groups())
    return year * 10_000 + month * 100 + day if month <= 12 and day <= 31 else 0


def bound(text: str, edge: str) -> int | None:
    """A period's first ("from") or last ("to") number for a date as typed; `None` when it is not a date.

    The first day of a year or month counts the records that tell only the year or the month in, as does the last day.
    """
    if _ISO.fullmatch(text) is None or not (value := number(text)):
        return None
    year, month, day = value // 10_000, value // 100 % 100, value % 100
    if edge == "to":
        return year * 10_000 + (month or 99) * 100 + (day or 99)
    if day == 1:
        day = 0
    if month == 1 and day == 0:
        month = 0
    return year * 10_000 + month * 100 + day


def today() -> date:
    """The day for which validity is indexed: laws take effect by the calendar of the place that they hold in."""
    return datetime.now(_PLACE).date()
