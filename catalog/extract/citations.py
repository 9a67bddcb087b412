"""The documents that a text names, and what it does with each: based on, amended, repealed, transmitted, interpreted, or only cited.

`citation_names` finds the names, `citation_words` what is said of them, `citation_articles` the articles that are meant. A document is
one citation with its strongest relation, and one more for each of its articles that the text names. The document itself is never among them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from catalog.extract.citation_names import Name, Shorts, names_in, quoted, title_key
from catalog.extract.citation_words import Lists, is_history, relation, strength
from catalog.model import docnumber
from catalog.model.draft import Block, Citation
from catalog.model.texttree import derive
from catalog.model.titlekeys import without_version

MAX_CITATIONS = 20_000
"""Citations of one text; a clean-up list names thousands."""
MOST_ARTICLES = 300
"""Articles of one document that are told apart; further mentions count as the document's."""


def find(
    texts: Iterable[str | Block], *, own_title: str, own_number: str | None, context: str | None = None
) -> tuple[Citation, ...]:
    """The documents that a document names, in the order of their first mention. From blocks, `place` is the anchor of the block.

    `own_title` is read first: what a document does in its title (关于废止《…》的决定), it does. `context` is a relation that a bare
    mention has in this document (`interprets` in an interpretation's title).
    """
    parts = list(texts)
    found = _Found(own_title, own_number)
    shorts, lists = Shorts(), Lists()
    for at, part in enumerate([own_title, *parts], -1):
        text = part.text if isinstance(part, Block) else part
        names = names_in(text, shorts, in_title=at < 0)
        for name in names:
            if found.is_own(name) or is_history(text, name.start, name.end):
                continue
            said = relation(text, name.start, name.end, in_title=at < 0) or lists.relation(text)
            found.keep(name, said or (context if at < 0 and context else "cites"), text[name.start : name.named], at)
        lists.read(text)
        if names and found.full:
            break
    return _with_context(found.citations(_Places(parts, found.places)), context)


def titles_in(text: str) -> list[str]:
    """The outermost titles in 《》 of a text."""
    return [title for _, _, title in quoted(text)]


class _Found:
    """The citations that were found, by document and article."""

    def __init__(self, own_title: str, own_number: str | None) -> None:
        self._own_number = docnumber.search_key(own_number) if own_number else None
        self._own_title = title_key(without_version(own_title))
        self._slots: dict[str, int] = {}
        self._kept: list[dict[str | None, tuple[Citation, int]]] = []
        self._known: list[tuple[str | None, str | None]] = []
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether no more are taken."""
        return self._count >= MAX_CITATIONS

    @property
    def places(self) -> list[int]:
        """Where the citations stand, in order."""
        return sorted({at for held in self._kept for _, at in held.values()})

    def is_own(self, name: Name) -> bool:
        """Whether a name is the document's own. Its title with another number is an earlier document that was called the same."""
        same = name.title is not None and title_key(without_version(name.title)) == self._own_title
        if name.key is not None:
            return name.key == self._own_number or (self._own_number is None and same)
        return same or name.title is None

    def keep(self, name: Name, kind: str, raw: str, at: int) -> None:
        """Add a mention in the part `at`: to the document's citations, one for each article and one without."""
        slot = self._slot(name)
        held = self._kept[slot]
        number, title = self._known[slot]
        self._known[slot] = (number or name.number, title or name.title)
        if kind == "repeals" and name.articles:
            kind = "partly_repeals"
        for article in name.articles or (None,):
            key = article if len(held) < MOST_ARTICLES or article in held else None
            citation = Citation(kind, raw, name.number, name.title, article=key)
            before = held.get(key)
            if before is None:
                self._count += 1
                held[key] = (citation, at)
            elif strength(kind) < strength(before[0].type):
                held[key] = (citation, at)

    def citations(self, places: _Places) -> Iterable[Citation]:
        """All of them, with number and title wherever one mention has them. A bare mention says nothing where others name articles."""
        for held, (number, title) in zip(self._kept, self._known, strict=True):
            for article, (citation, at) in held.items():
                if article is None and citation.type == "cites" and len(held) > 1:
                    continue
                yield replace(
                    citation, number=citation.number or number, title=citation.title or title, place=places.anchor(at)
                )

    def _slot(self, name: Name) -> int:
        """The document of a name: the one with its number, else the one with its title where one of the two has no number."""
        title = title_key(name.title) if name.title else None
        slot = self._slots.get(f"n {name.key}") if name.key else None
        if slot is None and title is not None and (same := self._slots.get(f"t {title}")) is not None:
            slot = None if name.key and self._known[same][0] else same
        if slot is None:
            slot = len(self._kept)
            self._kept.append({})
            self._known.append((None, None))
        for key in (f"n {name.key}" if name.key else "", f"t {title}" if title else ""):
            if key:
                self._slots.setdefault(key, slot)
        return slot


class _Places:
    """The anchors of a text's blocks, made only of the articles that cite something (what an article holds depends on nothing outside),
    and of each only up to the last place that is `wanted` (nor on what follows).
    """

    def __init__(self, parts: Sequence[str | Block], wanted: Sequence[int]) -> None:
        self._blocks = [part for part in parts if isinstance(part, Block)]
        self._wanted = wanted
        self._starts = _starts(self._blocks)
        self._made: dict[int, tuple[str | None, ...]] = {}

    def anchor(self, at: int) -> str | None:
        """The anchor of the block at a place; `None` for the title (-1) and where there are no blocks."""
        if at < 0 or at >= len(self._blocks):
            return None
        if self._blocks[at].anchor:
            return self._blocks[at].anchor
        number = bisect_right(self._starts, at)
        start, end = self._starts[number - 1], self._starts[number]
        if start not in self._made:
            last = self._wanted[bisect_left(self._wanted, end) - 1]
            self._made[start] = _anchors(self._blocks[start : last + 1])
        return self._made[start][at - start]


def _starts(blocks: Sequence[Block]) -> list[int]:
    """Where the stretches of blocks begin on which anchors depend, and the end: articles, and what has none before it."""
    return [0, *(at for at, block in enumerate(blocks) if at and block.anchor and "art-" in block.anchor), len(blocks)]


def _anchors(blocks: Sequence[Block]) -> tuple[str | None, ...]:
    """The anchor of each block's first unit."""
    units = iter(derive(blocks).units)
    anchors: list[str | None] = []
    for block in blocks:
        left = len(block.text)
        first = None
        while left > 0 and (unit := next(units, None)) is not None:
            first = first or unit.anchor
            left -= len(unit.text)
        anchors.append(first)
    return tuple(anchors)


def _with_context(found: Iterable[Citation], context: str | None) -> tuple[Citation, ...]:
    """Citations in which the document whose short name the title gives its relation to shares it under its full name:
    《…办法》政策解读 interprets 《…关于印发…办法的通知》.
    """
    citations = tuple(found)
    passed = [one for one in citations if one.type == "transmits"]
    bare = next((one for one in passed if one.raw == one.title and not one.number), None)
    if bare is not None and len(passed) > 1:  # the text names with marks what the title passes on without them
        citations = tuple(one for one in citations if one is not bare)
    meant = [
        title_key(one.title) for one in citations if context and one.type == context and one.title and not one.number
    ]
    return tuple(
        replace(one, type=context)
        if context
        and one.type in ("cites", "embeds")
        and one.title
        and not one.article
        and any(key in title_key(one.title) for key in meant)
        else one
        for one in citations
    )
