"""What the words around a name say that a text does with the document: data (`relations.yaml`), applied within the name's sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from catalog.extract.data_files import load
from catalog.extract.lines import fold, squeeze
from catalog.model.numerals import CHARACTERS

REACH = 120
"""Characters beside a name in which its word is looked for."""
LONGEST = 200
"""Characters of names that may stand between a word and the name that it governs."""
_STOPS = "。；;\n！？"
_QUOTED = re.compile(r"《[^《》]*》|〈[^〈〉]*〉|<[^<>]*>|「[^「」]*」|\([^()]*\)")
_JOINED_NUMBER = re.compile(r"(?<=[、和与及,])[\u4e00-\u9fffa-zA-Z]{0,14}\(\d{4}\)\d{1,5}号")
"""A number behind another name: a word governs the whole list (云政发〔2010〕5号、云政办发〔2011〕6号同时废止)."""
_UNOPENED = re.compile(r"^[^《(「]*[》)」]")
_JOINING = re.compile(r"[、和与及暨,]+$|^[、和与及暨,]+")
_ARTICLES = re.compile(
    rf"[的中之]?(?:第\(?[{re.escape(CHARACTERS)}]+\)?(?:-\d+)?[条款项目](?:之[一二三四五六七八九十]+)?[、至和与及]?)+"
)
_TELLING = re.compile("废止|廢止|失效|修改|修正|修订|修訂|停止")


def relation(text: str, start: int, end: int, *, in_title: bool) -> str | None:
    """The relation that the words around `text[start:end]` say; `None` if they say none."""
    after = outside(sentence_after(text, end))
    for kind, pattern in _patterns("after"):
        if pattern.match(after):
            return kind
    before = outside(sentence_before(text, start))
    best: tuple[int, str] | None = None
    for kind, pattern in _patterns("title" if in_title else "before"):
        for match in pattern.finditer(before):
            if (best is None or match.end() > best[0]) and _between().match(before[match.end() :]):
                best = (match.end(), kind)
    return best[1] if best else None


def is_history(text: str, start: int, end: int) -> bool:
    """Whether a name stands in a note of the document's own history (根据2020年…《…的决定》修正): an event, not a citation."""
    history = load("relations")["history"]
    return bool(
        re.match(history["after"], squeeze(fold(text[end : end + REACH])))
        and re.search(history["before"], outside(sentence_before(text, start)))
    )


class Lists:
    """The relation that a paragraph gives to the list after it: 决定废止下列规章： and then 一、《…》 二、《…》."""

    def __init__(self) -> None:
        self._held: str | None = None

    def relation(self, text: str) -> str | None:
        """The relation for the names of a paragraph, if it is an item of such a list."""
        return self._held if self._held and _item().match(squeeze(fold(text[:REACH]))) else None

    def read(self, text: str) -> None:
        """Look at a paragraph that was read: it may begin a list, be an item of one, or end it."""
        begun = None
        if _TELLING.search(text):
            folded = squeeze(fold(text))
            begun = next((kind for kind, pattern in _patterns("lists") if pattern.search(folded)), None)
        if begun is not None or (self._held and not _item().match(squeeze(fold(text[:REACH])))):
            self._held = begun


def strength(kind: str) -> int:
    """The rank of a relation among those to the same document; the strongest is 0."""
    order: Sequence[str] = load("relations")["strength"]
    return order.index(kind) if kind in order else len(order)


def sentence_before(text: str, start: int) -> str:
    """What stands before a place in its sentence."""
    begin = max((text.rfind(stop, max(0, start - REACH - LONGEST), start) for stop in _STOPS), default=-1) + 1
    return text[max(begin, start - REACH - LONGEST) : start]


def sentence_after(text: str, end: int) -> str:
    """What stands behind a place in its sentence."""
    stops = [place for stop in _STOPS if (place := text.find(stop, end, end + REACH)) >= 0]
    return text[end : min([*stops, end + REACH])]


def outside(text: str) -> str:
    """Folded text without quoted titles, their articles, brackets and what joins several names, so that a word governs a whole list."""
    folded = _JOINED_NUMBER.sub("", squeeze(fold(text)))
    previous = None
    while previous != folded:
        previous, folded = folded, _QUOTED.sub("", folded)
    folded = _UNOPENED.sub("", folded) if "》" in folded or ")" in folded or "」" in folded else folded
    return _JOINING.sub("", _ARTICLES.sub("", folded)).strip()


@cache
def _patterns(group: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(rule["type"], re.compile(rule["words"])) for rule in load("relations")[group]]


@cache
def _between() -> re.Pattern[str]:
    return re.compile(load("relations")["between"])


@cache
def _item() -> re.Pattern[str]:
    return re.compile(load("relations")["item"])
