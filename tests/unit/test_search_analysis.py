from __future__ import annotations

import pytest

from catalog.search.analysis import (
    CHARACTERS_FROM,
    MAX_WORD,
    characters,
    pairs,
    phrase,
    signature,
    singles,
    squeeze,
    tokens,
    torn,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("食品安全", "食品 品安 安全 全"),
        ("食品，安全", "食品 品 安全 全"),
        ("第 一 章 總則", "第一 一章 章总 总则 则"),
        ("為保障公眾\r\n健康", "为保 保障 障公 公众 众健 健康 康"),
        ("国办发〔２０２０〕17号", "国办 办发 发 2020 17 号"),
        ("PDF格式", "pdf 格式 式"),
        ("甲\t乙", "甲 乙"),
        ("Gazette of Sri Lanka", "gazette of sri lanka"),
        ("ශ්‍රී ලංකා", "ශ්‍රී ලංකා"),
        ("", ""),
        ("……", ""),
    ],
)
def test_tokens(text: str, wanted: str) -> None:
    assert tokens(text).split() == wanted.split()


def test_a_word_without_end_is_cut() -> None:
    assert [len(word) for word in tokens("x" * (2 * MAX_WORD + 1)).split()] == [MAX_WORD, MAX_WORD, 1]


@pytest.mark.parametrize(
    ("text", "words", "open_end"),
    [
        ("食品安全", [(0, "食品"), (1, "品安"), (2, "安全")], False),
        ("食", [(0, "食")], True),
        ("食品，安", [(0, "食品"), (1, "品"), (2, "安")], True),
        ("第5条", [(0, "第"), (1, "5"), (2, "条")], True),
        ("国办发〔2020〕17号", [(0, "国办"), (1, "办发"), (2, "发"), (3, "2020"), (4, "17"), (5, "号")], True),
        ("2020", [(0, "2020")], False),
        ("？", [], False),
    ],
)
def test_phrase(text: str, words: list[tuple[int, str]], open_end: bool) -> None:  # noqa: FBT001 (a table's column)
    found = phrase(text)
    assert (list(found.words), found.open_end, found.open_start) == (words, open_end, False)


def test_torn_is_for_texts_cut_in_a_number() -> None:
    assert torn("食品安全") is None
    assert torn("2015") is None
    end = torn("关于201")
    start = torn("08年河南")
    assert end is not None
    assert (end.open_end, end.open_start) == (True, False)
    assert start is not None
    assert (start.open_end, start.open_start) == (False, True)


def test_parts_for_matching_any_of_them() -> None:
    assert pairs("食品食品 PDF 全") == ("食品", "品食", "pdf")
    assert singles("食品 PDF 食") == ("食", "品")
    assert squeeze("《食品 安全》（试行） 2015") == "食品安全试行2015"


def test_characters_are_those_of_the_beginning() -> None:
    assert characters("食品A").split() == ["食", "品", "a"]
    assert len(characters("食" * (CHARACTERS_FROM + 50)).split()) == CHARACTERS_FROM


def test_signature_is_stable_within_a_version() -> None:
    assert signature() == signature()
    assert len(signature()) == 12
