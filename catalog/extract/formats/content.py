"""Where on a page the document stands: the smallest container with nearly all of its running text.

From the page's body down, the container with most of the weight is entered as long as little is lost. Weight is text outside of links,
sentences more than words, more in containers that content systems are known to use, nothing in navigation, footers and header tables.
Known containers are a preference only: unknown pages are found the same way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import accumulate

from catalog.extract import boilerplate
from catalog.extract.data_files import load
from catalog.extract.formats.page_walker import MAX_IDENT
from catalog.extract.formats.pieces import Box, Page, Piece

ENOUGH = 0.72
"""A container is entered if it holds this share of its parent's weight …"""
ALMOST_ALL = 0.97
"""… or, when it holds a single paragraph, this share."""
KNOWN = 1.6
"""Text in a known content container weighs so much more."""
OUTSIDE = 0.05
"""Text in what is called navigation or footer by its names weighs so much: next to nothing, but more than nothing at all."""
_SENTENCE = re.compile(r"[。；，！？]")
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt", "pre", "blockquote", "caption"))


def find_content(page: Page, header: AbstractSet[int]) -> range:
    """The pieces (indexes) of the page's document. `header` are pieces that are header tables; they weigh nothing."""
    if not page.boxes:
        return range(0)
    known = _in_known(page.boxes)
    weights = [
        0.0 if number in header else weight(page, piece, known=known[piece.box])
        for number, piece in enumerate(page.pieces)
    ]
    sums = [0.0, *accumulate(weights)]
    children = _children(page.boxes)
    held = [sums[box.end] - sums[box.start] for box in page.boxes]
    current = 0
    while True:
        total = held[current]
        best = max(children[current], key=held.__getitem__, default=-1)
        if best < 0 or total <= 0 or page.boxes[best].tag in _PARAGRAPHS:
            break
        needed = ENOUGH if children[best] else ALMOST_ALL
        if held[best] < needed * total:
            break
        current = best
    return range(page.boxes[current].start, page.boxes[current].end)


def weight(page: Page, piece: Piece, *, known: bool) -> float:
    """How much a piece speaks for its container; more if that is one that content systems are `known` to use."""
    box = page.boxes[piece.box]
    if piece.linked * 2 > len(piece.text) or boilerplate.is_marker_text(piece.text):
        return 0.0
    sentence = bool(_SENTENCE.search(piece.text))
    place = OUTSIDE if box.outside else KNOWN if known else 1.0
    return len(piece.text) * (1.0 if sentence else 0.3) * place


def is_title_box(box: Box) -> bool:
    """Whether a box is where a page prints its title, by its tag or its class."""
    return box.tag in ("h1", "h2") or (bool(box.ident) and _is_title(box.ident))


def _in_known(boxes: Sequence[Box]) -> list[bool]:
    """For each box, whether it is or lies in a container that content systems are known to use."""
    known: list[bool] = []
    for box in boxes:
        known.append((box.parent >= 0 and known[box.parent]) or (bool(box.ident) and _is_known(box.ident)))
    return known


def _children(boxes: Sequence[Box]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in boxes]
    for number, box in enumerate(boxes):
        if box.parent >= 0 and box.end > box.start:
            children[box.parent].append(number)
    return children


@lru_cache(maxsize=4096)
def _is_known(ident: str) -> bool:
    return _known().search(ident[:MAX_IDENT]) is not None


@lru_cache(maxsize=4096)
def _is_title(ident: str) -> bool:
    return _title().search(ident[:MAX_IDENT]) is not None


@cache
def _known() -> re.Pattern[str]:
    return re.compile(load("page")["content"])


@cache
def _title() -> re.Pattern[str]:
    return re.compile(load("page")["title"])
