"""How good the ranking is, measured on real data: short names, title fragments, numbers in six spellings, lay questions.

`python tests/bench/ranking.py` measures everything; tests/bench/test_ranking.py holds a sample to the limits below.
"""

from __future__ import annotations

import gzip
import math
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from catalog.model.docnumber import parse
from catalog.model.script import fold, to_traditional
from catalog.search.analysis import squeeze
from catalog.search.plugin import FiltersPlugin
from catalog.search.request import SearchRequest
from catalog.search.service import Search
from tests.memory_feed import MemoryFeed

LIMITS = {
    "short names hit@1": 0.99,
    "fragments MRR": 0.98,
    "numbers first": 1.0,
    "STARD nDCG@10": 0.36,
    "STARD R@100": 0.66,
}
"""A change that falls below one of these is a regression."""


@dataclass(frozen=True)
class Measured:
    name: str
    value: float
    asked: int
    note: str = ""

    def __str__(self) -> str:
        limit = f" (limit {LIMITS[self.name]})" if self.name in LIMITS else ""
        return f"{self.name:28} {self.value:.4f}  of {self.asked}{limit}  {self.note}"


def lines(path: Path) -> Iterator[dict]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield from map(orjson.loads, stream)


def searching(feed: MemoryFeed, root: Path) -> Search:
    plugin = FiltersPlugin()
    found = Search.open(
        root=root,
        store_reader=feed.open,
        filters=plugin.filters(),
        index_fields=plugin.index_fields,
        secret=b"measuring",
    )
    found.rebuild()
    return found


def ids(search: Search, query: str, limit: int = 10) -> list[str]:
    return [hit["id"] for hit in search.search(SearchRequest(q=query, limit=limit, highlight=False)).hits]


# laws


def load_laws(data: Path) -> tuple[MemoryFeed, dict[str, set[str]]]:
    """Both law collections with their texts, and the ids by title."""
    feed = MemoryFeed()
    by_title: dict[str, set[str]] = defaultdict(set)
    for row in lines(data / "laws/mainland.jsonl.gz"):
        title = row["markdown"].partition("\n")[0].lstrip("# ").strip()
        by_title[title].add(feed.add(row["path"], title, row["markdown"], record_type="regulation"))
    for row in lines(data / "laws/taiwan.jsonl.gz"):
        body = "\n".join(part.get("條文內容") or part.get("編章節") or "" for part in row["法規內容"])
        by_title[row["法規名稱"]].add(feed.add(row["法規網址"], row["法規名稱"], body, record_type="regulation"))
    return feed, by_title


def short_names(by_title: dict[str, set[str]]) -> list[tuple[str, set[str]]]:
    """Titles without the country's name, with the records that may come first: those that are called so, in full or in short."""
    made: list[tuple[str, set[str]]] = []
    called: dict[str, set[str]] = defaultdict(set)
    for title, uids in by_title.items():
        for country in ("中华人民共和国", "中華民國"):
            called[squeeze(title.replace(country, ""))] |= uids
    for title in by_title:
        for country in ("中华人民共和国", "中華民國"):
            short = title.replace(country, "")
            if country in title and len(short) > 2:
                made.append((short, called[squeeze(short)]))
    return made


def measure_short_names(search: Search, names: Sequence[tuple[str, set[str]]]) -> Measured:
    good = [bool(found := ids(search, short, 1)) and found[0] in wanted for short, wanted in names]
    missed = [short for (short, _), ok in zip(names, good, strict=True) if not ok]
    return Measured("short names hit@1", sum(good) / len(names), len(names), f"missed: {missed[:5]}" if missed else "")


# policy documents


def load_policy(data: Path) -> tuple[MemoryFeed, list[tuple[str, str, str]]]:
    """The policy records, and (id, title, number as printed)."""
    feed = MemoryFeed()
    rows: list[tuple[str, str, str]] = []
    for row in lines(data / "policy/records.jsonl.gz"):
        if "title" not in row:  # three rows have only a number: nothing that a catalogue could show
            continue
        raw = row.get("doc_number_raw") or ""
        number = parse(raw) if raw else None
        extra = {"doc_number": {"raw": raw, "canonical": number.canonical if number else None}} if raw else {}
        uid = feed.add(
            row["url"],
            row["title"],
            date_written=row.get("date_issued"),
            date_published=row.get("date_published"),
            **extra,
        )
        rows.append((uid, row["title"], number.canonical if number else ""))
    return feed, rows


def fragments(rows: Sequence[tuple[str, str, str]], count: int, seed: int = 7) -> list[str]:
    """Pieces of 6 to 8 characters of titles, cut anywhere."""
    rng = random.Random(seed)
    made: list[str] = []
    while len(made) < count:
        title = rng.choice(rows)[1]
        length = rng.randint(6, 8)
        if len(title) >= length:
            at = rng.randrange(len(title) - length + 1)
            made.append(title[at : at + length])
    return made


