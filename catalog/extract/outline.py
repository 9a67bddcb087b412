"""Lines of a text as blocks: headings by their numbering (第一章, 一、, （一）), paragraphs, list items, tables; articles with anchors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from catalog.extract.lines import Line, fold
from catalog.extract.statute import heading_rank, structure
from catalog.model.draft import Block

MAX_HEADING = 60
"""Characters of the longest line that is a heading and not a paragraph that begins like one."""
_FIRST = re.compile(r"^[一二三四五六七八九十百]{1,4}[、.]\s*\S")
_SECOND = re.compile(r"^\([一二三四五六七八九十百]{1,4}\)\s*\S")
_STOPS = ("。", "；", "，", "：", ";", ",", ":")


def blocks_of(lines: Sequence[Line], embedded_titles: frozenset[int] = frozenset()) -> tuple[Block, ...]:
    """The blocks of a text, in order, each with the page of its line. `embedded_titles` are places of lines that are titles of documents
    inside it.
    """
    ranks = sorted({rank for line in lines if (rank := _rank(line)) is not None})
    levels = {rank: level for level, rank in enumerate(ranks, 1)}
    blocks = [_block(line, levels, is_title=place in embedded_titles) for place, line in enumerate(lines)]
    return structure(blocks)


def _rank(line: Line) -> int | None:
    return heading_rank(line.text, line.kind) if line.text[:1] == "第" and line.kind != "table" else None


def _block(line: Line, levels: Mapping[int, int], *, is_title: bool) -> Block:
    if line.kind == "table":
        return Block("table", line.text, page=line.page)
    if is_title:
        return Block("heading", line.text, 1, "e1", line.page)
    text = line.text
    level = _level(line, levels)
    if level:
        return Block("heading", text, level, page=line.page)
    return Block("list_item" if line.kind == "list_item" else "paragraph", text, page=line.page)


def _level(line: Line, levels: Mapping[int, int]) -> int:
    """The level of a line as a heading; 0 if it is none."""
    text = line.text
    rank = _rank(line)
    if rank is not None:
        return levels[rank]
    if len(text) > MAX_HEADING or text.endswith(_STOPS) or "。" in text:
        return 0
    folded = fold(text)
    if _FIRST.match(folded):
        return len(levels) + 1
    if _SECOND.match(folded):
        return len(levels) + 2
    return max(1, line.level) if line.kind == "heading" else 0
