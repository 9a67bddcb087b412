"""Shows where a query matched: titles and the best sentences, escaped, with `<mark>`, and the article that the first one stands in.

Works on the store's text as it is. The pattern, not the text, is widened to all forms that fold alike (国國囯), so nothing is folded
per hit. What one record may cost is bounded by `MAX_SCANNED` and `MAX_FOUND`, however long its text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape

from catalog.model.draft import Block
from catalog.model.script import fold
from catalog.search.analysis import pairs, phrase_runs
from catalog.search.request import Highlights

PASSAGES = 2
"""Sentences shown for one hit."""
PASSAGE_CHARS = 120
"""Length of one of them; a sentence that is longer is cut, and dots say so."""
BEFORE_CHARS = 36
"""How much of a long sentence is kept before the match."""
MAX_SCANNED = 400_000
"""Characters of one text that are looked through (300 KB of UTF-8 are 100,000)."""
MAX_FOUND = 64
"""Matches after which the best sentences are chosen from what was found."""

_SENTENCE_ENDS = "。！？；!?;\n\t"
_SPACE = r"[\s\u3000]{0,4}"
_BETWEEN = r"[\W_]{0,8}"
_BREAK = r"\s{0,4}[^\w \n][\W_]{0,8}"  # between two stretches of Chinese there is more than a space
_WIDE = "\u3000"
Span = tuple[int, int, int]
"""Start, end, and which part of the query it is."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What to mark: `parts` are phrases, each with its pattern; `loose` finds runs of a question's characters, of which those are
    marked that hold one of the `pairs`.
    """

    parts: tuple[re.Pattern[str], ...] = ()
    loose: re.Pattern[str] | None = None
    pairs: frozenset[str] = frozenset()

    def spans(self, text: str) -> Iterator[Span]:
        """The matches in a text, part by part."""
        for number, pattern in enumerate(self.parts):
            for match in pattern.finditer(text):
                yield match.start(), match.end(), number
        if self.loose is not None:
            yield from self._loose_spans(self.loose, text)

    def _loose_spans(self, loose: re.Pattern[str], text: str) -> Iterator[Span]:
        """Runs of the question's characters, cut to what is made of its pairs."""
        for match in loose.finditer(text):
            run = fold(match[0])
            held = [run[at : at + 2] in self.pairs for at in range(len(run) - 1)]
            start = None
            for at, good in enumerate([*held, False]):
                if good and start is None:
                    start = at
                elif not good and start is not None:
                    yield match.start() + start, match.start() + at + 1, hash(run[start : at + 1])
                    start = None


@lru_cache(maxsize=512)
def marker(parts: tuple[str, ...], loose: str = "") -> Marker:
    """The marker for a query's words and phrases, and for a question's text."""
    patterns = tuple(pattern for part in parts if (pattern := _pattern(part)) is not None)
    found = frozenset(pair for pair in pairs(loose) if pair >= _WIDE)
    if not found:
        words = tuple(pattern for word in pairs(loose) if (pattern := _pattern(word)) is not None)
        return Marker(parts=patterns + words)
    chars = "".join(_forms(char) for char in dict.fromkeys("".join(sorted(found))))
    return Marker(parts=patterns, loose=re.compile(f"[{chars}]{{2,}}"), pairs=found)


def highlight(title: str, blocks: Sequence[Block], marks: Marker) -> Highlights:
    """The highlights of one record."""
    found = list(_sentences(blocks, marks))
    best = sorted(sorted(found, key=lambda one: (-one.worth, one.order))[:PASSAGES], key=lambda one: one.order)
    first = min(best, key=lambda one: (-one.worth, one.order), default=None)
    return {
        "title": _marked(title, marks.spans(title), 0, len(title)),
        "text": [one.html for one in best],
        "anchor": first.anchor if first else None,
    }


@dataclass(frozen=True, slots=True)
class _Sentence:
    html: str
    worth: int
    order: int
    anchor: str | None


