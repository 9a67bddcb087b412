"""A document's blocks made ready for the page: headings with anchors and a table of contents, tables as rows of cells, articles to link to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST_ENTRIES = 400
"""Lines of a table of contents; a code with more headings shows its upper levels only."""

_ARTICLE_LABEL = re.compile(
    r"^\s*(第[〇零○一二三四五六七八九十百千两\d]+条(?:之[一二三四五六七八九十]+)?)[\s　]*(.*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One block on the page. `label` is 第三十三条 where the block starts an article; `rows` are a table's cells."""

    kind: str
    text: str
    level: int
    anchor: str | None
    label: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents."""

    text: str
    anchor: str
    level: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A text ready to be shown: its blocks, its headings, its articles."""

    blocks: tuple[Shown, ...]
    headings: tuple[Entry, ...]
    articles: tuple[Entry, ...]


def outline(blocks: Iterable[Mapping[str, Any]]) -> Outline:
    """Blocks as `record.text` gives them (`kind`, `text`, `level`, `anchor`), made ready to be shown."""
    shown = tuple(_stepped(_shown(block, place) for place, block in enumerate(blocks, start=1)))
    headings = [
        Entry(block.text, block.anchor, block.level) for block in shown if block.kind == "heading" and block.anchor
    ]
    depth = max((entry.level for entry in headings), default=0)
    while len(headings) > MOST_ENTRIES and depth > 1:
        headings = [entry for entry in headings if entry.level < depth]
        depth -= 1
    articles = tuple(Entry(block.label, block.anchor, 0) for block in shown if block.label and block.anchor)
    return Outline(shown, tuple(headings[:MOST_ENTRIES]), articles)


def _shown(block: Mapping[str, Any], place: int) -> Shown:
    kind, text, anchor = block["kind"], block["text"], block.get("anchor")
    if kind == "heading":
        return Shown(kind, text, max(1, min(block.get("level") or 1, 4)), anchor or f"h-{place}")
    if kind == "table":
        return Shown(kind, text, 0, anchor, rows=tuple(tuple(line.split("\t")) for line in text.split("\n")))
    found = _ARTICLE_LABEL.match(text) if anchor else None
    if found is not None:
        return Shown(kind, found[2], 0, anchor, label=found[1])
    return Shown(kind, text, 0, anchor)


def _stepped(blocks: Iterable[Shown]) -> Iterator[Shown]:
    """The blocks with heading levels that never skip one downwards, as those who listen to a page go by them."""
    above = 0
    for block in blocks:
        if block.kind == "heading":
            above = min(block.level, above + 1)
            yield replace(block, level=above)
        else:
            yield block
