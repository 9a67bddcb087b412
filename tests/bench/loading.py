"""Load rates: small records, long texts, and both again without change; store, revisions, change log and index included."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import records_of

MAPS = Path(__file__).resolve().parents[2] / "examples" / "maps"
SMALL = 14_005
"""Records of the made-up file: as many as the real one has."""


@dataclass(frozen=True)
class Took:
    """What one command took: seconds, the most memory that it held (MiB; no less than what the benchmark held itself), and seconds of
    processor time on all cores.
    """

    seconds: float
    memory: float
    output: str
    processor: float


def gongkai(var: Path, *words: str) -> Took:
    """Run one command over the data folder `var`; a command that fails ends the benchmark."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog.cli", *words],
        env=os.environ | {"GONGKAI_DATA_DIR": str(var)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"gongkai {' '.join(words)}: exit code {process.returncode}\n{output}")
    spent = time.perf_counter() - start
    return Took(spent, usage.ru_maxrss / 1024, output, usage.ru_utime + usage.ru_stime)


def small_records(folder: Path, data: Path | None) -> tuple[Path, list[str]]:
    """The file of small records, and what else the load command needs for it."""
    if data is not None:
        return data / "policy" / "records.jsonl.gz", ["--map", str(MAPS / "policy.yaml")]
    path = folder / "records.jsonl.gz"
    if not path.exists():
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in records_of(SMALL))
    return path, []


def run(folder: Path, data: Path | None) -> None:
    """Print the rates."""
    path, words = small_records(folder, data)
    first = gongkai(folder / "small", "load", str(path), *words)
    again = gongkai(folder / "small", "load", str(path), *words)
    count = _lines(path)
    print(
        f"small records  {count:,} in {first.seconds:.1f} s: {count / first.seconds * 60:,.0f}/min, {first.memory:.0f} MiB  (bound: 40,000/min, 400 MiB)"
    )
    print(
        f"  again        {again.seconds:.1f} s: {again.seconds / first.seconds:.2f} of the first time  (bound: 0.20)   {again.output.splitlines()[0]}"
    )
    if data is None:
        return
    size, first = mainland_laws(folder / "laws", data)
    _, again = mainland_laws(folder / "laws", data)
    print(
        f"long texts     {size:.1f} MB in {first.seconds:.1f} s: {size / first.seconds:.2f} MB/s, {first.memory:.0f} MiB  (bound: 2 MB/s, 400 MiB)"
    )
    print(f"  again        {again.seconds:.1f} s: {again.seconds / first.seconds:.2f} of the first time  (bound: 0.20)")
    for var in ("small", "laws"):
        print(f"  index check  {var}: {' '.join(gongkai(folder / var, 'index', 'check').output.split())}")


def mainland_laws(var: Path, data: Path) -> tuple[float, Took]:
    """Load the mainland's statutes into `var`: the MB of text, and what it took."""
    path = data / "laws" / "mainland.jsonl.gz"
    took = gongkai(var, "load", str(path), "--map", str(MAPS / "laws-mainland.yaml"))
    with gzip.open(path) as file:
        return sum(len(json.loads(line)["markdown"].encode()) for line in file) / 1e6, took


def _lines(path: Path) -> int:
    with gzip.open(path) as file:
        return sum(1 for _ in file)
