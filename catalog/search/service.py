"""The search as the rest of the program sees it: ask, suggest, follow, rebuild, check. Puts the parts together and holds no state of
its own beyond the engine's open files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.model.disclosure import public_view
from catalog.plugins.interfaces import Filter
from catalog.search import analysis, cursor, documents
from catalog.search import parameters as url
from catalog.search.check import Check
from catalog.search.engines.base import FieldKind, ISearchEngine
from catalog.search.engines.embedded import HEAP_BYTES, EmbeddedEngine
from catalog.search.feed import FeedSource
from catalog.search.filters.registry import HISTOGRAM, FilterRegistry
from catalog.search.generations import Generation
from catalog.search.highlight import Marker, highlight, marker
from catalog.search.intent import Analysis, analyse
from catalog.search.life import IndexLife
from catalog.search.plan import Page, Plan
from catalog.search.planner import legs
from catalog.search.plugin import IndexFields
from catalog.search.ranking import signals, weights
from catalog.search.rebuild import Progress
from catalog.search.repair import Repair
from catalog.search.request import FacetValue, Highlights, Hit, SearchRequest, SearchResult, Sort
from catalog.search.suggest import Suggestion, nearest_title, suggest

EngineMaker = Callable[[Mapping[str, FieldKind], str], ISearchEngine]
"""Makes an engine from the fields that filters look at, by name, and from what decides how documents are made (see `Search.open`)."""
MAX_MARKED = 64
"""Characters of a phrase that is marked as a whole; a longer one is marked by its pairs."""


class Search:
    """One search over one store. Opening it opens no file: the engine does that at the first question, and again after a fork."""

    def __init__(
        self,
        engine: ISearchEngine,
        reader: FeedSource,
        registry: FilterRegistry,
        index_fields: IndexFields,
        *,
        secret: bytes,
    ) -> None:
        self.engine = engine
        self.registry = registry
        self._reader = reader
        self._secret = secret
        self._fields = frozenset(registry.fields())
        self._life = IndexLife(engine, reader, index_fields)

    @classmethod
    def open(
        cls,
        *,
        root: Path,
        store_reader: FeedSource,
        filters: Iterable[Filter],
        index_fields: IndexFields,
        secret: bytes,
        choices: Mapping[str, Sequence[str]] | None = None,
        heap_bytes: int = HEAP_BYTES,
        make_engine: EngineMaker | None = None,
    ) -> Search:
        """The search with the engine that `make_engine(values, documents)` makes, or else with the embedded one in the folder `root`.
        `secret` signs cursors; `choices` adds values (record types of extensions) to those that a parameter's vocabulary has. Raises
        `Misconfigured` for filters that contradict each other.
        """
        registry = FilterRegistry(filters, choices=choices)
        values, signature = registry.fields(), _documents_signature()
        if make_engine is None:
            engine: ISearchEngine = EmbeddedEngine(root, values=values, documents=signature, heap_bytes=heap_bytes)
        else:
            engine = make_engine(values, signature)
        return cls(engine, store_reader, registry, index_fields, secret=secret)

    def parse(self, parameters: Mapping[str, Sequence[str]], *, also: Sequence[str] = ()) -> SearchRequest:
        """The request that URL parameters ask for. See `parameters.parse`."""
        return url.parse(parameters, self.registry, also=also)

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a request. Raises `InvalidCursor` for a cursor of another query and `SearchUnavailable` while there is no index."""
        asked = analyse(request.q)
        plan = self.plan(request, asked)
        answer = self.engine.search(plan)
        after = plan.page.offset + len(answer.hits)
        more = bool(answer.hits) and (after < answer.total or answer.relation == "gte")
        position = cursor.Position(after, answer.after)
        return SearchResult(
            total=answer.total,
            total_relation=answer.relation,
            exact=answer.exact,
            hits=self._hits(answer.hits, _marker(asked, answer.leg) if request.highlight else None),
            facets={name: _facet(rows, request.filters.get(name, ())) for name, rows in answer.facets.items()},
            histogram=[{"year": year, "count": count} for year, count in answer.histogram],
            next_cursor=cursor.write(self._secret, request, position) if more else None,
            suggestion=self._meant(request.q) if asked.parts and not asked.number and not answer.exact else None,
            intent=asked.intent,
            notes=asked.notes,
            also_searched=asked.also_searched,
        )

    def plan(self, request: SearchRequest, asked: Analysis | None = None) -> Plan:
        """The plan for a request."""
        asked = asked or analyse(request.q)
        histogram = HISTOGRAM in self.registry.filters and bool(request.facets)
        return Plan(
            intent=asked.intent,
            legs=legs(asked, weights(asked.intent), signals(asked.intent, self._fields)),
            page=self._page(request),
            sort=_sort(request, asked),
            filters=self.registry.plan_filters(request.filters),
            facets=tuple(self.registry.facet(name, request.filters) for name in request.facets),
            histogram=self.registry.facet(HISTOGRAM, {}) if histogram else None,
            exact_total=request.exact_total,
        )

    def suggest(self, prefix: str, limit: int = 10) -> list[Suggestion]:
        """What could be typed next."""
        return suggest(self.engine, prefix, limit)

    def catch_up(self, *, until: int | None = None, timeout: float = 60.0) -> int:
        """Follow the change log. See `IndexLife.catch_up`."""
        return self._life.catch_up(until=until, timeout=timeout)

    def rebuild(self, progress: Progress | None = None, *, timeout: float = 60.0) -> int:
        """Make the index anew aside and switch. See `IndexLife.rebuild`."""
        return self._life.rebuild(progress, timeout=timeout)

    def check(self) -> Check:
        """Compare the index with the store."""
        return self._life.check()

    def repair(self, *, timeout: float = 60.0) -> Repair:
        """Put right what differs between index and store. See `repair.repair`."""
        return self._life.repair(timeout=timeout)

    def rollback(self, *, timeout: float = 60.0) -> str:
        """Go back to the previous generation; its name. See `generations.rollback`."""
        return self._life.rollback(timeout=timeout)

    def generations(self) -> list[Generation]:
        """All generations of the index, oldest first."""
        return self._life.generations()

    def explain(self, request: SearchRequest, record_id: str | None = None) -> dict[str, Any]:
        """How a request is understood and planned, and, for one record, why it scores what it scores."""
        asked = analyse(request.q)
        plan = self.plan(request, asked)
        told: dict[str, Any] = {"plan": plan.as_dict(), "also_searched": asked.also_searched}
        if record_id is not None:
            told["scores"] = self.engine.explain(plan, record_id)
        return told

    def close(self) -> None:
        """Let go of the engine's files."""
        self.engine.close()

    def _page(self, request: SearchRequest) -> Page:
        limit = max(1, request.limit)
        if request.cursor:
            position = cursor.read(self._secret, request, request.cursor)
            return Page(limit, position.offset, position.after)
        return Page(limit, (max(1, request.page) - 1) * limit)

    def _hits(self, found: list[tuple[str, float]], marks: Marker | None) -> list[Hit]:
        """Ids and scores with highlights. Texts are read only of records that show them, as they are now."""
        shown = self._highlights([uid for uid, _ in found], marks) if marks is not None else {}
        return [{"id": uid, "score": score, "highlights": shown.get(uid)} for uid, score in found]

    def _highlights(self, uids: list[str], marks: Marker) -> dict[str, Highlights]:
        with self._reader() as feed:
            views = [view for record in feed.records(uids).values() if (view := public_view(record)) is not None]
            hashes = {view["text_hash"] for view in views if view["text_hash"]}
            texts = feed.texts(hashes) if hashes else {}
        return {view["id"]: highlight(view["title"], texts.get(view["text_hash"] or "", ()), marks) for view in views}

    def _meant(self, query: str) -> str | None:
        title = nearest_title(self.engine, query)
        return title if title is not None and analysis.squeeze(title) != analysis.squeeze(query) else None


