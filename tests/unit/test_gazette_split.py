"""Issues divided into articles: by heads, by tables of contents, by end marks; nothing is lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.extract.gazette import flat, marks
from catalog.extract.gazette.contents import find as find_contents
from catalog.extract.gazette.english import english_date
from catalog.extract.gazette.pieces import Head, PageTable, Span, partition
from catalog.extract.gazette.rows import rows_of
from tests.gazette_samples import ARTICLES, NUMBERS, REGISTER, issue_text, without_contents


def whole(split: flat.Split) -> str:
    return "".join(split.of(piece) for piece in split.pieces)


def test_an_issue_with_contents_is_divided_where_its_articles_begin() -> None:
    split = flat.split(issue_text())
    assert split.profile == "chinese"
    assert split.listed == 5
    assert [split.of(piece) for piece in split.articles()] == list(ARTICLES)
    assert [piece.kind for piece in split.pieces if piece.kind != "article"] == [
        "front",
        "front",
        "between",
        "between",
        "back",
    ]
    assert whole(split) == issue_text()


def test_what_the_contents_say_travels_with_the_articles() -> None:
    heads = [piece.head.fields for piece in flat.split(issue_text()).articles() if piece.head]
    assert [head.get("numbers", [None])[0] for head in heads] == list(NUMBERS)
    assert [head["page_from"] for head in heads] == [3, 6, 8, 10, 11]
    assert [head["section"] for head in heads] == ["市政府文件", "市政府文件", "市政府办公室文件", "人事任免", "更正"]
    assert heads[1]["title"] == "云江市人民政府关于表彰2020年度护林工作先进集体的决定"
    assert heads[2]["issuing_body"] == ["云江市人民政府办公室"]


def test_the_number_of_a_cited_document_begins_no_article() -> None:
    assert sum("2012" in str(piece.head and piece.head.fields) for piece in flat.split(issue_text()).articles()) == 0


def test_without_contents_the_heads_tell_and_say_how_sure_they_are() -> None:
    split = flat.split(without_contents())
    assert split.listed is None
    assert [split.of(piece) for piece in split.articles()] == list(ARTICLES[:4])
    assert [piece.head.sure for piece in split.articles() if piece.head] == [0.95, 0.95, 0.95, 0.6]
    assert [piece.head.signs for piece in split.articles() if piece.head][3] == ("addressees",)


def test_acts_whose_head_names_issuer_and_kind_get_their_subject_as_title() -> None:
    text = (
        "前言\n\n雲江部\n山林部令\n中華民國99年2月23日\n雲字第09900001230號\n山林字第0990000456號\n訂定「林道管理辦法」，自即日生效。\n部　長　王大明\n"
        "雲江部公告\n中華民國99年3月1日　雲公字第0990000777號\n主　旨：公告封閉林道三條。\n依　據：林道管理辦法第3條。\n"
    )
    heads = [piece.head.fields for piece in flat.split(text).articles() if piece.head]
    assert heads[0]["numbers"] == ["雲字第09900001230號", "山林字第0990000456號"]
    assert heads[0]["issuing_body"] == ["雲江部", "山林部"]
    assert heads[0]["title"] == "雲江部、山林部令：訂定「林道管理辦法」，自即日生效"
    assert heads[0]["date"] == "2010-02-23"
    assert heads[1]["title"] == "雲江部公告：公告封閉林道三條"
    assert heads[1]["numbers"] == ["雲公字第0990000777號"]
    assert heads[1]["date"] == "2010-03-01"


def test_a_number_that_comes_first_stands_above_its_title() -> None:
    text = "云江市人民政府公报\n\n云政发〔2021〕7号\n关于加强水库管理的意见\n各县（区）人民政府：\n水库是大事。\n"
    heads = [piece.head for piece in flat.split(text).articles()]
    assert [head.fields["title"] for head in heads if head] == ["关于加强水库管理的意见"]


@pytest.mark.parametrize("gap", ["\n", "", " "])
def test_end_marks_divide_whatever_became_of_the_tags(gap: str) -> None:
    text = re.sub(r"<[^>]+>", gap, REGISTER)
    split = flat.split(text)
    assert split.profile == "federal_register"
    found = [split.of(piece) for piece in split.articles()]
    assert ["".join(one.split())[:20] for one in found] == ["DEPARTMENTOFGARDENSP", "BOARDOFRIVERSANDLAKE"]
    assert all(one.strip().endswith("BILLING CODE 1234-56-P") for one in found)
    heads = [piece.head.fields for piece in split.articles() if piece.head]
    assert [head["numbers"] for head in heads] == [["2021-00011"], ["C1-2021-00011"]]
    assert [head["section"] for head in heads] == ["Rules and Regulations", "Notices"]
    assert whole(split) == text


def test_the_head_of_a_document_with_end_mark_gives_agency_and_subject() -> None:
    split = flat.split(re.sub(r"<[^>]+>", "\n", REGISTER), "federal_register")
    first = split.articles()[0].head
    assert first is not None
    assert first.fields["issuing_body"] == ["DEPARTMENT OF GARDENS", "Parks Office"]
    assert first.fields["title"] == "Opening Hours of Gardens"
    assert (first.fields["page_from"], first.fields["page_to"]) == (1203, 1204)


def test_a_profile_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        flat.split("text", "moon")


def test_a_text_without_heads_is_all_front_matter() -> None:
    split = flat.split("云江市地方志\n第一章\n很久以前。\n")
    assert [piece.kind for piece in split.pieces] == ["front"]


def test_contents_take_titles_over_several_lines() -> None:
    table = find_contents(rows_of(issue_text()))
    assert table is not None
    assert table.entries[1].title == "云江市人民政府关于表彰2020年度护林工作先进集体的决定"
    assert table.entries[1].number == "云政发〔2021〕6号"


def test_pages_are_those_on_which_a_place_stands() -> None:
    table = PageTable([0, 10, 20], [1, 2, 4])
    assert [table.at(offset) for offset in (0, 9, 10, 25)] == [1, 1, 2, 4]
    assert PageTable([5], [1]).at(2) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Friday, April 15, 2016", "2016-04-15"),
        ("this 3rd day, 4th of July 1999", "1999-07-04"),
        ("Sept. 9, 2001", None),
        ("February 30, 2020", None),
        ("may be 3", None),
    ],
)
def test_english_dates(text: str, day: str | None) -> None:
    assert english_date(text) == day


LINES = st.sampled_from(
    [
        "目　录", "云政发〔2021〕5号", "云江市人民政府关于植树的通知", "各县（区）人民政府：", "2021年3月5日", "教育部令", "第3号",
        "中華民國99年2月23日", "教字第0990000001號", "【市政府文件】", "关于植树的通知……（3）", "关于养鱼的决定……………5", "正文。", "", "\f",
        "[FR Doc. 2021-00011 Filed 2-26-21; 8:45 am]", "BILLING CODE 1234-56-P", "主办：云江市", "9 12 Monday, March 1, 2021 Notices", "\u2028", "　　",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=60), st.sampled_from(["\n", "\r\n", "\r", " "]))
def test_nothing_is_lost_of_any_text(lines: list[str], gap: str) -> None:
    text = gap.join(lines)
    for profile in (None, "chinese", "federal_register"):
        split = flat.split(text, profile)
        assert whole(split) == text
        assert all(piece.head is not None for piece in split.articles())


@given(
    st.text(max_size=200),
    st.lists(st.integers(0, 220), max_size=12),
    st.lists(st.tuples(st.integers(0, 220), st.integers(0, 220)), max_size=6),
)
def test_a_partition_covers_the_text_whatever_it_is_given(
    text: str, heads: list[int], spans: list[tuple[int, int]]
) -> None:
    pieces = partition(text, [Head(at, 1.0) for at in heads], [Span(*span) for span in spans])
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text


@pytest.mark.parametrize(
    "unit",
    [
        "云江市人民政府关于植树的通知\n云政发〔2021〕5号\n各县（区）人民政府：\n正文。\n" * 10,
        "关于植树的通知……（3）\n" * 40,
        "云政发〔2021〕5号\n" * 60,
        "[FR Doc. 2021-00011 Filed ",
        "目录" * 300,
        "……" * 500 + "\n",
        "Monday, March 1, 2021 Notices Part I " * 20,
    ],
)
def test_long_and_hostile_texts_take_seconds(unit: str) -> None:
    text = unit * (1_500_000 // len(unit))
    begun = time.monotonic()
    split = flat.split(text)
    assert time.monotonic() - begun < 30
    assert sum(piece.end - piece.start for piece in split.pieces) == len(text)


def test_profiles_name_what_they_need() -> None:
    assert set(marks.profiles()) <= flat.names()
