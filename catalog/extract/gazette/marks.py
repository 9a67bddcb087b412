"""Gazettes that print a mark at the end of every document (the Federal Register's `[FR Doc. 2016-08651 Filed 4-14-16; 8:45 am]`).

The mark, and not the layout, divides the text: it holds whether tags were replaced by line feeds, by blanks or by nothing, and on pages
whose columns were mixed. Which words these are is data (`gazettes.yaml`, `marked`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any

from catalog.extract.data_files import load
from catalog.extract.gazette.pieces import Head, Span, Split, partition

HEAD = 3_000
"""Characters of a document in which its head is looked for."""
TITLE = 600
"""Characters of the longest title that is taken."""
CONTENTS = 400_000
"""Characters at the beginning of an issue in which its table of contents is looked for."""
PROSE = 400
"""A longer line is running text, and ends a head that no label ends."""
SURE = 0.97
"""How sure a beginning is that stands behind an end mark."""
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Profile:
    """A compiled profile of `marked`."""

    name: str
    least: int
    end: re.Pattern[str]
    tail: re.Pattern[str]
    between: re.Pattern[str]
    skip: re.Pattern[str]
    labels: re.Pattern[str]
    not_title: re.Pattern[str]
    issuer: re.Pattern[str]
    contents: re.Pattern[str]


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles by their names."""
    return {name: _compiled(name, data) for name, data in load("gazettes")["marked"].items()}


def fitting(text: str) -> Profile | None:
    """The profile with the most end marks in a text, `None` where none has enough of them."""
    counted = [(sum(1 for _ in one.end.finditer(text)), one) for one in profiles().values()]
    best = max(counted, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= best[1].least else None


def split(text: str, profile: Profile) -> Split:
    """The documents of a text, each from behind the end mark of the one before it to its own end mark and what belongs to that."""
    heads: list[Head] = []
    spans: list[Span] = []
    at = 0
    section, day, volume = None, None, None
    entries: dict[str, dict[str, Any]] = {}
    for mark in profile.end.finditer(text):
        end = _behind(profile.tail, text, mark.end())
        begins = at
        for found in profile.between.finditer(text, at, mark.start()):
            section, day = _BLANK.sub(" ", found["section"]), _BLANK.sub(" ", found["date"])
            volume = found["volume"] or volume
            begins = found.end()
        if not heads:
            entries = _contents(text[: min(mark.start(), CONTENTS)], profile)
        if begins > at:
            begins = _behind(profile.skip, text, begins)
        begins = _behind(_BLANK, text, begins)
        spans.append(Span(at, begins))
        number = _plain(mark["number"])
        fields = _head(text, begins, mark.start(), profile) | entries.get(number, {})
        fields |= {"numbers": [number]} | ({"section": section} if section else {}) | ({"day": day} if day else {})
        fields |= {"volume": volume} if volume else {}
        heads.append(Head(begins, SURE, ("end_mark", *(("contents",) if number in entries else ())), fields))
        at = end
    if at < len(text):
        spans.append(Span(at, len(text)))
    return Split(text, partition(text, heads, spans), profile.name, len(entries) or None)


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _plain(number: str) -> str:
    return re.sub("[–—]", "-", number)


def _head(text: str, start: int, end: int, profile: Profile) -> dict[str, Any]:
    """Issuer and title: what stands before the first label, line by line; one line alone is all title."""
    part = text[start : min(end, start + HEAD)]
    label = profile.labels.search(part)
    lines = [_BLANK.sub(" ", line).strip() for line in (part[: label.start()] if label else part).splitlines()]
    lines = list(takewhile(lambda line: len(line) <= PROSE, (line for line in lines if line)))
    if not lines:
        return {}
    issuers = [lines[0]] if profile.issuer.match(lines[0]) else []
    names = [place for place, line in enumerate(lines) if profile.not_title.match(line)]
    rest = lines[len(issuers) :]
    if names and names[-1] + 1 < len(lines):
        rest = lines[names[-1] + 1 :]
        under = lines[len(issuers) : names[0]]
    else:
        under = rest[:-1] if len(rest) > 1 else []
        rest = rest[-1:]
    issuers += [line for line in under[:1] if len(line) < 120 and not profile.not_title.match(line)] if issuers else []
    title = " ".join(line for line in rest if not profile.not_title.match(line))
    return ({"title": title[:TITLE]} if title else {}) | ({"issuing_body": issuers} if issuers else {})


def _contents(text: str, profile: Profile) -> dict[str, dict[str, Any]]:
    """The entries of the table of contents by the numbers of their documents: pages."""
    found: dict[str, dict[str, Any]] = {}
    for entry in profile.contents.finditer(text):
        first = int(entry["page"])
        last = int(entry["to"] or first)
        found.setdefault(_plain(entry["number"]), {"page_from": first, "page_to": last, "listed": _title(entry)})
    return found


def _title(entry: re.Match[str]) -> str:
    return _BLANK.sub(" ", entry["title"]).strip(" ,")


def _compiled(name: str, data: Mapping[str, Any]) -> Profile:
    patterns = {part: re.compile(data[part]) for part in ("end", "tail", "between", "issuer", "not_title", "contents")}
    return Profile(
        name=name,
        least=int(data["least"]),
        skip=re.compile(data["skip"], re.DOTALL),
        labels=re.compile("|".join(_label(word) for word in data["labels"])),
        **patterns,
    )


def _label(word: str) -> str:
    return (
        r"\s*".join(re.escape(part) for part in word.split(" "))
        if word.endswith(":")
        else rf"(?m:^\s*){re.escape(word)}"
    )
