"""The record type, and the fields that only one type has."""

from __future__ import annotations

import pytest

from catalog.extract import consultation, kinds
from catalog.extract.lines import Line
from catalog.extract.outline import blocks_of
from catalog.extract.reader import read_lines

ARTICLES = [Line(f"第{number}条　为了规范管理，制定本规定。") for number in "一二三四五六"]
PROSE = "为加强管理，规范秩序，保障人民群众合法权益，根据有关法律法规规定，结合本市实际，现就有关事项通知如下。"


@pytest.mark.parametrize(
    ("title", "number_kind", "record_type"),
    [
        ("云江市人民政府关于加强养护管理工作的通知", None, "normative_document"),
        ("《云江市节约用水办法》政策解读", None, "interpretation"),
        ("一图读懂《云江市节约用水办法》", None, "interpretation"),
        ("市水务局负责人就《云江市节约用水办法》答记者问", None, "interpretation"),
        ("关于公开征求《云江市养犬管理办法（征求意见稿）》意见的公告", None, "consultation"),
        ("四川省人民政府信息公开办公室关于面向社会公开征求《意见稿》意见的公告", None, "consultation"),
        ("云江市交通运输局2021年政府信息公开工作年度报告", None, "annual_report"),
        ("云江市人民政府关于公布规范性文件清理结果的决定", None, "cleanup_result"),
        ("云江市2020年第三季度规范性文件备案审查结果", None, "filing_review"),
        ("云江市人民政府公报2020年第3期（总第58期）", None, "gazette_issue"),
        ("云江市海绵城市建设管理办法", "order", "regulation"),
        ("云江市海绵城市建设管理办法", None, "normative_document"),
        ("中华人民共和国个人所得税法实施条例", "order", "regulation"),
    ],
)
def test_the_type_follows_from_title_number_and_text(title: str, number_kind: str | None, record_type: str):
    articles = ARTICLES if record_type == "regulation" else []
    assert kinds.decide(title, number_kind=number_kind, lines=articles, note=None).record_type == record_type


def test_a_line_of_promulgation_makes_a_regulation():
    note = "（2019年12月12日云江市人民政府令第2号公布　自2020年1月12日起施行）"
    lines = [Line("云江市户外广告管理办法"), Line(note), *ARTICLES]
    assert kinds.promulgation_note(lines, 0) == 1
    assert kinds.decide("云江市户外广告管理办法", number_kind=None, lines=lines, note=note).record_type == "regulation"
    assert kinds.promulgation_note([Line("（此件公开发布）"), Line("（2019年12月12日）")], 0) is None


def test_a_source_may_know_the_type_where_no_rule_decides():
    lines = [Line("云江市人民政府关于加强养护管理工作的通知"), Line(PROSE)]
    assert read_lines(lines, hints={"record_type": "gazette_article"}).record_type == "gazette_article"
    lines = [Line("《云江市节约用水办法》政策解读"), Line(PROSE)]
    assert read_lines(lines, hints={"record_type": "gazette_article"}).record_type == "interpretation"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("征求意见的时间为2016年8月25日至8月31日。", "2016-08-25", "2016-08-31"),
        ("公示时间：2021-01-01 至 2021-01-31", "2021-01-01", "2021-01-31"),
        ("征求意见截止日期为2023年3月2日。", None, "2023-03-02"),
        ("请于2023年3月2日前将意见反馈至市司法局。", None, "2023-03-02"),
        ("意见征集自2020年12月20日起至2021年1月20日止", "2020-12-20", "2021-01-20"),
        ("2020年1月2日印发的《意见》", None, None),
    ],
)
def test_the_period_of_a_consultation(text: str, start: str | None, end: str | None):
    found = consultation.read([text], year=2016)
    assert (found.start, found.end) == (start, end)


def test_the_channels_of_a_consultation():
    found = consultation.read(
        [
            "1、信函请寄至:云江市滨江路66号 邮编:639000",
            "2、传真号码:0999-8660481,联系电话:0999-8660498",
            "3、电子邮箱:a.b@yj.gov.cn",
            "欢迎社会各界提出意见",
        ],
        year=None,
    )
    assert found.channels == {
        "post": "云江市滨江路66号",
        "postcode": "639000",
        "fax": "0999-8660481",
        "phone": "0999-8660498",
        "email": "a.b@yj.gov.cn",
    }
    assert found.public == "社会各界"


def test_a_gazette_issue_and_an_interpretation_have_their_fields():
    issue = read_lines([Line("云江市人民政府公报2020年第3期（总第58期）"), Line(PROSE)])
    assert issue.fields["gazette"] == "云江市人民政府公报"
    assert (issue.fields["year"], issue.fields["number_in_year"], issue.fields["running_number"]) == (2020, "3", "58")
    assert "document_kind" not in issue.fields
    chart = read_lines([Line("一图读懂《云江市节约用水办法》"), Line(PROSE), Line("该办法自2021年7月1日起施行。")])
    assert chart.fields["interprets"] == "云江市节约用水办法"
    assert chart.fields["form"] == "chart"
    assert "date_effective" not in chart.fields


def test_headings_paragraphs_items_and_tables():
    blocks = blocks_of(
        [
            Line("一、总体要求"),
            Line("（一）指导思想"),
            Line("（二）工作目标。到2025年完成改造。"),
            Line("1.改造120个小区", "list_item"),
            Line("甲\t乙\n1\t2", "table"),
            Line("关于甲的办法", "heading", 1),
            Line("一、" + "很长的一句话" * 20),
        ],
        frozenset({5}),
    )
    assert [(block.kind, block.level) for block in blocks] == [
        ("heading", 1),
        ("heading", 2),
        ("paragraph", 0),
        ("list_item", 0),
        ("table", 0),
        ("heading", 1),
        ("paragraph", 0),
    ]


def test_articles_have_anchors_and_stand_under_their_chapters():
    blocks = blocks_of(
        [
            Line("第一章　总则"),
            Line("第一条　为了规范，制定本办法。"),
            Line("第二条　本办法适用于本市。"),
            Line("第二章　附则"),
            Line("第三条　本办法自公布之日起施行。"),
        ]
    )
    assert [block.anchor for block in blocks] == [None, "art-1", "art-2", None, "art-3"]
    assert [block.level for block in blocks if block.kind == "heading"] == [1, 1]
