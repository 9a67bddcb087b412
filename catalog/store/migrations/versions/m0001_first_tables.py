"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.errors import Misconfigured

revision = "0001"
down_revision = None

STATE = (
    "name", "type", "title", "organization_id", "state", "state_reason", "disclosure", "text_hash", "content_hash", "updated_at",
    "metadata", "readings",
)  # fmt: skip


def upgrade() -> None:
    _organizations()
    _records()
    _history()
    _relations()
    _files()
    _sources()
    _jobs()


def downgrade() -> None:
    raise Misconfigured(
        "the first tables cannot be taken back: nothing would be left; delete the database if that is meant"
    )


def _key(name: str, refers_to: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, *_reference(refers_to), primary_key=True)


def _text(name: str, refers_to: str | None = None, *, index: bool = False, unique: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, *_reference(refers_to), nullable=False, index=index, unique=unique)


def _maybe(name: str, refers_to: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, *_reference(refers_to))


def _number(name: str, *, primary_key: bool = False, big: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger if big else sa.Integer, primary_key=primary_key, nullable=False)


def _reference(column: str | None) -> list[sa.ForeignKey]:
    return [sa.ForeignKey(column)] if column else []


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _organizations() -> None:
    op.create_table(
        "organizations",
        _key("id"),
        _text("name", unique=True),
        _text("title"),
        _maybe("level"),
        _maybe("region"),
        _maybe("parent_id", "organizations.id"),
        _text("created_at"),
        _text("updated_at"),
        _text("contact"),
    )
    op.create_table(
        "organization_titles",
        _key("title"),
        _text("organization_id", "organizations.id", index=True),
        sqlite_with_rowid=False,
    )


def _records() -> None:
    op.create_table(
        "texts",
        _key("hash"),
        _text("encoding"),
        _number("size"),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "records",
        _key("id"),
        _number("version"),
        _text("created_at"),
        _text("name", unique=True),
        _text("type"),
        _text("title"),
        _maybe("organization_id", "organizations.id"),
        _text("state"),
        _maybe("state_reason"),
        _text("disclosure"),
        _maybe("text_hash", "texts.hash"),
        _text("content_hash"),
        _text("updated_at"),
        _text("metadata"),
        _text("readings"),
    )
    _index("ix_records_state_type", "records", ["state", "type"])
    op.create_table("redirects", _key("name"), _text("record_id", "records.id"), sqlite_with_rowid=False)


def _history() -> None:
    op.create_table(
        "revisions",
        _key("record_id", "records.id"),
        _number("version", primary_key=True),
        _text("kind"),
        _text("at"),
        _text("actor"),
        _text("reason"),
        _maybe("job_id"),
        _text("changed"),
        *(_maybe(name) for name in STATE),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        _text("record_id"),
        _number("version"),
        _text("kind"),
        _text("at"),
        sqlite_autoincrement=True,
    )


def _relations() -> None:
    op.create_table("record_keys", _key("kind"), _key("key"), _key("record_id", "records.id"), sqlite_with_rowid=False)
    _index("ix_record_keys_record", "record_keys", ["record_id"])
    op.create_table(
        "relations",
        _key("record_id", "records.id"),
        _number("ordinal", primary_key=True),
        _text("type"),
        sa.Column("event", sa.Integer),
        _maybe("target_id", "records.id"),
        _maybe("matched"),
        _maybe("number_key"),
        _maybe("title_key"),
        _maybe("number"),
        _maybe("title"),
        _text("raw"),
        sqlite_with_rowid=False,
    )
    _index("ix_relations_target", "relations", ["target_id", "type"], "target_id IS NOT NULL")
    _index("ix_relations_number", "relations", ["number_key"], "number_key IS NOT NULL")
    _index("ix_relations_title", "relations", ["title_key"], "title_key IS NOT NULL")
    op.create_table(
        "events",
        _key("record_id", "records.id"),
        _number("ordinal", primary_key=True),
        _text("kind"),
        _maybe("date"),
        _text("raw"),
        sqlite_with_rowid=False,
    )


def _files() -> None:
    op.create_table("files", _key("sha256"), _number("size", big=True), _text("media_type"), _text("added_at"))
    op.create_table(
        "record_files",
        _key("record_id", "records.id"),
        _number("ordinal", primary_key=True),
        _text("sha256", "files.sha256", index=True),
        _text("name"),
        _text("media_type"),
        _number("size", big=True),
        _text("role"),
        _maybe("url"),
        sqlite_with_rowid=False,
    )


def _sources() -> None:
    op.create_table(
        "sources",
        _key("id"),
        _text("name", unique=True),
        _text("kind"),
        _text("title"),
        _maybe("organization_id", "organizations.id"),
        sa.Column("active", sa.Boolean, nullable=False),
        _text("created_at"),
        _text("updated_at"),
        _text("config"),
    )
    op.create_table(
        "provenances",
        _key("source_id", "sources.id"),
        _key("key"),
        _text("record_id", "records.id", index=True),
        _maybe("external_id"),
        _maybe("url"),
        _maybe("canonical_url"),
        _text("since"),
        _text("ref"),
        _text("sha256_raw"),
        _text("fetched_at"),
        _text("parser_version"),
        _text("content_hash"),
        _maybe("fingerprint"),
        _maybe("job_id"),
    )
    _index("ix_provenances_canonical_url", "provenances", ["canonical_url"], "canonical_url IS NOT NULL")


def _jobs() -> None:
    op.create_table(
        "jobs",
        _key("id"),
        _text("source_id", "sources.id", index=True),
        _text("state"),
        _text("actor"),
        _number("fence"),
        _text("started_at"),
        _text("updated_at"),
        _maybe("finished_at"),
        _maybe("position"),
        _text("counters"),
        _text("report"),
    )
    op.create_table(
        "objects",
        _key("job_id", "jobs.id"),
        _key("key"),
        _text("state"),
        _maybe("record_id"),
        _maybe("external_id"),
        _maybe("url"),
        _text("ref"),
        _maybe("title"),
        _maybe("sha256_raw"),
        _maybe("media_type"),
        _text("at"),
        _text("problems"),
        sqlite_with_rowid=False,
    )
    _index("ix_objects_trouble", "objects", ["job_id", "key"], "state IN ('failed', 'quarantined')")
    op.create_table(
        "leases",
        _key("name"),
        _text("holder"),
        _number("fence"),
        _text("until"),
        sa.Column("seconds", sa.Float, nullable=False),
    )
