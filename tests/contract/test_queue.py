"""The queue, on SQLite and on a real Redis: order, several processes, what it refuses to read, and what it says when it is away."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.errors import Misconfigured, QueueUnavailable, Refused
from catalog.jobs.backends import FILE
from catalog.jobs.queue import Queue
from tests.servers import Redis

pytestmark = pytest.mark.network

SOON = 5.0
"""An absent queue must be told of within this, in seconds."""


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    server: Redis = request.getfixturevalue("redis_server")
    server.flush()
    return server.url


@pytest.fixture
def done() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def queue(url: str, tmp_path: Path, done: list[tuple[str, ...]]) -> Iterator[Queue]:
    made = Queue.open(url, tmp_path, perform=lambda task, words: done.append((task, *words)))
    yield made
    made.close()


def drain(queue: Queue) -> None:
    while (task := queue.take()) is not None:
        queue.perform(task)


def in_another_process(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE, text=True)


def test_first_in_first_out(queue: Queue, done: list[tuple[str, ...]]) -> None:
    names = [f"quelle-{number}" for number in range(20)]
    for name in names[:10]:
        queue.enqueue("source.run", name)
    drain(queue)
    for name in names[10:]:
        queue.enqueue("source.run", name)
    assert queue.waiting() == [("source.run", (name,)) for name in names[10:]]
    drain(queue)
    assert done == [("source.run", name) for name in names]
    assert queue.waiting() == []


def test_nothing_remains_of_what_was_done(queue: Queue) -> None:
    for number in range(10):
        queue.enqueue("source.run", f"quelle-{number}")
    drain(queue)
    storage = queue.huey.storage
    assert (storage.queue_size(), storage.schedule_size(), storage.result_store_size()) == (0, 0, 0)


def test_a_message_is_plain_json(queue: Queue) -> None:
    queue.enqueue("source.run", "市政府")
    (message,) = queue.huey.storage.enqueued_items()
    found = json.loads(bytes(message))
    assert len(found.pop("id")) == 36
    assert found == {"task": "source.run", "words": ["市政府"]}


def test_each_name_is_taken_by_one_process(queue: Queue, url: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from catalog.jobs.queue import Queue\n"
        "queue = Queue.open(sys.argv[1], Path(sys.argv[2]), perform=lambda task, words: print(*words))\n"
        "empty = 0\n"
        "while empty < 3:\n"
        "    task = queue.take()\n"
        "    empty = empty + 1 if task is None else 0\n"
        "    if task is not None: queue.perform(task)\n"
        "queue.close()\n"
    )
    names = [f"quelle-{number}" for number in range(300)]
    for name in names:
        queue.enqueue("source.run", name)
    takers = [in_another_process(code, url, str(tmp_path)) for _ in range(3)]
    taken = [process.communicate(timeout=60)[0].split() for process in takers]
    assert [process.returncode for process in takers] == [0, 0, 0]
    assert sorted(name for share in taken for name in share) == sorted(names)


def test_a_child_uses_the_queue_that_its_parent_opened(queue: Queue, done: list[tuple[str, ...]]) -> None:
    queue.enqueue("source.run", "parent")
    queue.huey.storage.close()  # as the consumer does before it forks
    child = os.fork()
    if child == 0:
        try:
            queue.enqueue("source.run", "child")
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    drain(queue)
    assert done == [("source.run", "parent"), ("source.run", "child")]


class Harmful:
    """What is run when it is unpickled: the proof that it was not."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self._trace}",)


def message(**changes: object) -> bytes:
    return json.dumps({"id": "1", "task": "source.run", "words": ["a"]} | changes).encode()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 1500,
        message(more=1),
        message(task="source.delete"),
        message(task=["source.run"]),
        message(task=None),
        message(words="a"),
        message(words=[]),
        message(words=["a", "b"]),
        message(words=[{"name": "a"}]),
        message(words=[""]),
        message(words=["a" * 201]),
        message(id=1),
        message(id=""),
        b" " * 3000 + message(),
        b'{"id": "1", "task": "source.run", "words": ["\\ud800"]}',
    ],
)
def test_what_is_not_ours_is_refused_and_gone(queue: Queue, done: list[tuple[str, ...]], hostile: bytes) -> None:
    queue.huey.storage.enqueue(hostile)
    queue.enqueue("source.run", "after")
    assert queue.waiting() == [("source.run", ("after",))]
    with pytest.raises(Refused, match="not one of this program's"):
        queue.take()
    drain(queue)
    assert done == [("source.run", "after")]


