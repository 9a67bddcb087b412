"""Which of several bearers of a name is meant, and what a record shows of itself."""

from __future__ import annotations

import itertools

import pytest

from catalog.actions.keys import cited, record_keys
from catalog.model.bearing import Traits, choose, from_text, jurisdiction_of, traits_of
from catalog.model.draft import Citation
from catalog.model.titlekeys import aliases, without_version

CITING = Traits(jurisdiction="CN", region="440100", start="2015-06-01")


def law(start: str = "", **fields: object) -> Traits:
    return Traits(**{"jurisdiction": "CN", "start": start, "statute": True} | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bearers", "expected"),
    [
        ({}, (None, None)),
        ({"a": Traits()}, ("a", None)),
        ({"a": Traits(), "b": Traits()}, ("a", None)),
        ({"a": Traits(jurisdiction="TW")}, (None, "elsewhere")),
        ({"a": Traits(jurisdiction="TW"), "b": law()}, ("b", None)),
        ({"a": Traits(rank=1), "b": Traits()}, ("b", None)),
        ({"a": law(region="000000"), "b": law(region="440000")}, ("b", None)),
        ({"a": law(region="440000"), "b": law(region="440100")}, ("b", None)),
        ({"a": law(region="410000"), "b": law(region="000000")}, ("b", None)),
        ({"a": law("2001"), "b": law("2010"), "c": law("2018")}, ("b", None)),
        ({"a": law("2016"), "b": law("2018")}, ("a", None)),
        ({"a": Traits(start="2001"), "b": Traits(start="2010")}, (None, "ambiguous")),
        ({"a": Traits(number="x|2001|1"), "b": Traits(number="x|2010|1")}, (None, "ambiguous")),
        ({"a": Traits(number="x|2001|1", start="2001"), "b": Traits(number="x|2001|1", start="2002")}, ("a", None)),
    ],
)
def test_the_rule(bearers: dict[str, Traits], expected: tuple[str | None, str | None]):
    assert choose(CITING, bearers) == expected


def test_the_order_of_the_bearers_does_not_matter():
    bearers = {
        "a": law("2001"),
        "b": law("2010"),
        "c": Traits(rank=1),
        "d": Traits(jurisdiction="TW"),
        "e": law("2010"),
    }
    chosen = {choose(CITING, dict(order)) for order in itertools.permutations(bearers.items())}
    assert chosen == {("b", None)}


@pytest.mark.parametrize(
    ("bearers", "expected"),
    [
        ({"a": law("2020", first="2010")}, ("a", None)),
        ({"a": law("2020", first="2016")}, (None, "later")),
        ({"a": law("2016-01-01")}, (None, "later")),
        ({"a": law("2015")}, ("a", None)),
        ({"a": law("2020"), "b": law("2001")}, ("b", None)),
    ],
)
def test_nothing_is_done_to_what_came_later(bearers: dict[str, Traits], expected: tuple[str | None, str | None]):
    assert choose(CITING, bearers, acts=True) == expected


def test_the_day_of_an_event_tells_its_cause_from_others_of_the_same_title():
    bearers = {
        "a": Traits(start="2016-02-06", number="x|2016|1"),
        "b": Traits(start="2018-03-19", number="x|2018|1"),
        "c": Traits(start="2020", number="x|2020|1"),
    }
    assert choose(CITING, bearers, day="2018-04-01") == ("b", None)
    assert choose(CITING, bearers, day="2019-04-01") == (None, "ambiguous")
    assert choose(CITING, bearers, day="2018") == (None, "ambiguous")


def test_a_statute_goes_before_a_notice_of_the_same_title():
    assert choose(CITING, {"a": Traits(start="2001"), "b": law("2001")}) == ("b", None)


def test_a_name_without_issuer_is_not_taken_from_another_region():
    bearers = {"a": Traits(region="410000")}
    assert choose(CITING, bearers, near=True) == (None, None)
    assert choose(CITING, bearers) == ("a", None)


