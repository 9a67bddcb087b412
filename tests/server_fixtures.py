"""Fixtures of real servers: one of each kind for the whole session, and for tests that kill a server one of their own.

A machine without the server's programs skips what needs them, and the summary says so; with `REQUIRE_SERVERS=1` that is a failure instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TypeVar

import pytest

from tests.servers import KINDS, S3, Elasticsearch, Missing, Postgresql, Redis, Server

Kind = TypeVar("Kind", bound=Server)


def running(kind: type[Kind]) -> Iterator[Kind]:
    """The body of a fixture: a started server, stopped at the end; a skip or a failure where its programs are missing."""
    try:
        kind.version()
    except Missing as missing:
        unavailable(kind, str(missing))
    with kind.start() as server:
        yield server


def unavailable(kind: type[Server], reason: str) -> None:
    """Skip the test, or fail it where the servers were asked for."""
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"REQUIRE_SERVERS=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgresql]:
    yield from running(Postgresql)


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[Elasticsearch]:
    yield from running(Elasticsearch)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    yield from running(Redis)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    yield from running(S3)


@pytest.fixture
def own_postgres() -> Iterator[Postgresql]:
    yield from running(Postgresql)


@pytest.fixture
def own_elasticsearch() -> Iterator[Elasticsearch]:
    yield from running(Elasticsearch)


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    yield from running(Redis)


@pytest.fixture
def own_s3() -> Iterator[S3]:
    yield from running(S3)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which servers this run went without. Looked up here, since the tests may have run in other processes."""
    missing: dict[str, str] = {}
    for kind in KINDS:
        try:
            kind.version()
        except Missing as reason:
            missing[kind.title] = str(reason)
    if missing:
        terminalreporter.section("servers that this run went without")
        for title, told in missing.items():
            terminalreporter.write_line(f"{title}: {told}")
