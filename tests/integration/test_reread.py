"""Reading again what is kept: nothing is fetched, nothing written without being told, and nobody's work is washed away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from catalog import extract
from catalog.actions import Actor, Catalogue, call
from catalog.errors import InvalidInput, NotFound
from catalog.extract import versions
from catalog.model.draft import Citation
from tests.integration.harvest_parts import SmallReader, add_source, make_catalogue, nonzero, run
from tests.integration.harvest_server import Site, serving
from tests.integration.identity_papers import NOTICE, config, rows_file
from tests.store_samples import broken_promises

OPERATOR = Actor("operator", "operator")
NEXT = extract.PARSER + 1


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "var")
    yield made
    assert broken_promises(made.store) == []
    made.store.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


@pytest.fixture
def pages(catalogue: Catalogue, tmp_path: Path) -> Path:
    """A folder of five pages, loaded."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.html").write_text(f"<h1>第{number}号通知</h1><p>正文{number}。</p>", "utf-8")
    assert nonzero(run(catalogue, add_source(catalogue, "folder", {"paths": [str(folder)]}, name="papers"))) == {
        "listed": 5,
        "created": 5,
    }
    return folder


def newer_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of the next version: they take 通知 for a word of the title that is too many, and find a citation."""
    read = SmallReader.extract

    def reads(self: SmallReader, document: Any) -> Any:
        draft = read(self, document)
        reading = draft.readings["title"]
        draft.fields["title"] = draft.fields["title"].removesuffix("通知") + "新"
        draft.readings["title"] = reading
        draft.citations = (Citation("cites", "《某某办法》", title="某某办法"),)
        draft.flags = ("duplicate_block",)
        return draft

    monkeypatch.setattr(SmallReader, "extract", reads)
    monkeypatch.setattr(versions, "PARSER", NEXT)


def reread(catalogue: Catalogue, **params: Any) -> dict[str, Any]:
    return call(catalogue, OPERATOR, "source.reread", params)


def titles(catalogue: Catalogue) -> list[str]:
    with catalogue.store.read() as reader:
        return sorted(record["title"] for record in reader.iter_records())


def seq(catalogue: Catalogue) -> int:
    with catalogue.store.read() as reader:
        return reader.last_seq()


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {
        name: report[name]
        for name in ("read", "unchanged", "changed", "other_place", "errors", "not_kept")
        if report[name]
    }


def test_a_place_says_which_readers_read_it(catalogue, pages):
    with catalogue.store.read() as reader:
        (source,) = reader.sources()
        found = reader.places(source.id)
    assert {versions.parser_of(place.parser_version) for place in found} == {extract.PARSER}
    assert {place.hints["media_type"] for place in found} == {"text/html"}
    assert versions.parser_of("site-0123456789abcdef") == versions.BEFORE_NUMBERS
    assert versions.parser_of("site-0123456789abcdef-p7+files") == 7


def test_every_version_of_the_readers_says_what_changed():
    told = versions.changes_since(0)
    assert [version for version, _ in told] == list(range(1, extract.PARSER + 1))
    assert all(changed for _, changed in told)


def test_the_same_readers_change_nothing(catalogue, pages):
    before = seq(catalogue)
    report = reread(catalogue, source="papers", apply=True)
    assert counts(report) == {"read": 5, "unchanged": 5}
    assert seq(catalogue) == before
    assert reread(catalogue, since_parser=extract.PARSER)["read"] == 0


def test_the_difference_is_shown_first_and_nothing_is_written(catalogue, pages, monkeypatch):
    for page in pages.iterdir():
        page.unlink()
    newer_readers(monkeypatch)
    before = seq(catalogue)
    told: list[dict[str, Any]] = []
    heard: list[tuple[int, int | None]] = []
    report = reread(
        catalogue, since_parser=NEXT, told=told.append, progress=lambda done, total: heard.append((done, total))
    )
    assert counts(report) == {"read": 5, "changed": 5}
    assert report["fields"]["title"] == 5
    assert report["fields"]["citations"] == 5
    assert report["flags"]["gained"] == {"duplicate_block": 5}
    assert [one["fields"]["title"] for one in told][:1] == [["第0号通知", "第0号新"]]
    assert heard[-1] == (5, 5)
    assert (seq(catalogue), titles(catalogue)[0]) == (before, "第0号通知")
    assert report["applied"] is False


def test_it_is_written_when_asked_for_and_then_done(catalogue, pages, monkeypatch):
    newer_readers(monkeypatch)
    assert counts(reread(catalogue, since_parser=NEXT, apply=True)) == {"read": 5, "changed": 5}
    assert titles(catalogue)[0] == "第0号新"
    with catalogue.store.read() as reader:
        record = next(reader.iter_records())
        assert record["version"] == 2
        assert "parser" in reader.revisions(record["id"])[0].reason
        assert [row.title for row in reader.relations(record["id"])] == ["某某办法"]
    assert reread(catalogue, since_parser=NEXT, apply=True)["read"] == 0
    with catalogue.store.read() as reader:
        (source,) = reader.sources()
    assert nonzero(run(catalogue, source)) == {"listed": 5, "unchanged": 5}, "the next harvest has nothing to do"


def test_what_was_cut_off_goes_on(catalogue, pages, monkeypatch):
    from catalog.actions import reread as module

    newer_readers(monkeypatch)
    monkeypatch.setattr(module, "BATCH", 2)
    seen = 0

    def cut(_done: int, _total: int | None) -> None:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reread(catalogue, since_parser=NEXT, apply=True, progress=cut)
    assert sum(title.endswith("新") for title in titles(catalogue)) == 4
    assert counts(reread(catalogue, since_parser=NEXT, apply=True)) == {"read": 1, "changed": 1}


def test_what_a_person_set_stays(catalogue, pages, monkeypatch):
    with catalogue.store.read() as reader:
        record = next(reader.iter_records())
    catalogue.store.close()
    edited = {"title": {"raw": "人定的标题", "where": "manual", "confidence": 1.0}}
    with catalogue.store.write(actor="redactor", reason="test") as work:
        from catalog.store.rows import RecordWrite

        metadata = {**record["metadata"], "title": "人定的标题"}
        readings = {**record["readings"], **edited}
        work.update(
            [RecordWrite({**record, "title": "人定的标题", "metadata": metadata, "readings": readings, "version": 2})]
        )
    newer_readers(monkeypatch)
    report = reread(catalogue, since_parser=NEXT, apply=True)
    assert report["fields"]["title"] == 4
    assert "人定的标题" in titles(catalogue)


def test_what_raises_now_is_told_and_left_as_it_is(catalogue, pages, monkeypatch):
    read = SmallReader.extract

    def breaks(self: SmallReader, document: Any) -> Any:
        if "第3号" in document.content.decode():
            raise ZeroDivisionError("a bug")
        return read(self, document)

    monkeypatch.setattr(SmallReader, "extract", breaks)
    monkeypatch.setattr(versions, "PARSER", NEXT)
    before = titles(catalogue)
    report = reread(catalogue, since_parser=NEXT, apply=True)
    assert counts(report) == {"read": 5, "unchanged": 4, "errors": 1}
    assert [(error["ref"], error["code"]) for error in report["errors_told"]] == [("papers/3.html", "crashed")]
    assert titles(catalogue) == before
    assert counts(reread(catalogue, since_parser=NEXT)) == {"read": 1, "errors": 1}, "it is not counted as read"


def test_what_is_not_kept_is_listed(catalogue, pages, tmp_path):
    (kept,) = [
        path
        for path in (tmp_path / "var" / "files").rglob("*")
        if path.is_file() and "第2号" in path.read_text("utf-8")
    ]
    kept.unlink()
    report = reread(catalogue, source="papers")
    assert counts(report) == {"read": 5, "unchanged": 4, "not_kept": 1}
    assert report["errors_told"][0]["ref"] == "papers/2.html"


def test_lines_are_read_from_the_file_that_was_kept(catalogue, tmp_path):
    path = rows_file(
        tmp_path / "city" / "rows.jsonl",
        [{**NOTICE, "id": f"n{n}", "number": f"云政发〔2020〕{n}号"} for n in range(1, 8)],
    )
    source = add_source(catalogue, "folder", config(path), name="city")
    assert nonzero(run(catalogue, source)) == {"listed": 7, "created": 7}
    path.unlink()
    assert counts(reread(catalogue, source="city")) == {"read": 7, "unchanged": 7}
    with catalogue.store.read() as reader:
        record = next(reader.iter_records())
    assert counts(reread(catalogue, record=record["id"])) == {"read": 1, "unchanged": 1}


def test_only_the_line_that_was_read_last_is_compared(catalogue, tmp_path):
    path = rows_file(tmp_path / "city" / "rows.jsonl", [NOTICE])
    run(catalogue, add_source(catalogue, "folder", config(path), name="city"))
    rows_file(path, [{**NOTICE, "title": NOTICE["title"] + "（修订）"}])
    run(catalogue, add_source(catalogue, "folder", config(path), name="city"))
    assert counts(reread(catalogue, source="city")) == {"read": 1, "unchanged": 1}


def test_a_further_place_gives_no_record(catalogue, tmp_path):
    for name in ("city", "county"):
        publisher = {"city": "云江市人民政府", "county": "海陵县人民政府"}[name]
        path = rows_file(tmp_path / name / f"{name}.jsonl", [{**NOTICE, "publisher": publisher}])
        run(catalogue, add_source(catalogue, "folder", config(path), name=name))
    before = seq(catalogue)
    assert counts(reread(catalogue, since_parser=NEXT, apply=True)) == {"read": 2, "unchanged": 1, "other_place": 1}
    assert seq(catalogue) == before


@pytest.mark.network
def test_pages_of_a_site_are_read_without_fetching(catalogue, site, monkeypatch):
    site.pages["/list.html"] = "".join(
        f'<li><a href="/a/{n}.html">第{n}号关于某事的通知</a> 2020-01-0{n}</li>' for n in range(1, 4)
    )
    for n in range(1, 4):
        link = f'<a href="f{n}.pdf">附件{n}</a>'
        site.pages[f"/a/{n}.html"] = f"<h1>第{n}号关于某事的通知</h1><p>正文{n}。</p>{link}"
        site.pages[f"/a/f{n}.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4\n%%EOF\n")
    column = {"start": site.url("/list.html"), "detail": "/a/", "publisher": "云江市人民政府"}
    source = add_source(catalogue, "site", {"columns": [column], "rate": 1000, "allow_hosts": [site.host]}, name="city")
    assert nonzero(run(catalogue, source)) == {"listed": 3, "created": 3}
    with catalogue.store.read() as reader:
        held = {record["id"]: record for record in reader.iter_records()}
    asked = len(site.log)
    assert counts(reread(catalogue, source="city", apply=True)) == {"read": 3, "unchanged": 3}
    newer_readers(monkeypatch)
    assert counts(reread(catalogue, since_parser=NEXT, apply=True)) == {"read": 3, "changed": 3}
    assert len(site.log) == asked
    with catalogue.store.read() as reader:
        files = reader.files(held)
        for record in reader.records(held).values():
            assert record["metadata"].get("attachments") == held[record["id"]]["metadata"].get("attachments")
            assert sorted(file.role for file in files[record["id"]]) == ["attachment", "original"]
            assert record["metadata"]["date_published"].startswith("2020-01-0"), "what the list told is kept"


@pytest.mark.network
@pytest.mark.parametrize("columns", [1, 2])
def test_pages_from_before_hints_were_kept(catalogue, site, columns):
    site.pages["/list.html"] = '<li><a href="/a/1.html">第1号关于某事的通知</a> 2020-01-01</li>'
    site.pages["/a/1.html"] = "<h1>第1号关于某事的通知</h1><p>正文。</p>"
    column = {"start": site.url("/list.html"), "detail": "/a/", "publisher": "云江市人民政府"}
    known = {"columns": [column] * columns, "rate": 1000, "allow_hosts": [site.host]}
    run(catalogue, add_source(catalogue, "site", known, name="city"))
    with catalogue.store._engine().begin() as connection:
        connection.execute(text("UPDATE provenances SET hints = NULL, parser_version = 'site-0123456789abcdef'"))
    report = reread(catalogue, since_parser=2)
    assert report["read"] == 1
    assert [error["code"] for error in report["errors_told"]] == ([] if columns == 1 else ["no_hints"])


def test_it_must_be_said_what_to_read(catalogue, pages):
    with pytest.raises(InvalidInput, match="say what to read again"):
        reread(catalogue)
    with pytest.raises(NotFound, match="no source is called x; there are: papers"):
        reread(catalogue, source="x")
    with pytest.raises(NotFound, match="no record is called x"):
        reread(catalogue, record="x")


def test_differences_go_to_a_file_as_lines(catalogue, pages, monkeypatch, tmp_path):
    newer_readers(monkeypatch)
    with (tmp_path / "out.jsonl").open("wb") as file:
        reread(catalogue, since_parser=NEXT, told=lambda one: file.write(orjson.dumps(one) + b"\n"))
    rows = [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert len(rows) == 5
    assert all(row["citations"] == [0, 1] and row["source"] == "papers" for row in rows)


def test_records_of_an_earlier_version_get_the_keys_that_are_missing_without_a_revision(catalogue, tmp_path):
    cites = {**NOTICE, "id": "n2", "number": "云政发〔2021〕2号", "title": "云江市人民政府关于做好灌溉工作的通知"}
    cites["text"] = "根据《做好防汛抗旱工作的通知》（云政发〔2020〕15号），现通知如下。"
    path = rows_file(tmp_path / "city" / "rows.jsonl", [NOTICE, cites])
    run(catalogue, add_source(catalogue, "folder", config(path), name="city"))
    with catalogue.store._engine().begin() as connection:
        whole = connection.execute(text("SELECT kind, key, record_id FROM record_keys ORDER BY 1, 2, 3")).all()
        connection.execute(text("DELETE FROM record_keys WHERE kind IN ('alias', 'traits', 'number')"))
        connection.execute(text("UPDATE relations SET target_id = NULL, matched = NULL"))
        assert connection.execute(text("SELECT count(*) FROM relations WHERE number_key IS NOT NULL")).scalar() == 1
    before = seq(catalogue)
    told = reread(catalogue, source="city")
    assert (told["unchanged"], told["keys"], told["applied"]) == (2, 2, False)
    assert reread(catalogue, source="city", apply=True)["keys"] == 2
    with catalogue.store._engine().connect() as connection:
        found = connection.execute(text("SELECT kind, key, record_id FROM record_keys ORDER BY 1, 2, 3")).all()
        resolved = connection.execute(text("SELECT matched FROM relations WHERE number_key IS NOT NULL")).scalar()
    assert (found, resolved) == (whole, "number")
    assert seq(catalogue) == before, "what a record is found by is no change of it"
    assert reread(catalogue, source="city", apply=True)["keys"] == 0


def test_a_withdrawn_record_keeps_its_keys_and_one_that_was_joined_away_gets_none(catalogue, tmp_path):
    other = {**NOTICE, "id": "n2", "number": "云政发〔2021〕2号", "title": "云江市人民政府关于做好灌溉工作的通知"}
    third = {**NOTICE, "id": "n3", "number": "云政发〔2021〕3号", "title": "云江市人民政府关于做好灌溉有关工作的通知"}
    path = rows_file(tmp_path / "city" / "rows.jsonl", [NOTICE, other, third])
    run(catalogue, add_source(catalogue, "folder", config(path), name="city"))
    with catalogue.store.read() as reader:
        ids = {record["title"]: record["id"] for record in reader.iter_records()}
    editor = Actor("redactor", "editor")
    call(catalogue, editor, "record.withdraw", {"id": ids[NOTICE["title"]], "reason": "有误"})
    call(catalogue, editor, "identity.join", {"id": ids[other["title"]], "other": ids[third["title"]]})
    report = reread(catalogue, source="city", apply=True)
    assert (report["read"], report["keys"], report["errors"]) == (3, 0, 0)
