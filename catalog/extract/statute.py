"""The structure of statutes: articles get anchors (第三十三条 → `art-33`), chapter lines become headings, a table of contents goes.

Works on any list of blocks, whatever they were read from; what has no articles keeps its blocks. Doing it twice changes nothing.
Both manners are known: 第三十三条, 第三十三条之一, 第一章　总　则 and, as Taiwan prints, 第 33-1 條, 第 三 章之一. Documents inside the text
(`parts`) have articles of their own, `e1-art-1`; what an amendment quotes is no article of the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from catalog.extract import parts
from catalog.extract.groups import grouped
from catalog.extract.wrapped import paragraphs
from catalog.model import statute
from catalog.model.draft import Block, BlockKind
from catalog.model.numerals import CHARACTERS

LEAST_ARTICLES = 2
"""A text with fewer articles than this is no statute: a notice may quote one."""
HEADING_LENGTH = 50
"""Longer lines are not headings, whatever they begin with (the longest chapter title seen has 38 characters)."""

_NUMBER = rf"[{re.escape(CHARACTERS)}]+"
_UNIT = re.compile(
    rf"第\s*(?P<number>{_NUMBER})\s*(?P<unit>分编|分編|部分|[编編篇章节節款目])(?P<more>\s*之\s*{_NUMBER})?"
)
_RANKS = {"编": 0, "編": 0, "篇": 0, "部分": 0, "分编": 1, "分編": 1, "章": 2, "节": 3, "節": 3, "款": 4, "目": 5}
_GLUED = re.compile(rf"(?P<end>[。！？；：”）)])[ \u3000]{{1,4}}(?P<article>第{_NUMBER}[条條])")
_LEADER = re.compile(r"[\s.…·⋯．]*\d*\s*$")
_CONTENTS = re.compile(r"\s*目\s*[录錄次]\s*")
_GOES_ON = "第款项項的、和与與及至到或规規所中内內未已被"
"""What follows 第三章 where it is cited, not begun: 第三章第二节, 第三章的规定."""
_SENTENCE = tuple("。；;，,：:")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a block begins with: an article (with an anchor; `sure` if the print sets its number off) or a heading (with a rank)."""

    anchor: str | None = None
    number: int = 0
    sub: int | None = None
    sure: bool = True
    rank: int | None = None


@lru_cache(maxsize=4096)
def article_anchor(number: str) -> str | None:
    """The anchor of an article's number as printed: 第三十三条之一, 第 33-1 條 or 33 → `art-33-1`, `art-33`; `None` if it is none."""
    text = number.strip()
    if text.isdigit():
        return statute.anchor(int(text))
    found = statute.article(text)
    return found.anchor if found and found.end == len(text) else None


class Structured(tuple[Block, ...]):
    """Blocks that `structure` has gone over; it gives them back as they are, so that nobody has to ask who else calls it."""

    __slots__ = ()


