"""Lines of a text as blocks: headings by their numbering (第一章, 一、, （一）), paragraphs, list items, tables; articles with anchors."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.extract.lines import Line, fold
from catalog.extract.statute import structure
from catalog.model.draft import Block
from catalog.model.statute import heading

MAX_HEADING = 60
"""Characters of the longest line that is a heading and not a paragraph that begins like one."""
_FIRST = re.compile(r"^[一二三四五六七八九十百]{1,4}[、.]\s*\S")
_SECOND = re.compile(r"^\([一二三四五六七八九十百]{1,4}\)\s*\S")
_STOPS = ("。", "；", "，", "：", ";", ",", ":")


def blocks_of(lines: Sequence[Line], embedded_titles: frozenset[int] = frozenset()) -> tuple[Block, ...]:
    """The blocks of a text, in order. `embedded_titles` are places of lines that are titles of documents inside it."""
    chapters = any(heading(line.text) is not None for line in lines if line.text[:1] == "第")
    base = 2 if chapters else 0
    blocks = [_block(line, base, is_title=place in embedded_titles) for place, line in enumerate(lines)]
    return structure(blocks)


def _block(line: Line, base: int, *, is_title: bool) -> Block:
    if line.kind == "table":
        return Block("table", line.text)
    if is_title:
        return Block("heading", line.text, 1)
    text = line.text
    if len(text) <= MAX_HEADING and not text.endswith(_STOPS) and "。" not in text:
        folded = fold(text)
        if _FIRST.match(folded):
            return Block("heading", text, base + 1)
        if _SECOND.match(folded):
            return Block("heading", text, base + 2)
        if line.kind == "heading":
            return Block("heading", text, max(1, line.level))
    return Block("list_item" if line.kind == "list_item" else "paragraph", text)
