"""`kill -9` at random moments of a load, then the same command again: the end state of an undisturbed run."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from catalog.demo.server import CityServer
from catalog.demo.sources import sources
from tests.conftest import records_of
from tests.crash.outcome import exported
from tests.servers.catalogue import command, run

pytestmark = pytest.mark.crash

RECORDS = 3000


def kill_now_and_then(environment: dict[str, str], words: list[str], kills: int, longest: float) -> int:
    """Start the command, kill it after a random time, as often as asked; how often it was really killed before its end."""
    chance = random.Random(20260301)
    killed = 0
    for _ in range(kills):
        process = subprocess.Popen(
            command(*words),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(chance.uniform(0.3, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait()
    return killed


@pytest.fixture
def records_file(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records_of(RECORDS)), encoding="utf-8"
    )
    return path


def test_killed_load_ends_like_an_undisturbed_one(
    tmp_path: Path, records_file: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    undisturbed = environment | {"GONGKAI_DATA_DIR": str(tmp_path / "undisturbed")}
    words = ["load", str(records_file), "--source", "made"]
    start = time.monotonic()
    assert run(undisturbed, *words).returncode == 0
    whole = time.monotonic() - start

    killed = kill_now_and_then(environment, words, request.config.getoption("--kills"), longest=whole)
    assert killed, "no run was killed: the test proved nothing"
    last = run(environment, *words)
    assert last.returncode == 0, last.stdout + last.stderr

    assert run(environment, "index", "check").returncode == 0
    ours = exported(environment)
    assert len(ours) == RECORDS
    assert len({row["external_id"] for row in ours}) == RECORDS
    assert ours == exported(undisturbed)


def test_killed_harvest_ends_like_an_undisturbed_one(
    tmp_path: Path, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    undisturbed = environment | {"GONGKAI_DATA_DIR": str(tmp_path / "undisturbed")}
    with CityServer() as city:
        source = sources(city.base)[0]
        path = tmp_path / "source.yaml"
        path.write_text(
            yaml.safe_dump({"name": source.name, "kind": "site", "config": dict(source.config)}), encoding="utf-8"
        )
        words = ["harvest", "run", source.name]
        for where in (environment, undisturbed):
            assert run(where, "harvest", "add", str(path)).returncode == 0
        start = time.monotonic()
        assert run(undisturbed, *words).returncode == 0
        whole = time.monotonic() - start

        killed = kill_now_and_then(environment, words, request.config.getoption("--kills"), longest=whole)
        assert killed, "no run was killed: the test proved nothing"
        last = run(environment, *words)
        assert last.returncode == 0, last.stdout + last.stderr
    assert run(environment, "index", "check").returncode == 0
    ours = exported(environment)
    assert len(ours) == source.expected.taken
    assert ours == exported(undisturbed)
