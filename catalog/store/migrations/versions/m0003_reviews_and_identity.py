"""Reviews; why a place is a record's; what its list told of it; what a person said of it; where a citation stands and which article it means."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.errors import Misconfigured

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("provenances", sa.Column("basis", sa.Text))
    op.add_column("provenances", sa.Column("hints", sa.Text))
    joined = sa.text("basis IS NOT NULL")
    columns = ["record_id", "source_id", "key"]
    op.create_index("ix_provenances_joined", "provenances", columns, sqlite_where=joined, postgresql_where=joined)
    op.add_column("relations", sa.Column("place", sa.Text))
    op.add_column("relations", sa.Column("article", sa.Text))
    op.create_table(
        "reviews",
        sa.Column("record_id", sa.Text, sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reviews_state", "reviews", ["state", "kind", "record_id", "key"])
    op.create_table(
        "verdicts",
        sa.Column("source_id", sa.Text, sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, sa.ForeignKey("records.id"), primary_key=True),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise Misconfigured("migration 0003 cannot be taken back; restore the backup that was made before it")
