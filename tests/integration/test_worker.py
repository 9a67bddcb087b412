"""`gongkai worker` for real, on both queues: what is due is run; what was killed is taken up; nobody runs a source that another runs."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.jobs.queue import Queue
from catalog.jobs.worker import GRACE_SECONDS
from tests.integration.harvest_parts import adds_up
from tests.integration.harvest_server import serving
from tests.integration.worker_parts import NAME, TRACEBACK, Place, SlowSite, a_place, now, until
from tests.servers import Redis

pytestmark = pytest.mark.network

ENDS_SOON = 13.0
"""Longest time from SIGTERM to the end: the grace, and the interruption of what did not end in it."""


@pytest.fixture(params=["sqlite", "redis"])
def queue_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    server: Redis = request.getfixturevalue("redis_server")
    server.flush()
    return server.url


@pytest.fixture
def place(environment: dict[str, str], queue_url: str, tmp_path: Path) -> Iterator[Place]:
    chosen = environment | {"GONGKAI_QUEUE_URL": queue_url, "GONGKAI_LOG_LEVEL": "info"}
    with a_place(chosen, tmp_path) as made:
        yield made


@pytest.fixture
def local(environment: dict[str, str], tmp_path: Path) -> Iterator[Place]:
    """On the default queue, for what does not depend on it."""
    with a_place(environment | {"GONGKAI_LOG_LEVEL": "info"}, tmp_path) as made:
        yield made


def slow(number: int, seconds: float) -> Iterator[SlowSite]:
    with serving() as site:
        yield SlowSite(site, number, seconds)


@pytest.fixture
def quick_site() -> Iterator[SlowSite]:
    yield from slow(5, 0.0)


@pytest.fixture
def slow_site() -> Iterator[SlowSite]:
    yield from slow(110, 0.05)


@pytest.fixture
def silent_site() -> Iterator[SlowSite]:
    yield from slow(3, 25.0)


def test_a_source_runs_when_its_schedule_has_fired(place: Place, quick_site: SlowSite, tmp_path: Path) -> None:
    file = quick_site.yaml(tmp_path / "source.yaml", schedule="0 3 * * *")
    place.add_long_ago(file, at=now() - timedelta(days=2))
    place.worker("--jobs", "1")
    until(place.finished)
    (job,) = place.jobs()
    assert (job.state, job.actor, job.counters["created"]) == ("finished", "worker", 5)
    listed = place.gongkai("harvest", "list")
    assert "schedule: 0 3 * * *; next " in listed
    assert "T03:00+08:00" in listed


def test_a_source_runs_when_somebody_asks(place: Place, quick_site: SlowSite, tmp_path: Path) -> None:
    place.gongkai("harvest", "add", str(quick_site.yaml(tmp_path / "source.yaml")))
    assert "a worker takes it up" in place.gongkai("harvest", "run", NAME, "--queue")
    assert "asked for at" in place.gongkai("harvest", "list")
    worker = place.worker("--jobs", "2")
    until(place.finished)
    until(lambda: place.held_by() is None)
    assert place.source().requested_at is None
    assert worker.terminate() < ENDS_SOON
    assert len(place.jobs()) == 1
    assert TRACEBACK not in worker.log()


def test_a_worker_that_is_killed_in_a_run_gives_it_to_another(
    place: Place, slow_site: SlowSite, tmp_path: Path
) -> None:
    place.gongkai("harvest", "add", str(slow_site.yaml(tmp_path / "source.yaml")))
    place.gongkai("harvest", "run", NAME, "--queue")
    first = place.worker("--jobs", "1")
    until(lambda: bool(place.jobs()) and place.jobs()[0].counters.get("listed", 0) > 0)
    second = place.worker("--jobs", "1")
    holder = place.held_by()
    first.kill_all()
    assert holder is not None
    until(lambda: place.held_by() != holder, 30)
    assert place.jobs()[0].counters["listed"] < slow_site.number
    until(place.finished)
    (job,) = place.jobs()
    assert job.state == "finished"
    adds_up(job.counters)
    assert job.counters["created"] == job.counters["listed"] == slow_site.number
    assert len(place.titles()) == len(set(place.titles())) == slow_site.number
    assert slow_site.number <= slow_site.asked <= slow_site.number + 60  # what was not committed was fetched again
    assert place.fence() == 2
    assert slow_site.most_at_once <= 2  # the request that the first one left unread may still have been on its way
    assert second.terminate() < ENDS_SOON


def test_two_workers_never_run_a_source_at_once(place: Place, tmp_path: Path) -> None:
    with serving() as site:
        busy = SlowSite(site, 20, 0.05)
        place.gongkai("harvest", "add", str(busy.yaml(tmp_path / "source.yaml")))
        workers = [place.worker("--jobs", "3") for _ in range(2)]
        queue = Queue.open(place.environment["GONGKAI_QUEUE_URL"], Path(place.environment["GONGKAI_DATA_DIR"]))
        source = place.source()

        def ask() -> bool:
            with place.store.write(actor="test", reason="again") as work:
                work.request_run(source.id)
            for _ in range(5):
                queue.enqueue("source.run", NAME)
            return place.finished(4)

        until(ask, pause=0.3)
        queue.close()
        for worker in workers:
            worker.terminate()
            assert TRACEBACK not in worker.log()
        assert busy.most_at_once == 1
        jobs = place.jobs()
        ended = [job for job in jobs if job.state != "running"]
        assert len(jobs) - len(ended) <= 1
        for before, after in itertools.pairwise(jobs):
            assert before.finished_at is not None
            assert before.finished_at <= after.started_at
        for job in ended:
            assert job.state == "finished"
            adds_up(job.counters)
        assert len(place.titles()) == 20


def test_a_process_that_is_killed_is_replaced(local: Place, slow_site: SlowSite, tmp_path: Path) -> None:
    local.gongkai("harvest", "add", str(slow_site.yaml(tmp_path / "source.yaml")))
    local.gongkai("harvest", "run", NAME, "--queue")
    worker = local.worker("--jobs", "1")
    until(lambda: bool(local.jobs()) and local.jobs()[0].counters.get("listed", 0) > 0)
    held_by = local.held_by()
    assert held_by is not None
    os.kill(int(held_by.split("/")[3]), signal.SIGKILL)
    until(local.finished)
    (job,) = local.jobs()
    assert (job.state, job.counters["created"]) == ("finished", slow_site.number)
    assert local.fence() == 2
    assert "died, restarting" in worker.log()


def test_processes_whose_parent_was_killed_give_back_and_end(local: Place, slow_site: SlowSite, tmp_path: Path) -> None:
    local.gongkai("harvest", "add", str(slow_site.yaml(tmp_path / "source.yaml")))
    local.gongkai("harvest", "run", NAME, "--queue")
    worker = local.worker("--jobs", "2")
    until(lambda: local.held_by() is not None if local.jobs() else False)
    worker.kill_parent()
    until(lambda: not worker.members(), 60)
    assert local.held_by() is None
    assert local.jobs()[0].state == "running"
    assert "being run by" not in (listed := local.gongkai("harvest", "list"))
    assert "cut off" in listed
    local.worker("--jobs", "1")
    until(local.finished)
    assert local.jobs()[0].counters["created"] == slow_site.number


def test_sigterm_gives_the_run_back_at_its_next_item(local: Place, slow_site: SlowSite, tmp_path: Path) -> None:
    local.gongkai("harvest", "add", str(slow_site.yaml(tmp_path / "source.yaml")))
    local.gongkai("harvest", "run", NAME, "--queue")
    first = local.worker("--jobs", "2")
    until(lambda: bool(local.jobs()) and local.jobs()[0].counters.get("listed", 0) > 0)
    assert first.terminate() < GRACE_SECONDS
    assert not first.members()
    assert "task_given_back" in first.log()
    assert local.held_by() is None
    assert local.jobs()[0].state == "running"
    local.worker("--jobs", "1")
    until(local.finished)
    (job,) = local.jobs()
    adds_up(job.counters)
    assert (job.state, job.counters["created"]) == ("finished", slow_site.number)
    assert slow_site.asked <= slow_site.number + 60


def test_sigterm_interrupts_what_does_not_end(local: Place, silent_site: SlowSite, tmp_path: Path) -> None:
    local.gongkai("harvest", "add", str(silent_site.yaml(tmp_path / "source.yaml")))
    local.gongkai("harvest", "run", NAME, "--queue")
    worker = local.worker("--jobs", "2")
    until(lambda: silent_site.asked > 0)
    assert 5 < worker.terminate() < ENDS_SOON
    assert not worker.members()
    assert local.held_by() is None
    assert local.jobs()[0].state == "running"


def test_a_redis_that_is_killed_is_waited_for(
    environment: dict[str, str], own_redis: Redis, quick_site: SlowSite, tmp_path: Path
) -> None:
    chosen = environment | {"GONGKAI_QUEUE_URL": own_redis.url, "GONGKAI_LOG_LEVEL": "info"}
    with a_place(chosen, tmp_path) as place:
        place.gongkai("harvest", "add", str(quick_site.yaml(tmp_path / "source.yaml")))
        worker = place.worker("--jobs", "2")
        place.gongkai("harvest", "run", NAME, "--queue")
        until(place.finished)
        own_redis.kill()
        until(lambda: "part=queue" in worker.log())
        told = place.gongkai("harvest", "run", NAME, "--queue")
        assert "when the queue is back" in told
        assert own_redis.password not in told
        assert "asked for at" in place.gongkai("harvest", "list")
        assert "finished" in place.gongkai("harvest", "report", NAME)
        own_redis.restart()
        until(lambda: place.finished(2))
        assert worker.terminate() < ENDS_SOON
        log = worker.log()
        assert [log.count("] away "), log.count("] back ")] == [1, 1]
        assert TRACEBACK not in log
        assert own_redis.password not in log


def test_a_queue_that_was_emptied_is_filled_again(
    redis_server: Redis, environment: dict[str, str], quick_site: SlowSite, tmp_path: Path
) -> None:
    redis_server.flush()
    chosen = environment | {"GONGKAI_QUEUE_URL": redis_server.url}
    with a_place(chosen, tmp_path) as place:
        place.gongkai("harvest", "add", str(quick_site.yaml(tmp_path / "source.yaml")))
        place.gongkai("harvest", "run", NAME, "--queue")
        redis_server.flush()
        place.worker("--jobs", "1")
        until(place.finished)
        assert place.jobs()[0].counters["created"] == 5


def test_a_wrong_schedule_is_refused_with_its_cure(local: Place, quick_site: SlowSite, tmp_path: Path) -> None:
    path = quick_site.yaml(tmp_path / "source.yaml", schedule="jeden Tag")
    with pytest.raises(AssertionError, match=r"schedule: 'jeden Tag' has 2 fields; write five fields"):
        local.gongkai("harvest", "add", str(path))


def test_a_source_that_is_switched_off_is_not_asked_to_run(local: Place, quick_site: SlowSite, tmp_path: Path) -> None:
    path = quick_site.yaml(tmp_path / "source.yaml", schedule="30 3 * * *", active=False)
    assert "switched off" in local.gongkai("harvest", "add", str(path))
    assert "switched off" in local.gongkai("harvest", "list")
    with pytest.raises(AssertionError, match="set `active: true`"):
        local.gongkai("harvest", "run", NAME, "--queue")
    assert local.source().schedule == "30 3 * * *"


def test_a_worker_without_hands_is_a_wrong_setting(local: Place) -> None:
    local.environment["GONGKAI_JOBS"] = "0"
    with pytest.raises(AssertionError, match="GONGKAI_JOBS: 0 processes do nothing"):
        local.gongkai("worker")


def test_a_wrong_setting_ends_a_worker_at_once(local: Place) -> None:
    local.environment["GONGKAI_QUEUE_URL"] = "amqp://host/"
    with pytest.raises(AssertionError, match="GONGKAI_QUEUE_URL: amqp is not a queue"):
        local.gongkai("worker")
    local.environment |= {"GONGKAI_QUEUE_URL": "", "GONGKAI_PLUGINS": "unbekannt"}
    with pytest.raises(AssertionError, match="unbekannt"):
        local.gongkai("worker")
