"""How values look on a page: dates as precise as they are known, sizes, scripts, addresses that are safe to follow."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup

from catalog.model.script import script_of
from catalog.web.asking import catalogue
from catalog.web.texts import gettext, written_date, written_number, written_time

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_UNITS = ("B", "KB", "MB", "GB", "TB")


def day(value: Any) -> str:
    """An ISO date, partial date or time as people write it: 2015年7月14日, 2015年7月, 2015年. Anything else comes back as it is."""
    text = str(value or "")
    found = _PARTIAL.match(text)
    if found is None:
        return text
    year, month, day_of_month = (int(part) if part else 0 for part in found.groups())
    try:
        if day_of_month:
            return written_date(date(year, month, day_of_month))
        if month:
            return written_date(date(year, month, 1), gettext("MMMM y"))
    except ValueError:
        return text
    return gettext("%(year)s", year=year)


def moment(value: Any) -> str:
    """An ISO time to the minute, in the time of the catalogue's place; anything else comes back as it is."""
    try:
        stamp = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value or "")
    return written_time(stamp.astimezone(catalogue().now().tzinfo) if stamp.tzinfo else stamp, gettext("y-MM-dd HH:mm"))


def size(value: Any) -> str:
    """A number of bytes in the unit that keeps it short."""
    if not isinstance(value, int):
        return ""
    amount, unit = float(value), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{written_number(round(amount, 1 if unit > 1 else 0))} {_UNITS[unit]}"


def number(value: int) -> str:
    """A count with the language's separators."""
    return written_number(value)


def marked(html: str) -> Markup:
    """A highlight from the search: only `<mark>` gets through, whatever the text contained."""
    return Markup(nh3.clean(html, tags={"mark"}, attributes={}))  # noqa: S704 - cleaned in this very call


def web_address(value: Any) -> str | None:
    """The address if it is one that may stand in a link: http or https, nothing that a browser would run."""
    text = str(value or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def host(value: Any) -> str:
    """The host of an address, to name a link by."""
    try:
        return urlsplit(str(value or "")).hostname or ""
    except ValueError:
        return ""


def lang_of(text: Any) -> str | None:
    """The `lang` attribute for a piece of harvested text: `zh-Hans`, `zh-Hant`, or none where no character tells."""
    script = script_of(str(text or ""))
    return f"zh-{script}" if script in {"Hans", "Hant"} else None


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day, "moment": moment, "size": size, "number": number, "marked": marked,
    "web_address": web_address, "host": host, "lang_of": lang_of,
}  # fmt: skip
"""The filters of the templates, by name."""
