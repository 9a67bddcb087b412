"""When the database is away: whoever asks is told so in time and in words that help, and when it is back nothing has to be done."""

from __future__ import annotations

import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from catalog.errors import Busy, Conflict, Misconfigured, NoRoom, StoreUnavailable
from catalog.store import Store
from catalog.store.patience import OTHERS
from catalog.store.rows import RecordWrite
from tests.freezing import frozen
from tests.server_fixtures import running
from tests.servers import Postgresql
from tests.store_samples import a_record, a_source, put

pytestmark = pytest.mark.network

BUDGET = 5.0
SLACK = 1.0
"""Seconds that a busy machine may take for what is no waiting."""


@pytest.fixture(scope="module")
def started():
    """A server for this module alone, which its tests stop, kill and start again."""
    yield from running(Postgresql)


@pytest.fixture
def server(started):
    yield started
    if started._process is None:
        started.restart()


@pytest.fixture
def address(server):
    # what was committed must be there after the server is killed, which the tests' servers do not promise by themselves
    return f"{server.url(server.database())}?options=-c%20synchronous_commit%3Don"


@pytest.fixture
def store(address):
    store = Store.open(address, request_seconds=BUDGET)
    store.upgrade()
    yield store
    store.close()


@contextmanager
def at_most(seconds):
    start = time.monotonic()
    yield
    assert time.monotonic() - start <= seconds


def look(store):
    """How many changes there are; their numbers may have gaps after a crash."""
    with store.read() as reader:
        return len(reader.changes(0))


def trouble_of(store):
    try:
        look(store)
    except StoreUnavailable as error:
        return error
    return None


def write(store, name):
    put(store, RecordWrite(a_record(name)))


def test_a_server_that_is_gone_is_said_to_be_so_at_once(server, store):
    write(store, "before")
    server.kill()
    for ask in (look, lambda one: write(one, "while"), Store.upgrade, lambda one: one.ping(1)):
        with at_most(SLACK), pytest.raises(StoreUnavailable, match=r"GONGKAI_DATABASE_URL\) does not answer; start it"):
            ask(store)


def test_the_first_question_after_a_restart_is_answered(server, store):
    with ThreadPoolExecutor(4) as pool:  # several connections are kept
        list(pool.map(lambda _: look(store), range(8)))
    write(store, "before")
    server.kill()
    server.restart()
    assert look(store) == 1
    write(store, "after")
    server.restart()
    write(store, "after that")
    assert look(store) == 3


def test_a_unit_of_work_that_the_server_left_is_told_so_and_is_not_stored(server, store):
    def unit():
        with store.write(actor="tester", reason="test") as work:
            work.create([RecordWrite(a_record("lost"))])
            server.kill()
            work.create([RecordWrite(a_record("never"))])

    with pytest.raises(StoreUnavailable):
        unit()
    server.restart()
    assert look(store) == 0
    write(store, "lost")


def test_a_reader_that_the_server_left_is_told_so(server, store):
    with store.read() as reader:
        reader.last_seq()
        server.kill()
        with pytest.raises(OperationalError):
            reader.last_seq()
    with pytest.raises(StoreUnavailable), store.read() as reader:
        reader.last_seq()


def test_no_question_hangs_on_a_server_that_is_stopped(server, store):
    assert look(store) == 0
    with frozen(server):
        with at_most(BUDGET + SLACK), pytest.raises(StoreUnavailable, match="does not answer"):
            look(store)
        with (
            at_most(1 + SLACK),
            pytest.raises(StoreUnavailable, match="did not answer within 1 s|has stopped answering"),
        ):
            store.ping(1)
    assert look(store) == 0
    store.ping(1)


def test_a_question_under_way_ends_when_the_server_stops(server, store):
    def ask():
        with store.read() as reader:
            reader.last_seq()
            with frozen(server):
                reader.last_seq()

    with at_most(BUDGET + 2 * SLACK), pytest.raises(StoreUnavailable, match="does not answer"):
        ask()
    assert look(store) == 0


def test_a_stopped_server_holds_up_one_thread_and_the_others_are_told_at_once(server, store):
    look(store)
    with frozen(server):
        with pytest.raises(StoreUnavailable):
            look(store)
        told = []
        waiting = threading.Thread(target=lambda: told.append(trouble_of(store)))
        waiting.start()
        time.sleep(0.3)
        for _ in range(4):
            with at_most(OTHERS + SLACK / 2), pytest.raises(StoreUnavailable, match="one request is waiting already"):
                look(store)
        assert waiting.is_alive()
        waiting.join()
        assert "does not answer" in str(told[0])
    assert look(store) == 0


