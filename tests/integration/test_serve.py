"""A real `gongkai serve` with several processes: its counts add up, it ends in good order, and what dies is replaced."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from catalog.cli import server
from tests.integration.door_catalogue import DIGEST, PDF, build
from tests.servers.base import free_port

pytestmark = pytest.mark.network

COMMAND = [sys.executable, "-m", "catalog.cli"]
PLUGINS = "-extractors,-harvesters"


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **options) -> requests.Response:
        return requests.get(self.base + path, timeout=10, **options)

    def workers(self) -> list[int]:
        """The processes that answer: children of the master that are forks of it."""
        return [number for number in children(self.process.pid) if b"\0serve\0" in command_line(number)]

    def followers(self) -> list[int]:
        return [number for number in children(self.process.pid) if b"\0follow\0" in command_line(number)]

    def counted(self) -> dict[tuple[str, str], float]:
        found = re.findall(
            r'^gongkai_http_requests_total\{endpoint="([^"]*)",status="(\d+)"\} (\S+)$',
            self.get("/metrics").text,
            re.MULTILINE,
        )
        return {(endpoint, status): float(value) for endpoint, status, value in found}

    def until(self, told, seconds: float = 10.0):
        """Wait until something is told; the log is shown when it is not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := told():
                return found
            time.sleep(0.05)
        return pytest.fail(f"not within {seconds} s; the server's log: {self.log.read_text()}")


def children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(number) for number in text.split()]


def command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


@contextmanager
def serving(environment, log: Path, *options: str, ready: str = "/healthz/live") -> Iterator[Served]:
    port = free_port()
    with log.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port), *options], env=environment, stdout=file, stderr=file, text=True
        )
    served = Served(process, port, log)
    try:
        served.until(lambda: process.poll() is not None or answers(served, ready), 30)
        assert process.poll() is None, log.read_text()
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


def answers(served: Served, path: str) -> bool:
    try:
        return served.get(path).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def served(environment, tmp_path) -> Iterator[Served]:
    catalogue = build(tmp_path / "var")
    catalogue.search.close()
    catalogue.store.close()
    settings = environment | {"GONGKAI_PLUGINS": PLUGINS, "GONGKAI_THREADS": "4"}
    with serving(settings, tmp_path / "log", "--workers", "3") as running:
        yield running


def test_nothing_is_open_in_the_master_when_it_forks(served):
    """One thread, one socket (the listener), no file of the catalogue's: what a fork would copy."""
    served.until(lambda: len(served.workers()) == 3 and len(served.followers()) == 1)
    master = Path(f"/proc/{served.process.pid}")
    assert len(list((master / "task").iterdir())) == 1
    held = [str(name.readlink()) for name in (master / "fd").iterdir() if name.is_symlink()]
    assert sum(target.startswith("socket:") for target in held) == 1, held
    assert not [target for target in held if "/var/" in target and "/log" not in target], held


def test_counts_add_up_over_all_processes_and_outlive_them(served):
    for _ in range(60):
        requests.get(f"{served.base}/d/yunjiang-order-58", headers={"Connection": "close"}, timeout=10)
    served.get("/d/not-there")
    assert served.counted()["/d/<name>", "200"] == 60
    assert served.counted()["/d/<name>", "404"] == 1
    before = served.until(lambda: len(served.workers()) == 3 and served.workers())
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    served.until(lambda: len(set(served.workers()) - set(before)) == 3)
    served.until(lambda: answers(served, "/healthz/live"))
    served.get("/d/yunjiang-order-58")
    assert served.counted()["/d/<name>", "200"] == 61


def test_a_killed_follower_is_started_again(served):
    (first,) = served.followers()
    os.kill(first, signal.SIGKILL)
    served.until(lambda: [number for number in served.followers() if number != first])


