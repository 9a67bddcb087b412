"""Recognised words with their places, and how sure whoever recognised them was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DOUBTFUL = 0.75
"""Below this confidence a word is doubtful. Seen with PP-OCRv6 on a few made-up red-head pages, to be looked at again with real scans: lines read right stand at 0.97 and above,
lines with one wrong character in four below 0.75; tesseract's words read right stand above 0.85."""
LOW_MEAN = 0.85
"""A page whose characters have a lower mean confidence than this is to be proofread: about one character in twenty is wrong there …"""
LOW_SHARE = 0.1
"""… and so is one on which more than this share of the characters stands in doubtful words: a stamp over the text, a torn corner."""


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word, or a whole row of Chinese: its text, its box in pixels (origin at the upper left of the page), and the
    confidence from 0 to 1; `None` where the one who recognised it did not say.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class WordPage:
    """One recognised page: its number in the file (from 1), its size in pixels, and its rows of words as they were given."""

    number: int
    width: float
    height: float
    rows: tuple[tuple[Word, ...], ...]

    @property
    def text(self) -> str:
        """The rows as they were given, a line each."""
        return "\n".join(" ".join(word.text for word in row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a recognised text is: the mean over its characters (`None` where nothing was said), and the pages to be proofread."""

    mean: float | None
    low_pages: tuple[int, ...]


def confidence(pages: Sequence[WordPage]) -> Confidence:
    """The confidence of recognised pages, weighed by characters."""
    total = weight = 0.0
    low: list[int] = []
    for page in pages:
        judged = [(len(word.text), word.confidence) for row in page.rows for word in row if word.confidence is not None]
        characters = sum(length for length, _ in judged)
        if not characters:
            continue
        points = sum(length * sure for length, sure in judged)
        doubtful = sum(length for length, sure in judged if sure < DOUBTFUL)
        if points / characters < LOW_MEAN or doubtful / characters > LOW_SHARE:
            low.append(page.number)
        total += points
        weight += characters
    return Confidence(total / weight if weight else None, tuple(low))


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as a picture: 3 bytes a pixel (blue, green, red), rows from the top without gaps. `number` is its page, from 1."""

    number: int
    width: int
    height: int
    pixels: bytes
