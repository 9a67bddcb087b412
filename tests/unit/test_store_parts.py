"""The small parts of the store: identifiers, digests, keys, addresses of databases, processes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Busy, Damaged, Misconfigured
from catalog.model.draft import Block
from catalog.process import is_gone, this_process
from catalog.store import Store, new_id, text_hash
from catalog.store.base import timestamp
from catalog.store.codec import MAX_KEY_BYTES, stored_key
from catalog.store.engines import parse_url
from catalog.store.identity import decode_text, encode_text
from catalog.store.writes import changed_fields
from tests.store_samples import a_record, next_version

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
BLOCKS = st.builds(
    Block, st.sampled_from(["heading", "paragraph", "list_item", "table"]), TEXTS, st.integers(0, 6), st.none() | TEXTS
)


def test_ids_are_uuids_that_sort_as_they_were_made():
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in ids} == {(7, uuid.RFC_4122)}


def test_ids_of_threads_do_not_collide():
    with ThreadPoolExecutor(4) as pool:
        ids = [one for many in pool.map(lambda _: [new_id() for _ in range(2000)], range(4)) for one in many]
    assert len(set(ids)) == len(ids)


@given(st.lists(BLOCKS))
def test_texts_come_back_from_their_bytes(blocks):
    digest, body = encode_text(blocks)
    assert decode_text(body) == blocks
    assert digest == text_hash(tuple(blocks))


@given(st.lists(BLOCKS), st.lists(BLOCKS))
def test_texts_differ_where_their_digests_differ(one, other):
    assert (one == other) == (text_hash(one) == text_hash(other))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=3000))
def test_stored_keys_fit_an_index_row_and_are_stable(key):
    stored = stored_key(key)
    assert len(stored.encode()) <= MAX_KEY_BYTES
    assert stored_key(stored) == stored
    if len(key.encode()) <= MAX_KEY_BYTES:
        assert stored == key


def test_long_keys_that_differ_at_their_end_stay_apart():
    long = "关于" * 1000
    assert stored_key(long + "甲") != stored_key(long + "乙")


@given(st.integers(-2_000_000_000, 7_000_000_000), st.integers(0, 1_000_000), st.integers(-12, 14))
def test_times_as_text_sort_as_times(seconds, later, hours):
    zone = timezone(timedelta(hours=hours))
    moment = datetime.fromtimestamp(seconds, zone)
    assert timestamp(moment) <= timestamp(moment + timedelta(microseconds=later))
    assert (timestamp(moment) == timestamp(moment + timedelta(microseconds=later))) == (later == 0)
    assert datetime.fromisoformat(timestamp(moment)) == moment


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a/b.sqlite", "sqlite"),
        ("sqlite:////a/b.sqlite", "sqlite"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgres://h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg"),
    ],
)
def test_known_databases_are_taken(url, driver):
    assert parse_url(url).drivername == driver


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:", "catalogue.sqlite", "", "postgresql+asyncpg://h/d"]
)
def test_other_databases_are_refused_with_a_way_out(url):
    with pytest.raises(Misconfigured, match="sqlite:///"):
        Store.open(url)


def test_a_password_in_a_bad_url_is_not_told():
    with pytest.raises(Misconfigured) as caught:
        Store.open("mysql://root:geheim@h/d")
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_database_is_called_damaged(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"<html>this is not a database</html>" * 100)
    store = Store.open(f"sqlite:///{path}")
    with pytest.raises(Damaged, match="not an SQLite database"):
        store.upgrade()


def test_opening_a_store_touches_nothing(tmp_path):
    Store.open(f"sqlite:///{tmp_path / 'none' / 'catalogue.sqlite'}").close()
    assert list(tmp_path.iterdir()) == []


def test_a_running_process_is_not_gone_and_an_ended_one_is():
    assert not is_gone(this_process())
    program = "from catalog.process import this_process; print(this_process(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        name = other.stdout.readline().strip()
        assert not is_gone(name)
        other.stdin.close()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(name), "a zombie does not run"
    assert is_gone(name)


def test_a_number_that_was_given_to_another_process_is_gone():
    place, _, _ = this_process().rpartition("/")
    assert is_gone(f"{place}/1")


def test_processes_of_other_machines_are_never_said_to_be_gone():
    host, _, rest = this_process().split("/", 2)
    assert not is_gone(f"{host}/another-boot/{rest}")
    assert not is_gone(f"{host}////")


def test_changed_fields_are_named():
    old = a_record("a", metadata={"kept": 1, "changed": [1], "gone": True})
    new = next_version(
        old, metadata={"kept": 1, "changed": [2], "new": None, "added": 0}, state="withdrawn", text_hash="x"
    )
    assert changed_fields(old, new) == ("changed", "gone", "added", "state", "text")
    assert changed_fields(old, next_version(old)) == ()


@pytest.mark.parametrize(("held", "wait", "opens"), [(0.2, 10.0, True), (1.0, 0.2, False)])
def test_a_new_database_that_another_process_is_making_is_waited_for(tmp_path, held, wait, opens):
    path = tmp_path / "catalogue.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE made (here)")
    other.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(held, other.execute, ["COMMIT"])
    release.start()
    store = Store.open(f"sqlite:///{path}", wait=wait)
    if opens:
        assert store.upgrade() is True
    else:
        with pytest.raises(Busy):
            store.upgrade()
    release.join()
    other.close()
    store.close()
