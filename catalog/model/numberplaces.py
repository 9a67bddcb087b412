"""Where in running text a document number begins whose year or serial a pattern has found: by each form's own rule.

Knows places only; `model.docnumber` reads what stands there, `model.leftedge` knows the words.
"""

from __future__ import annotations

import re

from catalog.model import leftedge
from catalog.model import numberforms as forms
from catalog.model.numerals import whole

FIRST_ROC_YEAR = 30
"""A numeral in brackets above this is a year (（82）, （九二）), below it a section of the office (（二）)."""


_OF_DATES = frozenset("年月日")
"""Behind a digit these end a date, or a part of one."""
_CLOSES, _JOINS = ("》", "〕", "〉", "」", "号", "號"), "和与與及或暨并並"
"""Behind what closes a name, these join another to it; elsewhere a code may begin with them (和政发 of 和政县)."""


def start_of(form: str, plain: str, match: re.Match[str]) -> int | None:
    """Where the number begins whose year or serial `match` is, in text of plain characters; `None` if it is none."""
    end = match.start()
    run_start = _run_start(plain, end)
    if plain[run_start : run_start + 1] in _OF_DATES and plain[run_start - 1 : run_start].isdigit():
        run_start += 1  # the end of a date that stands before it; codes do not follow digits
    if form == "T":
        return _start_of_words(plain, run_start, end)
    if run_start < end and plain[run_start - 1 : run_start] in _CLOSES and plain[run_start] in _JOINS:
        run_start += 1
    run = plain[run_start:end]
    if form == "A" and not run.endswith(("令", "公告", "通告")):
        return _start_of_code(plain, run_start, match)
    bare = run.removesuffix("令").removesuffix("公告").removesuffix("通告")
    edge = leftedge.body_edge(bare)
    if edge is None and form == "A" and run.endswith("令"):  # 浙政令〔2020〕12号 is a code like any other
        return _start_of_code(plain, run_start, match, known_only=True)
    if edge is None or (form == "D" and not leftedge.is_national(bare[edge:])):
        return None
    return _joint_start(plain, run_start + edge) if edge == 0 else run_start + edge


def _start_of_code(plain: str, run_start: int, match: re.Match[str], *, known_only: bool = False) -> int | None:
    """Form A: a year of two digits, and a code that looks like a body's order, are only believed behind a known beginning."""
    run = plain[run_start : match.start()]
    edge = leftedge.code_edge(run)
    short_year = plain[match.start() : match.end()].lstrip(" ")[3:4] in "〔〕 年"
    if edge is None or ((short_year or known_only) and not leftedge.begins_known(run[edge:])):
        return None
    return run_start + edge


def _run_start(plain: str, end: int) -> int:
    """Where the run of Chinese characters and letters that ends at `end` starts."""
    first = max(0, end - 2 * leftedge.MAX_BODY)
    match = forms.RUN.match(plain[first:end][::-1])
    return end - match.end() if match else end


def _joint_start(plain: str, start: int) -> int:
    """More bodies to the left: whole names that 、 joins to this, or a space after a national one (国务院、中央军委令)."""
    while start > 1 and plain[start - 1] in "、 ":
        before = _run_start(plain, start - 1)
        run = plain[before : start - 1]
        edge = leftedge.body_edge(run)
        if edge is None or not (leftedge.is_national(run[edge:]) or (edge == 0 and plain[start - 1] == "、")):
            break
        start = before + edge
        if edge:
            break
    return start


def _start_of_words(plain: str, start: int, end: int) -> int | None:
    """Form T: over a bracketed part of the code (台高（二）字), up to a year in brackets or to the end of the body's name."""
    while (
        start > 1
        and plain[start - 1] in "〕 "
        and (match := re.search(r"〔([^〔〕 \n]{1,4}) ?〕 ?$", plain[max(0, start - 8) : start]))
    ):
        at = start - len(match.group())
        if (whole(match[1]) or 0) > FIRST_ROC_YEAR:
            return at
        start = _run_start(plain, at)
    start += plain[start : start + 1] in _OF_DATES and plain[start - 1 : start].isdigit()
    if end - start < 1:
        return None
    return start + leftedge.words_edge(plain[start:end])