def test_an_address_where_nobody_speaks(store):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        other = Store.open(f"postgresql://u:p@127.0.0.1:{mute.getsockname()[1]}/d", request_seconds=BUDGET)
        with at_most(BUDGET + SLACK), pytest.raises(StoreUnavailable, match="connection timeout expired"):
            look(other)
        with at_most(0.5 + SLACK), pytest.raises(StoreUnavailable, match=r"did not answer within 0\.5 s"):
            other.ping(0.5)
        other.close()


def test_a_long_answer_is_cut_off_for_readers_and_not_for_writers(store):
    def ask():
        with store.read() as reader:
            reader._connection.execute(text("SELECT pg_sleep(60)"))

    with at_most(BUDGET + SLACK), pytest.raises(StoreUnavailable, match="within the time of a request"):
        ask()
    with store.write(actor="tester", reason="test") as work:
        work._connection.execute(text(f"SELECT pg_sleep({BUDGET})"))


def test_a_server_without_a_connection_left_is_no_lock(server, store):
    import psycopg

    look(store)
    store.close()
    with ExitStack() as held:
        for _ in range(200):
            try:
                held.enter_context(closing(psycopg.connect(server.url("postgres"))))
            except psycopg.OperationalError:
                break
        with pytest.raises(StoreUnavailable, match="max_connections"):
            look(store)
    assert look(store) == 0


def test_a_server_that_shuts_down_or_starts_says_so(server, store):
    look(store)
    with store._engine().connect() as other:
        other.execute(text("SELECT 1"))

        def ask():
            with store.read() as reader:
                number = reader._connection.execute(text("SELECT pg_backend_pid()")).scalar()
                other.execute(text("SELECT pg_terminate_backend(:number, 1000)"), {"number": number})
                reader.last_seq()

        with pytest.raises(StoreUnavailable, match="stopping or starting"):
            ask()
    assert look(store) == 0


def test_a_full_disk_is_no_room(store):
    source = a_source(store)
    with store._transaction(None) as connection:
        connection.execute(
            text(
                "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', "
                "MESSAGE = 'could not extend file: No space left on device'; END $$ LANGUAGE plpgsql"
            )
        )
        connection.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON records EXECUTE FUNCTION full_disk()"))
    with pytest.raises(NoRoom, match="No space left on device"):
        write(store, "much")
    with store.read() as reader:
        assert reader.source(source.name).id == source.id
    assert look(store) == 0


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        (lambda url: url.replace("tests:", "tests:wrong"), "refuses the user or password"),
        (lambda url: url.replace("tests:", "nobody:"), "refuses the user or password"),
        (lambda url: re.sub(r"/t\d+\?", "/no-such?", url), "does not exist; create it"),
        (lambda url: f"{url}&sslmode=require", "check sslmode"),
        (lambda url: f"{url}&sslmode=verify-full&sslrootcert=/no/such/file", "sslrootcert"),
    ],
)
def test_what_a_person_must_correct_is_no_outage(store, address, change, cure):
    other = Store.open(change(address))
    with pytest.raises(Misconfigured, match=cure) as told:
        look(other)
    assert "GONGKAI_DATABASE_URL" in str(told.value)
    assert "wrong" not in str(told.value), "no password in a message"
    other.close()


def test_what_the_url_says_of_the_connection_holds(store, address):
    other = Store.open(f"{address}&application_name=archive&keepalives_idle=7")
    with other.read() as reader:
        asked = [f"current_setting('{name}')" for name in ("application_name", "synchronous_commit", "lock_timeout")]
        assert reader._connection.execute(text(f"SELECT {', '.join(asked)}")).one() == ("archive", "on", "30s")
        parameters = reader._connection.connection.driver_connection.info.get_parameters()
        assert (parameters["keepalives_idle"], parameters["keepalives_count"]) == ("7", "3")
    other.close()


def test_a_lease_outlives_an_outage_and_is_lost_when_another_takes_it(server, store, address):
    def renew(lease):
        with store.write(actor="runner", reason="batch", lease=lease):
            pass

    with store.write(actor="runner", reason="lease") as work:
        lease = work.take_lease("source:1", seconds=600)
        short = work.take_lease("source:2", seconds=0.1)
    server.kill()
    with pytest.raises(StoreUnavailable):
        renew(lease)
    with pytest.raises(StoreUnavailable), store.write(actor="runner", reason="lease") as work:
        work.release_lease(lease)
    server.restart()
    other = Store.open(address)
    with pytest.raises(Busy), other.write(actor="other", reason="lease") as work:
        work.take_lease("source:1")
    renew(lease)
    with other.write(actor="other", reason="lease") as work:
        assert work.take_lease("source:2").fence == short.fence + 1
    with pytest.raises(Conflict, match="taken over"):
        renew(short)
    with store.write(actor="runner", reason="lease", lease=lease) as work:
        work.release_lease(lease)
    with other.write(actor="other", reason="lease") as work:
        assert work.take_lease("source:1").fence == lease.fence + 1
    other.close()
