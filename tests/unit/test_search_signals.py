"""Signals of ranking: they order what a query names alike, and lift nothing over a rung of the ladder."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Misconfigured
from catalog.search.dates import today
from catalog.search.filters import level
from catalog.search.plugin import FiltersPlugin
from catalog.search.ranking import LADDER, Signal, check_signals, signals, weights
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from catalog.search.tables import json_table
from tests.memory_feed import MemoryFeed

HELD = frozenset({"validity", "level", "year", "date"})
INTENTS = ("number", "index_number", "title", "words")
REPEALED = [{"kind": "repealed", "date": "2001-01-01"}]


@pytest.mark.parametrize("intent", INTENTS)
def test_all_signals_together_are_less_than_any_step_between_fixed_scores(intent: str) -> None:
    scores = weights(intent)
    rungs = [getattr(scores, name) for name in LADDER]
    assert rungs == sorted(rungs, reverse=True)
    # what a record can have at most on a rung stays below the next one, whatever signals it has
    assert scores.synonym_title + scores.synonym_full_title < scores.short_title
    together = sum(row.score for row in signals(intent, HELD))
    assert 0 < together < min(high - low for low, high in combinations(sorted([0.0, *rungs]), 2))
    assert together < scores.synonym_full_title


def test_questions_and_fields_that_are_not_there_have_no_signals() -> None:
    assert signals("question", HELD) == ()
    assert signals("title", frozenset()) == ()
    assert {row.field for row in signals("title", frozenset({"year"}))} == {"year"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Signal("validity", 1_000.0, ("in_force",)), "stay below 1000"),
        (Signal("validity", 10.0), "values or years"),
        (Signal("validity", 10.0, ("in_force",), 3), "values or years"),
        (Signal("validity", 0.0, ("in_force",)), "above 0"),
    ],
)
def test_signals_that_would_break_the_ladder_are_refused(row: Signal, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        check_signals((row,), weights("title"))


def test_the_profile_says_of_each_row_what_it_looks_at() -> None:
    held = FiltersPlugin().filters()
    assert {row["field"] for row in json_table("ranking.json")["signals"]["rows"]} <= {one.field for one in held}


def opened(feed: MemoryFeed, root: Path) -> Search:
    plugin = FiltersPlugin()
    made = Search.open(
        root=root, store_reader=feed.open, filters=plugin.filters(), index_fields=plugin.index_fields, secret=b"s"
    )
    made.catch_up()
    return made


def order(search: Search, feed: MemoryFeed, q: str, **more: Any) -> list[str]:
    return [feed.held[hit["id"]]["name"] for hit in search.search(SearchRequest(q=q, **more)).hits]


def test_records_of_one_title_stand_by_validity_then_level_then_year(tmp_path: Path) -> None:
    feed = MemoryFeed()
    title = "停车管理办法"
    old, new = "1998-01-01", f"{today().year}-01-01"
    force = {"date_effective": "1998-02-01"}
    state = {"issuing_body": ["国务院"]}
    province = {"issuing_body": ["湖北省人民政府"]}
    city = {"issuing_body": ["云江市人民政府"]}
    # the worst one says the title most often, so that BM25 alone would put it first
    feed.add("repealed", title, f"{title}。" * 9, date_written=old, events=REPEALED, **state)
    feed.add("city-old", title, f"{title}。" * 7, date_written=old, **force, **city)
    feed.add("city-new", title, f"{title}。", date_written=new, **force, **city)
    feed.add("province", title, f"{title}。", date_written=old, **force, **province)
    feed.add("state", title, f"{title}。", date_written=old, **force, **state)
    search = opened(feed, tmp_path)
    found = order(search, feed, title)
    assert found[-1] == "repealed"
    assert found[:2] == ["state", "province"]
    assert found.index("city-new") < found.index("city-old")


def test_a_signal_lifts_nothing_over_a_rung(tmp_path: Path) -> None:
    feed = MemoryFeed()
    best = {"date_written": f"{today().year}-01-01", "date_effective": "2001-01-01", "issuing_body": ["国务院"]}
    worst = {"date_written": "1980-01-01", "events": REPEALED, "issuing_body": ["云江市人民政府"]}
    number = {"raw": "云政发〔2015〕7号", "canonical": "云政发〔2015〕7号"}
    feed.add("exact", "民诉法", "正文", **worst)
    feed.add("full", "中华人民共和国民事诉讼法", "正文", **worst)
    feed.add("named", "民事诉讼法", "正文", **best)
    feed.add("holds", "民诉法培训办法", "民诉法。" * 20, **best)
    feed.add("number", "某某文件", "正文", doc_number=number, **worst)
    feed.add("cites", "云政发〔2015〕7号", "云政发〔2015〕7号。" * 9, **best)
    search = opened(feed, tmp_path)
    assert order(search, feed, "民诉法")[:4] == ["exact", "full", "named", "holds"]
    assert order(search, feed, "云政发〔2015〕7号") == ["number", "cites"]


def test_signals_never_match_and_never_change_what_is_counted(tmp_path: Path) -> None:
    feed = MemoryFeed()
    for number in range(5):
        feed.add(
            f"r{number}", f"停车办法{number}", "停车", issuing_body=["国务院"], date_written=f"{today().year}-01-01"
        )
    search = opened(feed, tmp_path)
    assert search.search(SearchRequest(q="停车办法3")).exact == 1
    request = SearchRequest(q="停车办法3")
    plan = search.plan(request)
    bare = replace(plan, legs=plan.legs[:1])
    assert search.engine.search(bare).total == 1


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ({"level": "county", "issuing_body": ["国务院"]}, ("county",)),
        ({"issuing_body": ["国务院", "云江市人民政府"]}, ("national",)),
        ({"publisher": "湖北省人民政府"}, ("provincial",)),
        ({"publisher": "某协会"}, ()),
        ({}, ()),
    ],
)
def test_the_level_is_the_record_s_or_its_lead_issuer_s(metadata: dict[str, Any], found: tuple[str, ...]) -> None:
    record: Any = {"metadata": metadata}
    assert level.values(record) == {"level": found}
