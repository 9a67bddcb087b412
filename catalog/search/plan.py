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
    """`limit` hits from `offset` on; for a date order `after` is the order key of the last hit before, which costs nothing to pass."""

    limit: int
    offset: int = 0
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an engine needs for one answer. `histogram` is the facet that becomes the years' bars."""

    intent: str
    legs: tuple[Leg, ...]
    page: Page
    sort: Sort = "relevance"
    filters: tuple[PlanFilter, ...] = ()
    facets: tuple[Facet, ...] = ()
    histogram: Facet | None = None

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain values, each clause with its kind, for `explain`."""
        return {
            **asdict(self),
            "legs": [{"name": leg.name, "below": leg.below, **described(leg.clause)} for leg in self.legs],
        }


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
