"""Search times in process, through the action as every door calls it, and of the same queries put to the bare engine.

The action analyses, plans, counts exactly, reads the records from the store, highlights and shows validity; the bare engine gets a ready
query and gives addresses of the first twenty and their number. The ratio is what a catalogue costs on top of an index.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from operator import add
from pathlib import Path
from typing import Any

import tantivy

from catalog.actions import ANONYMOUS, Catalogue, call
from catalog.app import create_catalogue
from catalog.settings import read_settings
from tests.bench.loading import gongkai, small_records

ROUNDS = 40
QUERIES: Mapping[str, Sequence[str]] = {
    "rare word": ("校车", "燃气", "古籍", "河长"),
    "common word": ("通知", "管理", "工作", "政府"),
    "phrase": ("安全生产工作", "农村公路养护", "政府信息公开", "养老服务"),
}
FACETS = ("type", "organization", "year", "disclosure")


def run(folder: Path, data: Path | None) -> None:
    """Print p50 and p95 of each kind of query, and the ratio of the medians."""
    var = folder / "small"
    if not var.exists():
        path, words = small_records(folder, data)
        gongkai(var, "load", str(path), *words)
    os.environ["GONGKAI_DATA_DIR"] = str(var)
    catalogue = create_catalogue(read_settings())
    try:
        for name, queries in QUERIES.items():
            _line(name, _timed(lambda q: _asked(catalogue, q), queries), _timed(_bare(catalogue), queries))
        faceted = _timed(
            lambda q: _asked(catalogue, q, facets=[",".join(FACETS)], date_from=["2010"]), QUERIES["common word"]
        )
        _line("filter + 4 facets", faceted, _timed(_bare_facets(catalogue), QUERIES["common word"]))
    finally:
        catalogue.store.close()


def _asked(catalogue: Catalogue, q: str, **parameters: list[str]) -> Any:
    return call(catalogue, ANONYMOUS, "record.search", {"parameters": {"q": [q], **parameters}})


def _opened(catalogue: Catalogue) -> tuple[tantivy.Searcher, tantivy.Schema]:
    opened = catalogue.search.engine._snapshot()
    return opened.searcher, opened.schema


def _query(schema: tantivy.Schema, q: str) -> tantivy.Query:
    words: list[str] = list(map(add, q, q[1:]))  # every query here is one run of Chinese: its tokens are its pairs
    return (
        tantivy.Query.term_query(schema, "text", words[0])
        if len(words) == 1
        else tantivy.Query.phrase_query(schema, "text", words)
    )


def _bare(catalogue: Catalogue) -> Callable[[str], Any]:
    searcher, schema = _opened(catalogue)
    return lambda q: searcher.search(_query(schema, q), limit=20, count=True)


def _bare_facets(catalogue: Catalogue) -> Callable[[str], Any]:
    searcher, schema = _opened(catalogue)
    wanted = {
        name: {"terms": {"field": catalogue.search.registry.facet(name, {}).field, "size": 20}} for name in FACETS
    }

    def ask(q: str) -> Any:
        query = _query(schema, q)
        return searcher.search(query, limit=20, count=True), searcher.aggregate(query, wanted)

    return ask


def _timed(ask: Callable[[str], Any], queries: Sequence[str]) -> list[float]:
    for query in queries:
        ask(query)
    took = []
    for _ in range(ROUNDS):
        for query in queries:
            start = time.perf_counter()
            ask(query)
            took.append((time.perf_counter() - start) * 1000)
    return took


def _line(name: str, ours: Sequence[float], bare: Sequence[float]) -> None:
    (p50, p95), (b50, b95) = ((statistics.median(one), statistics.quantiles(one, n=20)[-1]) for one in (ours, bare))
    print(
        f"{name:18} p50 {p50:6.2f} ms  p95 {p95:6.2f} ms   bare engine {b50:5.3f}/{b95:5.3f} ms   ratio {p50 / b50:4.1f}"
    )
