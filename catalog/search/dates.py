"""Dates as the index keeps them: whole numbers yyyymmdd, with zeros for the parts that a partial date does not tell."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from catalog.model.listing import ORDER, number, record_date

__all__ = ["ORDER", "bound", "number", "record_date", "today"]

_PLACE = ZoneInfo("Asia/Shanghai")
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


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
