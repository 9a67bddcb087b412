"""The parts of a citation: articles that are meant, short names, bare statutes, the words around, the place."""

from __future__ import annotations

import time

import pytest

from catalog.extract import citations
from catalog.extract.citation_articles import articles_at
from catalog.model.draft import Block
from catalog.model.texttree import derive


def found(*texts: str | Block, title: str = "云江市人民政府通知", number: str | None = None) -> list[tuple[str, ...]]:
    read = citations.find(texts, own_title=title, own_number=number)
    return [tuple(part or "" for part in (one.type, one.title or one.number, one.article)) for one in read]


@pytest.mark.parametrize(
    ("text", "anchors"),
    [
        ("第十三条的规定", ["art-13"]),
        ("第十三条第二款", ["art-13-p2"]),
        ("第八条第一款", ["art-8"]),
        ("第十三条第二款第（三）项、第五项和第二十条", ["art-13-p2-i3", "art-13-p2-i5", "art-20"]),
        ("第十三条第（三）项", ["art-13-p1-i3"]),
        ("第一百二十条之一", ["art-120-1"]),
        ("第三条至第五条、第二章", ["art-3", "art-5"]),
        ("第三十三條之一第二項第三款", ["art-33-1-p2-i3"]),
        ("第 33-1 條第二款", ["art-33-1-p1-i2"]),
        ("第十三條第二款第(三)項", ["art-13-p2-i3"]),
        ("第二章第三条", []),
        ("、第三条", []),
        ("第条", []),
    ],
)
def test_articles_become_anchors(text: str, anchors: list[str]):
    assert list(articles_at(text, 0).anchors) == anchors


def test_a_document_is_cited_once_for_each_of_its_articles():
    text = "根据《云江省水条例》第三条和第五条第二款，制定本办法。《云江省水条例》另有规定的除外。"
    assert found(text) == [("based_on", "云江省水条例", "art-3"), ("based_on", "云江省水条例", "art-5-p2")]


def test_what_is_only_partly_repealed_is_told():
    assert found("《云江市水办法》第五条同时废止。") == [("partly_repeals", "云江市水办法", "art-5")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "根据《云江省节约用水条例》（以下简称《条例》）制定。依照《条例》第九条处罚。",
            [("based_on", "云江省节约用水条例", ""), ("based_on", "云江省节约用水条例", "art-9")],
        ),
        (
            "《云江省节约用水条例》（岚人发〔2019〕3号，以下简称“条例”）。违反条例第九条的",
            [("cites", "云江省节约用水条例", "art-9")],
        ),
        ("按照《条例》第九条处罚。", []),
        ("本市实施条例第九条另有规定。", []),
        (
            "第 1 條 本細則依水利法（以下簡稱本法）第九十八條規定訂定之。第 2 條 本法第三條第二項所稱",
            [("based_on", "水利法", "art-98"), ("cites", "水利法", "art-3-p2")],
        ),
    ],
)
def test_short_names_stand_for_what_they_were_defined_as(text: str, expected: list[tuple[str, ...]]):
    assert found(text) == expected


def test_a_short_name_of_the_document_itself_cites_nothing():
    text = "《云江市供水办法》（以下简称《办法》）已经通过。"
    assert found(text, "《办法》第三条规定了", title="云江市供水办法") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("依照公司法第五条、证券法第七条", [("based_on", "公司法", "art-5"), ("based_on", "证券法", "art-7")]),
        ("依國民住宅條例第二條訂定之", [("based_on", "國民住宅條例", "art-2")]),
        ("依照本办法第五条、依法、依該條例第二條、依辦法第三條", []),
        ("修正「水利法施行細則」第三條", [("cites", "水利法施行細則", "art-3")]),
        ("稱為「好人好事」及「志工」", []),
    ],
)
def test_statutes_without_the_mainlands_quotation_marks(text: str, expected: list[tuple[str, ...]]):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("經濟部令：修正「水利法施行細則」", [("amends", "水利法施行細則", "")]),
        ("經濟部公告：預告修正「水利法施行細則」草案", [("consults_on", "水利法施行細則", "")]),
        ("經濟部令：廢止「水利法施行細則」", [("repeals", "水利法施行細則", "")]),
        (
            "云江市人民政府办公室转发省政府办公厅关于加强供水工作的通知",
            [("transmits", "省政府办公厅关于加强供水工作的通知", "")],
        ),
        (
            "云江市人民政府批转市水务局关于加强供水工作的意见的通知",
            [("transmits", "市水务局关于加强供水工作的意见", "")],
        ),
    ],
)
def test_titles_say_what_the_document_does(title: str, expected: list[tuple[str, ...]]):
    assert found(title=title) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("云江市人民政府办公室《关于加强供水的通知》要求", [("cites", "云江市人民政府办公室关于加强供水的通知", "")]),
        ("国务院办公厅《关于加强供水的通知》要求", [("cites", "国务院办公厅关于加强供水的通知", "")]),
        ("云江政发〔2015〕3号《关于加强供水的通知》要求", [("cites", "关于加强供水的通知", "")]),
        (
            "根据云江政发〔2015〕3号、〔2016〕7号",
            [("based_on", "云江政发〔2015〕3号", ""), ("based_on", "云江政发〔2016〕7号", "")],
        ),
        (
            "根据云江政发〔2015〕3、7号",
            [("based_on", "云江政发〔2015〕3号", ""), ("based_on", "云江政发〔2015〕7号", "")],
        ),
        ("執業執照字號：技執字第005564號", []),
        ("土木工程科證書字號：台工登字第7700號", []),
    ],
)
def test_numbers_and_bodies_beside_a_title(text: str, expected: list[tuple[str, ...]]):
    assert found(text) == expected


def test_the_place_is_the_anchor_of_the_block():
    blocks = [
        Block("paragraph", "为了节水，根据《云江省水法》，制定本条例。"),
        Block("paragraph", "第一条 依据《甲省土地条例》第二条。", anchor="art-1"),
        Block("paragraph", "第二条 下列行为："),
        Block("paragraph", "第三条 违法的：", anchor="art-3"),
        Block("paragraph", "（二）违反《乙省森林条例》的；"),
        Block("paragraph", "另依《丙省草原条例》处理。"),
    ]
    read = citations.find(blocks, own_title="云江市节水条例", own_number=None)
    assert [(one.title, one.place) for one in read] == [
        ("云江省水法", derive(blocks).units[0].anchor),
        ("甲省土地条例", "art-1"),
        ("乙省森林条例", "art-3-p1-i2"),
        ("丙省草原条例", "art-3-p2"),
    ]


def test_the_own_title_with_a_version_is_not_cited():
    assert found("《中华人民共和国云江条例》施行", title="云江条例（2018年修正）") == []


def test_a_list_of_thousands_takes_seconds_not_minutes():
    line = "".join(
        f"《云江市第{place}号工程管理办法》（云江政发〔{1990 + place % 30}〕{place}号）、" for place in range(4_000)
    )
    lines = [f"{place}.《云江市第{place}类工程管理规定》（云江政办发〔2001〕{place}号）" for place in range(1, 4_001)]
    begun = time.process_time()
    read = citations.find(["决定废止下列规章：", *lines, line], own_title="关于清理规章的决定", own_number=None)
    assert len(read) == 8_000
    assert {one.type for one in read[:4_000]} == {"repeals"}
    assert time.process_time() - begun < 20
