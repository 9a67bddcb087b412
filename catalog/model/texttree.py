"""The tree of a text: every block with a kind, an anchor, its printed number and the anchors above it. Pure; one pass; nothing is stored.

Stored blocks are compact (kind, text, level, and an anchor for articles and for the beginnings of embedded documents). From them, and
from nothing else, come parts, chapters, articles, 款, 项 and 目, outlines (一、（一）1.), tables and notes of responsibility. Invariants:
the texts of the units, joined, are the texts of the blocks; no anchor stands twice; an anchor depends on the numbers above its own unit
and not on what stands beside it, so that an article added elsewhere changes no other anchor; an anchor that is stored is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from catalog.model import statute
from catalog.model.draft import Block
from catalog.model.responsibility import notes_in
from catalog.model.textmarks import STEM, Mark, annex_mark, decimal_mark, outline_mark

UnitKind = Literal["heading", "article", "paragraph", "item", "table", "note"]
Role = Literal["document", "embedded", "annex"]
MAIN = "main"
MAX_LEVEL = 9
"""Deepest heading; what a source marks deeper counts as this."""
LISTED = -100
"""The style of a list of attachments: above all numbers that stand in it."""

_PART = re.compile(r"e(\d{1,4})")
_ARTICLE = re.compile(r"(?:e(?P<part>\d{1,4})-)?art-\d{1,6}(?:-\d{1,6})?(?:_\d{1,6})?")
_CAPTION = re.compile(
    r"[ \t\u00a0\u2002\u2003\u3000]*(?:【[^】]{0,60}】|（[^）]{0,40}）|\([^)]{0,40}\))?[ \t\u00a0\u3000]*"
)
"""What may follow an article's number on a line of its own: its caption in brackets."""
_END = re.compile(r"[\s。；;，,、.]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a text. `number` is its number as printed (第三十三条, （一）), `path` the anchors above it, outermost first, `part` the
    document of the text that it belongs to: `main`, `embedded-1` … A note is tied to the unit that stands last in its path.
    """

    anchor: str
    kind: UnitKind
    number: str | None
    path: tuple[str, ...]
    text: str
    page: int | None = None
    part: str = MAIN


@dataclass(frozen=True, slots=True)
class Part:
    """A document of the text: the record's own (`main`, title empty: the record has it), one that it embeds, or an annex to it."""

    id: str
    title: str = ""
    role: Role = "document"


@dataclass(frozen=True, slots=True)
class Tree:
    """A text as a tree, flat and in order."""

    units: tuple[Unit, ...]
    parts: tuple[Part, ...]


def derive(blocks: Iterable[Block]) -> Tree:
    """The tree of a text."""
    given = list(blocks)
    walk = _Walk({block.anchor for block in given if block.anchor})
    for block in given:
        walk.take(block)
    parts = tuple(part if part.title else replace(part, title=walk.labels.get(part.id, "")) for part in walk.parts)
    return Tree(tuple(walk.units), parts)


@dataclass(frozen=True, slots=True)
class _Open:
    """A numbered item, or heading, that later ones may stand under."""

    style: int
    number: int
    anchor: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading above; `numbered` if it is 第…章 or the like."""

    level: int
    anchor: str
    numbered: bool


@dataclass(slots=True)
class _Walk:
    """Where the walk over the blocks is: the part, the headings above, the article, the outline, and the paragraphs counted of each."""

    reserved: set[str]
    units: list[Unit] = field(default_factory=list)
    parts: list[Part] = field(default_factory=lambda: [Part(MAIN)])
    number: int = 0
    root: str | None = None
    headings: list[_Heading] = field(default_factory=list)
    article: str | None = None
    over: list[_Open] = field(default_factory=list)
    outline: list[_Open] = field(default_factory=list)
    decimal: tuple[int, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    owner: tuple[str, tuple[str, ...]] | None = None
    titled: bool = True
    labels: dict[str, str] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Take the next block."""
        anchor = block.anchor or ""
        if block.kind == "table":
            self._put(block, "table", None, self._name(block, self._counted(f"{self._prefix()}tbl")))
        elif _PART.fullmatch(anchor):
            self._begin_part(block)
        elif article := _ARTICLE.fullmatch(anchor):
            self._begin_article(block, int(article["part"] or 0))
        elif block.kind == "heading":
            self._heading(block)
        elif mark := self._mark(block):
            self._outlined(block, mark, "item")
        else:
            self._paragraph(block)
        if block.kind != "heading":
            self.titled = True

    def _prefix(self) -> str:
        return f"e{self.number}-" if self.number else ""

    def _base(self, *, numbered: bool = False) -> str:
        """What anchors of units below the headings (the numbered ones only, for those of chapters) begin with."""
        above = next((one.anchor for one in reversed(self.headings) if one.numbered or not numbered), None)
        return f"{above}-" if above else self._prefix()

    def _path(self) -> tuple[str, ...]:
        above = [self.root] if self.root else []
        above += [one.anchor for one in self.headings]
        above += [one.anchor for one in self.over]
        above += [self.article] if self.article else []
        return (*above, *(one.anchor for one in self.outline))

    def _begin_part(self, block: Block) -> None:
        self._enter(int((block.anchor or "")[1:]))
        annex = annex_mark(block.text)
        title = annex.title if annex else block.text
        self._add_part(Part(self._part(), title, "annex" if annex else "embedded"))
        self.titled, self.labels[self._part()] = bool(title), block.text
        anchor = self._name(block, "")
        self._put(block, "heading", annex.label if annex else None, anchor, path=())
        self.root = anchor

    def _enter(self, number: int) -> None:
        self.number, self.root, self.article = number, None, None
        self.headings, self.over, self.outline, self.decimal, self.owner = [], [], [], (), None

    def _add_part(self, part: Part) -> None:
        if all(one.id != part.id for one in self.parts):
            self.parts.append(part)

    def _part(self) -> str:
        return f"embedded-{self.number}" if self.number else MAIN

    def _begin_article(self, block: Block, part: int) -> None:
        if part != self.number:
            self._enter(part)
            self._add_part(Part(self._part(), "", "embedded"))
        if self.article is None:
            self.over = [one for one in self.outline if one.heading]
        self.article, self.outline = None, []
        found = statute.article(block.text)
        anchor = self._name(block, "")
        mark = None if found else outline_mark(block.text)
        number = "".join(found.label.split()) if found else mark.label if mark else None
        rest = block.text[len(found.label) if found else 0 :]
        self._put(block, "article", number, anchor)
        self.article = anchor
        self.counts[anchor] = 0 if _CAPTION.fullmatch(rest) else 1

    def _heading(self, block: Block) -> None:
        division = statute.heading(block.text)
        if division is None and (mark := self._mark(block)):
            if self.article:  # 一、 between articles is a heading over the next ones
                self.article, self.over, self.outline = None, [], self.over
            self._outlined(block, mark, "heading")
            self.titled = True
            return
        level = min(max(block.level, 1), MAX_LEVEL)
        self.article, self.over, self.outline = None, [], []
        while self.headings and self.headings[-1].level >= level:
            self.headings.pop()
        proposed = f"{self._base(numbered=True)}{division.segment}" if division else self._counted(f"{self._base()}h")
        anchor = self._name(block, proposed)
        self._put(block, "heading", division.label if division else None, anchor)
        if not self.titled and not division and (level == 1 or not self.parts[-1].title):
            self.parts[-1] = replace(
                self.parts[-1], title=self.parts[-1].title + block.text
            )  # a title over several lines
        else:
            self.headings.append(_Heading(level, anchor, division is not None))
            self.titled = True

    def _mark(self, block: Block) -> Mark | None:
        """The number of a block's line. A decimal one counts where it is the next of its row, and 甲、 only as the first or the next."""
        decimal = decimal_mark(block.text) if self.article is None else None
        if decimal and (self.decimal or not self.outline) and _follows(decimal.numbers, self.decimal):
            self.decimal = decimal.numbers
            return decimal
        mark = outline_mark(block.text)
        if mark and mark.style == STEM and mark.numbers != (1,):
            due = (STEM, mark.numbers[0] - 1)
            return mark if any((one.style, one.number) == due for one in self.outline) else None
        return mark

    def _outlined(self, block: Block, mark: Mark, kind: UnitKind) -> None:
        while self.outline and self.outline[-1].style >= mark.style:
            self.outline.pop()
        parent = self.outline[-1].anchor if self.outline else None
        number = "-".join(map(str, mark.numbers))
        if mark.style < 0:
            proposed, kind = f"{self._base()}o-{number}", "heading"
        elif parent:
            proposed = f"{parent}-{number}"
        elif self.article:
            kind = "item"
            proposed = f"{self.article}-p{max(1, self.counts[self.article])}-i{number}"
        else:
            proposed = f"{self._base()}o-{number}"
        kind = "item" if self.article else kind
        anchor = self._name(block, proposed)
        self._put(block, kind, mark.label, anchor)
        self.outline.append(_Open(mark.style, mark.numbers[-1], anchor, kind == "heading"))
        self.counts[anchor] = 0 if kind == "heading" else 1

    def _paragraph(self, block: Block) -> None:
        notes = notes_in(block.text)
        if (
            notes
            and notes[0].start == 0
            and _END.fullmatch(block.text, notes[-1].end)
            and len(notes) == 1
            and self.owner
        ):
            self._note(block, block.text)
            return
        if self.article or (self.outline and self.outline[0].style == LISTED):
            self.outline = []
        if block.text[:1] == "附" and (annex := annex_mark(block.text)) and annex.marked:
            self._list_annexes(block)
            return
        above = self.outline[-1].anchor if self.outline else self.article
        count = f"{above}-p" if above else f"{self._base()}p"
        key = above or count
        self.counts[key] = self.counts.get(key, 0) + 1
        kind: UnitKind = "item" if block.kind == "list_item" else "paragraph"
        self._put(block, kind, None, self._name(block, f"{count}{self.counts[key]}"))

    def _list_annexes(self, block: Block) -> None:
        """附件：1. … at the end of a document: a list of its own, under no article and no heading."""
        self.article, self.over, self.headings = None, [], []
        anchor = self._name(block, f"{self._prefix()}att")
        self.outline = []
        self._put(block, "paragraph", None, anchor)
        self.outline = [_Open(LISTED, 0, anchor)]
        self.counts[anchor] = 1

    def _counted(self, name: str) -> str:
        self.counts[name] = self.counts.get(name, 0) + 1
        return f"{name}-{self.counts[name]}"

    def _name(self, block: Block, proposed: str) -> str:
        """The block's own anchor, else the proposed one, unless it is taken: then the first that is free of `_2`, `_3` …"""
        stored = block.anchor
        wanted = stored or proposed
        if wanted in self.taken or (not stored and wanted in self.reserved):
            count = self.counts.get(f"{wanted}_", 1)
            while wanted in self.taken or wanted in self.reserved:
                count += 1
                wanted = f"{stored or proposed}_{count}"
            self.counts[f"{stored or proposed}_"] = count
        self.taken.add(wanted)
        return wanted

    def _put(
        self, block: Block, kind: UnitKind, number: str | None, anchor: str, *, path: tuple[str, ...] | None = None
    ) -> None:
        """Add a block as a unit, its notes as units of their own behind it; what goes on after a note is a unit again."""
        above = self._path() if path is None else path
        self.owner = (anchor, above)
        notes = [note for note in notes_in(block.text) if note.start] if kind != "table" else []
        if not notes:
            self.units.append(Unit(anchor, kind, number, above, block.text, block.page, self._part()))
            return
        first = Unit(anchor, kind, number, above, block.text[: notes[0].start], block.page, self._part())
        self.units.append(first)
        ends = [note.start for note in notes[1:]] + [len(block.text)]
        for note, stop in zip(notes, ends, strict=True):
            tail = _END.match(block.text, note.end, stop)
            end = tail.end() if tail else note.end
            self._note(block, block.text[note.start : end], split=True)
            if end < stop:
                going_on = Unit(
                    self._fresh(f"{anchor}-c"),
                    "paragraph",
                    None,
                    (*above, anchor),
                    block.text[end:stop],
                    block.page,
                    self._part(),
                )
                self.units.append(going_on)

    def _note(self, block: Block, text: str, *, split: bool = False) -> None:
        anchor, above = self.owner or ("", ())
        name = self._fresh(f"{anchor}-n") if split or not block.anchor else self._name(block, "")
        self.units.append(Unit(name, "note", None, (*above, anchor), text, block.page, self._part()))

    def _fresh(self, name: str) -> str:
        """The next free anchor of a row: `art-3-n1`, `art-3-n2`."""
        while True:
            self.counts[name] = self.counts.get(name, 0) + 1
            wanted = f"{name}{self.counts[name]}"
            if wanted not in self.taken and wanted not in self.reserved:
                self.taken.add(wanted)
                return wanted


def _follows(numbers: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Whether a decimal number is due after the last one: 1 or 1.1 at first, then 1.2 or 2 after 1.1, 1.1.1 after 1.1."""
    if not last:
        return numbers in ((1,), (1, 1))
    if len(numbers) == len(last) + 1:
        return numbers == (*last, 1)
    if len(numbers) == len(last) + 2 or len(numbers) > len(last):
        return False
    depth = len(numbers)
    return numbers[:-1] == last[: depth - 1] and numbers[-1] == last[depth - 1] + 1
