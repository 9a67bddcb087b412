"""kill -9 at any moment of following or rebuilding: what is left can be searched or said to be missing, and one catch-up makes it whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalog.search import life
from catalog.search.plugin import FiltersPlugin
from catalog.search.service import Search
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


def open_search(feed: MemoryFeed, root: Path) -> Search:
    plugin = FiltersPlugin()
    return Search.open(
        root=root, store_reader=feed.open, filters=plugin.filters(), index_fields=plugin.index_fields, secret=b"s"
    )


def work(root: Path) -> None:
    """What the process that is killed does: follow with frequent commits, then rebuild, again and again."""
    life.COMMIT_EVERY = 200
    search = open_search(made_up_feed(), root)
    print("ready", flush=True)
    while True:
        search.catch_up()
        search.rebuild()


@pytest.mark.crash
def test_a_killed_writer_leaves_what_a_catch_up_makes_whole(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    feed = made_up_feed()
    rng = random.Random(11)
    for _ in range(int(request.config.getoption("--kills"))):
        process = subprocess.Popen(
            [sys.executable, str(_HERE), str(tmp_path / "index")],
            env={**os.environ, "PYTHONPATH": _TOP},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.0, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        search = open_search(feed, tmp_path / "index")
        search.catch_up(timeout=5)
        found = search.check()
        assert (found.records, found.indexed, found.missing, found.stale, found.extra) == (
            RECORDS - 100,
            RECORDS - 100,
            0,
            0,
            0,
        )
    search = open_search(feed, tmp_path / "index")
    search.rebuild()
    assert search.check().clean
    assert len(search.engine.generations()) == 2


if __name__ == "__main__":
    work(Path(sys.argv[1]))
