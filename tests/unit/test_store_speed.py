"""The store's part of the budgets: in CPU time of this process, on SQLite."""

from __future__ import annotations

import time

import pytest

from catalog.model.draft import Block
from catalog.store import Store, text_hash
from catalog.store.rows import ObjectRow, RecordWrite
from tests.store_samples import a_place, a_record, a_source

pytestmark = pytest.mark.bench

BATCH = 500
SECONDS_FOR_A_BATCH = 0.120
"""500 short records with provenance, keys, revision, change and object."""
SECONDS_FOR_A_NO_OP_BATCH = 0.030
SECONDS_FOR_500_PROVENANCES = 0.010
SECONDS_FOR_A_RECORD = 0.0005
MEGABYTES_OF_TEXT_A_SECOND = 20


@pytest.fixture
def store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store.upgrade()
    yield store
    store.close()


def load(store, source, batches):
    with store.write(actor="bench", reason="bench") as work:
        job = work.start_job(source.id)
    spent = []
    for batch in range(batches):
        names = [f"doc-{batch}-{number}" for number in range(BATCH)]
        writes = [
            RecordWrite(
                a_record(name, metadata={"title": name, "publisher": "云江市人民政府", "topic_raw": "综合政务" * 20}),
                keys=(("number", f"云江政发〔2026〕{name}"), ("title", name)),
                citations=(),
                events=(),
                provenance=a_place(source, name),
            )
            for name in names
        ]
        start = time.process_time()
        with store.write(actor="bench", reason="bench", job_id=job.id) as work:
            work.by_provenance(source.id, names)
            work.create(writes)
            work.add_objects(
                [ObjectRow(job.id, write.record["name"], "created", write.record["id"]) for write in writes]
            )
            work.checkpoint(job.id, {"batch": batch})
        spent.append(time.process_time() - start)
    return spent


def test_a_batch_of_new_records(store):
    spent = load(store, a_source(store), 6)
    print(f"batch of {BATCH} new records: {min(spent) * 1000:.0f} ms")
    assert min(spent) <= SECONDS_FOR_A_BATCH


def test_a_batch_that_is_known(store):
    source = a_source(store)
    load(store, source, 2)
    keys = [f"doc-1-{number}" for number in range(BATCH)]
    looks, batches = [], []
    with store.write(actor="bench", reason="bench") as work:
        job = work.start_job(source.id)
    for _ in range(6):
        start = time.process_time()
        with store.write(actor="bench", reason="bench", job_id=job.id) as work:
            assert len(work.by_provenance(source.id, keys)) == BATCH
            looks.append(time.process_time() - start)
            work.add_objects([ObjectRow(job.id, key, "unchanged") for key in keys])
        batches.append(time.process_time() - start)
    print(f"{BATCH} provenances: {min(looks) * 1000:.1f} ms; batch without change: {min(batches) * 1000:.1f} ms")
    assert min(looks) <= SECONDS_FOR_500_PROVENANCES
    assert min(batches) <= SECONDS_FOR_A_NO_OP_BATCH


def test_a_record_is_shown(store):
    load(store, a_source(store), 1)
    spent = []
    for _ in range(3):
        start = time.process_time()
        for number in range(200):
            with store.read() as reader:
                assert reader.record(f"doc-0-{number}") is not None
        spent.append((time.process_time() - start) / 200)
    print(f"one record: {min(spent) * 1000:.3f} ms")
    assert min(spent) <= SECONDS_FOR_A_RECORD


def test_long_texts(store):
    texts = [
        [
            tuple(
                Block(
                    "paragraph",
                    f"第{turn}{number}条 云江市人民政府及其有关部门应当依法公开政府信息，方便公众查询（{row}）。" * 3,
                )
                for row in range(120)
            )
            for number in range(100)
        ]
        for turn in (1, 2, 3)
    ]
    size = sum(len(block.text.encode()) for blocks in texts[0] for block in blocks) / 1e6
    spent = []
    for turn in range(3):
        start = time.process_time()
        with store.write(actor="bench", reason="bench") as work:
            work.create(
                [
                    RecordWrite(a_record(f"law-{turn}-{number}", text_hash=text_hash(blocks)), blocks)
                    for number, blocks in enumerate(texts[turn])
                ]
            )
        spent.append(time.process_time() - start)
    rate = size / min(spent)
    print(f"{size:.1f} MB of text: {rate:.0f} MB/s")
    assert rate >= MEGABYTES_OF_TEXT_A_SECOND
