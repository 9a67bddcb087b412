"""Titles: what one looks like, how its lines are found at the head of a text, and which of several candidates is the document's.

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
from catalog.extract.lines import Line, cjk_count, clean, fold, squeeze, unbullet
from catalog.model import dates, docnumber
from catalog.model.draft import Where

MAX_TITLE = 240
"""Characters of the longest title taken (the longest of 14,005 real ones has 85, joint acts of many bodies more)."""
MAX_LINES = 7
"""Lines that a title may be broken over."""
CUT_AT = 60
"""From this length on a title that another one begins with is taken to be cut off."""
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
_JOINS = ("的", "和", "与", "及", "、", "等", "》", ")")
"""How a line begins that goes on with the title above although that could have ended."""
_STOPS = re.compile(r"[。；;，,：:！!？?]$")
"""What ends a line that no title goes on from (one broken at 、 does)."""
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
        and _is_long(rest := text[found[0].end :].lstrip(" \u3000:："))
        and not rest.startswith(("和", "、", "文"))
    ):
        number, text = found[0].number.raw, rest
    elif tail := _TAIL_NUMBER.search(text):
        parsed = docnumber.parse(tail[1])
        if parsed is not None and _is_long(text[: tail.start()]):
            number, text = parsed.raw, text[: tail.start()]
    return _unspread(_unwrapped(text)), number


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
    return label_of(text) is not None or boilerplate.is_marker(Line(text))


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
    return _key(one) == _key(other)


def find_lines(lines: Sequence[Line], title: str, limit: int) -> list[range]:
    """Where the title stands among the first `limit` lines: each run of lines that together are the title, possibly without its issuer."""
    wanted, found, number = _key(title), [], 0
    while number < min(limit, len(lines)):
        run = _run(lines, number, wanted, limit)
        if run:
            found.append(run)
            number = run.stop
        else:
            number += 1
    return found


def guess_lines(
    lines: Sequence[Line], limit: int, skip: frozenset[int], bodies: frozenset[int] = frozenset()
) -> range | None:
    """The run of lines at the head of a text that looks most like its title; `None` if none does. `skip` are lines known to be others,
    `bodies` lines that look like names of bodies: they begin no title, but a title that is broken anywhere can go on with them.
    """
    best: tuple[float, int, range] | None = None
    for start in range(min(limit, len(lines))):
        if start in skip | bodies or lines[start].kind == "table" or is_furniture(lines[start].text):
            continue
        for run in _growing(lines, start, limit, skip):
            score = _score(lines, run)
            if score > 0 and (best is None or (score, -start) > best[:2]):
                best = (score, -start, run)
    return best[2] if best else None


def join(lines: Sequence[Line], run: range) -> str:
    """The text of a title broken over lines."""
    return "".join(_unspread(unbullet(lines[number].text)) for number in run)


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


def _run(lines: Sequence[Line], start: int, wanted: str, limit: int) -> range | None:
    joined = ""
    for stop in range(start, min(start + MAX_LINES, limit, len(lines))):
        joined += _key(unbullet(lines[stop].text))
        if joined == wanted or (len(joined) > 12 and ends_like(joined) and wanted.endswith(joined)):
            return range(start, stop + 1)
        if not joined or not (wanted.startswith(joined) or joined in wanted):
            return None
    return None


def _growing(lines: Sequence[Line], start: int, limit: int, skip: frozenset[int]) -> list[range]:
    """The runs that begin at a line: the line itself, and those that continue it."""
    runs = [range(start, start + 1)]
    text = lines[start].text
    for number in range(start + 1, min(start + MAX_LINES, limit, len(lines))):
        line = lines[number]
        if number in skip or line.kind == "table" or _STOPS.search(line.text) or _STOPS.search(text):
            break
        if is_remark(line.text):
            runs.append(range(start, number + 1))
            break
        if not _may_go_on(text, line) or not _continues(lines[number - 1], line) or len(text) > MAX_TITLE:
            break
        text += line.text
        runs.append(range(start, number + 1))
    return runs


def _may_go_on(text: str, below: Line) -> bool:
    """Whether a title can go on in the line below: it has not ended; or that line begins with a word that begins no title; or the title
    needs a closing kind (关于…制度 / …的指导意见) and gets it there.
    """
    tight, above = squeeze(fold(below.text)), squeeze(fold(text))
    if not ends_like(text) or tight.startswith(_JOINS):
        return True
    closing = tuple(fold(kind) for kind in load("titles")["closing_kinds"])
    marks = tuple(load("titles")["marks"][:4])
    marked = any(mark in above for mark in marks)
    return (
        marked and not above.endswith(closing) and tight.endswith(closing) and not any(mark in tight for mark in marks)
    )


def _continues(above: Line, below: Line) -> bool:
    return (
        above.align == below.align
        and above.level == below.level
        and len(above.text) <= 60
        and len(below.text) <= 60
        and docnumber.parse(below.text) is None
        and dates.parse(below.text) is None
        and not is_furniture(below.text)
    )


def _score(lines: Sequence[Line], run: range) -> float:
    text, first = join(lines, run), lines[run.start]
    likeness = looks_like(text)
    if not likeness:
        return 0
    style = (
        (2 if first.kind == "heading" and first.level <= 2 else 0)
        + (1 if first.align == "center" else 0)
        + (0.5 if first.bold else 0)
    )
    if text.endswith(("文件", "令")) and "关于" not in text:
        return 0.5 + style / 4
    return (
        likeness * 1.5
        + style
        + (1 if run.start == 0 else 0)
        + 0.1 * (len(run) - 1)
        - (1.5 if likeness == 1 and not style else 0)
    )


def _is_cut(short: str, long: str) -> bool:
    one, other = _key(short.rstrip("…. ")), _key(long)
    return (
        len(other) > len(one)
        and other.startswith(one)
        and (len(one) >= CUT_AT or short.rstrip().endswith(("…", "...")))
    )


def _contradict(one: str, other: str) -> bool:
    first, second = _key(one), _key(other)
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


def _unspread(text: str) -> str:
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


def _key(text: str) -> str:
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
