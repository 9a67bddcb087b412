"""Citations that could mean several records: the same one is chosen whatever comes first, and chosen anew when something better comes."""

from __future__ import annotations

import itertools
import random

import pytest

from catalog.model.bearing import Traits
from catalog.store.rows import Cited, RecordWrite
from tests.store_samples import a_place, a_record, a_source, next_version, put


def bearer(name, *keys, traits=None):
    line = (("traits", traits.text()),) if traits else ()
    return RecordWrite(a_record(name), keys=(*keys, *line))


def citing(name, *cited, traits=None):
    line = (("traits", traits.text()),) if traits else ()
    return RecordWrite(a_record(name), keys=line, citations=cited)


def by(number=None, title=None, **fields):
    return Cited("based_on", "根据", number, title, number, title, **fields)


def meant(store, name):
    """What a record's citations mean: (name of the target or `None`, how or why not)."""
    with store.read() as reader:
        rows = reader.relations(reader.record(name)["id"])
    return [(row.other.name if row.other else None, row.matched) for row in rows]


T, A, N = ("title", "t"), ("alias", "t"), ("number", "n")
MAINLAND = Traits(jurisdiction="CN", region="440000", start="2015")


def law(start, **fields):
    return Traits(**{"jurisdiction": "CN", "start": start, "statute": True} | fields)


def test_place_and_article_are_kept_and_told_in_both_directions(store):
    put(store, bearer("law", T), citing("doc", by(title="t", place="art-2-p3", article="art-13-p2"), by(title="t")))
    with store.read() as reader:
        first, second = reader.relations(reader.record("doc")["id"])
        incoming = reader.relations(reader.record("law")["id"], incoming=True)
        among = reader.relations_among([reader.record("law")["id"]], types=["based_on"])
    assert (first.place, first.article) == ("art-2-p3", "art-13-p2")
    assert (second.place, second.article) == (None, None)
    assert [row.article for row in incoming] == ["art-13-p2", None]
    assert {row.place for row in among} == {"art-2-p3", None}


BEARERS = {
    "taiwan": (T, Traits(jurisdiction="TW", statute=True, start="2001")),
    "old": (T, law("2001", region="000000")),
    "then": (T, law("2010", region="000000")),
    "new": (T, law("2018", region="000000")),
    "reprint": (T, Traits(1, "CN", "000000", "2010")),
    "by-another-name": (A, law("2012", region="440000")),
}


@pytest.mark.parametrize("order", list(itertools.permutations(BEARERS))[::60])
def test_the_version_in_force_is_meant_whatever_comes_first(store, order):
    put(store, citing("doc", by(title="t"), traits=MAINLAND))
    for name in order:
        key, traits = BEARERS[name]
        put(store, bearer(name, key, traits=traits))
    assert meant(store, "doc") == [("then", "title")]


def test_another_jurisdictions_law_is_not_meant(store):
    put(store, bearer("taiwan", T, traits=Traits(jurisdiction="TW")), citing("doc", by(title="t"), traits=MAINLAND))
    assert meant(store, "doc") == [(None, "elsewhere")]
    put(store, bearer("law", T, traits=law("2001")))
    assert meant(store, "doc") == [("law", "title")]


def test_two_documents_of_one_title_leave_it_open_until_a_number_tells(store):
    put(store, citing("doc", by(title="t"), by("n", "t"), traits=MAINLAND))
    put(store, bearer("one", T, ("number", "x"), traits=Traits(jurisdiction="CN", start="2001", number="x")))
    assert meant(store, "doc") == [("one", "title"), (None, "conflict")]
    put(store, bearer("two", T, N, traits=Traits(jurisdiction="CN", start="2010", number="n")))
    assert meant(store, "doc") == [(None, "ambiguous"), ("two", "both")]


def test_a_title_goes_before_another_name_and_that_is_better_than_nothing(store):
    put(store, citing("doc", by(title="t"), traits=MAINLAND))
    put(store, bearer("notice", A, traits=Traits(jurisdiction="CN", region="440000", start="2010")))
    assert meant(store, "doc") == [("notice", "title")]
    put(store, bearer("elsewhere", A, traits=Traits(jurisdiction="CN", region="410000", start="2010")))
    assert meant(store, "doc") == [("notice", "title")]
    put(store, bearer("plan", T, traits=Traits(jurisdiction="CN", start="2010")))
    assert meant(store, "doc") == [("plan", "title")]


def test_what_changes_on_either_side_is_decided_again(store):
    put(store, bearer("old", T, traits=law("2001")), bearer("new", T, traits=law("2018")))
    put(store, citing("doc", by(title="t"), traits=MAINLAND))
    assert meant(store, "doc") == [("old", "title")]
    with store.write(actor="editor", reason="date") as work:
        later = Traits(jurisdiction="CN", start="2020")
        work.update([RecordWrite(next_version(work.record("doc")), keys=(("traits", later.text()),))])
    assert meant(store, "doc") == [("new", "title")]
    with store.write(actor="editor", reason="date") as work:
        work.update([RecordWrite(next_version(work.record("new")), keys=(T, ("traits", law("2022").text())))])
    assert meant(store, "doc") == [("old", "title")]
    with store.write(actor="editor", reason="keys") as work:
        work.update([RecordWrite(next_version(work.record("old")), keys=())])
    assert meant(store, "doc") == [("new", "title")]
    with store.write(actor="editor", reason="keys") as work:
        work.update([RecordWrite(next_version(work.record("new")), keys=())])
    assert meant(store, "doc") == [(None, None)]


