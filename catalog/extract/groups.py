"""一、 and （一） in a text with articles: a heading over the next articles, or an item of the one above.

Interpretations of the supreme court group their articles so (一、管辖 / 第一条 …). A heading has an article right below it and is the next
of its row; what is neither is an item, whatever the source's own layout made of it. Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.extract import parts
from catalog.model.draft import Block
from catalog.model.textmarks import BRACKETED, CHINESE, outline_mark

LONGEST_HEADING = 50
_SENTENCE = tuple("。；;，,：:、")
_BEGINS = frozenset("〇零一二三四五六七八九十百廿卅（(〔㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩①②③④⑤⑥⑦⑧⑨⑩0123456789０１２３４５６７８９")


def grouped(blocks: list[Block], level: int) -> list[Block]:
    """The blocks with such headings as headings below `level`, and items inside articles as paragraphs."""
    due = {CHINESE: 1, BRACKETED: 1}
    inside = False
    for at, block in enumerate(blocks):
        if block.anchor:
            inside = not parts.is_part(block)
            due = due if inside else {CHINESE: 1, BRACKETED: 1}
            continue
        mark = outline_mark(block.text) if block.text[:1] in _BEGINS and block.kind != "table" else None
        if mark is None:
            if block.kind == "heading":
                inside, due = False, {CHINESE: 1, BRACKETED: 1}
        elif mark.numbers[0] == due.get(mark.style) and _is_over(blocks, at):
            due = {CHINESE: due[CHINESE], BRACKETED: 1} | {mark.style: mark.numbers[0] + 1}
            blocks[at] = Block("heading", block.text, level + 1 + mark.style, None, block.page)
        elif inside and block.kind == "heading":
            blocks[at] = replace(block, kind="paragraph", level=0)
    return blocks


def _is_over(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line is short, no sentence, and has an article below it, or a line of the next style that has. What stands right below
    the line of the number before it is an item like that one.
    """
    text = blocks[at].text
    if len(text) > LONGEST_HEADING or text.endswith(_SENTENCE):
        return False
    mark, above = outline_mark(text), outline_mark(blocks[at - 1].text) if at else None
    if mark and above and (above.style, above.numbers[0]) == (mark.style, mark.numbers[0] - 1):
        return False
    below = blocks[at + 1] if at + 1 < len(blocks) else None
    if below is not None and below.anchor is None:
        mark = outline_mark(below.text) if below.kind != "table" else None
        first = mark is not None and (mark.style, mark.numbers) == (BRACKETED, (1,))
        below = blocks[at + 2] if first and at + 2 < len(blocks) else None
    return below is not None and below.anchor is not None and not parts.is_part(below)
