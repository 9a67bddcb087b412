"""Fetching the test servers: what a step that fails or hangs does to the rest."""

from __future__ import annotations

import os
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.servers import elasticsearch, fetch
from tests.servers.fetch import AGAIN_SECONDS, Failure, Step


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(fetch, "cache", lambda: tmp_path)
    monkeypatch.setattr(fetch, "KINDS", ())
    return tmp_path


def test_a_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(Failure, match="(?s)ended with 3: .*no such host"):
        fetch._do([sys.executable, "-c", "import sys; print('no such host'); sys.exit(3)"])


def test_a_command_that_hangs_is_ended_with_its_children() -> None:
    start = time.monotonic()
    with pytest.raises(Failure, match="took more than 1 s"):
        fetch._do(["sh", "-c", "sleep 30 & sleep 30"], seconds=1)
    assert time.monotonic() - start < 10


def test_a_step_that_fails_leaves_the_others_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = []

    def fail() -> None:
        ran.append("first")
        raise Failure("there is no network")

    steps = (Step("first", lambda: True, fail), Step("second", lambda: True, lambda: ran.append("second")))
    monkeypatch.setattr(fetch, "STEPS", steps)
    fetch.fetch()
    assert ran == ["first", "second"]
    assert "first failed: there is no network" in capsys.readouterr().out

    ran.clear()
    fetch.fetch(quiet=True)
    assert ran == ["second"], "what failed a moment ago is not tried again at each `make test`"
    long_ago = time.time() - AGAIN_SECONDS - 1
    os.utime(folder / "failed-first", (long_ago, long_ago))
    fetch.fetch(quiet=True)
    assert ran == ["second", "first", "second"]


def test_programs_stay_programs_when_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch, "cache", lambda: tmp_path)
    name = f"elasticsearch-{elasticsearch.VERSION}"
    with zipfile.ZipFile(elasticsearch.archive(), "w") as packed:
        for path, mode in ((f"{name}/bin/elasticsearch", 0o755), (f"{name}/config/log4j2.properties", 0o640)):
            entry = zipfile.ZipInfo(path)
            entry.external_attr = mode << 16
            packed.writestr(entry, "content")
    home = elasticsearch.home()
    assert (home / "bin" / "elasticsearch").stat().st_mode & 0o777 == 0o755
    assert (home / "config" / "log4j2.properties").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [name]
