"""Sources, jobs, objects, provenances, organisations: what a harvest needs to know, and to be sure of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import Conflict, InvalidInput, NotFound
from catalog.model.draft import Problem
from catalog.store import new_id
from catalog.store.rows import ObjectRow, Organization, OrganizationDraft, ProvenanceRow, RecordWrite, Touch
from tests.store_samples import WHEN, a_place, a_record, a_source, next_version, put


def write(store, job_id=None):
    return store.write(actor="harvester", reason="test", job_id=job_id)


def test_sources_are_added_found_and_changed(store):
    source = a_source(store)
    with store.read() as reader:
        held = reader.source("yunjiang")
        assert reader.source(source.id) == held
        assert replace(held, created_at="", updated_at="") == source
        assert reader.source("nobody") is None
    with pytest.raises(Conflict):
        a_source(store)
    with write(store) as work:
        work.update_source(replace(held, config={"start": "http://other.example/"}, active=False, title="新"))
    with store.read() as reader:
        changed = reader.sources()
    assert [(one.title, one.active, one.config) for one in changed] == [
        ("新", False, {"start": "http://other.example/"})
    ]
    assert changed[0].created_at == held.created_at
    with pytest.raises(NotFound), write(store) as work:
        work.update_source(replace(held, id=new_id()))


def test_a_job_goes_from_start_to_end(store):
    source = a_source(store)
    with write(store) as work:
        job = work.start_job(source.id, fence=3)
        assert work.job(job.id) == job
        assert work.open_job(source.id) == job
    with write(store) as work:
        work.checkpoint(job.id, {"page": 2}, counters={"created": 5}, report={"listing": "whole"})
        work.checkpoint(job.id, {"page": 3})
    with store.read() as reader:
        held = reader.open_job(source.id)
        assert (held.position, held.counters, held.report, held.fence) == (
            {"page": 3},
            {"created": 5},
            {"listing": "whole"},
            3,
        )
    with write(store) as work:
        work.finish_job(job.id, "finished", counters={"created": 6})
    with store.read() as reader:
        done = reader.job(job.id)
        assert (done.state, done.counters, done.finished_at is not None) == ("finished", {"created": 6}, True)
        assert reader.open_job(source.id) is None
    with pytest.raises(InvalidInput, match="ended as finished"), write(store) as work:
        work.checkpoint(job.id, None)
    with pytest.raises(InvalidInput, match="not as running"), write(store) as work:
        work.finish_job(job.id, "running")
    with pytest.raises(NotFound), write(store) as work:
        work.checkpoint(new_id(), None)
    with pytest.raises(InvalidInput, match="does not hold"), write(store) as work:
        work.start_job(new_id())
    with write(store) as work:
        later = work.start_job(source.id)
    with store.read() as reader:
        assert [one.id for one in reader.jobs(source.id)] == [later.id, job.id]
        assert [one.id for one in reader.jobs(source.id, limit=1)] == [later.id]


def test_objects_are_counted_paged_and_replaced(store):
    source = a_source(store)
    problem = Problem("error", "empty", "the page is empty", "body")
    with write(store) as work:
        job = work.start_job(source.id)
        other = work.start_job(source.id)
        work.add_objects(
            [ObjectRow(job.id, f"k{number:02d}", "created", record_id=f"r{number}") for number in range(20)]
        )
        work.add_objects([ObjectRow(other.id, "k00", "skipped")])
        work.add_objects(
            [
                ObjectRow(job.id, "k05", "failed"),
                ObjectRow(
                    job.id, "k07", "quarantined", url="http://x.example", sha256_raw="f" * 64, problems=(problem,)
                ),
            ]
        )
    with store.read() as reader:
        assert reader.job_counts(job.id) == {"created": 18, "failed": 1, "quarantined": 1}
        assert [row.key for row in reader.objects(job.id, limit=3)] == ["k00", "k01", "k02"]
        assert [row.key for row in reader.objects(job.id, after="k17")] == ["k18", "k19"]
        trouble = reader.objects(job.id, states=("failed", "quarantined"))
        assert [(row.key, row.state) for row in trouble] == [("k05", "failed"), ("k07", "quarantined")]
        assert trouble[1].problems == (problem,)
        assert trouble[1].at
        assert len(reader.objects(job.id, states=("created", "failed"))) == 19
        assert reader.object_keys(job.id, ["k00", "k99"]) == {"k00"}


def test_provenance_tells_whether_an_item_changed(store):
    source = a_source(store)
    record = a_record("a")
    with write(store, "job-1") as work:
        work.create([RecordWrite(record, provenance=a_place(source, "k1"), fingerprint="etag-1")])
    with store.read() as reader:
        found = reader.by_provenance(source.id, ["k1", "k2"])
        assert reader.by_provenance("other", ["k1"]) == {}
        assert reader.by_canonical_url(["http://www.yunjiang.example/k1", "http://www.yunjiang.example/k2"]) == {
            "http://www.yunjiang.example/k1": record["id"]
        }
        assert reader.provenances([record["id"], new_id()]) == {record["id"]: [a_place(source, "k1")]}
    assert found == {
        "k1": ProvenanceRow(
            **a_place(source, "k1"),
            record_id=record["id"],
            content_hash="hash of a",
            fingerprint="etag-1",
            job_id="job-1",
            record_hash="hash of a",
            version=1,
            state="published",
        )
    }
    with write(store, "job-2") as work:
        work.touch_provenance(source.id, [Touch("k1", "9" * 64, "2026-04-01", "general-2", "new ref", "etag-2")])
    with store.read() as reader:
        row = reader.by_provenance(source.id, ["k1"])["k1"]
        assert reader.last_seq() == 1
    assert (row.sha256_raw, row.fetched_at, row.parser_version, row.ref, row.fingerprint, row.job_id) == (
        "9" * 64,
        "2026-04-01",
        "general-2",
        "new ref",
        "etag-2",
        "job-2",
    )
    with write(store, "job-3") as work:
        work.update(
            [
                RecordWrite(
                    next_version(record, content_hash="new"), provenance=a_place(source, "k1", fetched_at="2026-05-01")
                )
            ]
        )
    with store.read() as reader:
        row = reader.by_provenance(source.id, ["k1"])["k1"]
    assert (row.content_hash, row.record_hash, row.version, row.fetched_at) == ("new", "new", 2, "2026-05-01")


def test_places_of_a_record_stand_in_the_order_in_which_they_were_met(store):
    first, second = a_source(store, "z"), a_source(store, "a")
    record = a_record("a")
    place = {"record_id": record["id"], "content_hash": "h", "fingerprint": None, "job_id": None}
    with write(store) as work:
        work.create([RecordWrite(record, provenance=a_place(first, "k9", fetched_at="2026-03-03"))])
        work.add_provenances(
            [
                ProvenanceRow(**a_place(second, "k1", fetched_at="2026-03-01"), **place),
                ProvenanceRow(**a_place(first, "k1"), **place),
            ]
        )
    with write(store) as work:
        work.add_provenances([ProvenanceRow(**a_place(first, "k9", fetched_at="2027-01-01"), **place)])
    with store.read() as reader:
        places = reader.provenances([record["id"]])[record["id"]]
    assert [(one["source_id"], one["key"], one["fetched_at"]) for one in places] == [
        (first.id, "k9", "2027-01-01"),
        (second.id, "k1", "2026-03-01"),
        (first.id, "k1", WHEN),
    ]


def test_missing_keys_are_what_a_run_did_not_list(store, monkeypatch):
    monkeypatch.setattr("catalog.store.provenance.MISSING_BATCH", 3)
    source, other = a_source(store), a_source(store, "other")
    writes = [RecordWrite(a_record(f"r{number}"), provenance=a_place(source, f"k{number:02d}")) for number in range(10)]
    put(store, *writes, RecordWrite(a_record("else"), provenance=a_place(other, "k99")))
    with write(store) as work:
        job, job_of_other = work.start_job(source.id), work.start_job(other.id)
        work.add_objects([ObjectRow(job.id, f"k{number:02d}", "unchanged") for number in range(0, 10, 2)])
        work.add_objects([ObjectRow(job_of_other.id, "k01", "unchanged")])
    with store.read() as reader:
        missing = list(reader.missing_keys(source.id, job.id))
    assert missing == [(f"k{number:02d}", writes[number].record["id"]) for number in range(1, 10, 2)]


def test_very_long_keys_and_addresses_are_found_again(store):
    source = a_source(store)
    key = "http://www.yunjiang.example/检索?" + "参数=值&" * 2000
    record = a_record("a")
    put(store, RecordWrite(record, provenance=a_place(source, key, canonical_url=key, url=key)))
    with write(store) as work:
        job = work.start_job(source.id)
        work.add_objects([ObjectRow(job.id, key, "created")])
    with store.read() as reader:
        assert reader.by_provenance(source.id, [key, key + "x"])[key].record_id == record["id"]
        assert reader.by_canonical_url([key]) == {key: record["id"]}
        assert reader.object_keys(job.id, [key, key + "x"]) == {key}
        assert list(reader.missing_keys(source.id, job.id)) == []
        assert reader.provenances([record["id"]])[record["id"]][0]["url"] == key


def test_organisations_are_made_once_and_found_by_every_title(store):
    def describe(title):
        return (
            OrganizationDraft("yun-jiang-shi", level="municipal", region="990100")
            if "市" in title
            else OrganizationDraft("ban")
        )

    with write(store) as work:
        made = work.ensure_organizations(["云江市人民政府", "办公室", "云江市人民政府"], describe=describe)
        assert work.ensure_organizations(["办公室"], describe=describe) == {"办公室": made["办公室"]}
        more = work.ensure_organizations(["云江市民政局"], describe=describe)
        work.ensure_organizations(["未知"])
    with store.read() as reader:
        city, bureau = reader.organizations([made["云江市人民政府"], more["云江市民政局"]])
        assert (city.name, city.level, city.region, city.title) == (
            "yun-jiang-shi",
            "municipal",
            "990100",
            "云江市人民政府",
        )
        assert bureau.name.startswith("yun-jiang-shi-")
        assert (
            reader.organization("云江市人民政府")
            == reader.organization(city.id)
            == reader.organization("yun-jiang-shi")
            == city
        )
        assert reader.organization("nobody") is None
        assert [one.title for one in reader.organizations(q="云江")] == ["云江市人民政府", "云江市民政局"]
        assert [one.title for one in reader.organizations(q="YUN-JIANG")] == ["云江市人民政府", "云江市民政局"]
        assert reader.organizations(q="%") == reader.organizations(q="_") == []
        assert len(reader.organizations(limit=2)) == 2
        assert len(reader.organizations(limit=9, offset=2)) == 2
    with write(store) as work:
        work.update_organization(
            replace(city, contact={"电话": "0990-1"}, parent_id=bureau.id, other_titles=("云江市政府",))
        )
    with store.read() as reader:
        changed = reader.organization("云江市政府")
        assert (changed.id, changed.contact, changed.parent_id, changed.other_titles) == (
            city.id,
            {"电话": "0990-1"},
            bureau.id,
            ("云江市政府",),
        )
        assert reader.organization_ids(["云江市政府", "云江市人民政府", "x"]) == {
            "云江市政府": city.id,
            "云江市人民政府": city.id,
        }
    with write(store) as work:
        junk = "云江市" * 5000
        (made_of_junk,) = work.ensure_organizations([junk]).values()
        assert work.ensure_organizations([junk]) == {junk: made_of_junk}
        assert work.organization(junk).title == junk
        assert work.organization(junk).other_titles == ()
    with pytest.raises(Conflict), write(store) as work:
        work.update_organization(replace(city, other_titles=("办公室",)))
    with pytest.raises(NotFound), write(store) as work:
        work.update_organization(Organization(new_id(), "x", "x", None, None, None, {}, "", ""))