def test_a_record_never_means_itself_by_any_name(store):
    put(store, RecordWrite(a_record("self"), keys=(T, A, N), citations=(by("n"), by(title="t"), by("n", "t"))))
    assert meant(store, "self") == [(None, None)] * 3


@pytest.mark.parametrize("seed", range(6))
def test_the_outcome_depends_on_no_order(store, seed):
    """The same records in two orders and other batches: every citation means a record with the same traits."""
    chance = random.Random(seed)
    made = []
    for serial in range(12):
        traits = Traits(
            chance.choice([0, 0, 1]), chance.choice(["CN", "TW", ""]), chance.choice(["", "000000", "440000", "410000"]),
            chance.choice(["", "2001", "2010", f"20{serial + 10}"]), chance.random() < 0.6, chance.choice(["", f"n{serial % 4}"]),
            chance.choice(["", "1990"]),
        )  # fmt: skip
        keys = [("title", chance.choice("tuv")), ("alias", chance.choice("tuv")), ("traits", traits.text())]
        keys += [("number", traits.number)] if traits.number else []
        wanted = tuple(
            by(chance.choice([None, "n0", "n1", "n9"]), chance.choice([None, "t", "u", "v"])) for _ in range(3)
        )
        made.append((f"r{serial}", tuple(keys), wanted))
    outcomes = []
    for turn in ("a", "b"):
        chance.shuffle(made)
        writes = [
            RecordWrite(
                a_record(f"{turn}{name}"),
                keys=tuple((kind, key if kind == "traits" else turn + key) for kind, key in keys),
                citations=tuple(
                    Cited(
                        one.type, one.raw, None, None, one.number and turn + one.number, one.title and turn + one.title
                    )
                    for one in wanted
                ),
            )
            for name, keys, wanted in made
        ]
        while writes:
            size = chance.randint(1, 5)
            put(store, *writes[:size])
            writes = writes[size:]
        traits = {name: dict(keys)["traits"] for name, keys, _ in made}
        outcomes.append({
            name: [(traits[target[1:]] if target else None, why) for target, why in meant(store, turn + name)]
            for name in traits
        })  # fmt: skip
    assert outcomes[0] == outcomes[1]


def test_the_whole_graph_is_read_in_batches_and_counted(store):
    put(store, bearer("law", T), *(citing(f"doc{place}", by(title="t"), by(title="x")) for place in range(5)))
    with store.read() as reader:
        seen, after = [], ("", -1)
        while page := reader.graph(after=after, limit=3):
            seen += [(source.name, row.ordinal, row.other.name if row.other else None) for source, row in page]
            after = (page[-1][1].record_id, page[-1][1].ordinal)
        figures = reader.relation_figures()
    assert sorted(seen) == [(f"doc{place}", at, ("law", None)[at]) for place in range(5) for at in (0, 1)]
    assert sorted(figures, key=str) == [
        ("based_on", False, False, None, 5),
        ("based_on", False, True, "title", 5),
    ]


def test_what_a_citation_meant_until_something_better_came_is_told_once(store):
    put(store, bearer("copy", T), citing("doc", by("n", "t")))
    with store.write(actor="tester", reason="test") as work:
        ids = {name: work.record(name)["id"] for name in ("copy", "doc")}
        assert work.left_targets() == {}
        work.create([bearer("whole", T, N)])
        assert work.resolve_relations() == 1
        assert work.left_targets() == {ids["doc"]: {(ids["copy"], "based_on")}}
        assert work.left_targets() == {}
    assert meant(store, "doc") == [("whole", "both")]


def test_keys_are_put_without_a_revision_and_citations_follow(store):
    put(store, bearer("old", T), citing("doc", by(title="t"), by("n")))
    with store.read() as reader:
        old, seq = reader.record("old"), reader.last_seq()
        assert reader.keys_due({old["id"]: (T,)}) == {}
        assert reader.keys_due({old["id"]: (T, N)}) == {old["id"]: ({T, N}, {T})}
    with store.write(actor="operator", reason="keys") as work:
        assert work.put_keys({old["id"]: (N,)}) == {old["id"]}
        assert work.put_keys({old["id"]: (N,)}) == set()
    assert meant(store, "doc") == [(None, None), ("old", "number")]
    with store.read() as reader:
        assert (reader.record("old"), reader.last_seq()) == (old, seq)


def test_a_record_is_found_by_the_names_of_its_joined_places(store):
    source = a_source(store)
    put(store, bearer("city", T), citing("doc", by("n")))
    with store.write(actor="operator", reason="join") as work:
        record = work.record("city")
        basis = {"because": "by_hand", "keys": [["number", "n"]]}
        work.update([RecordWrite(next_version(record), keys=(T,), provenance=a_place(source, "1"), basis=basis)])
    assert meant(store, "doc") == [("city", "number")]
    with store.write(actor="operator", reason="split") as work:
        work.move_place(source.id, "1", record["id"], {"because": "by_hand"})
        assert work.put_keys({record["id"]: (T,)}) == {record["id"]}
    assert meant(store, "doc") == [(None, None)]