def _sentences(blocks: Iterable[Block], marks: Marker) -> Iterator[_Sentence]:
    """Every sentence with a match, until there is enough to choose from."""
    anchor: str | None = None
    scanned = found = order = 0
    for block in blocks:
        anchor = block.anchor or (None if block.kind == "heading" else anchor)
        scanned += len(block.text)
        spans = sorted(marks.spans(block.text))
        while spans:
            low, high = _sentence(block.text, spans[0][0])
            here = [span for span in spans if span[0] < high]
            yield _Sentence(_cut(block.text, here, low, high), _worth(here), order, anchor)
            spans = spans[len(here) :]
            found += len(here)
            order += 1
            if found >= MAX_FOUND:
                return
        if scanned >= MAX_SCANNED:
            return


def _worth(spans: Sequence[Span]) -> int:
    """How much of the query a sentence holds: different parts count, then their length."""
    return sum({part: end - start for start, end, part in spans}.values())


def _sentence(text: str, at: int) -> tuple[int, int]:
    """The sentence around a place, at most `PASSAGE_CHARS` long."""
    low = max(text.rfind(end, max(0, at - PASSAGE_CHARS), at) for end in _SENTENCE_ENDS) + 1
    if at - low > BEFORE_CHARS:
        low = at - BEFORE_CHARS
    ends = [place for end in _SENTENCE_ENDS if (place := text.find(end, at + 1, low + PASSAGE_CHARS)) >= 0]
    return low, min(ends, default=min(len(text), low + PASSAGE_CHARS) - 1) + 1


def _cut(text: str, spans: Sequence[Span], low: int, high: int) -> str:
    """The sentence as HTML, with dots where it was cut."""
    before = "" if low == 0 or text[low - 1] in _SENTENCE_ENDS else "…"
    after = "" if high >= len(text) or text[high - 1] in _SENTENCE_ENDS else "…"
    return f"{before}{_marked(text, iter(spans), low, high).strip()}{after}"


def _marked(text: str, spans: Iterator[Span], low: int, high: int) -> str:
    """A stretch of text as HTML with its matches marked; matches that touch become one."""
    parts: list[str] = []
    at = low
    for start, end in _joined(sorted((max(start, low), min(end, high)) for start, end, _ in spans)):
        parts += (escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>")
        at = end
    parts.append(escape(text[at:high]))
    return "".join(parts)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for start, end in spans:
        if end <= start:
            continue
        if held is not None and start <= held[1]:
            held = held[0], max(held[1], end)
        else:
            if held is not None:
                yield held
            held = start, end
    if held is not None:
        yield held


@lru_cache(maxsize=1024)
def _pattern(part: str) -> re.Pattern[str] | None:
    """A phrase as a pattern on unfolded text, matching where the index's tokens match."""
    runs = phrase_runs(part)
    if not runs:
        return None
    pattern = ""
    for before, run in zip(("", *runs), runs, strict=False):
        if pattern:
            pattern += _BREAK if before >= _WIDE and run >= _WIDE else _BETWEEN
        pattern += _SPACE.join(f"[{_forms(char)}]" for char in run) if run >= _WIDE else _word(run)
    return re.compile(pattern)


def _word(run: str) -> str:
    """A whole word in all its forms."""
    return (
        r"(?<![^\W_\u3000-\U0010ffff])" + "".join(f"[{_forms(char)}]" for char in run) + r"(?![^\W_\u3000-\U0010ffff])"
    )


def _forms(char: str) -> str:
    """All characters that fold to this one, for use inside a character class."""
    return "".join(re.escape(form) for form in _unfolded().get(char, char))


@cache
def _unfolded() -> dict[str, str]:
    """For each folded character with several forms: all of them. Made from the fold itself, once (20 ms), so the two cannot differ."""
    plane = "".join(chr(code) for code in range(0x21, 0x10000) if not 0xD800 <= code < 0xE000)
    forms: dict[str, str] = {}
    for char, folded in zip(plane, fold(plane), strict=True):
        if char != folded:
            forms[folded] = forms.get(folded, folded) + char
    return forms
