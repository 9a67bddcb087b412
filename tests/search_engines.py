"""The search engines that the contract suites run on, each over an index of the test's own, and made-up documents to fill them with."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from catalog.search import documents as made
from catalog.search import fields
from catalog.search.analysis import characters, squeeze, tokens
from catalog.search.engines.base import Document, FieldKind, IndexState, ISearchEngine
from catalog.search.engines.elasticsearch import ElasticsearchEngine
from catalog.search.engines.embedded import EmbeddedEngine
from tests.servers import Elasticsearch

ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.network)]
VALUES: dict[str, FieldKind] = {"type": "value", "organization": "value", "year": "number", "date": "number"}

Again = Callable[..., ISearchEngine]
"""Opens one and the same index once more, as another process would; keywords go to the engine."""


@contextmanager
def opening(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Again]:
    """Opens engines of a kind over one fresh index; all are closed and the index is removed at the end."""
    opened: list[ISearchEngine] = []
    prefix = f"t{uuid4().hex[:10]}"
    server: Elasticsearch | None = request.getfixturevalue("elasticsearch_server") if kind == "elasticsearch" else None

    def again(**more: object) -> ISearchEngine:
        options = {"values": VALUES, "documents": "test", **more}
        if server is None:
            opened.append(EmbeddedEngine(folder / "index", **options))  # type: ignore[arg-type]
        else:
            opened.append(ElasticsearchEngine(server.url, prefix=prefix, **options))  # type: ignore[arg-type]
        return opened[-1]

    try:
        yield again
    finally:
        for engine in opened:
            engine.close()
        if server is not None:
            discard(server.url, prefix)


def discard(url: str, prefix: str) -> None:
    """Remove all indices of a prefix."""
    names = [row["index"] for row in call(f"{url}/_cat/indices/{prefix}*?format=json&h=index&expand_wildcards=all")]
    for name in names:
        call(f"{url}/{name}", method="DELETE")


def call(url: str, method: str = "GET", body: object = None) -> list[dict[str, str]]:
    """What a server of the tests answers in JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def document(uid: str, title: str, text: str = "", **more: object) -> Document:
    """A document with a title, a text and, by keyword, a date (yyyymmdd), keys, a version and values of filter fields."""
    date = int(str(more.pop("date", 0)))
    tie = fields.tie(uid)
    values = {name: value if isinstance(value, list) else [value] for name, value in more.items() if name in VALUES}
    if date:
        values |= {"date": [date], "year": [date // 10_000]}
    whole: Document = {
        "uid": uid,
        "version": int(str(more.get("version", 1))),
        "digest": "",
        "title": tokens(title),
        "text": tokens(f"{title}\x1f{text}"),
        "characters": characters(f"{title} {text}"),
        "keys": [str(key) for key in more.get("keys", [])],  # type: ignore[attr-defined]
        "suggestions": [f"t{squeeze(title)}"],
        "shown": f'{{"title":"{title}"}}',
        "by_title": fields.by_title(squeeze(title), tie),
        "newest_first": fields.newest_first(date, tie),
        "oldest_first": fields.oldest_first(date, tie),
        "tie": tie,
        "recheck": int(str(more.get("recheck", 0))),
        "values": values,
    }
    whole["digest"] = made.digest(whole)
    return whole


def write(engine: ISearchEngine, documents: Iterable[Document], *, seq: int = 1, delete: Iterable[str] = ()) -> None:
    """Write to the current generation, made first where there is none."""
    generation = engine.current()
    if generation is None:
        generation = engine.create()
        engine.switch(generation)
    with engine.lock("write", 5), engine.writer(generation) as writer:
        writer.delete(delete, seq)
        writer.put(documents, seq)
        writer.commit(IndexState(seq=seq, signature=engine.signature, refused=dict(writer.refused)))
