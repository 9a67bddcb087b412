"""Reading the store for an index: bounded batches, no open snapshots, one batch ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catalog.search import reading
from catalog.search.plugin import FiltersPlugin
from catalog.search.reading import Batch, Reading, ahead
from tests.memory_feed import MemoryFeed


@pytest.fixture
def feed() -> MemoryFeed:
    made = MemoryFeed()
    for number in range(130):
        made.add(f"r{number}", f"第{number}号通知", "各单位应当加强监督管理工作。" * 50)
    return made


class Looks:
    """Counts how many looks at the store are open."""

    def __init__(self, feed: MemoryFeed) -> None:
        self.feed = feed
        self.open = 0

    @contextmanager
    def __call__(self) -> Iterator[MemoryFeed]:
        self.open += 1
        try:
            yield self.feed
        finally:
            self.open -= 1


def uids(batches: list[Batch]) -> list[str]:
    return [document["uid"] for batch in batches for document in batch.documents]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TOKENS", 30_000)


@pytest.mark.usefixtures("small")
def test_batches_are_bounded_by_their_text_and_miss_nothing(feed: MemoryFeed) -> None:
    source = Reading(feed.open, FiltersPlugin().index_fields)
    whole = list(source.whole())
    assert uids(whole) == sorted(feed.held)
    assert all(len(batch.documents) <= reading.TEXTS for batch in whole)
    changed = list(source.changed(0))
    assert uids(changed) == [row.record_id for row in feed.log]
    assert [batch.reached for batch in changed] == [None] * (len(changed) - 1) + [130]
    assert uids(list(source.present(list(feed.held)))) == list(feed.held)


@pytest.mark.usefixtures("small")
def test_unknown_and_hidden_records_are_gone_whatever_batch_they_fall_into(feed: MemoryFeed) -> None:
    ids = list(feed.held)
    for number, uid in enumerate(ids):
        if number % 3 == 0:
            feed.remove(uid)
        elif number % 3 == 1:
            feed.set_state(uid, "withdrawn")
    batches = list(Reading(feed.open, FiltersPlugin().index_fields).present(ids))
    assert sorted(uid for batch in batches for uid in batch.gone) == sorted(
        uid for number, uid in enumerate(ids) if number % 3 != 2
    )
    assert uids(batches) == ids[2::3]


@pytest.mark.usefixtures("small")
def test_no_look_at_the_store_is_open_while_a_batch_is_used(feed: MemoryFeed) -> None:
    looks = Looks(feed)
    source = Reading(looks, FiltersPlugin().index_fields)
    for batches in (source.whole(), source.changed(0), source.present(list(feed.held))):
        assert {looks.open for _ in batches} == {0}


def test_a_writer_that_never_rests_does_not_keep_it_going(feed: MemoryFeed) -> None:
    read = feed.records

    def while_another_writes(ids: Any) -> Any:
        feed.add("busy", f"第{len(feed.log)}次修改")
        return read(ids)

    feed.records = while_another_writes  # type: ignore[method-assign]
    batches = list(Reading(feed.open, FiltersPlugin().index_fields).changed(0))
    assert (batches[-1].reached, len(feed.log)) == (130, 130 + len(batches))


def test_the_number_is_read_before_the_records(feed: MemoryFeed) -> None:
    read = feed.records

    def and_then_one_changes(ids: Any) -> Any:
        feed.add("r1", "读到一半改了")
        return read(ids)

    feed.records = and_then_one_changes  # type: ignore[method-assign]
    (batch,) = Reading(feed.open, FiltersPlugin().index_fields).present(["x"])
    assert batch.seq == 130


def test_a_record_that_no_document_can_be_made_of_is_named_and_stops_no_other(feed: MemoryFeed) -> None:
    plugin = FiltersPlugin()

    def fields(record: Any) -> Any:
        if record["name"] == "r7":
            raise KeyError("shelf")
        return plugin.index_fields(record)

    batches = list(Reading(feed.open, fields).whole())
    assert len(uids(batches)) == 129
    (reason,) = [reason for batch in batches for reason in batch.unmade.values()]
    assert "KeyError: 'shelf'" in reason


def test_ahead_makes_one_more_while_one_is_used() -> None:
    made: list[int] = []
    second = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(4):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    walk = ahead(numbers())
    assert next(walk) == 0
    assert second.wait(5)
    assert list(walk) == [1, 2, 3]
    assert made == [0, 1, 2, 3]


def test_ahead_passes_on_what_goes_wrong_and_stops_when_left() -> None:
    def breaks() -> Iterator[int]:
        yield 1
        raise LookupError("on purpose")

    walk = ahead(breaks())
    assert next(walk) == 1
    with pytest.raises(LookupError, match="on purpose"):
        next(walk)
    endless = ahead(iter(int, 1))
    next(endless)
    endless.close()  # type: ignore[attr-defined]
    assert not [one for one in threading.enumerate() if one.name.startswith("index-reading")]
