"""Reviews, verdicts, links and moved places: the same on both databases."""

from __future__ import annotations

import pytest

from catalog.errors import InvalidInput
from catalog.store.rows import Cited, RecordWrite, ReviewWrite, Verdict
from catalog.store.verdicts import BEARERS
from tests.store_samples import a_place, a_record, a_source, next_version, put


def ask(store, *reviews, actor="tester"):
    with store.write(actor=actor, reason="test") as work:
        work.ask_reviews(reviews)


def test_a_review_stands_once_and_stays_decided(store):
    record = a_record("scan")
    put(store, RecordWrite(record))
    ask(store, ReviewWrite(record["id"], "needs_ocr", detail={"pages": 3}), ReviewWrite(record["id"], "needs_ocr"))
    with store.read() as reader:
        (review,) = reader.reviews()
        assert (review.detail, review.state, review.decided_by) == ({"pages": 3}, "open", None)
        assert reader.review_counts() == {"needs_ocr": 1}
    with store.write(actor="editor", reason="read") as work:
        assert work.settle_reviews([(record["id"], "needs_ocr", "")], state="dismissed") == 1
        assert work.settle_reviews([(record["id"], "needs_ocr", "")], state="done") == 0, "it is decided already"
    ask(store, ReviewWrite(record["id"], "needs_ocr", detail={"pages": 4}))
    with store.read() as reader:
        assert reader.reviews() == []
        assert reader.review_counts() == {}
        (held,) = reader.reviews(state="dismissed")
        assert (held.decided_by, held.detail) == ("editor", {"pages": 3})
        assert held.decided_at is not None
        assert reader.reviews_of([record["id"]]) == {record["id"]: [held]}


def test_reviews_are_paged_by_kind_and_record(store):
    records = [a_record(f"r{number}") for number in range(7)]
    put(store, *(RecordWrite(record) for record in records))
    wanted = [(kind, record["id"]) for kind in ("needs_ocr", "possible_duplicate") for record in records]
    ask(store, *(ReviewWrite(record_id, kind, "some key") for kind, record_id in reversed(wanted)))
    seen, after = [], None
    with store.read() as reader:
        while page := reader.reviews(limit=4, after=after):
            seen += [(review.kind, review.record_id) for review in page]
            after = page[-1].cursor
        assert seen == wanted
        assert [one.record_id for one in reader.reviews(kind="possible_duplicate")] == [one["id"] for one in records]
        first = reader.reviews(kind="possible_duplicate", limit=3)
        rest = reader.reviews(kind="possible_duplicate", after=first[-1].cursor)
        assert len(first) + len(rest) == len(records)
        with pytest.raises(InvalidInput, match="not the place of a review"):
            reader.reviews(after="nonsense")


def test_what_a_person_keeps_apart(store):
    source = a_source(store)
    one, other = a_record("one"), a_record("other")
    put(store, RecordWrite(one, provenance=a_place(source, "k1")), RecordWrite(other))
    with store.write(actor="editor", reason="test") as work:
        work.put_verdicts([Verdict(source.id, "k1", other["id"], reason="another year")])
    with store.read() as reader:
        assert reader.apart(source.id, ["k1", "k2"]) == {("k1", other["id"])}
        (verdict,) = reader.verdicts(source.id, "k1")
        assert (verdict.verdict, verdict.by, verdict.reason) == ("apart", "editor", "another year")
    with store.write(actor="editor", reason="test") as work:
        work.forget_verdict(source.id, "k1", other["id"])
        assert work.apart(source.id, ["k1"]) == set()


def test_a_place_moves_with_its_reason_and_keeps_when_it_was_met(store):
    source = a_source(store)
    one, other = a_record("one"), a_record("other")
    put(store, RecordWrite(one, provenance=a_place(source, "k1")), RecordWrite(other, provenance=a_place(source, "k2")))
    with store.write(actor="editor", reason="test") as work:
        work.move_place(source.id, "k2", one["id"], {"because": "told", "order": 1})
    with store.read() as reader:
        places = reader.provenances([one["id"], other["id"]])
        assert [place["key"] for place in places[one["id"]]] == ["k1", "k2"]
        assert places[one["id"]][1]["basis"] == {"because": "told", "order": 1}
        assert other["id"] not in places
        assert reader.by_provenance(source.id, ["k2"])["k2"].basis == {"because": "told", "order": 1}


