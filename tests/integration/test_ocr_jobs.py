"""Scans on their way to their text: a record at once, recognised later, written the ordinary way, and what goes wrong on the way."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from catalog.actions import call, ocr, recognition
from catalog.actions.context import Actor, Catalogue
from catalog.errors import Busy, Conflict, GongkaiError, Misconfigured, NotFound, Refused
from catalog.extract import PARSER
from catalog.extract.ocr.alto import read_alto, write_alto
from catalog.extract.ocr.words import Picture, Word, WordPage
from catalog.extract.plugin import ExtractorsPlugin
from catalog.extract.registry import Extractors, extract
from catalog.harvesters import pipeline
from catalog.jobs import tasks
from catalog.model.draft import Draft, RawDocument
from catalog.model.record import Record
from catalog.store.rows import RecordWrite
from tests.extract_format_samples import pdf
from tests.integration import harvest_parts
from tests.integration.harvest_parts import add_source, nonzero, run

OPERATOR = Actor("op", "operator")
ROWS = (
    "云江市人民政府文件", "云政发〔2021〕35号", "云江市人民政府关于加强校车安全管理工作的通知", "各县（市、区）人民政府，市政府各部门：",
    "为了加强校车安全管理，根据有关法律法规，结合本市实际，现就有关事项通知", "如下。各部门要按照职责分工做好工作，确保学生安全。",
    "云江市人民政府", "2021年7月14日",
)  # fmt: skip


class Engine:
    """Recognises the same page in every picture; `sure` is how sure it is, `error` what it raises instead."""

    name = "made-up 1"

    def __init__(self) -> None:
        self.sure = 0.99
        self.error: Exception | None = None
        self.pages = 0
        self.rows: tuple[str, ...] = ROWS

    def recognise(self, picture: Picture) -> WordPage:
        if self.error is not None:
            raise self.error
        self.pages += 1
        rows = [
            (Word(text, 150 if at > 2 else 400, 200 + 60 * at, 150 + 30 * len(text), 232 + 60 * at, self.sure),)
            for at, text in enumerate(self.rows)
        ]
        return WordPage(picture.number, picture.width, picture.height, tuple(rows))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    monkeypatch.setattr(ocr, "choose", lambda _choice: made)
    return made


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalogue(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    monkeypatch.setattr(harvest_parts, "Extractors", ExtractorsPlugin)
    monkeypatch.setattr(ocr, "follow_once", lambda _catalogue: None)
    made = replace(harvest_parts.make_catalogue(tmp_path / "var"), now=clock)
    yield made
    made.store.close()


def picture(shade: int = 255, form: str = "PDF", pages: int = 1) -> bytes:
    held = io.BytesIO()
    first, *others = [Image.new("L", (300, 400), shade + at) for at in range(-pages + 1, 1)]
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(held, form, resolution=72, **more)
    return held.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "scans"
    made.mkdir()
    (made / "校车通知扫描件.pdf").write_bytes(picture())
    return made


def load(catalogue: Catalogue, folder: Path) -> dict[str, Any]:
    config = {"paths": [str(folder)], "publisher": "云江市人民政府办公室", "level": "municipal"}
    return run(catalogue, add_source(catalogue, "folder", config))


def only(catalogue: Catalogue) -> Record:
    with catalogue.store.read() as reader:
        (record,) = reader.iter_records()
    return record


def recognise(catalogue: Catalogue, **params: Any) -> dict[str, Any]:
    return call(catalogue, OPERATOR, "ocr.run", params)


def reviews(catalogue: Catalogue, kind: str, state: Any = "open") -> list[Any]:
    with catalogue.store.read() as reader:
        return reader.reviews(kind=kind, state=state)


def test_a_scan_is_a_record_at_once(catalogue: Catalogue, folder: Path) -> None:
    assert nonzero(load(catalogue, folder)) == {"listed": 1, "created": 1}
    record = only(catalogue)
    assert record["title"] == "校车通知扫描件"
    assert "needs_ocr" in record["metadata"]["quality_flags"]
    (review,) = reviews(catalogue, "needs_ocr")
    assert (review.record_id, review.key) == (record["id"], "")


def test_its_text_is_recognised_and_written_like_any_document(
    catalogue: Catalogue, folder: Path, engine: Engine
) -> None:
    load(catalogue, folder)
    before = only(catalogue)
    report = recognise(catalogue)
    assert {name: report[name] for name in ("engine", "recognised", "failed", "pages")} == {
        "engine": "made-up 1", "recognised": 1, "failed": 0, "pages": 1,
    }  # fmt: skip
    record = only(catalogue)
    assert record["id"] == before["id"]
    assert record["title"] == ROWS[2]
    fields = record["metadata"]
    assert fields["doc_number"]["canonical"] == ROWS[1]
    assert (fields["publisher"], fields["level"]) == ("云江市人民政府办公室", "municipal")
    assert fields["text_authority"] == "ocr_unreviewed"
    assert not {"needs_ocr", "ocr_low_confidence"} & set(fields["quality_flags"])
    with catalogue.store.read() as reader:
        blocks = reader.texts([record["text_hash"]])[record["text_hash"]]
        files = {file.role: file for file in reader.files([record["id"]])[record["id"]]}
        revision = reader.revisions(record["id"])[0]
        changes = [change.kind for change in reader.changes(0, 10)]
    assert "为了加强校车安全管理，根据有关法律法规，结合本市实际，现就有关事项通知如下。" in "".join(
        block.text for block in blocks
    )
    assert {block.page for block in blocks} == {1}
    assert set(files) == {"original", "ocr"}
    with catalogue.files.open(files["ocr"].sha256) as file:
        (page,) = read_alto(file.read(), "kept")
    assert [row[0].text for row in page.rows] == list(ROWS)
    assert (revision.version, revision.actor, revision.reason) == (2, "op", "text recognised by made-up 1")
    assert changes == ["create", "update"]
    assert reviews(catalogue, "needs_ocr") == []
    assert recognise(catalogue)["recognised"] == 0


def test_a_harvest_of_the_same_scan_leaves_the_text(
    catalogue: Catalogue, folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(catalogue, folder)
    recognise(catalogue)
    held = only(catalogue)
    assert nonzero(load(catalogue, folder)) == {"listed": 1, "unchanged": 1}
    monkeypatch.setattr(pipeline, "parser_version", lambda kind, reading: f"{kind}-{reading}-p{PARSER + 1}")
    assert nonzero(load(catalogue, folder)) == {"listed": 1, "unchanged": 1}
    assert only(catalogue) == held


def test_another_scan_in_its_place_is_recognised_too(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    recognise(catalogue)
    (folder / "校车通知扫描件.pdf").write_bytes(picture(200))
    assert nonzero(load(catalogue, folder)) == {"listed": 1, "updated": 1}
    (review,) = reviews(catalogue, "needs_ocr")
    assert review.key == "2"
    engine.rows = (*ROWS[:2], "云江市人民政府关于加强养老服务工作的通知", *ROWS[3:])
    assert recognise(catalogue)["recognised"] == 1
    assert only(catalogue)["title"] == engine.rows[2]


def test_what_a_person_edited_stays(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    record = only(catalogue)
    with catalogue.store.write(actor="editor", reason="by hand") as work:
        reading = {"raw": "人工标题", "where": "manual", "confidence": 1.0}
        edited = {
            **record,
            "title": "人工标题",
            "version": 2,
            "metadata": {**record["metadata"], "title": "人工标题"},
            "readings": {**record["readings"], "title": reading},
        }
        work.update([RecordWrite(record=edited)])
    recognise(catalogue)
    held = only(catalogue)
    assert (held["title"], held["version"]) == ("人工标题", 3)
    assert held["metadata"]["doc_number"]["canonical"] == ROWS[1]


def test_doubtful_text_is_flagged_and_put_on_the_list_with_its_pages(
    catalogue: Catalogue, folder: Path, engine: Engine
) -> None:
    (folder / "校车通知扫描件.pdf").write_bytes(picture(pages=2))
    load(catalogue, folder)
    engine.sure = 0.6
    assert recognise(catalogue)["pages"] == 2
    assert "ocr_low_confidence" in only(catalogue)["metadata"]["quality_flags"]
    (review,) = reviews(catalogue, "ocr_low_confidence")
    assert review.detail == {
        "pages": [1, 2], "reason": "the recognised text is doubtful", "confidence": 0.6, "engine": "made-up 1",
    }  # fmt: skip


def test_a_scan_without_any_text_is_told_and_not_tried_for_ever(
    catalogue: Catalogue, folder: Path, engine: Engine
) -> None:
    load(catalogue, folder)
    engine.rows = ()
    assert recognise(catalogue)["recognised"] == 1
    record = only(catalogue)
    assert record["title"] == "校车通知扫描件"
    assert {"empty_body", "ocr_low_confidence"} <= set(record["metadata"]["quality_flags"])
    assert reviews(catalogue, "needs_ocr") == []
    (review,) = reviews(catalogue, "ocr_low_confidence")
    assert review.detail["reason"] == "no text was found on any page"


def test_one_that_fails_does_not_hold_up_the_others_and_is_tried_three_times(
    catalogue: Catalogue, folder: Path, engine: Engine, clock: Clock
) -> None:
    (folder / "a-broken.png").write_bytes(picture(form="PNG")[:200])
    load(catalogue, folder)
    first = recognise(catalogue)
    assert (first["recognised"], first["failed"]) == (1, 1)
    assert "no pictures can be made of it" in first["failures"][0]["reason"]
    assert len(reviews(catalogue, "needs_ocr")) == 1
    assert recognise(catalogue)["failed"] == 0  # not at once
    assert not ocr.is_due(catalogue)
    clock.now += timedelta(minutes=11)
    assert ocr.is_due(catalogue)
    assert recognise(catalogue)["failed"] == 1
    assert call(catalogue, OPERATOR, "ocr.status")["to_be_tried_again"] == 1
    assert recognise(catalogue, at_once=True)["failed"] == 1
    assert reviews(catalogue, "needs_ocr") == []
    (left,) = reviews(catalogue, "unread_file")
    assert (left.detail["attempts"], "a-broken.png" in left.detail["reason"]) == (3, True)
    assert call(catalogue, OPERATOR, "ocr.status")["failed"] == 1
    assert recognise(catalogue, at_once=True)["failed"] == 0


def test_a_reader_that_breaks_is_this_scan_s_trouble(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    engine.error = ZeroDivisionError("a bug")
    report = recognise(catalogue)
    assert "ZeroDivisionError: a bug" in report["failures"][0]["reason"]


def test_a_worker_that_is_to_stop_stops_after_a_page_and_nothing_is_noted(
    catalogue: Catalogue, folder: Path, engine: Engine
) -> None:
    (folder / "校车通知扫描件.pdf").write_bytes(picture(pages=3))
    load(catalogue, folder)
    held = only(catalogue)

    def stop(_done: int, _total: int | None) -> None:
        raise GongkaiError("the worker stops")

    with pytest.raises(GongkaiError, match="the worker stops"):
        recognise(catalogue, progress=stop)
    assert engine.pages == 1
    assert only(catalogue) == held
    assert reviews(catalogue, "unread_file", "done") == []
    assert recognise(catalogue)["recognised"] == 1  # the lease was given back


def test_only_one_process_recognises_at_a_time(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    with catalogue.store.write(actor="other", reason="busy") as work:
        lease = work.take_lease(ocr.LEASE, seconds=60)
    with pytest.raises(Busy, match="ocr is held by"):
        recognise(catalogue)
    assert not ocr.is_due(catalogue)
    assert call(catalogue, OPERATOR, "ocr.status")["at_work"] == lease.holder


def test_one_that_lost_its_lease_writes_nothing(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    held = only(catalogue)

    def steal(_done: int, _total: int | None) -> None:
        with catalogue.store.write(actor="other", reason="takes over") as work:
            work.release_lease(work.lease(ocr.LEASE))  # type: ignore[arg-type]
            work.take_lease(ocr.LEASE)

    with pytest.raises(Conflict):
        recognise(catalogue, progress=steal)
    assert only(catalogue) == held


def test_a_scan_that_was_replaced_meanwhile_is_left_to_the_next_run(
    catalogue: Catalogue, folder: Path, engine: Engine
) -> None:
    load(catalogue, folder)
    once: list[int] = []

    def replaced(_done: int, _total: int | None) -> None:
        if not once:
            once.append(1)
            (folder / "校车通知扫描件.pdf").write_bytes(picture(100))
            load(catalogue, folder)

    recognise(catalogue, progress=replaced)
    assert "needs_ocr" in only(catalogue)["metadata"]["quality_flags"]
    assert recognise(catalogue)["recognised"] == 1
    assert only(catalogue)["title"] == ROWS[2]


def test_a_withdrawn_record_is_put_aside(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    record = only(catalogue)
    with catalogue.store.write(actor="op", reason="withdraw") as work:
        work.set_state([record["id"]], "withdrawn", "by mistake")
    report = recognise(catalogue)
    assert (report["put_aside"], report["recognised"], engine.pages) == (1, 0, 0)
    assert reviews(catalogue, "needs_ocr") == []


def test_only_some_at_a_time_or_one_by_name(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    for number in range(3):
        (folder / f"扫描{number}.tif").write_bytes(picture(90 + number, "TIFF"))
    load(catalogue, folder)
    assert recognise(catalogue, limit=2)["recognised"] == 2
    assert recognise(catalogue, seconds=-1.0)["recognised"] == 0
    (one, _) = reviews(catalogue, "needs_ocr")
    assert recognise(catalogue, record=one.record_id)["recognised"] == 1
    assert len(reviews(catalogue, "needs_ocr")) == 1
    with pytest.raises(NotFound, match="no record is called nobody"):
        recognise(catalogue, record="nobody")


def test_without_an_engine_it_says_what_to_install(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(catalogue, folder)
    monkeypatch.setattr(ocr, "choose", lambda _choice: None)
    with pytest.raises(Misconfigured, match="pip install 'gongkai\\[ocr\\]'"):
        recognise(catalogue)
    assert not ocr.is_due(catalogue)
    status = call(catalogue, OPERATOR, "ocr.status")
    assert (status["engine"], status["waiting"]) == (None, 1)


def test_a_scan_whose_text_lies_beside_it_needs_no_engine(catalogue: Catalogue, folder: Path) -> None:
    (folder / "校车通知扫描件.txt").write_text("\n".join(ROWS), encoding="utf-8")
    load(catalogue, folder)
    record = only(catalogue)
    assert record["title"] == ROWS[2]
    assert record["metadata"]["text_authority"] == "ocr_unreviewed"
    assert reviews(catalogue, "needs_ocr") == []


def test_the_worker_s_task_does_what_is_due(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    tasks.TASKS["ocr.run"].run(catalogue, {}, lambda _done, _total: None)
    assert only(catalogue)["title"] == ROWS[2]
    tasks.TASKS["ocr.run"].run(catalogue, {}, lambda _done, _total: None)
    assert engine.pages == 1


def test_reviews_are_listed_settled_and_dismissed_for_good(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    load(catalogue, folder)
    record = only(catalogue)
    listed = call(catalogue, OPERATOR, "review.list")
    assert listed["counts"] == {"needs_ocr": 1}
    (item,) = listed["reviews"]
    assert (item["name"], item["title"], item["detail"]) == (record["name"], record["title"], {"flags": ["needs_ocr"]})
    settled = {"record": record["name"], "kind": "needs_ocr", "state": "dismissed"}
    assert call(catalogue, OPERATOR, "review.settle", settled)["state"] == "dismissed"
    with pytest.raises(NotFound, match="has no open review needs_ocr"):
        call(catalogue, OPERATOR, "review.settle", settled)
    with pytest.raises(NotFound, match="no kind of review is called x"):
        call(catalogue, OPERATOR, "review.list", {"kind": "x"})
    (folder / "校车通知扫描件.pdf").write_bytes(picture(50))
    load(catalogue, folder)
    assert reviews(catalogue, "needs_ocr") == []
    assert call(catalogue, OPERATOR, "review.list", {"state": "dismissed"})["reviews"][0]["decided_by"] == "op"


def test_of_a_mixed_file_only_the_pictures_are_recognised(catalogue: Catalogue, folder: Path, engine: Engine) -> None:
    target = folder / "校车通知扫描件.pdf"
    whole = pypdfium2.PdfDocument(pdf([[(72, 760, 20, ROWS[2]), (72, 700, 14, "第一页有文字层，不必识别。")]]))
    scan = pypdfium2.PdfDocument(picture())
    whole.import_pages(scan)
    whole.save(target)
    whole.close()
    scan.close()
    load(catalogue, folder)
    assert "pages 2 are a picture" in str(extract(RawDocument(target.read_bytes())).problems)
    engine.rows = ("附件盖章页",)
    assert recognise(catalogue)["pages"] == 1
    record = only(catalogue)
    assert record["title"] == ROWS[2]
    with catalogue.store.read() as reader:
        blocks = reader.texts([record["text_hash"]])[record["text_hash"]]
    assert [(block.page, block.text) for block in blocks] == [(1, "第一页有文字层，不必识别。"), (2, "附件盖章页")]


def test_what_is_no_scan_is_refused(engine: Engine) -> None:
    with pytest.raises(Refused, match="is no scan"):
        recognition.recognise(b"plain text of a page", engine, name="a.txt", told=lambda _number: None)


def reread(catalogue: Catalogue, **params: Any) -> dict[str, Any]:
    report = call(catalogue, OPERATOR, "source.reread", {"source": "quelle", **params})
    return {
        name: report[name] for name in ("unchanged", "changed", "other_place", "errors", "not_kept") if report[name]
    } | ({"fields": report["fields"]} if report["fields"] else {})


def whole(catalogue: Catalogue) -> tuple[Record, Any, Any]:
    record = only(catalogue)
    with catalogue.store.read() as reader:
        return record, reader.files([record["id"]]), reader.texts([record["text_hash"]])


def test_a_recognised_scan_is_read_again_with_the_words_that_were_kept(
    catalogue: Catalogue, folder: Path, engine: Engine
) -> None:
    load(catalogue, folder)
    recognise(catalogue)
    held = whole(catalogue)
    (folder / "校车通知扫描件.pdf").unlink()
    assert reread(catalogue, apply=True) == {"unchanged": 1}
    assert whole(catalogue) == held
    assert engine.pages == 1


def test_better_readers_read_a_recognised_scan_better(
    catalogue: Catalogue, folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(catalogue, folder)
    recognise(catalogue)
    held = whole(catalogue)
    as_now = Extractors.extract

    def better(self: Extractors, document: RawDocument) -> Draft:
        draft = as_now(self, document)
        draft.fields["title"] = draft.fields["title"] + "（扫描）"
        return draft

    monkeypatch.setattr(Extractors, "extract", better)
    assert reread(catalogue) == {"changed": 1, "fields": {"title": 1}}
    assert reread(catalogue, apply=True)["changed"] == 1
    record, files, texts = whole(catalogue)
    assert record["title"] == f"{ROWS[2]}（扫描）"
    assert (set(files.values().__iter__().__next__()), texts) == (set(held[1][record["id"]]), held[2])
    assert record["metadata"]["text_authority"] == "ocr_unreviewed"
    assert reviews(catalogue, "needs_ocr") == []


@pytest.mark.parametrize("kind", ["txt", "alto.xml"])
def test_a_scan_is_read_again_with_the_text_that_lay_beside_it(catalogue: Catalogue, folder: Path, kind: str) -> None:
    page = Engine().recognise(Picture(1, 1400, 2000, b""))
    alto = write_alto([page], software="another engine", source="校车通知扫描件.pdf")
    (folder / f"校车通知扫描件.{kind}").write_bytes(alto if kind == "alto.xml" else "\n".join(ROWS).encode())
    load(catalogue, folder)
    held = whole(catalogue)
    assert (held[0]["title"], held[0]["metadata"]["text_authority"]) == (ROWS[2], "ocr_unreviewed")
    assert {file.role for file in held[1][held[0]["id"]]} == {"original", "sidecar"}
    for file in folder.iterdir():
        file.unlink()
    assert reread(catalogue, apply=True) == {"unchanged": 1}
    assert whole(catalogue) == held


def test_a_scan_that_nobody_recognised_yet_stays_one_that_waits(catalogue: Catalogue, folder: Path) -> None:
    load(catalogue, folder)
    held = whole(catalogue)
    assert reread(catalogue, apply=True) == {"unchanged": 1}
    assert whole(catalogue) == held
    assert len(reviews(catalogue, "needs_ocr")) == 1
