"""The lines of a title at the head of a text: where a known one stands, and which run of lines looks most like one.

Titles are broken over lines anywhere, also inside words and names; which line goes on with the one above is told by what a title of
official documents needs at its end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from catalog.extract.data_files import load
from catalog.extract.lines import Line, fold, squeeze, unbullet
from catalog.extract.titles import MAX_TITLE, ends_like, is_furniture, is_remark, key, looks_like, unspread
from catalog.model import dates, docnumber

MAX_LINES = 7
"""Lines that a title may be broken over."""
_JOINS = ("的", "和", "与", "及", "、", "等", "》", ")")
"""How a line begins that goes on with the title above although that could have ended."""
_STOPS = re.compile(r"[。；;，,：:！!？?]$")
"""What ends a line that no title goes on from (one broken at 、 does)."""


def find_lines(lines: Sequence[Line], title: str, limit: int) -> list[range]:
    """Where the title stands among the first `limit` lines: each run of lines that together are the title, possibly without its issuer."""
    wanted, found, number = key(title), [], 0
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
    return "".join(unspread(unbullet(lines[number].text)) for number in run)


def _run(lines: Sequence[Line], start: int, wanted: str, limit: int) -> range | None:
    joined = ""
    for stop in range(start, min(start + MAX_LINES, limit, len(lines))):
        joined += key(unbullet(lines[stop].text))
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
    marks = tuple(load("titles")["marks"][:4])
    marked = any(mark in above for mark in marks)
    return (
        marked
        and not _closed().search(above)
        and bool(_closing().search(tight))
        and not any(mark in tight for mark in marks)
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


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(fold(kind) for kind in load('titles')['closing_kinds'])})$")


@cache
def _closed() -> re.Pattern[str]:
    """…的通知, …的若干意见: the kind that the whole title is of; 关于明确政府工作报告 ends with another document's."""
    return re.compile(rf"的[^的]{{0,4}}{_closing().pattern}")
