"""Notes that say who is responsible: （牵头单位：市司法局；责任单位：市直相关单位）, （县财政局牵头落实）. Where they stand, and the names in them.

Works on text as printed; offsets are those of the text (the fold keeps lengths). Every part of the patterns is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.model.script import fold_line

MAX_NAME = 40
"""Characters of the longest unit's name; longer ones are sentences."""

_OPENS = re.compile(r"[(（\[【〔﹝〖［❲]")
"""What the fold makes a round bracket of; most lines have none, and need no folding."""
_NOTE = re.compile(r"\((?:[^()]|\([^()]{0,30}\)){4,400}\)")
_ROLE = re.compile(
    r"(?:主要|第一)?(?:牵头|责任|配合|参加|参与|主办|协办|承办|完成|负责|落实|实施)(?:单位|部门|机构|主体|领导)\s*:"
)
_DOES = re.compile(
    r"^(?P<units>[^:;。]{2,120}?)(?:按职责)?(?:分工)?(?:分别|共同|牵头|负责|配合)+(?:组织)?(?:实施|落实|负责|办理|推进|完成)?(?:,(?P<more>[^:;。]{2,80}?)(?:按职责)?(?:分工)?(?:配合|参与|参加|负责)(?:落实|实施)?)?$"
)
_BODY = re.compile(r"[局委办厅部会院府处室署社行队组司]")


@dataclass(frozen=True, slots=True)
class Note:
    """A note: where it stands in the text, brackets included, and where the names of units stand in it."""

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]


def notes_in(text: str) -> list[Note]:
    """The notes of a text, in order."""
    if not _OPENS.search(text):
        return []
    folded = fold_line(text)
    found = []
    for match in _NOTE.finditer(folded):
        inside = match.start() + 1
        spans = tuple((inside + begin, inside + end) for begin, end in _spans(match.group()[1:-1]))
        if spans:
            found.append(Note(match.start(), match.end(), spans))
    return found


def _spans(note: str) -> Iterator[tuple[int, int]]:
    """Where in a note its units stand; nothing if the text in brackets is no such note."""
    roles = list(_ROLE.finditer(note))
    for number, role in enumerate(roles):
        stop = roles[number + 1].start() if number + 1 < len(roles) else len(note)
        yield role.end(), stop
    if not roles and (match := _DOES.match(note)) and _BODY.search(match["units"]):
        for group in ("units", "more"):
            if match[group]:
                yield match.start(group), match.end(group)
