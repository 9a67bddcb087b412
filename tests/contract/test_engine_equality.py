"""The embedded engine and Elasticsearch side by side on the same documents: same hits, counts, orders, cursors, highlights and scores."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from catalog.search import fields
from catalog.search.analysis import PhraseWords, pairs, phrase, singles
from catalog.search.engines.base import Answer, Document, ISearchEngine
from catalog.search.engines.elasticsearch import ElasticsearchEngine
from catalog.search.plan import (
    AllOf,
    AnyOf,
    Clause,
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
from catalog.search.request import SORTS, SearchRequest, SearchResult
from catalog.search.service import Search
from tests.index_places import Place
from tests.memory_feed import MemoryFeed
from tests.search_engines import discard, document, opening, write

pytestmark = pytest.mark.network

TOPICS = ["食品安全", "食品检查", "交通规划", "河道管理", "校车安全", "数据开放", "养老服务", "垃圾分类", "公路养护"]
PLACES = ["国务院", "云江市人民政府", "临川省人民政府", "生态环境部", "Office of Data"]
KINDS = ["regulation", "notice", "measure", "plan"]
SENTENCES = [
    "各单位应当加强监督管理工作。",
    "本办法自公布之日起施行，原办法同时废止。",
    "第三十二条 违反规定的，由主管部门责令改正。",
    "根据《中华人民共和国食品安全法》制定。",
    "2016 年 3 月底以前完成，资金 1200 万元。",
    "The open data portal is run by the city, see 3.2.",
    "省、市、县三级联动；县级以上地方人民政府负责。",
    "甲。乙，丙",
]
RECORDS = 360


def made_up() -> list[Document]:
    """Documents with everything that a plan can ask for; several share titles, dates or texts, some have none."""
    rng = random.Random(7)
    made = []
    for number in range(RECORDS):
        topic, place = rng.choice(TOPICS), rng.choice(PLACES)
        year = 2000 + number % 20
        text = (
            "".join(rng.choices(SENTENCES, k=rng.randint(0, 12)))
            + f"见发〔{year}〕{number % 50}号文件，甲{chr(0x4E00 + number)}。"
        )
        made.append(
            document(
                f"d{number:03}",
                f"{place}关于{topic}的{rng.choice(['通知', '意见', '办法'])}" + ("" if number % 3 else f"（{year}）"),
                text if number % 11 else "",
                type=rng.choice(KINDS),
                organization=list({place, rng.choice(PLACES)}),
                date=0 if number % 17 == 0 else year * 10_000 + 101 + number % 9,
                keys=[f"n:发|{year}|{number % 50}", f"t:{topic}"],
                recheck=0 if number % 5 else 20240000 + number,
            )
        )
    return made


@dataclass(frozen=True)
class Both:
    embedded: ISearchEngine
    elasticsearch: ISearchEngine

    def answers(self, plan: Plan) -> tuple[Answer, Answer]:
        return self.embedded.search(plan), self.elasticsearch.search(plan)


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The same documents on both engines."""
    folder = tmp_path_factory.mktemp("both")
    with opening("embedded", request, folder) as here, opening("elasticsearch", request, folder) as there:
        engines = Both(here(), there())
        for engine in (engines.embedded, engines.elasticsearch):
            write(engine, made_up())
        yield engines


def text(words: str, weight: float = 1.0) -> Phrase:
    return Phrase(fields.TEXT, phrase(words), weight)


def plan(clause: Clause, **more: Any) -> Plan:
    page = more.pop("page", Page(RECORDS))
    return Plan(intent="words", legs=(Leg("only", clause),), page=page, **more)


TYPE = PlanFilter("type", Keys("type", ("notice", "plan")))
BODY = PlanFilter("organization", Keys("organization", ("国务院",)))
SINCE = PlanFilter("date_from", Range("date", 20080000, None))
YEARS = PlanFilter("year", Keys("year", ("2003", "2011", "2019")))
FACETS = (
    Facet("type", "type", 10, ("notice", "absent")),
    Facet("organization", "organization", 2, ("国务院", "Office of Data")),
    Facet("year", "year", 5, ("2003", "1999")),
)

