"""Where a record stands in lists: the day that stands for it, and the bodies under whose names it is found.

The index and the store both list records, so both take the two from here. What the public may not see of a record decides neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.model.disclosure import HEADER_FIELDS, public_fields, visibility
from catalog.model.record import Record

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

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Listing:
    """The day as a whole number yyyymmdd, with zeros for the parts that a partial date does not tell, 0 without one; the bodies, lead first."""

    date: int
    bodies: tuple[str, ...]


def listing(record: Record) -> Listing | None:
    """Where the public finds the record in lists; `None` where it may not know of it."""
    seen = visibility(record)
    if seen == "none":
        return None
    shown = HEADER_FIELDS if seen == "header" else public_fields()
    metadata = record["metadata"]
    date = next((found for name in ORDER if name in shown and (found := number(metadata.get(name)))), 0)
    return Listing(date, bodies({name: metadata.get(name) for name in ("issuing_body", "publisher") if name in shown}))


def bodies(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the issuing bodies; what names no issuer is found under its publisher."""
    names = metadata.get("issuing_body") or [metadata.get("publisher")]
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


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
