"""What the schedule reads from the store: who is due, and how often a run that was cut off has been taken up, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from catalog.jobs.schedule import CutOff, Due, cut_offs, due
from catalog.store import Store
from catalog.store.rows import Job, Lease, Source

SOURCE = Source("s1", "quelle", "site", "Quelle", {}, schedule="0 * * * *")
LEASE = "source:s1"
START = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    made = Store.open(store_url, now=clock)
    with made.write(actor="test", reason="source") as work:
        work.add_source(SOURCE)
    yield made
    made.close()


def take_up(store: Store) -> tuple[Job, Lease]:
    """What the begin of a run writes."""
    with store.write(actor="worker", reason="begins") as work:
        lease = work.take_lease(LEASE, seconds=900)
        return work.open_job("s1") or work.start_job("s1", fence=lease.fence), lease


def give_back(store: Store, lease: Lease) -> None:
    with store.write(actor="worker", reason="ends") as work:
        work.release_lease(lease)


def looked(store: Store, clock: Clock) -> list[Due]:
    with store.read() as reader:
        standings = reader.standings()
        return due(standings, cut_offs(reader, standings, clock()), clock())


def cut_off(store: Store, clock: Clock) -> CutOff | None:
    with store.read() as reader:
        return cut_offs(reader, reader.standings(), clock()).get("s1")


def test_a_run_from_its_firing_to_its_end(store: Store, clock: Clock) -> None:
    assert looked(store, clock) == []
    clock.wait(1800)
    assert looked(store, clock) == [Due("quelle", "scheduled")]
    job, lease = take_up(store)
    assert looked(store, clock) == []
    clock.wait(60)
    with store.write(actor="worker", reason="end", lease=lease) as work:
        work.finish_job(job.id, "failed")
        work.release_lease(lease)
    assert looked(store, clock) == []  # a failed run waits for the next firing too
    clock.wait(3600)
    assert looked(store, clock) == [Due("quelle", "scheduled")]


def test_a_request_is_met_by_the_run_that_begins_after_it(store: Store, clock: Clock) -> None:
    for _ in range(2):
        clock.wait(1)
        with store.write(actor="operator", reason="asked for") as work:
            work.request_run("s1")
    assert looked(store, clock) == [Due("quelle", "requested")]
    job, lease = take_up(store)
    with store.write(actor="worker", reason="end", lease=lease) as work:
        work.finish_job(job.id, "finished")
        work.release_lease(lease)
    assert looked(store, clock) == []


def test_each_taking_up_counts_and_the_wait_grows(store: Store, clock: Clock) -> None:
    waits = []
    for tries in range(5):
        _, lease = take_up(store)
        clock.wait(5)
        give_back(store, lease)
        assert cut_off(store, clock) == CutOff(tries, clock())
        start = clock()
        while looked(store, clock) != [Due("quelle", "cut_off")]:
            clock.wait(5)
        waits.append((clock() - start).total_seconds())
    assert waits == [0, 10, 20, 40, 80]


def test_a_holder_that_died_was_alive_at_its_last_commit(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lease = take_up(store)
    clock.wait(100)
    with store.write(actor="worker", reason="batch", lease=lease):
        pass
    last = clock()
    clock.wait(30)
    assert cut_off(store, clock) is None
    assert looked(store, clock) == []
    monkeypatch.setattr("catalog.store.sources.is_gone", lambda holder: True)
    assert cut_off(store, clock) == CutOff(0, last)
    assert looked(store, clock) == [Due("quelle", "cut_off")]


def test_a_holder_on_another_machine_is_waited_for_until_its_time_is_over(store: Store, clock: Clock) -> None:
    take_up(store)
    clock.wait(899)
    assert looked(store, clock) == []
    clock.wait(2)
    assert looked(store, clock) == [Due("quelle", "cut_off")]
