"""What a page puts around a document: found and taken away, but only at the head and near the end, and never all of it.

The same words can be content (我的分享到这里), so a marker counts only at the beginning of a short line, and everything behind it is cut only
if no running text follows. A page of which nothing would be left keeps its lines and gets the flag `boilerplate_only`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from catalog.extract.data_files import load
from catalog.extract.header import is_prose
from catalog.extract.lines import Line, fold, squeeze

MAX_LINE = 80
"""Characters of the longest line that can be a marker."""
HEAD_LINES = 12
"""Lines at the head of a page in which its furniture is looked for."""
SENTENCE = 30
"""A line of this many characters with a full stop is a sentence, whatever it begins with."""
SUBSTANCE = 24
"""A line of this many characters is something to read, if it is not a marker."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Which lines are furniture (their places), and whether nothing else would be left, so that they all stay."""

    dropped: frozenset[int]
    only_boilerplate: bool


def find(lines: Sequence[Line]) -> Cut:
    """The furniture among a page's lines."""
    dropped = {place for place, line in enumerate(lines) if _matches(line, "lines")}
    for place, line in enumerate(lines[:HEAD_LINES]):
        if is_prose(line.text):
            break
        if _matches(line, "head"):
            dropped.add(place)
    running = (place for place in reversed(range(len(lines))) if place not in dropped and _is_running(lines[place]))
    last = next(running, -1)
    start = next((place for place in range(last + 1, len(lines)) if _matches(lines[place], "tail")), len(lines))
    tail = {place for place in range(start, len(lines)) if not _is_kept(lines[place])}
    if not any(_is_something(lines[place]) for place in range(len(lines)) if place not in dropped | tail):
        return Cut(frozenset(), only_boilerplate=bool(lines))
    inner = {place for place in dropped if place > last or _near_head(lines, place)}
    return Cut(frozenset(inner | tail), only_boilerplate=False)


def is_marker(line: Line) -> bool:
    """Whether a line by itself is furniture, wherever it stands."""
    return line.kind != "table" and is_marker_text(line.text)


def is_marker_text(text: str) -> bool:
    """`is_marker` for a line of which only the text is known."""
    return len(text) <= MAX_LINE and _is_of(text, "marker")


def is_caption(line: Line) -> bool:
    """Whether a line is the caption of a header (基本信息, 文件信息)."""
    return _matches(line, "head")


def _near_head(lines: Sequence[Line], place: int) -> bool:
    """Whether a line stands in the head, or is an exact marker between two copies of a page."""
    return (
        place < HEAD_LINES
        or not any(is_prose(line.text) for line in lines[:place])
        or len(lines[place].text) <= SUBSTANCE
    )


def _is_running(line: Line) -> bool:
    return line.kind == "table" or (is_prose(line.text) and not _matches(line, "tail") and not _matches(line, "lines"))


def _is_something(line: Line) -> bool:
    return line.kind == "table" or (len(line.text) >= 4 and not is_marker(line))


def _is_kept(line: Line) -> bool:
    """Lines that stay although they stand behind a marker: what the document itself says at its end."""
    return bool(_KEPT.match(fold(squeeze(line.text))))


_KEPT = re.compile(
    r"\(?此件|公开(?:属性|方式)[:：]|抄送|.{2,30}\d{4}年\d{1,2}月\d{1,2}日印发|附件\d*[:：.、]|.{2,60}\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar)$"
)


def _matches(line: Line, group: str) -> bool:
    return line.kind != "table" and len(line.text) <= MAX_LINE and _is_of(line.text, group)


@lru_cache(maxsize=8192)
def _is_of(text: str, group: str) -> bool:
    """Whether a short text is of a group of furniture; remembered, since every step asks and pages of one site share their furniture."""
    if len(text) >= SENTENCE and "。" in text:
        return False
    return bool(_patterns()[group].match(squeeze(fold(text)).lstrip("•·|>-")))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = load("boilerplate")
    groups = {**data, "marker": [*data["lines"], *data["tail"]]}
    return {
        group: re.compile("|".join(f"(?:{pattern.replace('：', '')})" for pattern in groups[group]))
        for group in ("lines", "tail", "head", "marker")
    }
