"""Anchors and headings on any blocks, and blocks from records that hold articles one by one."""

from __future__ import annotations

import pytest

from catalog.extract.statute import article_anchor, blocks_from_articles, heading_text, structure
from catalog.model.draft import Block


def paragraphs(*texts: str) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


def shape(blocks: tuple[Block, ...]) -> list[tuple[str, int, str | None]]:
    return [(block.text, block.level, block.anchor) for block in blocks]


def test_articles_get_anchors_and_chapters_become_headings():
    made = structure(
        paragraphs(
            "第一章　总　　则",
            "第一条 为了甲。",
            "第二款的说明。",
            "第二条　乙。",
            "第二条之一 丙。",
            "第二章 附则",
            "第三条 丁。",
        )
    )
    assert shape(made) == [
        ("第一章 总则", 1, None),
        ("第一条 为了甲。", 0, "art-1"),
        ("第二款的说明。", 0, None),
        ("第二条　乙。", 0, "art-2"),
        ("第二条之一 丙。", 0, "art-2-1"),
        ("第二章 附则", 1, None),
        ("第三条 丁。", 0, "art-3"),
    ]
    assert [block.kind for block in made] == ["heading", *["paragraph"] * 4, "heading", "paragraph"]


def test_levels_are_those_of_the_units_whatever_the_source_said():
    source = [
        Block("heading", "第一章 甲", 3),
        Block("heading", "第一节 乙", 2),
        *paragraphs("第一条 丙。", "第二条 丁。"),
    ]
    assert [block.level for block in structure(source)] == [1, 2, 0, 0]
    deep = paragraphs("第一编 甲", "第一分编 乙", "第一章 丙", "第一节 丁", "第一条 戊。", "第二条 己。")
    assert [block.level for block in structure(deep)] == [1, 2, 3, 4, 0, 0]


def test_a_table_of_contents_that_comes_again_is_left_out():
    contents = ["目　录", "第一章 总则 ……1", "第一节 甲 ……2", "第二章 附则 ……9"]
    body = ["第一章 总则", "第一节 甲", "第一条 丙。", "第二章 附则", "第二条 丁。"]
    assert [block.text for block in structure(paragraphs("序言。", *contents, "通过日期。", *body))] == [
        "序言。",
        "通过日期。",
        *body,
    ]
    assert [block.text for block in structure(paragraphs(*contents, *body))] == body
    assert [block.text for block in structure(paragraphs(*body))] == body


def test_chapters_that_are_listed_once_are_not_taken_for_contents():
    body = ["第一章 总则", "第二章 空章", "第一条 丙。", "第二条 丁。"]
    assert [block.text for block in structure(paragraphs(*body))] == body


def test_a_second_statute_in_the_same_text_gets_other_anchors():
    made = structure(paragraphs("第一条 甲。", "第二条 乙。", "附件", "第一条 丙。", "第二条 丁。"))
    assert [block.anchor for block in made] == ["art-1", "art-2", "e1", "e1-art-1", "e1-art-2"]


@pytest.mark.parametrize(
    "text",
    [
        "第三条第二款修改为：",
        "第三条、第五条的规定",
        "第三条的规定不适用。",
        "第三章规定的事项，由市政府决定。",
        "第三方评估",
        "第一百",
    ],
)
def test_what_is_only_cited_begins_nothing(text):
    made = structure(paragraphs("第一条 甲。", "第二条 乙。", text))
    assert made[2] == Block("paragraph", text)


def test_articles_without_a_space_count_where_the_next_one_is_due():
    made = structure(paragraphs("第一条为了甲，制定本办法。", "第二条乙适用本办法。", "第五条例外另定。", "第三条丙。"))
    assert [block.anchor for block in made] == ["art-1", "art-2", None, "art-3"]


def test_articles_glued_into_one_paragraph_are_cut_apart():
    made = structure(
        paragraphs("第一条 甲。 第二条 按照第一条 办理。 第三条 丙。", "续文。 第四条 丁。", "第五条 戊。")
    )
    assert shape(made) == [
        ("第一条 甲。", 0, "art-1"),
        ("第二条 按照第一条 办理。", 0, "art-2"),
        ("第三条 丙。", 0, "art-3"),
        ("续文。", 0, None),
        ("第四条 丁。", 0, "art-4"),
        ("第五条 戊。", 0, "art-5"),
    ]


def test_a_text_without_articles_comes_back_as_it_was():
    notice = paragraphs("第一章 总则", "第一条 只引了一条。", "各单位：")
    assert structure(notice) == tuple(notice)
    assert structure([]) == ()


def test_tables_are_left_alone():
    table = Block("table", "第九条\t甲")
    assert structure([*paragraphs("第一条 甲。", "第二条 乙。"), table])[2] == table


@pytest.mark.parametrize(
    ("printed", "anchor"),
    [("第三十三条", "art-33"), ("第 33 條", "art-33"), ("第 33-1 條", "art-33-1"), ("第三十三条之一", "art-33-1"), ("7", "art-7"), ("附則", None), ("", None)],
)  # fmt: skip
def test_article_numbers_in_both_manners(printed, anchor):
    assert article_anchor(printed) == anchor


@pytest.mark.parametrize(
    ("printed", "written"),
    [("第一章　总　　则", "第一章 总则"), ("第 三 章之一  大法庭", "第三章之一 大法庭"), ("第二章 规划 建设", "第二章 规划 建设"), ("第四节", "第四节"), ("附　则", "附　则")],
)  # fmt: skip
def test_headings_are_written_in_one_manner(printed, written):
    assert heading_text(printed) == written


def test_blocks_from_records_with_articles():
    made = blocks_from_articles(
        [
            (None, "第 一 章 總則"),
            ("第 1 條", "本法所稱機關如下：\r\n（一）甲。\r\n（二）乙。"),
            ("第 1-1 條", "（刪除）"),
            ("", "第 一 節 通則"),
            ("第 2 條", "丙。"),
            ("3", "三、丁。"),
            ("", "本辦法由市政府解釋。"),
        ]
    )
    assert shape(made) == [
        ("第一章 總則", 1, None),
        ("第 1 條 本法所稱機關如下：", 0, "art-1"),
        ("（一）甲。", 0, None),
        ("（二）乙。", 0, None),
        ("第 1-1 條 （刪除）", 0, "art-1-1"),
        ("第一節 通則", 2, None),
        ("第 2 條 丙。", 0, "art-2"),
        ("三、丁。", 0, "art-3"),
        ("本辦法由市政府解釋。", 0, None),
    ]
