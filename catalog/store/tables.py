"""The tables as they are now. `migrations/` says how a database gets there; a test holds the two together.

Small columns stand before the JSON ones, so that SQLite reads them without following overflow pages. Times and JSON are text on both
databases. Tables with short rows that are found by a key of several columns live in the key's own tree (`WITHOUT ROWID`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)  # fmt: skip

metadata = MetaData()

STATE = (
    "name", "type", "title", "organization_id", "state", "state_reason", "disclosure", "text_hash", "content_hash", "updated_at",
    "metadata", "readings",
)  # fmt: skip
"""The columns of one state of a record: the record's own, and its revision's once a later one has taken their place."""

TROUBLE = "state IN ('failed', 'quarantined')"
"""The objects that an operator looks at. The condition of an index: a statement uses it by these very words, with no bound values."""

OPEN = "state = 'running'"
"""The runs that did not come to their end. The condition of an index, used as `TROUBLE` is."""


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of only the rows that it is asked for."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


organizations = Table(
    "organizations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("level", Text),
    Column("region", Text),
    Column("parent_id", Text, ForeignKey("organizations.id")),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("contact", Text, nullable=False),
)

organization_titles = Table(
    "organization_titles",
    metadata,
    Column("title", Text, primary_key=True),
    Column("organization_id", Text, ForeignKey("organizations.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

texts = Table(
    "texts",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("encoding", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("organization_id", Text, ForeignKey("organizations.id")),
    Column("state", Text, nullable=False),
    Column("state_reason", Text),
    Column("disclosure", Text, nullable=False),
    Column("text_hash", Text, ForeignKey("texts.hash")),
    Column("content_hash", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("readings", Text, nullable=False),
    Index("ix_records_state_type", "state", "type"),
)

listings = Table(
    "listings",
    metadata,
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("body", Text, primary_key=True),
    Column("date", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Index("ix_listings_body", "body", "date", "record_id", "type"),
    sqlite_with_rowid=False,
)
"""Where the public finds records without a search engine: once in the list of all (body ''), and once under each of its bodies."""

redirects = Table(
    "redirects",
    metadata,
    Column("name", Text, primary_key=True),
    Column("record_id", Text, ForeignKey("records.id"), nullable=False),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("job_id", Text),
    Column("changed", Text, nullable=False),
    *(Column(name, Text) for name in STATE),
    sqlite_with_rowid=False,
)

changes = Table(
    "changes",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("record_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_autoincrement=True,
)

record_keys = Table(
    "record_keys",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Index("ix_record_keys_record", "record_id"),
    sqlite_with_rowid=False,
)

relations = Table(
    "relations",
    metadata,
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("event", Integer),
    Column("target_id", Text, ForeignKey("records.id")),
    Column("matched", Text),
    Column("number_key", Text),
    Column("title_key", Text),
    Column("number", Text),
    Column("title", Text),
    Column("raw", Text, nullable=False),
    Column("place", Text),
    Column("article", Text),
    _partial("ix_relations_target", "target_id", "type", where="target_id IS NOT NULL"),
    _partial("ix_relations_number", "number_key", where="number_key IS NOT NULL"),
    _partial("ix_relations_title", "title_key", where="title_key IS NOT NULL"),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("date", Text),
    Column("raw", Text, nullable=False),
    sqlite_with_rowid=False,
)

files = Table(
    "files",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

record_files = Table(
    "record_files",
    metadata,
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("sha256", Text, ForeignKey("files.sha256"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("url", Text),
    sqlite_with_rowid=False,
)

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("organization_id", Text, ForeignKey("organizations.id")),
    Column("active", Boolean, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("schedule", Text),
    Column("requested_at", Text),
)

provenances = Table(
    "provenances",
    metadata,
    Column("source_id", Text, ForeignKey("sources.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("record_id", Text, ForeignKey("records.id"), nullable=False, index=True),
    Column("external_id", Text),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("since", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("sha256_raw", Text, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("parser_version", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("fingerprint", Text),
    Column("job_id", Text),
    Column("basis", Text),
    Column("hints", Text),
    _partial("ix_provenances_canonical_url", "canonical_url", where="canonical_url IS NOT NULL"),
    _partial("ix_provenances_joined", "record_id", "source_id", "key", where="basis IS NOT NULL"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("source_id", Text, ForeignKey("sources.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What a person said of a place and a record: `apart` keeps them so, whatever they look like."""

reviews = Table(
    "reviews",
    metadata,
    Column("record_id", Text, ForeignKey("records.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("detail", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Text),
    Index("ix_reviews_state", "state", "kind", "record_id", "key"),
    sqlite_with_rowid=False,
)
"""What a person is to look at, one row a record, kind of doubt and thing doubted."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("position", Text),
    Column("counters", Text, nullable=False),
    Column("report", Text, nullable=False),
    Index("ix_jobs_source", "source_id", "id"),
    _partial("ix_jobs_open", "source_id", "id", where=OPEN),
)

objects = Table(
    "objects",
    metadata,
    Column("job_id", Text, ForeignKey("jobs.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("record_id", Text),
    Column("external_id", Text),
    Column("url", Text),
    Column("ref", Text, nullable=False),
    Column("title", Text),
    Column("sha256_raw", Text),
    Column("media_type", Text),
    Column("at", Text, nullable=False),
    Column("problems", Text, nullable=False),
    _partial("ix_objects_trouble", "job_id", "key", where=TROUBLE),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Text, nullable=False),
    Column("seconds", Float, nullable=False),
)
