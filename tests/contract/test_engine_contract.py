"""What every search engine must do, run on each of them: matching, scoring order, facets, paging, writing, generations, locks."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.errors import Busy, SearchUnavailable
from catalog.search import fields
from catalog.search.analysis import pairs, phrase
from catalog.search.engines import embedded_pages
from catalog.search.engines.base import IndexState, ISearchEngine
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
from tests.search_engines import ENGINES, Again, document, opening, write


@pytest.fixture(params=ENGINES)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    """Opens engines over one and the same index, as several processes have them."""
    with opening(request.param, request, tmp_path) as again:
        yield again


@pytest.fixture
def engine(again: Again) -> ISearchEngine:
    return again()


def ask(clause: Clause, **more: object) -> Plan:
    page = more.pop("page", Page(20))
    return Plan(intent="words", legs=(Leg("only", clause),), page=page, **more)  # type: ignore[arg-type]


def found(engine: ISearchEngine, clause: Clause, **more: object) -> list[str]:
    return [uid for uid, _ in engine.search(ask(clause, **more)).hits]


def text(words: str, weight: float = 1.0) -> Phrase:
    return Phrase(fields.TEXT, phrase(words), weight)


FOOD = [
    document(
        "a",
        "食品安全管理办法",
        "本办法适用于食品，安全第一。",
        type="regulation",
        organization=["国务院", "省政府"],
        date=20150714,
    ),
    document(
        "b", "关于食品检查的通知", "各单位应当做好食品安全工作。", type="notice", organization="省政府", date=20160300
    ),
    document(
        "c",
        "交通规划",
        "道路与桥梁 2016 年。",
        type="notice",
        organization="国务院",
        date=20160105,
        keys=["n:x|2016|1"],
    ),
    document("d", "无日期的说明", "食品。安全。", type="other"),
]


@pytest.fixture
def food(engine: ISearchEngine) -> ISearchEngine:
    write(engine, FOOD)
    return engine


# matching


def test_a_phrase_may_begin_anywhere_and_does_not_reach_across_punctuation(food: ISearchEngine) -> None:
    assert set(found(food, text("食品安全"))) == {"a", "b"}
    assert set(found(food, text("品安"))) == {"a", "b"}
    assert set(found(food, text("食品，安全"))) == {"a", "d"}
    assert found(food, text("全食品")) == []


def test_a_single_character_finds_every_text_that_holds_it(engine: ISearchEngine) -> None:
    followers = [chr(code) for code in range(0x4E00, 0x4E00 + 200)]
    write(engine, [document(f"r{at}", "题", f"甲{char}。") for at, char in enumerate(followers)])
    answer = engine.search(ask(text("甲")))
    assert answer.total == 200
    assert engine.search(ask(text("题，甲"))).total == 200


def test_words_and_one_word_phrases(food: ISearchEngine) -> None:
    assert found(food, text("2016")) == ["c"]
    assert found(food, text("桥梁 2016 年")) == ["c"]
    assert found(food, text("201")) == []
    assert found(food, Phrase(fields.TEXT, phrase("。，"))) == []


def test_torn_numbers_match_at_their_ends(food: ISearchEngine) -> None:
    whole = phrase("桥梁 201")
    assert found(food, Phrase(fields.TEXT, replace(whole, open_end=True))) == ["c"]
    assert found(food, Phrase(fields.TEXT, replace(phrase("16 年"), open_start=True))) == ["c"]


def test_terms_match_as_many_as_they_must(food: ISearchEngine) -> None:
    wanted = pairs("食品检查办法")
    assert set(found(food, Terms(fields.TEXT, wanted))) == {"a", "b", "d"}
    assert found(food, Terms(fields.TEXT, wanted, minimum=3)) == ["b"]


def test_everything_nothing_and_exclusion_alone(food: ISearchEngine) -> None:
    assert set(found(food, Everything())) == {"a", "b", "c", "d"}
    assert found(food, Nothing()) == []
    assert set(found(food, AllOf(must=(Everything(),), without=(text("食品安全"),)))) == {"c", "d"}
    assert found(food, AllOf(must=(), without=(text("食品安全"),))) == []


def test_keys_ranges_and_prefixes(food: ISearchEngine) -> None:
    assert found(food, Keys(fields.KEYS, ("n:x|2016|1",))) == ["c"]
    assert set(found(food, Keys("type", ("regulation", "other")))) == {"a", "d"}
    assert set(found(food, Keys("year", ("2016", "2015")))) == {"a", "b", "c"}
    assert set(found(food, Range("date", 20160101, 20161231))) == {"b", "c"}
    assert set(found(food, Range("date", None, 20151231))) == {"a"}
    assert found(food, Prefix(fields.KEYS, "n:x|20")) == ["c"]
    assert found(food, Prefix(fields.KEYS, "n.x")) == []


# scores


def test_weights_and_fixed_scores_make_the_order(food: ISearchEngine) -> None:
    better = AnyOf((text("食品"), Phrase(fields.TITLE, phrase("检查"), 50.0)))
    assert found(food, better)[0] == "b"
    assert found(food, AnyOf((better, ConstScore(Keys("type", ("other",)), 1000.0))))[0] == "d"


def test_better_only_adds_to_the_score(food: ISearchEngine) -> None:
    clause = AllOf(must=(text("食品"),), better=(ConstScore(Keys("type", ("other",)), 1000.0), text("桥梁")))
    assert found(food, clause)[0] == "d"
    assert food.search(ask(clause)).total == 3


def test_filters_narrow_and_never_score(food: ISearchEngine) -> None:
    only = (PlanFilter("type", Keys("type", ("notice", "regulation"))),)
    free = dict(food.search(ask(text("食品"))).hits)
    narrowed = dict(food.search(ask(text("食品"), filters=only)).hits)
    assert narrowed == {uid: free[uid] for uid in ("a", "b")}


def test_a_later_leg_is_used_when_the_first_finds_too_little(food: ISearchEngine) -> None:
    plan = replace(ask(text("食品安全")), legs=(Leg("strict", text("食品安全")), Leg("loose", text("食品"), below=3)))
    answer = food.search(plan)
    assert (answer.leg, answer.exact, answer.total) == ("loose", 2, 3)
    enough = replace(plan, legs=(plan.legs[0], replace(plan.legs[1], below=2)))
    assert food.search(enough).leg == "strict"


def test_filters_do_not_make_a_later_leg_used(food: ISearchEngine) -> None:
    legs = (Leg("strict", text("食品安全")), Leg("loose", text("食品"), below=2))
    answer = food.search(replace(ask(Everything()), legs=legs, filters=(PlanFilter("type", Keys("type", ("other",))),)))
    assert (answer.leg, answer.total) == ("strict", 0)


# order and pages


def test_orders_by_date_and_title_with_undated_records_last(food: ISearchEngine) -> None:
    assert found(food, Everything(), sort="date_desc") == ["b", "c", "a", "d"]
    assert found(food, Everything(), sort="date_asc") == ["a", "c", "b", "d"]
    assert found(food, Everything(), sort="title") == ["c", "b", "d", "a"]


@pytest.mark.parametrize("sort", ["relevance", "date_desc", "date_asc", "title"])
def test_pages_hold_every_record_once_also_among_equals(again: Again, sort: str) -> None:
    engine = again()
    everyone = {f"r{number}" for number in range(300)}
    for seq, start in enumerate(
        range(0, 300, 100), start=1
    ):  # several pieces, so that the engine's own order is not by id
        write(
            engine,
            [document(f"r{n}", "同一个标题", "同样的正文", date=20200101) for n in range(start, start + 100)],
            seq=seq,
        )
    pages = [found(engine, text("标题"), sort=sort, page=Page(7, offset)) for offset in range(0, 300, 7)]
    listed = [uid for page in pages for uid in page]
    assert len(listed) == 300
    assert set(listed) == everyone


def test_more_equals_than_are_sorted_still_stand_on_one_page_each(
    engine: ISearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_pages, "MAX_TIED", 64)
    write(engine, [document(f"r{n}", f"标题{n % 3}") for n in range(900)])
    listed = [uid for offset in range(0, 900, 7) for uid in found(engine, text("标题"), page=Page(7, offset))]
    assert len(listed) == len(set(listed)) == 900


def test_a_date_order_goes_on_after_a_key(food: ISearchEngine) -> None:
    first = food.search(ask(Everything(), sort="date_desc", page=Page(2)))
    rest = food.search(ask(Everything(), sort="date_desc", page=Page(2, offset=2, after=first.after)))
    assert [uid for uid, _ in first.hits + rest.hits] == ["b", "c", "a", "d"]
    assert rest.total == 4


def test_a_page_beyond_the_end_is_empty(food: ISearchEngine) -> None:
    answer = food.search(ask(text("食品"), page=Page(20, 1000)))
    assert (answer.hits, answer.total) == ([], 3)


# facets


def test_a_facet_leaves_out_its_own_filter_and_keeps_the_others(food: ISearchEngine) -> None:
    chosen = (
        PlanFilter("type", Keys("type", ("notice",))),
        PlanFilter("organization", Keys("organization", ("国务院",))),
    )
    facets = (Facet("type", "type", 10, ("notice",)), Facet("organization", "organization", 10, ("国务院",)))
    answer = food.search(ask(Everything(), filters=chosen, facets=facets, histogram=Facet("year", "year", 100)))
    assert answer.total == 1
    assert answer.facets["type"] == [("notice", 1), ("regulation", 1)]
    assert answer.facets["organization"] == [("国务院", 1), ("省政府", 1)]
    assert answer.histogram == [(2016, 1)]


def test_a_chosen_value_is_counted_even_when_it_is_rare(engine: ISearchEngine) -> None:
    write(engine, [document(f"r{n}", "题", type=f"t{n % 30}") for n in range(300)] + [document("x", "题", type="rare")])
    rows = engine.search(ask(Everything(), facets=(Facet("type", "type", 5, ("rare", "absent")),))).facets["type"]
    assert rows[-2:] == [("rare", 1), ("absent", 0)]
    assert rows[0] == ("t0", 10)
    assert len(rows) == 7


def test_facet_counts_are_exact_over_many_values_in_several_pieces(again: Again) -> None:
    engine = again()
    for seq in range(1, 4):
        write(
            engine,
            [document(f"{seq}-{n}", "题", organization=f"机关{n if n % 2 else 0}") for n in range(400)],
            seq=seq,
        )
    rows = engine.search(ask(Everything(), facets=(Facet("organization", "organization", 3),))).facets["organization"]
    assert rows[0] == ("机关0", 600)
    assert [count for _, count in rows] == [600, 3, 3]


# writing


def test_put_replaces_and_delete_removes(food: ISearchEngine) -> None:
    write(food, [document("a", "全新的标题", version=2)], seq=2, delete=["b", "unknown"])
    assert food.size() == 3
    assert found(food, text("全新")) == ["a"]
    assert found(food, text("食品安全")) == []
    assert food.versions(["a", "b", "c", "zz"]) == {"a": 2, "c": 1}


def test_the_same_document_twice_in_one_commit_is_there_once(engine: ISearchEngine) -> None:
    write(engine, [document("a", "旧的"), document("a", "新的", version=2)])
    assert (engine.size(), engine.versions(["a"])) == (1, {"a": 2})
    assert found(engine, text("旧的")) == []


def test_what_was_not_committed_is_not_there(food: ISearchEngine) -> None:
    with food.lock("write", 5), food.writer(str(food.current())) as writer:
        writer.put([document("e", "没有提交")], 2)
    assert food.size() == 4
    with pytest.raises(RuntimeError, match="on purpose"):
        _fail_while_writing(food)
    assert (food.size(), food.state().seq) == (4, 1)
    write(food, [document("e", "提交了")], seq=2)
    assert food.size() == 5


def _fail_while_writing(engine: ISearchEngine) -> None:
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.put([document("e", "没有提交")], 2)
        raise RuntimeError("on purpose")


def test_scan_walks_over_all_documents_in_steps(food: ISearchEngine) -> None:
    seen: list[str] = []
    after = -1
    while rows := food.scan(after, 3):
        seen += [uid for _, uid, _ in rows]
        after = rows[-1][0]
    assert sorted(seen) == ["a", "b", "c", "d"]


def test_due_names_records_by_their_day(engine: ISearchEngine) -> None:
    write(engine, [document("a", "题", recheck=20240101), document("b", "题", recheck=20250101), document("c", "题")])
    assert engine.due(20231231) == []
    assert engine.due(20240601) == ["a"]
    assert sorted(engine.due(20990101)) == ["a", "b"]


def test_terms_and_shown(food: ISearchEngine) -> None:
    assert food.terms(fields.SUGGESTIONS, "t食", 5) == ["t食品安全管理办法"]
    assert food.shown(["a", "zz"]) == {"a": '{"title":"食品安全管理办法"}'}


def test_explain_tells_of_a_score(food: ISearchEngine) -> None:
    assert food.explain(ask(text("食品")), "a")["only"]
    assert food.explain(ask(text("食品")), "unknown") == {}


# generations, snapshots, locks


def test_without_an_index_it_says_what_to_do(engine: ISearchEngine) -> None:
    assert engine.current() is None
    assert engine.state() == IndexState()
    with pytest.raises(SearchUnavailable, match="index rebuild"):
        engine.search(ask(Everything()))


def test_an_index_of_another_version_answers_no_search(food: ISearchEngine, again: Again) -> None:
    other = again(documents="another")
    for documents in (FOOD, []):
        generation = other.create()
        with other.writer(generation) as writer:
            writer.put(documents, 1)
            writer.commit(IndexState(seq=1, signature=other.signature))
        other.switch(generation)
        with pytest.raises(SearchUnavailable, match="another version"):
            food.search(ask(Everything()))
        with pytest.raises(SearchUnavailable, match="another version"):
            food.size()
        assert other.search(ask(Everything())).total == len(documents)


def test_a_generation_is_built_aside_and_switched_to(food: ISearchEngine) -> None:
    first = str(food.current())
    second = food.create()
    with food.writer(second) as writer:
        writer.put([document("n", "新的一代")], 9)
        writer.commit(IndexState(seq=9, signature=food.signature))
    assert (food.size(), food.size(second), food.state().seq, food.state(second).seq) == (4, 1, 1, 9)
    food.switch(second)
    assert (food.size(), food.current(), food.state().seq) == (1, second, 9)
    assert food.generations() == [first, second]
    with pytest.raises(ValueError, match="switch"):
        food.remove(second)
    food.remove(first)
    assert food.generations() == [second]
    assert food.create() > second


def test_another_process_sees_a_commit_at_its_next_search(food: ISearchEngine, again: Again) -> None:
    other = again()
    assert other.size() == 4
    write(food, [document("e", "后来的")], seq=2)
    assert other.size() == 5
    assert found(other, text("后来")) == ["e"]


def test_it_goes_on_after_close_and_in_a_forked_process(food: ISearchEngine) -> None:
    food.close()
    assert food.size() == 4
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_search_and_write, args=(food,))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert food.size() == 5


def _search_and_write(engine: ISearchEngine) -> None:
    assert engine.size() == 4
    write(engine, [document("child", "子进程")], seq=2)
    assert engine.size() == 5


def test_a_second_writer_waits_and_then_is_told(food: ISearchEngine, again: Again) -> None:
    other = again()
    with food.lock("write", 1):
        started = time.monotonic()
        with pytest.raises(Busy, match="write lock"), other.lock("write", 0.3):
            pytest.fail("two writers at once")
        assert 0.25 < time.monotonic() - started < 5
        with other.lock("rebuild", 0.3):
            pass
    with other.lock("write", 0.3):
        pass


def test_a_waiting_writer_gets_its_turn(food: ISearchEngine, again: Again) -> None:
    other = again()
    holds = threading.Event()

    def hold() -> None:
        with food.lock("write", 1):
            holds.set()
            time.sleep(0.2)

    holder = threading.Thread(target=hold)
    holder.start()
    assert holds.wait(5)
    with other.lock("write", 10):
        pass
    holder.join()


def test_searches_go_on_while_it_is_written_and_switched(food: ISearchEngine, again: Again) -> None:
    stop = threading.Event()
    troubles: list[BaseException] = []
    counts: list[int] = []

    def search() -> None:
        own = again()
        try:
            while not stop.is_set():
                counts.append(own.search(ask(text("食品"))).total)
        except BaseException as error:  # noqa: BLE001 (told to the test's own thread)
            troubles.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for seq in range(2, 12):
        write(food, [document(f"x{seq}", "食品")], seq=seq)
    before = str(food.current())
    fresh = food.create()
    with food.writer(fresh) as writer:
        writer.put(FOOD, 20)
        writer.commit(IndexState(seq=20, signature=food.signature))
    food.switch(fresh)
    food.remove(before)
    time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    assert not troubles
    assert (min(counts), max(counts), counts[-1]) == (3, 13, 3)
