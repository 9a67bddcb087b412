"""One answer from one snapshot of the embedded index: which leg, which page, how many, which facets.

Totals and facet counts are exact: each costs one walk through the postings of what matches (about 10 ns a record), never through texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import tantivy
from tantivy import Order

from catalog.search import fields
from catalog.search.engines.base import Answer, FieldKind
from catalog.search.engines.embedded_query import Compiler
from catalog.search.plan import Facet, Keys, Leg, Page, Plan, PlanFilter, Range

MAX_BUCKETS = 65_000
"""Distinct values of one facet that are counted before the most frequent are taken; fewer would make counts inexact."""
MAX_TIED = 16_384
"""Records of one score that are put in the order of their ids. More stay in the engine's own order, all of them and on every page, which
is the same until pieces of the index are merged."""
_Row = tuple[float, int, tantivy.DocAddress]


def answer(searcher: tantivy.Searcher, schema: tantivy.Schema, values: Mapping[str, FieldKind], plan: Plan) -> Answer:
    """Answer a plan."""
    return _Answering(searcher, schema, values, plan).answer()


class _Answering:
    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, values: Mapping[str, FieldKind], plan: Plan
    ) -> None:
        self.searcher = searcher
        self.plan = plan
        self.scoring = Compiler(schema, values)
        self.counting = Compiler(schema, values, scoring=False)

    def answer(self) -> Answer:
        """The first leg's answer, or that of a later one where it finds too little."""
        plan = self.plan
        leg = plan.legs[0]
        exact = total = self.count(leg, plan.filters)
        for later in plan.legs[1:]:
            if exact < later.below and (not plan.filters or self.count(plan.legs[0]) < later.below):
                leg, total = later, self.count(later, plan.filters)
        rows, after = self.page(leg) if total else ([], None)
        facets, histogram = self.facets(leg)
        return Answer(total, exact, leg.name, self.hits(rows), facets, histogram, after)

    def count(self, leg: Leg, filters: tuple[PlanFilter, ...] = ()) -> int:
        """How many records a leg matches under filters."""
        found = self.searcher.search(self.counting.query(leg.clause, filters), limit=1, count=True)
        return int(found.count or 0)  # type: ignore[attr-defined]  # tantivy's stubs lack it

    def page(self, leg: Leg) -> tuple[list[_Row], tuple[int] | None]:
        """The page's rows in order, and in a date order the order key of the last one."""
        page, sort = self.plan.page, self.plan.sort
        if sort == "relevance":
            return self.ranked(leg, page), None
        field, order = {
            "date_desc": (fields.NEWEST_FIRST, Order.Desc),
            "date_asc": (fields.OLDEST_FIRST, Order.Asc),
            "title": (fields.BY_TITLE, Order.Asc),
        }[sort]
        filters = self.plan.filters
        if page.after is not None:
            rest = (
                Range(field, None, page.after[0] - 1) if sort == "date_desc" else Range(field, page.after[0] + 1, None)
            )
            filters = (*filters, PlanFilter("", rest))
        query = self.counting.query(leg.clause, filters)
        offset = 0 if page.after is not None else page.offset
        hits = self.searcher.search(
            query, limit=page.limit, offset=offset, count=False, order_by_field=field, order=order
        ).hits
        after = (int(hits[-1][0]),) if hits and sort != "title" else None
        return [(0.0, 0, address) for _, address in hits], after

    def ranked(self, leg: Leg, page: Page) -> list[_Row]:
        """The page by falling score. Records of one score stand in the order of their ids, whatever piece of the index they are in, so
        that no record is shown twice or passed over between two pages. To know them all, the window is widened until they end.
        """
        query = self.scoring.query(leg.clause, self.plan.filters)
        around, end = 1, page.offset + page.limit
        while True:
            low = max(0, page.offset - around)
            rows = self.window(query, low, end + around)
            first, last = page.offset - low, min(end - low, len(rows))
            if not rows[first:last]:
                return []
            open_start = low > 0 and rows[0][0] == rows[first][0]
            open_end = len(rows) == end + around - low and rows[-1][0] == rows[last - 1][0]
            if not (open_start or open_end) or around == MAX_TIED:
                return _by_id(rows, open_start=open_start, open_end=open_end)[first:last]
            around = min(around * 32, MAX_TIED)

    def window(self, query: tantivy.Query, low: int, high: int) -> list[_Row]:
        """The rows from `low` to `high` in the engine's order."""
        hits = self.searcher.search(query, limit=high - low, offset=low, count=False).hits
        ties = self.searcher.fast_field_values(fields.TIE, [address for _, address in hits])
        return [(float(score), int(tie or 0), address) for (score, address), tie in zip(hits, ties, strict=True)]

    def hits(self, rows: list[_Row]) -> list[tuple[str, float]]:
        """Ids and scores of rows."""
        return [(str(self.searcher.doc(address).get_first(fields.UID)), score) for score, _, address in rows]

    def facets(self, leg: Leg) -> tuple[dict[str, list[tuple[str, int]]], list[tuple[int, int]]]:
        """All facets, those without a filter of their own counted together in one walk."""
        wanted = {facet.parameter: facet for facet in self.plan.facets}
        if self.plan.histogram is not None:
            wanted.setdefault(self.plan.histogram.parameter, self.plan.histogram)
        filtered = {one.parameter for one in self.plan.filters}
        together = [facet for facet in wanted.values() if facet.parameter not in filtered]
        counted = self.buckets(leg, together, self.plan.filters)
        for facet in wanted.values():
            if facet.parameter in filtered:
                others = tuple(one for one in self.plan.filters if one.parameter != facet.parameter)
                counted |= self.buckets(leg, [facet], others)
        histogram = self.plan.histogram
        years = sorted((int(value), count) for value, count in counted[histogram.parameter]) if histogram else []
        return {facet.parameter: self.shown(facet, counted[facet.parameter], leg) for facet in self.plan.facets}, years

    def buckets(
        self, leg: Leg, facets: list[Facet], filters: tuple[PlanFilter, ...]
    ) -> dict[str, list[tuple[str, int]]]:
        """The counts of several facets under the same filters, the most frequent first."""
        if not facets:
            return {}
        wanted = {
            facet.parameter: {"terms": {"field": facet.field, "size": facet.size, "segment_size": MAX_BUCKETS}}
            for facet in facets
        }
        found: dict[str, Any] = self.searcher.aggregate(self.counting.query(leg.clause, filters), wanted)
        return {
            name: [(_text(row["key"]), int(row["doc_count"])) for row in part["buckets"]]
            for name, part in found.items()
        }

    def shown(self, facet: Facet, counted: list[tuple[str, int]], leg: Leg) -> list[tuple[str, int]]:
        """A facet's values by falling count, then by value; chosen values that are too rare to be among them come at the end."""
        rows = sorted(counted, key=lambda row: (-row[1], row[0]))
        held = {value for value, _ in rows}
        others = tuple(one for one in self.plan.filters if one.parameter != facet.parameter)
        for value in facet.selected:
            if value not in held:
                only = PlanFilter(facet.parameter, Keys(facet.field, (value,)))
                rows.append((value, self.count(leg, (*others, only))))
        return rows


def _by_id(rows: list[_Row], *, open_start: bool, open_end: bool) -> list[_Row]:
    """The rows with each group of one score in the order of ids; a group that is not whole, or too large, is left as it is."""
    groups = [list(group) for _, group in groupby(rows, key=itemgetter(0))]
    for number, group in enumerate(groups):
        cut = (open_start and number == 0) or (open_end and number == len(groups) - 1)
        if not cut and len(group) <= MAX_TIED:
            group.sort(key=itemgetter(1))
    return [row for group in groups for row in group]


def _text(key: Any) -> str:
    """A bucket's key as text; whole numbers come as floats."""
    return str(int(key)) if isinstance(key, (int, float)) else str(key)