def _documents_signature() -> str:
    """What decides how documents are made: the format's number, by which versions are told older and newer, and a digest."""
    return f"{documents.FORMAT}.{hashlib.sha256(analysis.signature().encode()).hexdigest()[:12]}"


def _sort(request: SearchRequest, asked: Analysis) -> Sort:
    """Where nothing was typed that could score, relevance means the newest first."""
    return "date_desc" if request.sort == "relevance" and not asked.parts else request.sort


def _facet(rows: list[tuple[str, int]], selected: Sequence[str]) -> list[FacetValue]:
    return [{"value": value, "count": count, "selected": value in selected} for value, count in rows]


def _marker(asked: Analysis, leg: str) -> Marker | None:
    """What to mark in the hits of a leg: the parts and what was searched instead of them, or for similar records and questions their
    pairs.
    """
    if not asked.parts:
        return None
    spelled = (asked.number, *asked.parts) if asked.number else asked.parts
    if leg == "question":
        return marker((), " ".join((asked.content, *(name for one in asked.others for name in one.names))))
    spelled += tuple(text for one in asked.others for text in one.texts)
    whole = tuple(part for part in spelled if len(part) <= MAX_MARKED)
    loose = [part for part in spelled if len(part) > MAX_MARKED] + (list(asked.words) if leg == "similar" else [])
    return marker(whole, " ".join(loose))
