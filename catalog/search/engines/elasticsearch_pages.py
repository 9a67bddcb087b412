"""One answer from Elasticsearch: which leg, which page, how many, which facets. Makes requests and reads responses as plain JSON values; how
a request is sent is the caller's.

Normally it is one request. Hits go through `post_filter` and each facet through a filter aggregation of its own, which leaves out the
facet's filter. A second request counts what a first leg finds without filters, and a third one asks the later leg.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

from catalog.errors import Fault, InvalidCursor, InvalidInput
from catalog.search import fields
from catalog.search.engines.base import Answer, FieldKind
from catalog.search.engines.elasticsearch_query import Compiler, Query
from catalog.search.plan import Facet, Leg, Plan, PlanFilter
from catalog.search.request import MAX_WINDOW

_Result = TypeVar("_Result")
MAX_BUCKETS = 65_000
"""Distinct values of one facet that each of several shards counts before the most frequent are taken; with fewer, counts would be inexact. An
index of one shard is exact whatever this says."""
_LAST_ID = "\U0010ffff"
"""Sorts after every id: what a position that names no id goes on after."""

Request = dict[str, Any]
Response = Mapping[str, Any]
_ORDERS: dict[str, list[tuple[str, str]]] = {
    "relevance": [("_score", "desc"), (fields.TIE, "asc"), (fields.UID, "asc")],
    "date_desc": [(fields.NEWEST_FIRST, "desc"), (fields.UID, "asc")],
    "date_asc": [(fields.OLDEST_FIRST, "asc"), (fields.UID, "asc")],
    "title": [(fields.BY_TITLE, "asc"), (fields.UID, "asc")],
}


class TooManyTermsError(Exception):
    """The cluster's limit of clauses does not allow all words that the query stands for."""


class Ask(Protocol):
    """Sends a search request to the current generation. Raises `TooManyTermsError`, and the errors of `ISearchEngine`."""

    def __call__(self, request: Request, preference: str) -> Response:
        """The response to a request; the same `preference` goes to the same copies."""


def answer(ask: Ask, values: Mapping[str, FieldKind], plan: Plan, *, shards: int = 1) -> Answer:
    """Answer a plan from an index of so many shards. Raises `InvalidCursor` for a page that only another engine can find, `InvalidInput`
    for words that stand for too many others.
    """
    return compiled(values, lambda compiler: _Answering(ask, compiler, plan, shards).answer())


def compiled(values: Mapping[str, FieldKind], ask: Callable[[Compiler], _Result]) -> _Result:
    """What a question gets that is compiled as it costs least, or else as the cluster's limit allows. Raises `InvalidInput` where it allows
    neither.
    """
    try:
        return ask(Compiler(values))
    except TooManyTermsError:
        pass
    try:
        return ask(Compiler(values, wide=True))
    except TooManyTermsError:
        message = "q: these words stand for more words than the search engine compares at once; write numbers and words whole, or fewer"
        fault = Fault("q", message, "q：查询展开的词过多，请输入完整的编号和词语，或减少词语", "too_many_terms")
        raise InvalidInput(message, [fault]) from None


