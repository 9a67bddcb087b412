"""The lines at a document's end that are fields: how it is disclosed, who gets a copy, who printed it and when.

（此件公开发布）   公开属性：主动公开   抄送：县委办公室、…。   清水县人民政府办公室　2015年7月14日印发
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.extract.addressees import divide
from catalog.extract.lines import Line, clean, fold, squeeze
from catalog.extract.organs import organisations_in
from catalog.model import dates
from catalog.model.dates import PartialDate
from catalog.model.vocabularies import vocabulary

MAX_LINE = 60
"""Characters of the longest disclosure line."""
MAX_COPIES = 8
"""Lines that a list of copies may run over."""
_THIS = re.compile(r"^[(]?(?:此件|本件|本文|此文|该件)(?P<value>[^()。:]{2,12})[)。]?$")
_LABELLED = re.compile(
    r"^[(]?(?:信息|文件|政府信息)?公开(?:属性|方式|形式|类型|选项|类别|范围|性质)\s*:\s*(?P<value>[^()。:;]{2,12})[)。;]?$"
)
_ALONE = re.compile(r"^[(](?P<value>主动公开|依申请公开|不予公开|不公开|公开发布|此件公开发布)[)]$")
_FIRST = frozenset("(此本该信文政公")
"""What a disclosure line begins with."""
_COPY = re.compile(r"^(?:抄\s*送|抄\s*报|分\s*送)(?:\s*(?:单位|机关))?\s*:\s*")
_PRINT = re.compile(r"(?P<date>.{6,20}?)\s*(?:印\s*发|印\s*制|印)\s*(?:[(].{0,12}[)])?(?:共印?\d+份)?[。]?$")


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """A line that says how the document is disclosed: its place, the concept's id (`None` if not in the vocabulary), as printed."""

    at: int
    concept: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The bodies that get a copy and the lines that say so."""

    lines: range
    bodies: tuple[str, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class PrintLine:
    """Who printed the document and when (印发 line)."""

    at: int
    body: str | None
    date: PartialDate
    raw: str


def disclosure_line(lines: Sequence[Line], start: int) -> DisclosureLine | None:
    """The last disclosure line from `start` on."""
    for place in range(len(lines) - 1, start - 1, -1):
        text = lines[place].text
        if len(text) > MAX_LINE or lines[place].kind == "table":
            continue
        folded = fold(squeeze(text))
        if folded[:1] not in _FIRST:
            continue
        match = _THIS.match(folded) or _LABELLED.match(folded) or _ALONE.match(folded)
        if match:
            concept = vocabulary("disclosure").match(match["value"])
            if concept is not None:
                return DisclosureLine(place, concept.id, clean(text))
    return None


def copies(lines: Sequence[Line], start: int) -> Copies | None:
    """The list of copies (抄送), which may run over several lines until its full stop."""
    for place in range(max(start, 0), len(lines)):
        match = _COPY.match(fold(lines[place].text)) if lines[place].kind != "table" else None
        if match is None:
            continue
        text, stop = lines[place].text[match.end() :], place + 1
        while stop < len(lines) and stop - place < MAX_COPIES and not text.rstrip().endswith(("。", "；", ";")):
            following = lines[stop].text
            if _print(following) or not following.endswith(("。", "，", "、", ",")) or lines[stop].kind == "table":
                break
            text += following
            stop += 1
        return Copies(range(place, stop), tuple(divide(text)), clean("".join(line.text for line in lines[place:stop])))
    return None


def print_line(lines: Sequence[Line], start: int) -> PrintLine | None:
    """The 印发 line: the last one from `start` on."""
    for place in range(len(lines) - 1, start - 1, -1):
        if lines[place].kind != "table" and (found := _print(lines[place].text)):
            body, date = found
            return PrintLine(place, body, date, clean(lines[place].text))
    return None


def _print(text: str) -> tuple[str | None, PartialDate] | None:
    if len(text) > 90 or "印" not in text[-16:]:
        return None
    found = dates.find_all(text)
    if not found or found[-1].date.precision != "day" or not _PRINT.search(fold(text[found[-1].start :])):
        return None
    before = text[: found[-1].start].strip(" \u3000|，,")
    bodies = organisations_in(before)
    return (bodies[0] if bodies else None, found[-1].date) if bodies or not before else None
