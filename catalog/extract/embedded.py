"""The document inside a document: the 方案 that a 通知 issues, the draft that a consultation puts forward.

It begins after the signature of the outer document with a title of its own: the one that the outer title names, or a line that looks like
a title and stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.extract import title_lines, titles
from catalog.extract.citations import titles_in
from catalog.extract.header import is_prose
from catalog.extract.lines import Line, fold, squeeze
from catalog.model.titles import transmitted

LEAST_TITLE = 5
MAX_TITLE_LINES = 6
AFTER_SIGNATURE = 8
"""Lines after the signature within which an unnamed embedded document begins (an empty one, 附件, the title)."""
_ANNEX = ("附件", "附表", "附录", "附：", "附:", "附")


@dataclass(frozen=True, slots=True)
class Embedded:
    """An embedded document: its title as printed, the lines of the title, and whether the outer title names it."""

    title: str
    lines: range
    named: bool


def find(lines: Sequence[Line], *, outer_title: str, start: int, after_signature: int | None) -> Embedded | None:
    """The embedded document in `lines` from `start` on; `after_signature` is where the outer document's signature ended."""
    outer = [name for line in lines[:start] if line.kind != "table" for name in titles_in(line.text)]
    wanted = [
        name
        for name in (transmitted(outer_title), *titles_in(outer_title), *outer)
        if name and len(name) >= LEAST_TITLE
    ]
    keys = [key for name in wanted for key in (_key(name), _key(name).removeprefix("关于"))]
    for place in range(start, len(lines)) if keys else ():
        run = _named_at(lines, place, keys)
        if run is not None:
            return Embedded(title_lines.join(lines, run), run, named=True)
    if after_signature is None:
        return None
    for place in range(after_signature, min(after_signature + AFTER_SIGNATURE, len(lines))):
        line = lines[place]
        if line.kind == "table" or is_prose(line.text):
            return None
        if squeeze(line.text).startswith(_ANNEX):
            continue
        run = title_lines.guess_lines(lines[place:], MAX_TITLE_LINES, frozenset())
        if run is not None and run.start == 0 and titles.looks_like(title_lines.join(lines[place:], run)) >= 2:
            shifted = range(place, place + len(run))
            return Embedded(title_lines.join(lines, shifted), shifted, named=False)
    return None


def _named_at(lines: Sequence[Line], place: int, keys: Sequence[str]) -> range | None:
    """The run of lines from a place on that together are one of the wanted titles (with a remark such as （试行） more or less)."""
    joined = ""
    for stop in range(place, min(place + MAX_TITLE_LINES, len(lines))):
        text = lines[stop].text
        if lines[stop].kind == "table" or is_prose(text) or len(text) > titles.MAX_TITLE:
            return None
        joined += _key(text)
        match = next(
            (key for key in keys if joined == key or (key.startswith(joined) and _is_remark(key[len(joined) :]))), None
        )
        if match is not None:
            following = stop + 1
            more = following < len(lines) and titles.is_remark(lines[following].text)
            return range(place, following + more)
        if not any(key.startswith(joined) for key in keys) or not joined:
            return None
    return None


def _is_remark(rest: str) -> bool:
    return titles.is_remark(rest)


def _key(text: str) -> str:
    return squeeze(fold(text)).strip('《》<>"')
