"""The embedded engine: tantivy over a local folder. Nothing is opened before it is needed, and everything anew in a forked process."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import orjson
import tantivy
from tantivy import Order, Query

from catalog.errors import SearchUnavailable
from catalog.search import fields
from catalog.search.engines.base import Answer, FieldKind, IndexState
from catalog.search.engines.embedded_pages import answer
from catalog.search.engines.embedded_query import Compiler
from catalog.search.engines.embedded_schema import Layout
from catalog.search.engines.embedded_writer import EmbeddedWriter, open_writer
from catalog.search.engines.folders import IndexFolder, Stamp, written
from catalog.search.plan import Plan

_Result = TypeVar("_Result")
HEAP_BYTES = 64_000_000
_OPEN_TRIES = 5
"""A generation can be switched away and removed between reading its name and opening it; then the next one is there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One generation as this process sees it: a snapshot that stays as it is until the state file changes."""

    generation: str
    pid: int
    stamps: tuple[Stamp | None, Stamp | None]
    schema: tantivy.Schema
    searcher: tantivy.Searcher


class EmbeddedEngine:
    """`ISearchEngine` on tantivy. `values` are the filter fields, `documents` the digest of how documents are made; `heap_bytes` is the
    writer's buffer, the bulk of indexing's memory.
    """

    name = "embedded"

    def __init__(
        self, root: Path, *, values: Mapping[str, FieldKind], documents: str = "", heap_bytes: int = HEAP_BYTES
    ) -> None:
        self._folder = IndexFolder(root)
        self._layout = Layout(dict(values))
        self.signature = f"{documents}-{self._layout.signature()}"
        self._heap_bytes = heap_bytes
        self._opened: Opened | None = None
        self._opening = threading.Lock()

    def current(self) -> str | None:
        """See `ISearchEngine`."""
        return self._folder.current()

    def previous(self) -> str | None:
        """See `ISearchEngine`."""
        return self._folder.previous()

    def generations(self) -> list[str]:
        """See `ISearchEngine`."""
        return self._folder.generations()

    def create(self) -> str:
        """See `ISearchEngine`."""
        generation = self._folder.create()
        with written(self._folder.root):
            tantivy.Index(self._layout.schema(), str(self._folder.index(generation)))
        return generation

    def switch(self, generation: str) -> None:
        """See `ISearchEngine`."""
        self._folder.switch(generation)

    def remove(self, generation: str) -> None:
        """See `ISearchEngine`."""
        if generation == self.current():
            raise ValueError(f"{generation} answers searches and is not removed; switch to another one first")
        self._folder.remove(generation)

    def lock(self, name: str, timeout: float) -> AbstractContextManager[None]:
        """See `ISearchEngine`."""
        return self._folder.lock(name, timeout)

    def state(self, generation: str | None = None) -> IndexState:
        """See `ISearchEngine`."""
        wanted = generation or self.current()
        return self._folder.state(wanted) if wanted else IndexState()

    @contextmanager
    def writer(self, generation: str) -> Iterator[EmbeddedWriter]:
        """See `ISearchEngine`."""
        with open_writer(self._folder, generation, self._layout, self._heap_bytes) as writer:
            yield writer

    def search(self, plan: Plan) -> Answer:
        """See `ISearchEngine`."""
        return self._read(None, lambda opened: answer(opened.searcher, opened.schema, self._layout.values, plan))

    def versions(self, uids: Sequence[str], generation: str | None = None) -> dict[str, int]:
        """See `ISearchEngine`."""

        def find(opened: Opened) -> dict[str, int]:
            query = Query.term_set_query(opened.schema, fields.UID, list(uids))
            return {uid: version for _, uid, version in _rows(opened, query, 2 * len(uids))}

        return self._read(generation, find) if uids else {}

    def digests(self, uids: Sequence[str], generation: str | None = None) -> dict[str, str]:
        """See `ISearchEngine`."""

        def find(opened: Opened) -> dict[str, str]:
            rows = _stored(opened, uids, 2 * len(uids))
            return {str(row.get_first(fields.UID)): bytes(row.get_first(fields.DIGEST) or b"").decode() for row in rows}

        return self._read(generation, find) if uids else {}

    def about(self) -> dict[str, str]:
        """See `ISearchEngine`."""
        size = self.size()
        return {"engine": self.name, "version": version("tantivy"), "status": f"{self.current()}, {size:,} documents"}

    def size(self, generation: str | None = None) -> int:
        """See `ISearchEngine`."""
        return self._read(generation, lambda opened: int(opened.searcher.num_docs))

    def scan(self, after: int, limit: int, generation: str | None = None) -> list[tuple[int, str, int]]:
        """See `ISearchEngine`."""

        def find(opened: Opened) -> list[tuple[int, str, int]]:
            query = Query.range_query(opened.schema, fields.TIE, tantivy.FieldType.Integer, after + 1, None)
            return _rows(opened, query, limit, order_by=fields.TIE)

        return self._read(generation, find)

    def due(self, day: int, generation: str | None = None) -> list[str]:
        """See `ISearchEngine`."""

        def find(opened: Opened) -> list[str]:
            query = Query.range_query(opened.schema, fields.RECHECK, tantivy.FieldType.Integer, 1, day)
            return [uid for _, uid, _ in _rows(opened, query, max(1, int(opened.searcher.num_docs)))]

        return self._read(generation, find)

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """See `ISearchEngine`."""
        return self._read(
            None, lambda opened: [term for term, _ in opened.searcher.terms_with_prefix(field, prefix, limit=limit)]
        )

    def shown(self, uids: Sequence[str]) -> dict[str, str]:
        """See `ISearchEngine`."""

        def find(opened: Opened) -> dict[str, str]:
            rows = _stored(opened, uids, len(uids))
            return {
                str(row.get_first(fields.UID)): bytes(row.get_first(fields.SHOWN) or b"{}").decode() for row in rows
            }

        return self._read(None, find) if uids else {}

    def explain(self, plan: Plan, uid: str) -> dict[str, Any]:
        """See `ISearchEngine`."""

        def find(opened: Opened) -> dict[str, Any]:
            where = opened.searcher.search(
                Query.term_query(opened.schema, fields.UID, uid, index_option="basic"), limit=1
            ).hits
            if not where:
                return {}
            compiler = Compiler(opened.schema, self._layout.values)
            told = {}
            for leg in plan.legs:
                explanation = compiler.query(leg.clause, plan.filters).explain(opened.searcher, where[0][1])
                told[leg.name] = orjson.loads(explanation.to_json())
            return told

        return self._read(None, find)

    def close(self) -> None:
        """See `ISearchEngine`."""
        self._opened = None

    def _read(self, generation: str | None, question: Callable[[Opened], _Result]) -> _Result:
        """Ask one snapshot. Raises `SearchUnavailable` where there is no index, or its files cannot be read."""
        try:
            return question(self._snapshot() if generation is None else self._open(generation))
        except (OSError, ValueError) as error:
            raise SearchUnavailable(
                f"the search index in {self._folder.root} cannot be read ({error}); `gongkai index rebuild` makes it anew"
            ) from error

    def _snapshot(self) -> Opened:
        """The current generation, opened again only when it was switched or written to, or after a fork."""
        held = self._opened
        if held is not None and held.pid == os.getpid() and held.stamps == self._folder.stamps(held.generation):
            return held
        with self._opening:
            self._opened = self._open_current()
            return self._opened

    def _open_current(self) -> Opened:
        for attempt in range(1, _OPEN_TRIES + 1):
            generation = self.current()
            if generation is None:
                raise SearchUnavailable(
                    "there is no search index yet; `gongkai index rebuild` makes one from the records"
                )
            if self._folder.state(generation).signature != self.signature:
                raise SearchUnavailable(
                    "the search index was made by another version; `gongkai index rebuild` makes it anew"
                )
            try:
                return self._open(generation)
            except (OSError, ValueError):
                if attempt == _OPEN_TRIES or generation == self.current():
                    raise
        raise SearchUnavailable("the search index is switched faster than it can be opened; try again")

    def _open(self, generation: str) -> Opened:
        """The stamps are taken before the files are opened: a commit in between is noticed at the next search, never missed."""
        stamps = self._folder.stamps(generation)
        index = tantivy.Index.open(str(self._folder.index(generation)))
        index.config_reader("manual")
        index.reload()
        return Opened(generation, os.getpid(), stamps, index.schema, index.searcher())


def _stored(opened: Opened, uids: Sequence[str], limit: int) -> list[tantivy.Document]:
    """What is stored of the documents of these ids."""
    query = Query.term_set_query(opened.schema, fields.UID, list(uids))
    found = opened.searcher.search(query, limit=limit, count=False)
    return [opened.searcher.doc(address) for _, address in found.hits]


def _rows(opened: Opened, query: Query, limit: int, order_by: str | None = None) -> list[tuple[int, str, int]]:
    """(tie, id, version) of what a query matches."""
    searcher = opened.searcher
    found = searcher.search(query, limit=limit, count=False, order_by_field=order_by, order=Order.Asc)
    addresses = [address for _, address in found.hits]
    ties = searcher.fast_field_values(fields.TIE, addresses)
    versions = searcher.fast_field_values(fields.VERSION, addresses)
    uids = [str(searcher.doc(address).get_first(fields.UID)) for address in addresses]
    return [(int(tie or 0), uid, int(version or 0)) for tie, uid, version in zip(ties, uids, versions, strict=True)]
