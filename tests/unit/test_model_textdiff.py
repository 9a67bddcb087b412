"""Two texts of one document: what differs only in form, and what in wording."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.model.textdiff import MAX_BLOCKS, compare, parts, wording

TEXT = ["第一条　为了加强管理，制定本办法。", "第二条　本办法适用于全市。", "第三条　市财政局负责解释。"]


def kinds(left: list[str], right: list[str], head: tuple[str, ...] = ()) -> list[str]:
    return [row.kind for row in compare(left, right, head=head).rows]


def test_equal_texts_are_the_same() -> None:
    found = compare(TEXT, TEXT)
    assert found.counts()["same"] == 3
    assert found.same_wording


@pytest.mark.parametrize(
    "other",
    [
        "第一条 为了加强管理,制定本办法.",
        "第一條　為了加強管理，制定本辦法。",
        "第一条为了加强管理，制定本办法",
        "第一条　为了“加强管理”，制定本办法。",
    ],
)
def test_punctuation_width_and_script_are_form(other: str) -> None:
    found = compare(TEXT, [other, *TEXT[1:]])
    assert [row.kind for row in found.rows] == ["form", "same", "same"]
    assert found.same_wording


def test_paragraphs_that_are_broken_elsewhere_say_the_same() -> None:
    found = compare(TEXT, [TEXT[0], "第二条　本办法", "适用于全市。", TEXT[2]])
    assert [row.kind for row in found.rows] == ["same", "layout", "same"]
    assert found.same_wording
    assert compare([TEXT[0] + TEXT[1], TEXT[2]], TEXT).counts()["layout"] == 1


def test_other_words_are_told_with_the_stretch_that_differs() -> None:
    found = compare(TEXT, [*TEXT[:2], "第三条　市民政局负责解释。"])
    row = found.rows[-1]
    assert row.kind == "wording"
    assert [part for part in row.parts if part[0] != "same"] in (
        [("left", "财"), ("right", "民")],
        [("right", "民"), ("left", "财")],
    )
    assert not found.same_wording


def test_what_only_one_text_says_stands_alone() -> None:
    assert kinds(TEXT, [TEXT[0], TEXT[2]]) == ["same", "left", "same"]
    assert kinds([TEXT[0], TEXT[2]], TEXT) == ["same", "right", "same"]


def test_lines_of_the_head_are_no_difference() -> None:
    head = ("云江市人民政府关于植树的通知", "云政发〔2021〕5号", "2021年3月5日")
    printed = [head[0], "（云政发〔2021〕5号）", *TEXT, head[2]]
    found = compare(printed, TEXT, head=head)
    assert found.same_wording
    assert found.counts()["head"] == 2
    assert not compare(printed, TEXT).same_wording


def test_a_line_of_the_head_in_the_middle_of_the_text_counts() -> None:
    filler = [f"第{number}款　其余事项。" for number in range(40)]
    assert not compare(
        [*filler[:20], "云政发〔2021〕5号", *filler[20:]], filler, head=("云政发〔2021〕5号",)
    ).same_wording


def test_texts_that_are_too_long_are_said_to_be_cut() -> None:
    long = [f"第{number}行" for number in range(MAX_BLOCKS + 5)]
    begun = time.monotonic()
    found = compare(long, [f"别的{number}" for number in range(MAX_BLOCKS + 5)])
    assert found.cut
    assert not found.same_wording
    assert time.monotonic() - begun < 30


def test_long_blocks_are_not_compared_by_character() -> None:
    assert [part[0] for part in parts("甲" * 5_000, "乙" * 5_000)] == ["left", "right"]


BLOCKS = st.lists(st.text(alphabet="甲乙丙，。 条1", max_size=8), max_size=12)


@given(BLOCKS, BLOCKS)
def test_every_block_stands_in_exactly_one_place(left: list[str], right: list[str]) -> None:
    rows = compare(left, right, head=("甲乙",)).rows
    assert sorted(at for row in rows for at in row.left) == list(range(len(left)))
    assert sorted(at for row in rows for at in row.right) == list(range(len(right)))


@given(BLOCKS, BLOCKS)
def test_same_wording_means_the_same_letters(left: list[str], right: list[str]) -> None:
    found = compare(left, right)
    if found.same_wording:
        assert "".join(map(wording, left)) == "".join(map(wording, right))
    assert compare(left, left).same_wording


@given(st.text(max_size=30), st.text(max_size=30))
def test_parts_put_together_are_the_two_texts(left: str, right: str) -> None:
    found = list(parts(left, right))
    assert "".join(text for where, text in found if where != "right") == left
    assert "".join(text for where, text in found if where != "left") == right
