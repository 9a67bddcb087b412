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


START = {"kind": "effective", "date": "2010-01-01"}


def status(events, day, **stated):
    return validity_at(events, date.fromisoformat(day), **stated).status


def test_a_change_counts_from_the_day_of_its_effect():
    change = {"kind": "partly_repealed", "date": "2020-01-01", "effective": "2020-07-01"}
    assert status([START, change], "2020-06-30") == "in_force"
    assert status([START, change], "2020-07-01") == "partly_invalid"


def test_a_repeal_that_follows_a_partial_one():
    life = [START, {"kind": "partly_repealed", "date": "2015-01-01"}, {"kind": "repealed", "date": "2020-01-01"}]
    assert [status(life, day) for day in ("2014-01-01", "2016-01-01", "2020-01-01")] == [
        "in_force",
        "partly_invalid",
        "repealed",
    ]


def test_what_is_revived_or_made_again_is_in_force_again():
    life = [START, {"kind": "repealed", "date": "2012-01-01"}, {"kind": "revived", "date": "2014-01-01"}]
    assert [status(life, day) for day in ("2011-01-01", "2013-01-01", "2014-01-01")] == [
        "in_force",
        "repealed",
        "in_force",
    ]
    again = [START, {"kind": "repealed", "date": "2012-01-01"}, {"kind": "enacted", "date": "2012-01-01"}]
    assert status(again, "2013-01-01") == "in_force"  # repealed and made anew on one day
    assert status([*again[:1], again[2], again[1]], "2013-01-01") == "repealed"  # told in the other order


def test_a_suspension_lasts_until_it_is_revived():
    life = [START, {"kind": "suspended", "date": "2012-01-01"}, {"kind": "revived", "date": "2014-01-01"}]
    assert [status(life, day) for day in ("2011-01-01", "2013-01-01", "2014-01-01")] == [
        "in_force",
        "suspended",
        "in_force",
    ]
    part = [START, {"kind": "suspended", "date": "2012-01-01", "articles": ["art-3"]}]
    assert status(part, "2013-01-01") == "in_force"


def test_a_part_that_ends_does_not_end_the_whole():
    assert (
        status([START, {"kind": "repealed", "date": "2012-01-01", "articles": ["art-3"]}], "2013-01-01") == "in_force"
    )


def test_an_amendment_s_day_of_effect_is_not_the_start():
    life = [
        {"kind": "published", "date": "1990-01-01"},
        {"kind": "amended", "date": "2017-08-01", "effective": "2017-09-05"},
    ]
    assert status(life, "2000-01-01", stated="in_force") == "in_force"
    assert status(life, "1989-01-01", stated="in_force") == "not_yet_in_force"
    assert status(life, "2018-01-01") == "in_force"


def test_a_term_that_an_event_sets_runs_out_unless_it_is_prolonged():
    made = {"kind": "enacted", "date": "2009-01-01", "until": "2009-09-30"}
    assert [status([made], day) for day in ("2009-09-30", "2009-10-01")] == ["unknown", "expired"]
    longer = {"kind": "prolonged", "date": "2009-09-01", "until": "2010-09-30"}
    assert [status([START, made, longer], day) for day in ("2010-02-01", "2010-10-01")] == ["in_force", "expired"]
    amended = {"kind": "amended", "date": "2015-01-14"}
    assert status([START, made, amended], "2012-01-01") == "in_force"  # nobody amends what has run out


def test_a_confirmation_undoes_an_expiry_that_was_counted_and_no_repeal():
    said = {"kind": "confirmed", "date": "2021-01-01"}
    assert status([START, {"kind": "expired", "date": "2019-12-31"}, said], "2022-01-01") == "in_force"
    assert status([START, {"kind": "repealed", "date": "2019-12-31"}, said], "2022-01-01") == "repealed"
    assert validity_at([said], date(2022, 1, 1)).sentence == "confirmed"


def test_an_end_that_is_only_stated_is_not_told_of_days_before_the_last_event():
    life = [START, {"kind": "amended", "date": "2015-01-01"}]
    assert status(life, "2016-01-01", stated="repealed") == "repealed"
    assert status(life, "2012-01-01", stated="repealed") == "unknown"
    assert status(life, "2009-01-01", stated="repealed") == "not_yet_in_force"
