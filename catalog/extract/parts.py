"""Where documents inside a text begin: 附件1 on a line of its own, an embedded document's title, a statute that starts anew at 第一条.

The block that begins one becomes a heading with the anchor `e1`, `e2` … in order; what stands under it gets that prefix. A list of
attachments (附件：1. …) begins nothing, nor does an article that an amendment quotes. Doing it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from catalog.model.draft import Block
from catalog.model.textmarks import ARABIC, annex_mark, outline_mark

MAX_PARTS = 999
"""Documents of one text that are told apart; the rest belong to the last of them."""
MAX_QUOTED = 60
"""Blocks of the longest quotation that is believed; a quotation mark that is not closed by then was left open by mistake."""
LONGEST_NAME = 80
"""Characters of the longest title that stands alone, and of the longest line of a list of attachments."""
LONGEST_NOTE = 400
"""Characters of the longest note of adoption between a title and the first article."""

_PART = re.compile(r"e\d{1,4}")
_DAY = re.compile(r".{0,40}年.{1,4}月.{1,4}日\s*[)）]?")
_SENTENCE = tuple("。；;，,：:！？、")
_AMENDS = ("修改为：", "修改为:", "改为：", "改为:", "增加一条：", "表述为：", "修正為：", "改為：")


def is_part(block: Block) -> bool:
    """Whether a block is marked as the beginning of a document inside the text."""
    return block.anchor is not None and _PART.fullmatch(block.anchor) is not None


def quoted(blocks: Sequence[Block]) -> set[int]:
    """The places of blocks inside quotations that go over several blocks, and of those that an amendment announces (修改为：)."""
    found: set[int] = set()
    at = 0
    while at < len(blocks):
        text = blocks[at].text
        if text.endswith(_AMENDS):
            found.add(at + 1)
        if "“" in text and text.count("“") > text.count("”"):
            stop = _closing(blocks, at + 1)
            found.update(range(at + 1, stop + 1))
            at = max(at, stop)
        at += 1
    return found


def _closing(blocks: Sequence[Block], start: int) -> int:
    """Where the quotation that is open before `start` closes; before `start` if it does not."""
    for at in range(start, min(start + MAX_QUOTED, len(blocks))):
        text = blocks[at].text
        if "”" in text and text.count("”") > text.count("“"):
            return at
    return start - 1


def starts(blocks: Sequence[Block]) -> set[int]:
    """The places where documents inside the text begin, by their own headings."""
    found: set[int] = set()
    for at, block in enumerate(blocks):
        if at == 0:
            continue  # a text that begins with 附件 is that annex
        if block.text[:1] == "附" and _is_start(blocks, at, begun=bool(found)):
            found.add(at)
        elif block.anchor and is_part(block) and at - 1 not in found:
            found.add(at)  # a title that the reader found; right below the line 附件 it belongs to that
    return found


def _is_start(blocks: Sequence[Block], at: int, *, begun: bool) -> bool:
    """Whether an annex begins at a line. Before the signature 附件： names what is attached; behind it, or behind an annex, one begins."""
    block = blocks[at]
    annex = annex_mark(block.text) if block.kind != "table" else None
    if annex is None or at + 1 == len(blocks):
        return False
    if not annex.title and not annex.marked:
        return not _is_list(blocks, at + 1)
    if annex.title and (not _is_name(annex.title) or _near(blocks, at)):
        return False
    if block.kind == "heading" or (begun and annex.numbered):
        return True
    return at > 0 and _is_day(blocks[at - 1]) and not _is_list(blocks, at + 1)


def _near(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line right above or below names an annex with its title too: then both stand in a list."""
    others = (annex_mark(blocks[near].text) for near in (at - 1, at + 1) if near >= 0)
    return any(other is not None and (other.title or other.marked) for other in others)


def _is_day(block: Block) -> bool:
    return len(block.text) <= LONGEST_NAME and _DAY.fullmatch(block.text) is not None


def _is_name(text: str) -> bool:
    """Whether a line may be the title of a document."""
    return len(text) <= LONGEST_NAME and not text.endswith(_SENTENCE) and outline_mark(text) is None


def _is_list(blocks: Sequence[Block], at: int) -> bool:
    """Whether the names of attachments are listed from a place on: short lines with numbers, from 1 on."""
    block = blocks[at]
    mark = outline_mark(block.text) if block.kind != "table" else None
    if mark is None or mark.style != ARABIC or mark.numbers != (1,):
        return False
    return len(block.text) <= LONGEST_NAME and "。" not in block.text


def title_above(blocks: Sequence[Block], at: int, floor: int, skipped: Collection[int]) -> int | None:
    """The title of a statute whose first article stands at a place: above its note and its chapters (`skipped`), below `floor`."""
    for above in range(at - 1, floor, -1):
        block = blocks[above]
        if above in skipped or (block.text[:1] in "(（" and len(block.text) <= LONGEST_NOTE):
            continue
        plain = block.kind in ("heading", "paragraph") and not _is_day(block)
        return above if plain and _is_name(block.text) else None
    return None


def marked(blocks: Sequence[Block], places: Collection[int]) -> tuple[list[Block], list[int]]:
    """The blocks with the beginnings marked, and for every block the number of its document (0 is the text's own). Under a bare 附件 the
    lines of the title become headings: the first that can be one, and those that with it are a title that the text named before.
    """
    if not places:
        return list(blocks), [0] * len(blocks)
    names = _named(blocks)
    made, numbers, number = [], [], 0
    title: str | None = None
    for at, block in enumerate(blocks):
        if at in places and number < MAX_PARTS:
            number += 1
            made.append(Block("heading", block.text, block.level or 1, f"e{number}", block.page))
            annex = annex_mark(block.text)
            title = "" if annex is not None and not annex.title else None
        elif title is not None and _goes_on(title, block, names):
            title += _key(block.text)
            made.append(Block("heading", block.text, 1, None, block.page))
        else:
            title = None
            made.append(replace(block, anchor=None) if block.anchor and is_part(block) else block)
        numbers.append(number)
    return made, numbers


def _goes_on(title: str, block: Block, names: Collection[str]) -> bool:
    """Whether a line begins the title of an annex, or goes on with it."""
    plain = block.kind in ("paragraph", "heading") and block.text.strip() and block.text[0] not in "(（第"
    if not plain or not _is_name(block.text) or _is_day(block):
        return False
    return not title or any(name.startswith(title + _key(block.text)) for name in names)


def _named(blocks: Sequence[Block]) -> list[str]:
    """The titles of attachments that the text names (附件：1. …), squeezed."""
    found = []
    for block in blocks:
        annex = annex_mark(block.text) if block.text[:1] == "附" else None
        if annex and annex.title:
            mark = outline_mark(annex.title)
            found.append(_key(annex.title[mark.end if mark else 0 :]))
        elif (mark := outline_mark(block.text)) and mark.style == ARABIC and len(block.text) <= LONGEST_NAME:
            found.append(_key(block.text[mark.end :]))
    return found


def _key(text: str) -> str:
    return "".join(text.split()).strip("《》。；;")
