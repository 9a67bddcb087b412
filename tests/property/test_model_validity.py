"""Validity over all lives: more certain than the events it never is, and it goes one way unless something gives new life."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.model.validity import validity_at
from catalog.model.vocabularies import vocabulary

DAYS = st.dates(date(1950, 1, 1), date(2040, 12, 31))
DATED = DAYS.map(date.isoformat)
PARTIAL = st.one_of(DATED, DATED.map(lambda iso: iso[:7]), DATED.map(lambda iso: iso[:4]), st.none())
ENDS = ("repealed", "expired", "superseded")
RENEWING = {"revived", "enacted", "prolonged", "confirmed", "amended", "suspended"}
KINDS = [concept.id for concept in vocabulary("event")]


def lives(kinds, dates=PARTIAL):
    event = st.fixed_dictionaries(
        {"kind": st.sampled_from(kinds), "date": dates}, optional={"effective": dates, "until": dates}
    )
    return st.lists(event, max_size=8)


@given(lives(KINDS), DAYS, st.one_of(st.none(), st.sampled_from([one.id for one in vocabulary("validity")])))
def test_every_life_has_a_status_with_its_sentence(events, day, stated):
    found = validity_at(events, day, stated=stated)
    assert found.status in vocabulary("validity")
    assert all(found.text(language) for language in ("zh-Hans", "zh-Hant", "en"))
    assert found.because is None or found.because["kind"] in vocabulary("event")


@given(lives([kind for kind in KINDS if kind not in RENEWING], DATED), DAYS, st.integers(0, 20_000))
def test_what_has_ended_stays_ended(events, day, later):
    plain = [{name: value for name, value in event.items() if name != "until"} for event in events]
    if validity_at(plain, day).status in ENDS:
        assert validity_at(plain, day + timedelta(days=later)).status in ENDS


@given(lives([kind for kind in KINDS if kind not in ENDS], DATED), DAYS)
def test_nothing_ends_without_an_event_that_ends_it(events, day):
    plain = [{name: value for name, value in event.items() if name != "until"} for event in events]
    assert validity_at(plain, day).status not in ENDS


@given(lives(KINDS), DAYS)
def test_unknown_never_reads_as_not_in_force(events, day):
    found = validity_at(events, day)
    if found.status == "unknown" and found.sentence == "unknown":
        assert "不表示文件已经失效" in found.text()


@given(lives(KINDS, DATED), DAYS)
def test_what_is_to_come_changes_nothing_today(events, day):
    now = validity_at(events, day)
    after = (day + timedelta(days=400)).isoformat()
    future = [{"kind": kind, "date": after} for kind in ("repealed", "partly_repealed", "suspended")]
    if any(event["kind"] == "effective" and event["date"] for event in events) and now.status != "unknown":
        assert validity_at([*events, *future], day).status == now.status
