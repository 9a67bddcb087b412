"""Numbers as pages print them oddly: marks for brackets, letters for zeros, labels in brackets, announcements without their body."""

from __future__ import annotations

import pytest

from catalog.model.docnumber import parse


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("国发{2015}22号", "国发〔2015〕22号"),
        ("国发﹙2015﹚22号", "国发〔2015〕22号"),
        ("国发「2015」22号", "国发〔2015〕22号"),
        ("国发《2015》22号", "国发〔2015〕22号"),
        ("川办发〔2O16〕112号", "川办发〔2016〕112号"),
        ("【发文字号】国发〔2015〕22号", "国发〔2015〕22号"),
        ("公告〔2020〕第5号", "公告2020年第5号"),
        ("公告2020年第7号", "公告2020年第7号"),
        ("2020年第7号公告", "公告2020年第7号"),
        ("通告〔2021〕3号", "通告2021年第3号"),
        ("部令2018年第3号", "部令〔2018〕3号"),
        ("令第3号(2019)", "令〔2019〕3号"),
    ],
)
def test_odd_forms_are_read(raw: str, canonical: str):
    number = parse(raw)
    assert number is not None
    assert number.canonical == canonical


@pytest.mark.parametrize(
    "raw", ["2019年第12期", "公告栏", "公告2020年", "「2015」", "令第0号(2019)", "通知2020年第7号表"]
)
def test_what_only_looks_like_one_is_none(raw: str):
    assert parse(raw) is None
