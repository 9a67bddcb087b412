"""Real worker processes beside a slow web site, for tests of who runs what, when, and what remains when they are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import yaml

from catalog.store.rows import Job, Source
from catalog.store.store import Store
from tests.integration.harvest_server import Site

NAME = "quelle"
TRACEBACK = "Traceback (most recent call last)"


@dataclass
class SlowSite:
    """A site whose documents take their time; it notes how many are asked for at the same moment."""

    site: Site
    number: int
    seconds: float
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.site.pages["/robots.txt"] = "User-agent: *\nDisallow:\n"
        names = [f"a/{number}.html" for number in range(self.number)]
        entries = "".join(
            f'<li><a href="{name}">关于第{number}号事项的通知</a><span>2021-03-04</span></li>'
            for number, name in enumerate(names)
        )
        self.site.pages["/index.html"] = f'<html><body><ul class="list">{entries}</ul></body></html>'
        for number, name in enumerate(names):
            self.site.pages[f"/{name}"] = self._document(number)

    @property
    def asked(self) -> int:
        """How many documents were asked for so far."""
        return sum(path.startswith("/a/") for path in self.site.log)

    def yaml(self, path: Path, **more: object) -> Path:
        """The source as an operator writes it."""
        config = {
            "start": self.site.url("/index.html"),
            "items": "ul.list li",
            "allow_hosts": [self.site.host],
            "rate": 10_000,
            "publisher": "云江市人民政府",
            "level": "municipal",
        }
        path.write_text(yaml.safe_dump({"name": NAME, "kind": "site", "config": config} | more), encoding="utf-8")
        return path

    def _document(self, number: int) -> Callable[[BaseHTTPRequestHandler], None]:
        title = f"关于第{number}号事项的通知"
        body = (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>云江市的正文。</p></body></html>"
        ).encode()

        def answer(handler: BaseHTTPRequestHandler) -> None:
            with self._lock:
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
            time.sleep(self.seconds)
            with self._lock:
                self._now -= 1
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html; charset=utf-8")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        return answer


class WorkerProcess:
    """`gongkai worker` in a process group of its own."""

    def __init__(self, environment: dict[str, str], log: Path, *words: str) -> None:
        self._log = log
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "catalog.cli", "worker", "--every", "1", *words],
                env=environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def kill_all(self) -> None:
        """What a power cut does to a machine: all its processes at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill_parent(self) -> None:
        self._process.kill()
        self._process.wait()

    def terminate(self) -> float:
        """SIGTERM; the seconds until it was gone."""
        start = time.monotonic()
        self._process.terminate()
        assert self._process.wait(30) == 0
        return time.monotonic() - start

    def members(self) -> list[int]:
        """The processes of its group that still run."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[2]) == self._process.pid and fields[0] not in "ZX":
                    found.append(int(entry.name))
        return found

    def close(self) -> None:
        if self.members():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Place:
    """A catalogue's folder as the test sees it: commands, and what stands in its store."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self._folder = folder
        self._workers: list[WorkerProcess] = []
        self.store = Store.open(f"sqlite:///{environment['GONGKAI_DATA_DIR']}/catalogue.sqlite")

    def gongkai(self, *words: str) -> str:
        """A command that must succeed; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "catalog.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def worker(self, *words: str) -> WorkerProcess:
        """Start a worker."""
        made = WorkerProcess(self.environment, self._folder / f"worker-{len(self._workers)}.log", *words)
        self._workers.append(made)
        return made

    def add_long_ago(self, file: Path, *, at: datetime) -> None:
        """The source as if it had been added at another time."""
        self.gongkai("harvest", "add", str(file))
        past = Store.open(f"sqlite:///{self.environment['GONGKAI_DATA_DIR']}/catalogue.sqlite", now=lambda: at)
        source = self.source()
        with past.write(actor="test", reason="long ago") as work:
            work.update_source(replace(source, name="now", active=False))
            work.add_source(replace(source, id="f" * 32))
        past.close()

    def source(self) -> Source:
        with self.store.read() as reader:
            found = reader.source(NAME)
        assert found is not None
        return found

    def jobs(self) -> list[Job]:
        """The source's runs, the oldest first."""
        with self.store.read() as reader:
            return reader.jobs(self.source().id)[::-1]

    def held_by(self) -> str | None:
        with self.store.read() as reader:
            return next(one.held_by for one in reader.standings() if one.source.name == NAME)

    def fence(self) -> int:
        with self.store.read() as reader:
            lease = reader.lease(f"source:{self.source().id}")
        return lease.fence if lease else 0

    def titles(self) -> list[str]:
        with self.store.read() as reader:
            return sorted(record["title"] for record in reader.iter_records())

    def finished(self, number: int = 1) -> bool:
        """Whether so many runs came to their end."""
        return sum(job.state != "running" for job in self.jobs()) >= number

    def close(self) -> None:
        for worker in self._workers:
            worker.close()
            print(worker.log())  # shown beside a failure
        self.store.close()


@contextmanager
def a_place(environment: dict[str, str], folder: Path) -> Iterator[Place]:
    made = Place(environment, folder)
    try:
        yield made
    finally:
        made.close()


def until(condition: Callable[[], bool], seconds: float = 120.0, pause: float = 0.05) -> float:
    """Wait for a condition, patiently where the machine is busy; the seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come about in time"
        time.sleep(pause)
    return time.monotonic() - start


def now() -> datetime:
    return datetime.now(UTC)
