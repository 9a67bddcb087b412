"""Two records compared: the text of a gazette with the text of the web site, or any two that may be one document.

The gazette's text is the standard text (规章制定程序条例 art. 31); the answer says which of the two it is. `note_differences` puts on the list
of reviews every gazette article whose wording differs from a record that is linked to it as the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions import views
from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action, call
from catalog.errors import NotFound
from catalog.model.draft import Block
from catalog.model.record import Record
from catalog.model.textdiff import Comparison, Row, compare
from catalog.store.rows import ReviewWrite

STANDARD = "gazette_standard"
LINK = "same_text_as"
REVIEW = "text_differs"
PAGE = 500
"""Articles of which the links are looked at in one transaction."""
HEAD_FIELDS = ("title", "title_raw", "doc_number", "joint_numbers", "issuing_body", "publisher", "date_written", "date_published", "addressees")  # fmt: skip


class Pair(Schema):
    """Two records."""

    id = fields.String(required=True, metadata={"description": "id, name, or document number of the one"})
    other = fields.String(required=True, metadata={"description": "id, name, or document number of the other"})


class NoteDifferences(Schema):
    """How far to look."""

    limit = fields.Integer(
        load_default=1_000_000,
        validate=validate.Range(1),
        metadata={"description": "links that are looked at, at most"},
    )


@action("record.compare", schema=Pair, permission="public")
def record_compare(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Compare the texts of two records: counts of each kind of difference, the places in order, and which text is the standard one.

    A record whose text is not open to the asker has none. Raises `NotFound` and `Gone` as `record.show`.
    """
    sides = [_side(catalogue, actor, params[name]) for name in ("id", "other")]
    (one, blocks), (other, others) = sides
    found = compared(one, blocks, other, others)
    standard = _standard(one, other)
    lines, other_lines = _lines(blocks), _lines(others)
    return {
        "left": _shown(one, blocks),
        "right": _shown(other, others),
        "standard": standard["name"] if standard else None,
        "same_wording": found.same_wording if blocks and others else None,
        "counts": found.counts(),
        "cut": found.cut,
        "rows": [_row(row, lines, other_lines) for row in found.rows],
    }


def compared(one: Record, blocks: Sequence[Block], other: Record, others: Sequence[Block]) -> Comparison:
    """The comparison of two records' texts; lines that repeat the head of either are no difference of wording."""
    head = [*_head(one["metadata"]), *_head(other["metadata"])]
    return compare([text for text, _ in _lines(blocks)], [text for text, _ in _lines(others)], head=head)


@action("record.note_differences", schema=NoteDifferences, permission="operate")
def note_differences(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Compare every gazette article with what is linked to it as the same text; open a review where the wording differs.

    What a person settled stays settled. Returns how many pairs were compared, how many differ, and how many have no text to compare.
    """
    counts = {"compared": 0, "differ": 0, "without_text": 0}
    for pairs in _linked(catalogue, params["limit"]):
        asked = [write for one, other in pairs if (write := _judged(catalogue, one, other, counts)) is not None]
        if asked:
            with catalogue.store.write(actor=actor.name, reason="comparison with the standard text") as work:
                work.ask_reviews(asked)
    return counts


def _judged(catalogue: Catalogue, one: Record, other: Record, counts: dict[str, int]) -> ReviewWrite | None:
    with catalogue.store.read() as reader:
        texts = reader.texts([record["text_hash"] for record in (one, other) if record["text_hash"]])
    blocks, others = (texts.get(record["text_hash"] or "", []) for record in (one, other))
    if not blocks or not others:
        counts["without_text"] += 1
        return None
    counts["compared"] += 1
    found = compared(one, blocks, other, others)
    if found.same_wording:
        return None
    counts["differ"] += 1
    detail = {"other": other["id"], "name": other["name"], "title": other["title"], "counts": found.counts()}
    return ReviewWrite(one["id"], REVIEW, other["id"], detail)


def _linked(catalogue: Catalogue, limit: int) -> Iterator[list[tuple[Record, Record]]]:
    """The pairs of a gazette's article and what is linked to it, in portions."""
    after: str | None = None
    left = limit
    while left > 0:
        with catalogue.store.read() as reader:
            seen = list(islice(reader.iter_records(after_id=after, batch=PAGE), PAGE))
            ids = {record["id"] for record in seen if record["type"] == "gazette_article"}
            rows = (
                [row for row in reader.relations_among(ids, types=(LINK,)) if row.record_id in ids and row.target_id]
                if ids
                else []
            )
            found = reader.records({key for row in rows for key in (row.record_id, row.target_id) if key})
        if not seen:
            return
        after = seen[-1]["id"]
        pairs = [(found[row.record_id], found[str(row.target_id)]) for row in rows if str(row.target_id) in found][
            :left
        ]
        left -= len(pairs)
        if pairs:
            yield pairs


def _side(catalogue: Catalogue, actor: Actor, which: str) -> tuple[Record, list[Block]]:
    """A record that the actor may see, and its text as far as it is open."""
    seen = call(catalogue, actor, "record.show", {"id": which})
    with catalogue.store.read() as reader:
        record = reader.record(seen["id"])
        if record is None:
            raise NotFound(f"no record is called {which}")
        hashed = record["text_hash"] if seen["has_text"] else None
        return record, list(reader.texts([hashed])[hashed]) if hashed else []


def _standard(one: Record, other: Record) -> Record | None:
    """The record that holds the standard text, where exactly one of them does."""
    holders = [record for record in (one, other) if record["metadata"].get("text_authority") == STANDARD]
    return holders[0] if len(holders) == 1 else None


def _shown(record: Record, blocks: Sequence[Block]) -> dict[str, Any]:
    view = views.flat(record)
    return {
        "id": record["id"],
        "name": record["name"],
        "type": record["type"],
        "title": record["title"],
        "lang": view.get("lang"),
        "script": view.get("script"),
        "text_authority": view.get("text_authority"),
        "issue": view.get("issue"),
        "has_text": bool(blocks),
    }


def _row(row: Row, lines: Sequence[tuple[str, str | None]], others: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "left": [_line(lines[at]) for at in row.left],
        "right": [_line(others[at]) for at in row.right],
        "parts": [{"in": where, "text": text} for where, text in row.parts],
    }


def _line(line: tuple[str, str | None]) -> dict[str, Any]:
    return {"text": line[0], "anchor": line[1]}


def _lines(blocks: Sequence[Block]) -> list[tuple[str, str | None]]:
    """What is compared: blocks, and the rows of tables one by one."""
    return [
        (text, block.anchor)
        for block in blocks
        for text in (block.text.splitlines() if block.kind == "table" else [block.text])
        if text.strip()
    ]


def _head(metadata: Mapping[str, Any]) -> Iterator[str]:
    for name in HEAD_FIELDS:
        value = metadata.get(name)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Mapping):
                yield from (str(part[key]) for key in ("raw", "canonical") if part.get(key))
            elif part:
                yield str(part)
                if name.startswith("date_"):
                    yield from _days(str(part))


def _days(iso: str) -> Iterator[str]:
    """A day as heads and signatures print it."""
    parts = iso[:10].split("-")
    if len(parts) == 3:
        year, month, day = (int(part) for part in parts)
        yield f"{year}年{month}月{day}日"
        yield f"中華民國{year - 1911}年{month}月{day}日"
