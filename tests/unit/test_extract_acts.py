"""What texts do to other documents, and what happened to them, in the words in which decisions, regulations and lists say it."""

from __future__ import annotations

import pytest

from catalog.extract import citations
from catalog.extract.cleanup import read_lists
from catalog.extract.history import read_history
from catalog.model.draft import Block

NUMBERS = "云政发〔2010〕5号、云政办发〔2011〕6号"


def cited(text: str) -> list[tuple[str, str | None]]:
    found = citations.find([text], own_title="云江市人民政府通知", own_number=None)
    return [(one.type, one.number or one.title) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"此前发布的{NUMBERS}文件同时废止。", [("repeals", n) for n in NUMBERS.split("、")]),
        (
            "云政办发〔2012〕5号、〔2013〕8号停止执行。",
            [("repeals", f"云政办发〔{n}号") for n in ("2012〕5", "2013〕8")],
        ),
        ("同意废止《云江市养犬办法》。", [("repeals", "云江市养犬办法")]),
        ("原云政办〔2008〕12号文同时废止。", [("repeals", "云政办〔2008〕12号")]),
        ("《云江市节水办法》（市政府令第3号）自2020年1月1日起停止施行。", [("repeals", "市政府令第3号")]),
        ("决定对《云江市节水办法》等10件规范性文件予以废止。", [("repeals", "云江市节水办法")]),
        ("《云江市节水办法》中关于水价的规定同时废止。", [("partly_repeals", "云江市节水办法")]),
        ("《云江市节水办法》附件2第一条第（三）项停止执行。", [("partly_repeals", "云江市节水办法")]),
        ("二、删去《云江市节水办法》第五条第二款。", [("amends", "云江市节水办法")]),
        ("为贯彻落实《云江省节水条例》，制定本办法。", [("based_on", "云江省节水条例")]),
        ("根据《立法法》和《民法典》，制定本办法。", [("based_on", "立法法"), ("based_on", "民法典")]),
        ("按照《办法》和《本法》规定执行。", []),
        ("《云江市节水办法》（云政发〔2010〕5号）与本办法不一致的，以本办法为准。", [("cites", "云政发〔2010〕5号")]),
    ],
)
def test_what_is_done_to_a_document(text: str, expected: list[tuple[str, str | None]]):
    assert cited(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2006-11-30 通过", [("2006-11-30", "enacted")]),
        ("2021.04.29 修正", [("2021-04-29", "amended")]),
        ("（1991年9月1日颁布，1992年1月1日起试行）", [("1991-09-01", "published"), ("1992-01-01", "effective")]),
        ("（2008年5月1日起实施，2015年3月1日终止执行）", [("2008-05-01", "effective"), ("2015-03-01", "repealed")]),
        ("2018年1月1日起不再执行", [("2018-01-01", "repealed")]),
        (
            "（1999年9月25日云江市人大常委会第十五次会议通过，1999年11月27日云岭省人大常委会第十二次会议批准）",
            [("1999-09-25", "enacted"), ("1999-11-27", "approved")],
        ),
        (
            "（1999年9月25日通过 根据2018年8月31日云江市人大常委会第五次会议通过，2018年11月23日云岭省人大常委会批准的《关于修改〈甲条例〉的决定》修正）",
            [("1999-09-25", "enacted"), ("2018-11-23", "amended")],
        ),
        (
            "法释〔2020〕17号（2020年12月23日最高人民法院审判委员会第1823次会议通过，自2021年1月1日起施行）",
            [("2020-12-23", "enacted"), ("2021-01-01", "effective")],
        ),
        ("根据2018年3月19日《国务院关于修改和废止部分行政法规的决定》废止", [("2018-03-19", "repealed")]),
        ("自2015年1月1日起施行", [("2015-01-01", "effective")]),
        (
            "（1987年1月1日国务院批准，1987年2月1日海关总署发布）",
            [("1987-01-01", "enacted"), ("1987-02-01", "published")],
        ),
    ],
)
def test_what_happened(line: str, expected: list[tuple[str, str]]):
    history = read_history([line])
    assert [(step.date, kind) for step in history.steps for kind in step.kinds] == expected
    assert history.rest == []


def items(
    *blocks: Block, title: str = "云江市人民政府关于公布规范性文件清理结果的通知"
) -> list[tuple[str, str | None, str | None]]:
    return [(item.verdict, item.title, item.number) for item in read_lists(blocks, title=title).items]


def lines(*texts: str) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


RIVER = ("云江市河道管理办法", "云政发〔2009〕3号")
LAKE = ("云江市水库管理办法", "云政发〔2009〕4号")


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (
            lines(
                "一、继续有效的规范性文件",
                f"（一）{RIVER[0]}（{RIVER[1]}）",
                "二、废止的规范性文件",
                f"（一）{LAKE[0]}（{LAKE[1]}）",
            ),
            [("kept", *RIVER), ("repealed", *LAKE)],
        ),
        (lines("附件2：废止的文件目录", f"1.{RIVER[1]}　{RIVER[0]}"), [("repealed", *RIVER)]),
        (lines("废止的规范性文件目录", f"{RIVER[0]}（{RIVER[1]}）", "现予公布，请遵照执行。"), [("repealed", *RIVER)]),
        (
            lines(
                "继续有效的规范性文件目录",
                "序号",
                "文件名称",
                "文号",
                "1",
                *RIVER,
                "2",
                *LAKE,
                "宣布失效的文件目录",
                "3",
                "云江市旧办法",
            ),
            [("kept", *RIVER), ("kept", *LAKE), ("expired", "云江市旧办法", None)],
        ),
        (
            [
                Block(
                    "table",
                    "序号\t文件名称\t文号\t继续有效\t废止\n"
                    f"1\t{RIVER[0]}\t{RIVER[1]}\t√\t\n2\t{LAKE[0]}\t{LAKE[1]}\t\t√",
                )
            ],
            [("kept", *RIVER), ("repealed", *LAKE)],
        ),
        (
            [Block("table", f"序号\t文件名称\t文号\t清理意见\n1\t{RIVER[0]}\t{RIVER[1]}\t需修订后保留")],
            [("planned", *RIVER)],
        ),
        (
            lines(
                f"一、废止《{RIVER[0]}》（{RIVER[1]}）等1件规范性文件：",
                f"1．{RIVER[0]}（{RIVER[1]}）",
                "二、宣布失效的规范性文件",
                f"1.{LAKE[0]}（{LAKE[1]}）",
            ),
            [("repealed", *RIVER), ("expired", *LAKE)],
        ),
    ],
)
def test_lists_of_a_clean_up(blocks: list[Block], expected: list[tuple[str, str, str]]):
    assert items(*blocks) == expected
