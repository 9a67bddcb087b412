"""Both engines on the same records in one run: index rate beside the bare bulk rate, search times beside those of the bare query.

*Bare bulk*: the documents as the engine takes them, made beforehand and held in memory, given to the engine's own client in the batches
that we use, one commit at the end. The rebuild beside it also reads the records, makes the documents and compares the result.

*Bare query*: what someone would write by hand for this index in the engine's own language, the same phrase, twenty hits with their ids and
a count (an exact one where ours is), and for the last kind of query the same filter and facets. *Engine* is our plan on our engine, *search* adds
understanding the query, reading the records from the store and cutting highlights, *action* is what every door calls.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import Any

import orjson
import tantivy

from catalog.actions import ANONYMOUS, Catalogue, call
from catalog.app import create_catalogue
from catalog.search import fields
from catalog.search.engines import elasticsearch_mapping
from catalog.search.engines.base import Document
from catalog.search.reading import Reading
from catalog.search.request import SearchRequest
from catalog.settings import read_settings
from tests.bench.corpus import write_records
from tests.bench.loading import gongkai
from tests.servers import Elasticsearch, Missing

ROUNDS = 25
CLIENTS = (1, 20)
QUERIES: Mapping[str, tuple[str, ...]] = {
    "rare word": ("古籍", "河长", "校车", "燃气"),
    "common word": ("管理", "规定", "应当", "工作"),
    "phrase": ("监督管理部门", "人民政府", "法律责任", "有关部门"),
    "filter + 4 facets": ("管理", "规定", "应当", "工作"),
}
FACETS = ("type", "organization", "year", "disclosure")
FROM = 20100101
LIMIT = 20
INDEX_SHARE, P50_RATIO, P95_RATIO, COMMON_P95 = 0.60, 1.5, 2.0, 60.0
"""What is asked for: share of the bare bulk rate, multiples of the bare query, milliseconds of a common word embedded at one client."""

Ask = Callable[[str], Any]


@dataclass(frozen=True)
class Bare:
    """One engine without us: puts documents into a new index and gives the seconds it took; asks a query of the catalogue's own index."""

    bulk: Callable[[Sequence[Document]], float]
    query: Ask
    faceted: Ask


def run(folder: Path, data: Path | None) -> None:
    """Load once, then index and search on each engine in turn."""
    source, var = folder / "engines.jsonl", folder / "engines"
    records = int(os.environ.get("BENCH_RECORDS", "100000"))
    write_records(source, records, data)
    took = gongkai(var, "load", str(source), "--source", "bench")
    print(
        f"{records:,} records, {source.stat().st_size / 1e6:,.0f} MB, loaded in {took.seconds:.0f} s ({took.memory:.0f} MiB)"
    )
    os.environ["GONGKAI_DATA_DIR"] = str(var)
    only = os.environ.get("BENCH_ENGINE", "")
    with _catalogue() as catalogue:
        documents = _documents(catalogue)
        if only != "elasticsearch":
            _engine("embedded", catalogue, documents, _bare_embedded(catalogue, folder / "bare"))
    if only == "embedded":
        return
    try:
        with Elasticsearch.start() as server, _catalogue(SEARCH_URL=server.url) as catalogue:
            print(f"\nElasticsearch {Elasticsearch.version()}, heap 1 GiB, on the same machine")
            _engine("elasticsearch", catalogue, documents, _bare_elasticsearch(catalogue, server.url))
    except Missing as reason:
        print(f"elasticsearch: not measured: {reason}")


@contextmanager
def _catalogue(**settings: str) -> Iterator[Catalogue]:
    catalogue = create_catalogue(read_settings(**settings))
    try:
        yield catalogue
    finally:
        catalogue.search.close()
        catalogue.store.close()


def _documents(catalogue: Catalogue) -> list[Document]:
    reading = Reading(catalogue.store.read, catalogue.search._life._reading._index_fields)
    return [document for batch in reading.whole() for document in batch.documents]


def _engine(name: str, catalogue: Catalogue, documents: Sequence[Document], bare: Bare) -> None:
    """Measure one engine."""
    bulk = len(documents) / bare.bulk(documents)
    written = _written(catalogue, documents)
    start = time.perf_counter()
    count = catalogue.search.rebuild()
    rebuilt = count / (time.perf_counter() - start)
    print(f"{name}: index rate, documents/s: bare bulk {bulk:,.0f}; our writer with the same documents {written:,.0f} = {written / bulk:.0%}; "
          f"whole rebuild, from the store and compared, {rebuilt:,.0f} = {rebuilt / bulk:.0%}  (bound: {INDEX_SHARE:.0%})")  # fmt: skip
    bare.query("管理")  # opens what is opened once
    for clients in CLIENTS:
        for kind, queries in QUERIES.items():
            faceted = kind.startswith("filter")
            ways = _ways(catalogue, faceted=faceted)
            base = _timed(bare.faceted if faceted else bare.query, queries, clients)
            _line(
                f"{kind}, {clients} client{'s'[: clients - 1]}",
                base,
                {way: _timed(ask, queries, clients) for way, ask in ways.items()},
            )
    if name == "embedded":
        print(f"  (bound: common word at one client p95 ≤ {COMMON_P95:.0f} ms)")


