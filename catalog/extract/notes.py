"""Notes in the text that say who is responsible for a task: （牵头单位：市司法局；责任单位：市直相关单位）, （县财政局牵头落实）.

They become the field `responsible_units`; the text keeps them as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from catalog.extract.lines import clean, fold

MAX_UNITS = 300
"""Units of one document."""
MAX_NAME = 40
_NOTE = re.compile(r"\((?:[^()]|\([^()]{0,30}\)){4,400}\)")
_ROLE = re.compile(
    r"(?:主要|第一)?(?:牵头|责任|配合|参加|参与|主办|协办|承办|完成|负责|落实|实施)(?:单位|部门|机构|主体|领导)\s*:"
)
_DOES = re.compile(
    r"^(?P<units>[^:;。]{2,120}?)(?:按职责)?(?:分工)?(?:分别|共同|牵头|负责|配合)+(?:组织)?(?:实施|落实|负责|办理|推进|完成)?(?:,(?P<more>[^:;。]{2,80}?)(?:按职责)?(?:分工)?(?:配合|参与|参加|负责)(?:落实|实施)?)?$"
)


def responsible_units(texts: Iterable[str]) -> tuple[list[str], str]:
    """The units that notes name, each once, in order; and the first note as printed (`""` if there is none)."""
    units: dict[str, None] = {}
    first = ""
    for text in texts:
        folded = fold(text)
        if "(" not in folded:
            continue
        for match in _NOTE.finditer(folded):
            spans = list(_spans(match.group()[1:-1]))
            if not spans:
                continue
            first = first or clean(text[match.start() : match.end()])
            inside = match.start() + 1
            for begin, end in spans:
                here = slice(inside + begin, inside + end)
                units.update((name, None) for name in _names(text[here], folded[here]))
            if len(units) >= MAX_UNITS:
                return list(units)[:MAX_UNITS], first
    return list(units), first


def _spans(note: str) -> Iterator[tuple[int, int]]:
    """Where in a note its units stand; nothing if the text in brackets is no such note."""
    roles = list(_ROLE.finditer(note))
    for number, role in enumerate(roles):
        stop = roles[number + 1].start() if number + 1 < len(roles) else len(note)
        yield role.end(), stop
    if not roles and (match := _DOES.match(note)) and re.search(r"[局委办厅部会院府处室署社行队组司]", match["units"]):
        for group in ("units", "more"):
            if match[group]:
                yield match.start(group), match.end(group)


def _names(text: str, folded: str) -> Iterator[str]:
    depth, begin = 0, 0
    for place, char in enumerate(folded + ","):
        depth += (char == "(") - (char == ")")
        if char in "、,;" and depth <= 0:
            name = clean(text[begin:place]).strip("。.;； ")
            if 2 <= len(name) <= MAX_NAME:
                yield name
            begin = place + 1
