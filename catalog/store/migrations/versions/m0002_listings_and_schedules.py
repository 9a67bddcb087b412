"""Lists of records without a search engine; sources that run by a schedule, or because somebody asked.

The lists are filled from the records that stand: a record is put where the catalogue's own rule puts it (`listing_rows`), the same that
holds when it is written again.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from catalog.errors import Misconfigured
from catalog.model.record import Record
from catalog.store.codec import record_of
from catalog.store.listings import listing_rows

revision = "0002"
down_revision = "0001"

BATCH = 500
"""Records that are held at a time."""
COLUMNS = (
    "id", "version", "created_at", "name", "type", "title", "organization_id", "state", "state_reason", "disclosure", "text_hash",
    "content_hash", "updated_at", "metadata", "readings",
)  # fmt: skip
"""What a record's row has at this version, in the order that `record_of` takes."""


def upgrade() -> None:
    op.add_column("sources", sa.Column("schedule", sa.Text))
    op.add_column("sources", sa.Column("requested_at", sa.Text))
    op.drop_index("ix_jobs_source_id", "jobs")
    op.create_index("ix_jobs_source", "jobs", ["source_id", "id"])
    is_open = sa.text("state = 'running'")
    op.create_index("ix_jobs_open", "jobs", ["source_id", "id"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "listings",
        sa.Column("record_id", sa.Text, sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("body", sa.Text, primary_key=True),
        sa.Column("date", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    _fill()
    op.create_index("ix_listings_body", "listings", ["body", "date", "record_id", "type"])


def downgrade() -> None:
    raise Misconfigured("migration 0002 cannot be taken back; restore the backup that was made before it")


def _fill() -> None:
    listings = sa.table("listings", *(sa.column(name) for name in ("record_id", "body", "date", "type")))
    for batch in _published():
        rows = [row for record in batch for row in listing_rows(record)]
        if rows:
            op.get_bind().execute(sa.insert(listings), rows)


def _published() -> Iterator[list[Record]]:
    records = sa.table("records", *(sa.column(name) for name in COLUMNS))
    page = (
        sa.select(*(records.c[name] for name in COLUMNS))
        .where(records.c.state == "published", records.c.id > sa.bindparam("after"))
        .order_by(records.c.id)
        .limit(BATCH)
    )
    after = ""
    while rows := op.get_bind().execute(page, {"after": after}).all():
        yield [record_of(row) for row in rows]
        after = rows[-1][0]
