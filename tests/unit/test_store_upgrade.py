"""Migrations: the same tables as the code says, to the letter, and with the package."""

from __future__ import annotations

import re

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from catalog.store import Store, upgrade
from catalog.store.tables import STATE, metadata, records, revisions

TABLES = text(
    "SELECT name, wr, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main' "
    "AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version' ORDER BY name"
)
INDEXES = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
FACTS = ("table_xinfo", "foreign_key_list")


def schema(connection):
    """What SQLite knows of its tables. Not their SQL: a column that came later stands at another place there."""
    found = {}
    for table, *kind in connection.execute(TABLES).all():
        facts = [connection.exec_driver_sql(f"PRAGMA {fact}({table})").all() for fact in FACTS]
        unique = connection.exec_driver_sql(f"SELECT origin, partial FROM pragma_index_list('{table}')").all()
        found[table] = (kind, *facts, sorted(unique))
    indexes = {name: re.sub(r"\s+", " ", sql) for name, sql in connection.execute(INDEXES)}
    return found, indexes


def test_migrations_and_tables_say_the_same_to_sqlite(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'migrated.sqlite'}")
    store.upgrade()
    made = create_engine(f"sqlite:///{tmp_path / 'made.sqlite'}")
    metadata.create_all(made)
    with store._engine().connect() as one, made.connect() as other:
        assert schema(one) == schema(other)
    made.dispose()
    store.close()


def test_the_head_in_the_code_is_that_of_the_migrations():
    config = Config()
    config.set_main_option("script_location", str(upgrade.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == upgrade.HEAD


def test_an_up_to_date_database_is_opened_without_loading_alembic(tmp_path):
    import subprocess
    import sys

    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    store = Store.open(url)
    assert store.revision_of_tables() is None
    assert store.upgrade() is True
    assert store.revision_of_tables() == upgrade.HEAD
    store.close()
    program = (
        "import sys; from catalog.store import Store; store = Store.open(sys.argv[1]); "
        "assert store.upgrade() is False; assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, url], check=True)


def test_a_revision_can_hold_every_part_of_a_records_state():
    assert set(STATE) == set(records.c.keys()) - {"id", "version", "created_at"}
    assert set(STATE) <= set(revisions.c.keys())
