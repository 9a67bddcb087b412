"""Every statement of the store finds its rows by an index, so that a catalogue of millions answers like one of tens."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from sqlalchemy import Delete, Select, Update

import catalog.store
from catalog.store import Store
from catalog.store.tables import metadata

READS_WHOLE_TABLES = {
    "records._COUNTS",  # counts; from the index of states and types alone
    "organizations._LIST",  # a page of a short table, found by any part of a title
    "sources._ALL_SOURCES",
    "figures._RECORDS",  # counts for operators, from an index alone
    "figures._JOBS",  # counts of a table with one row a run
    "figures._LATEST",  # the same, from its index
    "relations._FIGURES",  # the counts of `gongkai citations`, for operators
    "sources._STANDINGS",  # a short table; its jobs and leases are found by their indexes
}


def statements():
    for module in pkgutil.iter_modules(catalog.store.__path__):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"catalog.store.{module.name}")
        for name, value in vars(loaded).items():
            if isinstance(value, Select | Update | Delete):
                yield pytest.param(value, id=f"{module.name}.{name}")


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'plans.sqlite'}")
    store.upgrade()
    with store._engine().connect() as connection:
        yield connection
    store.close()


def plan(connection, statement):
    compiled = statement.compile(dialect=connection.dialect)
    values = tuple("[]" for _ in compiled.positiontup or ())
    return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]


@pytest.mark.parametrize("statement", tuple(statements()))
def test_no_statement_reads_a_whole_table(connection, statement, request):
    steps = plan(connection, statement)
    whole = [step for step in steps if step.startswith("SCAN") and step.split()[1] in metadata.tables]
    if request.node.callspec.id in READS_WHOLE_TABLES:
        assert whole, "no longer an exception: take it off the list"
    else:
        assert whole == [], steps


def test_lists_of_values_are_looked_up_one_by_one(connection):
    from catalog.store.provenance import _BY_KEYS

    assert any("source_id=? AND key=?" in step for step in plan(connection, _BY_KEYS))


def test_an_operator_finds_trouble_without_reading_what_went_well(connection):
    from catalog.store.objects import _PAGE_OF_TROUBLE

    assert any("ix_objects_trouble" in step for step in plan(connection, _PAGE_OF_TROUBLE))


def test_counts_need_no_more_than_an_index(connection):
    from catalog.store.records import _COUNTS

    assert plan(connection, _COUNTS) == ["SCAN records USING COVERING INDEX ix_records_state_type"]
