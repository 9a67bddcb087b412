"""Corrections (更正, 勘误; Correction): whether an article is one, and what it corrects, by the number, title or issue that it names.

更正登记 and 申请更正 are dealings with a register and no corrections of a text: only what names a document, an issue or a misprint counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.extract.lines import fold, squeeze
from catalog.model import docnumber
from catalog.model.draft import Citation

MAX_TARGETS = 20
"""Documents that one correction corrects at most."""
MAX_TEXT = 4_000
"""Characters of a correction's text in which it says what it corrects."""
_TITLE = re.compile(
    r"勘误|^(?:[^:]{0,60}:)?(?:关于)?(?:对)?更正(?:声明|启事|说明|公告|通知)?(?:$|[^登]{0,3}(?:第|本|《|「|\"|\d|[^,。]{0,40}(?:第[\d一二三四五六七八九十百]+[期卷号]|《|「|号)))"
    r"|更正(?:表|公告|启事|声明|说明|通知)$|的更正$"
)
_NOT = re.compile(r"更正登记|更正申请|申请更正|更正(?:之)?注册|更正图")
_ENGLISH = re.compile(
    r"(?:;|^|—|-)\s*(?:technical\s+|editorial\s+)?correct(?:ions?|ing(?:\s+amendments?)?)\.?\s*$|^correct(?:ion|ing)\b",
    re.IGNORECASE,
)
_ENGLISH_DOC = re.compile(
    r"(?:FR\s+Doc\.?|document|Doc\.)\s*(?:No\.?\s*)?(?P<number>[A-Z]{0,2}\d{0,4}(?:[-–—]\d{3,6}){1,2})", re.IGNORECASE
)
_DAY = re.compile(r"(月\s*[\d一二三四五六七八九十]{1,3}\s*日)(?=\S)")
_ENGLISH_PAGE = re.compile(r"\b(?P<volume>\d{2,3}) FR (?P<page>\d{1,6})\b")
_QUOTED = re.compile(
    r"[《「](?P<title>[^《》「」]{4,120}(?:[《〈「][^《》〈〉「」]{1,80}[》〉」][^《》「」]{0,60})?)[》」]"
)
_ISSUE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年)?(?:第?(?P<volume>\d{1,4})卷)?第(?P<number>\d{1,4})[期号](?:\(?总第\d+期\)?)?(?:第?(?P<page>\d{1,5})页)?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a gazette a misprint stands: year or volume, number, page as far as they are named."""

    year: int | None
    volume: str | None
    number: str
    page: int | None


def is_correction(title: str, *, action: str = "") -> bool:
    """Whether an article corrects another one, by its title or (Federal Register) by what its ACTION line calls it."""
    plain = squeeze(fold(title))
    if _NOT.search(plain):
        return False
    return bool(_TITLE.search(plain) or _ENGLISH.search(title) or (action and _ENGLISH_ACTION.search(action)))


def action_of(text: Sequence[str]) -> str:
    """What the line ACTION: of a document of the Federal Register says; empty where there is none."""
    for place, line in enumerate(text):
        if line.startswith("ACTION:"):
            return line.removeprefix("ACTION:").strip() or (text[place + 1] if place + 1 < len(text) else "")
    return ""


_ENGLISH_ACTION = re.compile(r"\bcorrect(?:ion|ing amendments?)\b", re.IGNORECASE)


def targets(title: str, text: Sequence[str] = ()) -> list[Citation]:
    """What a correction corrects: numbers named in its title, else titles there, else those in its text; empty where it names none."""
    for part in (title, "\n".join(text)[:MAX_TEXT]):
        found = _numbered(part) or _english(part) or _titled(part)
        if found:
            return found[:MAX_TARGETS]
    return []


def place(title: str, text: Sequence[str] = ()) -> Place | None:
    """The issue and the page that a correction names, from its title or else its text."""
    for part in (title, "\n".join(text)[:MAX_TEXT]):
        found = _ISSUE.search(squeeze(fold(part)))
        if found:
            year, page = found["year"], found["page"]
            volume = found["volume"].lstrip("0") if found["volume"] else None
            return Place(int(year) if year else None, volume, found["number"].lstrip("0"), int(page) if page else None)
    return None


def _numbered(text: str) -> list[Citation]:
    found: dict[str, Citation] = {}
    parted = _DAY.sub(r"\1，", text)  # a day that is printed right before a number is no part of its code
    for one in docnumber.find_all(parted):
        raw = parted[one.start : one.end]
        found.setdefault(one.number.canonical, Citation("corrects", raw, number=one.number.canonical))
    return list(found.values())


def _english(text: str) -> list[Citation]:
    found: dict[str, Citation] = {}
    for match in _ENGLISH_DOC.finditer(text):
        number = re.sub("[–—]", "-", match["number"])
        found.setdefault(number, Citation("corrects", match[0], title=f"FR Doc. {number}"))
    for match in _ENGLISH_PAGE.finditer(text):
        found.setdefault(match[0], Citation("corrects", match[0], title=f"{match['volume']} FR {match['page']}"))
    return list(found.values())


def _titled(text: str) -> list[Citation]:
    found: dict[str, Citation] = {}
    for match in _QUOTED.finditer(text):
        found.setdefault(match["title"], Citation("corrects", match[0], title=match["title"]))
    return list(found.values())