SCORED: list[Clause] = [
    *(
        text(words)
        for words in (
            "食品安全",
            "品安",
            "食品，安全",
            "加强监督管理",
            "全食品",
            "2016",
            "第三十二条",
            "open data",
            "OPEN",
        )
    ),
    *(text(words) for words in ("县三级", "不存在的词", "办法自公布之日起施行，原办法", "１２００", "發")),
    *(
        Phrase(fields.TITLE, phrase(words), 5.0)
        for words in ("食品", "安全的通知", "国务院关于河道管理", "office of data")
    ),
    Terms(fields.TEXT, pairs("食品检查办法")),
    Terms(fields.TEXT, pairs("食品检查办法"), 0.7, 3),
    Terms(fields.TEXT, pairs("食品检查办法"), 1.0, 99),
    Terms(fields.CHARACTERS, singles("食安公"), 0.8),
    AnyOf((text("食品安全"), Phrase(fields.TITLE, phrase("检查"), 50.0), Terms(fields.TITLE, pairs("管理办法"), 0.3))),
    AllOf(
        must=(text("食品"),),
        better=(Terms(fields.TEXT, pairs("监督管理"), 0.05), ConstScore(Keys("type", ("plan",)), 9.0)),
    ),
    AllOf(must=(text("食品"), text("办法")), without=(text("违反规定"), text("甲"))),
    AnyOf((ConstScore(Keys(fields.KEYS, ("n:发|2003|3", "n:发|2004|4")), 100_000.0), text("发"))),
    AllOf(must=(Everything(),), without=(text("食品"),)),
    ConstScore(text("食品"), 1000.0),
    AnyOf((text("食品安全法"), ConstScore(text("食品安全法"), 1000.0))),
    *(text(words) for words in ("甲", "的", "县", "丙")),
    *(Phrase(fields.TEXT, PhraseWords(((0, word),), open_end=True)) for word in ("20", "ope")),
    Phrase(fields.TEXT, PhraseWords(((0, "6"),), open_start=True), 2.0),
    Phrase(fields.TEXT, PhraseWords(((0, "0"),), open_start=True, open_end=True), 2.0),
]
"""Clauses whose scores are the same on both engines."""
OPEN: list[Clause] = [
    *(text(words) for words in ("2016 年", "发〔2003〕3号", "3 月", "三级联动；县", "甲，乙", "第 32 条", "看 甲")),
    Phrase(fields.TEXT, PhraseWords(((0, "年"), (1, "3"), (2, "月")), open_end=True)),
    Phrase(fields.TEXT, PhraseWords(((0, "资金"), (1, "金"), (2, "12")), open_end=True)),
    Phrase(fields.TEXT, PhraseWords(((0, "16"), (1, "年")), open_start=True)),
    Phrase(fields.TEXT, PhraseWords(((0, "0"), (1, "万元")), open_start=True)),
    Phrase(fields.TEXT, PhraseWords(((0, "6"), (1, "年"), (2, "3"), (3, "月")), open_start=True, open_end=True)),
    Phrase(fields.TEXT, PhraseWords(((0, "6"), (1, "年")), open_start=True, open_end=True)),
]
"""Phrases whose open words the engines weigh differently, within bounds."""
UNSCORED: list[Clause] = [
    Everything(),
    Nothing(),
    Keys("organization", ("国务院", "Office of Data", "office of data")),
    Keys("year", ("2003", "2011")),
    Keys(fields.KEYS, ("t:食品安全",)),
    Range("date", 20050101, 20101231),
    Range("date", None, 20051231),
    Range("year", 2015, None),
    Prefix(fields.KEYS, "n:发|201"),
    Prefix(fields.SUGGESTIONS, "t国务院关于"),
    AnyOf((Keys("type", ("plan",)), Range("year", 2019, 2019))),
    AnyOf(()),
]


@pytest.mark.parametrize("clause", SCORED + UNSCORED + OPEN, ids=range(len(SCORED + UNSCORED + OPEN)))
def test_a_clause_finds_the_same_records(both: Both, clause: Clause) -> None:
    asked = plan(clause)
    here, there = both.answers(asked)
    assert {uid for uid, _ in there.hits} == {uid for uid, _ in here.hits}
    assert (there.total, there.exact, there.relation) == (here.total, here.exact, "eq")


@pytest.mark.parametrize("clause", SCORED, ids=range(len(SCORED)))
def test_a_clause_scores_alike(both: Both, clause: Clause) -> None:
    here, there = both.answers(plan(clause))
    assert dict(there.hits) == pytest.approx(dict(here.hits), rel=1e-4, abs=1e-4)
    assert [score for _, score in there.hits] == sorted((score for _, score in there.hits), reverse=True)


@pytest.mark.parametrize("clause", OPEN, ids=range(len(OPEN)))
def test_an_open_word_weighs_about_as_much(both: Both, clause: Clause) -> None:
    here, there = both.answers(plan(clause))
    for uid, score in there.hits:
        assert 0.2 < score / dict(here.hits)[uid] < 5


@pytest.mark.parametrize("sort", ["date_desc", "date_asc", "title"])
@pytest.mark.parametrize("clause", [Everything(), text("食品")], ids=["all", "some"])
def test_orders_are_the_same(both: Both, clause: Clause, sort: Any) -> None:
    here, there = both.answers(plan(clause, sort=sort, filters=(TYPE,)))
    assert [uid for uid, _ in there.hits] == [uid for uid, _ in here.hits]


