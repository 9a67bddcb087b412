"""A small keep-alive HTTP client for measuring: one socket, prepared bytes, as little of its own time as Python allows."""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What a run of requests took: milliseconds at the median and at 95 %, and requests a second over all clients."""

    p50: float
    p95: float
    rate: float

    def __str__(self) -> str:
        return f"p50 {self.p50:6.2f} ms   p95 {self.p95:6.2f} ms   {self.rate:7.0f}/s"


def figures(seconds: Sequence[float], elapsed: float) -> Figures:
    cuts = statistics.quantiles(seconds, n=100)
    return Figures(cuts[49] * 1000, cuts[94] * 1000, len(seconds) / elapsed)


def ask(host: str, port: int, paths: Sequence[str], *, times: int) -> list[float]:
    """Ask for the paths in turn over one connection; seconds of each request. Any answer but 200 is an error."""
    took: list[float] = []
    requests = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode() for path in paths]
    with socket.create_connection((host, port)) as connection, connection.makefile("rb") as answers:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(times):
            start = time.perf_counter()
            connection.sendall(requests[number % len(requests)])
            status = answers.readline()
            if b" 200 " not in status:
                raise RuntimeError(f"{paths[number % len(paths)]}: {status!r}")
            length = 0
            while (line := answers.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)
            took.append(time.perf_counter() - start)
    return took


def measure(host: str, port: int, paths: Sequence[str], *, times: int, clients: int = 1) -> Figures:
    """The figures of `clients` processes that each ask `times` times."""
    ask(host, port, paths, times=min(times, 50))
    start = time.perf_counter()
    if clients == 1:
        return figures(took := ask(host, port, paths, times=times), sum(took))
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        pool.starmap(_nothing, [()] * clients)
        start = time.perf_counter()
        results = [pool.apply_async(ask, (host, port, paths), {"times": times}) for _ in range(clients)]
        took = [second for result in results for second in result.get()]
        return figures(took, time.perf_counter() - start)


def _nothing() -> None:
    """Wake a process of the pool before the clock starts."""
