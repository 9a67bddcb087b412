"""The tables: made by migrations, the same as the code says, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from catalog.errors import Misconfigured
from catalog.store import Store
from catalog.store.tables import metadata


@pytest.fixture
def fresh(empty_url):
    store = Store.open(empty_url)
    yield store
    store.close()


def test_upgrade_makes_the_tables_once(fresh):
    assert fresh.upgrade() is True
    assert fresh.upgrade() is False


def test_migrations_lead_to_the_tables_of_the_code(fresh):
    fresh.upgrade()
    with fresh._engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_several_processes_may_upgrade_at_once(empty_url):
    stores = [Store.open(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda store: store.upgrade(), stores))
    assert any(done)
    with stores[0].read() as reader:
        assert reader.counts().records == 0
    for store in stores:
        store.close()


def test_a_database_of_a_newer_version_is_refused(fresh):
    fresh.upgrade()
    with fresh._engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="9999"):
        fresh.upgrade()


def test_a_database_without_tables_says_what_to_do(fresh):
    with pytest.raises(Misconfigured, match="gongkai db upgrade"), fresh.read() as reader:
        reader.last_seq()
