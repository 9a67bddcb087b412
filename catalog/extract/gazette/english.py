"""Dates in English, as gazettes print them: Friday, April 15, 2016; 15th April 2016. The grammar of Chinese dates is `model.dates`."""

from __future__ import annotations

import re
from datetime import date

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if name != "may" else "may" for name in MONTHS)
_AMERICAN = re.compile(
    rf"\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:1[5-9]|20)\d\d)\b", re.IGNORECASE
)
_BRITISH = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{_MONTH})\.?,?\s+(?P<year>(?:1[5-9]|20)\d\d)\b", re.IGNORECASE)  # fmt: skip


def english_date(text: str) -> str | None:
    """The first date in a text as ISO 8601; `None` where there is none, or no such day."""
    found = min(
        (match for form in (_AMERICAN, _BRITISH) if (match := form.search(text))),
        key=lambda match: match.start(),
        default=None,
    )
    if found is None:
        return None
    month = next(at for at, name in enumerate(MONTHS, 1) if name.startswith(found["month"].lower()[:3]))
    try:
        return date(int(found["year"]), month, int(found["day"])).isoformat()
    except ValueError:
        return None
