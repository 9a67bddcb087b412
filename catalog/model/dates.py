"""Dates as documents print them: Chinese and Arabic numerals, years of the Republic, spaces inside, times; read as partial dates.

Never a date: an index number or a CMS clock (20201029-154517-206), digits that do not make one day (2021926), a day that the calendar
does not have. Nothing is guessed: what cannot be read is `None`, and the caller keeps the raw text.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from catalog.model.numerals import DIGITS, UNITS, whole

Precision = Literal["year", "month", "day"]

FIRST_YEAR, LAST_YEAR = 1600, 2199
ROC_EPOCH = 1911
MAX_LENGTH = 60


@dataclass(frozen=True, slots=True)
class PartialDate:
    """`text` is ISO 8601 (`2015`, `2015-07` or `2015-07-14`), `time` is `HH:MM` or `HH:MM:SS` of the same day as printed, local."""

    text: str
    precision: Precision
    raw: str
    time: str | None = None


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in running text: `text[start:end]` is `date.raw`."""

    date: PartialDate
    start: int
    end: int


_SPACES = "\t\n\r\v\f \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u202f\u205f\u3000\ufeff"
_FORMS = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **dict.fromkeys(map(ord, "—–−‐"), "-"),
    **dict.fromkeys(map(ord, "·・．"), "."),
    **dict.fromkeys(map(ord, _SPACES), " "),
}
_CN = "".join(sorted({*DIGITS, *UNITS, *"廿卄卅"} - {*"-."}))
_NUM = rf"[{_CN}](?: {{0,6}}[{_CN}])"
"""A numeral's first character, and the group of one more: a quantifier behind it says how many more."""
_S = " {0,6}"
_ERA = rf"(?:中華)?(?:中华)?{_S}民[國国]{_S}"
_TIME = (
    rf"(?:{_S}[T -]?{_S}(?P<half>上午|下午|凌晨|晚上|中午|晚)?{_S}(?P<hour>[0-9]{{1,2}}){_S}(?::|时|時|点|點){_S}(?P<minute>[0-9]{{1,2}})?{_S}分?"
    rf"(?:{_S}:?{_S}(?P<second>[0-9]{{1,2}})(?:\.[0-9]+)?{_S}秒?)?{_S}(?P<pm>[AaPp][Mm])?(?: ?Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
)
_WEEKDAY = rf"(?:{_S}[(]?{_S}(?:星期|周|週|礼拜)[一二三四五六日天][)]?)?"
_CHINESE = (
    rf"(?:(?P<era>{_ERA})(?P<rocyear>元|{_NUM}{{0,3}})|(?:公元)?(?P<year>{_NUM}{{3}})){_S}年"
    rf"(?:{_S}(?P<month>{_NUM}{{0,2}}){_S}月(?:份|{_S}(?P<day>{_NUM}{{0,2}}){_S}[日号號])?)?"
)
_NUMERIC = r"(?P<year>[0-9]{4}) ?(?P<sep>[-/.]) ?(?P<month>[0-9]{1,2})(?: ?(?P=sep) ?(?P<day>[0-9]{1,2}))?"

_WHOLE = [re.compile(rf"{form}{_WEEKDAY}{_TIME}{_WEEKDAY}") for form in (_CHINESE, _NUMERIC)]
_PLAIN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR = re.compile(r"[0-9]{4}")
_IN_TEXT = [
    re.compile(rf"(?<![{_CN}])(?:公元)?{_CHINESE}"),
    re.compile(
        r"(?<![0-9A-Za-z./-])(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})(?![0-9A-Za-z]|[-./][0-9])"
    ),
]
_YEARLESS = re.compile(rf"(?<![{_CN}年])(?P<month>{_NUM}{{0,2}}){_S}月{_S}(?P<day>{_NUM}{{0,2}}){_S}[日号號]")