def _written(catalogue: Catalogue, documents: Sequence[Document]) -> float:
    """Documents a second of our writer alone, into a generation that is thrown away."""
    engine = catalogue.search.engine
    generation = engine.create()
    start = time.perf_counter()
    with engine.writer(generation) as writer:
        for first in range(0, len(documents), 500):
            writer.put(documents[first : first + 500], 1)
        writer.commit(engine.state(generation))
    took = time.perf_counter() - start
    engine.remove(generation)
    return len(documents) / took


def _ways(catalogue: Catalogue, *, faceted: bool) -> dict[str, Ask]:
    search = catalogue.search
    more: dict[str, list[str]] = {"facets": [",".join(FACETS)], "date_from": ["2010"]} if faceted else {}

    def request(q: str) -> SearchRequest:
        return search.parse({"q": [q], **more})

    return {
        "engine": lambda q: search.engine.search(search.plan(request(q))),
        "search": lambda q: search.search(request(q)),
        "action": lambda q: call(catalogue, ANONYMOUS, "record.search", {"parameters": {"q": [q], **more}}),
    }


def _pairs(q: str) -> list[str]:
    return list(map(add, q, q[1:]))  # every query here is one run of Chinese: its tokens are its pairs


def _bare_embedded(catalogue: Catalogue, folder: Path) -> Bare:
    engine: Any = catalogue.search.engine

    def bulk(documents: Sequence[Document]) -> float:
        folder.mkdir()
        ready = [engine._layout.document(document) for document in documents]
        index = tantivy.Index(engine._layout.schema(), str(folder))
        start = time.perf_counter()
        writer = index.writer(engine._heap_bytes, 1)
        for document in ready:
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        return time.perf_counter() - start

    def query(q: str) -> Any:
        opened = engine._snapshot()
        found = opened.searcher.search(_phrase(opened.schema, q), limit=LIMIT, count=True)
        return [opened.searcher.doc(address).get_first(fields.UID) for _, address in found.hits]

    wanted = {
        name: {"terms": {"field": catalogue.search.registry.facet(name, {}).field, "size": 20}} for name in FACETS
    }

    def faceted(q: str) -> Any:
        opened = engine._snapshot()
        since = tantivy.Query.range_query(opened.schema, "date", tantivy.FieldType.Integer, FROM, None)
        both = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, _phrase(opened.schema, q)), (tantivy.Occur.Must, since)]
        )
        found = opened.searcher.search(both, limit=LIMIT, count=True)
        opened.searcher.aggregate(both, wanted)
        return [opened.searcher.doc(address).get_first(fields.UID) for _, address in found.hits]

    return Bare(bulk, query, faceted)


def _phrase(schema: tantivy.Schema, q: str) -> tantivy.Query:
    words: list[str | tuple[int, str]] = list(_pairs(q))
    if len(words) == 1:
        return tantivy.Query.term_query(schema, fields.TEXT, words[0])
    return tantivy.Query.phrase_query(schema, fields.TEXT, words)


def _bare_elasticsearch(catalogue: Catalogue, url: str) -> Bare:
    from elasticsearch import Elasticsearch as Client
    from elasticsearch import OrjsonSerializer
    from elasticsearch.helpers import streaming_bulk

    client = Client(url, request_timeout=120, serializers={OrjsonSerializer.mimetype: OrjsonSerializer()})
    engine: Any = catalogue.search.engine
    alias = catalogue.settings["SEARCH_PREFIX"]

    def bulk(documents: Sequence[Document]) -> float:
        generation = engine.create()
        actions = [
            {
                "_index": generation,
                "_id": one["uid"],
                "_source": orjson.loads(elasticsearch_mapping.body(one, engine._values)),
            }
            for one in documents
        ]
        start = time.perf_counter()
        for _ in streaming_bulk(client, actions, chunk_size=2_000, max_chunk_bytes=10_000_000):
            pass
        client.indices.refresh(index=generation)
        took = time.perf_counter() - start
        engine.remove(generation)
        return took

    def query(q: str) -> Any:
        return client.search(index=alias, query={"match_phrase": {fields.TEXT: " ".join(_pairs(q))}}, size=LIMIT)

    wanted = {
        name: {"terms": {"field": catalogue.search.registry.facet(name, {}).field, "size": 20}} for name in FACETS
    }

    def faceted(q: str) -> Any:
        phrase, since = {"match_phrase": {fields.TEXT: " ".join(_pairs(q))}}, {"range": {"date": {"gte": FROM}}}
        both = {"bool": {"must": [phrase], "filter": [since]}}
        return client.search(index=alias, query=both, aggs=wanted, size=LIMIT, track_total_hits=True)

    return Bare(bulk, query, faceted)


def _timed(ask: Ask, queries: Sequence[str], clients: int) -> list[float]:
    """Milliseconds of each question, put by so many clients at once."""
    for query in queries:
        ask(query)

    def one(query: str) -> float:
        start = time.perf_counter()
        ask(query)
        return (time.perf_counter() - start) * 1000

    asked = list(queries) * ROUNDS
    if clients == 1:
        return [one(query) for query in asked]
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, asked * 2))


def _line(name: str, bare: Sequence[float], ours: Mapping[str, Sequence[float]]) -> None:
    b50, b95 = _points(bare)
    told = []
    for way, times in ours.items():
        p50, p95 = _points(times)
        told.append(f"{way} {p50:6.2f}/{p95:6.2f} ({p50 / b50:4.1f}x/{p95 / b95:4.1f}x)")
    print(f"  {name:30} p50/p95 ms: bare {b50:6.2f}/{b95:6.2f}   {'   '.join(told)}")


def _points(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