def test_a_pickle_is_never_opened(queue: Queue, done: list[tuple[str, ...]], tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    harmful = pickle.dumps(Harmful(trace))
    queue.huey.storage.enqueue(harmful)
    queue.waiting()
    with pytest.raises(Refused):
        queue.take()
    # huey looks beside the queue whether a task was revoked
    queue.enqueue("source.run", "a")
    task = queue.take()
    queue.huey.storage.put_data(task.revoke_id, harmful)
    with pytest.raises(Refused):
        queue.perform(task)
    assert not trace.exists()
    assert done == []
    pickle.loads(harmful)  # noqa: S301 -- the proof that it would have been harmful
    assert trace.exists()


def test_a_process_that_does_no_tasks_says_so(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue.open(url, tmp_path)
    queue.enqueue("source.run", "a")
    queue.perform(queue.take())  # huey tells its log
    queue.close()
    assert "was taken by a process that does no tasks" in caplog.text


def test_a_sign_of_life(queue: Queue) -> None:
    queue.ping(2.0)


def refuses_soon(ask: Callable[[], object], told: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueueUnavailable, match=told):
        ask()
    assert time.monotonic() - start < SOON


def test_a_redis_that_is_away_is_told_of_soon_and_found_again(own_redis: Redis, tmp_path: Path) -> None:
    queue = Queue.open(own_redis.url, tmp_path, perform=lambda task, words: None)
    queue.enqueue("source.run", "lost")
    own_redis.kill()
    for ask in (lambda: queue.enqueue("source.run", "a"), queue.waiting, queue.take, lambda: queue.ping(2.0)):
        refuses_soon(ask, "does not answer")
    fresh = Queue.open(own_redis.url, tmp_path)
    refuses_soon(fresh.waiting, "does not answer")
    own_redis.restart()
    queue.enqueue("source.run", "kept")
    assert ("source.run", ("kept",)) in queue.waiting()
    queue.ping(2.0)
    queue.close()
    fresh.close()


def test_a_redis_that_is_silent_is_told_of_soon(own_redis: Redis, tmp_path: Path) -> None:
    queue = Queue.open(own_redis.url, tmp_path)
    queue.ping(2.0)
    assert own_redis._process is not None
    own_redis._process.send_signal(signal.SIGSTOP)
    try:
        refuses_soon(lambda: queue.enqueue("source.run", "a"), "does not answer")
        refuses_soon(queue.waiting, "does not answer")
        start = time.monotonic()
        refuses_soon(lambda: queue.ping(1.0), "does not answer")
        assert time.monotonic() - start < 1.5
    finally:
        own_redis._process.send_signal(signal.SIGCONT)
    queue.ping(2.0)
    queue.close()


def test_no_message_shows_the_password(own_redis: Redis, tmp_path: Path) -> None:
    queue = Queue.open(own_redis.url, tmp_path)
    assert own_redis.password not in queue.place
    with pytest.raises(QueueUnavailable) as wrong:
        Queue.open(own_redis.url.replace(own_redis.password, "falsch-geheim"), tmp_path).waiting()
    own_redis.kill()
    with pytest.raises(QueueUnavailable) as away:
        queue.waiting()
    for caught in (wrong, away):
        assert own_redis.password not in str(caught.value)
        assert "falsch-geheim" not in str(caught.value)
        assert f"127.0.0.1:{own_redis.port}" in str(caught.value)
    with pytest.raises(Misconfigured) as other:
        Queue.open("amqp://user:geheim@host/", tmp_path)
    assert "geheim" not in str(other.value)


@pytest.mark.parametrize(
    "url", ["amqp://host/", "localhost:6379", "redis://host/?socket_timeout=bald", "redis://host:99999/0"]
)
def test_a_url_that_names_no_queue_is_a_wrong_setting(url: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="GONGKAI_QUEUE_URL"):
        Queue.open(url, tmp_path)


def test_valkey_is_asked_as_redis_is(redis_server: Redis, tmp_path: Path) -> None:
    queue = Queue.open(redis_server.url.replace("redis://", "valkey://"), tmp_path)
    assert queue.place.startswith("valkey://127.0.0.1:")
    queue.ping(2.0)
    queue.close()


def test_a_damaged_file_is_told_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database" * 500)
    refuses_soon(lambda: Queue.open("", tmp_path), "delete it")


def test_a_locked_file_is_told_of_soon(tmp_path: Path) -> None:
    queue = Queue.open("", tmp_path)
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("BEGIN EXCLUSIVE")
        refuses_soon(lambda: queue.enqueue("source.run", "a"), "does not answer")
        other.rollback()
    other.close()
    queue.enqueue("source.run", "a")
    assert queue.waiting() == [("source.run", ("a",))]
    queue.close()


def test_a_file_that_was_deleted_is_told_by_its_ping(tmp_path: Path) -> None:
    queue = Queue.open("", tmp_path)
    (tmp_path / FILE).unlink()
    refuses_soon(lambda: queue.ping(1.0), "is gone")
    queue.close()
