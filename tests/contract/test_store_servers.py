"""What a machine without the servers does: it skips with a reason, or fails where they were asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import servers


@pytest.fixture
def bare_machine(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(servers, "POSTGRESQL_HOMES", [])
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_the_server_a_test_is_skipped_with_the_reason(bare_machine, monkeypatch):
    monkeypatch.delenv("REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL server is installed here"):
        servers._programs()


def test_where_servers_are_required_a_missing_one_fails(bare_machine, monkeypatch):
    monkeypatch.setenv("REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_SERVERS=1, but no PostgreSQL"):
        servers._programs()
