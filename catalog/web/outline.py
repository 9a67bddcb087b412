"""A document's text made ready for the page: its parts, headings with a table of contents, articles to link to, tables, notes.

Takes the answer of the action `record.text` as it is; what a unit is and what its anchor is, is decided there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from catalog.model.statute import article

MOST_ENTRIES = 400
"""Lines of a table of contents; a code with more headings shows its upper levels only."""
DEEPEST_HEADING = 4
DEEPEST_ITEM = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One block on the page. `label` is 第三十三条 where it is an article; `level` the depth of a heading or an item; `rows` a table's cells;
    `alias` a second anchor: the article's number alone, where only an embedded document has that article.
    """

    kind: str
    text: str
    level: int
    anchor: str
    label: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    alias: str = ""
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks of one document of the text; `title` is empty for the record's own."""

    role: str
    title: str
    blocks: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents."""

    text: str
    anchor: str
    level: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A text ready to be shown: its sections in order, its headings, its articles."""

    sections: tuple[Section, ...]
    headings: tuple[Entry, ...]
    articles: tuple[Entry, ...]


EMPTY = Outline((), (), ())


def outline(answer: Mapping[str, Any]) -> Outline:
    """The answer of `record.text` made ready to be shown."""
    blocks: Sequence[Mapping[str, Any]] = answer["blocks"]
    kinds = {block["anchor"]: block["kind"] for block in blocks}
    parts = {part["id"]: part for part in answer["parts"]}
    sections = []
    for part_id, group in groupby(_stepped(blocks, kinds), key=lambda pair: pair[0]):
        part = parts[part_id]
        title = part["title"] if part["role"] in ("embedded", "annex") else ""
        sections.append(Section(part["role"], title, tuple(shown for _, shown in group)))
    shown = [block for section in sections for block in section.blocks]
    articles = tuple(Entry(block.label, block.anchor, 0) for block in shown if block.label)
    return Outline(tuple(sections), _entries(shown), articles)


def _entries(shown: Iterable[Shown]) -> tuple[Entry, ...]:
    headings = [Entry(block.text, block.anchor, block.level) for block in shown if block.kind == "heading"]
    depth = max((entry.level for entry in headings), default=0)
    while len(headings) > MOST_ENTRIES and depth > 1:
        headings = [entry for entry in headings if entry.level < depth]
        depth -= 1
    return tuple(headings[:MOST_ENTRIES])


def _stepped(blocks: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> Iterator[tuple[str, Shown]]:
    """The blocks, each with its part, with heading levels that never skip one downwards, as those who listen to a page go by them."""
    above = 0
    for block in blocks:
        shown = _shown(block, kinds)
        if shown.kind == "heading":
            above = min(shown.level, above + 1)
            shown = replace(shown, level=above)
        yield block["part"], shown


def _shown(block: Mapping[str, Any], kinds: Mapping[str, str]) -> Shown:
    kind, text, anchor = block["kind"], block["text"], block["anchor"]
    depth = 1 + sum(kinds.get(above) == kind for above in block["path"])
    if kind == "heading":
        return Shown(kind, text, min(depth, DEEPEST_HEADING), anchor)
    if kind == "table":
        return Shown(kind, text, 0, anchor, rows=tuple(tuple(row) for row in block["rows"]))
    if kind == "article":
        found = article(text)
        label, rest = (
            (found.label.strip(), text[len(found.label) :].lstrip()) if found else (block["number"] or "", text)
        )
        short = anchor.partition("-")[2] if block["part"] != "main" else ""
        return Shown(kind, rest, 0, anchor, label=label, alias=short if short and short not in kinds else "")
    going_on = kind == "paragraph" and bool(block["path"]) and anchor.startswith(f"{block['path'][-1]}-c")
    return Shown(kind, text, min(depth, DEEPEST_ITEM), anchor, goes_on=going_on)
