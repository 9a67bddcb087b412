"""The search as a whole, over a small store in memory: the ladder, facets, cursors, highlights, suggestions, leaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import InvalidCursor, SearchUnavailable
from catalog.model.draft import Block
from catalog.search.engines.base import FieldKind
from catalog.search.engines.embedded import EmbeddedEngine
from catalog.search.plugin import FiltersPlugin
from catalog.search.request import SearchRequest, SearchResult
from catalog.search.service import Search
from tests.memory_feed import MemoryFeed


@pytest.fixture
def feed() -> MemoryFeed:
    made = MemoryFeed()
    city = {"issuing_body": ["云江市人民政府"], "publisher": "云江市人民政府"}
    number = {"raw": "云江政发[2015]7号", "canonical": "云江政发〔2015〕7号"}
    made.add("food-law", "中华人民共和国食品安全法", [Block("paragraph", "第一条 为了保证食品安全，制定本法。", 0, "art-1")],
             record_type="regulation", date_written="2009-02-28", issuing_body=["全国人民代表大会常务委员会"])  # fmt: skip
    made.add(
        "food-rules",
        "食品安全法实施条例",
        "根据《中华人民共和国食品安全法》制定。",
        record_type="regulation",
        date_written="2019-10-11",
    )
    made.add(
        "food-notice",
        "关于加强校园食品安全工作的通知",
        "各学校要落实食品安全责任。",
        doc_number=number,
        date_written="2015-07-14",
        **city,
    )
    made.add(
        "cites",
        "关于贯彻落实有关文件的通知",
        "按照云江政发〔2015〕7号要求办理。食品，安全。",
        date_written="2016",
        **city,
    )
    made.add("traditional", "食品衛生管理辦法", "為維護食品衛生。", date_written="1983-11-11")
    made.add(
        "asked",
        "食品应急预案",
        "机密正文",
        disclosure="on_request",
        summary="机密摘要",
        date_written="2018-01-01",
        **city,
    )
    made.add("hidden", "食品绝密文件", "绝密", disclosure="withheld", date_written="2018-01-01")
    made.add("draft", "食品草案", "草案", state="draft")
    return made


@pytest.fixture
def search(feed: MemoryFeed, tmp_path: Path) -> Search:
    plugin = FiltersPlugin()
    made = Search.open(
        root=tmp_path, store_reader=feed.open, filters=plugin.filters(), index_fields=plugin.index_fields, secret=b"s"
    )
    made.catch_up()
    return made


def ask(search: Search, q: str = "", **more: Any) -> SearchResult:
    return search.search(SearchRequest(q=q, **more))


def names(feed: MemoryFeed, result: SearchResult) -> list[str]:
    return [feed.held[hit["id"]]["name"] for hit in result.hits]


# the ladder


@pytest.mark.parametrize(
    "spelling",
    [
        "云江政发〔2015〕7号",
        "云江政发[2015]7号",
        "云江政发（２０１５）７号",
        "云江政发 〔2015〕 7 号",
        "云江政发2015 7",
        "雲江政發〔2015〕7號",
    ],
)
def test_a_number_in_any_spelling_leads_to_its_document_before_those_that_cite_it(
    search: Search, feed: MemoryFeed, spelling: str
) -> None:
    result = ask(search, spelling)
    assert names(feed, result) == ["food-notice", "cites"]
    assert result.intent == "number"


def test_a_number_that_nobody_bears_finds_nothing_alike(search: Search) -> None:
    assert ask(search, "云江政发〔2015〕8号").total == 0


@pytest.mark.parametrize(
    "title",
    [
        "食品安全法",
        "中华人民共和国食品安全法",
        "《食品安全法》",
        "食品安全法（2021年修正）",
        "中華人民共和國食品安全法",
    ],
)
def test_a_title_in_full_or_short_comes_first(search: Search, feed: MemoryFeed, title: str) -> None:
    assert names(feed, ask(search, title))[0] == "food-law"


def test_a_phrase_in_a_title_comes_before_one_in_a_text(search: Search, feed: MemoryFeed) -> None:
    found = names(feed, ask(search, "食品安全"))
    assert set(found[:3]) == {"food-law", "food-rules", "food-notice"}
    assert ask(search, '"食品安全"').total == 3


def test_traditional_and_simplified_find_each_other(search: Search, feed: MemoryFeed) -> None:
    assert names(feed, ask(search, "食品卫生管理办法"))[0] == "traditional"
    assert names(feed, ask(search, "校園食品"))[0] == "food-notice"


def test_when_almost_nothing_holds_the_phrase_similar_records_follow(search: Search, feed: MemoryFeed) -> None:
    result = ask(search, "校园食品安全责任")
    assert names(feed, result)[0] == "food-notice"
    assert (result.exact, result.total > 0) == (0, True)
    assert ask(search, '"校园食品安全责任"').total == 0


def test_all_words_must_occur_and_minus_leaves_out(search: Search, feed: MemoryFeed) -> None:
    assert names(feed, ask(search, "校园 责任")) == ["food-notice"]
    assert set(names(feed, ask(search, "食品安全 -通知"))) == {"food-law", "food-rules"}


def test_a_question_is_answered_by_any_of_its_words(search: Search, feed: MemoryFeed) -> None:
    result = ask(search, "学校的食品安全由谁负责？")
    assert result.intent == "question"
    assert names(feed, result)[0] == "food-notice"


@pytest.mark.parametrize(
    "query", ['"', "-", '""', "((((", "title:", "*?", "a AND", "\x00", "—" * 50, "[1 TO 2]", "/x/", "\\", "食" * 900]
)
def test_no_query_is_an_error(search: Search, query: str) -> None:
    assert ask(search, query, facets=("type",)).total >= 0


def test_what_was_ignored_is_said(search: Search) -> None:
    assert "AND" in ask(search, "食品 AND 安全").notes[0]


def test_what_has_no_letters_finds_nothing_and_nothing_typed_finds_all(search: Search) -> None:
    assert (ask(search, "★★").total, ask(search, "★★").intent) == (0, "nothing")
    assert ask(search).total == 6


# leaks


def test_what_is_not_public_is_nowhere(search: Search, feed: MemoryFeed) -> None:
    everything = ask(search, limit=100, facets=("type", "organization", "year", "disclosure"))
    assert {"hidden", "draft"}.isdisjoint(names(feed, everything))
    assert {row["value"] for row in everything.facets["disclosure"]} == {"active", "on_request"}
    for secret in ("绝密", "草案", "机密", "机密正文", "机密摘要"):
        assert secret not in repr(ask(search, secret).hits)
        assert not any("密" in (hit["highlights"] or {"title": ""})["title"] for hit in ask(search, secret).hits)
        assert all(secret not in row["text"] for row in search.suggest(secret[:1]))
    assert names(feed, ask(search, "食品应急预案"))[0] == "asked"


def test_a_record_that_is_withdrawn_leaves_search_and_suggestions(search: Search, feed: MemoryFeed) -> None:
    uid = feed.add("soon-gone", "独角兽管理办法", "独角兽", issuing_body=["独角兽管理局"])
    search.catch_up()
    assert (ask(search, "独角兽").total, len(search.suggest("独角"))) == (1, 2)
    feed.set_state(uid, "withdrawn")
    search.catch_up()
    assert ask(search, '"独角兽"').total == 0
    assert search.suggest("独角") == []


def test_a_text_that_was_closed_since_is_not_shown_before_the_index_knows(search: Search, feed: MemoryFeed) -> None:
    uid = next(uid for uid, record in feed.held.items() if record["name"] == "food-notice")
    feed.held[uid] = {**feed.held[uid], "disclosure": "on_request"}
    shown = next(hit["highlights"] for hit in ask(search, "落实").hits if hit["id"] == uid)
    assert shown is not None
    assert shown["text"] == []


# filters, facets, order, cursors


def test_facets_leave_out_their_own_filter(search: Search) -> None:
    result = ask(search, "食品", filters={"type": ("regulation",)}, facets=("type", "organization", "year"))
    assert result.total == 2
    assert {row["value"]: (row["count"], row["selected"]) for row in result.facets["type"]} == {
        "normative_document": (4, False),
        "regulation": (2, True),
    }
    assert sum(row["count"] for row in result.facets["organization"]) == 1
    assert [(row["year"], row["count"]) for row in result.histogram] == [(2009, 1), (2019, 1)]


def test_the_histogram_keeps_all_years_whatever_year_is_chosen(search: Search) -> None:
    free = ask(search, "食品", facets=("year",))
    chosen = ask(search, "食品", filters={"year": ("2015",)}, facets=("type",))
    assert chosen.total == 1
    assert chosen.histogram == free.histogram
    assert sum(row["count"] for row in free.histogram) == free.total


def test_a_period_counts_records_that_tell_only_the_year(search: Search, feed: MemoryFeed) -> None:
    found = names(feed, ask(search, filters={"date_from": ("2015-07-14",), "date_to": ("2016",)}))
    assert set(found) == {"food-notice", "cites"}


def test_filters_do_not_score(search: Search) -> None:
    free = {hit["id"]: hit["score"] for hit in ask(search, "食品安全").hits}
    narrowed = ask(search, "食品安全", filters={"type": ("regulation",), "year": ("2009", "2019")}).hits
    assert {hit["id"]: hit["score"] for hit in narrowed} == {hit["id"]: free[hit["id"]] for hit in narrowed}
    assert len(narrowed) == 2


def test_orders(search: Search, feed: MemoryFeed) -> None:
    assert names(feed, ask(search, sort="date_desc"))[:2] == ["food-rules", "asked"]
    assert names(feed, ask(search, sort="date_asc"))[:2] == ["traditional", "food-law"]
    assert names(feed, ask(search)) == names(feed, ask(search, sort="date_desc"))
    assert sorted(names(feed, ask(search, sort="title"))) == sorted(names(feed, ask(search)))


@pytest.mark.parametrize("sort", ["relevance", "date_desc", "date_asc", "title"])
@pytest.mark.parametrize("q", ["", "食品"])
def test_cursors_walk_over_all_hits_once(search: Search, sort: str, q: str) -> None:
    result = ask(search, q, sort=sort, limit=2)
    seen = [hit["id"] for hit in result.hits]
    while result.next_cursor:
        result = ask(search, q, sort=sort, limit=2, cursor=result.next_cursor)
        seen += [hit["id"] for hit in result.hits]
    assert len(seen) == len(set(seen)) == result.total


def test_a_cursor_of_another_query_is_refused(search: Search) -> None:
    cursor = ask(search, "食品", limit=2).next_cursor
    with pytest.raises(InvalidCursor):
        ask(search, "安全", limit=2, cursor=cursor)


def test_a_date_cursor_neither_repeats_nor_skips_when_records_arrive(search: Search, feed: MemoryFeed) -> None:
    first = ask(search, sort="date_desc", limit=3)
    feed.add("newer", "更新的食品通知", date_written="2024-01-01")
    search.catch_up()
    rest = ask(search, sort="date_desc", limit=10, cursor=first.next_cursor)
    ids = [hit["id"] for hit in (*first.hits, *rest.hits)]
    assert len(ids) == len(set(ids)) == 6


def test_cursors_reach_beyond_ten_thousand_hits(tmp_path: Path) -> None:
    many = MemoryFeed()
    for number in range(10_050):
        many.add(f"r{number}", f"食品通知{number % 7}", date_written=f"20{number % 20:02}-01-01")
    plugin = FiltersPlugin()
    deep = Search.open(
        root=tmp_path, store_reader=many.open, filters=plugin.filters(), index_fields=plugin.index_fields, secret=b"s"
    )
    deep.catch_up()
    for sort in ("relevance", "date_desc", "title"):
        request = SearchRequest(q="食品", sort=sort, limit=200, highlight=False)  # type: ignore[arg-type]
        seen: set[str] = set()
        count = 0
        while True:
            result = deep.search(request)
            seen |= {hit["id"] for hit in result.hits}
            count += len(result.hits)
            if result.next_cursor is None:
                break
            request = replace(request, cursor=result.next_cursor)
        assert (result.total, len(seen), count) == (10_050, 10_050, 10_050)


def test_a_pasted_page_is_a_query_like_any_other(search: Search, feed: MemoryFeed) -> None:
    page = "根据《中华人民共和国食品安全法》制定。各学校要落实食品安全责任。" + "".join(
        chr(0x4E00 + at) for at in range(600)
    )
    assert {"food-rules", "food-notice"} <= set(names(feed, ask(search, page)))


# highlights, suggestions, explanations


def test_highlights_come_with_hits_and_only_when_asked_for(search: Search) -> None:
    hit = ask(search, "保证食品安全").hits[0]
    assert hit["highlights"] == {
        "title": "中华人民共和国<mark>食品安全</mark>法",
        "text": ["第一条 为了<mark>保证食品安全</mark>，制定本法。"],
        "anchor": "art-1",
    }
    assert ask(search, "食品安全", highlight=False).hits[0]["highlights"] is None
    assert ask(search).hits[0]["highlights"] is None


def test_suggestions_are_numbers_bodies_and_titles(search: Search) -> None:
    rows = search.suggest("云江")
    assert {row["kind"]: row["text"] for row in rows} == {
        "number": "云江政发〔2015〕7号",
        "organization": "云江市人民政府",
    }
    titles = [row["text"] for row in search.suggest("食品安全")]
    assert titles[:2] in (
        ["食品安全法实施条例", "中华人民共和国食品安全法"],
        ["中华人民共和国食品安全法", "食品安全法实施条例"],
    )
    assert "关于加强校园食品安全工作的通知" in titles
    assert (search.suggest(""), search.suggest("★"), search.suggest("食", 0)) == ([], [], [])
    assert len(search.suggest("食", 2)) == 2


def test_a_query_that_finds_nothing_is_answered_with_the_nearest_title(search: Search) -> None:
    assert ask(search, "食品卫生菅理办法").suggestion == "食品衛生管理辦法"
    assert ask(search, "食品安全法").suggestion is None
    assert ask(search, "量子纠缠现象").suggestion is None


def test_the_exact_total_is_asked_of_the_engine_only_where_the_request_does(search: Search) -> None:
    assert not search.plan(SearchRequest(q="食品")).exact_total
    assert search.plan(SearchRequest(q="食品", exact_total=True)).exact_total
    assert ask(search, "食品").total_relation == "eq"


def test_another_engine_is_made_from_the_fields_and_the_documents(feed: MemoryFeed, tmp_path: Path) -> None:
    plugin = FiltersPlugin()
    asked: list[tuple[dict[str, str], str]] = []

    def make(values: Mapping[str, FieldKind], documents: str) -> EmbeddedEngine:
        asked.append(({**values}, documents))
        return EmbeddedEngine(tmp_path / "own", values=values, documents=documents)

    made = Search.open(
        root=tmp_path / "unused", store_reader=feed.open, filters=plugin.filters(), index_fields=plugin.index_fields,
        secret=b"s", make_engine=make,
    )  # fmt: skip
    made.catch_up()
    assert ask(made, "食品安全法").total
    assert asked[0][0]["date"] == "number"
    assert asked[0][1]
    assert not (tmp_path / "unused").exists()


def test_explain_prints_the_plan_and_the_score(search: Search) -> None:
    hit = ask(search, "食品安全法").hits[0]
    told = search.explain(SearchRequest(q="食品安全法"), hit["id"])
    assert told["plan"]["legs"][0]["kind"] == "AnyOf"
    assert told["scores"]["similar"]["value"] == pytest.approx(hit["score"], rel=1e-3)


def test_without_an_index_the_answer_says_how_to_make_one(feed: MemoryFeed, tmp_path: Path) -> None:
    empty = Search.open(
        root=tmp_path / "none", store_reader=feed.open, filters=[], index_fields=lambda _: {}, secret=b"s"
    )
    with pytest.raises(SearchUnavailable, match="index rebuild"):
        empty.search(SearchRequest())
    assert not (tmp_path / "none").exists()
