"""Times over HTTP: `gongkai serve` as it is run for real, one client and eight."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.client import measure
from tests.bench.loading import gongkai, small_records

START_SECONDS = 30


@contextmanager
def server(var: Path) -> Iterator[int]:
    """A running server over a data folder; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog.cli", "serve", "--port", str(port), "--workers", "2"],
        env=os.environ | {"GONGKAI_DATA_DIR": str(var)},
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(START_SECONDS * 10):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def run(folder: Path, data: Path | None) -> None:
    """Print the times of shows and searches."""
    var = folder / "small"
    if not var.exists():
        path, words = small_records(folder, data)
        gongkai(var, "load", str(path), *words)
    with server(var) as port:
        base = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{base}/api/v1/records?limit=100") as answer:
            names = [item["name"] for item in json.load(answer)["items"]]
        shows = [f"/api/v1/records/{name}" for name in names]
        words = [urllib.request.quote(word) for word in ("通知", "安全生产", "数据", "教育")]
        searches = [f"/api/v1/records?q={word}&facets=type,organization,year,disclosure" for word in words]
        print(f"record show, 1 client      {measure('127.0.0.1', port, shows, times=2000)}   (bound: p50 3 ms)")
        print(f"record show, 8 clients     {measure('127.0.0.1', port, shows, times=1000, clients=8)}   (bound: 800/s)")
        print(f"search + facets, 1 client  {measure('127.0.0.1', port, searches, times=500)}   (bound: p50 10 ms)")
        pages = [f"/d/{name}" for name in names]
        print(f"record page, 1 client      {measure('127.0.0.1', port, pages, times=500)}")
