"""Is the index what the store says? Compares every record's version with the indexed one, in bounded memory, while both go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from catalog.search import documents
from catalog.search.engines.base import ISearchEngine
from catalog.search.feed import FeedSource, RecordFeed

_Item = TypeVar("_Item")

BATCH = 500
MAX_SUSPECTS = 100_000
"""Differences that are looked at a second time; with more the index is beyond doubt, and is rebuilt."""
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared. `records` should be indexed, `indexed` are. `missing` are not indexed, `stale` are indexed in another version,
    `extra` are indexed and should not be. `examples` has ids of some that differ; `behind` is how far the change log is ahead.
    """

    records: int
    indexed: int
    missing: int
    stale: int
    extra: int
    behind: int = 0
    examples: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing differs."""
        return not (self.missing or self.stale or self.extra)


def check(engine: ISearchEngine, reader: FeedSource) -> Check:
    """Compare the current generation with the store. When something was written meanwhile, what differs is looked at again, so that a
    change in between is no fault.
    """
    with reader() as feed:
        before = (engine.current(), engine.state().seq, feed.last_seq())
        first = compare(engine, feed)
    with reader() as feed:
        if first.clean or before == (engine.current(), engine.state().seq, feed.last_seq()):
            return _shortened(first)
        kinds = [_kind(engine, feed, ids) for ids in batches(first.examples)]
        behind = feed.last_seq() - engine.state().seq
    found = {uid: kind for batch in kinds for uid, kind in batch.items() if kind != "same"}
    count = list(found.values()).count
    again = Check(first.records, first.indexed, count("missing"), count("stale"), count("extra"), behind, tuple(found))
    return _shortened(again)


def compare(engine: ISearchEngine, feed: RecordFeed, generation: str | None = None) -> Check:
    """One pass over both sides. `examples` has all ids that differ, up to `MAX_SUSPECTS`."""
    records = same = stale = 0
    suspects: list[str] = []
    for batch in batches(feed.iter_records()):
        wanted = {record["id"]: record["version"] for record in batch if documents.is_searchable(record)}
        held = engine.versions(list(wanted), generation)
        records += len(wanted)
        same += len(held)
        differing = [uid for uid, version in wanted.items() if held.get(uid) != version]
        stale += sum(uid in held for uid in differing)
        suspects += differing[: MAX_SUSPECTS - len(suspects)]
    indexed = engine.size(generation)
    extra = indexed - same
    if extra:
        suspects += islice(_extra(engine, feed, generation), MAX_SUSPECTS - len(suspects))
    behind = feed.last_seq() - engine.state(generation).seq
    return Check(records, indexed, records - same, stale, max(0, extra), behind, tuple(suspects))


def _extra(engine: ISearchEngine, feed: RecordFeed, generation: str | None) -> Iterator[str]:
    """Ids that are indexed and should not be, or twice."""
    after = -1
    before = ""
    while rows := engine.scan(after, BATCH, generation):
        records = feed.records([uid for _, uid, _ in rows])
        for tie, uid, _ in rows:
            after = tie
            if uid == before or uid not in records or not documents.is_searchable(records[uid]):
                yield uid
            before = uid


def _kind(engine: ISearchEngine, feed: RecordFeed, ids: list[str]) -> dict[str, str]:
    """What is wrong with each of these records, now."""
    records = feed.records(ids)
    held = engine.versions(ids)
    kinds: dict[str, str] = {}
    for uid in ids:
        wanted = records[uid]["version"] if uid in records and documents.is_searchable(records[uid]) else None
        if wanted == held.get(uid):
            kinds[uid] = "same"
        else:
            kinds[uid] = "extra" if wanted is None else "missing" if uid not in held else "stale"
    return kinds


def _shortened(found: Check) -> Check:
    return Check(
        found.records, found.indexed, found.missing, found.stale, found.extra, found.behind, found.examples[:EXAMPLES]
    )


def batches(items: Iterable[_Item], size: int = BATCH) -> Iterator[list[_Item]]:
    """The items, `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
