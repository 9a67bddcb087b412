"""Pages that print themselves twice: the repeat is found and goes, and of each pair of lines the cleaner one stays.

A page's text for phones, a print version or a careless mirror repeats the whole document or its end, sometimes with a line more or less,
sometimes with noise in one of the copies. Short runs of equal lines (forms, tables, refrains) are no repeat and stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from catalog.extract import noise
from catalog.extract.header import PROSE
from catalog.extract.lines import Line, fold, squeeze

LEAST_LINES = 3
"""A repeat has at least so many lines …"""
LEAST_CHARACTERS = 200
"""… and characters."""
MAX_BEHIND = 2
"""Long lines that may stand behind a repeat (a page's footer can have sentences)."""
LEAST_WHOLE = 80
"""A repeat of the whole page is believed from so many characters on."""
LEAST_MEAN = 16
"""Characters that the lines of a repeat have on average; forms and tables have fewer."""
LEAST_KEY = 10
"""Lines shorter than this do not begin a repeat."""
LIKE = 88.0
"""Likeness (0 to 100) from which two long lines are one line printed twice."""
MAX_SKIP = 3
"""Lines that one of the copies may have more than the other at one place."""
MAX_LINES = 20_000
"""Pages with more lines are not searched."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeat: pairs (place in the first copy, place in the second) in order, and the places of the second copy that go."""

    pairs: tuple[tuple[int, int], ...]
    dropped: range


def fold_repeats(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """The lines without their repeats, each from its cleaner copy; and whether there were any."""
    kept, found = list(lines), False
    while len(kept) <= MAX_LINES and (repeat := find_repeat(kept)) is not None:
        for first, second in repeat.pairs:
            kept[first] = cleaner(kept[first], kept[second])
        del kept[repeat.dropped.start : repeat.dropped.stop]
        found = True
    return kept, found


def find_repeat(lines: Sequence[Line]) -> Repeat | None:
    """The first repeat of a page, `None` if there is none."""
    keys = [squeeze(fold(line.text)) for line in lines]
    seen: dict[str, int] = {}
    for place, key in enumerate(keys):
        if len(key) < LEAST_KEY:
            continue
        first = seen.setdefault(key, place)
        if first == place or place - first < 2:
            continue
        pairs = _extended(keys, first, place)
        if _is_repeat(keys, pairs):
            stop = pairs[-1][1] + 1
            return Repeat(tuple(pairs), range(pairs[0][1], stop))
    return None


def cleaner(one: Line, other: Line) -> Line:
    """Of two copies of a line the one with less noise; the longer one if neither has any, since copies lose words. Keeps `one`'s place."""
    if one.text == other.text:
        return one
    scores = noise.score(one.text), noise.score(other.text)
    better = other if scores[1] < scores[0] or (scores[0] == scores[1] and len(other.text) > len(one.text)) else one
    return replace(one, text=better.text)


def _extended(keys: Sequence[str], first: int, second: int) -> list[tuple[int, int]]:
    """The longest run of pairs around a first pair, forwards and backwards."""
    return [*reversed(_run(keys, first, second, -1)), (first, second), *_run(keys, first, second, 1)]


def _run(keys: Sequence[str], first: int, second: int, step: int) -> list[tuple[int, int]]:
    low, high = first, second
    pairs: list[tuple[int, int]] = []
    one, other = first + step, second + step
    while low <= one < high if step > 0 else 0 <= one < low and other > first:
        if not 0 <= other < len(keys):
            break
        skip = next(
            (
                skip
                for skip in _skips()
                if _same_at(keys, one + step * skip[0], other + step * skip[1], high if step > 0 else low)
            ),
            None,
        )
        if skip is None:
            break
        one, other = one + step * skip[0], other + step * skip[1]
        if step < 0 and other <= first:
            break
        pairs.append((one, other))
        one, other = one + step, other + step
    return pairs


def _skips() -> list[tuple[int, int]]:
    return [
        (0, 0),
        *((skip, 0) for skip in range(1, MAX_SKIP + 1)),
        *((0, skip) for skip in range(1, MAX_SKIP + 1)),
        (1, 1),
    ]


def _same_at(keys: Sequence[str], one: int, other: int, bound: int) -> bool:
    if not (0 <= one < len(keys) and 0 <= other < len(keys) and one < other) or one == bound:
        return False
    left, right = keys[one], keys[other]
    if left == right:
        return True
    if min(len(left), len(right)) < 20 or abs(len(left) - len(right)) > 0.2 * max(len(left), len(right)):
        return False
    return fuzz.ratio(left, right, score_cutoff=LIKE) > 0


def _is_repeat(keys: Sequence[str], pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether a run is a page printed again: long enough, nearly all of it like the original, right behind it, and at the end of
    the page. Statutes repeat lists and articles of ten lines word by word (7 of 1,132 do), but further on and in the middle.
    """
    (first, second), (last, end) = pairs[0], pairs[-1]
    size = sum(len(keys[place]) for _, place in pairs)
    if len(pairs) < LEAST_LINES or len(pairs) * 3 < (end - second + 1) * 2 or size < LEAST_MEAN * len(pairs):
        return False
    printed = set(keys[: end + 1])
    behind = sum(len(key) >= PROSE and key not in printed for key in keys[end + 1 :])
    if second - last > MAX_SKIP + 1 or behind > MAX_BEHIND:
        return False
    whole = first <= 1 and len(pairs) * 5 >= (second - first) * 4
    return size >= (LEAST_WHOLE if whole else LEAST_CHARACTERS)
