"""Titles: tidied, told from furniture, found among lines, chosen among candidates."""

from __future__ import annotations

import pytest

from catalog.extract import titles
from catalog.extract.head import read_head
from catalog.extract.lines import Line
from catalog.extract.titles import Title

NOTICE = "云江市人民政府关于加强农村公路养护管理工作的通知"


@pytest.mark.parametrize(
    ("raw", "text", "number"),
    [
        (NOTICE, NOTICE, None),
        ("云江市人民政府关于调整收费标准的通　　知", "云江市人民政府关于调整收费标准的通知", None),
        ("土 地 使 用 期 限 的 批 复", "土地使用期限的批复", None),
        (
            "云江政发〔2020〕17号 云江市人民政府关于表彰先进的决定",
            "云江市人民政府关于表彰先进的决定",
            "云江政发〔2020〕17号",
        ),
        (
            "云江市人民政府关于表彰先进的决定（云江政发〔2020〕17号）",
            "云江市人民政府关于表彰先进的决定",
            "云江政发〔2020〕17号",
        ),
        ("《云江市节约用水办法》", "云江市节约用水办法", None),
        ("《云江市节约用水办法》政策解读", "《云江市节约用水办法》政策解读", None),
        ("【第26号令】云江市人民政府关于修改部分规章的决定", "云江市人民政府关于修改部分规章的决定", "第26号令"),
        ("云江市人民政府 云江军分区关于拥军优属工作的通知", "云江市人民政府 云江军分区关于拥军优属工作的通知", None),
        ("云江市人民政府关于加强<br/>养护管理工作的通知", "云江市人民政府关于加强养护管理工作的通知", None),
        ("关于贯彻<关于公开的意见>的通知", "关于贯彻<关于公开的意见>的通知", None),
    ],
)
def test_a_title_is_tidied_and_its_number_handed_on(raw: str, text: str, number: str | None):
    assert titles.tidy(raw) == (text, number)


@pytest.mark.parametrize(
    "page_title",
    [
        f"{NOTICE}_政策文件_云江市人民政府",
        f"{NOTICE}-云江市人民政府门户网站",
        f"{NOTICE} - 政府信息公开",
        f"云江市交通运输局 | {NOTICE}",
        f"{NOTICE}——云江市政务网",
    ],
)
def test_the_names_of_site_and_column_are_taken_off_a_page_title(page_title: str):
    assert titles.tidy_page_title(page_title, ["云江市人民政府门户网站", "云江市交通运输局"]) == NOTICE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "—",
        "首页",
        "政府信息公开",
        "详情",
        "404",
        "索引号：",
        "扫一扫在手机打开当前页",
        "主办单位：云江市人民政府办公室",
        "打印本页",
        "责任编辑：王晓",
        "【字体：大 中 小】",
        "无标题文档",
    ],
)
def test_furniture_is_never_a_title(text: str):
    assert titles.is_furniture(text)


@pytest.mark.parametrize(
    "text", [NOTICE, "通知", "贺电", "云江市网站无障碍建设办法", "云江市版权信息管理办法", "政府信息公开条例"]
)
def test_real_titles_are_no_furniture(text: str):
    assert not titles.is_furniture(text)


@pytest.mark.parametrize(
    ("text", "likeness"),
    [
        (NOTICE, 3),
        ("云江市节约用水办法", 2),
        ("云江市节约用水办法（试行）", 2),
        ("2020年工作要点", 2),
        ("云江概览资料", 1),
        ("一、总体要求", 0),
        ("为加强管理，制定本办法。", 0),
        ("各县（区）人民政府：", 0),
        ("2020年1月2日", 0),
        ("云江政发〔2020〕1号", 0),
        ("发布日期：2020-01-02", 0),
    ],
)
def test_what_looks_like_a_title(text: str, likeness: int):
    assert titles.looks_like(text) == likeness


def guess(*texts: str, align: str | None = None) -> str | None:
    lines = [Line(text, align=align) for text in texts]  # type: ignore[arg-type]
    head = read_head(lines, [])
    return head.title.text if head.title else None


@pytest.mark.parametrize(
    "broken",
    [
        ["云江市人民政府关于加强农村", "公路养护管理工作的通知"],
        ["云江市人民政府", "关于加强农村公路养护", "管理工作的通知"],
        ["云江市人民政府关于推行行政执法公示制度", "重大执法决定法制审核制度的意见"],
        ["云江市人民政府关于印发《云江市节约用水办法》", "的通知"],
        ["云江市节约用水办法", "（征求意见稿）"],
    ],
)
def test_a_title_broken_over_lines_is_put_together(broken: list[str]):
    assert guess(*broken, "各县（区）人民政府：", "正文。") == "".join(broken)
    assert guess(*broken, "各县（区）人民政府：", "正文。", align="center") == "".join(broken)


def test_the_red_head_and_the_number_are_not_part_of_the_title():
    texts = ["云江市人民政府文件", "云江政发〔2020〕1号", NOTICE, "各县（区）人民政府：", "现通知如下。"]
    head = read_head([Line(text) for text in texts], [])
    assert head.title is not None
    assert head.title.text == NOTICE
    assert head.red_head == "云江市人民政府文件"
    assert [one.raw for one in head.numbers] == ["云江政发〔2020〕1号"]
    assert head.body == 3


def test_a_known_title_is_found_in_the_text_with_or_without_its_issuer():
    texts = ["云江市人民政府", "关于加强农村公路养护管理工作的通知", "2020-01-02 10:00", NOTICE, "各县（区）人民政府："]
    head = read_head([Line(text) for text in texts], [Title(NOTICE, NOTICE, "header", 0.95)])
    assert head.taken == {0, 1, 2, 3}
    assert [one.date.text for one in head.dates] == ["2020-01-02"]


def test_the_surest_title_wins_and_a_cut_one_is_completed():
    long = NOTICE[:-2] + "若干规定及其实施细则和配套政策措施清单任务分解表以及相关工作要求的补充说明和解释意见的通知"
    best, flags, others = titles.choose([Title(long[:60], long[:60], "meta", 0.9), Title(long, long, "title", 0.8)])
    assert best is not None
    assert best.text == long
    assert flags == []
    assert others == []


def test_titles_that_contradict_each_other_are_flagged():
    best, flags, others = titles.choose(
        [Title(NOTICE, NOTICE, "header", 0.95), Title("石桥县财政局部门预算公开说明", "", "meta", 0.9)]
    )
    assert best is not None
    assert best.text == NOTICE
    assert flags == ["title_conflict"]
    assert len(others) == 1


def test_an_order_names_what_it_publishes():
    texts = [
        "云江市人民政府令",
        "第12号",
        "《云江市海绵城市建设管理办法》已经市人民政府第35次常务会议通过，现予公布，自2019年1月1日起施行，请遵照执行。",
    ]
    head = read_head([Line(text) for text in texts], [])
    assert head.title is not None
    assert head.title.text == "云江市海绵城市建设管理办法"
    assert head.numbers[0].number is not None
    assert head.numbers[0].number.kind == "order"