def test_a_citing_text_without_date_means_the_latest_version():
    assert choose(Traits(jurisdiction="CN"), {"a": law("2001"), "b": law("2018")}) == ("b", None)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"region": "440000"}, "CN"),
        ({"region": "710000", "lang": "zh-Hans"}, "TW"),
        ({"url": "https://law.moj.gov.tw/x"}, "TW"),
        ({"url": "http://www.yunjiang.gov.cn/"}, "CN"),
        ({"doc_number": {"canonical": "臺會規字第0930092793號"}}, "TW"),
        ({"issuing_body": ["云江市人民政府"]}, "CN"),
        ({"gazette": "行政院公報"}, "TW"),
        ({"lang": "zh-Hant"}, ""),
        ({"lang": "zh-Hans"}, "CN"),
        ({}, ""),
    ],
)
def test_whose_law_a_record_is(metadata: dict[str, object], expected: str):
    assert jurisdiction_of(metadata) == expected


def test_traits_are_kept_as_one_line():
    traits = traits_of({
        "instrument_kind": "law", "level": "national", "lang": "zh-Hans", "doc_number": {"canonical": "国务院令第5号"},
        "events": [
            {"kind": "published", "date": "2001-05-01"}, {"kind": "amended", "date": "2012-03-01"},
            {"kind": "amended", "date": "2020-01-01", "caused_by": "other"}, {"kind": "repealed", "date": "2021-01-01"},
        ],
    })  # fmt: skip
    assert traits == Traits(0, "CN", "000000", "2012-03-01", statute=True, number="国务院令||5", first="2001-05-01")
    assert from_text(traits.text()) == traits


@pytest.mark.parametrize(
    ("title", "bodies", "expected"),
    [
        ("云江市水条例（2018修正）", (), ["云江市水条例"]),
        ("云江市水条例(2018年12月29日修订)", (), ["云江市水条例"]),
        ("云江市水条例（试行）", (), []),
        ("关于加强供水的通知", ("云江市水务局",), ["云江市水务局关于加强供水的通知"]),
        ("云江市人民政府关于加强供水的通知", ("云江市人民政府",), ["关于加强供水的通知"]),
        (
            "云江市人民政府关于印发《云江市供水规划》的通知",
            (),
            ["关于印发《云江市供水规划》的通知", "云江市供水规划"],
        ),
        ("云江市人民政府转发省政府关于加强供水的通知的通知", (), []),
    ],
)
def test_other_names_of_a_document(title: str, bodies: tuple[str, ...], expected: list[str]):
    assert aliases(title, bodies) == expected


def test_keys_say_what_a_record_is_found_by():
    keys = record_keys({
        "title": "中华人民共和国云江条例（2018修正）", "issuing_body": ["云江市人民政府"],
        "doc_number": {"canonical": "市政府令第5号", "code": "市政府令", "kind": "order", "year": None, "serial": "5"},
    })  # fmt: skip
    assert ("title", "云江条例") in keys
    assert ("title", "中华人民共和国云江条例2018修正") in keys
    assert [kind for kind, _ in keys].count("traits") == 1
    assert {key for kind, key in keys if kind == "number"} == {"市人民政府令||5", "云江市人民政府令||5"}


def test_a_citation_keeps_place_and_article():
    kept = cited(Citation("cites", "《云江条例（2018年修正）》", None, "云江条例（2018年修正）", "art-3", "art-13"))
    assert (kept.title_key, kept.place, kept.article) == ("云江条例", "art-3", "art-13")
    assert without_version("云江办法（草案）") == "云江办法（草案）"


def test_counties_and_their_gazettes_in_traditional_script_are_taiwans() -> None:
    assert jurisdiction_of({"gazette": "雲江縣政府公報"}) == "TW"
    assert jurisdiction_of({"gazette": "雲江市公報"}) == "TW"
    assert jurisdiction_of({"gazette": "云江市人民政府公报"}) == "CN"
    assert jurisdiction_of({"publisher": "雲江縣人民政府"}) == "CN"
