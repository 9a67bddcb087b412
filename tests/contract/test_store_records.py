"""Records: what is stored comes back, by every way of asking; what cannot be stored leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import Conflict, InvalidInput, NotFound
from catalog.model.draft import Block
from catalog.store import new_id, text_hash
from catalog.store.rows import FileRow, RecordWrite, StoredFile
from tests.store_samples import a_record, broken_promises, next_version, put

TEXT = (
    Block("heading", "第一章 总则", 1),
    Block("paragraph", "第一条 为了规范河道管理，制定本办法。", 0, "art-1"),
    Block("table", "事项\t时限\n受理\t5个工作日"),
)


def test_a_record_comes_back_as_it_was_stored(store):
    record = a_record("a", metadata={"深": [{"x": None, "y": [1.5, True, "“引”\u200b"]}], "empty": {}})
    put(store, RecordWrite(record))
    with store.read() as reader:
        assert reader.record(record["id"]) == record
        assert reader.record("a") == record
        assert reader.records([record["id"], new_id()]) == {record["id"]: record}
        assert reader.record("b") is None
        assert reader.record(new_id()) is None


def test_huge_metadata_is_kept(store):
    record = a_record("huge", metadata={"keywords": [f"关键词{number}" for number in range(100_000)]})
    put(store, RecordWrite(record))
    with store.read() as reader:
        assert reader.record("huge") == record


def test_empty_batches_do_nothing(store):
    with store.write(actor="tester", reason="nothing") as work:
        work.create([])
        work.update([])
        work.set_state([], "deleted", "nothing")
        work.add_provenances([])
        work.add_objects([])
        work.put_files([])
        assert work.records([]) == work.texts([]) == work.files([]) == work.provenances([]) == {}
        assert work.unique_names({}) == work.ensure_organizations([]) == {}
        assert work.last_seq() == 0


def test_iter_records_walks_in_the_order_of_making_and_can_go_on(store):
    records = [a_record(f"r{number}") for number in range(25)]
    records[3]["state"] = "draft"
    records[7]["state"] = "withdrawn"
    put(store, *(RecordWrite(record) for record in reversed(records)))
    published = [record["id"] for record in records if record["state"] == "published"]
    with store.read() as reader:
        assert [record["id"] for record in reader.iter_records(batch=4)] == published
        assert [record["id"] for record in reader.iter_records(after_id=published[9], batch=3)] == published[10:]
        assert len(list(reader.iter_records(states=("draft", "withdrawn")))) == 2
        counts = reader.counts()
    assert counts.records == 25
    assert counts.by_state == {"published": 23, "draft": 1, "withdrawn": 1}
    assert counts.by_type == {"normative_document": 25}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"id": "taken"}, Conflict, "stored already"),
        ({"name": "first"}, Conflict, "stored already"),
        ({"version": 2}, InvalidInput, "a new one has 1"),
        ({"text_hash": "0" * 64}, InvalidInput, "does not hold"),
        ({"organization_id": "nobody"}, InvalidInput, "does not hold"),
        ({"title": None}, InvalidInput, "lacks a value"),
    ],
)
def test_what_cannot_be_stored_leaves_nothing_behind(store, change, error, words):
    first = a_record("first")
    put(store, RecordWrite(first))
    bad = a_record("bad", **(change if change.get("id") is None else {"id": first["id"]}))
    with pytest.raises(error, match=words):
        put(store, RecordWrite(a_record("good")), RecordWrite(bad))
    with store.read() as reader:
        assert reader.counts().records == 1
        assert reader.last_seq() == 1
    assert broken_promises(store) == []


def test_a_text_under_a_wrong_digest_is_refused(store):
    with pytest.raises(InvalidInput, match="text_hash"):
        put(store, RecordWrite(a_record("a", text_hash="0" * 64), TEXT))


def test_texts_are_kept_once_and_come_back(store):
    long = (*TEXT, Block("paragraph", "信息公开" * 3000))
    records = [a_record(f"r{number}", blocks=TEXT if number % 2 else long) for number in range(6)]
    put(store, *(RecordWrite(record, TEXT if number % 2 else long) for number, record in enumerate(records)))
    put(store, RecordWrite(a_record("later", blocks=TEXT), TEXT))
    with store.read() as reader:
        texts = reader.texts([text_hash(TEXT), text_hash(long), "0" * 64])
    assert texts == {text_hash(TEXT): list(TEXT), text_hash(long): list(long)}
    assert broken_promises(store) == []


def test_an_update_needs_the_version_after_the_stored_one(store):
    record = a_record("a")
    put(store, RecordWrite(record))
    with store.write(actor="anna", reason="first") as work:
        work.update([RecordWrite(next_version(record, title="甲"))])
    with pytest.raises(Conflict, match="at version 2"), store.write(actor="bert", reason="second") as work:
        work.update([RecordWrite(next_version(record, title="乙"))])
    with pytest.raises(NotFound), store.write(actor="bert", reason="none") as work:
        work.update([RecordWrite(next_version(a_record("unknown")))])
    with pytest.raises(Conflict, match="twice"), store.write(actor="bert", reason="twice") as work:
        work.update([RecordWrite(next_version(record, version=3)), RecordWrite(next_version(record, version=3))])
    with store.read() as reader:
        assert reader.record("a")["title"] == "甲"
    assert broken_promises(store) == []


def test_an_update_replaces_what_is_told_and_keeps_the_rest(store):
    record = a_record("a", blocks=TEXT)
    files = (
        FileRow("1" * 64, "正文.pdf", "application/pdf", 10, "original", "http://x.example/1"),
        FileRow("2" * 64, "附件.doc", "application/msword", 20, "attachment"),
    )
    put(store, RecordWrite(record, TEXT, keys=(("number", "n1"), ("title", "t1")), files=files))
    second = next_version(record, title="乙")
    with store.write(actor="tester", reason="only the title") as work:
        work.update([RecordWrite(second)])
    with store.read() as reader:
        assert reader.files([record["id"]]) == {record["id"]: list(files)}
        assert reader.find_by_number_key("n1") == reader.find_by_title_key("t1") == [record["id"]]
        assert reader.record("a")["text_hash"] == text_hash(TEXT)
    with store.write(actor="tester", reason="everything away") as work:
        work.update([RecordWrite(next_version(second, text_hash=None), keys=(("title", "t2"),), files=())])
    with store.read() as reader:
        assert reader.files([record["id"]]) == {}
        assert reader.find_by_number_key("n1") == []
        assert reader.find_by_title_key("t2") == [record["id"]]


def test_files_are_known_by_digest_with_all_their_owners(store):
    shared = FileRow("a" * 64, "附件.pdf", "application/pdf", 1234, "attachment")
    one, two = a_record("one"), a_record("two")
    with store.write(actor="tester", reason="files") as work:
        work.put_files([StoredFile("a" * 64, 1234, "application/pdf"), StoredFile("b" * 64, 1, "text/html")])
        work.create(
            [RecordWrite(one, files=(shared,)), RecordWrite(two, files=(replace(shared, name="第二.pdf"), shared))]
        )
    with store.read() as reader:
        found = reader.file_by_sha("a" * 64)
        assert found.file == StoredFile("a" * 64, 1234, "application/pdf")
        assert [(owner, file.name) for owner, file in found.owners] == [
            (one["id"], "附件.pdf"),
            (two["id"], "第二.pdf"),
            (two["id"], "附件.pdf"),
        ]
        assert reader.file_by_sha("b" * 64).owners == ()
        assert reader.file_by_sha("c" * 64) is None


def test_a_former_name_leads_to_its_record_for_good(store):
    record = a_record("old")
    put(store, RecordWrite(record))
    with store.write(actor="tester", reason="rename") as work:
        work.rename(record["id"], "newer")
        work.rename(record["id"], "newest")
        work.rename(record["id"], "newest")
    with store.read() as reader:
        assert reader.record("old")["name"] == reader.record("newer")["name"] == "newest"
        assert reader.record("newest")["version"] == 3
    with pytest.raises(Conflict, match="another record's"):
        put(store, RecordWrite(a_record("old")))
    other = a_record("other")
    put(store, RecordWrite(other))
    for name in ("old", "newest"):
        with pytest.raises(Conflict), store.write(actor="tester", reason="steal") as work:
            work.rename(other["id"], name)
    with store.write(actor="tester", reason="back") as work:
        work.rename(record["id"], "old")
    with store.read() as reader:
        assert reader.record("newest")["name"] == reader.record("old")["name"] == "old"
    with pytest.raises(NotFound), store.write(actor="tester", reason="none") as work:
        work.rename(new_id(), "x")


def test_unique_names_are_free_short_and_near_the_wish(store):
    record = a_record("taken")
    put(store, RecordWrite(record), RecordWrite(a_record("was")))
    with store.write(actor="tester", reason="names") as work:
        work.rename(work.record("was")["id"], "is")
        wishes = {
            "k1": "taken",
            "k2": "was",
            "k3": "free",
            "k4": "free",
            "k5": "x" * 300,
            "k6": "x" * 300,
            "k7": "",
            "k8": "--",
        }
        names = work.unique_names(wishes)
        assert work.unique_names(wishes) == names
    assert names["k3"] == "free"
    assert names["k5"] == "x" * 100
    assert len(set(names.values())) == len(names)
    assert all(0 < len(name) <= 100 for name in names.values())
    assert all(names[key].rsplit("-", 1)[0] == wishes[key][:91] for key in ("k1", "k2", "k4", "k6"))


def test_set_state_is_a_change_with_its_own_kind_and_reason(store):
    records = [a_record(f"r{number}") for number in range(4)]
    put(store, *(RecordWrite(record) for record in records))
    ids = [record["id"] for record in records]
    with store.write(actor="operator", reason="clean-up") as work:
        work.set_state(ids[:2], "withdrawn", "重复发布")
        work.set_state(ids[1:3], "deleted", "个人信息")
        work.set_state(ids[3:], "published", "is so already")
    with store.read() as reader:
        found = reader.records(ids)
        kinds = [(change.record_id, change.version, change.kind) for change in reader.changes(4)]
    assert [found[one]["state"] for one in ids] == ["withdrawn", "deleted", "deleted", "published"]
    assert [found[one]["state_reason"] for one in ids] == ["重复发布", "个人信息", "个人信息", None]
    assert kinds == [(ids[0], 2, "withdraw"), (ids[1], 2, "withdraw"), (ids[1], 3, "delete"), (ids[2], 2, "delete")]
    assert broken_promises(store) == []


def test_a_nul_in_a_title_does_not_stop_the_batch(store):
    record = a_record("nul", title="损坏\x00的标题")
    put(store, RecordWrite(record, keys=(("title", "损坏\x00的标题"),)))
    with store.read() as reader:
        assert reader.record("nul")["title"] in ("损坏\x00的标题", "损坏\N{REPLACEMENT CHARACTER}的标题")