def test_sigterm_lets_a_request_under_way_finish(served):
    """A download is read slowly while the server is told to stop; it comes whole, and the server ends with 0."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.sock = socket.socket()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sock.connect(("127.0.0.1", served.port))
    connection.request("GET", f"/download/{DIGEST['pdf']}/a.pdf")
    answer = connection.getresponse()
    body = answer.read(1000)
    served.process.terminate()
    time.sleep(1.0)
    with pytest.raises(requests.ConnectionError):
        served.get("/healthz/live")
    while part := answer.read(16 * 1024):
        body += part
    assert body == PDF
    assert served.process.wait(25) == 0
    connection.close()


def test_a_stopped_server_leaves_no_process_and_no_counts(served, tmp_path):
    numbers = [*served.workers(), *served.followers()]
    folder = Path(
        re.search(rb"PROMETHEUS_MULTIPROC_DIR=([^\0]+)", Path(f"/proc/{numbers[-1]}/environ").read_bytes())[1].decode()
    )
    assert folder.is_dir()
    served.process.terminate()
    assert served.process.wait(25) == 0
    served.until(lambda: not any(command_line(number) for number in numbers))
    assert not folder.exists()


def test_the_counts_of_a_killed_server_are_removed_by_the_next_one(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "IN_MEMORY", tmp_path)
    dead = subprocess.run(
        [sys.executable, "-c", "from catalog.process import this_process; print(this_process(), end='')"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(server.__file__).parents[2],
    ).stdout
    killed, running = server.counts_folder(), server.counts_folder()
    (killed / "owner").write_text(dead)
    (killed / "counter_1.db").write_bytes(b"")
    made = server.counts_folder()
    assert {path for path in tmp_path.iterdir() if path.is_dir()} == {running, made}


def test_requests_that_are_too_large_are_refused_before_they_reach_the_catalogue(served):
    assert served.get(f"/?q={'a' * 9000}").status_code == 414
    assert served.get("/", headers={"X-Long": "a" * 9000}).status_code in {400, 431}
    assert served.get("/", headers={f"X-{number}": "a" for number in range(100)}).status_code in {400, 431}


def test_health_command_asks_the_server(served, environment):
    def asked(*arguments):
        return subprocess.run(
            [*COMMAND, "health", *arguments], env=environment, capture_output=True, text=True, timeout=30
        )

    done = asked(served.base)
    assert (done.returncode, done.stdout.strip()) == (0, "ok")
    done = asked("--live", served.base + "/")
    assert (done.returncode, done.stdout.strip()) == (0, "200")
    served.process.terminate()
    served.process.wait(25)
    done = asked(served.base)
    assert done.returncode == 1
    assert "does not answer" in done.stderr


def test_many_clients_meet_no_error_while_a_process_is_killed_and_replaced(served):
    """A connection that the killed process held breaks; every other one is answered."""
    wrong: list[int] = []
    broken: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                status = requests.get(
                    f"{served.base}/api/v1/records?q=数据", headers={"Connection": "close"}, timeout=10
                ).status_code
            except requests.ConnectionError as error:
                broken.append(str(error))
            else:
                if status != 200:
                    wrong.append(status)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    time.sleep(0.5)
    before = served.workers()
    os.kill(before[0], signal.SIGKILL)
    served.until(lambda: len(served.workers()) == 3 and before[0] not in served.workers())
    time.sleep(0.5)
    stop.set()
    for asker in askers:
        asker.join()
    assert not wrong
    assert len(broken) <= 4  # what the killed one was at: at most its four threads


def test_a_database_that_is_away_is_told_at_once(environment, tmp_path):
    settings = environment | {"GONGKAI_DATABASE_URL": f"postgresql://nobody:hidden@127.0.0.1:{free_port()}/none"}
    done = subprocess.run([*COMMAND, "serve", "--port", "0"], env=settings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("gongkai: the database")
    assert "hidden" not in done.stderr
    assert "Traceback" not in done.stderr


def test_processes_go_on_while_the_database_is_away_and_new_ones_start(own_postgres, environment, tmp_path):
    settings = environment | {
        "GONGKAI_DATABASE_URL": own_postgres.url(own_postgres.database()),
        "GONGKAI_REQUEST_SECONDS": "2",
    }
    with serving(settings, tmp_path / "log", "--workers", "2") as running:
        assert running.get("/healthz/ready").json()["status"] == "ok"
        own_postgres.kill()
        before = running.workers()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        running.until(lambda: len(set(running.workers()) - set(before)) == 2)
        running.until(lambda: answers(running, "/healthz/live"))
        started = time.monotonic()
        answer = running.get("/healthz/ready")
        assert time.monotonic() - started < 4
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
        assert running.process.poll() is None
        own_postgres.restart()
        running.until(lambda: answers(running, "/healthz/ready"), 20)
