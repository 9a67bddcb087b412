"""Transactions: a record, its revision and its row of the change log are one, whatever happens in between and whoever else writes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import event

from catalog.errors import Busy, Conflict
from catalog.model.draft import Block
from catalog.store import Store, text_hash
from catalog.store.rows import Cited, EventWrite, FileRow, ObjectRow, RecordWrite
from tests.store_samples import a_place, a_record, a_source, broken_promises, next_version, put

TEXT = (Block("paragraph", "云江市河道管理办法" * 200),)


class Broken(Exception):
    """What a test raises in the middle of a unit of work."""


def everything(store, source, name, held):
    """A unit of work that writes to every table: a new record with all that can hang on it, and the next version of another."""
    record = a_record(name, blocks=TEXT)
    cited = Cited("cites", "见", "held", None, "held", None)
    with store.write(actor="tester", reason="everything", job_id="j") as work:
        job = work.start_job(source.id)
        work.ensure_organizations([f"机关 {name}"])
        work.create(
            [
                RecordWrite(
                    record,
                    TEXT,
                    keys=(("number", name),),
                    citations=(cited,),
                    events=(EventWrite("repealed", None, "废止", cited),),
                    files=(FileRow(text_hash(TEXT), "a.html", "text/html", 1, "original"),),
                    provenance=a_place(source, name),
                )
            ]
        )
        work.update(
            [RecordWrite(next_version(held, name=f"held-{name}"), keys=(("number", "held"),), citations=(), events=())]
        )
        work.add_objects([ObjectRow(job.id, name, "created")])
        work.checkpoint(job.id, {"at": name})
    return next_version(held, name=f"held-{name}")


def state_of(store):
    """What the store holds, as far as a reader can tell."""
    with store.read() as reader:
        return (
            {record["id"]: record for record in reader.iter_records()},
            reader.last_seq(),
            len(reader.organizations()),
            [(source.id, len(reader.jobs(source.id))) for source in reader.sources()],
            reader.texts([text_hash(TEXT)]),
        )


def test_an_exception_at_any_statement_leaves_nothing_of_the_unit(store):
    source, held = a_source(store), a_record("held")
    put(store, RecordWrite(held, keys=(("number", "held"),)))
    before = state_of(store)
    engine = store._engine()
    for stop_at in count(1):
        seen = count(1)

        def stop(*_, stop_at=stop_at, seen=seen):
            if next(seen) == stop_at:
                raise Broken

        event.listen(engine, "before_cursor_execute", stop)
        try:
            everything(store, source, "new", held)
        except Broken:
            assert state_of(store) == before
            assert broken_promises(store) == []
        else:
            break
        finally:
            event.remove(engine, "before_cursor_execute", stop)
    assert stop_at > 25
    after = state_of(store)
    assert set(after[0]) > set(before[0])
    assert broken_promises(store) == []


def test_an_exception_of_the_caller_rolls_all_back(store):
    def fail(work):
        work.create([RecordWrite(a_record("a"))])
        raise Broken

    with pytest.raises(Broken), store.write(actor="tester", reason="test") as work:
        fail(work)
    with store.read() as reader:
        assert reader.counts().records == 0
        assert reader.last_seq() == 0


WRITER = """
import sys
from itertools import count
from catalog.store import Store
from tests.contract.test_store_transactions import everything
from tests.store_samples import a_record
store = Store.open(sys.argv[1])
with store.read() as reader:
    source = reader.source("yunjiang")
    held = next(record for record in reader.iter_records() if record["name"].startswith("held"))
for number in count():
    name = f"{sys.argv[2]}-{number}"
    held = everything(store, source, name, held)
    print(name, flush=True)
