"""The units that notes in the text hold responsible for a task: they become the field `responsible_units`; the text keeps its notes
as printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.extract.lines import clean, fold
from catalog.model.responsibility import MAX_NAME, notes_in

MAX_UNITS = 300
"""Units of one document."""


def responsible_units(texts: Iterable[str]) -> tuple[list[str], str]:
    """The units that notes name, each once, in order; and the first note as printed (`""` if there is none)."""
    units: dict[str, None] = {}
    first = ""
    for text in texts:
        for note in notes_in(text):
            first = first or clean(text[note.start : note.end])
            for begin, end in note.spans:
                units.update((name, None) for name in _names(text[begin:end]))
            if len(units) >= MAX_UNITS:
                return list(units)[:MAX_UNITS], first
    return list(units), first


def _names(text: str) -> Iterator[str]:
    """The names of a list: divided at 、 and commas, but not inside brackets."""
    depth, begin = 0, 0
    for place, char in enumerate(f"{fold(text)},"):
        depth += (char == "(") - (char == ")")
        if char in "、,;" and depth <= 0:
            name = clean(text[begin:place]).strip("。.;； ")
            if 2 <= len(name) <= MAX_NAME:
                yield name
            begin = place + 1
