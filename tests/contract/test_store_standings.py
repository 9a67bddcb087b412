"""Schedules, wishes for a run, and how the sources stand."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from catalog.errors import NotFound
from catalog.process import this_process
from catalog.store import Store
from tests.store_samples import a_source


@pytest.fixture
def clock():
    return [datetime(2026, 3, 1, 8, tzinfo=UTC)]


@pytest.fixture
def timed(store_url, clock):
    store = Store.open(store_url, now=lambda: clock[0])
    yield store
    store.close()


def standing(store, name="yunjiang"):
    with store.read() as reader:
        return {one.source.name: one for one in reader.standings()}[name]


def writes(store):
    return store.write(actor="operator", reason="test")


def test_a_schedule_is_kept_and_changed(timed):
    source = a_source(timed)
    assert source.schedule is None
    with writes(timed) as work:
        work.update_source(replace(source, schedule="30 3 * * *"))
    with timed.read() as reader:
        assert reader.source("yunjiang").schedule == "30 3 * * *"
    with writes(timed) as work:
        work.add_source(replace(source, id="other", name="other", schedule="0 * * * 1-5"))
        work.update_source(replace(source, schedule=None))
    with timed.read() as reader:
        assert [one.schedule for one in reader.sources()] == ["0 * * * 1-5", None]


def test_a_wish_for_a_run_stays_until_one_begins(timed, clock):
    source = a_source(timed)
    with writes(timed) as work:
        work.request_run(source.id)
    first = standing(timed).source.requested_at
    assert first == "2026-03-01T08:00:00.000000+00:00"
    clock[0] += timedelta(minutes=5)
    with writes(timed) as work:
        work.request_run(source.id)
        work.update_source(replace(source, title="云江市"))
    assert standing(timed).source.requested_at == first, (
        "an earlier wish stays, and editing the source is no answer to it"
    )
    with writes(timed) as work:
        work.start_job(source.id)
    assert standing(timed).source.requested_at is None


def test_a_wish_for_a_source_that_is_not_there_is_refused(timed):
    with pytest.raises(NotFound, match="nobody"), writes(timed) as work:
        work.request_run("nobody")


def test_standings_tell_of_runs_and_who_has_them(timed, clock):
    source, idle = a_source(timed), a_source(timed, "idle")
    with writes(timed) as work:
        work.update_source(replace(idle, active=False))
    at_rest = standing(timed)
    assert (at_rest.last_started_at, at_rest.open_job, at_rest.held_by) == (None, False, None)
    with timed.read() as reader:
        assert [one.source.name for one in reader.standings()] == ["yunjiang"], "a source that is off does not stand"

    with writes(timed) as work:
        lease = work.take_lease(f"source:{source.id}", seconds=60)
        job = work.start_job(source.id, fence=lease.fence)
    at_work = standing(timed)
    assert (at_work.last_started_at, at_work.open_job) == ("2026-03-01T08:00:00.000000+00:00", True)
    assert at_work.held_by == this_process()

    clock[0] += timedelta(seconds=61)
    assert standing(timed).held_by is None, "the lease is over"
    assert standing(timed).open_job, "the run was cut off, and can be taken up"
    with writes(timed) as work:
        work.finish_job(job.id, "finished")
        work.start_job(source.id)
    assert standing(timed).last_started_at == "2026-03-01T08:01:01.000000+00:00"


def test_a_dead_process_holds_nothing(timed, monkeypatch):
    source = a_source(timed)
    program = "from catalog.process import this_process; print(this_process())"
    dead = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    monkeypatch.setattr("catalog.store.leases.this_process", lambda: dead)
    with writes(timed) as work:
        work.take_lease(f"source:{source.id}", seconds=3600)
    assert standing(timed).held_by is None


def test_standings_ask_one_question_however_many_sources(timed):
    for number in range(5):
        a_source(timed, f"source-{number}")
    asked = []
    event.listen(timed._engine(), "after_cursor_execute", lambda *args: asked.append(args[2]))
    with timed.read() as reader:
        assert len(reader.standings()) == 5
    assert len([one for one in asked if "sources" in one]) == 1
