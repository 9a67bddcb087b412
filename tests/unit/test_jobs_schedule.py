"""What is due: by request, by schedule, because a run was cut off; and how long one waits that keeps failing."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from catalog.jobs.schedule import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, CutOff, Due, due, next_run, why
from catalog.model import cron
from catalog.store.base import timestamp
from catalog.store.rows import Source, Standing

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=SHANGHAI)


def ago(**past: float) -> str:
    """A moment in the past as the store writes it."""
    return timestamp(NOW - timedelta(**past))


def standing(
    name: str = "quelle",
    *,
    schedule: str | None = None,
    requested: str | None = None,
    last: str | None = None,
    open_job: bool = False,
    held_by: str | None = None,
    active: bool = True,
) -> Standing:
    source = Source(
        name, name, "site", name, {}, active=active, created_at=ago(days=10), schedule=schedule, requested_at=requested
    )
    return Standing(source, last, open_job, held_by)


def test_nothing_is_due_without_schedule_or_request() -> None:
    assert why(standing(), None, NOW) is None
    assert why(standing(last=ago(days=9)), None, NOW) is None


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (timedelta(hours=10), "scheduled"),  # started at 2:00, fired at 3:30
        (timedelta(hours=8), None),  # started at 4:00: the next is tomorrow
        (timedelta(hours=8, minutes=30), None),  # started at the very minute
        (timedelta(days=5), "scheduled"),  # five firings were missed: one is made up for
    ],
)
def test_a_schedule_fires_in_the_time_of_shanghai(last: timedelta, reason: str | None) -> None:
    assert why(standing(schedule="30 3 * * *", last=timestamp(NOW - last)), None, NOW) == reason


def test_a_new_source_waits_for_its_first_firing_after_it_was_added() -> None:
    assert why(standing(schedule="0 0 1 1 *"), None, NOW) is None
    assert why(standing(schedule="0 0 28 2 *"), None, NOW) == "scheduled"  # it was added on 22 February


def test_the_next_firing_is_told_in_the_catalogues_time() -> None:
    upcoming = next_run(standing(schedule="30 3 * * *", last=ago(hours=1)), NOW)
    assert upcoming == datetime(2026, 3, 5, 3, 30, tzinfo=SHANGHAI)
    assert next_run(standing(), NOW) is None


def test_whoever_is_running_or_switched_off_is_not_due() -> None:
    assert why(standing(requested=ago(minutes=1), held_by="host/b/s/1/2", open_job=True), None, NOW) is None
    assert why(standing(requested=ago(minutes=1), active=False), None, NOW) is None


def test_a_run_that_was_killed_is_taken_up_at_once_and_then_ever_more_slowly() -> None:
    cut = standing(last=ago(hours=1), open_job=True)
    alive = NOW - timedelta(seconds=1)
    assert why(cut, CutOff(0, alive), NOW) == "cut_off"
    assert why(cut, CutOff(1, alive), NOW) is None
    waits = [(CutOff(tries, NOW).ready_at - NOW).total_seconds() for tries in range(1, 12)]
    assert waits[:3] == [FIRST_WAIT_SECONDS, 2 * FIRST_WAIT_SECONDS, 4 * FIRST_WAIT_SECONDS]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_SECONDS
    assert CutOff(10**9, NOW).ready_at - NOW == timedelta(seconds=LONGEST_WAIT_SECONDS)
    assert why(cut, CutOff(1, NOW - timedelta(seconds=FIRST_WAIT_SECONDS)), NOW) == "cut_off"


def test_neither_schedule_nor_an_old_request_hurries_a_run_that_keeps_failing() -> None:
    failing = CutOff(8, NOW - timedelta(seconds=30))
    assert why(standing(schedule="* * * * *", last=ago(hours=1), open_job=True), failing, NOW) is None
    assert why(standing(requested=ago(minutes=5), last=ago(hours=1), open_job=True), failing, NOW) is None
    assert why(standing(requested=ago(seconds=5), last=ago(hours=1), open_job=True), failing, NOW) == "requested"


def test_the_most_urgent_comes_first() -> None:
    standings = [
        standing("a", schedule="* * * * *", last=ago(hours=1)),
        standing("b", open_job=True, last=ago(hours=1)),
        standing("d", requested=ago(minutes=1)),
        standing("c", requested=ago(minutes=2)),
        standing("e"),
    ]
    assert due(standings, {}, NOW) == [
        Due("c", "requested"),
        Due("d", "requested"),
        Due("b", "cut_off"),
        Due("a", "scheduled"),
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "0 fields"),
        ("* * * *", "4 fields"),
        ("0 0 3 * * *", "6 fields"),
        ("60 * * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 0 30 2 *", "day-of-month"),
        ("täglich um drei Uhr früh", "minute"),
        ("0 0 * * " + "1," * 200 + "1", "5 fields"),
        ("*/0 * * * *", "minute"),
    ],
)
def test_a_wrong_schedule_is_told_with_its_cure(given: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        cron.check(given, NOW)
    assert "write five fields" in str(caught.value)


def test_a_schedule_is_kept_with_single_blanks() -> None:
    assert cron.check("  30  3 * *   mon-FRI ", NOW) == "30 3 * * mon-FRI"
