"""Titles: what one looks like, how it is tidied, and which of several candidates is the document's.

A title is never a page's furniture (政府信息公开, 详情页, 扫一扫…), whatever tag it stands in. A number that is printed before or behind a
title is cut off and handed on, because it is the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from rapidfuzz import fuzz

from catalog.extract import boilerplate
from catalog.extract.data_files import load
from catalog.extract.labels import label_of, split_pairs
from catalog.extract.lines import cjk_count, clean, fold, squeeze
from catalog.model import dates, docnumber
from catalog.model.draft import Where

MAX_TITLE = 240
"""Characters of the longest title taken (the longest of 14,005 real ones has 85, joint acts of many bodies more)."""
CUT_AT = 60
"""From this length on a title that another one begins with is taken to be cut off."""
MENU_WORD = 8
"""Characters of the longest word of a menu."""
ALIKE = 60.0
"""Titles less alike than this (0 to 100) contradict each other."""
_SEPARATORS = re.compile(
    r"\s*[_|｜]\s*|\s+[-–—]{1,2}\s*|(?<=[一-鿿）)》])[-–—]{1,2}(?=[一-鿿])|\s*[-–—]{2}\s*|\s*>+\s*"
)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
"""Tags that were pasted into a meta tag; `<关于…>` is a quotation."""
_BRACKETED = re.compile(r"^[\[【〔(（]([^\]】〕)）]{2,40})[\]】〕)）]\s*")
_OUTLINE = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十百零〇\d]+[编章节条款]|\d+[.、．])"
)
_TAIL_NUMBER = re.compile(r"[（(]([^（()）]{4,60}号)[)）]\s*$")
_BADGE = re.compile(
    r"(?<=的(?:通知|意见|公告|通告|决定|办法|批复))\s*[\[(（【]?(?:现行有效|有效|已废止|已失效|已修改|失效|废止|部分失效)[\])）】]?$"
)
"""The mark of its validity that a page puts behind a title."""
_ENDS = re.compile(r"[。；;，,：:、！!？?]$")


@dataclass(frozen=True, slots=True)
class Title:
    """A candidate for the title: the tidied text, as printed, where it was read, how sure, and a number printed with it."""

    text: str
    raw: str
    where: Where
    confidence: float
    number: str | None = None


def tidy(raw: str) -> tuple[str, str | None]:
    """A title without the number before or behind it, its 《》 wrapper and spread-out spaces; and that number as printed."""
    text, number = clean(_MARKUP.sub("", raw.replace("\n", ""))).strip(" \u3000·•>|"), None
    match = _BRACKETED.match(text)
    if (match and docnumber.parse(match[1]) is not None) or (match and re.fullmatch(r"第?\d+号令?", squeeze(match[1]))):
        number = match[1] if docnumber.parse(match[1]) else None
        text = text[match.end() :]
    found = docnumber.find_all(text) if number is None else []
    if (
        found
        and found[0].start == 0
        and _is_long(rest := text[found[0].end :].lstrip(" \u3000:：）)】]"))
        and not rest.startswith(("和", "、", "文"))
    ):
        number, text = found[0].number.raw, _without_brackets(rest)
    elif tail := _TAIL_NUMBER.search(text):
        parsed = docnumber.parse(tail[1])
        if parsed is not None and _is_long(text[: tail.start()]):
            number, text = parsed.raw, text[: tail.start()]
    return _BADGE.sub("", unspread(_unwrapped(text))), number


def tidy_page_title(raw: str, site_names: Sequence[str] = ()) -> str:
    """The document's part of a `<title>`: without the names of site and column that are joined to it."""
    parts = [part for part in _SEPARATORS.split(clean(raw)) if part]
    names = {squeeze(fold(name)) for name in site_names if name}
    own = [part for part in parts if squeeze(fold(part)) not in names and not is_furniture(part)]
    while len(own) > 1 and own[-1].endswith(tuple(load("titles")["site_endings"])):
        own.pop()
    return max(own, key=lambda part: (looks_like(part), cjk_count(part)), default="")


def is_furniture(text: str) -> bool:
    """Whether a text is the name of a page, a label or nothing, so that no document can be called so."""
    key = squeeze(fold(text)).strip("：:>|·-—[]()")
    if len(key) < 2 or key in _furniture() or not any(char.isalnum() for char in key):
        return True
    return label_of(text) is not None or boilerplate.is_marker_text(text) or _is_menu(text)


def _is_menu(text: str) -> bool:
    """Whether a line is a site's menu: short words beside each other, of which two and more name pages (首页 新闻 政务公开 互动)."""
    words = re.split(r"[\s|｜·>/]+", text.strip())
    return (
        len(words) > 2 and max(map(len, words)) <= MENU_WORD and sum(fold(word) in _furniture() for word in words) > 1
    )


