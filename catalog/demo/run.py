"""`make demo`: serve the made-up city, harvest it for real, and check that all came as it must.

It takes nothing for granted: the counters of each source must add up and equal what the city knows of itself, the index must equal the
store, a second harvest must write nothing, and three searches must find what they must.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.actions.context import Catalogue
from catalog.actions.registry import call
from catalog.demo import read
from catalog.demo.build import build_city
from catalog.demo.runs import ACTOR, RunSource, in_process
from catalog.demo.searches import Search, searches
from catalog.demo.server import CityServer
from catalog.demo.sources import DemoSource, Expected, sources

ENDS = ("created", "updated", "unchanged", "skipped", "failed", "quarantined")
"""States that an item ends in; their sum is what was listed."""
TROUBLES_SHOWN = 12
HITS_SHOWN = 3

Echo = Callable[[str], object]


class Serving(Protocol):
    """A running server of the city."""

    @property
    def base(self) -> str:
        """Its address, without a slash at the end."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """How the demo went: everything that was printed, and what was wrong (nothing, when `ok`)."""

    ok: bool
    lines: tuple[str, ...]
    faults: tuple[str, ...]


class _Told:
    """Prints and remembers."""

    def __init__(self, echo: Echo) -> None:
        self._echo = echo
        self.lines: list[str] = []
        self.faults: list[str] = []

    def say(self, line: str = "") -> None:
        self._echo(line)
        self.lines.append(line)

    def fault(self, message: str) -> None:
        self.faults.append(message)
        self.say(f"  !! {message}")


def run_demo(
    catalogue: Catalogue,
    *,
    serve_city: Callable[[], AbstractContextManager[Serving]] = CityServer,
    run_source: RunSource = in_process,
    echo: Echo = print,
) -> DemoReport:
    """Harvest the city into `catalogue` and check the outcome. A second call with the same catalogue writes nothing and says so.

    Raises what `run_source` raises.
    """
    told = _Told(echo)
    city = build_city()
    told.say(
        f"云江市, a made-up city: {len(city.documents)} documents, {len(city.issues)} gazette issues with "
        f"{sum(len(one.articles) for one in city.issues)} articles, {len(city.datasets)} datasets."
    )
    with serve_city() as server:
        told.say(f"Its web sites are served at {server.base} and harvested over HTTP, like any other source:")
        told.say()
        wanted = sources(server.base)
        harvest = _Harvest(catalogue, told, run_source)
        harvest.all(wanted)
        harvest.again(wanted[0])
    _index(catalogue, told)
    told.say()
    told.say("Three searches worth trying:")
    wanted_first = searches(city)
    for search in wanted_first:
        _search(catalogue, told, search)
    told.say()
    told.say("What was read out of them:")
    told.say()
    for line in read.read_lines(catalogue, wanted_first[1]):
        told.say(f"  {line}")
    for fault in read.faults(catalogue):
        told.fault(fault)
    told.say()
    told.say("All as it must be." if not told.faults else f"{len(told.faults)} things are not as they must be.")
    return DemoReport(not told.faults, tuple(told.lines), tuple(told.faults))


class _Harvest:
    """The harvests of the demo, each told in a line of the table."""

    def __init__(self, catalogue: Catalogue, told: _Told, run_source: RunSource) -> None:
        self._catalogue = catalogue
        self._told = told
        self._run_source = run_source

    def all(self, wanted: Sequence[DemoSource]) -> None:
        """Add and run each source; tell what was served broken, and what is not as the city knows it."""
        told = self._told
        told.say(f"  {'source':18}{'listed':>8}" + "".join(f"{name:>13}" for name in ENDS) + f"{'seconds':>9}")
        reports = []
        for source in wanted:
            known = {"name": source.name, "kind": "site", "title": source.title, "config": source.config}
            call(self._catalogue, ACTOR, "source.add", known)
            reports.append((source, self._run(source)))
        told.say()
        troubles = [trouble for _, report in reports for trouble in report["troubles"]]
        if troubles:
            told.say("Served broken on purpose, and what became of it:")
            for trouble in troubles[:TROUBLES_SHOWN]:
                told.say(f"  {trouble['state']:12} {trouble['title'] or trouble['ref']}: {trouble['message']}")
            told.say()
        for source, report in reports:
            for fault in faults_of(source.expected, report):
                told.fault(f"{source.name}: {fault}")

    def again(self, source: DemoSource) -> None:
        """Run a source once more, which must write nothing."""
        self._told.say("The first source once more; nothing has changed, so nothing must be written:")
        before = _last_change(self._catalogue)
        self._run(source)
        written = _last_change(self._catalogue) - before
        if written:
            self._told.fault(
                f"{source.name}: the second harvest wrote {written} changes; nothing had changed at the source"
            )
        self._told.say()

    def _run(self, source: DemoSource) -> dict[str, Any]:
        started = time.monotonic()
        report = self._run_source(self._catalogue, source.name)
        counters = report["counters"]
        numbers = "".join(f"{counters.get(name, 0):>13}" for name in ENDS)
        seconds = time.monotonic() - started
        self._told.say(f"  {source.name:18}{counters.get('listed', 0):>8}{numbers}{seconds:>9.1f}")
        return report


def _last_change(catalogue: Catalogue) -> int:
    with catalogue.store.read() as reader:
        return reader.last_seq()


def faults_of(expected: Expected, report: Mapping[str, Any]) -> list[str]:
    """What is wrong with a run's counters: they must add up, and be what the city knows. A taken item may be new or known."""
    counters = report["counters"]
    faults = []
    total = sum(counters.get(name, 0) for name in ENDS)
    if counters.get("listed", 0) != total:
        faults.append(f"{counters.get('listed', 0)} items were listed, but {total} have an end ({dict(counters)})")
    taken = sum(counters.get(name, 0) for name in ("created", "updated", "unchanged"))
    for name, want, got in (
        ("taken in", expected.taken, taken),
        ("quarantined", expected.quarantined, counters.get("quarantined", 0)),
        ("failed", expected.failed, counters.get("failed", 0)),
        ("skipped", expected.skipped, counters.get("skipped", 0)),
    ):
        if want != got:
            faults.append(f"{got} items were {name}; it must be {want}")
    if report["state"] != "finished":
        faults.append(f"the run ended as {report['state']}: {report['message']}")
    return faults


def _index(catalogue: Catalogue, told: _Told) -> None:
    found = catalogue.search.check()
    numbers = ", ".join(
        f"{name} {getattr(found, name)}" for name in ("records", "indexed", "missing", "stale", "extra")
    )
    told.say(f"Index compared with the store: {numbers}")
    if found.missing or found.stale or found.extra:
        told.fault("the index is not the store; `gongkai index rebuild` makes it anew")


def _search(catalogue: Catalogue, told: _Told, search: Search) -> None:
    found = call(
        catalogue,
        ACTOR,
        "record.search",
        {"parameters": {name: list(values) for name, values in search.parameters.items()}},
    )
    asked = "&".join(f"{name}={value}" for name, values in search.parameters.items() for value in values)
    told.say()
    told.say(f"  {asked}  ({search.about}): {found['total']} found")
    for place, item in enumerate(found["items"][:HITS_SHOWN], 1):
        told.say(f"    {place}. {item['title']}")
    for fault in search.faults(found):
        told.fault(fault)
