"""What single lines begin with, and notes of responsibility inside them."""

from __future__ import annotations

import time

import pytest

from catalog.model.responsibility import notes_in
from catalog.model.statute import article, heading
from catalog.model.textmarks import annex_mark, decimal_mark, outline_mark


@pytest.mark.parametrize(
    ("text", "style", "number", "label"),
    [
        ("一、总体要求", 0, 1, "一、"), ("二十一．附则", 0, 21, "二十一．"), ("（十二）公开", 1, 12, "（十二）"), ("( 三 ) 公开", 1, 3, "(三)"),
        ("㈡公开", 1, 2, "㈡"), ("1.公开", 2, 1, "1."), ("１２、公开", 2, 12, "１２、"), ("（3）公开", 3, 3, "（3）"), ("4）公开", 3, 4, "4）"),
        ("⑵公开", 3, 2, "⑵"), ("③公开", 4, 3, "③"), ("甲、公开", 5, 1, "甲、"), ("　　（一）公开", 1, 1, "（一）"),
    ],
)  # fmt: skip
def test_the_marks_of_an_outline(text, style, number, label):
    mark = outline_mark(text)
    assert mark is not None
    assert (mark.style, mark.numbers, mark.label) == (style, (number,), label)


@pytest.mark.parametrize(
    "text",
    ["4.0版", "2021年3月", "一是公开", "二〇二一年", "（一九九八年）", "1.5倍", "2021、2022年", "甲、乙双方", "（试行）", "", "三", "第一条", "〇、无"],
)  # fmt: skip
def test_what_is_no_mark(text):
    assert outline_mark(text) is None


@pytest.mark.parametrize(
    ("text", "numbers"), [("1 总则", (1,)), ("1.2编制依据", (1, 2)), ("2.1.3　职责", (2, 1, 3)), ("1.1. 目的", (1, 1))]
)
def test_decimal_numbers_of_short_lines(text, numbers):
    mark = decimal_mark(text)
    assert mark is not None
    assert mark.numbers == numbers


@pytest.mark.parametrize(
    "text",
    [
        "1.总则",
        "30日内办结",
        "1.5倍以上的超标由市生态环境局处置。",
        "3%的税率",
        "1.2、1.3",
        "x1.2 甲",
        "1 " + "甲" * 60,
    ],
)
def test_lines_that_only_look_decimal(text):
    assert decimal_mark(text) is None


@pytest.mark.parametrize(
    ("text", "label", "numbered", "marked", "title"),
    [
        ("附件", "附件", False, False, ""), ("附 件 2", "附件2", True, False, ""), ("附件一：云江市细则", "附件一", True, True, "云江市细则"),
        ("附表1-2 收费表", "附表1-2", True, False, "收费表"), ("附：名单", "附", False, True, "名单"), ("附件：1.目录", "附件", False, True, "1.目录"),
    ],
)  # fmt: skip
def test_the_marks_of_annexes(text, label, numbered, marked, title):
    annex = annex_mark(text)
    assert annex is not None
    assert (annex.label, annex.numbered, annex.marked, annex.title) == (label, numbered, marked, title)


@pytest.mark.parametrize("text", ["附则", "附　　则", "附件所列事项由市政府决定", "附近居民", "见附件", "附" * 90])
def test_what_begins_no_annex(text):
    assert annex_mark(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "第三条所称数据",
        "第三条规定的情形",
        "第三条中的数据",
        "第三条第二款",
        "第三条、第四条",
        "第三条修改为",
        "第三条的规定",
        "第三条以外的",
    ],
)
def test_an_article_that_is_only_spoken_of(text):
    assert article(text) is None


@pytest.mark.parametrize(
    "text", ["第三条所有权人应当登记。", "第三条中华人民共和国公民依法享有权利。", "第三条　规划由市政府编制。"]
)
def test_articles_whose_words_look_like_a_citation(text):
    found = article(text)
    assert found is not None
    assert found.anchor == "art-3"


def test_the_segments_of_headings():
    segments = {
        text: found.segment
        for text in ("第二编 物权", "第一分编 通则", "第三章之一 罚则", "第四节 登记", "第一部分 发展基础")
        if (found := heading(text))
    }
    assert list(segments.values()) == ["part-2", "subpart-1", "chap-3-1", "sec-4", "part-1"]


def test_notes_of_responsibility_and_the_names_in_them():
    text = "公开规划（牵头单位：市发展改革委；责任单位：市直单位（园区））和清单(縣財政局牽頭落實)。见（附件）和（市人民政府）。"
    notes = notes_in(text)
    assert [text[note.start : note.end] for note in notes] == [
        "（牵头单位：市发展改革委；责任单位：市直单位（园区））",
        "(縣財政局牽頭落實)",
    ]
    assert [text[begin:end] for note in notes for begin, end in note.spans] == [
        "市发展改革委；",
        "市直单位（园区）",
        "縣財政局",
    ]


def test_hostile_lines_cost_no_time():
    start = time.process_time()
    for text in (
        "（" * 20_000,
        "(牵头单位：" * 5_000,
        "（" + "甲" * 50_000,
        "1." * 20_000,
        "附件" + " " * 50_000,
        "第" + "一" * 50_000,
    ):
        notes_in(text)
        outline_mark(text)
        decimal_mark(text)
        annex_mark(text)
        article(text)
        heading(text)
    assert time.process_time() - start < 2.0
