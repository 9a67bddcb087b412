"""Relations: a citation finds its record whichever comes first, by the same rule, in whatever batches they come."""

from __future__ import annotations

import random

import pytest

from catalog.store.rows import Cited, EventWrite, RecordWrite
from tests.store_samples import a_record, next_version, put


def bearer(name, *keys, **fields):
    return RecordWrite(a_record(name, **fields), keys=keys)


def citing(name, *cited, **fields):
    return RecordWrite(a_record(name, **fields), keys=(), citations=cited)


def by(number=None, title=None, **fields):
    return Cited("based_on", "根据", number, title, number, title, **fields)


def targets(store, name):
    """What a record's citations mean: (name of the target, how it was found), `None` for each that is unresolved."""
    with store.read() as reader:
        rows = reader.relations(reader.record(name)["id"])
    return [(row.other.name, row.matched) if row.target_id else None for row in rows]


N1, N2 = ("number", "n1"), ("number", "n2")
T1, T2 = ("title", "t1"), ("title", "t2")


def test_a_citation_finds_a_record_that_is_there(store):
    put(store, bearer("law", N1, T1))
    put(store, citing("doc", by("n1"), by(title="t1"), by("n1", "t1"), by("n9"), by()))
    assert targets(store, "doc") == [("law", "number"), ("law", "title"), ("law", "both"), None, None]


def test_a_citation_waits_for_its_record(store):
    put(store, citing("doc", by("n1"), by(title="t1"), by("n9", "t1")))
    assert targets(store, "doc") == [None, None, None]
    put(store, bearer("other", N2, T2))
    assert targets(store, "doc") == [None, None, None]
    put(store, bearer("law", N1, T1))
    assert targets(store, "doc") == [("law", "number"), ("law", "title"), None]


def test_both_come_in_one_batch(store):
    put(store, citing("doc", by("n1")), bearer("law", N1))
    assert targets(store, "doc") == [("law", "number")]


def test_incoming_relations_tell_who_cites(store):
    put(store, bearer("law", N1))
    docs = [citing(f"doc{number}", by("n9"), by("n1")) for number in range(5)]
    put(store, *docs)
    with store.read() as reader:
        law = reader.record("law")["id"]
        incoming = reader.relations(law, incoming=True)
        page = reader.relations(law, incoming=True, limit=2, offset=3)
        assert reader.relation_counts(law) == (0, 5)
        assert reader.relation_counts(docs[0].record["id"]) == (2, 0)
    assert [row.other.name for row in incoming] == [f"doc{number}" for number in range(5)]
    assert {row.ordinal for row in incoming} == {1}
    assert [row.other.name for row in page] == ["doc3", "doc4"]


def test_a_better_match_that_comes_later_wins(store):
    put(store, citing("doc", by("n1", "t1")))
    put(store, bearer("title-only", T1))
    assert targets(store, "doc") == [("title-only", "title")]
    put(store, bearer("number-only", N1))
    assert targets(store, "doc") == [("number-only", "number")]
    put(store, bearer("law", N1, T1))
    assert targets(store, "doc") == [("law", "both")]
    put(store, bearer("copy", N1, T1))
    assert targets(store, "doc") == [("law", "both")]


def test_another_number_under_the_same_title_is_a_conflict_not_a_match(store):
    put(store, citing("doc", by("n1", "t1"), by(None, "t1")))
    put(store, bearer("revised", N2, T1))
    assert targets(store, "doc") == [None, ("revised", "title")]


def test_the_oldest_of_several_bearers_is_meant(store):
    first, second = bearer("first", N1), bearer("second", N1)
    put(store, second, first)
    put(store, citing("doc", by("n1")))
    assert targets(store, "doc") == [("first", "number")]


def test_a_record_does_not_mean_itself(store):
    put(store, RecordWrite(a_record("self"), keys=(N1, T1), citations=(by("n1"), by(None, "t1"))))
    assert targets(store, "self") == [None, None]


def test_a_target_that_a_person_gave_stays(store):
    put(store, bearer("law", N1), bearer("chosen", N2))
    with store.read() as reader:
        chosen = reader.record("chosen")["id"]
    put(store, citing("doc", by("n1", target_id=chosen)))
    with store.write(actor="editor", reason="keys") as work:
        work.update([RecordWrite(next_version(work.record("chosen")), keys=())])
    assert targets(store, "doc") == [("chosen", "given")]


