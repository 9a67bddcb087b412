"""Which documents a text names and what it does with them; notes that name responsible units."""

from __future__ import annotations

import pytest

from catalog.extract import citations
from catalog.extract.notes import responsible_units


def found(
    text: str, title: str = "云江市人民政府通知", number: str | None = None
) -> list[tuple[str, str | None, str | None]]:
    return [(one.type, one.number, one.title) for one in citations.find([text], own_title=title, own_number=number)]


def in_title(title: str) -> list[tuple[str, str | None]]:
    return [(one.type, one.title) for one in citations.find([], own_title=title, own_number=None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "按照《甲市政府信息公开办法》(云江政办发〔2015〕22号)、《乙省政府信息公开办法》(岚政办发〔2015〕73号)要求",
            [
                ("based_on", "云江政办发〔2015〕22号", "甲市政府信息公开办法"),
                ("based_on", "岚政办发〔2015〕73号", "乙省政府信息公开办法"),
            ],
        ),
        ("根据《中华人民共和国水法》，制定本办法。", [("based_on", None, "中华人民共和国水法")]),
        ("按照岚办函〔2015〕248号文要求", [("based_on", "岚办函〔2015〕248号", None)]),
        ("参照《丙市行政处罚程序规定》执行。", [("cites", None, "丙市行政处罚程序规定")]),
        (
            "《云江市户外广告管理办法》（云江政发〔2003〕8号）同时废止。",
            [("repeals", "云江政发〔2003〕8号", "云江市户外广告管理办法")],
        ),
        ("《云江市户外广告管理办法》自2020年1月1日起废止。", [("repeals", None, "云江市户外广告管理办法")]),
        ("对《云江市燃气管理办法》作如下修改：", [("amends", None, "云江市燃气管理办法")]),
        ("现将《云江市供水预案》印发给你们。", [("embeds", None, "云江市供水预案")]),
        (
            "民政局《关于加强社区建设的意见》已经市政府同意，现转发给你们。",
            [("transmits", None, "关于加强社区建设的意见")],
        ),
        ("抓紧修改《云江市燃气管理办法》，年底前报市政府。", [("cites", None, "云江市燃气管理办法")]),
        (
            "根据《中共中央办公厅印发<关于公开工作的意见>的通知》",
            [("based_on", None, "中共中央办公厅印发<关于公开工作的意见>的通知")],
        ),
        ("填写《项目申报汇总表》，见《云江日报》，以下简称《条例》。", []),
        ("收悉。关于《审批规划的请示报告》（石建〔2018〕33号）", [("cites", "石建〔2018〕33号", "审批规划的请示报告")]),
        (
            "落實《甲省政務公開工作要點》(岚政辦發〔2020〕41號)要求",
            [("cites", "岚政办发〔2020〕41号", "甲省政務公開工作要點")],
        ),
        ("一个没有闭合的《书名号", []),
    ],
)
def test_relations_follow_from_the_words(text: str, expected: list[tuple[str, str | None, str | None]]):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("云江市人民政府关于废止《甲办法实施细则》的决定", [("repeals", "甲办法实施细则")]),
        ("云江市人民政府关于修改《甲办法实施细则》的决定", [("amends", "甲办法实施细则")]),
        ("云江市人民政府关于修改和废止《甲办法实施细则》等规章的决定", [("cites", "甲办法实施细则")]),
        ("云江市人民政府关于印发《甲办法实施细则》的通知", [("embeds", "甲办法实施细则")]),
        ("云江市人民政府办公室转发《甲办法实施细则》的通知", [("transmits", "甲办法实施细则")]),
        ("《甲办法实施细则》政策解读", [("interprets", "甲办法实施细则")]),
        ("关于公开征求《甲办法实施细则（草案）》意见的公告", [("consults_on", "甲办法实施细则（草案）")]),
        ("云江市人民政府关于加强工作的通知", []),
    ],
)
def test_what_a_title_says_the_document_does(title: str, expected: list[tuple[str, str]]):
    assert in_title(title) == expected


def test_the_own_number_and_title_are_not_cited():
    text = "《云江市节约用水办法》（云江政发〔2021〕18号）自7月1日起施行，云江政发〔2021〕17号另行规定。"
    assert found(text, "云江市节约用水办法", "云江政发〔2021〕18号") == [("cites", "云江政发〔2021〕17号", None)]


def test_a_document_named_twice_is_one_citation_with_its_strongest_relation():
    text = "《云江市户外广告管理办法》（云江政发〔2003〕8号）规定……。根据云江政发[2003]8号。《云江市户外广告管理办法》同时废止。"
    assert found(text) == [("repeals", "云江政发〔2003〕8号", "云江市户外广告管理办法")]


def test_a_bare_mention_in_an_interpretation_is_what_it_interprets():
    got = citations.find([], own_title="一图读懂《云江市节约用水办法》", own_number=None, context="interprets")
    assert [one.type for one in got] == ["interprets"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("完成整改。（责任单位:各县(市、区)政府,市府直属各单位）", ["各县(市、区)政府", "市府直属各单位"]),
        (
            "公开清单。(牽頭單位:市司法局;責任單位:市直相關單位,各縣市區人民政府)",
            ["市司法局", "市直相關單位", "各縣市區人民政府"],
        ),
        ("逐步建立。(县财政局牵头落实)", ["县财政局"]),
        ("抓好落实。（县房管局、县城乡建设局分别落实）", ["县房管局", "县城乡建设局"]),
        ("抓好落实。（县行政服务中心牵头落实，县政府有关部门配合落实）", ["县行政服务中心", "县政府有关部门"]),
        ("总投资（含税）三亿元（县财政安排）。", []),
    ],
)
def test_notes_name_responsible_units(text: str, units: list[str]):
    assert responsible_units([text])[0] == units
