"""Terms that a document sets for itself, as dates: from a day that it gives, never from a guess."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.extract.terms import last_day, put_start, put_term
from catalog.model.draft import Block, Draft

DATES = {"date_effective": "2021-01-01", "date_printed": "2020-12-20", "date_published": "2020-12-25"}


def valid_until(text: str, **fields: str) -> str | None:
    draft = Draft("normative_document", fields=dict(fields), blocks=(Block("paragraph", text),))
    put_term(draft)
    return draft.fields.get("valid_until")


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("本办法自2021年3月1日起施行，有效期5年。", "2026-02-28"),
        ("第十条　本办法自2021年3月1日起施行,有效期为五年。", "2026-02-28"),
        ("本意见自2020年2月29日起试行，试行期两年。", "2022-02-28"),
        ("本办法有效期自2021年1月1日起六个月。", "2021-06-30"),
        ("本政策执行期限为3年，自2022年1月1日起计算。", "2024-12-31"),
        ("（三）本细则自二〇二〇年八月三十一日起施行，有效期十八个月。", "2022-02-28"),
    ],
)
def test_from_a_day_in_the_sentence(text, last):
    assert valid_until(text) == last


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("七、本通知自印发之日起施行，有效期3年。", "2023-12-19"),
        ("本规定自公布之日起施行。有效期5年。", "2025-12-31"),
        ("本办法自发布之日起试行一年。", "2021-12-24"),
        ("有效期为自印发之日起5年。", "2025-12-19"),
    ],
)
def test_from_a_date_of_the_document(text, last):
    assert valid_until(text, **DATES) == last
    assert valid_until(text) is None  # no day is known from which to count


@pytest.mark.parametrize(
    "text",
    [
        "许可证有效期5年，本办法自2020年1月1日起施行。",
        "收到申请的部门对具备本条例规定条件的，准予延续，延续执业注册有效期为5年。",
        "本办法所称证书有效期为3年。",
        "本办法自2021年1月1日起试行。",
        "本规划期限为2021年至2025年。",
        "本办法有效期90年。",
        "本市十三五时期5年内完成。",
    ],
)
def test_what_is_no_term_of_the_document(text):
    assert valid_until(text, **DATES) is None


def test_a_printed_last_day_goes_first():
    assert valid_until("本办法自2021年3月1日起施行，有效期5年。", date_expires="2025-12-31") is None


def test_the_last_day_of_months_of_different_lengths():
    assert last_day(date(2021, 3, 1), 60) == "2026-02-28"
    assert last_day(date(2020, 2, 29), 12) == "2021-02-28"
    assert last_day(date(2020, 2, 29), 48) == "2024-02-28"
    assert last_day(date(2021, 1, 31), 1) == "2021-02-28"
    assert last_day(date(2020, 12, 1), 1) == "2020-12-31"


def test_the_reading_tells_the_sentence_and_how_sure_it_is():
    draft = Draft("normative_document", blocks=(Block("paragraph", "本办法自2021年3月1日起施行，有效期5年。"),))
    put_term(draft)
    assert draft.readings["valid_until"].raw == "本办法自2021年3月1日起施行，有效期5年"
    assert draft.readings["valid_until"].confidence == 0.85


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("本通知自印发之日起施行。", "2020-12-20"),
        ("第十条　本办法自公布之日起实施，原办法同时废止。", "2020-12-25"),
        ("有关企业自公布之日起执行新的标准。", None),
        ("许可证自签发之日起生效。", None),
        ("本办法自发布之日起30日后施行。", None),
    ],
)
def test_the_day_of_effect_that_is_said_by_the_day_of_issue(text, start):
    draft = Draft(
        "normative_document",
        fields={"date_printed": "2020-12-20", "date_published": "2020-12-25"},
        blocks=(Block("paragraph", text),),
    )
    put_start(draft)
    assert draft.fields.get("date_effective") == start


def test_a_term_in_the_note_of_promulgation():
    note = "（2020年12月12日云江市政府令第2号公布　自2021年1月1日起施行　有效期5年）"
    draft = Draft("regulation", fields={"promulgation_note": note})
    put_term(draft)
    assert draft.fields["valid_until"] == "2025-12-31"
