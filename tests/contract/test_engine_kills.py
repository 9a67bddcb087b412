"""kill -9 at any moment of following or rebuilding: what is left can be searched or said to be missing, and one catch-up makes it whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.errors import SearchUnavailable
from catalog.search import following, rebuild
from catalog.search.service import Search
from tests.index_places import ENGINES, Place, a_place
from tests.memory_feed import MemoryFeed

RECORDS = 3_000
_HERE = Path(__file__).resolve()
_TOP = str(_HERE.parents[2])


def made_up_feed() -> MemoryFeed:
    """The same store in every process: records, changes of some, removals of others."""
    feed = MemoryFeed()
    rng = random.Random(5)
    for number in range(RECORDS):
        feed.add(f"r{number}", f"食品安全通知第{number}号", "各单位应当加强食品安全监督管理工作。" * rng.randint(1, 20))
    for number in rng.sample(range(RECORDS), 300):
        feed.add(f"r{number}", f"改过的通知第{number}号", "改过的正文")
    for uid in rng.sample(sorted(feed.held), 100):
        feed.set_state(uid, "withdrawn")
    return feed


def work(place: Place) -> None:
    """What the process that is killed does: follow with frequent commits, then rebuild, again and again."""
    following.COMMIT_EVERY = rebuild.COMMIT_EVERY = 200
    search = place.open(made_up_feed().open)
    print("ready", flush=True)
    while True:
        search.catch_up()
        search.rebuild()


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    yield from a_place(request, tmp_path)


def follow(search: Search) -> None:
    """Catch up as a follower does: a cluster whose shards are just starting is asked again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            search.catch_up(timeout=5)
        except SearchUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


@pytest.mark.crash
def test_a_killed_writer_leaves_what_a_catch_up_makes_whole(place: Place, request: pytest.FixtureRequest) -> None:
    feed = made_up_feed()
    rng = random.Random(11)
    for _ in range(int(request.config.getoption("--kills"))):
        process = subprocess.Popen(
            [sys.executable, str(_HERE), str(place.root), place.url, place.prefix],
            env={**os.environ, "PYTHONPATH": _TOP},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.0, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        search = place.open(feed.open)
        follow(search)
        found = search.check()
        assert (found.records, found.indexed, found.missing, found.stale, found.extra) == (
            RECORDS - 100,
            RECORDS - 100,
            0,
            0,
            0,
        )
    search = place.open(feed.open)
    search.rebuild()
    assert search.check().clean
    assert len(search.engine.generations()) == 2


if __name__ == "__main__":
    work(Place(Path(sys.argv[1]), *sys.argv[2:]))
