"""What a machine without the servers does: it skips with a reason, or fails where they were asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import server_fixtures
from tests.servers import KINDS, elasticsearch, java, postgresql, s3

pytestmark = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@pytest.fixture
def bare_machine(monkeypatch, tmp_path: Path):
    for module in (postgresql, java):
        monkeypatch.setattr(module, "HOMES", tmp_path)
    for module in (elasticsearch, s3):
        monkeypatch.setattr(module, "cache", lambda: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def test_without_the_server_a_test_is_skipped_with_the_reason(kind, bare_machine, monkeypatch):
    monkeypatch.delenv("REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make servers"):
        next(server_fixtures.running(kind))


def test_the_summary_names_what_the_run_went_without(kind, bare_machine):
    lines: list[str] = []

    class Reporter:
        section = staticmethod(lines.append)
        write_line = staticmethod(lines.append)

    server_fixtures.pytest_terminal_summary(Reporter())
    assert any(line.startswith(f"{kind.title}: ") and "make servers" in line for line in lines)


def test_where_servers_are_required_a_missing_one_fails(kind, bare_machine, monkeypatch):
    monkeypatch.setenv("REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_SERVERS=1, but .*make servers"):
        next(server_fixtures.running(kind))
