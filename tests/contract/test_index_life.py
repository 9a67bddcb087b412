"""The life of an index on every engine: following, rebuilding aside, crashes, refused documents. Repair and going back: test_index_repair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import NoRoom, SearchUnavailable
from catalog.search import dates, following, life
from catalog.search.engines import elasticsearch_writer
from catalog.search.engines.base import IndexState
from catalog.search.filters import validity
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from tests.index_places import (
    ENGINES,
    RECORDS,
    Place,
    a_place,
    some_records,
    sour_fields,
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


# following


def test_it_is_made_by_the_first_catch_up_and_follows(search: Search, feed: MemoryFeed) -> None:
    assert search.catch_up() == RECORDS
    feed.add("new", "药品目录")
    feed.add("r1", "改名的通知")
    feed.set_state(uid_of(feed, "r0"), "withdrawn")
    feed.remove(uid_of(feed, "r2"))
    assert search.catch_up() == 2
    assert (total(search), total(search, "药品"), total(search, "改名")) == (RECORDS - 1, 1, 1)
    found = search.check()
    assert (found.clean, found.sampled, found.behind) == (True, RECORDS - 1, 0)
    assert search.catch_up() == 0


def test_a_long_run_that_breaks_off_goes_on_from_its_last_commit(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "COMMIT_EVERY", 300)
    search.catch_up()
    for number in range(1_300):
        feed.add(f"many{number}", f"第{number}次")
    walk = feed.changes

    def breaks(after: int, limit: int) -> Any:
        if after >= 1_000:
            raise SearchUnavailable("on purpose")
        return walk(after, limit)

    monkeypatch.setattr(feed, "changes", breaks)
    with pytest.raises(SearchUnavailable, match="on purpose"):
        search.catch_up()
    reached = search.engine.state().seq
    assert reached >= RECORDS + 500
    monkeypatch.setattr(feed, "changes", walk)
    assert search.catch_up() == RECORDS + 1_300 - reached
    assert (search.check().clean, total(search)) == (True, RECORDS + 1_300)


def test_the_calendar_changes_validity_without_a_change_row(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2024, 5, 1)
    for module in (dates, validity):
        monkeypatch.setattr(module, "today", lambda: day)
    feed.add("coming", "明天施行的办法", events=[{"kind": "effective", "date": "2024-05-02", "raw": ""}])
    search.catch_up()

    def in_force() -> int:
        return search.search(SearchRequest(filters={"validity": ("in_force",)})).total

    assert in_force() == 0
    day = date(2024, 5, 2)
    assert search.check().clean  # what is due is the sweep's work, and no fault
    assert search.catch_up() == 1
    assert (in_force(), search.catch_up(), search.check().clean) == (1, 0, True)


# refused documents


def test_a_refused_document_stops_no_other_and_is_named(search: Search, feed: MemoryFeed) -> None:
    feed.add("sour", "酸的通知")
    feed.add("foul", "腐的通知")
    feed.add("after", "后来的药品通知")
    search.catch_up()
    assert total(search, "药品") == 1
    found = search.check()
    assert set(found.refused) == {uid_of(feed, "sour"), uid_of(feed, "foul")}
    assert (found.clean, found.missing, found.indexed) == (True, 0, RECORDS + 1)
    assert "LookupError" in found.refused[uid_of(feed, "foul")]
    assert all(found.refused.values())
    assert search.engine.state().refused == found.refused


def test_a_refused_change_takes_the_earlier_document_away(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    feed.add("r3", "酸的，从前说的不再算数")
    search.catch_up()
    assert search.engine.versions([uid_of(feed, "r3")]) == {}
    assert set(search.check().refused) == {uid_of(feed, "r3")}


def test_a_refused_document_leaves_the_quarantine_when_taken_or_gone(search: Search, feed: MemoryFeed) -> None:
    feed.add("sour", "酸的通知")
    feed.add("sour2", "酸的第二个通知")
    search.catch_up()
    feed.add("sour", "治好了的药品通知")
    feed.set_state(uid_of(feed, "sour2"), "withdrawn")
    search.catch_up()
    assert (total(search, "药品"), search.check().refused) == (1, {})


def test_a_rebuild_says_what_was_refused_and_switches(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    before = search.engine.current()
    feed.add("sour", "酸的通知")
    search.rebuild()
    assert search.engine.current() != before
    assert set(search.check().refused) == {uid_of(feed, "sour")}


def test_repair_tries_refused_documents_again(place: Place, search: Search, feed: MemoryFeed) -> None:
    feed.add("sour", "酸的药品通知")
    search.catch_up()
    assert total(search, "药品") == 0
    cured = place.open(feed.open)
    repaired = cured.repair()
    assert (repaired.done, repaired.check.refused) == ({"refused": 1}, {})
    assert total(cured, "药品") == 1


def test_when_too_much_is_refused_nothing_is_written(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.catch_up()
    before, seq = search.engine.current(), search.engine.state().seq
    for module in (following, elasticsearch_writer):
        monkeypatch.setattr(module, "MAX_REFUSED", 5)
    for number in range(6):
        feed.add(f"r{number}", f"酸的通知第{number}号")
    with pytest.raises(SearchUnavailable, match="refused more than 5"):
        search.catch_up()
    with pytest.raises(SearchUnavailable, match="refused more than 5"):
        search.rebuild()
    assert (search.engine.current(), search.engine.state().seq, total(search)) == (before, seq, RECORDS)


# rebuilding


def test_a_rebuild_takes_in_what_changes_meanwhile(
    search: Search, again: Callable[[], Search], feed: MemoryFeed
) -> None:
    search.catch_up()
    first, other = search.engine.current(), again()
    seen: list[tuple[int, int | None, int]] = []

    def progress(done: int, of: int | None) -> None:
        feed.add("meanwhile", "重建时来的药品")
        feed.set_state(uid_of(feed, "r0"), "withdrawn")
        other.catch_up()  # a follower goes on with the current generation
        assert other.engine.current() == first
        seen.append((done, of, total(search, "药品")))

    assert search.rebuild(progress) == RECORDS
    assert seen == [(RECORDS, RECORDS, 1)]
    assert (search.engine.current() != first, search.engine.previous()) == (True, first)
    assert (total(search), total(search, "药品")) == (RECORDS, 1)
    assert search.check().clean


def test_exactly_one_previous_generation_is_kept(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    for number in range(3):
        before = search.engine.current()
        search.rebuild()
        assert (search.engine.previous(), len(search.engine.generations())) == (before, 2)
        feed.add(f"x{number}", "又一个")
        search.catch_up()
    assert [(one.role, one.fits, one.behind) for one in search.generations()] == [
        ("previous", True, 1),
        ("current", True, 0),
    ]


def interrupt(*_: int | None) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_rebuild_changes_nothing_and_its_remains_go(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    before = search.engine.current()
    with pytest.raises(KeyboardInterrupt):
        search.rebuild(interrupt)
    assert [one.role for one in search.generations()] == ["current", "unfinished"]
    feed.add("new", "药品")
    search.catch_up()
    assert (total(search, "药品"), search.engine.current()) == (1, before)
    search.rebuild()
    assert (len(search.engine.generations()), search.engine.previous()) == (2, before)


def test_a_follower_sweeps_remains_but_not_under_a_rebuild(
    search: Search, again: Callable[[], Search], feed: MemoryFeed
) -> None:
    search.catch_up()
    search.rebuild()
    with pytest.raises(KeyboardInterrupt):
        search.rebuild(interrupt)
    kept = [search.engine.previous(), search.engine.current()]
    feed.add("one", "一")
    with search.engine.lock("rebuild", 5):
        again().catch_up()
        assert len(search.engine.generations()) == 3
    feed.add("two", "二")
    again().catch_up()
    assert search.engine.generations() == kept


def test_what_is_built_is_not_swept_away(
    search: Search, again: Callable[[], Search], feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(life, "SWEEP_SECONDS", 0.0)
    search.catch_up()
    other = again()

    def progress(*_: int | None) -> None:
        feed.add("meanwhile", "药品")
        other.catch_up()

    search.rebuild(progress)
    assert search.check().clean


def test_it_refuses_to_switch_to_an_index_that_lacks_a_record(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.catch_up()
    before = search.engine.current()
    walk, calls = feed.iter_records, []

    def forgetful(**more: Any) -> Any:
        calls.append(1)
        return list(walk(**more))[1:] if len(calls) == 1 else walk(**more)

    monkeypatch.setattr(feed, "iter_records", forgetful)
    with pytest.raises(SearchUnavailable, match="1 missing"):
        search.rebuild()
    assert (search.engine.current(), total(search)) == (before, RECORDS)


def test_it_refuses_to_switch_to_documents_that_are_not_what_records_make(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.catch_up()
    before = search.engine.current()
    read = feed.texts
    monkeypatch.setattr(feed, "texts", lambda hashes: {})
    with pytest.raises(SearchUnavailable, match=f"{RECORDS} differing"):
        search.rebuild(lambda *_: monkeypatch.setattr(feed, "texts", read))
    assert search.engine.current() == before


def test_what_changes_during_the_comparison_is_compared_under_the_lock(
    search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    search.catch_up()
    before = search.engine.current()
    lock, read = search.engine.lock, feed.texts

    def none_once(_: Any) -> Any:
        monkeypatch.setattr(feed, "texts", read)
        return {}

    def lose_text(name: str, timeout: float) -> Any:
        if (
            name == "write"
        ):  # the last catch-up reads this change without its text; the comparison after it reads it right
            feed.add("r7", "最后一刻改的通知", "最后一刻的正文")
            monkeypatch.setattr(feed, "texts", none_once)
        return lock(name, timeout)

    monkeypatch.setattr(search.engine, "lock", lose_text)
    with pytest.raises(SearchUnavailable, match="1 differing"):
        search.rebuild()
    assert search.engine.current() == before


@pytest.mark.parametrize("error", [SearchUnavailable("away"), NoRoom("full")])
def test_an_engine_that_goes_away_in_the_middle_switches_nothing(
    search: Search, feed: MemoryFeed, error: Exception
) -> None:
    search.catch_up()
    before = search.engine.current()

    def away(*_: int | None) -> None:
        raise error

    with pytest.raises(type(error)):
        search.rebuild(away)
    assert (search.engine.current(), search.engine.previous(), total(search)) == (before, None, RECORDS)
    feed.add("new", "药品")
    search.catch_up()
    assert (total(search, "药品"), search.check().clean) == (1, True)
    search.rebuild()
    assert len(search.engine.generations()) == 2


def test_an_index_of_another_version_is_made_anew_and_the_old_one_kept(
    search: Search, again: Callable[[], Search]
) -> None:
    search.catch_up()
    before = str(search.engine.current())
    with search.engine.lock("write", 5), search.engine.writer(before) as writer:
        writer.commit(IndexState(seq=RECORDS, signature="old"))
    fresh = again()
    assert fresh.catch_up() == RECORDS
    assert (fresh.engine.current() != before, fresh.engine.previous(), fresh.check().clean) == (True, before, True)
    with pytest.raises(SearchUnavailable, match="old"):
        fresh.rollback()
