"""Where articles of a gazette begin, in the manners that gazettes of mainland and Taiwan cities print them; made-up cities."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.extract.gazette import flat
from catalog.extract.gazette.pieces import Head
from tests.gazette_parts import Read, read_all


def heads(text: str) -> list[Head]:
    return [piece.head for piece in flat.split(text).articles() if piece.head]


def titles(text: str) -> list[str]:
    return [str(head.fields["title"]) for head in heads(text)]


def texts(text: str) -> list[str]:
    split = flat.split(text)
    assert "".join(split.of(piece) for piece in split.pieces) == text
    return [split.of(piece) for piece in split.articles()]


def read(tmp_path: Path, name: str, text: str) -> list[Read]:
    (tmp_path / name).write_text(text, "utf-8")
    return read_all(paths=[str(tmp_path)])


WITH_ORDER = """云江省人民政府公报
2020年6月30日　第12期（总第1024期）

目　录

省政府令
云江省行政执法监督办法
　（云江省人民政府令第305号） (3)
省政府文件
云江省人民政府关于同意设立云江新区的批复
　云政函〔2020〕66号 (15)

云江省人民政府令

第305号

《云江省行政执法监督办法》已经2020年5月28日省人民政府第60次常务会议通过，现予公布，自2020年8月1日起施行。

省长　周文
2020年6月8日

云江省行政执法监督办法

第一条　为规范行政执法，制定本办法。
第二条　本办法自2020年8月1日起施行。
— 14 —

云江省人民政府
关于同意设立云江新区的批复
云政函〔2020〕66号

云江市人民政府：
同意设立云江新区。
云江省人民政府
2020年6月12日
"""


def test_an_order_and_the_text_that_it_makes_known_are_one_article(tmp_path: Path) -> None:
    issue, order, reply = read(tmp_path, "2020-12.txt", WITH_ORDER)
    assert issue.metadata is not None
    assert order.metadata is not None
    assert reply.metadata is not None
    assert (issue.metadata["date_published"], issue.metadata["running_number"]) == ("2020-06-30", "1024")
    assert order.metadata["title"] == "云江省行政执法监督办法"
    assert order.metadata["doc_number"]["canonical"] == "云江省人民政府令第305号"
    assert (order.metadata["date_written"], order.metadata["date_adopted"]) == ("2020-06-08", "2020-05-28")
    assert any("现予公布" in block.text for block in order.draft.blocks)
    assert not any("14" in block.text for block in order.draft.blocks)
    assert reply.metadata["page_from"] == 15


def test_a_table_of_contents_tells_where_an_article_begins_and_not_where_it_ends(tmp_path: Path) -> None:
    _, order, _ = read(tmp_path, "2020-12.txt", WITH_ORDER)
    assert order.metadata is not None
    assert order.metadata["page_from"] == 3
    assert "page_to" not in order.metadata


def test_an_amending_decision_is_found_under_its_order_though_names_stand_in_names() -> None:
    text = (
        "云江省人民政府公报\n2018年第3期\n目录\n省政府规章\n云江省人民政府关于修改《云江省供水办法》的决定（省政府令第231号）……8\n云江省供水办法……9\n\n"
        "云江省人民政府令\n第231号\n\n《云江省人民政府关于修改〈云江省供水办法〉的决定》已经省政府常务会议通过，现予公布。\n省长　罗文\n2018年1月19日\n\n"
        "云江省人民政府关于修改《云江省供水办法》的决定\n\n一、删去第七条。\n\n云江省供水办法\n第一条　为了加强供水管理，制定本办法。\n"
    )
    first, second = texts(text)
    assert first.startswith("云江省人民政府令")
    assert "删去第七条" in first
    assert second.startswith("云江省供水办法")
    assert heads(text)[0].fields["numbers"] == ["第231号"]


def test_a_list_of_bodies_that_ends_an_article_is_not_the_next_ones_head() -> None:
    text = (
        "云江市人民政府\n关于表彰先进单位的决定\n云政发〔2021〕12号\n\n各县（区）人民政府：\n决定予以表彰。\n\n附件\n先进单位名单\n市应急局　市公安局　市住建局\n\n"
        "云江市人民政府办公室转发市发展改革委关于\n做好电价清理工作意见的通知\n云政办发〔2021〕18号\n\n各县（区）人民政府：\n现转发给你们。\n"
    )
    assert titles(text) == [
        "云江市人民政府关于表彰先进单位的决定",
        "云江市人民政府办公室转发市发展改革委关于做好电价清理工作意见的通知",
    ]
    assert "市住建局" in texts(text)[0]


NOTICE = "云江市人民政府关于植树的通知\n云政发〔2019〕3号\n\n各县（区）人民政府：\n请植树。\n云江市人民政府\n2019年3月2日\n\n"


@pytest.mark.parametrize(
    ("next_article", "title", "day"),
    [
        ("更　正\n\n本刊2019年第1期刊登的《关于防火的通知》有误。特此更正。\n", "更正", None),
        ("关于2018年财政决算的报告\n——2019年4月20日在市人大常委会第十八次会议上\n市财政局局长　孙　浩\n\n各位委员：\n报告如下。\n", "关于2018年财政决算的报告", "2019-04-20"),
        ("在全市教育工作会议上的讲话\n市长　多　吉\n（2019年5月12日）\n\n同志们：\n今天开会。\n", "在全市教育工作会议上的讲话", "2019-05-12"),
        ("※大事记※\n5月1日　市领导慰问劳模。\n", "大事记", None),
        ("2019年5月大事记\n\n6日　市长主持召开市政府第89次常务会议。\n", "2019年5月大事记", None),
    ],
)  # fmt: skip
def test_corrections_reports_and_chronicles_are_articles_of_their_own(
    next_article: str, title: str, day: str | None
) -> None:
    found = heads(NOTICE + next_article)
    assert [head.fields["title"] for head in found] == ["云江市人民政府关于植树的通知", title]
    assert found[1].fields.get("date") == day


def test_words_about_corrections_in_a_text_begin_no_article() -> None:
    text = NOTICE + "一、发现错误的，应当\n更正\n。\n二、大事记由市志办编写。\n"
    assert titles(text) == ["云江市人民政府关于植树的通知"]


COUNTY = """雲江縣政府公報　中華民國101年第12期

