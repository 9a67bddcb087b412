"""Where documents inside a text begin, and where only a list or a quotation stands."""

from __future__ import annotations

import pytest

from catalog.extract.lines import Line
from catalog.extract.outline import blocks_of
from catalog.extract.parts import quoted
from catalog.extract.statute import blocks_from_articles, structure
from catalog.extract.wrapped import paragraphs
from catalog.model.draft import Block


def blocks(*texts: str) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


def anchors(*texts: str) -> list[str | None]:
    return [block.anchor for block in structure(blocks(*texts))]


def test_a_line_of_its_own_begins_an_annex_and_its_title_becomes_a_heading():
    made = structure(blocks("正文。", "附件1", "云江市细则", "内容。", "附件2", "名单。"))
    assert [block.anchor for block in made] == [None, "e1", None, None, "e2", None]
    assert [block.kind for block in made] == ["paragraph", "heading", "heading", "paragraph", "heading", "paragraph"]


@pytest.mark.parametrize(
    "texts",
    [
        ("正文。", "附件：1.目录", "2.名单", "云江市人民政府"),
        ("正文。", "附件：云江市细则", "云江市人民政府", "2021年3月1日"),
        ("正文。", "附件1：目录", "附件2：名单", "云江市人民政府"),
        ("正文。", "附件", "1.目录", "2.名单", "云江市人民政府"),
        ("正文。", "附件"),
        ("正文。", "附件所列事项由市政府决定。", "其他。"),
    ],
)
def test_a_list_of_attachments_begins_nothing(texts):
    assert set(anchors(*texts)) == {None}


def test_behind_the_signature_a_titled_line_begins_an_annex():
    assert anchors("正文。", "2021年3月1日", "附件：云江市细则", "内容。", "附件2：名单", "张三") == [
        None,
        None,
        "e1",
        None,
        "e2",
        None,
    ]


def test_a_second_statute_without_a_mark_begins_at_its_title():
    texts = [
        "第一条 甲。",
        "第二条 乙。",
        "云江市细则",
        "（2020年3月1日通过）",
        "第一章 总则",
        "第一条 丙。",
        "第二条 丁。",
    ]
    assert anchors(*texts) == ["art-1", "art-2", "e1", None, None, "e1-art-1", "e1-art-2"]
    assert anchors("第一条 甲。", "第二条 乙。", "不是标题。", "第一条 丙。") == ["art-1", "art-2", None, "art-1_2"]


def test_articles_in_a_quotation_are_none_of_the_text():
    texts = ["第一条 甲。", "第二条 将第五条修改为两条：“第五条 乙。", "第六条 丙。”", "第三条 丁。"]
    assert anchors(*texts) == ["art-1", "art-2", None, "art-3"]
    assert anchors("第一条 将第九条修改为：", "第九条 乙。", "第二条 丙。", "第三条 丁。") == [
        "art-1",
        None,
        "art-2",
        "art-3",
    ]


def test_a_quotation_mark_left_open_hides_nothing():
    assert quoted(blocks("“甲", *["乙。"] * 80, "丙”")) == set()
    assert quoted(blocks("“甲。", "乙“丙”", "丁”。", "戊。")) == {1, 2}


def test_a_title_over_two_lines_is_told_by_the_list_that_names_it():
    made = structure(
        blocks(
            "正文。",
            "附件：1.云江市数据共享考核细则",
            "2021年3月1日",
            "附件1",
            "云江市数据共享",
            "考 核 细 则",
            "总体要求",
            "内容。",
        )
    )
    assert [block.text for block in made if block.kind == "heading"] == ["附件1", "云江市数据共享", "考 核 细 则"]


def test_pages_are_carried_through():
    lines = [
        Line("第一章　总　则", page=1),
        Line("第一条 甲。 第二条 乙。", page=2),
        Line("第三条 丙。", page=3),
        Line("a\tb", "table", page=4),
    ]
    assert [(block.text, block.page) for block in blocks_of(lines)] == [
        ("第一章 总则", 1), ("第一条 甲。", 2), ("第二条 乙。", 2), ("第三条 丙。", 3), ("a\tb", 4),
    ]  # fmt: skip
    assert [
        block.page for block in blocks_of([Line("附件", page=7), Line("云江市细则", page=7), Line("正文。", page=8)])
    ] == [7, 7, 8]


def test_lines_that_were_broken_to_fit_a_page_are_put_together():
    text = "一、本綱要依國務會議通過厲行全國總動員以戡平共匪叛亂如期實施憲政\r\n    案及國家總動員法之規定，制定之。\r\n二、依法辦理\r\n    。\r\n三、甲"
    assert [piece for _, piece in paragraphs(text)] == [
        "一、本綱要依國務會議通過厲行全國總動員以戡平共匪叛亂如期實施憲政案及國家總動員法之規定，制定之。", "二、依法辦理。", "三、甲",
    ]  # fmt: skip
    assert list(paragraphs("  ")) == []


def test_a_drawn_table_becomes_a_table():
    text = "警旗尺度如下：\n┌──┬──┐\n│單位│尺度│\n├──┼──┤\n│縣市│橫寬│\n│警局│64  │\n├──┼──┤\n│第一條│甲│\n└──┴──┘\n前項尺度由署定之。"
    made = blocks_from_articles([("第 5 條", text)])
    assert [(block.kind, block.text, block.anchor) for block in made] == [
        ("paragraph", "第 5 條 警旗尺度如下：", "art-5"),
        ("table", "單位\t尺度\n縣市警局\t橫寬64\n第一條\t甲", None),
        ("paragraph", "前項尺度由署定之。", None),
    ]