class _Answering:
    def __init__(self, ask: Ask, compiler: Compiler, plan: Plan, shards: int) -> None:
        self.compiler = compiler
        self.plan = plan
        self.shards = shards
        self.facets = list({facet.parameter: facet for facet in plan.facets}.values())
        if plan.histogram is not None and all(facet.parameter != plan.histogram.parameter for facet in self.facets):
            self.facets.append(plan.histogram)
        counted = {facet.parameter for facet in self.facets}
        self.before = tuple(one for one in plan.filters if one.parameter not in counted)
        self.after = tuple(one for one in plan.filters if one.parameter in counted)
        preference = _preference(plan)
        self.ask: Callable[[Request], Response] = lambda request: ask(request, preference)

    def answer(self) -> Answer:
        """The first leg's answer, or that of a later one where it finds too little."""
        first = leg = self.plan.legs[0]
        found = self.ask(self.request(first))
        exact, relation = _total(found)
        whole: int | None = None
        for later in self.plan.legs[1:]:
            if exact >= later.below:
                continue
            if self.plan.filters and whole is None:
                whole = self.whole(first)
            if whole is None or whole < later.below:
                leg = later
        total = exact
        if leg is not first:
            found = self.ask(self.request(leg))
            total, relation = _total(found)
        hits = found["hits"]["hits"]
        counts = found.get("aggregations", {})
        return Answer(
            total=total,
            exact=exact,
            leg=leg.name,
            hits=[(hit["_id"], hit["_score"] or 0.0) for hit in hits],
            facets={facet.parameter: self.counted(facet, counts) for facet in self.plan.facets},
            histogram=self.histogram(counts),
            after=self.position(hits[-1]["sort"]) if hits else None,
            relation=relation,
        )

    def request(self, leg: Leg) -> Request:
        """The whole request for a leg."""
        plan, page = self.plan, self.plan.page
        exact = plan.exact_total or bool(self.facets)
        made: Request = {
            "query": self.compiler.query(leg.clause, self.before),
            "size": page.limit,
            "sort": [{name: order} for name, order in _ORDERS[plan.sort]],
            "track_total_hits": True if exact else MAX_WINDOW,
            "_source": False,
        }
        if self.after:
            made["post_filter"] = _all(self.compiler.filters(self.after))
        if self.facets:
            made["aggs"] = {_name(number): self.aggregation(facet) for number, facet in enumerate(self.facets)}
        if (search_after := self.search_after()) is not None:
            made["search_after"] = search_after
        elif page.offset:
            made["from"] = page.offset
        return made

    def whole(self, leg: Leg) -> int:
        """How many records a leg matches without any filter; more than any later leg asks for are not counted."""
        most = max(later.below for later in self.plan.legs[1:])
        query = self.compiler.query(leg.clause)
        found = self.ask({"query": query, "size": 0, "track_total_hits": most})
        return _total(found)[0]

    def search_after(self) -> list[Any] | None:
        """The sort values that the page begins after. A position of another engine's making has fewer; the key of a date order is enough,
        for it is distinct.
        """
        page, order = self.plan.page, _ORDERS[self.plan.sort]
        given = list(page.after or ())
        if len(given) == len(order):
            return given
        if len(given) == 1 and len(order) == 2:
            return [*given, _LAST_ID]
        if page.offset and page.offset + page.limit > MAX_WINDOW:
            message = f"cursor: this position cannot be found by number, for it lies beyond hit {MAX_WINDOW}; begin again at the first page"
            raise InvalidCursor(
                message, [Fault("cursor", message, "cursor：位置已失效，请从第一页重新开始", "invalid_cursor")]
            )
        return None

    def position(self, sort: Sequence[Any]) -> tuple[Any, ...]:
        """What of a hit's sort values tells its position: of a title order the key alone, which is distinct and long enough."""
        return tuple(sort[:1] if self.plan.sort == "title" else sort)

    def aggregation(self, facet: Facet) -> Request:
        """The counts of one facet: the most frequent values, and those that are chosen however rare they are."""
        others = [one for one in self.after if one.parameter != facet.parameter]
        terms: Request = {"field": facet.field, "size": facet.size}
        if self.shards > 1:
            terms["shard_size"] = MAX_BUCKETS
        counts: Request = {"most": {"terms": terms}}
        if facet.selected:
            chosen = self.compiler.values(facet.field, facet.selected)
            counts["chosen"] = {"terms": {"field": facet.field, "size": len(chosen), "include": chosen}}
        return {"filter": _all(self.compiler.filters(others)), "aggs": counts}

    def rows(self, facet: Facet, counts: Mapping[str, Any], kind: Literal["most", "chosen"]) -> dict[str, int]:
        """The counts of one facet by value."""
        part = counts[_name(self.number(facet))].get(kind, {"buckets": []})
        return {str(row["key"]): int(row["doc_count"]) for row in part["buckets"]}

    def number(self, facet: Facet) -> int:
        return [one.parameter for one in self.facets].index(facet.parameter)

    def counted(self, facet: Facet, counts: Mapping[str, Any]) -> list[tuple[str, int]]:
        """A facet's values by falling count, then by value; chosen values that are too rare to be among them come at the end."""
        most, chosen = self.rows(facet, counts, "most"), self.rows(facet, counts, "chosen")
        rows = sorted(most.items(), key=lambda row: (-row[1], row[0]))
        return rows + [(value, chosen.get(value, 0)) for value in dict.fromkeys(facet.selected) if value not in most]

    def histogram(self, counts: Mapping[str, Any]) -> list[tuple[int, int]]:
        """The years with their counts, in order."""
        if self.plan.histogram is None:
            return []
        return sorted((int(value), count) for value, count in self.rows(self.plan.histogram, counts, "most").items())


def _total(found: Response) -> tuple[int, Literal["eq", "gte"]]:
    total = found["hits"]["total"]
    return int(total["value"]), "eq" if total["relation"] == "eq" else "gte"


def _all(queries: list[Query]) -> Query:
    return {"bool": {"filter": queries}} if queries else {"match_all": {}}


def _name(number: int) -> str:
    """The name of an aggregation; a parameter's own may hold characters that are syntax there."""
    return f"f{number}"


def _preference(plan: Plan) -> str:
    """The same for all pages of a query, so that they come from the same copies, whose scores are the same."""
    asked: tuple[tuple[Leg, ...], tuple[PlanFilter, ...]] = (plan.legs, plan.filters)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]