本期目錄
※法規※
．訂定「雲江縣市場管理規則」………………… 1
※公告※
．公告註銷王○明建築師開業證書………………… 3

※法規※
雲江縣政府　令
發文日期：中華民國101年12月3日
發文字號：府行法字第1010234567號
訂定「雲江縣市場管理規則」。
縣長　李　○　○
雲江縣市場管理規則
第一條　本規則依零售市場管理條例第三十條規定訂定之。

※公告※
雲江縣政府　公告
發文日期：中華民國101年12月10日
發文字號：府建管字第1010245678號
受文者：本縣各鄉鎮公所
主　旨：公告註銷王○明建築師開業證書，請查照。
縣長　李　○　○
"""


def test_days_and_numbers_behind_their_labels_make_a_head(tmp_path: Path) -> None:
    issue, order, notice = read(tmp_path, "公報101-12.txt", COUNTY)
    assert issue.metadata is not None
    assert order.metadata is not None
    assert notice.metadata is not None
    assert (issue.metadata["gazette"], issue.metadata["year"]) == ("雲江縣政府公報", 2012)
    assert issue.metadata["number_in_year"] == "12"
    assert order.metadata["doc_number"]["canonical"] == "府行法字第1010234567號"
    assert (order.metadata["date_written"], order.metadata["page_from"]) == ("2012-12-03", 1)
    assert notice.metadata["title"].startswith("雲江縣政府公告：公告註銷王○明建築師開業證書")
    assert notice.metadata["section"] == "公告"
    assert not any("公告※" in block.text for block in order.draft.blocks)


def test_a_row_before_an_entry_that_is_no_part_of_its_title_is_the_name_of_a_section() -> None:
    text = "云江市公报\n2018年第3期\n目录\n特别刊载\n云江市绿化条例……1\n云江市供水办法……9\n\n云江市绿化条例\n第一条　为了绿化，制定本条例。\n\n云江市供水办法\n第一条　为了供水，制定本办法。\n"
    assert titles(text) == ["云江市绿化条例", "云江市供水办法"]


def test_the_number_of_an_order_is_not_that_of_the_issue(tmp_path: Path) -> None:
    text = "云江市政报\n二〇一七年第五期\n\n云江市人民政府公告\n第8号\n现将目录予以公布。\n2017年5月9日\n"
    issue = read(tmp_path, "a.txt", text)[0]
    assert issue.metadata is not None
    assert (issue.metadata["number_in_year"], issue.metadata["title"]) == ("5", "云江市政报2017年第5期")


def test_a_page_number_between_the_lines_does_not_hide_the_text_that_is_issued(tmp_path: Path) -> None:
    text = (
        "云江市人民政府公报\n2021年第5期\n\n云江市人民政府关于印发云江市管线管理办法的通知\n云政发〔2021〕11号\n\n各县（区）人民政府：\n现将《云江市管线管理办法》印发给你们。\n"
        "云江市人民政府\n2021年5月8日\n（此件公开发布）\n\n云江市管线管理办法\n\n第一条　为了加强管线管理，制定本办法。\n·3·\n第二条　本办法自2021年7月1日起施行。\n"
    )
    article = read(tmp_path, "a.txt", text)[1]
    assert article.metadata is not None
    assert article.metadata["embedded_document"] == "云江市管线管理办法"
    assert [block.text for block in article.draft.blocks if "3" in block.text and "·" in block.text] == []
    assert any(block.text == "云江市管线管理办法" and block.kind == "heading" for block in article.draft.blocks)
