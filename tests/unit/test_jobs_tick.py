"""The tick: what it sends, what it does not send twice, what it says when a part is away."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from catalog.errors import Misconfigured, NoRoom, QueueUnavailable, StoreUnavailable
from catalog.jobs import tasks
from catalog.jobs import tick as tick_module
from catalog.jobs.tick import RESEND_TICKS, Tick
from catalog.store.base import timestamp
from catalog.store.rows import Source, Standing

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class FakeQueue:
    def __init__(self) -> None:
        self.held: list[tuple[str, tuple[str, ...]]] = []
        self.error: Exception | None = None

    def waiting(self) -> list[tuple[str, tuple[str, ...]]]:
        if self.error:
            raise self.error
        return list(self.held)

    def enqueue(self, task: str, *words: str) -> None:
        self.held.append((task, words))


class FakeCatalogue:
    """A store that only knows standings, and an action that only counts."""

    def __init__(self) -> None:
        self.standings: list[Standing] = []
        self.error: Exception | None = None
        self.store = self
        self.plugins = SimpleNamespace(harvesters={"site": None})

    def now(self) -> datetime:
        return NOW

    @contextmanager
    def read(self) -> Any:
        if self.error:
            raise self.error
        yield SimpleNamespace(standings=lambda: self.standings, open_job=lambda _: None)

    def request(self, name: str, *, kind: str = "site") -> None:
        at = timestamp(NOW - timedelta(minutes=1))
        self.standings.append(
            Standing(Source(name, name, kind, name, {}, created_at=at, requested_at=at), None, False, None)
        )


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


class Scans:
    """Whether scans wait for their text, or what is wrong with that."""

    due = False
    error: Exception | None = None

    def is_due(self, _catalogue: object) -> bool:
        if self.error:
            raise self.error
        return self.due


@pytest.fixture(autouse=True)
def scans(monkeypatch: pytest.MonkeyPatch) -> Scans:
    made = Scans()
    monkeypatch.setattr(tick_module, "ocr", made)
    return made


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def catalogue() -> FakeCatalogue:
    return FakeCatalogue()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tick(queue: FakeQueue, clock: Clock) -> Tick:
    return Tick(queue, every=10.0, clock=clock)  # type: ignore[arg-type]


def test_each_name_is_sent_once(tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue) -> None:
    catalogue.request("a")
    catalogue.request("b")
    assert [tick(lambda: catalogue) for _ in range(3)] == [2, 0, 0]  # type: ignore[arg-type,return-value]
    assert queue.held == [("source.run", ("a",)), ("source.run", ("b",))]


def test_what_another_worker_sent_is_not_sent_again(tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue) -> None:
    queue.held = [("source.run", ("a",))]
    catalogue.request("a")
    assert tick(lambda: catalogue) == 0  # type: ignore[arg-type,return-value]


def test_a_name_that_got_lost_is_sent_again_but_not_at_once(
    tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue, clock: Clock
) -> None:
    catalogue.request("a")
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]
    queue.held.clear()
    clock.at = (RESEND_TICKS - 1) * 10.0
    assert tick(lambda: catalogue) == 0  # type: ignore[arg-type,return-value]
    clock.at = RESEND_TICKS * 10.0
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]


def test_a_run_that_was_cut_off_is_news(tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue) -> None:
    catalogue.request("a")
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]
    queue.held.clear()
    catalogue.standings = [replace(catalogue.standings[0], last_started_at=timestamp(NOW), open_job=True)]
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]


def test_what_was_sent_is_forgotten_when_it_is_done(tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue) -> None:
    catalogue.request("a")
    tick(lambda: catalogue)  # type: ignore[arg-type,return-value]
    queue.held.clear()
    held, catalogue.standings = catalogue.standings, []
    tick(lambda: catalogue)  # type: ignore[arg-type,return-value]
    assert not tick._sent
    catalogue.standings = held
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]


def test_an_absent_part_is_told_once_and_its_return_too(tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue) -> None:
    catalogue.request("a")
    with structlog.testing.capture_logs() as logs:
        queue.error = QueueUnavailable("the queue is away")
        assert [tick(lambda: catalogue) for _ in range(3)] == [0, 0, 0]  # type: ignore[arg-type,return-value]
        queue.error = None
        assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]
        catalogue.error = StoreUnavailable("the database is away")
        assert [tick(lambda: catalogue) for _ in range(2)] == [0, 0]  # type: ignore[arg-type,return-value]
        catalogue.error = None
        tick(lambda: catalogue)  # type: ignore[arg-type,return-value]
    told = [(entry["event"], entry["part"]) for entry in logs if entry["log_level"] == "warning"]
    assert told == [("away", "queue"), ("back", "queue"), ("away", "store"), ("back", "store")]


def test_a_full_disk_does_not_end_the_tick(tick: Tick, catalogue: FakeCatalogue) -> None:
    catalogue.error = NoRoom("the disk is full")
    with structlog.testing.capture_logs() as logs:
        assert tick(lambda: catalogue) == 0  # type: ignore[arg-type,return-value]
    assert [entry["event"] for entry in logs] == ["tick_failed"]


def test_a_kind_that_no_extension_here_offers_is_told_once_and_never_sent(
    tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue
) -> None:
    catalogue.request("a", kind="portal")
    with structlog.testing.capture_logs() as logs:
        assert [tick(lambda: catalogue) for _ in range(2)] == [0, 0]  # type: ignore[arg-type,return-value]
    assert [entry["event"] for entry in logs] == ["source_kind_unknown"]
    assert queue.held == []


def test_a_name_that_is_no_longer_due_does_nothing(catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def call(_catalogue: object, _actor: object, action: str, params: dict[str, Any]) -> dict[str, Any]:
        called.append(f"{action} {params['name']}")
        return {"state": "finished", "message": "", "counters": {}}

    monkeypatch.setattr(tasks, "call", call)
    catalogue.request("a")
    catalogue.standings.append(
        Standing(Source("b", "b", "site", "b", {}, created_at=timestamp(NOW)), None, False, None)
    )
    for name in ("a", "b", "stranger"):
        tasks.run_source(catalogue, {"name": name}, lambda done, total: None)  # type: ignore[arg-type]
    assert called == ["source.run a"]


def test_scans_that_wait_are_sent_as_one_name(
    tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue, scans: Scans
) -> None:
    assert tick(lambda: catalogue) == 0  # type: ignore[arg-type,return-value]
    scans.due = True
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]
    assert tick(lambda: catalogue) == 0  # type: ignore[arg-type,return-value]
    assert queue.held == [("ocr.run", ())]
    queue.held.clear()
    assert tick(lambda: catalogue) == 1  # type: ignore[arg-type,return-value]


def test_a_wrong_engine_is_told_once_and_harvests_go_on(
    tick: Tick, queue: FakeQueue, catalogue: FakeCatalogue, scans: Scans
) -> None:
    scans.error = Misconfigured("setting GONGKAI_OCR_ENGINE: 'best' is none of them")
    catalogue.request("a")
    with structlog.testing.capture_logs() as logs:
        tick(lambda: catalogue)  # type: ignore[arg-type,return-value]
        tick(lambda: catalogue)  # type: ignore[arg-type,return-value]
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["ocr_misconfigured"]
    assert queue.held == [("source.run", ("a",))]
