"""From when and how long a document is valid by its own words: 自2021年3月1日起施行，有效期5年 → valid until 2026-02-28.

Computed only from a day that the document gives; a term of something that the document regulates (许可证有效期5年) is none of its own,
and 试行 without a length is no term.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from catalog.extract.data_files import load
from catalog.extract.lines import clean, fold, squeeze
from catalog.model import dates
from catalog.model.draft import Draft, Reading
from catalog.model.numerals import whole

SAID = 0.85
"""Confidence of an end that is counted from a day named in the same sentence."""
COUNTED = 0.7
"""Confidence of an end that is counted from a field (the day of effect, of printing, of publication)."""
MAX_YEARS = 50
"""A longer term is none of a document."""
MAX_SENTENCE = 400
_LENGTH = r"(?P<length>[0-9零一二两三四五六七八九十]{1,3})(?P<unit>个?月|年)(?!度|[0-9一二三四五六七八九十]{1,2}月|级|龄|以|内)"
_START = r"(?P<start>自?[^,。;:]{0,30}?之日|(?:自)?[0-9零〇○一二三四五六七八九十]{4}年[0-9零一二三四五六七八九十]{1,3}月[0-9零一二三四五六七八九十]{1,3}日)"
_SENTENCE = re.compile(r"[。;\n]")
_FROM_ISSUE = re.compile(
    r"^(?:第[^条]{1,8}条)?[(]?[一二三四五六七八九十0-9]{0,4}[)、.]*(?=本|此|上述|以上|自)[^,;:《》]{0,40}?自(?P<start>(?:本[^,;:《》]{0,12})?"
    r"(?:印发|下发|发文|颁发|签发|公布|发布|颁布|公告)之日)起?(?:正式|开始)?(?:施行|实施|执行|生效|试行)(?=$|[,)])"
)
_WORDS = ("有效期", "试行", "暂行", "执行期", "实施期", "施行期", "起施行", "起实施", "起执行")


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its length in months, from when it counts as printed (empty where it is not said), the sentence."""

    months: int
    start: str
    sentence: str


def put_term(draft: Draft) -> None:
    """Put `valid_until`, where the text says a term and a day is known from which it counts. A last day that is printed goes first."""
    if "date_expires" in draft.fields or "valid_until" in draft.fields:
        return
    note = str(draft.fields.get("promulgation_note") or "").strip("（）()")
    for term in find_terms([note, *(block.text for block in reversed(draft.blocks) if block.kind != "table")]):
        begun = _begin(term, draft.fields)
        if begun is None:
            continue
        first, sure = begun
        draft.put("valid_until", last_day(first, term.months), Reading(term.sentence, "body", sure))
        return


def put_start(draft: Draft) -> None:
    """Put `date_effective` where the text says no more than 自印发之日起施行, and the document gives that day.

    Not where the text was changed since: the day of issue that it speaks of may then be that of the change.
    """
    if "date_effective" in draft.fields or any(event.kind == "amended" for event in draft.events):
        return
    for block in reversed(draft.blocks):
        if block.kind == "table" or "之日" not in block.text:
            continue
        for raw in _SENTENCE.split(block.text.replace("；", ";")):
            sentence = squeeze(fold(raw))
            found = _FROM_ISSUE.search(sentence) if len(raw) <= MAX_SENTENCE else None
            if found is None:
                continue
            begun = _begin(Term(0, found["start"], raw), draft.fields)
            if begun is not None:
                draft.put("date_effective", begun[0].isoformat(), Reading(clean(raw), "body", COUNTED))
            return


def find_terms(texts: Iterable[str]) -> Iterator[Term]:
    """The terms that texts set for the document itself, in the order of the texts."""
    for text in texts:
        if ("年" not in text and "月" not in text) or not any(word in text for word in _WORDS):
            continue
        for raw in _SENTENCE.split(text.replace("；", ";")):
            if len(raw) <= MAX_SENTENCE and (found := _term(raw)):
                yield found


def _term(raw: str) -> Term | None:
    sentence = squeeze(fold(raw))
    data = load("terms")
    if not re.search(data["of_itself"], sentence):
        return None
    for pattern in _patterns():
        for found in pattern.finditer(sentence):
            before = sentence[: found.start()]
            count = whole(found["length"].replace("两", "二"))
            if not count or re.search(data["of_others"], before):
                continue
            months = count * (12 if found["unit"] == "年" else 1)
            if months <= MAX_YEARS * 12:
                return Term(
                    months, found["start"] or _start_before(before) or _start_after(sentence[found.end() :]), clean(raw)
                )
    return None


def _start_before(before: str) -> str:
    """The start that the sentence names before the term: 本办法自2021年3月1日起施行，有效期5年."""
    found = [match["start"] for match in re.finditer(rf"{_START}起?(?:正式)?(?:施行|实施|执行|试行|生效)", before)]
    return found[-1] if found else ""


def _start_after(rest: str) -> str:
    """The start that follows the term: 执行期限为3年，自2022年1月1日起计算."""
    found = re.match(rf"[,(]?{_START}起", rest)
    return found["start"] if found else ""


def _begin(term: Term, fields: Mapping[str, Any]) -> tuple[date, float] | None:
    """The first day of a term, and how sure that is."""
    named = dates.find_all(term.start)
    if named:
        return (date.fromisoformat(named[-1].date.text), SAID) if named[-1].date.precision == "day" else None
    for name in _fields_of(term.start):
        iso = str(fields.get(name) or "")[:10]
        if len(iso) == 10 and dates.is_iso(iso):
            return date.fromisoformat(iso), COUNTED
    return None


def _fields_of(start: str) -> Sequence[str]:
    if not start:
        return ("date_effective",)
    starts: dict[str, list[str]] = load("terms")["starts"]
    return next((names for words, names in starts.items() if re.search(words, start)), ())


def last_day(first: date, months: int) -> str:
    """The last day of a term that begins with a day: five years from 2021-03-01 end with 2026-02-28."""
    total = first.year * 12 + first.month - 1 + months
    year, month = total // 12, total % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    longest = (after - timedelta(days=1)).day
    if first.day > longest:
        return (after - timedelta(days=1)).isoformat()
    return (date(year, month, first.day) - timedelta(days=1)).isoformat()


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(text.replace("<start>", _START, 1).replace("<length>", _LENGTH, 1))
        for text in load("terms")["terms"]
    )
