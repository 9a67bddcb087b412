"""The graph of citations as a whole: how much of it there is, a sample to judge by reading, and all of it in a stream."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.actions.context import Catalogue
from catalog.actions.record import relation_view
from catalog.store.reader import Reader
from catalog.store.rows import RecordLink, RelationRow

BATCH = 2_000
"""Relations that are read at a time; no transaction stays open between two batches."""
AROUND = 60
"""Characters beside a citation that a sample shows."""
OPEN = frozenset({"active", "unknown"})
"""Disclosures whose text, and so what it cites, is for everyone."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Citations of one type: all, those that found their record by number, title, both or a person's word, and the open ones by reason.

    `away` are those whose document the catalogue does not hold.
    """

    type: str
    total: int
    resolved: int
    number: int
    title: int
    both: int
    given: int
    ambiguous: int
    conflict: int
    elsewhere: int
    later: int
    away: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """A citation with the words around it; `source` and `relation.other` are the records at its ends."""

    source: RecordLink
    relation: RelationRow
    words: str


def figures(catalogue: Catalogue) -> list[Figures]:
    """The citations by type, the most frequent first; what events name as their cause counts as the type `(event)`."""
    counts: dict[str, dict[str, int]] = {}
    with catalogue.store.read() as reader:
        rows = reader.relation_figures()
    for kind, event, resolved, matched, count in rows:
        held = counts.setdefault("(event)" if event else kind, {})
        way = matched or ("given" if resolved else "away")
        for name in ("total", way, *(("resolved",) if resolved else ())):
            held[name] = held.get(name, 0) + count
    ways = ("number", "title", "both", "given", "ambiguous", "conflict", "elsewhere", "later", "away")
    made = [
        Figures(kind, held["total"], held.get("resolved", 0), *(held.get(way, 0) for way in ways))
        for kind, held in counts.items()
    ]
    return sorted(made, key=lambda one: (-one.total, one.type))


def graph(catalogue: Catalogue) -> Iterator[tuple[RecordLink, RelationRow]]:
    """All relations in the order of the records that cite, in batches."""
    after = ("", -1)
    while True:
        with catalogue.store.read() as reader:
            rows = reader.graph(after=after, limit=BATCH)
        yield from rows
        if len(rows) < BATCH:
            return
        after = (rows[-1][1].record_id, rows[-1][1].ordinal)


def public_graph(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """All relations that the public may see, one flat object each."""
    for source, row in graph(catalogue):
        if source.state != "published" or source.disclosure not in OPEN:
            continue
        shown = relation_view(row)
        target: Mapping[str, Any] = shown["target"] or {}
        yield {
            "source": source.name,
            "source_type": source.type,
            "source_title": source.title,
            "type": row.type,
            "event": row.event,
            "place": row.place,
            "raw": row.raw,
            "number": row.number,
            "title": row.title,
            "article": row.article,
            "matched": row.matched,
            "target": target.get("name"),
            "target_type": target.get("type"),
            "target_title": target.get("title"),
        }


def sample(
    catalogue: Catalogue, size: int, seed: int, *, types: Sequence[str] = (), resolved: bool = False
) -> list[Sampled]:
    """`size` relations taken evenly from all (of the types, if any are given; resolved ones only). The same seed takes the same ones."""
    chance = random.Random(seed)  # noqa: S311 - a sample that can be taken again, no secret
    taken: list[tuple[RecordLink, RelationRow]] = []
    seen = 0
    for source, row in graph(catalogue):
        if (types and row.type not in types) or (resolved and row.target_id is None):
            continue
        seen += 1
        if len(taken) < size:
            taken.append((source, row))
        elif (place := chance.randrange(seen)) < size:
            taken[place] = (source, row)
    with catalogue.store.read() as reader:
        return [Sampled(source, row, _words(reader, source, row)) for source, row in taken]


def _words(reader: Reader, source: RecordLink, row: RelationRow) -> str:
    """The words around a citation: in its text, else in the title."""
    record = reader.record(source.id)
    hashed = record["text_hash"] if record else None
    blocks = reader.texts([hashed])[hashed] if hashed else []
    first = next((at for at, block in enumerate(blocks) if block.anchor and _stands_in(row.place, block.anchor)), 0)
    for text in (*(block.text for block in (*blocks[first:], *blocks[:first])), source.title):
        at = text.find(row.raw)
        if at >= 0:
            return text[max(0, at - AROUND) : at + len(row.raw) + AROUND]
    return row.raw


def _stands_in(place: str | None, anchor: str) -> bool:
    """Whether a place is a block or, as `art-3-p2` in `art-3`, below it."""
    return place is not None and (place == anchor or place.startswith((f"{anchor}-p", f"{anchor}-i")))
