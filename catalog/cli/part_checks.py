"""What `gongkai doctor` asks the parts: database, clock, search, analysis, files, queue. Each is asked even when another one is away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from catalog.cli.findings import Finding, fail, guarded, ok, warn
from catalog.errors import GongkaiError

if TYPE_CHECKING:
    from catalog.actions import Catalogue
    from catalog.search.engines.base import ISearchEngine
    from catalog.settings import Settings
    from catalog.store.store import Store

SECONDS = 5.0
"""What each part has for its answer."""
CLOCK_SECONDS = 2.0
"""Clocks that differ by more make leases end early or late, and signed requests to S3 fail at some minutes."""
LAG_CHANGES = 1_000
"""An index that is further behind is not being followed, or a load is under way."""
SERVERS = (8, 9)
"""Major versions of Elasticsearch that the contract suite runs on."""
SENTENCE = "国办发〔2020〕17号：雲江市人民政府 Open Data"
TOKENS = "国办 办发 发  2020 17 号  云江 江市 市人 人民 民政 政府 府  open data"
"""What the analysis makes of the sentence: brackets and traditional characters folded, pairs of Chinese, words of the rest."""


def checks(settings: Settings) -> Iterator[Finding]:
    """All findings on the parts."""
    from catalog.app import create_catalogue
    from catalog.store.store import Store

    yield from guarded("analysis", _analysis)
    store: Store | None = None
    try:
        store = Store.open(settings.database_url)
    except GongkaiError as error:
        yield fail("database", str(error), "Correct GONGKAI_DATABASE_URL.")
    if store is not None:
        yield from guarded("database", lambda: _database(store))
    try:
        catalogue = create_catalogue(settings, upgrade=False)
    except (GongkaiError, OSError) as error:
        yield fail("search and files", str(error), "They are looked at once this is corrected.")
    else:
        yield from guarded("search", lambda: _search(catalogue))
        yield from guarded("files", lambda: _files(catalogue))
        catalogue.search.close()
        catalogue.store.close()
    yield from guarded("queue", lambda: _queue(settings))
    if store is not None:
        store.close()


def _analysis() -> Iterator[Finding]:
    """Whether text is cut into the tokens that this version is known for: a wrong dictionary would make an index that nobody finds in."""
    from catalog.search import analysis

    found = analysis.tokens(SENTENCE)
    if found == TOKENS:
        yield ok("analysis", f"a known sentence gives its known tokens (analysis {analysis.signature()})")
    else:
        yield fail(
            "analysis",
            f"{SENTENCE} gives {found!r}",
            "Install the versions of constraints.txt: OpenCC or its dictionaries differ.",
        )


def _database(store: Store) -> Iterator[Finding]:
    from catalog.store.upgrade import HEAD

    store.ping(SECONDS)
    revision = store.revision_of_tables()
    if revision is None:
        yield warn(
            "database",
            "answers, and has no tables yet",
            "`gongkai db upgrade` makes them; so does every command but this one.",
        )
        return
    before = datetime.now(UTC)
    with store.read() as reader:
        server, clock = reader.server()
    after = datetime.now(UTC)
    if revision != HEAD:
        yield warn(
            "database",
            f"{server}; tables at {revision}, this program's are {HEAD}",
            "`gongkai db upgrade` brings them up to date; a newer database needs the newer program.",
        )
    else:
        yield ok("database", f"{server}, tables at {revision}")
    if server.startswith("SQLite"):
        return
    away = max((before - clock).total_seconds(), (clock - after).total_seconds(), 0.0)
    if away > CLOCK_SECONDS:
        yield warn(
            "clock",
            f"the database's differs from this machine's by {away:.1f} s",
            "Let both follow a time server (chrony, systemd-timesyncd).",
        )
    else:
        yield ok(
            "clock",
            f"the database's agrees with this machine's within {max(away, (after - before).total_seconds()):.1f} s",
        )


def _search(catalogue: Catalogue) -> Iterator[Finding]:
    engine = catalogue.search.engine
    if engine.current() is None:  # before anything else: the embedded engine has nothing to tell of itself then
        yield warn(
            "search",
            f"the {engine.name} engine answers and has no index yet",
            "`gongkai serve` and `gongkai worker` make one at their start; `gongkai index rebuild` does at once.",
        )
        return
    about = engine.about()
    told = f"{about['engine']} {about['version']}, {about['status']}"
    major = re.match(r"\d+", about["version"])
    if "elastic" in about["engine"].lower() and (major is None or int(major.group()) not in SERVERS):
        yield fail("search", told, f"Use Elasticsearch {' or '.join(map(str, SERVERS))}.")
    else:
        yield ok("search", told)
    yield from guarded("index", lambda: _index(catalogue, engine))


def _index(catalogue: Catalogue, engine: ISearchEngine) -> Iterator[Finding]:
    current = engine.current()
    state = engine.state()
    if state.signature != engine.signature:
        yield warn(
            "index",
            f"{current} was made by another version of this program and answers no search",
            "`gongkai index rebuild`, or wait: the next process that follows makes it anew.",
        )
        return
    with catalogue.store.read() as reader:
        lag = max(0, reader.last_seq() - state.seq)
    if state.refused:
        yield warn(
            "index",
            f"the engine refused {len(state.refused)} documents",
            "`gongkai index check` names them and why; `gongkai index repair` tries them again.",
        )
    if lag > LAG_CHANGES:
        yield warn(
            "index",
            f"{current} is {lag:,} changes behind",
            "Look whether `gongkai serve` or `gongkai worker` runs; a large load is followed while it goes on.",
        )
    else:
        yield ok("index", f"{current} fits this program and is {lag:,} changes behind")


def _files(catalogue: Catalogue) -> Iterator[Finding]:
    catalogue.files.probe()
    yield ok("files", "a few bytes were written, read back and removed")


def _queue(settings: Settings) -> Iterator[Finding]:
    from catalog.jobs.queue import Queue

    queue = Queue.open(settings["QUEUE_URL"], settings.data_dir)
    try:
        queue.ping(SECONDS)
        yield ok("queue", f"{queue.place} answers")
    finally:
        queue.close()
