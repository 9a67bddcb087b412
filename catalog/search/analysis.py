"""The one analysis of text, for the index, for queries and for every engine: engines only store and match the tokens made here.

A run of n characters that stand without spaces (Chinese, kana, Hangul) becomes n tokens, c1c2 c2c3 … cn; elsewhere a word is a token.
A phrase is then exact, may start anywhere in a run, and a single character is a prefix. Spaces and line ends inside Chinese text mean
nothing (第 一 章, lines broken at a width), so they do not end a run; punctuation does. Everything is folded first (`model.script.fold`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from operator import add

from catalog.model.script import fold, fold_signature

MAX_WORD = 64
"""Characters of one word token; a longer one (base64, a web address without dots) is cut into several."""
CHARACTERS_FROM = 2_000
"""How much of a text the field of single characters covers: further on, every common character has occurred anyway."""

_WIDE = r"[^\W_\x00-\u2fff]"  # letters from U+3000 on are written without spaces between words
_WORD = r"(?:[^\W_\u3000-\U0010ffff]|[\u0300-\u036f\u0900-\u0fff\u200c\u200d])"  # with the vowel signs of Indic scripts
_RUNS = re.compile(rf"{_WIDE}+(?:[ \r\n]+{_WIDE}+)*|{_WORD}{{1,{MAX_WORD}}}")
_FIRST_WIDE = "\u3000"


@dataclass(frozen=True, slots=True)
class PhraseWords:
    """The tokens of a phrase with their places. `open_end`: the last one stands for all tokens that begin so; `open_start`: the first
    one, of digits, stands for all numbers that end so.
    """

    words: tuple[tuple[int, str], ...]
    open_end: bool = False
    open_start: bool = False


def tokens(text: str) -> str:
    """The index tokens of a text, joined by spaces, in order; a token's place in the list is its position."""
    return " ".join(
        [" ".join(map(add, run, run[1:] + " ")) if run >= _FIRST_WIDE else run for run in phrase_runs(text)],
    )


def characters(text: str) -> str:
    """The single characters of a text's beginning, joined by spaces."""
    return " ".join(fold(text[:CHARACTERS_FROM]))


def phrase(text: str) -> PhraseWords:
    """The tokens that a text holds if and only if it holds this phrase. Empty for text without letters and digits."""
    runs = phrase_runs(text)
    words: list[tuple[int, str]] = []
    place = 0
    for number, run in enumerate(runs, start=1):
        if run < _FIRST_WIDE:
            words.append((place, run))
            place += 1
            continue
        pairs = list(map(add, run, run[1:]))
        if number < len(runs) or not pairs:
            pairs.append(run[-1])
        words += enumerate(pairs, start=place)
        place += len(run)
    open_end = bool(runs) and len(runs[-1]) == 1 and runs[-1] >= _FIRST_WIDE
    return PhraseWords(words=tuple(words), open_end=open_end)


def torn(text: str) -> PhraseWords | None:
    """The phrase of a text that was cut out of another one in the middle of a number (府关于201, 08年河南); `None` if it has no number
    at an end.
    """
    runs = phrase_runs(text)
    if len(runs) < 2 or not (runs[0].isdecimal() or runs[-1].isdecimal()):
        return None
    found = phrase(text)
    return replace(found, open_end=found.open_end or runs[-1].isdecimal(), open_start=runs[0].isdecimal())


def pairs(text: str) -> tuple[str, ...]:
    """The distinct words and character pairs of a query, in order, for matching any of them."""
    found: dict[str, None] = {}
    for run in phrase_runs(text):
        found.update(dict.fromkeys(map(add, run, run[1:]) if run >= _FIRST_WIDE else (run,)))
    return tuple(found)


def singles(text: str) -> tuple[str, ...]:
    """The distinct single characters of a query's Chinese parts."""
    return tuple(dict.fromkeys(char for run in phrase_runs(text) if run >= _FIRST_WIDE for char in run))


def squeeze(text: str) -> str:
    """Only the folded letters and digits of a text: what two spellings of a title have in common."""
    return "".join(phrase_runs(text))


def signature() -> str:
    """A short digest of everything that decides which tokens a text gets; an index made with another one must be rebuilt."""
    parts = (_RUNS.pattern, str(CHARACTERS_FROM), fold_signature())
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def phrase_runs(text: str) -> list[str]:
    """The folded runs of a text: words, and stretches of Chinese without the spaces inside."""
    return [run if run.isalnum() or run < _FIRST_WIDE else "".join(run.split()) for run in _RUNS.findall(fold(text))]
