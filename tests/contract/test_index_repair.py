"""Checking, repairing and going back, and several writers of one index, on every engine."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Busy, NotFound, SearchUnavailable
from catalog.search.service import Search
from tests.index_places import (
    ENGINES,
    RECORDS,
    Place,
    a_place,
    document_of,
    some_records,
    sour_fields,
    spoil,
    total,
    uid_of,
)
from tests.memory_feed import MemoryFeed


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    yield from a_place(request, tmp_path)


@pytest.fixture
def feed() -> MemoryFeed:
    return some_records()


@pytest.fixture
def again(place: Place, feed: MemoryFeed) -> Callable[[], Search]:
    return lambda: place.open(feed.open, sour_fields)


@pytest.fixture
def search(again: Callable[[], Search]) -> Search:
    return again()


# checking and repairing


def test_check_and_repair_tell_and_put_right_what_differs(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    missing, stale, extra, altered = (uid_of(feed, f"r{number}") for number in range(4))
    made = document_of(search, altered)
    stranger = {**document_of(search, extra), "uid": str(uuid.uuid4()), "tie": 7}
    spoil(
        search,
        delete=(missing,),
        put=(
            {**document_of(search, stale), "version": 99},
            stranger,
            {**made, "text": "改 过", "digest": "x" * 32},
        ),
    )
    found = search.check()
    assert (found.missing, found.stale, found.extra, found.differing, found.clean) == (1, 1, 1, 1, False)
    assert set(found.examples) == {missing, stale, stranger["uid"], altered}
    assert (search.catch_up(), search.check().clean) == (0, False)
    repaired = search.repair()
    assert repaired.done == {"missing": 1, "stale": 1, "extra": 1, "differing": 1}
    assert repaired.check.clean
    assert search.repair().done == {}
    assert (total(search), search.check().clean) == (RECORDS, True)


def test_repair_looks_at_all_documents_when_the_sample_holds_a_wrong_one(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.search.repair.compare.__kwdefaults__", {"sample": 1})
    search.catch_up()
    spoil(search, put=tuple({**document_of(search, uid), "digest": "x" * 32} for uid in feed.held))
    assert search.repair().done == {"differing": RECORDS}
    assert search.check().clean


def test_repair_catches_up_first(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    feed.add("new", "药品")
    assert search.check().missing == 1
    repaired = search.repair()
    assert (repaired.done, repaired.check.clean, total(search, "药品")) == ({}, True, 1)


def test_an_earlier_database_is_told_apart_from_one_that_is_behind(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    del feed.log[-5:]  # as a restored backup
    found = search.check()
    assert (found.behind, found.clean) == (-5, False)
    with pytest.raises(SearchUnavailable, match="restored"):
        search.repair()
    search.rebuild()
    assert search.check().clean


def test_check_waits_for_a_follower_before_it_blames(
    search: Search, again: Callable[[], Search], feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.catch_up()
    walk, written, other = feed.iter_records, [], again()

    def walk_and_write(**more: Any) -> Any:
        yield from walk(**more)
        if not written:
            written.append(feed.add("late", "查到一半来的"))

    monkeypatch.setattr(feed, "iter_records", walk_and_write)
    monkeypatch.setattr(time, "sleep", lambda _: other.catch_up())
    assert search.check().clean
    assert written


# going back


def test_rollback_catches_up_and_goes_back_and_forth(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    with pytest.raises(NotFound, match="no previous"):
        search.rollback()
    first = search.engine.current()
    search.rebuild()
    second = search.engine.current()
    feed.add("new", "药品")
    feed.set_state(uid_of(feed, "r0"), "withdrawn")
    search.catch_up()
    assert search.rollback() == first
    assert (search.engine.current(), search.engine.previous()) == (first, second)
    assert (total(search), total(search, "药品"), search.check().clean) == (RECORDS, 1, True)
    feed.add("newer", "又一个药品")
    search.catch_up()
    assert (search.rollback(), total(search, "药品"), search.check().clean) == (second, 2, True)


def test_rollback_refuses_a_generation_of_another_version(search: Search) -> None:
    search.catch_up()
    first = str(search.engine.current())
    search.rebuild()
    state = search.engine.state(first)
    with search.engine.lock("write", 5), search.engine.writer(first) as writer:
        writer.commit(replace(state, signature="2.another"))
    with pytest.raises(SearchUnavailable, match=r"2\.another"):
        search.rollback()
    assert search.engine.current() != first
    assert [one.fits for one in search.generations()] == [False, True]


# several writers


def test_only_one_rebuild_at_a_time(search: Search, again: Callable[[], Search]) -> None:
    search.catch_up()
    with search.engine.lock("rebuild", 5), pytest.raises(Busy, match="rebuild"):
        again().rebuild(timeout=0.2)


def test_a_writer_that_slept_cannot_spoil_its_successors_work(
    place: Place, search: Search, again: Callable[[], Search], feed: MemoryFeed
) -> None:
    search.catch_up()
    uid = uid_of(feed, "r4")
    old = document_of(search, uid)
    gone = document_of(search, uid_of(feed, "r5"))
    generation, state, other = str(search.engine.current()), search.engine.state(), again()
    if not place.url:  # the lock of a folder lasts as long as its holder
        feed.add("r4", "后来改的")
        with search.engine.lock("write", 5), pytest.raises(Busy):
            other.catch_up(timeout=0.2)
        return
    with search.engine.writer(generation) as sleeper:  # its lease is over: the lock is another's
        feed.add("r4", "后来改的药品")
        feed.set_state(uid_of(feed, "r5"), "withdrawn")
        other.catch_up()
        sleeper.put([old, gone], state.seq)
        sleeper.delete([uid_of(feed, "r6")], 1)
        sleeper.commit(state)
    assert (total(search, "药品"), search.engine.versions([uid])) == (1, {uid: 2})
    search.catch_up()
    assert search.check().clean
