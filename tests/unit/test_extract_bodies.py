"""The document's own number, its issuers, its addressees."""

from __future__ import annotations

import pytest

from catalog.extract import addressees, issuers, own
from catalog.extract.issuers import Issuers
from catalog.extract.lines import Line
from catalog.extract.organs import is_organisation, organisations_in


def lines(*texts: str) -> list[Line]:
    return [Line(text) for text in texts]


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("云江政办发〔2015〕82号", "云江政办发〔2015〕82号"),
        ("云江政办发[2015] 82号（已废止）", "云江政办发〔2015〕82号"),
        ("云江市人民政府令第12号", "云江市人民政府令第12号"),
    ],
)
def test_a_header_value_is_a_number(raw: str, canonical: str):
    found = own.from_header(raw, 0.9)
    assert found is not None
    assert found.number is not None
    assert found.number.canonical == canonical


@pytest.mark.parametrize("raw", ["云江政发〔202130号", "云江政发〔2014〕号16", "〔2012〕18号"])
def test_a_damaged_number_is_seen_and_not_repaired(raw: str):
    found = own.from_header(raw, 0.9)
    assert found is not None
    assert found.number is None
    assert own.choose([found]) == (None, ["damaged_number"])


def test_what_is_no_number_at_all_is_nothing():
    assert own.from_header("见附件", 0.9) is None


def test_numbers_alone_on_a_line_are_own_ones_and_others_are_not():
    texts = lines(
        "云江市人民政府关于加强工作的通知",
        "（云江政发〔2011〕5号）",
        "根据云江政发〔2010〕77号文件精神",
        "云江政发〔2009〕1号文件要求认真落实",
    )
    found = own.number_lines(texts, len(texts))
    assert [one.number.canonical for one in found] == ["云江政发〔2011〕5号"]


def test_an_order_printed_on_two_lines():
    found = own.number_lines(lines("云江市人民政府令", "第 12 号", "正文"), 3)
    assert [one.number.canonical for one in found] == ["云江市人民政府令第12号"]
    assert found[0].lines == range(2)


def test_two_sure_numbers_are_a_conflict():
    first, second = own.from_header("云江政发〔2011〕5号", 0.95), own.from_header("云江政发〔2011〕6号", 0.9)
    assert first is not None
    assert second is not None
    best, flags = own.choose([second, first])
    assert best is first
    assert flags == ["number_conflict"]
    assert own.choose([first, own.OwnNumber(first.number, "云江政发[2011]5号", "body", 0.9)])[1] == []


@pytest.mark.parametrize(
    "name",
    [
        "国务院",
        "国务院办公厅",
        "清水县人民政府办公室",
        "市发改委",
        "中国人民银行云江市分行",
        "云江市数据局",
        "市委编办",
        "对外贸易经济合作部",
    ],
)
def test_names_of_bodies(name: str):
    assert is_organisation(name)


@pytest.mark.parametrize(
    "text",
    [
        "县政府网站",
        "国务院关于河北雄安新区",
        "国务院关于在市场监管领域全面推行",
        "各县（区）人民政府",
        "请市财政局",
        "2020年工作",
        "微信公众号",
        "国务院办公厅对十届全国人大",
    ],
)
def test_other_words_are_no_bodies(text: str):
    assert not is_organisation(text)


def test_bodies_side_by_side():
    assert organisations_in("国务院　中央军委") == ["国务院", "中央军委"]
    assert organisations_in("云江市财政局、云江市民政局") == ["云江市财政局", "云江市民政局"]
    assert organisations_in("云 江 市 财 政 局") == ["云江市财政局"]
    assert organisations_in("云江市财政局关于") == []


def test_the_publisher_is_not_the_issuer_where_the_title_names_one():
    title = issuers.from_title("市人民政府办公室关于做好工作的通知", 0.88)
    publisher = issuers.from_value("云江市政府", "header", 0.6)
    assert title is not None
    assert publisher is not None
    best, flags = issuers.choose([publisher, title], {"publisher": "云江市政府"})
    assert best is not None
    assert best.bodies == ("云江市人民政府办公室",)
    assert best.where == "title"
    assert flags == []


def test_a_name_without_its_region_is_flagged_where_nothing_tells_it():
    best, flags = issuers.choose([Issuers(("市人民政府办公室",), "", "title", 0.9)], {})
    assert best is not None
    assert best.bodies == ("市人民政府办公室",)
    assert flags == ["relative_issuer"]


def test_issuers_that_have_nothing_to_do_with_each_other_are_a_conflict():
    _, flags = issuers.choose(
        [Issuers(("云江市财政局",), "", "header", 0.95), Issuers(("石桥县教育局",), "", "signature", 0.9)], {}
    )
    assert flags == ["issuer_conflict"]


def test_values_and_titles_that_name_no_body():
    assert issuers.from_value("县政府网站", "header", 0.9) is None
    assert issuers.from_title("关于加强工作的通知", 0.9) is None
    year = issuers.from_title("云江市交通运输局2021年政府信息公开工作年度报告", 0.9)
    assert year is not None
    assert year.bodies == ("云江市交通运输局",)


def test_the_state_is_not_part_of_a_national_body():
    best, _ = issuers.choose([Issuers(("中华人民共和国国务院",), "", "body", 0.9)], {})
    assert best is not None
    assert best.bodies == ("国务院",)


@pytest.mark.parametrize(
    ("line", "bodies"),
    [
        (
            "各乡镇人民政府,县政府各工作部门,县直及省市驻县各单位:",
            ["各乡镇人民政府", "县政府各工作部门", "县直及省市驻县各单位"],
        ),
        (
            "各区人民政府、开发区管委会,各街道办事处,市政府各部门:",
            ["各区人民政府、开发区管委会", "各街道办事处", "市政府各部门"],
        ),
        (
            "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
            ["各省、自治区、直辖市人民政府", "国务院各部委、各直属机构"],
        ),
        (
            "科技部、新疆维吾尔自治区人民政府、新疆生产建设兵团：",
            ["科技部", "新疆维吾尔自治区人民政府", "新疆生产建设兵团"],
        ),
        ("各县（市、区）人民政府，市直各单位：", ["各县（市、区）人民政府", "市直各单位"]),
        ("各县（区）民政局、财政局：", ["各县（区）民政局、财政局"]),
        ("各省、自治区、直辖市人民政府：", ["各省、自治区、直辖市人民政府"]),
        ("邓明义代表：", ["邓明义代表"]),
        ("抄送单位。", ["抄送单位"]),
        ("：", []),
    ],
)
def test_addressees_are_divided_by_class(line: str, bodies: list[str]):
    assert addressees.divide(line) == bodies


@pytest.mark.parametrize(
    "line", ["各县（区）人民政府，市政府各部门：", "石桥县人民政府:", "陈晓岚委员：", "各有关单位：", "马万祺副主席："]
)
def test_lines_of_addressees(line: str):
    assert addressees.is_addressees(line)


@pytest.mark.parametrize(
    "line",
    [
        "现将有关事项通知如下：",
        "附件：",
        "联系人：",
        "一、各县人民政府：",
        "责任编辑：",
        "发布机构：",
        "各县人民政府。",
        "根据省政府的要求：",
    ],
)
def test_other_lines_with_a_colon_are_none(line: str):
    assert not addressees.is_addressees(line)


def test_addressees_stand_before_running_text():
    prose = "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，现就有关事项通知如下，请认真贯彻执行。"
    assert addressees.find(lines("标题", "各县人民政府：", prose), 1, 7) == 1
    assert addressees.find(lines("标题", prose, "各县人民政府："), 1, 7) is None
