"""The ranking profile: weights as data, one table for all queries and one of exceptions for each intent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any

from catalog.errors import Misconfigured
from catalog.search.dates import today
from catalog.search.plan import AnyOf, ConstScore, Keys
from catalog.search.tables import json_table

LADDER = ("exact_number", "exact_title", "short_title", "synonym_title", "regional_title", "phrase_first")
"""The fixed scores, highest first: the steps between them are the rungs of the ladder."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of match adds.

    Fixed scores, far apart so that they make a ladder: `exact_number`, `exact_title`, `short_title`, `synonym_title` (the query is another
    name of the title; `synonym_full_title` comes on top for the full official title) and `regional_title` (the title without its issuer's
    region) for records that the query names whole, and `phrase_first`, which keeps records that hold the words themselves before similar ones.
    Factors of BM25: `title_phrase` and `text_phrase` for the words as a phrase in a title or anywhere, `whole_title` for several words
    next to each other in a title; `synonym`, below 1, for what is searched instead of the words; `weak_pair` for any of their pairs; `single` for a single character by how often it occurs; `pair` and
    `title_pair` for the pairs of similar records; in questions `pair`, `character` (single characters), `added` (what law texts say for
    the words) and `noise` (can, how, whether).
    Limits: similar records follow when the words are found in fewer than `relax_below`; they hold `relax_share` of the query's pairs, but
    need not hold more than `relax_most`.
    """

    exact_number: float
    exact_title: float
    short_title: float
    regional_title: float
    synonym_title: float
    synonym_full_title: float
    phrase_first: float
    title_phrase: float
    text_phrase: float
    whole_title: float
    synonym: float
    weak_pair: float
    single: float
    title_pair: float
    pair: float
    character: float
    added: float
    noise: float
    relax_below: int
    relax_share: float
    relax_most: int


@cache
def weights(intent: str) -> Weights:
    """The weights for one intent. Raises `Misconfigured` when `ranking.json` lacks a weight or has an unknown one."""
    table = json_table("ranking.json")
    return make_weights({**table["default"], **table["intents"].get(intent, {})})


def make_weights(values: dict[str, Any]) -> Weights:
    """Weights from a table of numbers."""
    known = {row.name for row in fields(Weights)}
    if known != values.keys():
        wrong = ", ".join(sorted(known ^ values.keys()))
        raise Misconfigured(f"ranking.json: missing or unknown weights: {wrong}")
    return Weights(**values)


@dataclass(frozen=True, slots=True)
class Signal:
    """A score for records of which a field has one of these values. `years`: for records of this year and so many before it, less one."""

    field: str
    score: float
    values: tuple[str, ...] = ()
    years: int = 0

    def clause(self) -> ConstScore:
        """The signal as a clause, which may be used to score and never to match."""
        return _clause(self, today().year)


@lru_cache(maxsize=64)
def _clause(signal: Signal, year: int) -> ConstScore:
    """Values one by one: an engine gathers all records of a set of values before it looks at the few that are named."""
    recent = tuple(str(year - back) for back in range(signal.years))
    return ConstScore(AnyOf(tuple(Keys(signal.field, (value,)) for value in signal.values or recent)), signal.score)


@cache
def signals(intent: str, held: Collection[str]) -> tuple[Signal, ...]:
    """The signals for one intent whose fields the index holds (`held`, hashable). Raises `Misconfigured` when `ranking.json` gives one
    neither values nor years, or all together so much that they would lift a record over a rung of the ladder.
    """
    table = json_table("ranking.json")["signals"]
    rows = tuple(Signal(**{**row, "values": tuple(row.get("values", ()))}) for row in table["rows"])
    check_signals(rows, weights(intent))
    return tuple(row for row in rows if row.field in held) if intent in table["intents"] else ()


def check_signals(rows: Collection[Signal], scores: Weights) -> None:
    """Raise `Misconfigured` unless every signal says what it looks at and all together stay below the ladder's smallest step."""
    for row in rows:
        if bool(row.values) == bool(row.years) or row.score <= 0:
            raise Misconfigured(
                f"ranking.json: the signal on {row.field} needs either values or years, and a score above 0"
            )
    ladder = [float(getattr(scores, name)) for name in LADDER]
    smallest = min(high - low for high, low in zip(ladder, [*ladder[1:], 0.0], strict=True))
    together = sum(row.score for row in rows)
    if together >= smallest:
        raise Misconfigured(
            f"ranking.json: the signals add up to {together:g}, which must stay below {smallest:g}, the smallest step of the ladder"
        )
