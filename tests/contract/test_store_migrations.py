"""From the version before with data in it: nothing is lost, what is new is filled, and there is no way back but a backup."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, text

from catalog.errors import Misconfigured
from catalog.store import Store, upgrade
from catalog.store.codec import state_row
from catalog.store.rows import RecordWrite
from catalog.store.tables import jobs, metadata, organization_titles, organizations, records, sources
from tests.store_samples import WHEN, a_record

BEFORE = "0001"
RECORDS = 1200
"""More than two of the migration's batches."""
CITY = "云江市人民政府"


def some_records():
    """Records of every kind: of several years, joint, on request, withheld, taken back."""
    for number in range(RECORDS):
        day = {"date_written": f"20{number % 25:02}-0{number % 9 + 1}-11"} if number % 7 else {}
        issuer = {"issuing_body": [CITY, "云江市财政局"]} if number % 3 else {"publisher": CITY}
        yield a_record(
            f"record-{number:04}",
            type=("normative_document", "dataset")[number % 2],
            state="withdrawn" if number % 11 == 0 else "published",
            disclosure=("active", "on_request", "withheld", "unknown")[number % 4],
            metadata={"title": f"{number}", **day, **issuer},
        )


@pytest.fixture
def earlier(empty_url):
    """The address of a database as the version before left it, and its records."""
    store = Store.open(empty_url)
    held = list(some_records())
    with store._transaction(None) as connection:
        upgrade.run(connection, BEFORE)
        of_body = {"id": "o", "name": "city", "title": CITY, "created_at": WHEN, "updated_at": WHEN, "contact": "{}"}
        of_source = {"id": "s", "name": "city", "kind": "site", "title": CITY, "active": True, "config": "{}"}
        of_job = {
            "id": "j",
            "source_id": "s",
            "state": "running",
            "actor": "tester",
            "fence": 1,
            "counters": "{}",
            "report": "{}",
        }
        connection.execute(insert(organizations), of_body)
        connection.execute(insert(organization_titles), {"title": CITY, "organization_id": "o"})
        connection.execute(insert(sources), of_source | {"created_at": WHEN, "updated_at": WHEN})
        connection.execute(insert(jobs), of_job | {"started_at": WHEN, "updated_at": WHEN})
        rows = [{"id": one["id"], "version": 1, "created_at": WHEN, **state_row(one)} for one in held]
        connection.execute(insert(records), rows)
    assert store.revision_of_tables() == BEFORE
    store.close()
    return empty_url, held


def lists(store, organization_id="o"):
    """Every list that can be browsed, whole."""
    found = {}
    with store.read() as reader:
        for body in (None, organization_id):
            for kind in (None, "dataset"):
                for year in (None, 2012):
                    page, total = reader.browse(organization_id=body, type=kind, year=year, offset=0, limit=RECORDS)
                    assert len(page) == total
                    found[body is None, kind, year] = [record["name"] for record in page]
    return found


def test_the_lists_are_filled_as_if_the_records_had_been_written_now(earlier, store):
    url, held = earlier
    old = Store.open(url)
    assert old.upgrade() is True
    with store.write(actor="tester", reason="test") as work:
        bodies = work.ensure_organizations([CITY])
        work.create([RecordWrite(one) for one in held])
    filled = lists(old)
    assert filled == lists(store, bodies[CITY])
    assert len(filled[True, None, None]) > 500, "the comparison is of something"
    with old.read() as reader:
        assert {record["id"]: record for record in reader.iter_records(states=["published", "withdrawn"])} == {
            record["id"]: record for record in held
        }
    old.close()


def test_what_was_there_stays_and_the_new_columns_are_empty(earlier):
    store = Store.open(earlier[0])
    store.upgrade()
    with store.read() as reader:
        (standing,) = reader.standings()
        assert (standing.source.id, standing.source.schedule, standing.source.requested_at) == ("s", None, None)
        assert (standing.last_started_at, standing.open_job, standing.held_by) == (WHEN, True, None)
        assert reader.open_job("s").id == "j"
    store.close()


