"""Whether two documents are one: a table of pairs that are easily confused, and laws that hold for all pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalog.model.docnumber import parse
from catalog.model.identity import (
    comparable,
    facts,
    is_repost,
    judge,
    plain,
    rank,
    text_likeness,
    text_print,
)
from catalog.model.script import to_traditional

TABLE = yaml.safe_load((Path(__file__).parent / "identity_pairs.yaml").read_text("utf-8"))
FULL = {ord("，"): ",", ord("："): ":", ord("；"): ";", ord("（"): "(", ord("）"): ")"} | {
    ord("0") + n: ord("０") + n for n in range(10)
}


def side(given: dict[str, Any]):
    """The facts and the print of one side of a pair."""
    told = {**TABLE["defaults"], **given}
    text = TABLE["texts"].get(told["text"], "") if told["text"] else ""
    if "replace" in told:
        assert told["replace"][0] in text, "the pair changes something"
        text = text.replace(*told["replace"])
    text = "\n".join(part for part in (told.get("before"), text, told.get("after")) if part)
    text = {"full": text.translate(FULL), "traditional": to_traditional(text)}.get(told.get("form", ""), text)
    number = parse(told["number"]) if told["number"] else None
    metadata = {
        "title": told["title"],
        "issuing_body": [told["issuer"]] if told["issuer"] else [],
        "date_written": str(told["date"]) if told["date"] else None,
        "quality_flags": told.get("flags", []),
    }
    if told["number"]:
        metadata["doc_number"] = {"canonical": number.canonical if number else told["number"]}
    return facts(told["type"], metadata), text_print(text.splitlines())


def judged(one, other):
    def text():
        return None if one[1] is None or other[1] is None else text_likeness(one[1], other[1])

    return judge(one[0], other[0], text)


@pytest.mark.parametrize("pair", TABLE["pairs"], ids=lambda pair: pair["name"])
def test_pairs_that_are_easily_confused(pair):
    one, other = side(pair["one"]), side(pair["other"])
    found = judged(one, other)
    assert found.judgement == pair["want"], found
    assert judged(other, one) == found, "the same whichever comes first"


def test_names_of_pairs_are_given_once():
    names = [pair["name"] for pair in TABLE["pairs"]]
    assert len(set(names)) == len(names)
    assert {pair["want"] for pair in TABLE["pairs"]} == {"same", "doubtful", "different"}


FACTS = st.builds(
    lambda kind, title, number, issuer, day: facts(
        kind,
        {
            "title": title,
            "doc_number": {"canonical": number},
            "issuing_body": [issuer] if issuer else [],
            "date_written": day,
        },
    ),
    st.sampled_from(["regulation", "normative_document", "gazette_article", "interpretation", "dataset"]),
    st.sampled_from(
        ["关于防汛的通知", "云江市人民政府关于防汛的通知", "防汛办法（试行）", "防汛办法", "关于防汛的通知解读", ""]
    )
    | st.text(max_size=20),
    st.sampled_from(["云政发〔2020〕1号", "云政发〔2020〕2号", "", "云政发"]),
    st.sampled_from(["云江市人民政府", "市人民政府", "云江市人民政府办公室", "海陵县人民政府", ""]),
    st.sampled_from(["2020-01-02", "2020-01", "2020", "2021-07-01", None, "not a day"]),
)


@given(FACTS, FACTS, st.none() | st.floats(0, 1))
def test_a_judgement_is_the_same_both_ways(one, other, likeness):
    assert judge(one, other, lambda: likeness) == judge(other, one, lambda: likeness)


@given(st.text(max_size=400), st.text(max_size=400))
def test_likeness_of_texts_is_symmetric_and_bounded(one, other):
    prints = text_print([one]), text_print([other])
    if None in prints:
        return
    there, back = text_likeness(*prints), text_likeness(*reversed(prints))
    assert there == back
    assert 0.0 <= there <= 1.0
    assert text_likeness(prints[0], prints[0]) == 1.0
    assert (there == 1.0) >= (plain(one) == plain(other))


def test_a_long_text_is_compared_in_bounded_time():
    long = "".join(chr(0x4E00 + number % 5000) for number in range(2_000_000))
    found = text_print([long])
    assert len(found.shingles) <= 60_000
    assert text_likeness(found, text_print([long[:-1]])) > 0.99


def test_texts_are_only_asked_for_where_they_matter():
    def never():
        raise AssertionError("this text decides nothing")

    one, other = (side(pair)[0] for pair in ({}, {"type": "dataset"}))
    assert judge(one, other, never).judgement == "different"


@pytest.mark.parametrize(
    ("fields", "repost"),
    [
        ({"publisher": "云江市人民政府", "issuing_body": ["云江市人民政府"]}, False),
        ({"publisher": "云江市人民政府", "issuing_body": ["云江市人民政府办公室"]}, False),
        ({"publisher": "云江市人民政府", "issuing_body": ["云江市财政局"]}, False),
        ({"publisher": "云江市财政局", "issuing_body": ["云江市人民政府"]}, True),
        ({"publisher": "海陵县人民政府", "issuing_body": ["云江市人民政府"]}, True),
        ({"publisher": "云江市财政局", "issuing_body": ["云江市人民政府", "云江市财政局"]}, False),
        ({"publisher": "云江市人民政府", "issuing_body": ["云江市人民政府"], "reposted_from": "云江日报"}, True),
        ({"publisher": "云江市人民政府", "issuing_body": ["云江市人民政府"], "reposted_from": "云江市人民政府"}, False),
        ({"text_authority": "repost"}, True),
        ({}, False),
    ],
)
def test_a_repost(fields, repost):
    assert is_repost(fields) is repost
    assert rank(fields, has_text=True) == int(repost)
    assert rank(fields, has_text=False) == 2 + int(repost)


def test_types():
    assert comparable("normative_document", "regulation") == "record"
    assert comparable("gazette_article", "regulation") == "link"
    assert comparable("regulation", "gazette_article") == "link"
    assert comparable("gazette_article", "gazette_article") == "record"
    assert comparable("dataset", "dataset") is None
    assert comparable("interpretation", "regulation") is None
