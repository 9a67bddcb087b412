"""What the title of a gazette issue says: 2021年第3期（总第87期）, 第12卷第4号, 增刊. Patterns are data (`data/issues.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from catalog.harvesters.shapes import load
from catalog.model.draft import Draft, Reading
from catalog.model.numerals import whole

ROC = 1911
"""The year before the Republic's first."""
_NAMED = re.compile(r"[公政通][报報]|文告|Gazette|Register|Bulletin|Journal", re.IGNORECASE)
"""Words of a gazette's name: a line without any number is one only with such a word."""
READ = 0.85
"""How sure a part of a title is."""


def read_issue(draft: Draft, title: str) -> None:
    """Put year, numbers, supplement and the gazette's name out of an issue's title into its draft, where nothing surer stands."""
    rest = title
    for name, pattern in _patterns():
        found = pattern.search(title)
        if found is None:
            continue
        rest = rest.replace(found[0], " ")
        value: object = True if name == "supplement" else next(filter(None, found.groups()), None)
        if name == "year":
            value = whole(found[1])
        elif name == "number_in_year" and not str(value)[0].isdigit():
            value = str(whole(str(value)) or value)  # 第五期
        elif name == "roc_year":
            name, value = "year", int(str(value)) + ROC  # noqa: PLW2901 - a year of the Republic is a year
        if value is not None:
            draft.put(name, value, Reading(found[0], "title", READ))
    gazette = re.sub(r"[《》〈〉（）()\s]+", "", re.split(r"\d{4}\s*年|第", rest, maxsplit=1)[0])
    if gazette and not gazette.isdigit() and (rest != title or _NAMED.search(gazette)):
        draft.put("gazette", gazette, Reading(title, "title", READ / 2))


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    yield from _compiled()


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in load("issues").items())
