"""From what is typed to a plan: syntax, intent, legs."""

from __future__ import annotations

import pytest

from catalog.errors import Misconfigured
from catalog.search import syntax
from catalog.search.fields import TEXT, TITLE
from catalog.search.intent import analyse, short_title_key
from catalog.search.plan import AllOf, AnyOf, Clause, ConstScore, Keys, Phrase, Terms
from catalog.search.planner import legs
from catalog.search.ranking import make_weights, weights


@pytest.mark.parametrize(
    ("query", "words", "phrases", "excluded", "noted"),
    [
        ("食品 安全", ["食品", "安全"], [], [], None),
        ('"食品 安全" -通知', [], ["食品 安全"], ["通知"], None),
        ("“食品安全”　检查", ["检查"], ["食品安全"], [], None),
        ('食品 -"安全 检查"', ["食品"], [], ["安全 检查"], None),
        ("关于“十三五”规划的通知", ['关于"十三五"规划的通知'], [], [], None),
        ('"食品安全', ['"食品安全'], [], [], "no partner"),
        ("食品 AND 安全", ["食品", "安全"], [], [], "AND"),
        ("食品 ★ ???", ["食品"], [], [], "no letters"),
        ('食品 ""', ["食品"], [], [], "empty phrase"),
        ("2016-2020", ["2016-2020"], [], [], None),
        ("食品 - 安全", ["食品", "安全"], [], [], "not an operator"),
        ("(a OR b) title:x^5 *", ["(a", "b)", "title:x^5"], [], [], "OR"),
        ("食品 食品", ["食品"], [], [], None),
    ],
)
def test_syntax(query: str, words: list[str], phrases: list[str], excluded: list[str], noted: str | None) -> None:
    typed = syntax.read(query)
    assert ([*typed.words], [*typed.phrases], [*typed.excluded]) == (words, phrases, excluded)
    assert (noted is None) == (not typed.notes)
    assert noted is None or noted in " ".join(typed.notes)


def test_syntax_uses_a_bounded_number_of_words() -> None:
    typed = syntax.read(" ".join(f"词{number}" for number in range(100)))
    assert len(typed.words) == syntax.MAX_PARTS
    assert "only the first" in typed.notes[0]


@pytest.mark.parametrize(
    ("query", "intent"),
    [
        ("", "everything"),
        ("  ", "everything"),
        ("★ ？", "nothing"),
        ("国办发〔2020〕17号", "number"),
        ("国办发2020 17", "number"),
        ("000014349/2015-00012", "index_number"),
        ("食品安全", "words"),
        ("食品安全法", "title"),
        ("《食品安全》", "title"),
        ("规定", "words"),
        ("如何申请公开信息", "question"),
        ("被辞退有补偿吗", "question"),
        ("公司不签合同？", "question"),
        ("我在网上买的东西坏了商家不肯退货也不肯换货我想要回我的钱并且投诉", "question"),
        ("关于进一步加强和改进农村生活垃圾收集转运处置体系建设与长效管理工作的通知", "title"),
        ('"如何申请"', "words"),
        ("转发河南省20", "words"),
    ],
)
def test_intent(query: str, intent: str) -> None:
    assert analyse(query).intent == intent


def test_a_question_is_freed_of_its_tail_and_said_in_the_words_of_laws() -> None:
    asked = analyse("老板拖欠工资怎么办")
    assert asked.content == "老板拖欠工资"
    assert {"用人单位", "劳动报酬"} <= set(asked.added)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("中华人民共和国行政处罚法", "行政处罚法"),
        ("中華民國刑法", "刑法"),
        ("《行政处罚法》", "行政处罚法"),
        ("行政处罚法（2021年修订）", "行政处罚法"),
        ("云江市实施《中华人民共和国土地管理法》办法", "云江市实施土地管理法办法"),
        ("中华人民共和国", ""),
    ],
)
def test_short_titles(title: str, key: str) -> None:
    assert short_title_key(title) == key


def _within(clause: Clause) -> list[Clause]:
    parts: list[Clause] = [clause]
    if isinstance(clause, AnyOf):
        parts += [inner for part in clause.clauses for inner in _within(part)]
    if isinstance(clause, AllOf):
        parts += [inner for part in (*clause.must, *clause.better, *clause.without) for inner in _within(part)]
    if isinstance(clause, ConstScore):
        parts += _within(clause.clause)
    return parts


def _planned(query: str) -> list[list[Clause]]:
    asked = analyse(query)
    return [_within(leg.clause) for leg in legs(asked, weights(asked.intent))]


def test_the_ladder_is_in_the_plan() -> None:
    strict, loose = _planned("食品安全法")
    rungs = {
        part.clause.values[0][0]: part.score
        for part in strict
        if isinstance(part, ConstScore) and isinstance(part.clause, Keys)
    }
    held = {part.field: part.weight for part in strict if isinstance(part, Phrase)}
    assert rungs["t"] > rungs["s"] > 1000
    assert held[TITLE] == 5 * held[TEXT]
    assert weights("number").exact_number > rungs["t"]
    assert any(isinstance(part, Terms) and part.minimum > 1 for part in loose)


def test_a_number_and_a_quoted_phrase_are_not_relaxed() -> None:
    assert len(_planned("国办发〔2020〕17号")) == 1
    assert len(_planned('"食品安全法规"')) == 1
    assert len(_planned("食品安全法规")) == 2
    assert len(_planned("食品")) == 1


def test_a_question_goes_straight_to_any_of_the_words() -> None:
    (only,) = _planned("老板拖欠工资怎么办")
    assert any(isinstance(part, Terms) and "拖欠" in part.values for part in only)
    assert not any(isinstance(part, Phrase) for part in only)


def test_exclusion_holds_in_every_leg() -> None:
    for leg in _planned("食品安全检查 -通知"):
        assert isinstance(leg[0], AllOf)
        assert leg[0].without == (Phrase(TEXT, leg[0].without[0].words),)  # type: ignore[union-attr]


def test_a_ranking_profile_with_a_wrong_name_is_refused() -> None:
    with pytest.raises(Misconfigured, match="titel_phrase"):
        make_weights({"titel_phrase": 1})
