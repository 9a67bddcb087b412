"""Is the index what the store says? Compares every record's version with the indexed one, and of a sample the whole documents, in bounded
memory, while both go on: no look at the store lasts longer than a batch.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from catalog.model.record import Record
from catalog.search import documents
from catalog.search.engines.base import ISearchEngine
from catalog.search.following import day_now
from catalog.search.reading import BATCH, Reading, batches

MAX_SUSPECTS = 100_000
"""Differences that are looked at a second time; with more the index is beyond doubt, and is rebuilt."""
SAMPLE = 200
"""Records whose documents are made anew and compared. When one of a hundred is wrong, this finds one with a chance of 87 %."""
EXAMPLES = 10
LOOKS = 5
PAUSE_SECONDS = 0.5
"""How often what differs is looked at again while index and store go on, and how long after: a follower brings its changes in that time."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared. `records` should be indexed, `indexed` are. `missing` are not indexed, `stale` are indexed in another version,
    `extra` are indexed and should not be; of `sampled` documents `differing` are not what their records make now. `refused` are records
    that the engine would not take, id to reason; they are not counted as missing. `examples` has ids of some that differ; `behind` is how
    far the change log is ahead: below 0 the store is an earlier one than the index was made from.
    """

    records: int
    indexed: int
    missing: int
    stale: int
    extra: int
    behind: int = 0
    examples: tuple[str, ...] = ()
    sampled: int = 0
    differing: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether nothing differs. Refused records do not count: they are said beside."""
        return not (self.missing or self.stale or self.extra or self.differing or self.behind < 0)


@dataclass(slots=True)
class Comparison:
    """One pass over both sides. `wrong` says of each record that differs how, up to `MAX_SUSPECTS` of them; `counts` counts them all.
    `sampled` are the records whose documents were compared.
    """

    records: int = 0
    indexed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)
    sampled: int = 0

    def blame(self, uids: Iterable[str], kind: str) -> None:
        """Add records that differ in one way."""
        for uid in uids:
            self.counts[kind] += 1
            if len(self.wrong) < MAX_SUSPECTS:
                self.wrong.setdefault(uid, kind)

    def check(self, behind: int, refused: Mapping[str, str]) -> Check:
        """What it tells."""
        return Check(
            self.records,
            self.indexed,
            self.counts["missing"],
            self.counts["stale"],
            self.counts["extra"],
            behind,
            tuple(islice(self.wrong, EXAMPLES)),
            self.sampled,
            self.counts["differing"],
            refused,
        )


def check(engine: ISearchEngine, reading: Reading) -> Check:
    """Compare the current generation with the store. When something was written meanwhile, what differs is looked at again until it
    is right or stays wrong, so that a change in between is no fault.
    """
    before = _standing(engine, reading)
    found = compare(engine, reading)
    looks = LOOKS if before != _standing(engine, reading) else 0
    while found.wrong and looks:
        looks -= 1
        time.sleep(PAUSE_SECONDS)
        again = Comparison(found.records, found.indexed, sampled=found.sampled)
        for uid, kind in look(engine, reading, list(found.wrong)).items():
            again.blame([uid], kind)
        found = again
    state = engine.state()  # before the change log: a follower in between must not look as if it were ahead
    return found.check(reading.last_seq() - state.seq, dict(state.refused))


def compare(
    engine: ISearchEngine, reading: Reading, generation: str | None = None, *, sample: int | None = SAMPLE
) -> Comparison:
    """One pass over both sides. The documents of `sample` records are made anew and compared, of all with `None`."""
    found, chosen = Comparison(), _Sample(sample)
    state = engine.state(generation)
    same, last = 0, None
    while records := _records_after(reading, last):
        last = records[-1]["id"]
        wanted = {record["id"]: record["version"] for record in records if documents.is_searchable(record)}
        held = engine.versions(list(wanted), generation)
        found.records += len(wanted)
        same += len(held)
        found.blame((uid for uid in wanted if uid not in held and uid not in state.refused), "missing")
        found.blame((uid for uid in held if held[uid] != wanted[uid]), "stale")
        ready = chosen.add([uid for uid in held if held[uid] == wanted[uid]])
        found.blame(_differing(engine, reading, ready, generation), "differing")
    found.blame(_differing(engine, reading, chosen.held, generation), "differing")
    found.sampled = chosen.count
    found.indexed = engine.size(generation)
    if found.indexed != same or engine.state(generation).seq != state.seq:
        found.blame(_extra(engine, reading, generation), "extra")
    return found


def look(engine: ISearchEngine, reading: Reading, ids: Sequence[str], generation: str | None = None) -> dict[str, str]:
    """What is wrong with each of these records now, their documents included; those that are right are left out."""
    wrong: dict[str, str] = {}
    refused = engine.state(generation).refused
    for some in batches(ids):
        with reading.reader() as feed:
            records = feed.records(some)
        held = engine.versions(some, generation)
        alike = []
        for uid in some:
            wanted = records[uid]["version"] if uid in records and documents.is_searchable(records[uid]) else None
            if wanted != held.get(uid):
                wrong[uid] = "extra" if wanted is None else "missing" if uid not in held else "stale"
            elif wanted is not None:
                alike.append(uid)
            if uid in refused and wrong.get(uid) == "missing":
                del wrong[uid]
        wrong |= dict.fromkeys(_differing(engine, reading, alike, generation), "differing")
    return wrong


class _Sample:
    """Some of many, each with the same chance (Vitter's algorithm R); or all, handed out at once."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._seen = 0
        self._random = random.Random()  # noqa: S311 - a sample, not a secret
        self.held: list[str] = []

    @property
    def count(self) -> int:
        """How many were chosen."""
        return self._seen if self._size is None else len(self.held)

    def add(self, uids: Sequence[str]) -> Sequence[str]:
        """Offer some; those to compare now."""
        for uid in uids:
            self._seen += 1
            if self._size is None:
                continue
            if len(self.held) < self._size:
                self.held.append(uid)
            elif (place := self._random.randrange(self._seen)) < self._size:
                self.held[place] = uid
        return uids if self._size is None else ()


def _standing(engine: ISearchEngine, reading: Reading) -> tuple[str | None, int, int]:
    """What changes whenever index or store do."""
    return engine.current(), engine.state().seq, reading.last_seq()


def _records_after(reading: Reading, last: str | None) -> list[Record]:
    with reading.reader() as feed:
        return list(islice(feed.iter_records(after_id=last, batch=BATCH), BATCH))


def _differing(engine: ISearchEngine, reading: Reading, ids: Sequence[str], generation: str | None) -> Iterator[str]:
    """Which of these documents are not what their records make now. Those whose day has come are left to the calendar's sweep."""
    if not ids:
        return
    day = day_now()
    due = set(engine.due(day, generation)) if engine.state(generation).day < day else ()
    for batch in reading.present(ids):
        held = engine.digests([document["uid"] for document in batch.documents], generation)
        for document in batch.documents:
            uid = document["uid"]
            if held.get(uid) != document["digest"] and uid not in due:
                yield uid


def _extra(engine: ISearchEngine, reading: Reading, generation: str | None) -> Iterator[str]:
    """Ids that are indexed and should not be, or twice."""
    after = -1
    before = ""
    while rows := engine.scan(after, BATCH, generation):
        with reading.reader() as feed:
            records = feed.records([uid for _, uid, _ in rows])
        for tie, uid, _ in rows:
            after = tie
            if uid == before or uid not in records or not documents.is_searchable(records[uid]):
                yield uid
            before = uid
