"""When two tellings of an event are one, and when they contradict each other."""

from __future__ import annotations

from catalog.model import events

OWN = {"kind": "amended", "date": "2018-10-26", "by": {"number": None, "title": "关于修改〈云江供水条例〉的决定"}}


def told(date, title="云江市人大常委会关于修改《云江供水条例》等五部条例的决定", **more):
    return {"kind": "amended", "date": date, "by": {"number": None, "title": title}, "caused_by": "r1", **more}


def test_one_event_told_twice():
    assert events.same(OWN, told("2018-10-26"))
    assert events.same(OWN, told("2018"))  # the day lies within the year
    assert events.same(OWN, told("2019-01-01"), days=("2018-10-26", "2019-01-01"))  # adopted that day, in effect later
    assert events.same(
        OWN, told("2020-01-01", title="关于修改《云江供水条例》的决定")
    )  # the same cause, whatever the date
    assert not events.same(OWN, told("2019-01-01"))
    assert not events.same(OWN, {**told("2018-10-26"), "kind": "repealed"})


def test_numbers_decide_before_dates():
    one = {"kind": "amended", "date": "2021-01-20", "by": {"number": "华总一义字第1号", "title": None}}
    other = {"kind": "amended", "date": "2021-01-20", "by": {"number": "华总一义字第2号", "title": None}}
    assert not events.same(one, other)
    assert events.same(one, {**other, "by": {"number": "华总一义字 第1号", "title": None}})


def test_two_causes_are_two_events():
    assert not events.same(told("2018-10-26"), {**told("2018-10-26"), "caused_by": "r2"})


def test_dates_that_contradict():
    same_cause = told("2020-01-01", title="关于修改《云江供水条例》的决定")
    assert events.contradict(OWN, same_cause)
    assert not events.contradict(OWN, told("2018"))
    assert not events.contradict({**OWN, "date": None}, same_cause)


def test_two_readings_are_merged_and_what_differs_is_kept_beside():
    first = [{"kind": "published", "date": "2001-05-01"}, OWN]
    second = [
        {"kind": "published", "date": "2001-05-02"},
        {**OWN, "by": None},
        {"kind": "effective", "date": "2001-06-01"},
    ]
    made = events.merged(first, second)
    assert [event["kind"] for event in made] == ["published", "amended", "effective"]
    assert made[0]["also"] == [{"date": "2001-05-02", "caused_by": None}]
    assert events.conflicts(made)
    assert events.merged(first, first) == first


def test_the_flag_comes_and_goes():
    doubtful = {
        "events": [{**OWN, "also": [{"date": "2019-01-01", "caused_by": "r1"}]}],
        "quality_flags": ["short_body"],
    }
    assert events.flagged(doubtful)["quality_flags"] == ["short_body", "event_conflict"]
    assert "quality_flags" not in events.flagged({"events": [OWN], "quality_flags": ["event_conflict"]})
    assert events.flagged({"events": [OWN]}) == {"events": [OWN]}
