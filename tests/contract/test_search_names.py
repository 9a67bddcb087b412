"""Other names and signals are a matter of plans: the judged sample holds on every engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from catalog.search.engines.base import FieldKind, ISearchEngine
from catalog.search.plugin import FiltersPlugin
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from tests.memory_feed import MemoryFeed
from tests.search_engines import ENGINES, opening
from tests.unit.test_search_synonyms import JUDGED, made_up_statutes


@pytest.fixture(scope="module")
def feed() -> MemoryFeed:
    return made_up_statutes()


@pytest.fixture(scope="module", params=ENGINES)
def search(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, feed: MemoryFeed
) -> Iterator[Search]:
    folder = Path(tmp_path_factory.mktemp("index"))
    plugin = FiltersPlugin()
    with opening(request.param, request, folder) as again:

        def make(values: Mapping[str, FieldKind], documents: str) -> ISearchEngine:
            return again(values=values, documents=documents)

        made = Search.open(
            root=folder, store_reader=feed.open, filters=plugin.filters(), index_fields=plugin.index_fields, secret=b"s",
            make_engine=make,
        )  # fmt: skip
        made.rebuild()
        yield made


def first(search: Search, feed: MemoryFeed, query: str) -> str:
    hits = search.search(SearchRequest(q=query, limit=5)).hits
    return feed.held[hits[0]["id"]]["name"] if hits else ""


def test_a_short_name_of_a_statute_leads_to_it_first(search: Search, feed: MemoryFeed) -> None:
    wrong = {query: found for query, name in JUDGED.items() if (found := first(search, feed, query)) != name}
    assert not wrong


def test_a_body_is_found_by_its_names_and_the_typed_one_comes_first(search: Search, feed: MemoryFeed) -> None:
    result = search.search(SearchRequest(q="云江市工商局"))
    assert feed.held[result.hits[0]["id"]]["name"] == "old-body"
    assert result.exact == 3


def test_a_query_with_all_that_costs_is_answered(search: Search) -> None:
    words = "环保部、住建部、卫生部 食药监局的检查，甲 2015年，第3 银监会 " * 12
    for q in (words[:1_000], "甲 " * 500, f'"{"乙" * 40}，丙" ' * 20, "安" * 1_000):
        assert search.search(SearchRequest(q=q[:1_000], facets=("type", "year"))).total >= 0
