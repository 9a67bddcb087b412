"""What is asked of the search and what it answers. Both are plain values; nothing here knows an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

Sort = Literal["relevance", "date_desc", "date_asc", "title"]
SORTS: tuple[Sort, ...] = ("relevance", "date_desc", "date_asc", "title")

MAX_QUERY_CHARS = 1_000
"""Longer than any title (the longest of 32,147 real ones has 230 characters): what is longer is a document, not a query."""
MAX_LIMIT = 200
"""Hits on one page."""
MAX_WINDOW = 10_000
"""The last hit that `page` reaches; what lies beyond is reached by `cursor`, which costs the same on every page."""
MAX_VALUES = 50
"""Values of one filter in one request."""
MAX_ALL_VALUES = 200
"""Values of all filters together: with the clauses of the words (`plan.MAX_CLAUSES`) no more than any engine takes in one query."""
TOTALS: tuple[Literal["bounded", "exact"], ...] = ("bounded", "exact")
"""How far to count: an engine that counts slowly may stop at `MAX_WINDOW` and say so, unless the exact number is asked for."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. `filters` has parsed values by URL parameter (`parameters.parse` makes them from text), `facets` names the
    parameters to count. `cursor` is the `next_cursor` of an earlier answer to the same query, and wins over `page` (from 1).
    `exact_total` asks for the true number of hits, however many there are.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: Sort = "relevance"
    limit: int = 20
    page: int = 1
    cursor: str | None = None
    highlight: bool = True
    exact_total: bool = False


class Highlights(TypedDict):
    """HTML-escaped text with `<mark>` around what matched; `anchor` names the article (`art-33`) of the first passage."""

    title: str
    text: list[str]
    anchor: str | None


class Hit(TypedDict):
    """One record found. `highlights` is `None` where none were asked for."""

    id: str
    score: float
    highlights: Highlights | None


class FacetValue(TypedDict):
    """How many records a search would find with this value chosen (all other filters kept)."""

    value: str
    count: int
    selected: bool


class YearCount(TypedDict):
    """One bar of the year histogram."""

    year: int
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of an answer. `total` is exact when `total_relation` is `eq` and a lower bound when it is `gte`. `exact` counts those that
    hold the words themselves: fewer than `total` when similar records were added because almost nothing held them. `notes` says what of
    the query was ignored, `also_searched` which other names (see `synonyms`) were searched for which words of it.
    `histogram` counts the records by year (all years, whatever `year` filter is set); `suggestion` is another query to try.
    """

    total: int
    hits: list[Hit]
    facets: dict[str, list[FacetValue]]
    histogram: list[YearCount]
    next_cursor: str | None
    suggestion: str | None
    intent: str
    exact: int = 0
    notes: tuple[str, ...] = ()
    total_relation: Literal["eq", "gte"] = "eq"
    also_searched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON-ready values."""
        return {name: getattr(self, name) for name in self.__slots__}
