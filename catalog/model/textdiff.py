"""Two texts of one document compared, block by block: what is the same, what differs only in form, what differs in wording.

Form is how a text is written down: punctuation, width, script, spaces, and where a paragraph is broken. Wording is what it says. Blocks are
aligned by their wording (the longest common subsequence, bit-parallel), so that a paragraph that moved or was left out does not make all after
it differ. Work is bounded: at most `MAX_BLOCKS` blocks of each text, and `MAX_CHARACTERS` of one block, are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from catalog.model.script import fold

Kind = Literal["same", "form", "layout", "head", "wording", "left", "right"]
"""`same` to the character; `form`: punctuation, width or script differ; `layout`: paragraphs are broken elsewhere; `head`: a line of the
head that only one text prints; `wording`: both say it in other words; `left`, `right`: only one of them says it."""
Part = tuple[Literal["same", "left", "right"], str]
"""A stretch of a block: in both texts, or only in one."""

MAX_BLOCKS = 8_000
MAX_CHARACTERS = 4_000
ALIKE = 50.0
"""From this likeness (0 to 100) on two blocks are the same place in other words."""
PAIRED = 12
"""Blocks after the next one among which the counterpart of a block is looked for."""
HEAD = 12
"""Blocks at either end of a text that can be lines of its head or its signature."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the comparison: indexes of the blocks on either side, and for `wording` the stretches that differ."""

    kind: Kind
    left: tuple[int, ...]
    right: tuple[int, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows in order. `cut` says that a text was longer than is compared."""

    rows: tuple[Row, ...]
    cut: bool = False

    def counts(self) -> dict[str, int]:
        """How many places of each kind."""
        found = dict.fromkeys(("same", "form", "layout", "head", "wording", "left", "right"), 0)
        for row in self.rows:
            found[row.kind] += 1
        return found

    @property
    def same_wording(self) -> bool:
        """Whether the texts say the same."""
        return not self.cut and not any(row.kind in ("wording", "left", "right") for row in self.rows)


def compare(left: Sequence[str], right: Sequence[str], *, head: Iterable[str] = ()) -> Comparison:
    """Compare two texts given as the texts of their blocks. `head` are values of the records' heads (title, number, issuers, days): a line
    at the beginning or the end that says nothing else is no difference of wording.
    """
    cut = len(left) > MAX_BLOCKS or len(right) > MAX_BLOCKS
    left, right = left[:MAX_BLOCKS], right[:MAX_BLOCKS]
    ones, others = [wording(text) for text in left], [wording(text) for text in right]
    said = {key for value in head if (key := wording(value))}
    rows: list[Row] = []
    for step in Indel.opcodes(ones, others):
        one, other = range(step.src_start, step.src_end), range(step.dest_start, step.dest_end)
        if step.tag == "equal":
            rows += [_equal(left, right, *pair) for pair in zip(one, other, strict=True)]
        else:
            rows.append(Row("left", tuple(one), tuple(other)))
    merged = list(_merged(rows))
    return Comparison(tuple(row for one in merged for row in _resolved(one, left, right, ones, others, said)), cut)


def wording(text: str) -> str:
    """A text without all that is form: letters, characters and digits alone, folded to one script and width."""
    return "".join(char for char in fold(text) if char.isalnum())


def _equal(left: Sequence[str], right: Sequence[str], one: int, other: int) -> Row:
    same = left[one].strip() == right[other].strip()
    return Row("same" if same else "form", (one,), (other,))


def _merged(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows with neighbouring places that differ made one."""
    held: Row | None = None
    for row in rows:
        if row.kind in ("same", "form"):
            if held is not None:
                yield held
            held = None
            yield row
        else:
            held = row if held is None else Row("left", held.left + row.left, held.right + row.right)
    if held is not None:
        yield held


def _resolved(
    row: Row, left: Sequence[str], right: Sequence[str], ones: Sequence[str], others: Sequence[str], said: set[str]
) -> Iterator[Row]:
    """What a place that differs is: lines of a head, paragraphs broken elsewhere, or other words, paired with their likeness."""
    if row.kind in ("same", "form"):
        yield row
        return
    one, other = list(row.left), list(row.right)
    for places, keys, total in ((one, ones, len(ones)), (other, others, len(others))):
        heads = [at for at in places if not keys[at] or (keys[at] in said and (at < HEAD or at >= total - HEAD))]
        if heads:
            for at in heads:
                places.remove(at)
            yield Row("head", tuple(heads) if places is one else (), tuple(heads) if places is other else ())
    if not one and not other:
        return
    if one and other and "".join(ones[at] for at in one) == "".join(others[at] for at in other):
        yield Row("layout", tuple(one), tuple(other))
        return
    yield from _paired(one, other, left, right, ones, others)


def _paired(
    one: Sequence[int],
    other: Sequence[int],
    left: Sequence[str],
    right: Sequence[str],
    ones: Sequence[str],
    others: Sequence[str],
) -> Iterator[Row]:
    """The blocks of a place that differs, each with its counterpart: the same words in other paragraphs, the likest block near, or none."""
    place = at = 0
    while place < len(one):
        broken = _broken_elsewhere(
            [ones[step] for step in one[place : place + PAIRED]], [others[step] for step in other[at : at + PAIRED]]
        )
        if broken is not None:
            yield Row("layout", tuple(one[place : place + broken[0]]), tuple(other[at : at + broken[1]]))
            place, at = place + broken[0], at + broken[1]
            continue
        key = ones[one[place]][:MAX_CHARACTERS]
        near = range(at, min(at + PAIRED, len(other)))
        scored = [(fuzz.ratio(key, others[other[step]][:MAX_CHARACTERS], score_cutoff=ALIKE), -step) for step in near]
        likeness, best = max(scored, default=(0.0, 0))
        if likeness < ALIKE:
            yield Row("left", (one[place],), ())
        else:
            yield from (Row("right", (), (other[skipped],)) for skipped in range(at, -best))
            found = (one[place], other[-best])
            yield Row("wording", (found[0],), (found[1],), tuple(parts(left[found[0]], right[found[1]])))
            at = 1 - best
        place += 1
    yield from (Row("right", (), (other[skipped],)) for skipped in range(at, len(other)))


def _broken_elsewhere(ones: Sequence[str], others: Sequence[str]) -> tuple[int, int] | None:
    """How many blocks of either side together say the same, where they begin alike; `None` where they soon say other things."""
    one = other = 0
    said, heard = "", ""
    while True:
        if said and said == heard:
            return one, other
        if len(said) <= len(heard) and one < len(ones):
            said += ones[one]
            one += 1
        elif len(heard) < len(said) and other < len(others):
            heard += others[other]
            other += 1
        else:
            return None
        shorter = min(len(said), len(heard))
        if said[:shorter] != heard[:shorter]:
            return None


def parts(left: str, right: str) -> Iterator[Part]:
    """The stretches of two blocks, in order: in both, only left, only right. What is longer than `MAX_CHARACTERS` is one stretch each."""
    if len(left) > MAX_CHARACTERS or len(right) > MAX_CHARACTERS:
        yield "left", left
        yield "right", right
        return
    for step in Indel.opcodes(left, right):
        one, other = left[step.src_start : step.src_end], right[step.dest_start : step.dest_end]
        if step.tag == "equal":
            yield "same", one
            continue
        if one:
            yield "left", one
        if other:
            yield "right", other
