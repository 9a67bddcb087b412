"""An index is rebuilt while a writer changes 50 records a second and a reader searches 20 times a second: nothing may be lost, no search
may fail, and index and store must be the same at the end.

`python -m tests.bench rebuild --records 100000 --engine embedded --database postgresql://...`
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from catalog.search.check import Check
from catalog.search.service import Search
from catalog.store import Store
from tests.bench import rebuild_load
from tests.bench.corpus import made_records
from tests.bench.rebuild_load import Where

_TOP = Path(__file__).resolve().parents[2]
SHARE = 0.9
"""Of the asked rates of writes and reads, what must have been reached for the run to have shown anything."""


@dataclass
class Report:
    """What one run showed."""

    quiet: tuple[int, float]
    rebuild: tuple[int, float]
    """Documents and seconds of the two rebuilds."""
    writes: dict[str, Any]
    reads: dict[str, Any]
    check: Check
    lost: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """For people."""
        times = self.reads["times"] or [0.0]
        p50, p95 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
        for what, (records, seconds) in (
            ("nothing else going on", self.quiet),
            ("written to and searched", self.rebuild),
        ):
            yield f"rebuild, {what:24} {records:,} in {seconds:.1f} s: {records / seconds:,.0f} documents/s"
        yield f"writer   {self.writes['writes']:,} changes, {self._rate(self.writes, 'writes'):.1f}/s; lost updates: {len(self.lost)}"
        yield (
            f"reader   {self.reads['reads']:,} searches, {self._rate(self.reads, 'reads'):.1f}/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
            f"longest {times[-1] * 1000:.0f} ms; failed: {len(self.reads['failures'])}"
        )
        yield (
            f"check    {'clean' if self.check.clean else 'NOT clean'}: {self.check.records:,} records, {self.check.indexed:,} indexed, "
            f"{self.check.missing} missing, {self.check.stale} stale, {self.check.extra} extra, {self.check.differing} of {self.check.sampled} differing"
        )

    def problems(self, *, share: float = SHARE) -> list[str]:
        """What was not as it must be."""
        found = [f"lost: {one}" for one in self.lost[:5]] + self.reads["failures"][:5]
        found += [] if self.check.clean else [f"not clean: {self.check}"]
        for what, rates, wanted in (
            ("writes", self.writes, rebuild_load.WRITES_A_SECOND),
            ("reads", self.reads, rebuild_load.READS_A_SECOND),
        ):
            if self._rate(rates, what) < share * wanted:
                found.append(f"only {self._rate(rates, what):.1f} {what} a second instead of {wanted}")
        return found

    @staticmethod
    def _rate(part: dict[str, Any], what: str) -> float:
        return float(part[what]) / max(part["seconds"], 0.001)


def fill(store: Store, records: int, data: Path | None) -> None:
    """Put made-up records with texts of varied length into an empty store."""
    rows = enumerate(made_records(records, data))
    while batch := list(islice(rows, 500)):
        with store.write(actor="bench", reason="bench") as work:
            work.create([rebuild_load.made(serial, str(row["title"]), str(row["text"])) for serial, row in batch])


def trial(where: Where, folder: Path) -> Report:
    """Index what the store holds, then rebuild under load, and compare."""
    store = Store.open(where.database)
    search = where.place.open(store.read)
    quiet = _timed(search)
    spec = where.write(folder / "where.json")
    with ExitStack() as stack:
        parts = {role: stack.enter_context(_process(role, spec)) for role in rebuild_load.ROLES}
        time.sleep(2.0)
        loaded = _timed(search)
        time.sleep(1.0)
        told = {role: _ended(parts[role]) for role in ("write", "read", "follow")}
    search.catch_up()
    report = Report(quiet, loaded, told["write"], told["read"], search.check())
    report.lost = _lost(search, store, told["write"]["last"])
    search.close()
    store.close()
    return report


def _timed(search: Search) -> tuple[int, float]:
    start = time.monotonic()
    return search.rebuild(), time.monotonic() - start


@contextmanager
def _process(role: str, spec: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.rebuild_load", role, str(spec)],
        cwd=_TOP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_TOP)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Close a part's input, and what it says then."""
    output, _ = process.communicate(timeout=120)
    if process.returncode:
        raise RuntimeError(f"a part of the load failed with exit code {process.returncode}: {process.args}")
    said: dict[str, Any] = json.loads(output.splitlines()[-1])
    return said


def _lost(search: Search, store: Store, last: dict[str, int]) -> list[str]:
    """The writes whose last version is not what the store and the index hold."""
    with store.read() as reader:
        records = reader.records(last)
    indexed = search.engine.versions(list(last))
    lost = []
    for uid, version in last.items():
        record = records.get(uid)
        if record is None or record["version"] != version:
            lost.append(f"{uid} version {version} is not in the store")
        elif indexed.get(uid) != (version if record["state"] == "published" else None):
            lost.append(f"{uid} version {version} is indexed as {indexed.get(uid)}")
    return lost


def run(folder: Path, data: Path | None) -> None:
    """Run with the options of the command line (`BENCH_RECORDS`, `BENCH_ENGINE`, `BENCH_DATABASE`); ends with 1 unless all was right."""
    records = int(os.environ.get("BENCH_RECORDS", "100000"))
    database = os.environ.get("BENCH_DATABASE") or f"sqlite:///{folder / 'rebuild.sqlite'}"
    store = Store.open(database)
    store.upgrade()
    start = time.monotonic()
    fill(store, records, data)
    store.close()
    print(f"{records:,} records put into {database.partition(':')[0]} in {time.monotonic() - start:.0f} s")
    wrong: list[str] = []
    wanted = os.environ.get("BENCH_ENGINE", "")
    for engine in (wanted,) if wanted else ("embedded", "elasticsearch"):
        with _engine(engine, folder, database, records) as where:
            print(f"\n{engine}")
            report = trial(where, folder)
        print("\n".join(report.lines()))
        wrong += report.problems()
    if wrong:
        sys.exit("\n".join(wrong))


@contextmanager
def _engine(name: str, folder: Path, database: str, records: int) -> Iterator[Where]:
    least = records * 8 // 10
    if name == "embedded":
        yield Where(database, str(folder / "rebuild-index"), "", "", least)
        return
    from tests.servers import Elasticsearch

    with Elasticsearch.start() as server:
        yield Where(database, str(folder), server.url, f"rebuild-{uuid.uuid4().hex[:8]}", least)
