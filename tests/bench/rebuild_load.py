"""What goes on while an index is rebuilt, each part in a process of its own: a writer, a follower, a reader.

`python -m tests.bench.rebuild_load ROLE FILE` reads from FILE where store and index are; it works until its standard input is closed, then
prints what it did as one line of JSON.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog.errors import Busy
from catalog.model.draft import Block
from catalog.model.record import Record
from catalog.search.request import SearchRequest
from catalog.store import Store, new_id, text_hash
from catalog.store.rows import RecordWrite
from tests.index_places import Place

WRITES_A_SECOND = 50
READS_A_SECOND = 20
READERS = 4
FOLLOW_SECONDS = 0.5
QUERIES = ("管理", "监督管理部门", "校车", "通知", "云江政发〔2003〕203号", "养老服务 办法", "没有人写过的词句", "")
WHEN = "2026-03-01T08:00:00.000000+00:00"


@dataclass(frozen=True)
class Where:
    """The store and the index that all work on. `least` is how many records every search for nothing in particular finds at least."""

    database: str
    root: str
    url: str
    prefix: str
    least: int

    def write(self, path: Path) -> Path:
        """Write it to a file, for the other processes."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: str) -> Where:
        """What `write` wrote."""
        return cls(**json.loads(Path(path).read_text(encoding="utf-8")))

    @property
    def place(self) -> Place:
        """Where the index is."""
        return Place(Path(self.root), self.url, self.prefix)


def made(serial: int, title: str, text: str) -> RecordWrite:
    """A new record with its text."""
    blocks = tuple(Block("paragraph", line) for line in text.splitlines() if line)
    year = 2000 + serial % 25
    record: Record = {
        "id": new_id(),
        "name": f"made-{new_id()}",
        "type": "normative_document",
        "title": title,
        "organization_id": None,
        "state": "published",
        "state_reason": None,
        "disclosure": "active",
        "metadata": {
            "title": title,
            "doc_number": {"canonical": f"云江政发〔{year}〕{serial}号"},
            "issuing_body": ["云江市人民政府"],
            "date_written": f"{year}-03-0{1 + serial % 9}",
            "disclosure": "active",
        },
        "readings": {},
        "text_hash": text_hash(blocks),
        "content_hash": str(serial),
        "version": 1,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    return RecordWrite(record, blocks=blocks)


def paced(stop: threading.Event, a_second: float) -> Iterator[int]:
    """Counts on so often a second, by the clock: a late one is followed at once by the next."""
    start, count = time.monotonic(), 0
    while not stop.wait(max(0.0, start + count / a_second - time.monotonic())):
        yield count
        count += 1


def write(where: Where, stop: threading.Event) -> dict[str, object]:
    """Change records one by one: new titles and texts, new records, withdrawals and their contrary. Returns each one's last version."""
    store, dice = Store.open(where.database), random.Random(7)
    with store.read() as reader:
        ids = [record["id"] for record in reader.iter_records()]
    last: dict[str, int] = {}
    count, start = 0, time.monotonic()
    for count in paced(stop, WRITES_A_SECOND):
        kind = dice.random()
        with store.write(actor="bench", reason="bench") as work:
            if kind < 0.1:
                new = made(
                    10_000_000 + count, f"云江市人民政府关于新事项第{count}号的通知", f"新事项第{count}号的正文。"
                )
                work.create([new])
                changed = new.record
            else:
                held = work.record(dice.choice(ids))
                if held is None:
                    raise LookupError("a record of the store is gone")
                if kind < 0.2:
                    changed = {**held, "state": "withdrawn" if held["state"] == "published" else "published"}
                    changed["version"] += 1
                    work.update([RecordWrite(changed)])
                else:
                    blocks = (
                        Block("paragraph", f"第{count}次修改后的正文，由有关部门负责解释。" * dice.randint(1, 40)),
                    )
                    changed = {
                        **held,
                        "title": f"{held['title'][:40]}（第{count}次修改）",
                        "text_hash": text_hash(blocks),
                    }
                    changed["metadata"] = {**held["metadata"], "title": changed["title"]}
                    changed["version"] += 1
                    work.update([RecordWrite(changed, blocks=blocks)])
        last[changed["id"]] = changed["version"]  # committed: from here on it may not be lost
    took = time.monotonic() - start
    store.close()
    return {"writes": count + 1, "seconds": took, "last": last}


def follow(where: Where, stop: threading.Event) -> dict[str, object]:
    """Bring the index up to the store twice a second, as a server's follower does."""
    store = Store.open(where.database)
    search = where.place.open(store.read)
    written = busy = 0
    while not stop.wait(FOLLOW_SECONDS):
        try:
            written += search.catch_up(timeout=FOLLOW_SECONDS)
        except Busy:
            busy += 1
    search.close()
    store.close()
    return {"followed": written, "busy": busy}


def read(where: Where, stop: threading.Event) -> dict[str, object]:
    """Search with a few threads. A read fails when it raises, or when it finds so little that it cannot have seen a whole index."""
    store = Store.open(where.database)
    search = where.place.open(store.read)
    times: list[float] = []
    failures: list[str] = []

    def one_thread(number: int) -> None:
        for count in paced(stop, READS_A_SECOND / READERS):
            q = QUERIES[(count * READERS + number) % len(QUERIES)]
            start = time.perf_counter()
            try:
                facets = ("type", "year") if count % 3 == 0 else ()
                found = search.search(SearchRequest(q=q, facets=facets, exact_total=not q))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed read, and counted
                failures.append(f"{q}: {type(error).__name__}: {error}")
                continue
            times.append(time.perf_counter() - start)
            if not q and found.total < where.least:
                failures.append(f"an index with {found.total} records answered; {where.least} is the least")

    start = time.monotonic()
    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(one_thread, range(READERS)))
    took = time.monotonic() - start
    search.close()
    store.close()
    return {"reads": len(times) + len(failures), "seconds": took, "times": sorted(times), "failures": failures}


ROLES: dict[str, Callable[[Where, threading.Event], dict[str, object]]] = {
    "write": write,
    "follow": follow,
    "read": read,
}


def main() -> None:
    """Play one role until standard input is closed."""
    role, path = sys.argv[1:]
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    print(json.dumps(ROLES[role](Where.read(path), stop)))


if __name__ == "__main__":
    main()