@lru_cache(maxsize=16384)
def parse(raw: str) -> PartialDate | None:
    """The date that `raw` consists of from end to end, with or without a time; `None` if it is not one date."""
    if len(raw) == 10 and raw[4] == "-" == raw[7] and raw.isascii():
        year, month, day = raw[:4], raw[5:7], raw[8:]
        if year.isdigit() and month.isdigit() and day.isdigit():
            return _made(raw, int(year), int(month), int(day))
    if len(raw) > MAX_LENGTH:
        return None
    text = raw.translate(_FORMS).strip()
    if match := _PLAIN.fullmatch(text):
        return _made(raw, int(match[1]), int(match[2]), int(match[3]))
    if _YEAR.fullmatch(text):
        return _made(raw, int(text))
    for pattern in _WHOLE:
        if match := pattern.fullmatch(text):
            return _of(raw, match)
    return None


def find_all(text: str, *, year: int | None = None) -> list[FoundDate]:
    """The dates in running text, in order, to the month at least. With `year`, days printed without one (8月31日) are read too."""
    forms = text.translate(_FORMS)
    found: list[FoundDate] = []
    for pattern in _IN_TEXT:
        for match in pattern.finditer(forms):
            date = _of(text[match.start() : match.end()], match) if match["month"] else None
            if date is not None:
                found.append(FoundDate(date, match.start(), match.end()))
    if year is not None:
        taken = [(one.start, one.end) for one in found]
        for match in _YEARLESS.finditer(forms):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                date = _made(
                    text[match.start() : match.end()], year, whole(_tight(match["month"])), whole(_tight(match["day"]))
                )
                found += [FoundDate(date, match.start(), match.end())] if date else []
    return sorted(found, key=lambda one: one.start)


def bounds(iso: str) -> tuple[str, str]:
    """The first and the last day that a partial ISO date may mean: `2015-07` → (`2015-07-01`, `2015-07-31`)."""
    if len(iso) == 4:
        return f"{iso}-01-01", f"{iso}-12-31"
    if len(iso) == 7:
        return f"{iso}-01", f"{iso}-{calendar.monthrange(int(iso[:4]), int(iso[5:7]))[1]:02d}"
    return iso, iso


def is_iso(text: str) -> bool:
    """Whether `text` is a partial ISO date as this catalogue keeps it."""
    date = parse(text) if len(text) in {4, 7, 10} and text.isascii() else None
    return date is not None and date.text == text


def _of(raw: str, match: re.Match[str]) -> PartialDate | None:
    groups = match.groupdict()
    year = _year(groups)
    if year is None:
        return None
    parts = [groups.get(name) for name in ("month", "day")]
    month, day = (None if part is None else whole(_tight(part)) or 0 for part in parts)
    time = _time(groups) if groups.get("hour") else None
    if groups.get("hour") and (time is None or day is None):
        return None
    return _made(raw, year, month, day, time)


def _year(groups: dict[str, str | None]) -> int | None:
    if roc := groups.get("rocyear"):
        count = 1 if roc == "元" else whole(_tight(roc))
        return ROC_EPOCH + count if count else None
    text = _tight(groups.get("year") or "")
    return whole(text) if len(text) == 4 and not any(char in UNITS for char in text) else None


def _tight(text: str) -> str:
    return text.replace(" ", "")


def _time(groups: dict[str, str | None]) -> str | None:
    hour, minute, second = (int(groups.get(name) or 0) for name in ("hour", "minute", "second"))
    half, mark = groups.get("half") or "", (groups.get("pm") or "").lower()
    if hour < 12 and (half in {"下午", "晚上", "晚"} or mark == "pm" or (half == "中午" and hour < 11)):
        hour += 12
    elif hour == 12 and (mark == "am" or half == "凌晨"):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02d}:{minute:02d}" + (f":{second:02d}" if groups.get("second") else "")


def _made(
    raw: str, year: int, month: int | None = None, day: int | None = None, time: str | None = None
) -> PartialDate | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month is None:
        return PartialDate(f"{year:04d}", "year", raw, time)
    if not 1 <= month <= 12:
        return None
    if day is None:
        return PartialDate(f"{year:04d}-{month:02d}", "month", raw, time)
    if not (1 <= day <= 28 or 28 < day <= calendar.monthrange(year, month)[1]):
        return None
    return PartialDate(f"{year:04d}-{month:02d}-{day:02d}", "day", raw, time)