def looks_like(text: str) -> int:
    """How much a text looks like a title: 0 not at all; 1 could be; 2 ends or is marked like one; 3 both."""
    tight = squeeze(text)
    if not 4 <= len(tight) <= MAX_TITLE or "。" in tight or _OUTLINE.match(tight) or _ENDS.search(tight):
        return 0
    if is_furniture(text) or dates.parse(text) is not None or docnumber.parse(text) is not None:
        return 0
    if split_pairs(text)[1] or cjk_count(tight) * 2 < len(tight) - 8:
        return 0
    folded = fold(tight)
    ends = bool(_kind_ending().search(folded))
    marked = any(mark in folded for mark in load("titles")["marks"][:4])
    return 1 + ends + marked


def ends_like(text: str) -> bool:
    """Whether a text ends with a word that titles end with (通知, 意见, …), a remark in brackets aside."""
    return bool(_kind_ending().search(fold(squeeze(text))))


def is_remark(text: str) -> bool:
    """Whether a line is a remark that belongs to the title above it: （征求意见稿）."""
    tight = squeeze(fold(text))
    return (
        tight[:1] == "("
        and tight[-1:] == ")"
        and (tight[1:-1] in _remarks() or tight[1:-1].endswith(("修订)", "修正)", "征求意见稿")))
    )


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for spaces, widths, script and brackets."""
    return key(one) == key(other)


def choose(candidates: Sequence[Title]) -> tuple[Title | None, list[str], list[Title]]:
    """The surest title, completed where it was cut off; flags where titles contradict each other; and the other ones."""
    usable = sorted((one for one in candidates if not is_furniture(one.text)), key=lambda one: -one.confidence)
    if not usable:
        return None, [], []
    best = usable[0]
    for other in usable[1:]:
        if _is_cut(best.text, other.text) and other.confidence >= 0.5:
            best = replace(other, confidence=best.confidence)
    others = [one for one in usable if not same(one.text, best.text) and not _is_cut(one.text, best.text)]
    flags = (
        ["title_conflict"] if any(one.confidence >= 0.8 and _contradict(one.text, best.text) for one in others) else []
    )
    return best, flags, others


def _is_cut(short: str, long: str) -> bool:
    one, other = key(short.rstrip("…. ")), key(long)
    return (
        len(other) > len(one)
        and other.startswith(one)
        and (len(one) >= CUT_AT or short.rstrip().endswith(("…", "...")))
    )


def _contradict(one: str, other: str) -> bool:
    first, second = key(one), key(other)
    return first not in second and second not in first and fuzz.partial_ratio(first, second) < ALIKE


def _unwrapped(text: str) -> str:
    """《…》 around a whole title taken off."""
    text = text.strip()
    if text[:1] == "《" and text[-1:] == "》":
        depth = 0
        for place, char in enumerate(text):
            depth += (char == "《") - (char == "》")
            if depth == 0 and place < len(text) - 1:
                return text
        return text[1:-1].strip()
    return text


def _without_brackets(text: str) -> str:
    """What stands in brackets behind a number, where it is the whole title: 公告2018年第60号（关于…的公告）."""
    whole = text[:1] in "（(" and text[-1:] in "）)" and looks_like(text[1:-1]) == 3
    return text[1:-1].strip() if whole else text


def unspread(text: str) -> str:
    """Spread-out words closed up (通　知), a single space left where a title is printed in two phrases."""
    words = text.split()
    if len(words) < 2:
        return "".join(words)
    result = words[0]
    for before, word in pairwise(words):
        spread = len(before) == 1 or len(word) == 1 or before[-1] in "《（(〈“、" or word[0] in "》）)〉”《、（("
        latin = before[-1].isascii() and word[0].isascii()
        result += word if spread and not latin else f" {word}"
    return result


def _is_long(text: str) -> bool:
    return cjk_count(text) >= 6


def key(text: str) -> str:
    """What two prints of one title share: folded, without spaces and quotation marks, < > as 《》."""
    return squeeze(fold(text)).replace('"', "").replace("<", "《").replace(">", "》")


@cache
def _furniture() -> frozenset[str]:
    return frozenset(squeeze(fold(name)) for name in load("titles")["furniture"])


@cache
def _remarks() -> frozenset[str]:
    return frozenset(load("titles")["remarks"])


@cache
def _kind_ending() -> re.Pattern[str]:
    kinds = "|".join(sorted((fold(kind) for kind in load("titles")["kinds"]), key=len, reverse=True))
    return re.compile(rf"(?:{kinds})(?:[》\"]|\([^()]{{1,24}}\))*$")