@pytest.mark.parametrize(
    "filters",
    [(), (TYPE,), (BODY,), (YEARS,), (SINCE,), (TYPE, BODY), (TYPE, SINCE), (TYPE, BODY, YEARS, SINCE)],
    ids=lambda filters: "+".join(one.parameter for one in filters),
)
@pytest.mark.parametrize("clause", [Everything(), text("食品安全"), text("不存在的词")], ids=["all", "some", "none"])
def test_facets_count_the_same(both: Both, clause: Clause, filters: tuple[PlanFilter, ...]) -> None:
    asked = plan(clause, filters=filters, facets=FACETS, histogram=Facet("year", "year", 200), page=Page(7))
    for one in (asked, replace(asked, facets=FACETS[:1]), replace(asked, facets=())):
        here, there = both.answers(one)
        assert (there.total, there.exact) == (here.total, here.exact)
        assert {name: dict(rows) for name, rows in there.facets.items()} == {
            name: dict(rows) for name, rows in here.facets.items()
        }
        assert there.facets == here.facets
        assert there.histogram == here.histogram


@pytest.mark.parametrize("below", [1, 10, 400])
@pytest.mark.parametrize("filters", [(), (TYPE,), (TYPE, SINCE)], ids=len)
def test_the_same_leg_answers(both: Both, below: int, filters: tuple[PlanFilter, ...]) -> None:
    for words in ("食品安全法", "三级联动；县", "不存在的词"):
        legs = (Leg("strict", text(words)), Leg("loose", Terms(fields.TEXT, pairs(words)), below=below))
        here, there = both.answers(replace(plan(Everything(), filters=filters, facets=FACETS), legs=legs))
        assert (there.leg, there.total, there.exact, there.facets) == (here.leg, here.total, here.exact, here.facets)


def test_whole_terms_are_listed_alike(both: Both) -> None:
    for prefix in ("t国务院", "t云江市人民政府关于食品安", "toffice", "t不", "t(", 'n"'):
        listed = [engine.terms(fields.SUGGESTIONS, prefix, 200) for engine in (both.embedded, both.elasticsearch)]
        assert sorted(listed[0]) == sorted(listed[1])
        few = [engine.terms(fields.SUGGESTIONS, prefix, 3) for engine in (both.embedded, both.elasticsearch)]
        assert few[0] == few[1]


def test_what_is_kept_is_the_same(both: Both) -> None:
    uids = [f"d{number:03}" for number in range(0, RECORDS, 3)] + ["unknown"]
    here, there = both.embedded, both.elasticsearch
    assert there.versions(uids) == here.versions(uids)
    assert there.digests(uids) == here.digests(uids)
    assert len(there.digests(uids)) == len(uids) - 1
    assert there.shown(uids) == here.shown(uids)
    assert there.size() == here.size() == RECORDS
    assert there.scan(-1, 50) == here.scan(-1, 50)
    assert there.scan(there.scan(-1, 50)[-1][0], 1000) == here.scan(here.scan(-1, 50)[-1][0], 1000)
    assert sorted(there.due(20240200)) == sorted(here.due(20240200)) != []


@pytest.mark.parametrize("sort", ["relevance", "date_desc", "date_asc", "title"])
def test_a_position_leads_through_all_hits(both: Both, sort: Any) -> None:
    asked = plan(text("食品"), sort=sort, page=Page(7))
    whole = [uid for uid, _ in both.elasticsearch.search(replace(asked, page=Page(RECORDS))).hits]
    walked: list[str] = []
    while True:
        answer = both.elasticsearch.search(asked)
        if not answer.hits:
            break
        walked += [uid for uid, _ in answer.hits]
        asked = replace(asked, page=Page(7, len(walked), answer.after))
    assert walked == whole


@pytest.mark.parametrize("sort", ["date_desc", "date_asc"])
def test_a_position_in_a_date_order_is_understood_by_the_other_engine(both: Both, sort: Any) -> None:
    asked = plan(text("食品"), sort=sort, page=Page(9))
    rest = [
        engine.search(replace(asked, page=Page(9, 9, other.search(asked).after))).hits
        for engine, other in ((both.embedded, both.elasticsearch), (both.elasticsearch, both.embedded))
    ]
    assert rest[0] == rest[1] == both.embedded.search(replace(asked, page=Page(9, 9))).hits


# the same through the whole search

QUERIES = [
    "", "食品安全", "食品 安全", '"食品安全" -检查', "云江政发〔2003〕3号", "云江政发2003年第3号", "云江政发（2003）3 号", "3号",
    "云江市人民政府关于食品安全工作的通知", "关于食品安全工作", "河道", "甲", "2016 年", "open data", "OPEN", "食品安全怎么处罚？",
    "全部没有的词语组合", "食口安全的通知", "政发2003", "“食品”安全", "—", "發改委", "食品，安全", "第三十二条", "（2003）",
]  # fmt: skip


