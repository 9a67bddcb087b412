"""The lines of an issue's text with their places, and what each of them is by itself: a number, a date, a kind line, furniture, …

Every line is looked at once, by patterns that are data; lines longer than a line of print are prose and are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from catalog.extract.data_files import load

MAX_LINE = 260
"""Characters of the longest line that can be part of a head or of a table of contents."""
PATTERNS = ("entry", "entry_in_brackets", "section", "section_in_contents", "number", "dated_number", "bare_number", "kind_line", "date", "subject", "furniture", "imprint", "correction", "correction_head", "delivered", "made_known", "label", "chronicle", "speaker")  # fmt: skip
_LINES = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One line that is not blank: its offsets, its text without blanks at its ends, and without any (`tight`; empty if it is too long; without
    the label 發文字號：, 發文日期：).
    `gap` says whether a blank line or a page break stands before it.
    """

    start: int
    end: int
    text: str
    tight: str
    gap: bool


def rows_of(text: str) -> list[Row]:
    """The lines of a text that are not blank."""
    return list(_rows(text))


def _rows(text: str) -> Iterator[Row]:
    behind = 0
    for match in _LINES.finditer(text):
        line = match[0].strip()
        if not line:
            continue
        tight = patterns()["label"].sub("", "".join(line.split()), count=1) if len(line) <= MAX_LINE else ""
        between = text[behind : match.start()]
        gap = "\f" in between or between.count("\n") > 1 or between.count("\r") > 1
        yield Row(match.start(), match.end(), line, tight, gap)
        behind = match.end()


@cache
def patterns() -> Mapping[str, re.Pattern[str]]:
    """The compiled patterns of `gazettes.yaml`, `chinese`."""
    data = load("gazettes")["chinese"]
    return {name: re.compile(data[name]) for name in PATTERNS}


def is_furniture(text: str) -> bool:
    """Whether a line is furniture of a page: its number, the gazette's name, （此件公开发布）."""
    return len(text) <= MAX_LINE and patterns()["furniture"].match("".join(text.split())) is not None


def is_a(name: str, row: Row) -> bool:
    """Whether a row is what a pattern describes, by its text without blanks."""
    return bool(row.tight) and patterns()[name].match(row.tight) is not None


@cache
def contents_heads() -> frozenset[str]:
    """The words above a table of contents."""
    return frozenset(load("gazettes")["chinese"]["contents_heads"])