def measure_fragments(search: Search, rows: Sequence[tuple[str, str, str]], pieces: Sequence[str]) -> list[Measured]:
    """MRR of the best record whose title holds the fragment; and, for fragments of one title only, of that very record."""
    titles = [(uid, fold(title)) for uid, title, _ in rows]
    any_ranks: list[float] = []
    own_ranks: list[float] = []
    worst: list[str] = []
    for piece in pieces:
        holding = {uid for uid, title in titles if fold(piece) in title}
        found = ids(search, piece, 20)
        rank = next((1 / place for place, uid in enumerate(found, start=1) if uid in holding), 0.0)
        any_ranks.append(rank)
        if len(holding) == 1:
            own_ranks.append(rank)
        if rank < 1:
            worst.append(piece)
    return [
        Measured("fragments MRR", _mean(any_ranks), len(any_ranks), f"not first: {worst[:6]}" if worst else ""),
        Measured("unique fragments MRR", _mean(own_ranks), len(own_ranks)),
    ]


def spellings(canonical: str) -> list[str]:
    """Six ways to write a number 机关代字〔YYYY〕N号: as it is, square brackets, full width, spaces, without brackets and 号, traditional."""
    code, rest = canonical.split("〔")
    year, rest = rest.split("〕")
    serial = rest.rstrip("号")
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return [
        canonical,
        f"{code}[{year}]{serial}号",
        f"{code}（{year}）{serial}号".translate(wide),
        f" {code} 〔{year}〕 {serial} 号 ",
        f"{code}{year} {serial}",
        to_traditional(f"{code}〔{year}〕{serial}號"),
    ]


def sampled_numbers(rows: Sequence[tuple[str, str, str]], count: int, seed: int = 7) -> list[tuple[str, set[str]]]:
    """Numbers of the bracketed form, with all records that bear them."""
    bearing: dict[str, set[str]] = defaultdict(set)
    for uid, _, canonical in rows:
        if "〔" in canonical:
            bearing[canonical].add(uid)
    return [(number, bearing[number]) for number in random.Random(seed).sample(sorted(bearing), count)]


def measure_numbers(search: Search, numbers: Sequence[tuple[str, set[str]]]) -> Measured:
    asked = [(spelling, wanted) for number, wanted in numbers for spelling in spellings(number)]
    good = [bool(found := ids(search, spelling, 1)) and found[0] in wanted for spelling, wanted in asked]
    missed = [spelling for (spelling, _), ok in zip(asked, good, strict=True) if not ok]
    return Measured("numbers first", sum(good) / len(asked), len(asked), f"missed: {missed[:6]}" if missed else "")


# lay questions


def load_stard(data: Path) -> MemoryFeed:
    feed = MemoryFeed()
    for row in lines(data / "stard/corpus.jsonl.gz"):
        feed.add(row["id"], row["name"], row["text"], record_type="regulation")
    return feed


def stard_questions(data: Path) -> list[tuple[str, set[str]]]:
    """(question, names of the articles that answer it)."""
    relevant: dict[int, set[str]] = defaultdict(set)
    for line in (data / "stard/qrels.tsv").read_text().splitlines():
        query, _, document, _ = line.split("\t")
        relevant[int(query)].add(document)
    return [(row["text"], relevant[row["id"]]) for row in lines(data / "stard/queries.jsonl") if row["id"] in relevant]


def measure_stard(search: Search, feed: MemoryFeed, questions: Sequence[tuple[str, set[str]]]) -> list[Measured]:
    """Binary relevance: nDCG@10 and the share of the relevant among the first 100, each averaged over the questions."""
    gains: list[float] = []
    recalls: list[float] = []
    for text, relevant in questions:
        found = [feed.held[uid]["name"] for uid in ids(search, text, 100)]
        gain = sum(1 / math.log2(place + 1) for place, name in enumerate(found[:10], start=1) if name in relevant)
        best = sum(1 / math.log2(place + 1) for place in range(1, min(10, len(relevant)) + 1))
        gains.append(gain / best)
        recalls.append(len(relevant & set(found)) / len(relevant))
    return [Measured("STARD nDCG@10", _mean(gains), len(gains)), Measured("STARD R@100", _mean(recalls), len(recalls))]


def measure_all(data: Path, say: Callable[[str], None] = print) -> list[Measured]:
    """Everything, whole."""
    found: list[Measured] = []
    for part in (_all_laws, _all_policy, _all_stard):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            for one in part(data, Path(folder)):
                found.append(one)
                say(str(one))
            say(f"  ({part.__name__[5:]}: {time.perf_counter() - started:.1f} s with loading and indexing)")
    return found


def _all_laws(data: Path, root: Path) -> Iterable[Measured]:
    feed, by_title = load_laws(data)
    return [measure_short_names(searching(feed, root), short_names(by_title))]


def _all_policy(data: Path, root: Path) -> Iterable[Measured]:
    feed, rows = load_policy(data)
    search = searching(feed, root)
    return [
        *measure_fragments(search, rows, fragments(rows, 1_000)),
        measure_numbers(search, sampled_numbers(rows, 200)),
    ]


def _all_stard(data: Path, root: Path) -> Iterable[Measured]:
    feed = load_stard(data)
    return measure_stard(searching(feed, root), feed, stard_questions(data))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


if __name__ == "__main__":
    measured = measure_all(Path(sys.argv[1]))
    below = [one for one in measured if one.value < LIMITS.get(one.name, 0.0)]
    sys.exit(f"below the limit: {', '.join(one.name for one in below)}" if below else 0)
