"""Trouble of SQLite files and of this process, told in words that help; and how long a request's patience is."""

from __future__ import annotations

import errno
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.errors import Misconfigured, NoRoom, StoreUnavailable
from catalog.store import Store
from catalog.store.patience import Patience, Watch
from catalog.store.rows import RecordWrite
from tests.store_samples import a_record, put


@pytest.fixture
def store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}", request_seconds=1.0)
    store.upgrade()
    yield store
    store.close()


def test_a_full_disk_is_no_room_and_nothing_is_written(store):
    put(store, RecordWrite(a_record("before")))

    def fill():
        with store.write(actor="t", reason="t") as work:
            pages = work._connection.execute(text("PRAGMA page_count")).scalar()
            work._connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            work.create([RecordWrite(a_record(f"many-{number}")) for number in range(2000)])

    with pytest.raises(NoRoom, match="disk of the database is full"):
        fill()
    store.close()  # the limit is the connection's
    with store.read() as reader:
        assert [record["name"] for record in reader.iter_records()] == ["before"]
    put(store, RecordWrite(a_record("after")))


def test_a_folder_that_cannot_be_made_on_a_full_disk(tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    store = Store.open(f"sqlite:///{tmp_path / 'new' / 'catalogue.sqlite'}")
    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(NoRoom, match="No space left"):
        store.upgrade()


def test_a_folder_that_may_not_be_made_names_the_settings(tmp_path):
    (tmp_path / "file").write_text("")
    store = Store.open(f"sqlite:///{tmp_path / 'file' / 'catalogue.sqlite'}")
    with pytest.raises(Misconfigured, match="GONGKAI_DATABASE_URL, or GONGKAI_DATA_DIR"):
        store.upgrade()


def test_all_connections_in_use_is_no_lock(store):
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(store.read())
        with pytest.raises(StoreUnavailable, match="GONGKAI_THREADS"), store.read():
            pass
    with store.read() as reader:
        assert reader.last_seq() == 0


def test_a_ping_tells_what_is_wrong_in_time(store, tmp_path):
    store.ping(1.0)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all" * 100)
    other = Store.open(f"sqlite:///{broken}")
    with pytest.raises(Exception, match="not an SQLite database"):
        other.ping(1.0)


def test_a_ping_does_not_wait_for_what_takes_longer(store, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(store, "revision_of_tables", lambda: answered.wait(30))
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match=r"within 0\.05 s"):
            store.ping(0.05)
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("gongkai-store-look") == 1, "one look at a time"
    answered.set()
    store.ping(5.0)


@pytest.mark.parametrize("request_seconds", [8, 10, 30, 60])
def test_what_can_follow_each_other_stays_within_the_request(request_seconds):
    patience = Patience(request_seconds)
    assert patience.pool + patience.ping + patience.connect <= request_seconds
    assert patience.statement < request_seconds


def test_while_nobody_answers_one_asks_and_the_others_are_told():
    watch, inside, leave = Watch(), threading.Event(), threading.Event()
    with watch.asking(), watch.asking():
        pass  # while all is well, any number ask

    def ask():
        with watch.asking():
            inside.set()
            leave.wait(10)

    watch.fell_silent()
    thread = threading.Thread(target=ask)
    thread.start()
    inside.wait(10)
    with pytest.raises(StoreUnavailable, match="one request is waiting already"), watch.asking():
        pass
    leave.set()
    thread.join()
    with watch.asking(), watch.asking():
        pass  # the one that asked got an answer


def test_who_asked_in_vain_makes_room_for_the_next():
    watch = Watch()
    watch.fell_silent()
    for _ in range(2):
        with pytest.raises(TimeoutError), watch.asking():
            raise TimeoutError