def test_the_tables_are_those_of_the_code(earlier):
    store = Store.open(earlier[0])
    store.upgrade()
    with store._engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_an_upgrade_that_breaks_off_leaves_the_version_before(earlier, monkeypatch):
    store = Store.open(earlier[0])

    def broken(_record):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("catalog.store.listings.listing", broken)
        with pytest.raises(MemoryError):
            store.upgrade()
    assert store.revision_of_tables() == BEFORE
    assert store.upgrade() is True
    store.close()


def test_places_and_citations_of_the_version_before_stay_and_say_nothing_new(empty_url):
    store = Store.open(empty_url)
    with store._transaction(None) as connection:
        upgrade.run(connection, "0002")
    one, other = a_record("one"), a_record("other")
    place = {"since": WHEN, "ref": "1", "sha256_raw": "0" * 64, "fetched_at": WHEN, "parser_version": "site-1"}
    with store._transaction(None) as connection:
        of_source = {"id": "s", "name": "city", "kind": "site", "title": CITY, "active": True, "config": "{}"}
        connection.execute(insert(sources), of_source | {"created_at": WHEN, "updated_at": WHEN})
        rows = [{"id": one["id"], "version": 1, "created_at": WHEN, **state_row(one)} for one in (one, other)]
        connection.execute(insert(records), rows)
        before = "INSERT INTO provenances (source_id, key, record_id, since, ref, sha256_raw, fetched_at, parser_version, content_hash) "
        values = "VALUES ('s', 'k', :id, :since, :ref, :sha256_raw, :fetched_at, :parser_version, 'h')"
        connection.execute(text(before + values), place | {"id": one["id"]})
        cites = "INSERT INTO relations (record_id, ordinal, type, target_id, matched, raw) VALUES (:one, 0, 'cites', :other, 'given', '依据')"
        connection.execute(text(cites), {"one": one["id"], "other": other["id"]})
    assert store.upgrade() is True
    with store.read() as reader:
        (held,) = reader.by_provenance("s", ["k"]).values()
        assert (held.record_id, held.basis) == (one["id"], None)
        assert "basis" not in reader.provenances([one["id"]])[one["id"]][0]
        (relation,) = reader.relations(one["id"])
        assert (relation.type, relation.target_id) == ("cites", other["id"])
        assert reader.reviews() == []
        assert reader.verdicts("s", "k") == []
    store.close()


def test_there_is_no_way_down(earlier):
    store = Store.open(earlier[0])
    store.upgrade()
    for target in (BEFORE, "base"):
        with pytest.raises(Misconfigured, match="restore the backup"), store._transaction(None) as connection:
            command.downgrade(upgrade.alembic_config(connection), target)
    assert store.revision_of_tables() == upgrade.HEAD
    store.close()


def test_the_first_tables_are_not_taken_away(empty_url):
    store = Store.open(empty_url)
    with store._transaction(None) as connection:
        upgrade.run(connection, BEFORE)
    with pytest.raises(Misconfigured, match="cannot be taken back"), store._transaction(None) as connection:
        command.downgrade(upgrade.alembic_config(connection), "base")
    assert store.revision_of_tables() == BEFORE
    store.close()


def test_a_program_that_is_older_than_the_database_does_not_touch_it(earlier):
    store = Store.open(earlier[0])
    store.upgrade()
    with store._transaction(None) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    with pytest.raises(Misconfigured, match="version 0099, which this program does not know; install the version"):
        store.upgrade()
    assert store.revision_of_tables() == "0099"
    store.close()


def test_several_processes_upgrade_at_once(earlier):
    url, _ = earlier
    program = "import sys; from catalog.store import Store; print(Store.open(sys.argv[1]).upgrade())"
    running = [
        subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert "True" in told
    store = Store.open(url)
    assert store.revision_of_tables() == upgrade.HEAD
    assert len(lists(store)[True, None, None]) > 500
    store.close()
