from __future__ import annotations

import time

import pytest

from catalog.model.draft import Block
from catalog.search.highlight import BEFORE_CHARS, PASSAGE_CHARS, PASSAGES, highlight, marker

TEXT = (
    Block("heading", "第二章 監督", 1),
    Block(
        "paragraph",
        "第八条 縣級以上人民政府應當加強食品 安全監督。依照《食品安全法》及国办发[2020]17号文件，制定本办法；其他从其规定。",
        0,
        "art-8",
    ),
    Block("paragraph", "前款所称食品、 安全<第一>。", 0),
    Block("heading", "第三章", 1),
    Block("paragraph", "施行日期：食品安全宣传周。", 0),
)


@pytest.mark.parametrize(
    ("parts", "passages"),
    [
        (("食品安全监督",), ["第八条 縣級以上人民政府應當加強<mark>食品 安全監督</mark>。"]),
        (("国办发〔2020〕17号",), ["依照《食品安全法》及<mark>国办发[2020]17号</mark>文件，制定本办法；"]),
        (("食品，安全",), ["前款所称<mark>食品、 安全</mark>&lt;第一&gt;。"]),
        (("没有的词",), []),
        (("2020",), ["依照《食品安全法》及国办发[<mark>2020</mark>]17号文件，制定本办法；"]),
        (("202",), []),
    ],
)
def test_marks_what_the_index_matches(parts: tuple[str, ...], passages: list[str]) -> None:
    assert highlight("题", TEXT, marker(parts))["text"] == passages


def test_the_title_is_marked_and_escaped_as_a_whole() -> None:
    assert (
        highlight("関於<食品>&安全", (), marker(("食品", "安全")))["title"]
        == "関於&lt;<mark>食品</mark>&gt;&amp;<mark>安全</mark>"
    )
    assert highlight('"a"', (), marker(()))["title"] == "&quot;a&quot;"


def test_the_best_sentences_are_shown_in_their_order_with_the_article_of_the_best() -> None:
    found = highlight("题", TEXT, marker(("食品", "制定")))
    assert len(found["text"]) == PASSAGES
    assert "制定" in found["text"][1]
    assert found["anchor"] == "art-8"


def test_a_paragraph_without_an_anchor_belongs_to_the_article_before_it_and_not_to_that_before_a_heading() -> None:
    assert highlight("题", TEXT, marker(("前款",)))["anchor"] == "art-8"
    assert highlight("题", TEXT, marker(("宣传周",)))["anchor"] is None


def test_a_question_marks_its_pairs() -> None:
    found = highlight("题", TEXT, marker((), "人民怎样监督食品安全"))
    assert "<mark>人民</mark>" in found["text"][0]
    assert "<mark>食品</mark> <mark>安全監督</mark>" in found["text"][0]
    assert "<mark>周" not in "".join(found["text"])


def test_long_sentences_are_cut_around_the_match() -> None:
    block = Block("paragraph", "甲" * 500 + "食品安全" + "乙" * 500)
    (passage,) = highlight("题", [block], marker(("食品安全",)))["text"]
    assert passage.startswith("…" + "甲" * BEFORE_CHARS + "<mark>")
    assert passage.endswith("乙…")
    assert len(passage) < PASSAGE_CHARS + 30


def test_cost_is_bounded_on_a_text_of_300_kb() -> None:
    text = [Block("paragraph", "各级人民政府应当加强领导，建立健全协调机制。" * 40) for _ in range(120)]
    text.append(Block("paragraph", "末尾有食品安全。", 0, "art-99"))
    asked = [
        marker(("食品安全",)),
        marker(("各级", "机制")),
        marker(("没有",)),
        marker((), "各级人民怎样加强食品安全领导"),
    ]
    for marks in asked:
        highlight("题", text[:1], marks)
    started = time.perf_counter()
    found = [highlight("题", text, marks) for marks in asked]
    assert time.perf_counter() - started < 0.5
    assert found[0]["anchor"] == "art-99"
