"""History: every state that a record had can be shown, with who, when and why, and the change log tells all in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog.errors import InvalidInput
from catalog.store import Store
from catalog.store.rows import RecordWrite
from tests.store_samples import a_record, broken_promises, next_version, put


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timed(store_url, clock):
    store = Store.open(store_url, now=clock)
    yield store
    store.close()


def test_every_earlier_state_can_be_shown(timed, clock):
    states = [a_record("a", metadata={"title": "甲", "topic": ["1"]})]
    states.append(next_version(states[-1], title="乙", metadata={"title": "乙", "topic": ["1"]}))
    states.append(next_version(states[-1], readings={}, metadata={"title": "乙", "summary": "摘要"}))
    states.append(next_version(states[-1], state="withdrawn", state_reason="错误"))
    put(timed, RecordWrite(states[0]))
    for number, state in enumerate(states[1:], 1):
        clock.time += timedelta(days=1)
        with timed.write(actor=f"editor {number}", reason=f"because {number}", job_id=f"job {number}") as work:
            work.update([RecordWrite(state)])
    record_id = states[0]["id"]
    with timed.read() as reader:
        revisions = reader.revisions(record_id)
        shown = [reader.revision(record_id, version).record for version in (1, 2, 3, 4)]
        assert reader.revision(record_id, 5) is None
        assert reader.revisions("nobody") == []
    assert shown == states
    assert [revision.version for revision in revisions] == [4, 3, 2, 1]
    assert [revision.actor for revision in revisions] == ["editor 3", "editor 2", "editor 1", "tester"]
    assert [revision.changed for revision in revisions] == [
        ("state", "state_reason"),
        ("topic", "summary"),
        ("title",),
        (),
    ]
    assert revisions[1].reason == "because 2"
    assert revisions[1].job_id == "job 2"
    assert revisions[1].at == "2026-03-03T08:00:00.000000+00:00"
    assert broken_promises(timed) == []


def test_record_at_shows_the_state_of_that_time(timed, clock):
    record = a_record("a", title="甲")
    put(timed, RecordWrite(record))
    clock.time += timedelta(hours=2)
    with timed.write(actor="editor", reason="better") as work:
        work.update([RecordWrite(next_version(record, title="乙"))])
    with timed.read() as reader:
        assert reader.record_at(record["id"], "2026-03-01T07:59:59Z") is None
        assert reader.record_at(record["id"], "2026-03-01T08:00:00Z")["title"] == "甲"
        assert reader.record_at(record["id"], "2026-03-01T17:59:59+08:00")["title"] == "甲"
        assert reader.record_at(record["id"], "2026-03-01T18:00:00+08:00")["title"] == "乙"
        assert reader.record_at(record["id"], "2026-03-02")["title"] == "乙"
        assert reader.record_at("nobody", "2026-03-02") is None
        with pytest.raises(InvalidInput, match="is not a time"):
            reader.record_at(record["id"], "yesterday")


def test_a_text_that_changed_can_still_be_read(timed):
    from catalog.model.draft import Block

    first, second = (Block("paragraph", "旧文"),), (Block("paragraph", "新文"),)
    old = a_record("a", blocks=first)
    put(timed, RecordWrite(old, first))
    new = next_version(old, text_hash=a_record("b", blocks=second)["text_hash"])
    with timed.write(actor="editor", reason="text") as work:
        work.update([RecordWrite(new, second)])
    with timed.read() as reader:
        former = reader.revision(old["id"], 1).record["text_hash"]
        assert reader.texts([former])[former] == list(first)
        assert reader.revisions(old["id"])[0].changed == ("text",)


def test_several_changes_in_one_unit_each_keep_their_state(timed):
    record = a_record("a", title="一")
    with timed.write(actor="editor", reason="three at once") as work:
        work.create([RecordWrite(record)])
        work.update([RecordWrite(next_version(record, title="二"))])
        work.update([RecordWrite(next_version(record, title="三", version=3))])
    with timed.read() as reader:
        titles = [reader.revision(record["id"], version).record["title"] for version in (1, 2, 3)]
        assert [change.version for change in reader.changes(0)] == [1, 2, 3]
    assert titles == ["一", "二", "三"]


def test_the_change_log_is_read_in_pages(timed):
    put(timed, *(RecordWrite(a_record(f"r{number}")) for number in range(10)))
    with timed.read() as reader:
        first = reader.changes(0, 4)
        rest = reader.changes(first[-1].seq, 100)
        assert len(first) == 4
        assert [change.seq for change in (*first, *rest)] == sorted({change.seq for change in (*first, *rest)})
        assert rest[-1].seq == reader.last_seq()
        assert reader.changes(reader.last_seq()) == []
