"""What a consultation says of itself: from when to when one can answer, by which channels, and whom it asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from catalog.extract.data_files import load
from catalog.extract.lines import clean, fold
from catalog.model import dates
from catalog.model.dates import FoundDate

MAX_GAP = 8
"""Characters between the two dates of a period."""
_ASKS = re.compile(r"征求|征集|意见|建议|反馈|公示|提出|截止|期限|报名")
_TO = re.compile(r"^[\s日)]*(?:(?:起)?(?:至|到|止|-|—|–|~|～|―){1,2})[\s(]*$")
_BEFORE = re.compile(r"^(?:\d{1,2}[时:点]\d{0,2}分?)?\s*(?:之?前|以前|止|截止|为止)")
_POST = re.compile(
    r"(?:信函|来信|邮寄|通信|通讯|书面|信件)[^:。;]{0,12}(?:请?寄(?:至|往|送)?|地址)?\s*[:]\s*(?P<v>[^,;。\s]{6,60})|(?:通讯|通信|邮寄|联系|来信|办公)?地址\s*:\s*(?P<w>[^,;。\s]{6,60})"
)
_CODE = re.compile(r"(?:邮政编码|邮编)\s*:?\s*(?P<v>\d{6})")
_FAX = re.compile(r"传真(?:号码|电话)?\s*:?\s*(?P<v>[\d()\- ]{7,20}\d)")
_PHONE = re.compile(r"(?:联系|咨询)?电话(?:号码)?\s*(?:/传真)?\s*:?\s*(?P<v>[\d()\- ]{7,20}\d)")
_MAIL = re.compile(r"(?P<v>[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4})", re.ASCII)
_INVITES = re.compile(r"(?:欢迎|诚邀|敬请|恳请|请|邀请|面向|向)")
_CHANNELS = {"post": _POST, "postcode": _CODE, "fax": _FAX, "phone": _PHONE, "email": _MAIL}


@dataclass(frozen=True, slots=True)
class Consultation:
    """Start and end (ISO, `None` where not said), the text that they were read from, channels by kind, and the public that is asked."""

    start: str | None = None
    end: str | None = None
    raw: str = ""
    channels: dict[str, str] = field(default_factory=dict)
    public: str | None = None
    public_raw: str = ""


def read(texts: Sequence[str], *, year: int | None) -> Consultation:
    """Read a consultation's own text (not the draft that it puts forward). `year` is that of its date, for days printed without one."""
    start, end, raw = _period(texts, year)
    public, public_raw = _public(texts)
    return Consultation(start, end, raw, _channels(texts), public, public_raw)


def _period(texts: Iterable[str], year: int | None) -> tuple[str | None, str | None, str]:
    for text in texts:
        if not _ASKS.search(fold(text)):
            continue
        found = [one for one in dates.find_all(text, year=year) if one.date.precision == "day"]
        for first, second in pairwise(found):
            if second.start - first.end <= MAX_GAP and _TO.match(fold(text[first.end : second.start])):
                second_date = _in_year_of(first, second, text)
                if first.date.text <= second_date:
                    return first.date.text, second_date, clean(text[first.start : second.end])
        for one in found:
            if _is_end(text, one):
                return None, one.date.text, clean(text[max(0, one.start - 8) : one.end + 4])
    return None, None, ""


def _in_year_of(first: FoundDate, second: FoundDate, text: str) -> str:
    """The second date of a period; where it is printed without a year it lies in the first one's year."""
    printed = text[second.start : second.end]
    return (
        second.date.text
        if "年" in printed or re.match(r"\d{4}", printed)
        else first.date.text[:4] + second.date.text[4:]
    )


def _is_end(text: str, date: FoundDate) -> bool:
    before, after = fold(text[max(0, date.start - 12) : date.start]), fold(text[date.end : date.end + 12])
    return bool(re.search(r"(?:截止|截至|止于)(?:日期|时间|期限)?(?:为|至|到|是)?[:\s]*$", before)) or bool(
        _BEFORE.match(after) and re.search(r"(?:于|在|请|截止|,|。|^)[^,。]{0,6}$", before)
    )


def _channels(texts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        folded = fold(text)
        for name, pattern in _CHANNELS.items():
            match = pattern.search(folded) if name not in found else None
            if match:
                group = "w" if "w" in match.re.groupindex and match["v"] is None else "v"
                found[name] = clean(text[match.start(group) : match.end(group)]).strip(" ，,。；;")
    return found


def _public(texts: Iterable[str]) -> tuple[str | None, str]:
    publics: list[str] = load("record_types")["publics"]
    for text in texts:
        folded = fold(text)
        for match in _INVITES.finditer(folded):
            after = folded[match.end() : match.end() + 16]
            public = next((public for public in publics if after.startswith(public)), None)
            if public is not None:
                return text[match.end() : match.end() + len(public)], clean(text)
    return None, ""
