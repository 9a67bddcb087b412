"""Searches over a feed on each engine, as several processes have them, and what a test's index leaves behind on a server."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalog.model.record import Record
from catalog.search.engines.base import FieldKind, ISearchEngine
from catalog.search.feed import FeedSource
from catalog.search.plugin import FiltersPlugin
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from tests.memory_feed import MemoryFeed

ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.network)]
"""Parameters of a fixture that gives a place on each engine in turn."""

RECORDS = 60

IndexFields = Callable[[Record], Mapping[str, Any]]


@dataclass(frozen=True)
class Place:
    """Where an index lies: a folder, or a server's address and the first part of the names."""

    root: Path
    url: str = ""
    prefix: str = "gongkai"

    def open(self, feed: FeedSource, index_fields: IndexFields | None = None) -> Search:
        """One more search over the same index."""
        plugin = FiltersPlugin()
        return Search.open(
            root=self.root,
            store_reader=feed,
            filters=plugin.filters(),
            index_fields=index_fields or plugin.index_fields,
            secret=b"s",
            make_engine=self._engine if self.url else None,
        )

    def clear(self) -> None:
        """Remove all indices of these names from the server."""
        if not self.url:
            return
        with urllib.request.urlopen(f"{self.url}/_cat/indices/{self.prefix}*?h=index&format=json") as answer:
            names = [row["index"] for row in json.load(answer)]
        for name in names:
            urllib.request.urlopen(urllib.request.Request(f"{self.url}/{name}", method="DELETE")).close()

    def _engine(self, values: Mapping[str, FieldKind], documents: str) -> ISearchEngine:
        from catalog.search.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine(
            self.url, prefix=self.prefix, values=values, documents=documents, shards=1, replicas="0"
        )


def a_place(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """The body of a fixture with `ENGINES` as its parameters: a place without any index, and nothing left of it afterwards."""
    if request.param == "embedded":
        yield Place(folder / "index")
        return
    made = Place(folder, request.getfixturevalue("elasticsearch_server").url, f"test-{uuid.uuid4().hex[:12]}")
    yield made
    made.clear()


def some_records() -> MemoryFeed:
    """A store with `RECORDS` records, r0, r1 and so on."""
    made = MemoryFeed()
    for number in range(RECORDS):
        made.add(f"r{number}", f"食品安全通知第{number}号", f"正文{number}")
    return made


def sour_fields(record: Record) -> Mapping[str, Any]:
    """The core's fields; of a record with 酸 in its title one that no engine takes, and with 腐 an extension that fails."""
    if "腐" in record["title"]:
        raise LookupError("the extension does not know what to say")
    made = FiltersPlugin().index_fields(record)
    return {**made, "year": ("不是年份",)} if "酸" in record["title"] else made


def total(search: Search, q: str = "") -> int:
    """How many records a query finds."""
    return search.search(SearchRequest(q=q, highlight=False)).total


def uid_of(feed: MemoryFeed, name: str) -> str:
    """The id of the record of this name."""
    return next(uid for uid, record in feed.held.items() if record["name"] == name)


def spoil(search: Search, *, delete: tuple[str, ...] = (), put: tuple[Any, ...] = ()) -> None:
    """Change the index behind the store's back."""
    generation, state = str(search.engine.current()), search.engine.state()
    with search.engine.lock("write", 5), search.engine.writer(generation) as writer:
        writer.delete(delete, state.seq)
        writer.put(put, state.seq)
        writer.commit(state)


def document_of(search: Search, uid: str) -> Any:
    """The document that a record makes now."""
    (batch,) = search._life._reading.present([uid])
    return dict(batch.documents[0])
