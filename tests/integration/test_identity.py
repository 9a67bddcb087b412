"""The same document from two sites: one record with two places, the reason kept, and an undo; doubts and links for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from catalog.actions import Actor, Catalogue, call
from catalog.errors import Conflict, InvalidInput, NotFound
from catalog.model.docnumber import search_key
from tests.integration.harvest_parts import add_source, make_catalogue, nonzero, run
from tests.integration.identity_papers import CITY, NOTICE, TEXT, config, rows_file
from tests.servers import Postgresql
from tests.store_samples import broken_promises

EDITOR = Actor("redactor", "editor")
REPOST = {
    **NOTICE,
    "id": "b1",
    "publisher": "海陵县人民政府",
    "text": "编者按：市政府近日印发通知，全文如下。\n" + TEXT,
}

Harvested = Callable[..., dict[str, Any]]


ON_BOTH = pytest.mark.parametrize(
    "catalogue", ["sqlite", pytest.param("postgresql", marks=pytest.mark.network)], indirect=True
)


@pytest.fixture
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue of the test's own, on SQLite where a test does not ask for both."""
    if getattr(request, "param", "sqlite") == "postgresql":
        server: Postgresql = request.getfixturevalue("postgres")
        made = make_catalogue(tmp_path / "var", DATABASE_URL=server.url(server.database()))
    else:
        made = make_catalogue(tmp_path / "var")
    yield made
    assert broken_promises(made.store) == []
    made.store.close()


