"""Labels in all their spellings, lines divided at them, and header lists found among lines."""

from __future__ import annotations

import pytest

from catalog.extract.header import find_header, fits_below, is_prose, plausible, row_pairs
from catalog.extract.labels import has_mark, label_of, split_pairs, split_unmarked
from catalog.extract.lines import Line, clean, close_gaps, fold, squeeze, unbullet

NBSP = "\u00a0"


def pairs_of(*texts: str) -> list[tuple[str | None, str]]:
    hits = find_header([Line(clean(text)) for text in texts])
    return [(pair.label.field, pair.value) for hit in hits for pair in hit.pairs]


@pytest.mark.parametrize(
    ("printed", "field"),
    [
        ("索引号", "index_number"),
        (f"索{NBSP}{NBSP}引{NBSP}{NBSP}号:", "index_number"),
        ("索 引 号：", "index_number"),
        ("标　　题：", "title"),
        ("發文機關", "issuing_body"),
        ("发布机构 :", "publisher"),
        ("[ 文号 ]", "doc_number"),
        ("【成文日期】", "date_written"),
        ("• 主 题 词：", "keywords_raw"),
        ("公開屬性：", "disclosure"),
    ],
)
def test_a_label_is_known_in_every_spelling(printed: str, field: str):
    label = label_of(printed)
    assert label is not None
    assert label.field == field


@pytest.mark.parametrize("text", ["", "云江市人民政府", "关于标题的规定", "标题党治理办法", "一、索引号", "索引号123"])
def test_other_words_are_no_label(text: str):
    assert label_of(text) is None


def test_a_mark_is_a_colon_or_brackets():
    assert has_mark("文号：")
    assert has_mark("[ 文号 ]")
    assert not has_mark("文号")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            f"索{NBSP}引{NBSP}号: 011/2015-20245 文{NBSP}{NBSP}号: 云江政办函〔2015〕24号",
            [("index_number", "011/2015-20245"), ("doc_number", "云江政办函〔2015〕24号")],
        ),
        (
            "发布日期:2015-12-24 信息来源: 浏览次数:",
            [("date_published", "2015-12-24"), ("source_text", ""), (None, "")],
        ),
        (
            "索引号：1|发文机关：市政府｜成文日期：2020年1月1日",
            [("index_number", "1"), ("issuing_body", "市政府"), ("date_written", "2020年1月1日")],
        ),
        ("[主题分类] 城乡建设", [("topic_raw", "城乡建设")]),
        ("发布日期：2020年1月2日来源：市政府办", [("date_published", "2020年1月2日"), ("source_text", "市政府办")]),
        ("關鍵詞：交通", [("keywords_raw", "交通")]),
    ],
)
def test_a_line_divides_at_its_labels(line: str, expected: list[tuple[str, str]]):
    before, pairs = split_pairs(line)
    assert before == ""
    assert [(pair.label.field, pair.value) for pair in pairs] == expected


def test_what_stands_before_the_first_label_is_handed_on():
    before, pairs = split_pairs("2020-10-10 19:48:26 来源：市教育局")
    assert before == "2020-10-10 19:48:26"
    assert [(pair.label.field, pair.value) for pair in pairs] == [("source_text", "市教育局")]


@pytest.mark.parametrize(
    "text",
    ["国务院关于严格控制高档房地产开发项目的通知（摘要）", "请按收文号：3办理", "没有标签的一行", "会议时间定在明天"],
)
def test_labels_inside_words_do_not_divide(text: str):
    assert split_pairs(text)[1] == []


def test_labels_without_colon():
    pairs = split_unmarked("索引号 01527918X-2020-153077 发布机构 江陵州人民政府")
    assert [(pair.label.field, pair.value) for pair in pairs] == [
        ("index_number", "01527918X-2020-153077"),
        ("publisher", "江陵州人民政府"),
    ]
    assert split_unmarked("关于 索引号 的说明") == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("date", "2015年7月14 日", "云江市人民政府关于做好工作的通知"),
        ("date", "2016年08月25日 16时19分", "2021926"),
        ("number", "云江政办发〔2015〕24号", "云江市人民政府"),
        ("index", "56123478X/2021-00017", "云江市人民政府"),
        ("organisation", "云江市财政局", "各县（区）人民政府："),
        ("text", "交通", "发布机构："),
    ],
)
def test_a_value_must_look_like_what_its_label_announces(kind: str, good: str, bad: str):
    assert plausible(kind, good)
    assert not plausible(kind, bad)
    assert not plausible(kind, "")


