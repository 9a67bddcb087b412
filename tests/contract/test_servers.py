"""The test servers themselves: what a killed one keeps, and that none is left over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import S3, Failed, Postgresql, Redis
from tests.servers.base import free_port

pytestmark = pytest.mark.network

ROOT = Path(__file__).resolve().parents[2]


def test_a_killed_database_has_what_was_committed(own_postgres: Postgresql) -> None:
    name = own_postgres.database()
    own_postgres.kill()
    own_postgres.restart()
    assert own_postgres.database(like=name) != name


def test_a_killed_store_of_files_has_its_buckets(own_s3: S3) -> None:
    name = own_s3.bucket()
    own_s3.kill()
    own_s3.restart()
    client = own_s3.client()
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == [name]
    client.close()


def test_a_server_that_cannot_start_says_why(own_redis: Redis) -> None:
    own_redis.stop()
    (own_redis.folder / "redis.conf").write_text("no such directive\n")
    with pytest.raises(Failed, match="(?s)ended at once.*no such directive"):
        own_redis.restart()


def test_a_server_ends_with_whoever_started_it(own_redis: Redis) -> None:
    program = (
        "import sys, time; from tests.servers import Redis\n"
        "with Redis.start() as server: print(server.port, server._process.pid, server.folder, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with starter:
        assert starter.stdout is not None
        _port, pid, folder = starter.stdout.readline().split()
        assert is_running(int(pid))
        starter.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while is_running(int(pid)):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.05)
    assert "gongkai-redis-" in folder
    shutil.rmtree(folder)  # nobody was left to do it


def test_ports_lie_below_those_of_outgoing_connections() -> None:
    first = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not first.exists():
        pytest.skip("this system does not say from which port on it takes those of outgoing connections")
    assert all(free_port() < int(first.read_text().split()[0]) for _ in range(50))


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not yet fetched by its parent does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
