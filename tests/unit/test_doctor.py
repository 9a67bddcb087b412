"""`gongkai doctor`: what it finds on a healthy installation, and on broken ones. It must work when everything else does not."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from catalog.cli import checks, part_checks
from catalog.cli.findings import guarded, ok
from catalog.settings import read_settings


def doctor(environment, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "catalog.cli", "doctor", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def findings(environment):
    done = doctor(environment, "--json")
    return done.returncode, {one["name"]: one for one in json.loads(done.stdout)["checks"]}


def test_a_new_installation_has_nothing_that_fails(environment):
    done = doctor(environment)
    assert done.returncode == 0, done.stdout
    assert "FAIL" not in done.stdout
    assert done.stdout.splitlines()[-1].endswith("0 failed")
    assert "`gongkai db upgrade` makes them" in done.stdout


def test_a_used_one_is_all_well(environment):
    subprocess.run(
        [sys.executable, "-m", "catalog.cli", "index", "rebuild"], env=environment, check=True, capture_output=True
    )
    code, found = findings(environment)
    assert code == 0
    assert {one["state"] for one in found.values()} == {"ok"}
    assert {
        "python",
        "libraries",
        "settings",
        "plugins",
        "data folder",
        "disk",
        "analysis",
        "database",
        "search",
        "index",
        "files",
        "queue",
    } <= set(found)


def test_parts_that_are_away_are_all_named(environment):
    closed = "127.0.0.1:9"
    environment |= {
        "GONGKAI_DATABASE_URL": f"postgresql://u:hidden@{closed}/d",
        "GONGKAI_SEARCH_URL": f"http://u:hidden@{closed}",
        "GONGKAI_FILES_URL": f"s3://bucket?endpoint=http://{closed}&region=us-east-1",
        "GONGKAI_FILES_KEY": "key",
        "GONGKAI_FILES_SECRET": "hidden",
        "GONGKAI_QUEUE_URL": f"redis://:hidden@{closed}/0",
    }
    done = doctor(environment)
    assert done.returncode == 1
    for name in ("database", "search", "files", "queue"):
        assert f"FAIL  {name}: " in done.stdout, done.stdout
    assert "hidden" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named_and_ends_it(environment):
    code, found = findings(environment | {"GONGKAI_PORTT": "80"})
    assert code == 1
    assert "did you mean GONGKAI_PORT" in found["settings"]["told"]
    assert "database" not in found


def test_a_plugin_that_is_not_there_is_named(environment):
    code, found = findings(environment | {"GONGKAI_PLUGINS": "no-such-plugin"})
    assert code == 1
    assert "no-such-plugin" in found["plugins"]["told"]
    assert found["database"]["state"] == "warn"


def test_an_older_library_is_named(monkeypatch):
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == "flask" else real(name))
    (finding,) = checks._libraries(())
    assert (finding.state, "flask 0.1 does not fit" in finding.told) == ("fail", True)


def test_a_missing_extra_is_named(monkeypatch, tmp_path):
    real = metadata.version

    def version(name):
        if name == "redis":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "version", version)
    (finding,) = checks._extras(read_settings(DATA_DIR=str(tmp_path), QUEUE_URL="redis://localhost"))
    assert finding.state == "fail"
    assert "gongkai[redis]" in finding.cure
    (finding,) = checks._extras(read_settings(DATA_DIR=str(tmp_path), DATABASE_URL="sqlite:////tmp/x"))
    assert finding.state == "ok"


def test_a_folder_that_cannot_be_written_is_named():
    (finding,) = checks._folder(Path("/proc/var"))  # where nobody may make a folder, root neither
    assert finding.state == "fail"


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "var").write_text("")
    (finding,) = checks._folder(tmp_path / "var")
    assert (finding.state, "GONGKAI_DATA_DIR" in finding.cure) == ("fail", True)


@pytest.mark.parametrize(
    ("mode", "secret", "state"), [(0o777, 0o600, "warn"), (0o750, 0o644, "warn"), (0o750, 0o600, "ok")]
)
def test_permissions(tmp_path, mode, secret, state):
    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(mode)
    (folder / "secret").write_text("x")
    (folder / "secret").chmod(secret)
    (finding,) = checks._folder(folder)
    assert finding.state == state


def test_room(tmp_path):
    def state(low, least):
        (finding,) = checks._room("disk", tmp_path / "not" / "there", low, least)
        return finding.state

    assert [state(0, 0), state(10**18, 0), state(10**18, 10**18)] == ["ok", "warn", "fail"]


def test_an_analysis_that_cuts_otherwise_fails(monkeypatch):
    monkeypatch.setattr(part_checks, "TOKENS", "other tokens")
    (finding,) = part_checks._analysis()
    assert finding.state == "fail"


def test_what_a_check_did_not_expect_is_its_finding():
    def broken():
        yield ok("x", "first")
        raise ZeroDivisionError("odd")

    first, second = guarded("x", broken)
    assert (first.state, second.state, second.told) == ("ok", "fail", "ZeroDivisionError: odd")


def test_a_database_of_an_older_version_is_told(environment, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "catalog.cli", "db", "upgrade"], env=environment, check=True, capture_output=True
    )
    import sqlite3

    database = Path(environment["GONGKAI_DATA_DIR"]) / "catalogue.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    _, found = findings(environment)
    assert found["database"]["state"] == "warn"
    assert "gongkai db upgrade" in found["database"]["cure"]
