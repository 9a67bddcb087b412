"""Browsing from the store alone: the same records as the index lists, in the order of their days, and nothing that is not public."""

from __future__ import annotations

import itertools

import pytest

from catalog.model.disclosure import public_view
from catalog.search.filters import date, organization
from catalog.store.rows import RecordWrite
from tests.store_samples import a_record, next_version, put

CITY, BUREAU = "云江市人民政府", "云江市财政局"


@pytest.fixture
def listed(store):
    """Records by their names: issued alone and jointly, of several days, with none, and some that are not public."""
    made = {
        "city-2024": a_record("city-2024", metadata={"issuing_body": [CITY], "date_written": "2024-05-06"}),
        "joint-2025": a_record("joint-2025", metadata={"issuing_body": [CITY, BUREAU], "date_written": "2025-01-02"}),
        "bureau-2025": a_record("bureau-2025", type="dataset", metadata={"publisher": BUREAU, "issued": "2025-03"}),
        "undated": a_record("undated", metadata={"issuing_body": [CITY]}),
        "on-request": a_record(
            "on-request",
            disclosure="on_request",
            metadata={"issuing_body": [BUREAU], "date_written": "2025-02-01", "modified": "2026-01-01"},
        ),
        "on-request-by": a_record(
            "on-request-by", disclosure="on_request", metadata={"publisher": BUREAU, "modified": "2026-01-01"}
        ),
        "withheld": a_record("withheld", disclosure="withheld", metadata={"issuing_body": [CITY]}),
        "draft": a_record("draft", state="draft", metadata={"issuing_body": [CITY]}),
    }
    with store.write(actor="tester", reason="test") as work:
        work.ensure_organizations([CITY, BUREAU])
        work.create([RecordWrite(record) for record in made.values()])
    return made


def browse(store, *, body=None, kind=None, year=None, offset=0, limit=50, oldest_first=False):
    with store.read() as reader:
        found = None if body is None else reader.organization_ids([body]).get(body, "unknown")
        records, total = reader.browse(
            organization_id=found, type=kind, year=year, offset=offset, limit=limit, oldest_first=oldest_first
        )
    return [record["name"] for record in records], total


EVERYTHING = ["bureau-2025", "on-request", "joint-2025", "city-2024", "on-request-by", "undated"]


def test_all_public_records_the_newest_first(store, listed):
    names, total = browse(store)
    assert names[:4] == EVERYTHING[:4]
    assert sorted(names[4:]) == EVERYTHING[4:], (
        "the undated come last; what on-request records do not show counts for nothing"
    )
    assert total == 6


def test_the_oldest_first_leaves_the_undated_last(store, listed):
    names, total = browse(store, oldest_first=True)
    assert (names[:4], total) == (EVERYTHING[3::-1], 6)
    assert sorted(names[4:]) == EVERYTHING[4:]


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_put_together_are_the_whole(store, listed, limit, oldest_first):
    whole, total = browse(store, oldest_first=oldest_first)
    pages = [browse(store, offset=at, limit=limit, oldest_first=oldest_first) for at in range(0, 8, limit)]
    assert list(itertools.chain.from_iterable(names for names, _ in pages)) == whole
    assert {one for _, one in pages} == {total}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"body": CITY}, ["joint-2025", "city-2024", "undated"]),
        ({"body": BUREAU}, ["bureau-2025", "on-request", "joint-2025"]),
        ({"body": BUREAU, "kind": "dataset"}, ["bureau-2025"]),
        ({"body": CITY, "year": 2025}, ["joint-2025"]),
        ({"year": 2025}, ["bureau-2025", "on-request", "joint-2025"]),
        ({"year": 2026}, []),
        ({"kind": "dataset"}, ["bureau-2025"]),
        ({"kind": "dataset", "year": 2024}, []),
        ({"body": "云江市水务局"}, []),
    ],
)
def test_by_organisation_type_and_year(store, listed, asked, names):
    assert browse(store, **asked) == (names, len(names))


def test_the_same_records_as_the_filters_of_the_search_find(store, listed):
    views = {name: view for name, record in listed.items() if (view := public_view(record)) is not None}
    assert sorted(browse(store)[0]) == sorted(views)
    for body in (CITY, BUREAU):
        wanted = {name for name, view in views.items() if body in organization.values(view)["organization"]}
        assert set(browse(store, body=body)[0]) == wanted
    days = {name: date.values(view)["date"] for name, view in views.items()}
    assert days["on-request-by"] == ()
    for year in (2024, 2025, 2026):
        assert set(browse(store, year=year)[0]) == {
            name for name, day in days.items() if day and day[0] // 10_000 == year
        }


def test_a_record_that_changes_stands_elsewhere(store, listed):
    moved = next_version(listed["city-2024"], metadata={"issuing_body": [BUREAU], "date_written": "2026-05-06"})
    with store.write(actor="tester", reason="test") as work:
        work.update([RecordWrite(moved)])
    assert browse(store, body=CITY) == (["joint-2025", "undated"], 2)
    assert browse(store, body=BUREAU, year=2026) == (["city-2024"], 1)


def test_what_is_taken_back_or_withheld_leaves_the_lists_and_may_return(store, listed):
    record = listed["joint-2025"]
    with store.write(actor="tester", reason="test") as work:
        work.set_state([record["id"]], "withdrawn", "在核对")
        work.update([RecordWrite(next_version(listed["city-2024"], disclosure="withheld"))])
    assert browse(store, body=CITY) == (["undated"], 1)
    assert browse(store)[1] == 4
    with store.write(actor="tester", reason="test") as work:
        work.set_state([record["id"]], "published", "")
    assert browse(store, body=BUREAU)[0] == ["bureau-2025", "on-request", "joint-2025"]


def test_titles_too_long_for_an_index_are_found_all_the_same(store):
    long = "云江市" + "联席会议" * 200
    with store.write(actor="tester", reason="test") as work:
        work.ensure_organizations([long])
    put(store, RecordWrite(a_record("long", metadata={"issuing_body": [long, long + "办公室"]})))
    assert browse(store, body=long) == (["long"], 1)