def test_an_empty_value_does_not_swallow_the_next_line():
    lines = ["索引号：1234/2020-1", "成文日期:", "石桥县人民政府办公室关于印发要点的通知", "公开方式:公开"]
    assert ("date_written", "") in pairs_of(*lines)
    assert not any(value.startswith("石桥县") for _, value in pairs_of(*lines))


def test_values_on_lines_of_their_own_are_taken_once_one_proves_itself():
    lines = ["索引号", "1234/2020-1", "发布机构", "云江市教育局", "成文日期", "主题词", "文号", "云江教发〔2020〕3号"]
    assert pairs_of(*lines) == [
        ("index_number", "1234/2020-1"),
        ("publisher", "云江市教育局"),
        ("date_written", ""),
        ("keywords_raw", ""),
        ("doc_number", "云江教发〔2020〕3号"),
    ]


def test_words_that_are_labels_elsewhere_stay_in_the_text():
    prose = "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，现就有关事项通知如下，请认真贯彻执行。"
    assert pairs_of("云江市交通运输局通知", prose, "时间：2020年9月1日", "来源：市局", prose) == []


def test_a_table_in_the_text_is_no_header():
    table = Line("标题\t文号\t发文日期\n关于甲的通知\t云江政发〔2003〕1号\t2003-01-02", "table")
    assert find_header([table]) == []


def test_rows_of_a_header_table():
    pairs = row_pairs(["索引号：", "123", "主题分类：", "", "发文机关：市政府"])
    assert [(pair.label.field, pair.value) for pair in pairs] == [
        ("index_number", "123"),
        ("topic_raw", ""),
        ("issuing_body", "市政府"),
    ]


def test_the_cleaning_of_lines():
    assert clean("\u200b 索&nbsp;引　 号\ufeff ") == "索 引　号"
    assert clean("a\x07b\n c") == "ab c"
    assert squeeze(" 索　引\u00a0号 ") == "索引号"
    assert close_gaps("土 地 使 用 的 批 复") == "土地使用的批复"
    assert unbullet("  • 来源") == "来源"
    assert fold("發文（機關）：") == "发文(机关):"
    assert is_prose(
        "为进一步规范全市农村公路养护管理工作，明确各级责任，提高养护质量，现就有关事项通知如下，请认真贯彻执行。"
    )
    assert not is_prose("云江市人民政府关于加强农村公路养护管理工作的通知")


def test_labels_glued_to_the_value_before_them_are_seen_where_a_label_begins_the_line():
    _, pairs = split_pairs("主题分类：综合政务发布机构：云江市人民政府办公室成文日期：2021-03-01")
    assert [(pair.label.field, pair.value) for pair in pairs] == [
        ("topic_raw", "综合政务"),
        ("publisher", "云江市人民政府办公室"),
        ("date_written", "2021-03-01"),
    ]
    assert split_pairs("各单位要在网站写明发布机构：不得遗漏")[1] == []


@pytest.mark.parametrize(
    ("line", "value", "day"),
    [
        ("来源：云江市人民政府办公室 2021-03-04 阅读：10", "云江市人民政府办公室", "2021-03-04"),
        ("来源：云江市人民政府办公室　2021年3月4日 10:20", "云江市人民政府办公室", "2021年3月4日 10:20"),
        ("来源：云江日报2021", "云江日报2021", None),
    ],
)
def test_a_day_behind_the_source_is_no_part_of_it(line: str, value: str, day: str | None):
    _, pairs = split_pairs(line)
    assert (pairs[0].label.field, pairs[0].value) == ("source_text", value)
    days = [pair.value for pair in pairs if pair.label.field == "date_published"]
    assert days == ([day] if day else [])


@pytest.mark.parametrize(
    ("name", "below", "fits"),
    [
        ("主题词", "政务公开 通知", True),
        ("主题词", "云江市人民政府关于加强政务公开工作的通知", False),
        ("主题词", "各县（区）人民政府：", False),
        ("时效性", "有效", True),
        ("时效性", "云江市停车场管理办法实施细则全文", False),
        ("浏览量", "36", True),
        ("浏览量", "云江市停车场管理办法", False),
        ("标题", "云江市人民政府关于加强政务公开工作的通知", True),
    ],
)
def test_what_stands_below_an_empty_last_label_is_the_title(name: str, below: str, *, fits: bool):
    label = label_of(name)
    assert label is not None
    assert fits_below(label, below) == fits
