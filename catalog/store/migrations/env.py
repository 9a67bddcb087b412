"""How Alembic runs here: on the connection that the program gives it, within that connection's transaction."""

from __future__ import annotations

from alembic import context

from catalog.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