"""


@pytest.mark.crash
def test_a_killed_writer_leaves_whole_transactions_and_all_that_it_reported(store, store_url):
    a_source(store)
    put(store, RecordWrite(a_record("held"), keys=(("number", "held"),)))
    chance = random.Random(20260301)
    reported = []
    for life in range(6):
        command = [sys.executable, "-c", WRITER, store_url, f"life{life}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            reported.append(writer.stdout.readline().strip())
            time.sleep(chance.uniform(0.0, 0.25))
            writer.send_signal(signal.SIGKILL)
            reported += [line.strip() for line in writer.stdout if line.endswith("\n")]
        assert broken_promises(store) == []
    with store.read() as reader:
        names = {record["name"] for record in reader.iter_records()}
        changes = reader.changes(0, 100_000)
    assert set(reported) <= names
    assert len(changes) == 2 * len(names) - 1, "each unit makes one record and changes one"


def test_several_writers_and_a_follower(open_store):
    """Writers in their own stores; a follower of the change log misses nothing, and sees numbers only grow."""
    writers, batches, size = 4, 8, 5
    done = threading.Event()

    def work_off(number):
        store = open_store()
        for batch in range(batches):
            put(store, *(RecordWrite(a_record(f"w{number}-{batch}-{row}")) for row in range(size)))

    def follow():
        store, seen, last = open_store(), [], 0
        while True:
            ending = done.is_set()
            with store.read() as reader:
                page = reader.changes(last, 7)
                known = reader.records([change.record_id for change in page])
            assert len(known) == len(page), "a change is not visible before its record"
            seen += page
            if page:
                last = page[-1].seq
            elif ending:
                return seen

    with ThreadPoolExecutor(writers + 1) as pool:
        follower = pool.submit(follow)
        for writer in [pool.submit(work_off, number) for number in range(writers)]:
            writer.result()
        done.set()
        seen = follower.result()
    store = open_store()
    with store.read() as reader:
        assert seen == reader.changes(0, 10_000)
        assert reader.counts().records == writers * batches * size == len(seen)
    assert broken_promises(store) == []


def test_threads_share_one_store(store):
    def one(number):
        put(store, RecordWrite(a_record(f"t{number}")))
        with store.read() as reader:
            return reader.record(f"t{number}")["name"]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(40))) == sorted(f"t{number}" for number in range(40))


def test_of_two_editors_of_one_version_the_second_is_refused(open_store):
    record = a_record("a")
    stores = [open_store(), open_store()]
    put(stores[0], RecordWrite(record))
    barrier = threading.Barrier(2)

    def edit(store):
        barrier.wait()
        try:
            with store.write(actor="editor", reason="edit") as work:
                work.update([RecordWrite(next_version(record))])
        except Conflict:
            return "refused"
        return "stored"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(edit, stores)) == ["refused", "stored"]
    assert broken_promises(stores[0]) == []


def test_a_reader_sees_one_moment(store):
    put(store, RecordWrite(a_record("a")))
    with store.read() as reader:
        assert reader.counts().records == 1
        put(store, RecordWrite(a_record("b")))
        assert reader.counts().records == 1
        assert reader.record("b") is None
    with store.read() as reader:
        assert reader.counts().records == 2


def test_a_writer_that_waits_too_long_is_told(store, store_url):
    hasty = Store.open(store_url, wait=0.2)
    with store.write(actor="slow", reason="long") as work:
        work.create([RecordWrite(a_record("a"))])
        with ThreadPoolExecutor(1) as pool, pytest.raises(Busy, match="another writer"):
            pool.submit(put, hasty, RecordWrite(a_record("b"))).result()
    put(hasty, RecordWrite(a_record("b")))
    hasty.close()


def test_a_unit_within_a_unit_is_a_programming_error(store):
    with store.write(actor="tester", reason="outer") as outer:
        inner = store.write(actor="tester", reason="inner")
        with pytest.raises(RuntimeError, match="open already"):
            inner.__enter__()
        outer.create([RecordWrite(a_record("b"))])
    put(store, RecordWrite(a_record("a")))


def test_parent_and_child_of_a_fork_use_the_same_store(store):
    put(store, RecordWrite(a_record("before")))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            put(store, RecordWrite(a_record("child")))
            with store.read() as reader:
                code = 0 if reader.record("before") and reader.record("child") else 2
            store.close()
        finally:
            os._exit(code)
    put(store, RecordWrite(a_record("parent")))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    with store.read() as reader:
        assert {record["name"] for record in reader.iter_records()} == {"before", "child", "parent"}
    assert broken_promises(store) == []


def test_a_fork_in_the_middle_of_a_unit_does_not_touch_it(store):
    with store.write(actor="tester", reason="fork inside") as work:
        work.create([RecordWrite(a_record("a"))])
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        work.create([RecordWrite(a_record("b"))])
    with store.read() as reader:
        assert reader.counts().records == 2
    assert broken_promises(store) == []


def test_a_closed_store_opens_again(store):
    put(store, RecordWrite(a_record("a")))
    store.close()
    store.close()
    with store.read() as reader:
        assert reader.counts().records == 1
