"""Writers of several processes and those who follow the change log: no follower passes a row that becomes visible behind it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from catalog.store import Store
from tests.store_samples import broken_promises

WRITERS, UNITS, RECORDS = 4, 25, 3
WRITER = """
import random, sys, time
from catalog.store import Store
from catalog.store.rows import RecordWrite
from tests.store_samples import a_record

class Dropped(Exception): pass

url, name, units, number = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
store, chance = Store.open(url), random.Random(name)
sys.stdin.readline()
for unit in range(units):
    records = [a_record(f"{name}-{unit}-{one}") for one in range(number)]
    try:
        with store.write(actor=name, reason="test") as work:
            work.create([RecordWrite(one) for one in records])
            time.sleep(chance.uniform(0, 0.01))
            if unit % 5 == 4:
                raise Dropped  # its change numbers are taken and never seen
    except Dropped:
        pass
"""


@pytest.fixture
def writers(store_url):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, store_url, f"w{number}", str(UNITS), str(RECORDS)],
            stdin=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    yield running
    for process in running:
        process.kill()
        process.communicate()


def test_a_follower_sees_every_change_once_and_in_order(store_url, writers):
    follower = Store.open(store_url)
    for process in writers:
        process.stdin.write("\n")
        process.stdin.flush()
    seen, looks = [], 0
    while any(process.poll() is None for process in writers) or looks == 0:
        seen += new_since(follower, seen)
        looks += 1
    assert [process.returncode for process in writers] == [0] * WRITERS
    while rows := new_since(follower, seen):
        seen += rows
    with follower.read() as reader:
        whole = reader.changes(0, limit=10_000)
        names = {record["id"]: record["name"] for record in reader.iter_records()}
    assert seen == whole
    assert [row.seq for row in seen] == sorted({row.seq for row in seen})
    assert len(seen) == WRITERS * UNITS * 4 // 5 * RECORDS
    assert looks > WRITERS, "it looked while they wrote"
    units = [names[row.record_id].rpartition("-")[0] for row in seen]
    assert len([one for one, before in zip(units, [None, *units], strict=False) if one != before]) == len(set(units)), (
        "the rows of one unit stand together: no other wrote between them"
    )
    assert broken_promises(follower) == []
    follower.close()


def new_since(follower, seen):
    with follower.read() as reader:
        return reader.changes(seen[-1].seq if seen else 0, limit=7)
