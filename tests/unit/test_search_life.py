"""The index follows the store: catching up, rebuilding aside, checking."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Busy, SearchUnavailable
from catalog.search import dates
from catalog.search.check import Check
from catalog.search.engines.base import IndexState
from catalog.search.filters import validity
from catalog.search.plugin import FiltersPlugin
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from tests.memory_feed import MemoryFeed


@pytest.fixture
def feed() -> MemoryFeed:
    made = MemoryFeed()
    for number in range(30):
        made.add(f"r{number}", f"食品安全通知第{number}", f"正文{number}")
    return made


@pytest.fixture
def again(feed: MemoryFeed, tmp_path: Path) -> Callable[[], Search]:
    """Further searches over the same index, as other processes have them."""
    plugin = FiltersPlugin()
    return lambda: Search.open(
        root=tmp_path / "index",
        store_reader=feed.open,
        filters=plugin.filters(),
        index_fields=plugin.index_fields,
        secret=b"s",
    )


@pytest.fixture
def search(again: Callable[[], Search]) -> Search:
    return again()


def total(search: Search, q: str = "") -> int:
    return search.search(SearchRequest(q=q, highlight=False)).total


def test_the_first_catch_up_makes_the_index_and_later_ones_follow(search: Search, feed: MemoryFeed) -> None:
    assert search.catch_up() == 30
    assert search.check() == Check(30, 30, 0, 0, 0, sampled=30)
    feed.add("new", "药品目录")
    feed.add("r1", "改名的通知")
    feed.set_state(next(iter(feed.held)), "withdrawn")
    assert search.catch_up() == 2
    assert (total(search), total(search, "药品"), total(search, "改名")) == (30, 1, 1)
    assert search.check().clean


def test_nothing_to_do_writes_nothing(search: Search, tmp_path: Path) -> None:
    search.catch_up()
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    assert search.catch_up() == 0
    assert sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_many_changes_of_one_record_are_one_document(search: Search, feed: MemoryFeed) -> None:
    for number in range(1_200):
        feed.add("busy", f"第{number}次修改")
    assert search.catch_up() == 30 + 3  # once in each batch of change rows that names it
    assert search.check().clean


def test_a_process_that_is_overtaken_does_nothing(
    search: Search, again: Callable[[], Search], feed: MemoryFeed
) -> None:
    search.catch_up()
    feed.add("new", "药品目录")
    other = again()
    with search.engine.lock("write", 1):
        waiting = threading.Thread(target=other.catch_up)
        waiting.start()
        time.sleep(0.05)
        search._life._follow_current()
    waiting.join(10)
    assert not waiting.is_alive()
    assert total(other, "药品") == 1


def test_a_lock_that_is_not_let_go_of_is_busy(search: Search, again: Callable[[], Search], feed: MemoryFeed) -> None:
    search.catch_up()
    feed.add("new", "药品目录")
    with search.engine.lock("write", 1), pytest.raises(Busy, match="indexing"):
        again().catch_up(timeout=0.3)


def test_check_tells_missing_stale_and_extra_apart(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    ids = list(feed.held)
    feed.add("new", "没有进索引")
    feed.add("r0", "改过了")
    feed.set_state(ids[5], "withdrawn")
    feed.remove(ids[6])
    found = search.check()
    assert (found.records, found.indexed, found.missing, found.stale, found.extra, found.behind) == (29, 30, 1, 1, 2, 4)
    assert not found.clean
    assert set(found.examples) == {
        next(uid for uid, r in feed.held.items() if r["name"] == "new"),
        ids[0],
        ids[5],
        ids[6],
    }


def test_check_finds_what_was_lost_without_a_change_row(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    uid = next(iter(feed.held))
    generation = str(search.engine.current())
    state = search.engine.state()
    with search.engine.lock("write", 1), search.engine.writer(generation) as writer:
        writer.delete([uid], state.seq)
        writer.commit(state)
    assert search.check() == Check(30, 29, 1, 0, 0, 0, (uid,), sampled=29)
    assert search.catch_up() == 0
    search.rebuild()
    assert search.check().clean


def test_check_does_not_blame_what_changed_while_it_looked(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    written: list[str] = []
    walk = feed.iter_records

    def walk_and_write(**more: Any) -> Any:
        yield from walk(**more)
        if not written:
            written.append(feed.add("r3", "查到一半改了"))
            search.catch_up()

    feed.iter_records = walk_and_write  # type: ignore[method-assign]
    assert search.check().clean
    assert written


def test_rebuild_goes_on_answering_and_takes_in_what_changes_meanwhile(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    first = search.engine.current()
    seen: list[int] = []

    def progress(done: int, total_: int | None) -> None:
        feed.add("meanwhile", "重建时来的药品")
        feed.set_state(next(iter(feed.held)), "withdrawn")
        seen.append(total(search))
        assert (done, total_) == (30, 30)

    assert search.rebuild(progress) == 30
    assert seen == [30]
    assert search.engine.current() != first
    assert (total(search), total(search, "药品")) == (30, 1)
    assert search.check().clean


def test_exactly_one_generation_before_the_current_is_kept(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    kept = []
    for number in range(3):
        before = search.engine.current()
        search.rebuild()
        kept.append((search.engine.previous() == before, len(search.engine.generations())))
        feed.add(f"x{number}", "一")
        search.catch_up()
    assert kept == [(True, 2)] * 3
    assert search.check().clean


def test_an_interrupted_rebuild_changes_nothing_and_its_remains_go(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    before = search.engine.current()

    def stop(*_: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search.rebuild(stop)
    assert search.engine.current() == before
    assert len(search.engine.generations()) == 2
    feed.add("new", "药品")
    search.catch_up()
    assert total(search, "药品") == 1
    search.rebuild()
    assert len(search.engine.generations()) == 2
    assert before in search.engine.generations()


def test_one_rebuild_at_a_time(search: Search, again: Callable[[], Search]) -> None:
    search.catch_up()
    with search.engine.lock("rebuild", 1), pytest.raises(Busy, match="rebuild lock"):
        again().rebuild(timeout=0.1)


def test_a_rebuild_that_does_not_match_the_store_is_not_switched_to(search: Search, feed: MemoryFeed) -> None:
    search.catch_up()
    before = search.engine.current()
    walk = feed.iter_records
    calls: list[int] = []

    def forgetful(**more: Any) -> Any:
        calls.append(1)
        return list(walk(**more))[1:] if len(calls) == 1 else walk(**more)

    feed.iter_records = forgetful  # type: ignore[method-assign]
    with pytest.raises(SearchUnavailable, match="1 missing"):
        search.rebuild()
    assert search.engine.current() == before
    assert total(search) == 30


def test_an_index_of_another_version_is_made_anew_by_catching_up(search: Search, again: Callable[[], Search]) -> None:
    search.catch_up()
    before = str(search.engine.current())
    with search.engine.lock("write", 1), search.engine.writer(before) as writer:
        writer.commit(IndexState(seq=30, signature="old"))
    fresh = again()
    with pytest.raises(SearchUnavailable, match="another version"):
        total(fresh)
    assert fresh.catch_up() == 30
    assert fresh.engine.current() != before
    assert fresh.check().clean


def test_an_older_version_leaves_the_index_of_a_newer_one_alone(search: Search, feed: MemoryFeed) -> None:
    feed.add("one", "关于校车安全的通知")
    search.catch_up()
    made = search.engine.current()
    with search.engine.lock("write", 1), search.engine.writer(made) as writer:
        writer.commit(IndexState(seq=1, signature="999999.abc-def"))
    feed.add("two", "关于燃气安全的通知")
    with pytest.raises(SearchUnavailable, match="newer version"):
        search.catch_up()
    assert search.engine.current() == made


def test_validity_changes_with_the_calendar(search: Search, feed: MemoryFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2024, 5, 1)
    for module in (dates, validity):
        monkeypatch.setattr(module, "today", lambda: day)
    feed.add("coming", "明天施行的办法", events=[{"kind": "effective", "date": "2024-05-02", "raw": ""}])
    search.catch_up()

    def in_force() -> int:
        return search.search(SearchRequest(filters={"validity": ("in_force",)})).total

    assert in_force() == 0
    day = date(2024, 5, 2)
    assert search.catch_up() == 1
    assert in_force() == 1
    assert search.catch_up() == 0