def test_a_place_read_again_keeps_its_basis_and_the_best_stands_first(store):
    source = a_source(store)
    record = a_record("one")
    put(store, RecordWrite(record, provenance=a_place(source, "k1"), basis={"because": "y", "order": 0}))
    with store.write(actor="tester", reason="test") as work:
        again = RecordWrite(next_version(record), provenance=a_place(source, "k2"), basis={"because": "x", "order": -1})
        work.update([again])
        (held,) = work.by_provenance(source.id, ["k1"]).values()
        work.add_provenances([held])
    with store.write(actor="tester", reason="test") as work:
        work.update([RecordWrite(next_version(next_version(record)), provenance=a_place(source, "k2"))])
    with store.read() as reader:
        places = reader.provenances([record["id"]])[record["id"]]
    assert [(place["key"], place["basis"]) for place in places] == [
        ("k2", {"because": "x", "order": -1}),
        ("k1", {"because": "y", "order": 0}),
    ]


def test_links_stand_once_and_outlive_a_new_reading(store):
    one, other = a_record("one"), a_record("other")
    cites = (Cited("cites", "依据", title="某某办法", title_key="某某办法"),)
    put(store, RecordWrite(one, citations=cites), RecordWrite(other))
    pair = [(one["id"], "same_text_as", other["id"], "why"), (other["id"], "same_text_as", one["id"], "why")]
    with store.write(actor="tester", reason="test") as work:
        work.link(pair)
        work.link(pair)
    with store.write(actor="tester", reason="test") as work:
        work.update([RecordWrite(next_version(one), citations=cites, events=())])
    with store.read() as reader:
        assert [(row.type, row.matched, row.raw) for row in reader.relations(one["id"])] == [
            ("cites", None, "依据"),
            ("same_text_as", "given", "why"),
        ]
        assert [row.type for row in reader.relations(other["id"])] == ["same_text_as"]
    with store.write(actor="tester", reason="test") as work:
        assert work.unlink(other["id"], one["id"]) == 2
    with store.read() as reader:
        assert [row.type for row in reader.relations(one["id"])] == ["cites"]


def test_a_name_that_nobody_bears_leads_to_a_record(store):
    one, other = a_record("one"), a_record("other")
    put(store, RecordWrite(one), RecordWrite(other))
    with store.write(actor="tester", reason="test") as work:
        work.rename(other["id"], "other-apart")
        work.lead_names(["other"], one["id"])
    with store.read() as reader:
        assert reader.record("other")["id"] == one["id"]
    with store.write(actor="tester", reason="test") as work:
        work.lead_names(["other"], None)
        work.rename(other["id"], "other")
    with store.read() as reader:
        assert reader.record("other")["id"] == other["id"]


def test_bearers_of_a_common_title_are_cut_short(store):
    many = [a_record(f"m{number}") for number in range(BEARERS + 5)]
    few = [a_record(f"f{number}") for number in range(2)]
    put(
        store,
        *(RecordWrite(record, keys=(("title", "人事任免的通知"),)) for record in many),
        *(RecordWrite(record, keys=(("title", "某某办法"), ("number", "云政发20201"))) for record in few),
    )
    with store.read() as reader:
        found = reader.bearers("title", ["人事任免的通知", "某某办法", "没有"])
        assert found["某某办法"] == [record["id"] for record in few]
        assert found["人事任免的通知"] == [record["id"] for record in many][: BEARERS + 1]
        assert set(found) == {"人事任免的通知", "某某办法"}
        assert reader.bearers("number", ["云政发20201"]) == {"云政发20201": [record["id"] for record in few]}
        assert reader.bearers("number", []) == {}
