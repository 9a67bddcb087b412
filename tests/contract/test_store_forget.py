"""Items of ended runs may be forgotten; the counters of the run keep their number."""

from __future__ import annotations

from catalog.store.rows import ObjectRow, Source


def test_items_of_one_state_are_forgotten(store):
    with store.write(actor="tester", reason="test") as work:
        work.add_source(Source("s1", "made", "folder", "made", {}))
        job = work.start_job("s1")
        work.add_objects(
            [
                ObjectRow(job.id, "a", "unchanged"),
                ObjectRow(job.id, "b", "created"),
                ObjectRow(job.id, "c", "unchanged"),
            ]
        )
        work.finish_job(job.id, "finished", counters={"unchanged": 2, "created": 1})
        work.forget_objects(job.id, "unchanged")
    with store.read() as reader:
        assert [row.key for row in reader.objects(job.id)] == ["b"]
        assert reader.job(job.id).counters == {"unchanged": 2, "created": 1}
