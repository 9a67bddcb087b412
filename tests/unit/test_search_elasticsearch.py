"""Requests to Elasticsearch and answers from its responses, without a server: compiler, mapping, pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest

from catalog.errors import InvalidCursor, InvalidInput
from catalog.search import fields
from catalog.search.analysis import PhraseWords, phrase
from catalog.search.engines import elasticsearch_mapping as mapping
from catalog.search.engines.base import FieldKind
from catalog.search.engines.elasticsearch_pages import TooManyTermsError, answer
from catalog.search.engines.elasticsearch_query import Compiler
from catalog.search.plan import (
    AllOf,
    AnyOf,
    ConstScore,
    Everything,
    Facet,
    Keys,
    Leg,
    Nothing,
    Page,
    Phrase,
    Plan,
    PlanFilter,
    Prefix,
    Range,
    Terms,
)
from tests.search_engines import document

VALUES: dict[str, FieldKind] = {"type": "value", "year": "number"}
COMPILER = Compiler(VALUES)


def text(words: str, weight: float = 1.0) -> Phrase:
    return Phrase(fields.TEXT, phrase(words), weight)


# compiler


@pytest.mark.parametrize(
    ("clause", "query"),
    [
        (Everything(), {"match_all": {"boost": 0.0}}),
        (Nothing(), {"match_none": {}}),
        (text("，"), {"match_none": {}}),
        (text("食品", 3.0), {"term": {"text": {"value": "食品", "boost": 3.0}}}),
        (text("食品安"), {"match_phrase": {"text": {"query": "食品 品安", "boost": 1.0}}}),
        (text("甲", 2.0), {"constant_score": {"filter": {"prefix": {"text": {"value": "甲"}}}, "boost": 2.0}}),
        (Terms("title", ()), {"match_none": {}}),
        (Terms("title", ("a",), 0.5), {"term": {"title": {"value": "a", "boost": 0.5}}}),
        (Keys("type", ("a", "b")), {"terms": {"type": ["a", "b"]}}),
        (Keys("year", ("2015",)), {"terms": {"year": [2015]}}),
        (Range("year", None, 2015), {"range": {"year": {"lte": 2015}}}),
        (Range("year", 2015, None), {"range": {"year": {"gte": 2015}}}),
        (Prefix("keys", "n.*"), {"constant_score": {"filter": {"prefix": {"keys": {"value": "n.*"}}}, "boost": 0.0}}),
        (ConstScore(Nothing(), 7.0), {"constant_score": {"filter": {"match_none": {}}, "boost": 7.0}}),
        (AnyOf(()), {"match_none": {}}),
        (AnyOf((Nothing(),)), {"match_none": {}}),
        (AllOf(must=(), without=(Nothing(),)), {"match_none": {}}),
    ],
)
def test_clauses_become_queries(clause: Any, query: dict[str, Any]) -> None:
    assert COMPILER.query(clause) == query


def test_alternatives_are_one_flat_list() -> None:
    query = COMPILER.query(AnyOf((Terms("text", ("a", "b")), text("食品"), Terms("text", ("c", "d"), 1.0, 2))))
    assert [next(iter(part)) for part in query["bool"]["should"]] == ["term", "term", "term", "bool"]
    assert query["bool"]["minimum_should_match"] == 1


def test_filters_stand_where_they_cannot_score() -> None:
    query = COMPILER.query(text("食品"), (PlanFilter("type", Keys("type", ("a",))),))
    assert query["bool"].keys() == {"must", "filter"}


def test_an_open_word_in_a_phrase_scores_a_fixed_amount() -> None:
    query = COMPILER.query(text("2016年", 5.0))
    in_place, whole = query["bool"]["must"]
    assert in_place["constant_score"]["boost"] == 50.0
    rules = in_place["constant_score"]["filter"]["intervals"]["text"]["all_of"]["intervals"]
    assert rules == [{"match": {"query": "2016"}}, {"prefix": {"prefix": "年"}}]
    assert whole == {"term": {"text": {"value": "2016", "boost": 5.0}}}


@pytest.mark.parametrize(
    ("word", "more"),
    [("年", "年年度年终㐀年㐀年a年1年龥年鿿"), ("12", "12 120 1201 12a 120a 129999 12年")],
)
def test_the_groups_of_a_wide_open_end_hold_every_word_once(word: str, more: str) -> None:
    import re

    clause = Phrase("text", PhraseWords(((0, "前"), (1, word)), open_end=True))
    query = Compiler({}, wide=True).query(clause)["bool"]["must"][0]
    rule = query["constant_score"]["filter"]["intervals"]["text"]["all_of"]["intervals"][1]
    groups = [re.compile(one["regexp"]["pattern"], re.DOTALL) for one in rule["any_of"]["intervals"]]
    words = (
        more.split() if " " in more else [word] + [more[at : at + 2] for at in range(len(more) - 1) if more[at] == word]
    )
    for one in words:
        assert sum(group.fullmatch(one) is not None for group in groups) == 1, one
    assert not any(group.fullmatch(other) for group in groups for other in ("前", "1", "乙年"))


def test_the_groups_of_a_wide_open_start_hold_every_number_once() -> None:
    import re

    clause = Phrase("text", PhraseWords(((0, "16"), (1, "年度")), open_start=True))
    query = Compiler({}, wide=True).query(clause)["bool"]["must"][0]
    rule = query["constant_score"]["filter"]["intervals"]["text"]["all_of"]["intervals"][0]
    groups = [re.compile(one["regexp"]["pattern"]) for one in rule["any_of"]["intervals"]]
    for number in ("16", "016", "2016", "99916", "1616"):
        assert sum(group.fullmatch(number) is not None for group in groups) == 1, number
    assert not any(group.fullmatch("2017") for group in groups)


def test_a_phrase_with_gaps_is_refused() -> None:
    with pytest.raises(ValueError, match="in a row"):
        COMPILER.query(Phrase("text", PhraseWords(((0, "a"), (2, "b")))))


# mapping


def test_every_field_of_a_document_is_mapped_and_only_what_is_shown_is_kept() -> None:
    made = mapping.mapping(VALUES)
    body = orjson.loads(mapping.body(document("a", "题", type="x", year=2015, date=20150101), VALUES))
    assert body.keys() == made["properties"].keys()
    assert made["properties"].keys() - set(made["_source"]["excludes"]) == {fields.SHOWN}
    assert body["year"] == [2015]


def test_another_mapping_is_another_signature() -> None:
    assert mapping.signature(VALUES) == mapping.signature(dict(reversed(VALUES.items())))
    assert mapping.signature(VALUES) != mapping.signature({**VALUES, "topic": "value"})
    assert mapping.signature(VALUES) != mapping.signature({**VALUES, "year": "value"})


def test_copies_are_a_number_or_a_range() -> None:
    assert mapping.replicas("2") == {"index.auto_expand_replicas": "false", "index.number_of_replicas": 2}
    assert mapping.replicas("0-all") == {"index.auto_expand_replicas": "0-all"}


# pages


class Cluster:
    """Answers requests with given totals, one after the other, and keeps what it was asked."""

    def __init__(self, *totals: int, relation: str = "eq") -> None:
        self.totals: Iterator[int] = iter(totals)
        self.relation = relation
        self.asked: list[dict[str, Any]] = []
        self.preferences: set[str] = set()

    def __call__(self, request: dict[str, Any], preference: str) -> Mapping[str, Any]:
        self.asked.append(request)
        self.preferences.add(preference)
        total = next(self.totals)
        hits = [{"_id": f"h{n}", "_score": 2.5, "sort": [2.5, n, f"h{n}"]} for n in range(min(total, request["size"]))]
        buckets = {"most": {"buckets": []}, "chosen": {"buckets": []}}
        return {
            "hits": {"total": {"value": total, "relation": self.relation}, "hits": hits},
            "aggregations": {name: {"doc_count": 0, **buckets} for name in request.get("aggs", {})},
        }


def plan(**more: Any) -> Plan:
    legs = more.pop("legs", (Leg("only", text("食品")),))
    return Plan("words", legs, more.pop("page", Page(10)), **more)


TWO_LEGS = (Leg("strict", text("食品")), Leg("loose", text("安全"), below=5))
TYPE = PlanFilter("type", Keys("type", ("a",)))
SINCE = PlanFilter("date_from", Range("date", 5))


def test_one_request_answers_where_the_first_leg_finds_enough() -> None:
    cluster = Cluster(5)
    found = answer(
        cluster, VALUES, plan(legs=TWO_LEGS, filters=(SINCE, TYPE), facets=(Facet("type", "type", 5, ("a",)),))
    )
    assert (found.leg, found.total, found.after) == ("strict", 5, (2.5, 4, "h4"))
    (request,) = cluster.asked
    assert request["track_total_hits"] is True
    assert request["_source"] is False
    assert request["query"]["bool"]["filter"] == [{"range": {"date": {"gte": 5}}}]
    assert request["post_filter"] == {"bool": {"filter": [{"terms": {"type": ["a"]}}]}}
    assert request["aggs"]["f0"]["filter"] == {"match_all": {}}
    assert request["aggs"]["f0"]["aggs"]["chosen"]["terms"]["include"] == ["a"]
    assert found.facets == {"type": [("a", 0)]}


def test_a_later_leg_costs_a_count_only_under_filters() -> None:
    cluster = Cluster(2, 40)
    assert answer(cluster, VALUES, plan(legs=TWO_LEGS)).total == 40
    assert len(cluster.asked) == 2
    cluster = Cluster(2, 5)
    found = answer(cluster, VALUES, plan(legs=TWO_LEGS, filters=(TYPE,)))
    assert (found.leg, found.total, found.exact) == ("strict", 2, 2)
    assert (cluster.asked[1]["size"], cluster.asked[1]["track_total_hits"]) == (0, 5)
    cluster = Cluster(2, 4, 30)
    assert answer(cluster, VALUES, plan(legs=TWO_LEGS, filters=(TYPE,))).leg == "loose"
    assert len(cluster.preferences) == 1


def test_totals_are_exact_only_where_they_must_be() -> None:
    cluster = Cluster(10_000, relation="gte")
    found = answer(cluster, VALUES, plan(exact_total=False))
    assert (cluster.asked[0]["track_total_hits"], found.relation) == (10_000, "gte")
    cluster = Cluster(3)
    answer(cluster, VALUES, plan(exact_total=False, histogram=Facet("year", "year", 5)))
    assert cluster.asked[0]["track_total_hits"] is True


def test_pages_go_by_number_or_by_position() -> None:
    cluster = Cluster(99, 99, 99, 99)
    answer(cluster, VALUES, plan(page=Page(10, 9_990)))
    assert cluster.asked[-1]["from"] == 9_990
    answer(cluster, VALUES, plan(page=Page(10, 20_000, (1.5, 7, "x"))))
    assert cluster.asked[-1]["search_after"] == [1.5, 7, "x"]
    assert "from" not in cluster.asked[-1]
    answer(cluster, VALUES, plan(sort="date_desc", page=Page(10, 20_000, (77,))))
    assert cluster.asked[-1]["search_after"][0] == 77
    answer(cluster, VALUES, plan(page=Page(10, 20, (77,))))
    assert cluster.asked[-1]["from"] == 20
    with pytest.raises(InvalidCursor):
        answer(cluster, VALUES, plan(page=Page(10, 9_991)))


def test_words_that_stand_for_too_many_are_split_and_then_refused() -> None:
    asked: list[str] = []

    def narrow(request: dict[str, Any], preference: str) -> Mapping[str, Any]:
        asked.append(str(request["query"]))
        raise TooManyTermsError

    with pytest.raises(InvalidInput, match="whole"):
        answer(narrow, VALUES, plan(legs=(Leg("only", text("2016年")),)))
    assert ["any_of" in query for query in asked] == [False, True]
