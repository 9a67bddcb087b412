"""From recognised words to lines: the layout that reads a PDF's text layer reads these too (`formats.pdf_layout`).

So columns, running heads, tables, paragraphs and vertical columns are told the same way, wherever the characters come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from catalog.extract.formats.pdf_layout import Page, Row, layout
from catalog.extract.lines import Line
from catalog.extract.ocr.words import Word, WordPage

PAGE_HEIGHT = 842.0
"""Points: the height that a recognised page is brought to, so that distances mean what they mean in a PDF."""
UPRIGHT = 1.5
"""A row of several characters whose box is higher than wide by this factor is a column of vertical text."""
WORD_GAP = 1.6
"""Words of one row that are further apart than so many times their height are cells, or columns."""


def lines_of(pages: Sequence[WordPage]) -> list[Line]:
    """The lines of recognised pages in the order of reading. Pages that are missing in between are counted as empty."""
    by_number = {page.number: page for page in pages}
    empty = Page(PAGE_HEIGHT, ())
    return layout(
        [
            as_page(by_number[number]) if number in by_number else empty
            for number in range(1, max(by_number, default=0) + 1)
        ]
    )


def as_page(page: WordPage) -> Page:
    """A recognised page as the layout takes it: points, origin at the lower left."""
    scale = PAGE_HEIGHT / page.height if page.height else 1.0
    rows = [row for words in page.rows for row in _rows(words, page.height, scale)]
    return Page(PAGE_HEIGHT, tuple(rows), page.width * scale, drawn=False)


def _rows(words: Sequence[Word], height: float, scale: float) -> Iterator[Row]:
    """The pieces of one recognised row between wide gaps."""
    down = _is_upright(words)
    held: list[Word] = []
    for word in words:
        if held and not down and word.left - held[-1].right > WORD_GAP * (word.bottom - word.top):
            yield _row(held, height, scale, vertical=False)
            held = []
        held.append(word)
    if held:
        yield _row(held, height, scale, vertical=down)


def _is_upright(words: Sequence[Word]) -> bool:
    left, right = min(word.left for word in words), max(word.right for word in words)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return sum(len(word.text) for word in words) > 1 and bottom - top > UPRIGHT * max(1.0, right - left)


def _row(words: Sequence[Word], height: float, scale: float, *, vertical: bool) -> Row:
    text = words[0].text
    for before, word in pairwise(words):
        text += _between(before, word, vertical=vertical) + word.text
    left, right = min(word.left for word in words), max(word.right for word in words)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return Row(
        text,
        left * scale,
        right * scale,
        (height - top) * scale,
        (height - bottom) * scale,
        max(1.0, _size(text, right - left, bottom - top, vertical=vertical) * scale),
        bold=False,
        vertical=vertical,
    )


def _between(before: Word, word: Word, *, vertical: bool) -> str:
    """A space between words of letters; none between Chinese characters, unless they stand apart."""
    if before.text[-1:].isascii() and word.text[:1].isascii():
        return " "
    gap = word.top - before.bottom if vertical else word.left - before.right
    tall = word.right - word.left if vertical else word.bottom - word.top
    return " " if gap > 0.6 * tall else ""


def _size(text: str, width: float, height: float, *, vertical: bool) -> float:
    """The size of the type: what a character takes of the row's length, where they are Chinese; else 0.8 of the box's height.

    Boxes of engines are higher than the type by a margin that differs from row to row, while their length is that of the text.
    """
    length, across = (height, width) if vertical else (width, height)
    wide = sum(1.0 if char > "\u2e80" else 0.5 for char in text)
    if wide >= 4 and 2 * sum(char > "\u2e80" for char in text) > len(text):
        return min(length / wide, across)
    return 0.8 * across
