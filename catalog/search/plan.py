"""What is to be searched, said without any engine: clauses, legs, filters, facets, order, page. Frozen, and printable by `as_dict`.

Each engine has one compiler that turns these into its own query; nothing above the engine knows more than this.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from catalog.search.analysis import PhraseWords
from catalog.search.request import Sort


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches all records, scores nothing."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Matches no record."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """The tokens at their places; scored by BM25 times `weight`."""

    field: str
    words: PhraseWords
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Terms:
    """At least `minimum` of the tokens; each match adds its BM25 score times `weight`."""

    field: str
    values: tuple[str, ...]
    weight: float = 1.0
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Keys:
    """Exactly one of the values in a field of whole values. Where it scores at all is said by `ConstScore`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A whole number within bounds, both included; `None` leaves a side open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """A token that begins so; scores nothing by itself."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the clauses; their scores add up."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `must`, none of `without`; what matches of `better` only adds to the score."""

    must: tuple[Clause, ...]
    better: tuple[Clause, ...] = ()
    without: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstScore:
    """What the clause matches, with this score instead of its own."""

    clause: Clause
    score: float


MAX_CLAUSES = 1_024
"""Parts of a plan's clause with its filters, as an engine counts them (`size`). Elasticsearch refuses more than 1,024 at its smallest."""
MAX_DEPTH = 12
"""Clauses inside clauses; Elasticsearch refuses more than 30 boolean queries inside each other."""
Clause = Everything | Nothing | Phrase | Terms | Keys | Range | Prefix | AnyOf | AllOf | ConstScore


@dataclass(frozen=True, slots=True)
class Leg:
    """One way of retrieving. A leg with `below` is used instead of those before it when they find fewer records than that, counted
    without filters (so that choosing a facet value finds what the facet counted).
    """

    name: str
    clause: Clause
    below: int = 0


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """A narrowing that never scores. `parameter` is what a facet leaves out of its own count."""

    parameter: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of a field's values under all filters but `parameter`'s own; the `selected` values are counted even if they are rare."""

    parameter: str
    field: str
    size: int
    selected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`limit` hits from `offset` on; `after` is what the answer before said of its end (`Answer.after`), which costs nothing to pass."""

    limit: int
    offset: int = 0
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an engine needs for one answer. `histogram` is the facet that becomes the years' bars. Without `exact_total` an engine may
    stop counting at `request.MAX_WINDOW`.
    """

    intent: str
    legs: tuple[Leg, ...]
    page: Page
    sort: Sort = "relevance"
    filters: tuple[PlanFilter, ...] = ()
    facets: tuple[Facet, ...] = ()
    histogram: Facet | None = None
    exact_total: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain values, each clause with its kind, for `explain`."""
        return {
            **asdict(self),
            "legs": [{"name": leg.name, "below": leg.below, **described(leg.clause)} for leg in self.legs],
        }


def size(clause: Clause) -> int:
    """How many parts an engine counts: one a clause that looks something up, one a token of `Terms` and of a phrase with an open end."""
    if isinstance(clause, Terms):
        return len(clause.values)
    if isinstance(clause, Phrase):
        return len(clause.words.words) if clause.words.open_end or clause.words.open_start else 1
    return sum(map(size, inside(clause))) or 1


def depth(clause: Clause) -> int:
    """How many clauses stand inside each other."""
    return 1 + max(map(depth, inside(clause)), default=0)


def inside(clause: Clause) -> tuple[Clause, ...]:
    """The clauses right inside a clause."""
    if isinstance(clause, AnyOf):
        return clause.clauses
    if isinstance(clause, AllOf):
        return (*clause.must, *clause.better, *clause.without)
    return (clause.clause,) if isinstance(clause, ConstScore) else ()


def described(clause: Clause) -> dict[str, Any]:
    """A clause as plain values with its kind."""
    inner: dict[str, Any] = {}
    for name in clause.__slots__:
        value = getattr(clause, name)
        if name in {"clauses", "must", "better", "without"}:
            value = [described(part) for part in value]
        elif name == "clause":
            value = described(value)
        elif isinstance(value, PhraseWords):
            value = asdict(value)
        inner[name] = value
    return {"kind": type(clause).__name__, **inner}