def structure(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks with article anchors (each only once), headings of parts, chapters and sections with their levels (the highest that the
    document has is 1), documents inside the text marked, and without a table of contents that repeats its headings. With fewer than
    `LEAST_ARTICLES` articles only the documents inside are marked.
    """
    return blocks if isinstance(blocks, Structured) else Structured(_structured(blocks))


def _structured(blocks: Sequence[Block]) -> Sequence[Block]:
    blocks, found = _apart(blocks, [_begin(block) for block in blocks])
    if sum(what is not None and what.anchor is not None for what in found) < LEAST_ARTICLES:
        places = parts.starts(blocks)
        return parts.marked(blocks, places)[0] if places else blocks
    blocks, found = _without_contents(list(blocks), _without_quoted(blocks, found))
    places = parts.starts(blocks)
    blocks, numbers = parts.marked(blocks, places | _restarts(blocks, found, places))
    ranks = sorted({what.rank for what in found if what and what.rank is not None})
    levels = {rank: level for level, rank in enumerate(ranks, 1)}
    naming = _Naming()
    made: list[Block] = []
    for block, what, number in zip(blocks, found, numbers, strict=True):
        if what is None or parts.is_part(block):
            made.append(block)
        elif what.rank is not None:
            made.append(Block("heading", heading_text(block.text), levels[what.rank], None, block.page))
        elif anchor := naming.anchor(what, number):
            same = block.anchor == anchor
            made.append(block if same else Block(block.kind, block.text, block.level, anchor, block.page))
        else:
            made.append(block)
    return grouped(made, len(levels))


@dataclass(slots=True)
class _Naming:
    """Gives articles their anchors, document by document of the text."""

    document: int = 0
    last: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def anchor(self, what: _Found, document: int) -> str | None:
        """The anchor of an article in a document of the text; `None` where the print does not set it off and it is not the next one."""
        if document != self.document:
            self.document, self.last = document, 0
        if not what.sure and not _follows(what, self.last):
            return None
        self.last = what.number
        anchor = f"e{document}-{what.anchor}" if document else str(what.anchor)
        count = self.counts[anchor] = self.counts.get(anchor, 0) + 1
        return anchor if count == 1 else f"{anchor}_{count}"


def _without_quoted(blocks: Sequence[Block], found: list[_Found | None]) -> list[_Found | None]:
    """What the blocks begin with, less what an amendment quotes."""
    inside = parts.quoted(blocks)
    return [None if at in inside else what for at, what in enumerate(found)] if inside else found


def _restarts(blocks: Sequence[Block], found: Sequence[_Found | None], begun: Collection[int]) -> set[int]:
    """The titles of statutes that begin at 第一条 behind another one's articles; `begun` are places where one is known to begin."""
    places: set[int] = set()
    last, count, chapters = -1, 0, set[int]()
    for at, what in enumerate(found):
        if at in begun:
            last, count = at, 0
        elif what is None:
            continue
        elif what.rank is not None:
            chapters.add(at)
        else:
            if what.number == 1 and what.sub is None and count >= LEAST_ARTICLES:
                title = parts.title_above(blocks, at, last, chapters)
                places |= {title} if title is not None else set()
                count = 0 if title is not None else count
            last, count = at, count + 1
    return places


def _apart(blocks: Sequence[Block], found: list[_Found | None]) -> tuple[Sequence[Block], list[_Found | None]]:
    """Where the numbers of the articles leap, paragraphs that hold several articles are cut before each next one (第一条 …。 第二条 …)."""
    numbers = [what.number for what in found if what and what.anchor]
    if all(after - before <= 1 for before, after in pairwise(numbers)) and numbers != [1]:
        return blocks, found
    made: list[Block] = []
    number = 0
    for block, what in zip(blocks, found, strict=True):
        number = what.number if what and what.anchor else number
        pieces = _cut(block, number) if block.kind == "paragraph" and number else [block]
        number += len(pieces) - 1
        made.extend(pieces)
    return made, [_begin(block) for block in made]


def _cut(block: Block, number: int) -> list[Block]:
    """A block cut before each article that is the next one by its number and begins after the end of a sentence."""
    pieces, start = [], 0
    for glued in _GLUED.finditer(block.text):
        article = statute.article(block.text[glued.start("article") : glued.end() + 1])
        if article and article.number == number + 1 and article.sub is None:
            pieces.append(replace(block, text=block.text[start : glued.start("end") + 1]))
            start, number = glued.start("article"), number + 1
    return [*pieces, replace(block, text=block.text[start:])]


def _follows(what: _Found, last: int) -> bool:
    """Whether an article that the print does not set off stands where the next one is due."""
    return what.number == last + 1 or (what.number == last and what.sub is not None)


def _begin(block: Block) -> _Found | None:
    """What a block begins with; the first character rules nearly all of them out."""
    text = block.text
    if not text.startswith("第") or block.kind == "table":
        return None
    article = statute.article(text)
    if article:
        after = text[len(article.label) : len(article.label) + 1]
        sure = (not after or after.isspace() or after in "【[（(") and not statute.is_cited(text, article.end)
        return _Found(article.anchor, article.number, article.sub, sure)
    rank = heading_rank(text, block.kind)
    return None if rank is None else _Found(rank=rank)


def heading_rank(text: str, kind: BlockKind) -> int | None:
    """How high a heading stands that a line is (编 0, 章 2, 节 3), not a sentence about it (第三章规定的…, 第二章第三节…); else `None`."""
    if len(text) > HEADING_LENGTH or text.endswith(_SENTENCE):
        return None
    heading, unit = statute.heading(text), _UNIT.match(text)
    if heading is None:
        return None
    after = text[unit.end() : unit.end() + 1] if unit else ""
    begins = kind == "heading" or not after or after.isspace() or after not in _GOES_ON
    return _RANKS[heading.unit] if begins else None


def _without_contents(blocks: list[Block], found: list[_Found | None]) -> tuple[list[Block], list[_Found | None]]:
    """Both without the tables of contents; a page that was put together from several has more than one."""
    span = _contents(blocks, found)
    while span:
        del blocks[span]
        del found[span]
        span = _contents(blocks, found)
    return blocks, found


def _contents(blocks: Sequence[Block], found: Sequence[_Found | None]) -> slice | None:
    """The place of a table of contents before the first article: headings that all come again further down."""
    first = next(at for at, what in enumerate(found) if what and what.anchor)
    heads = {at for at in range(first) if (what := found[at]) and what.rank is not None}
    for start in sorted(at for at in heads if at - 1 not in heads):
        end = start
        while end in heads:
            end += 1
        again = next((at for at in range(end - 1, start, -1) if _key(blocks[at]) == _key(blocks[start])), None)
        if again is None:
            later = {
                _key(blocks[at]) for at in range(end, len(blocks)) if (what := found[at]) and what.rank is not None
            }
            if end - start < 2 or not all(_key(blocks[at]) in later for at in range(start, end)):
                continue
            again = end
        before = start - 1
        named = before >= 0 and len(blocks[before].text) < 6 and _CONTENTS.fullmatch(blocks[before].text)
        return slice(before if named else start, again)
    return None


def _key(block: Block) -> str:
    """A heading for comparing: without spaces, and without the leaders and page number that a table of contents puts behind it."""
    return re.sub(r"\s", "", _LEADER.sub("", block.text))


def heading_text(text: str) -> str:
    """A chapter heading in one manner: one space after the number, none inside a word that the print spread (总　　则 → 总则)."""
    unit = _UNIT.match(text)
    if not unit:
        return text
    number = re.sub(r"\s", "", unit.group())
    parts = text[unit.end() :].split()
    rest = "".join(parts) if all(len(part) == 1 for part in parts) else " ".join(parts)
    return f"{number} {rest}".strip()


def blocks_from_articles(articles: Iterable[tuple[str | None, str]]) -> tuple[Block, ...]:
    """Blocks from records that hold articles one by one: (number as printed, text), the number empty for the heading of a chapter
    or for text that stands outside articles. A text's own line breaks part its paragraphs, unless they only fit it to a page
    (`wrapped`); the number is put before the first unless it is a bare one (1: 一、…), which the text repeats.
    """
    blocks: list[Block] = []
    for number, text in articles:
        label = (number or "").strip()
        made = (
            [Block("table" if is_table else "paragraph", piece) for is_table, piece in paragraphs(text)]
            if "\n" in text
            else [Block("paragraph", piece)]
            if (piece := text.strip())
            else []
        )
        if not label:
            blocks.extend(
                Block("heading", heading_text(block.text), 1)
                if block.kind == "paragraph" and _heads(block.text)
                else block
                for block in made
            )
            continue
        head = label if not label.isdigit() else ""
        first = made.pop(0).text if made and made[0].kind == "paragraph" else ""
        opened = f"{head} {first}" if head and first else head or first
        blocks.append(Block("paragraph", opened, 0, article_anchor(label)))
        blocks.extend(made)
    return _levelled(blocks)


def _heads(text: str) -> bool:
    """Whether a line without number is a heading: it begins with 第一章, or is short and no sentence."""
    return len(text) <= HEADING_LENGTH and (bool(_UNIT.match(text)) or not text.endswith(_SENTENCE))


def _levelled(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Headings with levels by their units, anchors each only once; for blocks whose structure is known already."""
    units = {
        at: unit for at, block in enumerate(blocks) if block.kind == "heading" and (unit := _UNIT.match(block.text))
    }
    levels = {rank: level for level, rank in enumerate(sorted({_RANKS[unit["unit"]] for unit in units.values()}), 1)}
    counts: dict[str, int] = {}
    made = []
    for at, block in enumerate(blocks):
        if at in units:
            made.append(replace(block, level=levels[_RANKS[units[at]["unit"]]]))
        elif block.anchor:
            count = counts[block.anchor] = counts.get(block.anchor, 0) + 1
            made.append(replace(block, anchor=f"{block.anchor}_{count}") if count > 1 else block)
        else:
            made.append(block)
    return tuple(made)
