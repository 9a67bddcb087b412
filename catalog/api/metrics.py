"""What a monitor reads, as Prometheus text: requests over all processes of the server, and the state of the parts as one process sees it.

Counts of requests lie in small files, one set a process (the library's multiprocess mode), in the folder that `WORKER_FILES` names; without it
this process counts for itself. The number of label values is bounded: an endpoint is its template (`/d/<name>`), never an address.
"""

from __future__ import annotations

import fcntl
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, mmap_dict, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from catalog import __version__
from catalog.actions.health import HealthCheck

WORKER_FILES = "PROMETHEUS_MULTIPROC_DIR"
"""The name that the library reads this folder from. It must be set before the library is first imported: `gongkai serve` does."""
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Upper bounds in seconds: from a record (1 ms) to the longest that a request may wait (GONGKAI_REQUEST_SECONDS, 10 s)."""
NO_TEMPLATE = "(none)"
"""The endpoint of an address that nothing answers to."""

_LABELS = ("endpoint", "status")
_RETIRED = "retired"
_Counts: Any = mmap_dict.MmapedDict
_AllCounts: Any = multiprocess.MultiProcessCollector
_forget_gauges: Any = multiprocess.mark_process_dead
"""The library tells no types of these three."""
_started = time.time()

log = structlog.get_logger()


class RequestMetrics:
    """Counts requests and how long their answers took to begin, by endpoint template and status."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count = Counter("gongkai_http_requests", "Requests answered.", _LABELS, registry=self.registry)
        self._time = Histogram(
            "gongkai_http_request_duration_seconds",
            "From the request to the beginning of its answer.",
            _LABELS,
            buckets=BUCKETS,
            registry=self.registry,
        )

    def register(self, app: Flask) -> None:
        """Watch every request of an application. Register it before other hooks, so that their time counts."""
        app.before_request(_begin)
        app.after_request(self._end)

    def _end(self, response: Response) -> Response:
        endpoint = NO_TEMPLATE if request.url_rule is None else request.url_rule.rule
        try:
            self._count.labels(endpoint, response.status_code).inc()
            if "gongkai_begun" in g:
                self._time.labels(endpoint, response.status_code).observe(time.perf_counter() - g.gongkai_begun)
        except OSError as error:  # its file cannot be made: a full disk is no reason to fail the request
            log.warning("request_not_counted", error=str(error))
        return response


def _begin() -> None:
    g.gongkai_begun = time.perf_counter()


class PartMetrics:
    """The state of the parts and the figures of the store, asked when they are read. A collector of the library's kind."""

    def __init__(self, check: HealthCheck) -> None:
        self._check = check

    def collect(self) -> Iterator[Metric]:
        """The families of this moment; what its part cannot tell now is left out, so that a monitor sees a gap and no zero."""
        health = self._check.look()
        up = GaugeMetricFamily("gongkai_part_up", "Whether a part answers.", labels=["part"])
        took = GaugeMetricFamily("gongkai_part_probe_seconds", "How long a part took to answer.", labels=["part"])
        for part in health.parts:
            up.add_metric([part.name], float(part.ok))
            took.add_metric([part.name], part.milliseconds / 1000)
        yield up
        yield took
        if health.lag is not None:
            yield GaugeMetricFamily(
                "gongkai_index_lag_changes", "Changes that the index is behind the store.", health.lag
            )
        yield from self._figures()
        yield from _process()

    def _figures(self) -> Iterator[Metric]:
        numbers = self._check.numbers()
        if numbers.refused is not None:
            yield GaugeMetricFamily(
                "gongkai_index_refused_documents", "Documents that the index would not take.", numbers.refused
            )
        figures = numbers.figures
        if figures is None:
            return
        records = GaugeMetricFamily("gongkai_records", "Records.", labels=["state", "type"])
        for (state, kind), count in sorted(figures.records.items()):
            records.add_metric([state, kind], count)
        jobs = GaugeMetricFamily("gongkai_jobs", "Runs of sources.", labels=["state"])
        for state in ("running", "finished", "stopped", "failed"):
            jobs.add_metric([state], figures.jobs.get(state, 0))
        troubled = GaugeMetricFamily(
            "gongkai_troubled_objects",
            "Items of the latest run of each source that did not become records.",
            labels=["state"],
        )
        for state in ("failed", "quarantined"):
            troubled.add_metric([state], figures.troubled.get(state, 0))
        yield from (records, jobs, troubled)


def exposition(requests: RequestMetrics, parts: PartMetrics) -> bytes:
    """All metrics as Prometheus text (version 0.0.4)."""
    # a collector is asked when it is registered, to learn its names; the parts are not to be asked for that
    registry = CollectorRegistry(auto_describe=False)
    registry.register(parts)
    told = generate_latest(registry)
    folder = os.environ.get(WORKER_FILES)
    if not folder:
        return generate_latest(requests.registry) + told
    counted = CollectorRegistry(auto_describe=False)
    with _locked(Path(folder), fcntl.LOCK_SH):
        _AllCounts(counted, folder)
        return generate_latest(counted) + told


def retire(folder: Path, process: int) -> None:
    """Add what a worker that ended has counted to the file of all that ended, and remove its own: sums stay, files do not pile up."""
    _forget_gauges(process, str(folder))
    with _locked(folder, fcntl.LOCK_EX):
        for path in folder.glob(f"*_{process}.db"):
            kept = _Counts(str(path.with_name(path.name.replace(f"_{process}.db", f"_{_RETIRED}.db"))))
            for key, value, _, _ in _Counts.read_all_values_from_file(str(path)):
                kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
            kept.close()
            path.unlink()


@contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    """Keep a reader from seeing a worker's counts twice, or not at all, while they are moved."""
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, kind)
        yield


def _process() -> Iterator[Metric]:
    about = GaugeMetricFamily("gongkai_build_info", "Version of the program.", labels=["version", "python"])
    about.add_metric([__version__, platform.python_version()], 1)
    yield about
    yield GaugeMetricFamily("gongkai_start_time_seconds", "When the server was put together, since 1970.", _started)
    # with several processes, a number of the one that happens to answer would jump; a share of all of them does not
    ours = [os.getpid()] if WORKER_FILES not in os.environ else [os.getppid(), *_children(os.getppid())]
    yield GaugeMetricFamily("gongkai_processes", "Processes of the server.", len(ours))
    yield GaugeMetricFamily(
        "gongkai_resident_memory_bytes",
        "Memory of these processes, shared pages counted in each.",
        sum(map(_resident, ours)),
    )


def _children(parent: int) -> list[int]:
    """The processes that a process started, where the system tells (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == parent:
            found.append(int(path.parent.name))
    return found


def _resident(process: int) -> int:
    """Bytes of a process in memory; 0 for one that ended meanwhile, or where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
