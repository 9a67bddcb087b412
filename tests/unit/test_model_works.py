"""Which records are versions of one work, and in which order."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.model.works import Version, current_on, older, ordered, same_version, same_work, start_of, work_title

CITY = {"title": "云江市供水条例", "issuing_body": ["湖北省云江市人民代表大会常务委员会"], "lang": "zh-Hans"}


@pytest.mark.parametrize(
    ("title", "work"),
    [
        ("云江市供水条例（2018修正）", "云江市供水条例"),
        ("云江市供水条例（2019年9月27日修订）", "云江市供水条例"),
        ("中华人民共和国云江法(2021年修正本)", "云江法"),
        ("云江市人民政府关于印发云江市公租房管理办法的通知", "云江市公租房管理办法"),
        ("云江市城市管理办法（试行）", "云江市城市管理办法(试行)"),
        ("关于修改《云江市供水条例》的决定", None),
        ("云江市供水条例修正案", None),
        ("《云江市供水条例》解读", None),
        ("云江市供水条例（草案）征求意见的公告", None),
        ("关于做好春运工作的通知", None),
    ],
)
def test_the_title_of_the_work(title, work):
    assert work_title(title) == work


def test_versions_share_title_region_and_body():
    assert same_work(CITY, {**CITY, "title": "云江市供水条例（2018修正）"})
    assert same_work(
        CITY, {**CITY, "issuing_body": ["湖北省云江市人民代表大会"]}
    )  # its standing committee is its organ
    assert not same_work(CITY, {**CITY, "issuing_body": ["湖南省云江市人民代表大会常务委员会"]})
    assert not same_work(CITY, {**CITY, "title": "云江市排水条例"})
    rule = {"title": "供水管理办法", "issuing_body": ["湖北省云江市人民政府"], "lang": "zh-Hans"}
    assert not same_work(rule, {**rule, "issuing_body": ["湖北省云江市水务局"]})
    assert not same_work(rule, {**rule, "issuing_body": []})  # nothing says where it holds
    assert same_work(CITY, {"title": "湖北省云江市供水条例", **CITY})


def test_a_law_of_taiwan_is_no_version_of_one_of_the_mainland():
    law = {"title": "消防法", "instrument_kind": "law"}
    assert not same_work(
        {**law, "lang": "zh-Hant", "issuing_body": ["總統"], "publisher": "法務部"},
        {**law, "lang": "zh-Hans", "issuing_body": ["全国人民代表大会常务委员会"]},
    )


def test_from_when_a_text_is_the_text():
    events = [
        {"kind": "published", "date": "2001-05-01"},
        {"kind": "amended", "date": "2018-10-26", "effective": "2019-01-01"},
    ]
    assert start_of({**CITY, "events": events, "date_promulgated": "2001-05-01"}) == "2019-01-01"
    told = [{"kind": "amended", "date": "2020-01-01", "caused_by": "r1"}]
    assert (
        start_of({**CITY, "events": told, "date_promulgated": "2001-05-01"}) == "2001-05-01"
    )  # its text is still the old one
    assert start_of({**CITY, "title": "云江市供水条例（2018修正）", "date_promulgated": "2001-05-01"}) == "2018"
    assert (
        start_of({**CITY, "date_published": "2024-01-01", "date_effective": "2001-06-01"}) is None
    )  # a page's day proves nothing


def test_the_current_version_of_a_day():
    versions = [Version("c", "2019-01-01"), Version("a", "2001-05-01"), Version("b", "2010"), Version("x", None)]
    assert [one.record_id for one in ordered(versions)] == ["x", "a", "b", "c"]
    assert current_on(versions, date(2000, 1, 1)) is None
    assert current_on(versions, date(2009, 1, 1)) == "a"
    assert current_on(versions, date(2010, 6, 1)) == "a"  # the other one began somewhere in that year
    assert current_on(versions, date(2011, 1, 1)) == "b"
    assert current_on(versions, date(2026, 1, 1)) == "c"


def test_only_dates_prove_that_one_is_older():
    assert older(Version("a", "2018-10-26"), Version("b", "2019"))
    assert not older(Version("a", "2018-10-26"), Version("b", "2018"))
    assert not older(Version("a", None), Version("b", "2018"))


def test_copies_of_one_version_bear_its_number():
    number = {"canonical": "云政发〔2012〕3号"}
    rule = {**CITY, "doc_number": number}
    assert same_version(rule, {**rule, "date_written": "2013-01-01"})
    assert not same_version(rule, {**rule, "doc_number": {"canonical": "云政发〔2018〕3号"}})
    assert not same_version(rule, CITY)