def test_when_a_records_number_is_corrected_its_citations_are_looked_at_again(store):
    put(store, bearer("law", N1, T1), bearer("copy", N1))
    put(store, citing("doc", by("n1"), by(None, "t1"), by("n2")))
    assert targets(store, "doc") == [("law", "number"), ("law", "title"), None]
    with store.write(actor="editor", reason="number") as work:
        work.update([RecordWrite(next_version(work.record("law")), keys=(N2, T1))])
    assert targets(store, "doc") == [("copy", "number"), ("law", "title"), ("law", "number")]


def test_an_update_replaces_citations_and_leaves_events_alone(store):
    put(store, bearer("law", N1), bearer("other", N2))
    event = EventWrite("repealed", "2020-01-01", "已废止", Cited("repealed_by", "废止", "n2", None, "n2", None))
    put(store, RecordWrite(a_record("doc"), citations=(by("n1"), by("n2")), events=(event,)))
    with store.write(actor="editor", reason="citations") as work:
        work.update([RecordWrite(next_version(work.record("doc")), citations=(by("n2"),))])
    with store.read() as reader:
        doc = reader.record("doc")["id"]
        assert [(row.type, row.other.name, row.event) for row in reader.relations(doc)] == [
            ("based_on", "other", None),
            ("repealed_by", "other", 0),
        ]
        (told,) = reader.events(doc)
    assert (told.kind, told.date, told.raw, told.by.other.name) == ("repealed", "2020-01-01", "已废止", "other")
    with store.write(actor="editor", reason="events") as work:
        work.update([RecordWrite(next_version(work.record("doc")), events=(EventWrite("effective", None, "施行"),))])
    with store.read() as reader:
        assert [row.type for row in reader.relations(doc)] == ["based_on"]
        assert [(row.kind, row.by) for row in reader.events(doc)] == [("effective", None)]


def test_relations_among_are_told_once_in_both_directions(store):
    put(store, bearer("law", N1), citing("a", by("n1")), citing("b", by("n1"), Cited("cites", "见", "n1", None, "n1")))
    with store.read() as reader:
        law, b = reader.record("law")["id"], reader.record("b")["id"]
        rows = reader.relations_among([law, b], types=["based_on"])
        assert sorted((reader.records([row.record_id])[row.record_id]["name"], row.other.name) for row in rows) == [
            ("a", "law"),
            ("b", "law"),
        ]
        assert reader.relations_among([], types=["based_on"]) == []


def test_resolving_can_be_seen_within_the_unit(store):
    with store.write(actor="tester", reason="test") as work:
        work.create([citing("doc", by("n1"), by("n2")), bearer("law", N1)])
        assert work.resolve_relations() == 1
        assert work.resolve_relations() == 0
        assert work.relations(work.record("doc")["id"])[0].other.name == "law"


def test_keys_longer_than_an_index_row_still_match(store):
    long = "关于" * 5000
    put(store, citing("doc", Cited("cites", long, None, long, None, long)))
    put(store, bearer("law", ("title", long)), bearer("near", ("title", long + "的")))
    assert targets(store, "doc") == [("law", "title")]
    with store.read() as reader:
        assert len(reader.find_by_title_key(long)) == 1


@pytest.mark.parametrize("seed", range(12))
def test_the_outcome_does_not_depend_on_the_batches(store, seed):
    """The same arrivals cut into batches in another way lead to the same targets, and to those that the rule says."""
    chance = random.Random(seed)
    numbers, titles = ["n1", "n2", "n3"], ["t1", "t2", "t3"]
    bearers, citations = {}, {}
    writes = []
    for serial in range(14):
        name = f"r{serial}"
        number, title = chance.choice([None, *numbers]), chance.choice([None, *titles])
        keys = tuple((kind, key) for kind, key in (("number", number), ("title", title)) if key)
        cited = tuple(
            by(chance.choice([None, *numbers]), chance.choice([None, *titles])) for _ in range(chance.randint(0, 3))
        )
        bearers[name], citations[name] = (number, title), cited
        writes.append(RecordWrite(a_record(name), keys=keys, citations=cited))
    start = 0
    while start < len(writes):
        stop = start + chance.randint(1, 6)
        put(store, *writes[start:stop])
        start = stop
    for name, cited in citations.items():
        assert targets(store, name) == [expected(name, one, bearers) for one in cited]


def expected(name, cited, bearers):
    """The rule once more, as a person would say it. Names stand in the order of arrival."""
    others = {other: keys for other, keys in bearers.items() if other != name}
    number = [other for other, keys in others.items() if cited.number and keys[0] == cited.number]
    title = [other for other, keys in others.items() if cited.title and keys[1] == cited.title]
    for other in number:
        if other in title:
            return other, "both"
    if number:
        return number[0], "number"
    unnumbered = [other for other in title if cited.number is None or others[other][0] is None]
    return (unnumbered[0], "title") if unnumbered else None