@pytest.fixture(scope="module")
def searches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Search, Search]]:
    """The same records behind the whole search, on both engines."""
    feed, rng = MemoryFeed(), random.Random(3)
    for number in range(240):
        topic, year = rng.choice(TOPICS), 2000 + number % 20
        feed.add(
            f"r{number}",
            f"云江市人民政府关于{topic}工作的通知" + ("" if number % 4 else f"（{year}）"),
            "".join(rng.choices(SENTENCES, k=rng.randint(1, 30))),
            record_type=rng.choice(["regulation", "normative_document"]),
            doc_number=f"云江政发〔{year}〕{number}号",
            issuing_body=["云江市人民政府"] if number % 3 else ["云江市人民政府", "临川省人民政府"],
            publisher="云江市人民政府",
            date_published=f"{year}-0{1 + number % 9}-11",
        )
    server = request.getfixturevalue("elasticsearch_server")
    places = (Place(tmp_path_factory.mktemp("whole")), Place(tmp_path_factory.mktemp("none"), server.url, "equality"))
    opened = tuple(place.open(feed.open) for place in places)
    for search in opened:
        search.rebuild()
    yield opened  # type: ignore[misc]
    for search in opened:
        search.close()
    discard(server.url, "equality")


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_the_whole_search_answers_alike(searches: tuple[Search, Search], query: str) -> None:
    for filters in ({}, {"type": ("regulation",)}, {"year": ("2003", "2004")}):
        request = SearchRequest(query, filters=filters, facets=("type", "organization", "year"), limit=10)
        here, there = (search.search(request) for search in searches)
        assert _without_hits(there) == _without_hits(here)
        if here.hits and _is_alone(here):
            assert there.hits[0]["id"] == here.hits[0]["id"]
        marks = {hit["id"]: hit["highlights"] for hit in here.hits}
        assert all(hit["highlights"] == marks[hit["id"]] for hit in there.hits if hit["id"] in marks)


@pytest.mark.parametrize("sort", SORTS)
def test_cursors_lead_through_the_same_records(searches: tuple[Search, Search], sort: Any) -> None:
    for query in ("", "食品安全"):
        walks = [
            list(_walked(search, SearchRequest(query, sort=sort, limit=37, highlight=False))) for search in searches
        ]
        assert sorted(walks[0]) == sorted(walks[1])
        assert len(set(walks[1])) == len(walks[1])
        if sort != "relevance":
            assert walks[0] == walks[1]


def test_suggestions_are_the_same(searches: tuple[Search, Search]) -> None:
    for prefix in ("云江", "食品", "云江政发", "临川", "关于校车", "zz"):
        here, there = (search.suggest(prefix) for search in searches)
        assert there == here


def _walked(search: Search, request: SearchRequest) -> Iterator[str]:
    while True:
        result = search.search(request)
        yield from (hit["id"] for hit in result.hits)
        if result.next_cursor is None:
            return
        request = replace(request, cursor=result.next_cursor)


def _without_hits(result: SearchResult) -> dict[str, Any]:
    told = result.to_dict()
    return {name: told[name] for name in told if name not in ("hits", "next_cursor")}


def _is_alone(result: SearchResult) -> bool:
    """Whether the first hit is clearly better than the second."""
    scores = [hit["score"] for hit in result.hits[:2]]
    return len(scores) == 1 or scores[0] > 1.05 * scores[1]


# what only real numbers of words show


@pytest.mark.parametrize("size", [3_000, 20_000])
def test_an_open_word_may_stand_for_any_number_of_words(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    with opening("elasticsearch", request, tmp_path_factory.mktemp("many")) as again:
        engine = again()
        assert isinstance(engine, ElasticsearchEngine)
        write(
            engine,
            [
                document(f"m{number}", "题", f"年 {number} 甲{chr(0x3400 + number)}。发 {number}7 号")
                for number in range(size)
            ],
        )
        for clause in (
            text("甲"),
            Phrase(fields.TEXT, PhraseWords(((0, "年"), (1, "1")), open_end=True)),
            Phrase(fields.TEXT, PhraseWords(((0, "7"), (1, "号")), open_start=True)),
            Phrase(fields.TEXT, PhraseWords(((0, "0"), (1, "甲")), open_start=True, open_end=True)),
        ):
            expected = size
            if clause != text("甲") and isinstance(clause, Phrase):
                words = [word for _, word in clause.words.words]
                firsts = {
                    "年": lambda n: str(n).startswith("1"),
                    "7": lambda _: True,
                    "0": lambda n: str(n).endswith("0"),
                }
                expected = sum(map(firsts[words[0]], range(size)))
            answer = engine.search(plan(clause, page=Page(1)))
            assert answer.total == expected, clause
            assert 0 < answer.hits[0][1] < 100
