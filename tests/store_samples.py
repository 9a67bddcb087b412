"""Made-up records, sources and checks that the tests of the store share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from catalog.model.draft import Block
from catalog.model.record import Provenance, Record
from catalog.store import Store, new_id, text_hash
from catalog.store.rows import RecordWrite, Source

WHEN = "2026-03-01T08:00:00.000000+00:00"


def a_record(name: str, /, *, blocks: tuple[Block, ...] | None = None, **fields: Any) -> Record:
    """A published notice of 云江市, with the fields given in place of its own."""
    record: Record = {
        "id": new_id(),
        "name": name,
        "type": "normative_document",
        "title": f"云江市人民政府关于{name}的通知",
        "organization_id": None,
        "state": "published",
        "state_reason": None,
        "disclosure": "active",
        "metadata": {"title": name, "topic": ["11"], "events": [], "公开": "是 🀄"},
        "readings": {"title": {"raw": f" {name} ", "where": "header", "confidence": 0.9}},
        "text_hash": None if blocks is None else text_hash(blocks),
        "content_hash": f"hash of {name}",
        "version": 1,
        "created_at": WHEN,
        "updated_at": WHEN,
    }
    record.update(fields)  # type: ignore[typeddict-item]
    return record


def next_version(record: Record, **fields: Any) -> Record:
    """The record as an editor would store it next."""
    changed: Record = {**record, "version": record["version"] + 1}
    changed.update(fields)  # type: ignore[typeddict-item]
    return changed


def a_place(source: Source, key: str, **fields: Any) -> Provenance:
    """Where a record was read from."""
    place: Provenance = {
        "source_id": source.id,
        "key": key,
        "external_id": f"x-{key}",
        "url": f"http://www.yunjiang.example/{key}?from=list",
        "canonical_url": f"http://www.yunjiang.example/{key}",
        "ref": key,
        "sha256_raw": "0" * 64,
        "fetched_at": WHEN,
        "parser_version": "general-1",
    }
    place.update(fields)  # type: ignore[typeddict-item]
    return place


def a_source(store: Store, name: str = "yunjiang") -> Source:
    """A source that the store holds."""
    source = Source(new_id(), name, "site", f"云江市 {name}", {"start": "http://www.yunjiang.example/"})
    with store.write(actor="operator", reason="test") as work:
        work.add_source(source)
    return source


def put(store: Store, *writes: RecordWrite) -> None:
    """Create records in one unit of work."""
    with store.write(actor="tester", reason="test") as work:
        work.create(writes)


def broken_promises(store: Store) -> list[str]:
    """What is wrong with the store as a whole: a record without all its revisions and changes, a row that hangs on nothing.

    Empty for a store in which every transaction was whole.
    """
    questions = {
        "records whose versions are not all revisions": "SELECT id FROM records r WHERE version <> "
        "(SELECT count(*) FROM revisions v WHERE v.record_id = r.id)",
        "records whose versions are not all in the change log": "SELECT id FROM records r WHERE version <> "
        "(SELECT count(*) FROM changes c WHERE c.record_id = r.id)",
        "changes without a revision": "SELECT seq FROM changes c WHERE NOT EXISTS "
        "(SELECT 1 FROM revisions v WHERE v.record_id = c.record_id AND v.version = c.version)",
        "former revisions without their state": "SELECT v.record_id FROM revisions v JOIN records r ON r.id = v.record_id "
        "WHERE v.version < r.version AND v.metadata IS NULL",
        "records without their text": "SELECT id FROM records WHERE text_hash IS NOT NULL "
        "AND text_hash NOT IN (SELECT hash FROM texts)",
        "texts that no state has": "SELECT hash FROM texts WHERE hash NOT IN (SELECT text_hash FROM records "
        "WHERE text_hash IS NOT NULL UNION SELECT text_hash FROM revisions WHERE text_hash IS NOT NULL)",
        "relations that could be resolved": "SELECT l.record_id FROM relations l JOIN record_keys k ON k.record_id <> l.record_id "
        "AND (k.kind = 'number' AND k.key = l.number_key OR k.kind = 'title' AND k.key = l.title_key) WHERE l.target_id IS NULL AND l.matched IS NULL",
        "relations that say both what they mean and why not": "SELECT record_id FROM relations WHERE (target_id IS NULL) <> "
        "(matched IS NULL OR matched IN ('ambiguous', 'conflict', 'elsewhere', 'later'))",
        "relations to records that bear none of their names": "SELECT l.record_id FROM relations l WHERE l.target_id IS NOT NULL "
        "AND l.matched <> 'given' AND NOT EXISTS (SELECT 1 FROM record_keys k WHERE k.record_id = l.target_id AND "
        "(k.kind = 'number' AND k.key = l.number_key OR k.kind IN ('title', 'alias') AND k.key = l.title_key))",
    }
    with store._engine().connect() as connection:
        return [what for what, question in questions.items() if connection.execute(text(question)).first() is not None]