@pytest.fixture
def harvested(catalogue: Catalogue, tmp_path: Path) -> Harvested:
    """Harvest rows as a source of its own; the report."""

    def harvest(name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        path = rows_file(tmp_path / name / f"{name}.jsonl", rows)
        return run(catalogue, add_source(catalogue, "folder", config(path), name=name))

    return harvest


def all_records(catalogue: Catalogue) -> list[dict[str, Any]]:
    with catalogue.store.read() as reader:
        return [dict(record) for record in reader.iter_records()]


def places(catalogue: Catalogue, record_id: str) -> list[dict[str, Any]]:
    with catalogue.store.read() as reader:
        return [dict(place) for place in reader.provenances([record_id])[record_id]]


def seq(catalogue: Catalogue) -> int:
    with catalogue.store.read() as reader:
        return reader.last_seq()


def doubts(catalogue: Catalogue) -> list[Any]:
    with catalogue.store.read() as reader:
        return reader.reviews(kind="possible_duplicate")


@ON_BOTH
def test_the_same_document_at_two_sites_is_one_record_with_its_reason(catalogue, harvested):
    assert nonzero(harvested("city", [NOTICE])) == {"listed": 1, "created": 1}
    before = seq(catalogue)
    assert nonzero(harvested("county", [REPOST])) == {"listed": 1, "unchanged": 1}
    assert seq(catalogue) == before, "a further place is no change of the record"
    (record,) = all_records(catalogue)
    first, second = places(catalogue, record["id"])
    assert "basis" not in first
    basis = second["basis"]
    assert (basis["by"], basis["because"], basis["role"]) == ("catalogue", "number_and_text", "reposts")
    assert (basis["number"], basis["title"], basis["issuer"], basis["date"]) == ("same", 1.0, "same", "same")
    assert 0.95 < basis["text"] <= 1.0
    assert doubts(catalogue) == []


def test_harvesting_again_writes_nothing(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    before = seq(catalogue), places(catalogue, all_records(catalogue)[0]["id"])
    assert nonzero(harvested("city", [NOTICE])) == {"listed": 1, "unchanged": 1}
    assert nonzero(harvested("county", [REPOST])) == {"listed": 1, "unchanged": 1}
    assert (seq(catalogue), places(catalogue, all_records(catalogue)[0]["id"])) == before


def test_a_changed_further_place_leaves_the_record_and_keeps_its_reason(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    (record,) = all_records(catalogue)
    report = harvested("county", [{**REPOST, "text": REPOST["text"] + "\n责任编辑：某某"}])
    assert nonzero(report) == {"listed": 1, "unchanged": 1}
    assert all_records(catalogue) == [record]
    assert places(catalogue, record["id"])[1]["basis"]["because"] == "number_and_text"
    with catalogue.store.read() as reader:
        assert reader.reviews(kind="text_differs") == []


def test_a_further_place_that_becomes_another_document_is_put_to_a_person(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    (record,) = all_records(catalogue)
    harvested(
        "county", [{**REPOST, "number": "海政发〔2022〕1号", "date": "2022-01-05", "title": "关于设立某某机构的通知"}]
    )
    with catalogue.store.read() as reader:
        (review,) = reader.reviews(kind="text_differs")
    assert (review.record_id, review.key, review.detail["because"]) == (record["id"], "county b1", "other_number")
    assert all_records(catalogue) == [record]


THREE = {"city": NOTICE, "county": REPOST, "index": {**NOTICE, "id": "c1", "text": ""}}


@pytest.mark.parametrize("order", list(permutations(THREE)))
def test_the_issuing_sites_text_is_shown_whatever_came_first(catalogue, harvested, order):
    for name in order:
        harvested(name, [THREE[name]])
    (record,) = all_records(catalogue)
    assert record["metadata"]["publisher"] == CITY
    with catalogue.store.read() as reader:
        assert reader.texts([record["text_hash"]])[record["text_hash"]][0].text.startswith("各县（区）")
        names = {source.id: source.name for source in reader.sources()}
    found = places(catalogue, record["id"])
    assert names[found[0]["source_id"]] == "city"
    assert {names[place["source_id"]] for place in found} == set(THREE)
    for name in order:
        assert nonzero(harvested(name, [THREE[name]])) == {"listed": 1, "unchanged": 1}


def test_the_place_that_gives_the_record_goes_on_giving_it(catalogue, harvested):
    harvested("county", [REPOST])
    harvested("city", [NOTICE])
    assert nonzero(harvested("county", [{**REPOST, "title": "转载的标题"}])) == {"listed": 1, "unchanged": 1}
    report = harvested("city", [{**NOTICE, "text": TEXT + "\n五、本通知自印发之日起施行。"}])
    assert nonzero(report) == {"listed": 1, "updated": 1}
    assert all_records(catalogue)[0]["version"] == 3


def test_two_items_of_one_source_are_two_records_and_a_doubt(catalogue, harvested):
    assert nonzero(harvested("city", [NOTICE])) == {"listed": 1, "created": 1}
    assert nonzero(harvested("city", [NOTICE, {**NOTICE, "id": "a2"}])) == {"listed": 2, "created": 1, "unchanged": 1}
    one, other = all_records(catalogue)
    (doubt,) = doubts(catalogue)
    assert (doubt.record_id, doubt.key) == (other["id"], one["id"])
    assert doubt.detail["because"] in {"number_and_title", "number_and_text"}


@pytest.mark.parametrize(
    "other",
    [
        {"number": "云政发〔2021〕9号", "date": "2021-04-28"},
        {"title": "《云江市人民政府关于做好防汛抗旱工作的通知》解读", "number": ""},
        {"title": "云江市人民政府关于做好防汛抗旱工作的通知（征求意见稿）", "number": ""},
        {
            "title": "海陵县人民政府转发云江市人民政府关于做好防汛抗旱工作的通知",
            "number": "海政发〔2020〕3号",
            "issuer": "海陵县人民政府",
        },
    ],
)
def test_what_is_another_document_stays_one(catalogue, harvested, other):
    harvested("city", [NOTICE])
    assert nonzero(harvested("county", [{**REPOST, **other}])) == {"listed": 1, "created": 1}
    assert doubts(catalogue) == []


@ON_BOTH
def test_a_doubt_is_put_to_a_person_with_both_records(catalogue, harvested):
    harvested("city", [NOTICE])
    report = harvested("county", [{**REPOST, "number": "云政发〔2020〕16号"}])
    assert nonzero(report) == {"listed": 1, "created": 1}
    one, other = all_records(catalogue)
    (doubt,) = doubts(catalogue)
    assert (doubt.record_id, doubt.key, doubt.detail["because"]) == (other["id"], one["id"], "other_number_same_text")


@ON_BOTH
def test_an_article_and_the_document_that_it_prints_are_two_records_linked_both_ways(catalogue, harvested):
    harvested("city", [NOTICE])
    report = harvested("gazette", [{**NOTICE, "id": "g1", "type": "gazette_article", "issuer": CITY}])
    assert nonzero(report) == {"listed": 1, "created": 1}
    page, article = sorted(all_records(catalogue), key=lambda record: record["type"], reverse=True)
    assert article["type"] == "gazette_article"
    with catalogue.store.read() as reader:
        for one, other in ((page, article), (article, page)):
            (link,) = [row for row in reader.relations(one["id"]) if row.type == "same_text_as"]
            assert (link.target_id, link.matched) == (other["id"], "given")
    harvested("city", [{**NOTICE, "text": TEXT + "\n五、附则。"}])
    with catalogue.store.read() as reader:
        assert [row.target_id for row in reader.relations(page["id"]) if row.type == "same_text_as"] == [article["id"]]


def test_a_preview_tells_what_would_be_joined_and_writes_nothing(catalogue, harvested, tmp_path):
    harvested("city", [NOTICE])
    before = seq(catalogue)
    path = rows_file(tmp_path / "county" / "county.jsonl", [REPOST])
    source = add_source(catalogue, "folder", config(path), name="county")
    report = catalogue.harvest.preview(catalogue, source, limit=10, progress=None)
    (item,) = report["items"]
    (told,) = [problem for problem in item["problems"] if problem["code"] == "same_document"]
    assert "number_and_text" in told["message"]
    assert seq(catalogue) == before
    assert len(places(catalogue, all_records(catalogue)[0]["id"])) == 1


@ON_BOTH
def test_show_and_list_name_the_reason(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    (record,) = all_records(catalogue)
    shown = call(catalogue, EDITOR, "identity.show", {"id": record["name"]})
    assert [place["joined"] and place["joined"]["because"] for place in shown["places"]] == [None, "number_and_text"]
    listed = call(catalogue, EDITOR, "identity.list", {"limit": 1})
    assert [item["name"] for item in listed["joined"]] == [record["name"]]
    assert call(catalogue, EDITOR, "identity.list", {"after": listed["next"]})["joined"] == []
    public = call(catalogue, EDITOR, "record.show", {"id": record["id"]})
    assert public["provenance"][1]["joined"]["role"] == "reposts"
    assert "by" not in public["provenance"][1]["joined"]
    with pytest.raises(InvalidInput, match="not the place of a join"):
        call(catalogue, EDITOR, "identity.list", {"after": "nonsense"})


@ON_BOTH
def test_a_split_gives_the_place_its_own_record_and_is_remembered(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    (record,) = all_records(catalogue)
    before = seq(catalogue)
    done = call(catalogue, EDITOR, "identity.split", {"id": record["name"], "place": "2", "reason": "shortened text"})
    one, other = all_records(catalogue)
    assert (one["id"], one["version"], other["name"]) == (record["id"], 2, done["split"])
    assert other["metadata"]["publisher"] == "海陵县人民政府"
    assert [len(places(catalogue, each["id"])) for each in (one, other)] == [1, 1]
    assert "basis" not in places(catalogue, other["id"])[0]
    with catalogue.store.read() as reader:
        assert [change.record_id for change in reader.changes(before)] == [other["id"], one["id"]]
        assert reader.revisions(one["id"])[0].actor == "redactor"
        assert "shortened text" in reader.revisions(other["id"])[0].reason
    for name, row in (("city", NOTICE), ("county", REPOST)):
        assert nonzero(harvested(name, [row])) == {"listed": 1, "unchanged": 1}
    assert len(all_records(catalogue)) == 2
    shown = call(catalogue, EDITOR, "identity.show", {"id": other["id"]})
    assert [(one["name"], one["by"]) for one in shown["apart"]] == [(record["name"], "redactor")]


def test_the_place_that_gives_the_record_can_be_split_too(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    (record,) = all_records(catalogue)
    call(catalogue, EDITOR, "identity.split", {"id": record["id"], "place": "1"})
    one, other = all_records(catalogue)
    assert one["id"] == record["id"], "the record stays, and its next place gives it"
    assert (one["metadata"]["publisher"], other["metadata"]["publisher"]) == ("海陵县人民政府", CITY)
    assert nonzero(harvested("county", [{**REPOST, "date": "2020-05-13"}])) == {"listed": 1, "updated": 1}


def test_a_place_whose_bytes_are_gone_is_not_split(catalogue, harvested, tmp_path):
    harvested("city", [NOTICE])
    harvested("county", [REPOST])
    (record,) = all_records(catalogue)
    for digest in list(catalogue.files.digests()):
        (tmp_path / "var" / "files" / digest[:2] / digest[2:4] / digest).unlink()
    with pytest.raises(Conflict, match="cannot be read again"):
        call(catalogue, EDITOR, "identity.split", {"id": record["id"], "place": "2"})
    assert all_records(catalogue) == [record]
    with pytest.raises(NotFound, match="the record has: 1 city.jsonl#L1; 2 county.jsonl#L1"):
        call(catalogue, EDITOR, "identity.split", {"id": record["id"], "place": "7"})


@ON_BOTH
def test_a_join_by_hand_and_its_undo(catalogue, harvested):
    harvested("city", [NOTICE])
    harvested("county", [{**REPOST, "number": "云政发〔2020〕16号"}])
    one, other = all_records(catalogue)
    done = call(catalogue, EDITOR, "identity.join", {"id": one["name"], "other": other["name"], "reason": "misprint"})
    assert done["as"] == "record"
    (record,) = all_records(catalogue)
    assert (record["id"], record["version"], record["text_hash"]) == (one["id"], 2, one["text_hash"])
    basis = places(catalogue, one["id"])[1]["basis"]
    assert (basis["because"], basis["by"], basis["joined_from"]) == ("by_hand", "redactor", other["id"])
    with catalogue.store.read() as reader:
        assert reader.record(other["name"])["id"] == one["id"], "the other's name leads to it"
        assert reader.record(other["id"])["state"] == "deleted"
        assert reader.reviews(kind="possible_duplicate") == []
    assert nonzero(harvested("county", [{**REPOST, "number": "云政发〔2020〕16号"}])) == {"listed": 1, "unchanged": 1}
    call(catalogue, EDITOR, "identity.split", {"id": one["id"], "place": "2"})
    again = {record["id"]: record for record in all_records(catalogue)}
    assert again[other["id"]]["name"] == other["name"]
    assert again[other["id"]]["metadata"] == other["metadata"]
    assert [len(places(catalogue, each)) for each in (one["id"], other["id"])] == [1, 1]
    with catalogue.store.read() as reader:
        assert reader.record(other["name"])["id"] == other["id"]
        numbers = [reader.bearers("number", [search_key(f"云政发〔2020〕{n}号")]) for n in (15, 16)]
        assert [ids for found in numbers for ids in found.values()] == [[one["id"]], [other["id"]]]
    assert nonzero(harvested("county", [{**REPOST, "number": "云政发〔2020〕16号"}])) == {"listed": 1, "unchanged": 1}


def test_what_cannot_be_joined_or_split_says_why(catalogue, harvested):
    harvested("city", [NOTICE, {**NOTICE, "id": "d", "type": "interpretation", "number": "", "title": "解读"}])
    one, other = all_records(catalogue)
    with pytest.raises(InvalidInput, match="never the same document"):
        call(catalogue, EDITOR, "identity.join", {"id": one["id"], "other": other["id"]})
    with pytest.raises(InvalidInput, match="is this record already"):
        call(catalogue, EDITOR, "identity.join", {"id": one["id"], "other": one["name"]})
    with pytest.raises(InvalidInput, match="has no other place"):
        call(catalogue, EDITOR, "identity.split", {"id": one["id"], "place": "1"})


def found_by(catalogue: Catalogue, number: str) -> list[str]:
    with catalogue.store.read() as reader:
        return reader.bearers("number", [search_key(number)]).get(search_key(number), [])


CITING = {
    **NOTICE, "id": "c1", "number": "云政发〔2022〕1号", "title": "云江市人民政府关于废止防汛抗旱通知的决定", "date": "2022-01-01",
    "text": "决定废止《云江市人民政府关于做好防汛抗旱工作的通知》（云政发〔2020〕15号）。",
}  # fmt: skip


@ON_BOTH
@pytest.mark.parametrize("first", ["numbered", "plain"])
def test_a_number_that_only_one_place_bears_finds_the_record(catalogue, harvested, first):
    plain = {**NOTICE, "number": None}
    harvested("laws", [CITING])
    for name in ("plain", "numbered") if first == "plain" else ("numbered", "plain"):
        harvested(name, [{"plain": plain, "numbered": {**REPOST, "text": TEXT}}[name]])
    (record,) = [one for one in all_records(catalogue) if one["title"] == NOTICE["title"]]
    assert len(places(catalogue, record["id"])) == 2
    assert found_by(catalogue, "云政发〔2020〕15号") == [record["id"]]
    assert [event["kind"] for event in record["metadata"].get("events", ())] == ["repealed"]
    shown = call(catalogue, EDITOR, "identity.show", {"id": record["id"]})
    assert "keys" not in str(shown["places"])


@ON_BOTH
def test_records_that_are_joined_by_hand_are_found_by_both_names_until_they_are_split(catalogue, harvested):
    other = {
        **NOTICE,
        "id": "b2",
        "number": "云政办发〔2020〕77号",
        "title": "云江市人民政府关于防汛的紧急通知",
        "text": "另文。",
    }
    harvested("city", [NOTICE])
    harvested("county", [other])
    harvested("laws", [{**CITING, "text": "决定废止云政办发〔2020〕77号。"}])
    stays, goes = (found_by(catalogue, one["number"])[0] for one in (NOTICE, other))
    names = {record["id"]: record["name"] for record in all_records(catalogue)}
    kinds = lambda which: [  # noqa: E731
        event["kind"]
        for one in all_records(catalogue)
        if one["id"] == which
        for event in one["metadata"].get("events", ())
    ]
    assert (kinds(stays), kinds(goes)) == ([], ["repealed"])
    call(catalogue, EDITOR, "identity.join", {"id": stays, "other": goes})
    assert found_by(catalogue, other["number"]) == [stays]
    assert kinds(stays) == ["repealed"]
    harvested("city", [{**NOTICE, "text": TEXT + "\n五、做好总结。"}])
    assert found_by(catalogue, other["number"]) == [stays], "a new version keeps the other place's names"
    call(catalogue, EDITOR, "identity.split", {"id": stays, "place": "b2"})
    assert found_by(catalogue, other["number"]) == [goes]
    assert (kinds(stays), kinds(goes)) == ([], ["repealed"])
    assert {record["id"]: record["name"] for record in all_records(catalogue)} == names


@pytest.mark.parametrize(
    ("disclosure", "basis", "left"),
    [("withheld", "art14_secret", []), ("on_request", "art15_third_party", [("repealed", CITING["title"])])],
)
def test_a_decision_that_is_not_public_any_more_is_not_named_nor_quoted(
    catalogue, harvested, tmp_path, disclosure, basis, left
):
    harvested("city", [NOTICE])
    names = ("disclosure", "disclosure_reason", "disclosure_basis")
    told = {"disclosure": "active", "disclosure_reason": "涉密", "disclosure_basis": basis}
    for now in (told, {**told, "disclosure": disclosure}):
        path = rows_file(tmp_path / "laws" / "laws.jsonl", [{**CITING, **now}])
        known = config(path)
        known["map"] = {**known["map"], "fields": known["map"]["fields"] | dict(zip(names, names, strict=True))}
        run(catalogue, add_source(catalogue, "folder", known, name="laws"))
        (record,) = [one for one in all_records(catalogue) if one["title"] == NOTICE["title"]]
        events = [(event["kind"], event["raw"]) for event in record["metadata"].get("events", ())]
        if now is told:
            assert [kind for kind, _ in events] == ["repealed"]
            assert events[0][1] != CITING["title"]
    assert events == left


@ON_BOTH
def test_a_number_that_an_index_gives_beside_the_address_finds_the_record(catalogue, tmp_path):
    site = {**NOTICE, "number": None, "url": "http://www.yunjiang.example/t1.html"}
    index = {**NOTICE, "id": "i1", "title": "关于防汛的通知", "text": "", "url": site["url"]}
    for name, row in (("city", site), ("index", index)):
        path = rows_file(tmp_path / name / f"{name}.jsonl", [row])
        known = config(path)
        fields = {**known["map"]["fields"], "url": "url"}
        known["map"] = {**known["map"], "key": "url", "fields": fields}
        run(catalogue, add_source(catalogue, "folder", known, name=name))
    (record,) = all_records(catalogue)
    assert [place["basis"]["because"] for place in places(catalogue, record["id"])[1:]] == ["same_address"]
    assert found_by(catalogue, NOTICE["number"]) == [record["id"]]
