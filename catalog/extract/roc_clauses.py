"""The clauses of a 沿革 sentence: which articles it changed, from which day it is in force, until which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.extract.data_files import load
from catalog.model import dates
from catalog.model.numerals import whole
from catalog.model.statute import anchor

MAX_ARTICLES = 2_000
"""Articles of one change that are told one by one; the longest real list has some 400."""
MAX_RANGE = 1_000
"""A longer range (第 1～99999 條) is no range of articles."""
_NUM = "零〇○ＯO一二三四五六七八九十百元廿卅0-9０-９"
_BRACKETED = re.compile(r"「[^「」]*」|（[^（）]*）")
_DAY = rf"(?:(?:中華)?民國)?(?P<year>[{_NUM}]{{1,6}}|同)年(?P<month>[{_NUM}]{{1,3}})月(?P<day>[{_NUM}]{{1,3}})日"
_PUBLICATION = r"(?P<at>(?:本)?(?:修正)?(?:公布|發布|公佈|發佈|頒布)(?:之?日|(?P<after>後))|即日|同日)"
_MONTHS = rf"(?:(?P<months>[{_NUM}]{{1,3}})個?月)?"
_EFFECT = re.compile(
    rf"(?:{_DAY}|{_PUBLICATION}{_MONTHS})(?:零時|[上下]午)?(?:）)?起?(?:算)?(?:正式|開始|廢止|停止)?(?:施行|實施|生效|適用)(?P<apart>外)?"
)
_LIST = re.compile(
    rf"第(?P<list>[\d０-９～~、\-－,，\s]{{1,4000}})(?:條|点|點)|第(?P<word>[{_NUM}]{{1,8}})[條点點](?:之(?P<sub>[{_NUM}]{{1,4}}))?"
)
_ITEM = re.compile(r"(\d{1,5})(?:[-－](\d{1,4}))?(?:\s*[～~]\s*(\d{1,5})(?:[-－](\d{1,4}))?)?")


@dataclass(frozen=True, slots=True)
class Part:
    """A part with a day of effect of its own."""

    day: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """From which day (ISO) it is in force in general (`None`: not said here), the parts with other days, and whether it was left open."""

    main: str | None = None
    parts: tuple[Part, ...] = ()
    open: bool = False


def outside(text: str) -> str:
    """A sentence without what stands in 「…」 and （…）."""
    previous = None
    while previous != text:
        previous, text = text, _BRACKETED.sub("", text)
    return text


def articles_of(words: str) -> tuple[str, ...]:
    """Anchors of the articles that a sentence names: 第 3、5～7、11-1 條 → art-3, art-5, art-6, art-7, art-11-1. Those of the clause
    that only says when they are in force are not changed by it.
    """
    changed = re.split(r"；(?:並自|除|施行)|[，；]除第", words, maxsplit=1)[0]
    return tuple(dict.fromkeys(_articles(changed)))[:MAX_ARTICLES]


def _articles(text: str) -> Iterator[str]:
    for found in _LIST.finditer(text):
        if found["word"]:
            number = whole(found["word"])
            sub = whole(found["sub"]) if found["sub"] else None
            if number:
                yield anchor(number, sub)
            continue
        for item in _ITEM.finditer(found["list"]):
            yield from _range(*(int(part) if part else None for part in item.groups()))


def _range(first: int | None, sub: int | None, last: int | None, last_sub: int | None) -> Iterator[str]:
    assert first is not None  # noqa: S101 - the pattern has it always
    yield anchor(first, sub)
    if last is None or last - first > MAX_RANGE:
        return
    if last == first and sub is not None and last_sub is not None:
        yield from (anchor(first, one) for one in range(sub + 1, min(last_sub, sub + MAX_RANGE) + 1))
        return
    yield from (anchor(one) for one in range(first + 1, last + 1))
    if last_sub is not None:
        yield anchor(last, last_sub)


def effect_of(words: str, said: str, *, published: str) -> Effect:
    """From when it is in force. `words` is the sentence without brackets, `said` with them, `published` the day of the order."""
    main: str | None = None
    parts: list[Part] = []
    at = 0
    for found in _EFFECT.finditer(words):
        day = _day_of(found, published, third_day(published))
        if day is None:
            continue
        clause = words[at : found.start()].rpartition("；")[2]
        at = found.end()
        named = tuple(dict.fromkeys(_articles(clause)))
        apart = found["apart"] or re.match("，?(?:其中|但|另|除)?(?:增訂之|修正之)?第", clause)
        if apart and named:
            parts.append(Part(day, named))
        elif not apart:
            main = day
    if main is None and (dated := re.search(rf"施行之?日（{_DAY}）", said)):
        main = _day_of(dated, published, published)
    return Effect(main, tuple(parts), bool(re.search(load("history_roc")["effect_left_open"], words)))


def _day_of(found: re.Match[str], published: str, on_publication: str) -> str | None:
    """The day that a clause names, ISO; `None` for what the calendar does not have."""
    groups = found.groupdict()
    if groups.get("month"):
        year = published[:4] if groups["year"] == "同" else f"民國{groups['year']}"
        day = dates.parse(f"{year}年{groups['month']}月{groups['day']}日")
        return day.text if day else None
    if groups.get("at") in ("即日", "同日"):
        return published
    if groups.get("after") or groups.get("months"):
        months = whole(groups["months"]) if groups.get("months") else None
        return _months_later(published, months) if months else None
    return on_publication


def _months_later(iso: str, months: int) -> str | None:
    """The day on which so many months after a day are over."""
    try:
        start = date.fromisoformat(iso)
        total = start.year * 12 + start.month - 1 + months
        first = date(total // 12, total % 12 + 1, 1)
    except ValueError:  # a day that is only known in part, or beyond the calendar
        return None
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day)).isoformat()


def until_of(said: str) -> str | None:
    """The last day of force that a sentence sets (施行至九十八年九月三十日止), ISO; not that of one article (本條施行期限至…)."""
    found = re.search(rf"(?P<what>[^，；。]{{0,12}})(?:{load('history_roc')['until']}){_DAY}", said)
    if found is None or re.search("本條|第.{1,8}條", found["what"]):
        return None
    day = dates.parse(f"民國{found['year']}年{found['month']}月{found['day']}日") if found["year"] != "同" else None
    return day.text if day else None


def third_day(published: str) -> str:
    """The day on which a statute takes effect that is in force from its publication (中央法規標準法 art. 13)."""
    rule = load("history_roc")["third_day"]
    if len(published) < 10 or published < rule["since"]:
        return published
    return (date.fromisoformat(published) + timedelta(days=rule["days"])).isoformat()
