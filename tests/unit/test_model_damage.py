"""Damage is found where it stands and read over for the search; what only looks like damage is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.extract import noise
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.model import damage


@pytest.mark.parametrize(
    ("text", "kinds", "reading"),
    [
        ("國辦(ban)公廳印發", ["sound"], "國辦公廳印發"),
        ("關於印發(fā)《方案》的通知", ["sound"], "關於印發《方案》的通知"),
        ("各縣（市、區（qū））人民政府", ["sound"], "各縣（市、區）人民政府"),
        ("印發fā通知", ["sound"], "印發通知"),
        ("向社會公開鞏朽鞏棵的信息", ["garbage"], None),
        ("公开??信息", ["lost"], "公开信息"),
        ("信\ufffd\ufffd息公开", ["lost"], "信息公开"),
        ("工作台\ue123账", ["lost"], "工作台账"),
    ],
)
def test_damage_is_found_and_read_over(text: str, kinds: list[str], reading: str | None) -> None:
    found = damage.find(text)
    assert [one.kind for one in found] == kinds
    assert all(text[one.start : one.end] for one in found)
    if reading is not None:
        assert damage.clean_reading(text) == reading


@pytest.mark.parametrize(
    "text",
    [
        "人均（GDP）增长5%",
        "下载手机客户端（app）",
        "长度（m）乘以宽度（n）",
        "按照公式（a）和（b）计算",
        "郗(xī)某某为联系人",  # a rare character's sound helps to read it
        "是否继续有效？？",
        "办公(office)软件",
        "\uf06e 加强领导",  # the bullet of an office program
        "（一）总体要求",
        "",
    ],
)
def test_what_is_no_damage_is_left_alone(text: str) -> None:
    assert damage.find(text) == []
    assert damage.clean_reading(text) is None


def test_a_rare_word_is_suspected_and_three_different_ones_are_needed() -> None:
    text = "大力发展中药材产业，栽培芍药、茯苓、黄芪，按规定给予补助，由县农业农村局负责。"
    assert [one.kind for one in damage.find(text)] == ["garbage"]
    assert damage.find(text, suspected=False) == []
    assert damage.clean_reading(text, suspected=False) is None
    assert noise.flags([text]) == []


@given(st.text(alphabet="國辦(ban)印發（fā）公开?\ufffd\ue000鞏朽棵。 a", max_size=60))
def test_a_clean_reading_takes_away_and_adds_nothing(text: str) -> None:
    reading = damage.clean_reading(text)
    if reading is not None:
        assert len(reading) < len(text)
        rest = iter(text)
        assert all(char in rest for char in reading)  # what is left stands in the same order


@pytest.mark.parametrize("text", ["(" * 100_000, "办(" * 50_000, "?" * 200_000, "\ue000" * 200_000, "办a" * 100_000])
def test_long_lines_take_no_longer_than_they_are(text: str) -> None:
    start = time.process_time()
    damage.find(text)
    assert time.process_time() - start < 2


def test_each_place_is_told_and_the_text_kept() -> None:
    printed = "現將國辦(ban)公廳的要求轉發給你們，請結合實際認真組織實施，確保各項任務按期完成。"
    draft = read_lines([Line("雲江市人民政府關於做好政務公開工作的通知"), Line(printed)])
    assert "injected_noise" in draft.flags
    assert draft.blocks[-1].text == printed
    (problem,) = draft.problems
    assert (problem.severity, problem.code, problem.field) == ("warning", "injected_noise", "text")
    assert "國辦(ban)公廳" in problem.message
    assert "line 2" in problem.message


def test_many_places_are_told_by_their_number() -> None:
    texts = ["印發(fā)通知。"] * (noise.MAX_PLACES + 5)
    told = list(noise.problems(texts, ["injected_noise"]))
    assert len(told) == noise.MAX_PLACES + 1
    assert told[-1].message.startswith("5 more damaged places")


def test_damage_in_a_copy_that_was_left_out_is_told_too() -> None:
    (problem,) = noise.problems(["印发通知。"], ["injected_noise"])
    assert "copy" in problem.message


def test_invisible_characters_between_words_are_flagged_from_three_on() -> None:
    assert noise.hidden("政\u200b务公\ufeff开工\u200d作") == ("hidden_characters",)
    assert noise.hidden("政\u200b务公开") == ()
    assert noise.hidden("\ufeff政务公开\u200b") == ()
