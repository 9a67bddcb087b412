from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from catalog.demo.build import build_city
from catalog.demo.city import City
from catalog.demo.dice import Dice
from catalog.demo.prose import Writer, chinese_date, chinese_number
from catalog.demo.sources import expected
from catalog.demo.vocabulary import credit_code, organisation_code

DIGEST = """
import hashlib
from catalog.demo.sites import build_web
web = build_web()
print(hashlib.sha256(b"".join(path.encode() + web.answers[path].content for path in sorted(web.answers))).hexdigest())
"""


@pytest.fixture(scope="module")
def city() -> City:
    return build_city()


def test_two_interpreters_make_the_same_bytes() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_there_are_about_three_hundred_documents_of_every_kind(city: City) -> None:
    kinds = Counter(one.record_type for one in city.documents)
    articles = sum(len(issue.articles) for issue in city.issues)
    assert 300 <= len(city.documents) + len(city.issues) + articles + len(city.datasets) <= 340
    assert min(kinds["regulation"], kinds["interpretation"]) >= 20
    assert kinds["consultation"] >= 6
    assert {one.layout for one in city.documents} == {"2012", "2016", "2021"}
    assert {one.medium for one in city.documents} == {"html", "pdf", "docx"}
    assert {one.published.year for one in city.documents} == set(range(2012, 2027))


def test_numbers_are_unique_and_count_up_with_time(city: City) -> None:
    serials = defaultdict(list)
    for one in sorted(city.documents, key=lambda one: (one.written or one.published.date(), one.key)):
        if one.number:
            code, _, serial = one.number.removesuffix("号").replace("第", "〕").rpartition("〕")
            serials[code].append(int(serial))
    assert all(values == sorted(set(values)) for values in serials.values())


def test_links_lead_back_in_time_and_are_said_in_the_text(city: City) -> None:
    by_key = {one.key: one for one in city.documents}
    links = 0
    for one in city.documents:
        text = "\n".join(para.text for para in one.paras)
        for citation in one.citations:
            assert citation.target is not None
            target = by_key[citation.target]
            assert target.published.date() <= one.published.date() or (
                target.written and one.written and target.written <= one.written
            )
            if target.number:
                links += 1
                assert target.number in text, (one.key, citation)
    assert links > 150


def test_what_was_repealed_is_printed_as_such(city: City) -> None:
    by_key = {one.key: one for one in city.documents}
    repealed = {citation.target for one in city.documents for citation in one.citations if citation.type == "repeals"}
    assert len(repealed) > 40
    assert {by_key[key].validity for key in repealed if key} == {"废止", "失效"}


def test_an_amendment_quotes_the_article_as_it_now_stands(city: City) -> None:
    by_key = {one.key: one for one in city.documents}
    seen = 0
    for one in city.documents:
        if one.form != "amend":
            continue
        target = by_key[
            next(citation.target for citation in one.citations if citation.type == "amends" and citation.target)
        ]
        articles = [para.text for para in target.paras if para.kind == "article"]
        for para in one.paras:
            if match := re.search(r"将(第.{1,4}条)修改为：“(.*)”", para.text):
                assert f"{match[1]}　{match[2]}" in articles
                seen += 1
    assert seen >= 8


def test_dates_stand_in_their_order(city: City) -> None:
    for one in city.documents:
        if one.written:
            assert one.written < one.published.date()
        if one.effective:
            assert one.published.date() <= one.effective


def test_no_text_has_a_slot_left_or_a_doubled_mark(city: City) -> None:
    for one in city.documents:
        for para in one.paras:
            assert not re.search(r"[{}|]|None|。。|，，|、、|；。|，。", para.text), (one.key, para.text)


def test_every_trap_is_set(city: City) -> None:
    traps = Counter(trap for one in city.documents for trap in one.traps)
    assert set(traps) == {"blank", "clock", "relative", "repeat"}
    assert min(traps.values()) >= 1
    assert sum(one.number is None for one in city.documents) > 20
    assert sum(one.disclosure == "on_request" for one in city.documents) == 3
    assert all(one.reason for one in city.documents if one.disclosure == "on_request")


def test_the_gazette_prints_the_same_text_but_for_its_misprints(city: City) -> None:
    by_key = {one.key: one for one in city.documents}
    misprints, corrections = 0, 0
    for issue in city.issues:
        for article in issue.articles:
            citation = article.citations[0]
            assert citation.target is not None
            if citation.type == "corrects":
                corrections += 1
                assert "根椐" in article.paras[1].text
                continue
            original = [para.text for para in by_key[citation.target].paras if para.kind != "open"]
            differing = [(a, b.text) for a, b in zip(original, article.paras, strict=True) if a != b.text]
            misprints += len(differing)
            assert all(a == b.replace("根椐", "根据") for a, b in differing)
    assert misprints == corrections == 2


def test_pages_of_an_issue_follow_each_other(city: City) -> None:
    for issue in city.issues:
        pages = [
            int(number) for one in issue.articles for number in re.findall(r"\d+", (one.place or "").split("第")[-1])
        ]
        assert pages == sorted(pages)
        assert pages[0] == 2
        assert pages[-1] == issue.pages


def test_datasets_have_the_rows_that_they_say(city: City) -> None:
    for one in city.datasets:
        if one.open_type == "不予开放":
            assert not one.resources
            continue
        csv, json = one.resources
        assert csv.content.decode("utf-8-sig").count("\r\n") == one.records + 1
        assert json.content.decode().count("  {\n") == one.records
        assert (one.open_type == "有条件开放") == (one.conditions is not None)


def test_expected_counts_every_document_once(city: City) -> None:
    counted = expected()
    assert counted["yunjiang-gov"].taken + counted["yunjiang-env"].taken == len(city.documents)
    assert counted["yunjiang-trouble"].quarantined >= 5


def test_codes_carry_their_check_characters() -> None:
    # the two codes are the examples of the standards' own texts
    assert organisation_code("D2143569".replace("D", "0")) == organisation_code("02143569")
    assert organisation_code("01121765") == "011217651"
    assert organisation_code("00001434") == "000014349"
    assert credit_code("11341702486344515") == "11341702486344515H"


def test_dice_are_fair_enough_and_the_same_for_one_key() -> None:
    throws = Counter(Dice(f"k{number}").number(1, 6) for number in range(6000))
    assert set(throws) == set(range(1, 7))
    assert min(throws.values()) > 850
    assert [Dice("a").number(0, 99) for _ in range(3)] == [Dice("a").number(0, 99)] * 3
    assert Dice("b").sample([1, 2, 3], 9) == [1, 2, 3]
    with pytest.raises(ValueError, match="nothing to pick"):
        Dice("c").pick([])


def test_a_slot_that_nobody_fills_is_an_error() -> None:
    writer = Writer({"a": "{b}", "b": "好"}, year=2020, dice=Dice("x"), body=lambda name: f"<{name}>")
    assert writer.fill("{a}{year+1}{@env}") == "好2021<env>"
    with pytest.raises(ValueError, match="nothing is called"):
        writer.fill("{c}")
    with pytest.raises(ValueError, match="leads to itself"):
        Writer({"a": "{a}"}, year=2020, dice=Dice("x"), body=str).fill("{a}")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (33, "三十三"), (101, "一百零一"), (112, "一百一十二")],
)
def test_chinese_numerals(value: int, text: str) -> None:
    assert chinese_number(value) == text


def test_old_dates_have_the_round_zero() -> None:
    from datetime import date

    assert chinese_date(date(2013, 10, 20), zero="○") == "二○一三年十月二十日"
