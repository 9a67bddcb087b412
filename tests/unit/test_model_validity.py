from datetime import date

import pytest

from catalog.model.relations import relation_type, relation_types
from catalog.model.validity import sentence_keys, timeline, validity_at, validity_of
from catalog.model.vocabularies import vocabulary

LIFE = [
    {"kind": "enacted", "date": "2007-04-05"},
    {"kind": "effective", "date": "2008-05-01"},
    {"kind": "amended", "date": "2019-04-03", "by": {"number": "国令第711号", "title": "供水条例"}},
    {"kind": "repealed", "date": "2025", "by": None},
]


@pytest.mark.parametrize(("day", "status", "because"), [
    ("2008-04-30", "not_yet_in_force", "effective"), ("2008-05-01", "in_force", "effective"), ("2020-01-01", "in_force", "amended"),
    ("2024-12-31", "in_force", "amended"), ("2025-06-01", "unknown", "repealed"), ("2025-12-31", "repealed", "repealed"), ("2026-01-01", "repealed", "repealed"),
])  # fmt: skip
def test_a_life_as_of_each_day(day, status, because):
    found = validity_at(LIFE, date.fromisoformat(day))
    assert found.status == status
    assert found.because["kind"] == because


def test_the_sentence_names_the_event_and_who_did_it():
    found = validity_at(LIFE, date(2020, 1, 1))
    assert found.text() == "现行有效，最近一次修改：2019年4月3日 《供水条例》（国令第711号）。"
    assert "2019-04-03" in found.text("en")
    assert validity_at(LIFE, date(2026, 1, 1)).text() == "自2025年起废止。"


def test_unknown_is_never_said_to_be_out_of_force():
    found = validity_at([], date(2026, 1, 1))
    assert found.status == "unknown"
    assert "不表示文件已经失效" in found.text()
    assert "does not mean" in found.text("en")


def test_the_last_day_of_validity_is_a_day_in_force():
    life = {"date_effective": "2020-01-01", "valid_until": "2024-12-31"}
    assert validity_of(life, date(2024, 12, 31)).status == "in_force"
    assert validity_of(life, date(2025, 1, 1)).status == "expired"


def test_what_the_source_states_counts_where_no_event_decides():
    assert validity_at([], date(2026, 1, 1), stated="repealed").status == "repealed"
    assert validity_at([], date(2026, 1, 1), stated="in_force").sentence == "stated"
    assert validity_at(LIFE, date(2026, 1, 1), stated="in_force").status == "repealed"
    assert validity_at(LIFE[:2], date(2009, 1, 1), stated="repealed").status == "repealed"


def test_an_end_without_a_day_counts_after_all_dated_events():
    life = [{"kind": "effective", "date": "2010-01-01"}, {"kind": "repealed", "date": None}]
    assert validity_at(life, date(2011, 1, 1)).sentence == "repealed_undated"
    assert validity_at(life, date(2009, 1, 1)).status == "unknown"


def test_an_amendment_by_another_record_is_not_in_the_text_until_the_text_says_so():
    told = {"kind": "amended", "date": "2021-01-01", "caused_by": "r1"}
    own = {"kind": "amended", "date": "2021-01-01"}
    start = {"kind": "effective", "date": "2010-01-01"}
    assert validity_at([start, told], date(2022, 1, 1)).status == "amended"
    assert validity_at([start, told, own], date(2022, 1, 1)).status == "in_force"


def test_a_partial_repeal_outweighs_an_amendment():
    life = [{"kind": "partly_repealed", "date": "2020-01-01"}, {"kind": "amended", "date": "2021-01-01"}]
    assert validity_at(life, date(2022, 1, 1)).status == "partly_invalid"


def test_dates_of_the_record_are_events_unless_it_carries_them():
    life = timeline({"date_effective": "2020-01-01", "events": [{"kind": "effective", "date": "2019-01-01"}]})
    assert [event["date"] for event in life] == ["2019-01-01"]


def test_every_event_that_a_relation_brings_about_is_one():
    events = vocabulary("event")
    assert {kind.event for kind in relation_types().values() if kind.event} <= set(events.concepts)
    assert relation_type("amends").label("en", incoming=True) == "Amended by"
    with pytest.raises(ValueError, match="amends"):
        relation_type("likes")


def test_each_sentence_is_there_in_three_languages():
    for key in sentence_keys():
        assert key
        assert vocabulary("validity").label("unknown")
