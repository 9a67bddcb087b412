"""Leases: one holder at a time, a dead one does not block, and a late one cannot spoil its successor's work."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from catalog import process
from catalog.errors import Busy, Conflict
from catalog.store import Store
from catalog.store.rows import RecordWrite
from tests.store_samples import a_record, put


@pytest.fixture
def clock():
    return [datetime(2026, 3, 1, tzinfo=UTC)]


@pytest.fixture
def timed(store_url, clock):
    store = Store.open(store_url, now=lambda: clock[0])
    yield store
    store.close()


def take(store, name="source:1", seconds=60.0):
    with store.write(actor="runner", reason="lease") as work:
        return work.take_lease(name, seconds=seconds)


def test_a_lease_has_one_holder_at_a_time(timed, clock):
    lease = take(timed)
    assert lease.fence == 1
    with pytest.raises(Busy, match=r"source:1 is held by .* until"):
        take(timed)
    assert take(timed, "source:2").fence == 1
    clock[0] += timedelta(seconds=59)
    with pytest.raises(Busy):
        take(timed)
    clock[0] += timedelta(seconds=1)
    assert take(timed).fence == 2


def test_a_commit_under_a_lease_prolongs_it(timed, clock):
    lease = take(timed)
    for _ in range(3):
        clock[0] += timedelta(seconds=50)
        with timed.write(actor="runner", reason="batch", lease=lease):
            pass
    with timed.read() as reader:
        assert reader.lease("source:1").until == "2026-03-01T00:03:30.000000+00:00"
        assert reader.lease("other") is None
    with pytest.raises(Busy):
        take(timed)


def test_a_lease_that_is_given_back_is_free_at_once(timed):
    lease = take(timed)
    with timed.write(actor="runner", reason="end", lease=lease) as work:
        work.release_lease(lease)
    second = take(timed)
    assert second.fence == 2
    with timed.write(actor="late", reason="end") as work:
        work.release_lease(lease)
    with pytest.raises(Busy):
        take(timed)


def test_a_writer_with_an_old_fence_is_refused_and_leaves_nothing(timed, clock):
    old = take(timed)
    clock[0] += timedelta(seconds=61)
    new = take(timed)
    with pytest.raises(Conflict, match="taken over"), timed.write(actor="old", reason="late", lease=old) as work:
        work.create([RecordWrite(a_record("late"))])
    with pytest.raises(Conflict, match="taken over"), timed.write(actor="old", reason="late", lease=old) as work:
        work.release_lease(old)
    with timed.write(actor="new", reason="in time", lease=new) as work:
        work.create([RecordWrite(a_record("in-time"))])
    with timed.read() as reader:
        assert reader.record("late") is None
        assert reader.record("in-time") is not None


def test_a_late_writer_may_go_on_where_nobody_took_over(timed, clock):
    lease = take(timed)
    clock[0] += timedelta(hours=1)
    with timed.write(actor="slow", reason="late", lease=lease) as work:
        work.create([RecordWrite(a_record("slow"))])
    with pytest.raises(Busy):
        take(timed)


def test_the_lease_of_a_killed_process_of_this_machine_is_free(store_url, timed, monkeypatch):
    dead = subprocess.run(
        [sys.executable, "-c", "from catalog.process import this_process; print(this_process())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with monkeypatch.context() as patched:
        patched.setattr("catalog.store.leases.this_process", lambda: dead)
        take(timed)
    assert take(timed).fence == 2


def test_the_holder_on_another_machine_is_waited_for(timed, monkeypatch):
    host, _, space, _, started = process.this_process().split("/")
    with monkeypatch.context() as patched:
        patched.setattr("catalog.store.leases.this_process", lambda: f"{host}/other-boot/{space}/999999999/{started}")
        take(timed)
    with pytest.raises(Busy):
        take(timed)


def test_leases_do_not_come_into_the_way_of_other_writers(timed):
    take(timed)
    put(timed, RecordWrite(a_record("a")))
