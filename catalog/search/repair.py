"""Puts right what differs between index and store, and only that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from catalog.errors import SearchUnavailable
from catalog.search.check import MAX_SUSPECTS, Check, check, compare, look
from catalog.search.engines.base import ISearchEngine
from catalog.search.following import Follower
from catalog.search.reading import Reading

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done: how many documents were `missing`, `stale`, `extra`, `differing` or `refused` and were put or removed, and how
    index and store compare now.
    """

    done: Mapping[str, int]
    check: Check


def repair(engine: ISearchEngine, reading: Reading, timeout: float) -> Repair:
    """Compare, put and delete what differs under the `write` lock, and compare again. When the sample holds a document that differs, all
    are compared. What was refused is tried again. Raises `SearchUnavailable` where only a rebuild helps.
    """
    wrong = _wrong(engine, reading)
    with engine.lock("write", timeout):
        generation = _usable(engine, reading)
        follower = Follower(engine, reading)
        follower.follow(generation)
        kinds = dict.fromkeys(engine.state(generation).refused, "refused")
        kinds |= look(engine, reading, wrong, generation)
        if kinds:
            follower.put(generation, list(kinds))
    done = Counter(kinds.values())
    log.info("index repaired", **done)
    return Repair(done, check(engine, reading))


def _wrong(engine: ISearchEngine, reading: Reading) -> list[str]:
    generation = _usable(engine, reading)
    found = compare(engine, reading, generation)
    if found.counts["differing"]:
        found = compare(engine, reading, generation, sample=None)
    if found.counts.total() > MAX_SUSPECTS:
        raise SearchUnavailable(
            f"{found.counts.total():,} documents differ from the store, too many to repair one by one; run `gongkai index rebuild`"
        )
    return list(found.wrong)


def _usable(engine: ISearchEngine, reading: Reading) -> str:
    """The current generation, if following it is all that it needs."""
    generation = engine.current()
    if generation is None:
        raise SearchUnavailable("there is no search index yet; `gongkai index rebuild` makes one from the records")
    state = engine.state(generation)
    if state.signature != engine.signature:
        raise SearchUnavailable("the search index was made by another version; `gongkai index rebuild` makes it anew")
    if state.seq > reading.last_seq():
        raise SearchUnavailable(
            "the search index knows changes that the database does not: an earlier state of it was restored. Run `gongkai index rebuild`"
        )
    return generation
