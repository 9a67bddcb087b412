"""The parts of an issue's text: front matter, articles, what stands between them, back matter.

The invariant of every splitter: pieces follow each other without gap or overlap, so that their texts together are the issue's text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

PieceKind = Literal["front", "article", "between", "back"]


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of an article: offset in the text, what its head says, and how sure it is that one begins here (0 to 1).

    `fields` are among `title`, `issuing_body` (list), `numbers` (list, as printed), `date`, `section`, `article_class`, `page_from`,
    `page_to`; `signs` names what was found there (`contents`, `number`, `addressees`, `date`, `end_mark`).
    """

    at: int
    sure: float
    signs: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]` of an issue; articles carry their head."""

    kind: PieceKind
    start: int
    end: int
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """An issue's text with its pieces in order. `profile` names how it was divided, `listed` how many articles its table of contents has
    (`None` where it has none).
    """

    text: str
    pieces: tuple[Piece, ...]
    profile: str
    listed: int | None = None

    def articles(self) -> list[Piece]:
        """The articles, in the order of the text."""
        return [piece for piece in self.pieces if piece.kind == "article"]

    def of(self, piece: Piece) -> str:
        """The text of one piece."""
        return self.text[piece.start : piece.end]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that no article owns: a running head, a section's name, the imprint."""

    start: int
    end: int
    kind: PieceKind = "between"


class PageTable:
    """Which page a place of a text is on. `starts` are the offsets at which pages begin, `numbers` what the pages are called."""

    def __init__(self, starts: Sequence[int], numbers: Sequence[int]) -> None:
        self._starts, self._numbers = list(starts), list(numbers)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def at(self, offset: int) -> int | None:
        """The page of an offset; `None` before the first page."""
        place = bisect_right(self._starts, offset) - 1
        return self._numbers[place] if place >= 0 else None


def partition(text: str, heads: Iterable[Head], spans: Iterable[Span] = ()) -> tuple[Piece, ...]:
    """Pieces that cover the whole text: an article runs from its head to the next one or to a span; the rest is front, between or back.

    Heads that stand at the same place count once (the first given); heads inside a span begin behind it.
    """
    marks: list[tuple[int, int, Head | Span]] = [(span.start, 0, span) for span in spans if span.end > span.start]
    marks += [(head.at, 1, head) for head in heads if 0 <= head.at < len(text)]
    marks.sort(key=lambda mark: mark[:2])
    pieces: list[Piece] = []
    at = 0
    owner: Head | None = None
    for place, _, mark in marks:
        begin = max(place, at)
        if begin > at:
            pieces.append(_owned(owner, at, begin))
            at = begin
        if isinstance(mark, Span):
            end = min(mark.end, len(text))
            if end > at:
                pieces.append(Piece(mark.kind, at, end))
                at = end
            owner = None
        elif owner is None or mark.at > owner.at:
            owner = mark
    if at < len(text) or not pieces:
        pieces.append(_owned(owner, at, len(text)))
    return tuple(_named(pieces))


def _owned(owner: Head | None, start: int, end: int) -> Piece:
    return Piece("article" if owner is not None else "between", start, end, owner)


def _named(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with those before the first article called front, those after the last one back."""
    places = [place for place, piece in enumerate(pieces) if piece.kind == "article"]
    first, last = (places[0], places[-1]) if places else (len(pieces), len(pieces))
    return [
        piece
        if piece.kind == "article"
        else Piece("front" if place < first else "back" if place > last else piece.kind, piece.start, piece.end)
        for place, piece in enumerate(pieces)
    ]
