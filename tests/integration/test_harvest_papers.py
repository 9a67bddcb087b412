"""Folders as archives give them: documents of every format, packed files, scans with their recognised text, what nothing can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.actions.context import Catalogue
from catalog.extract.plugin import ExtractorsPlugin
from catalog.harvesters.archives import packed
from catalog.harvesters.folder import FolderHarvester
from catalog.model.draft import Draft, RawDocument, Reading
from tests.extract_format_samples import archive, docx, p, pdf
from tests.fuzz.targets import tar
from tests.integration.harvest_parts import add_source, codes, make_catalogue, nonzero, run, titles
from tests.notice_in_formats import in_all_formats

PAGE = "<h1>云江市人民政府关于{}的通知</h1><p>请各地做好有关工作，按时报送情况。</p>"


class ScanReader:
    """Takes the text beside a scan as it is: for what the folder hands on, whatever reads it."""

    name, version, media_types = "scans", "1", frozenset({"image/png", "application/pdf"})

    def extract(self, document: RawDocument) -> Draft:
        draft = Draft("normative_document")
        text = " ".join(f"{name}:{content.decode()}" for name, content in document.sidecars) or "无字"
        draft.put("title", text, Reading(text, "title", 0.9))
        return draft


class Scans:
    name = "scans"

    def text_extractors(self) -> tuple[ScanReader, ...]:
        return (ScanReader(),)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "var", ("documents", ExtractorsPlugin))
    yield made
    made.store.close()


@pytest.fixture
def scans(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "scans", ("documents", ExtractorsPlugin), ("scans", Scans))
    yield made
    made.store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    return made


def load(catalogue: Catalogue, folder: Path, **options) -> dict:
    return run(catalogue, add_source(catalogue, "folder", {"paths": [str(folder)]}), **options)


def test_documents_of_every_format_are_items(catalogue: Catalogue, folder: Path) -> None:
    for kind, (content, name) in in_all_formats().items():
        (folder / kind).mkdir()
        (folder / kind / name).write_bytes(content)
    report = load(catalogue, folder)
    with catalogue.store.read() as reader:
        items = reader.objects(report["job"])
        records = {item.record_id for item in items}
    assert {item.state for item in items} <= {"created", "updated", "unchanged"}
    assert {item.title for item in items} == {"云江市人民政府办公室关于印发云江市城市供水管理办法的通知"}
    assert records


def test_files_of_archives_are_items_and_the_archive_is_kept_once(catalogue: Catalogue, folder: Path) -> None:
    inner = archive({"丁.html": PAGE.format("丁"), "再内.zip": archive({"x.html": "x"})})
    content = archive({"甲/乙.html": PAGE.format("乙"), "../../丙.docx": docx(p("云江市人民政府关于丙的通知")), "内.zip": inner, ".hidden.html": "x", "film.mp4": "x"})  # fmt: skip
    (folder / "批.zip").write_bytes(content)
    (folder / "戊.tar.gz").write_bytes(
        tar({"戊.txt": "云江市人民政府关于戊的通知\n各区县人民政府：\n请各地做好有关工作。\n".encode()}, "w:gz")
    )
    (folder / "坏.zip").write_bytes(b"PK\x03\x04 torn")
    report = load(catalogue, folder)
    with catalogue.store.read() as reader:
        items = {item.ref: item.state for item in reader.objects(report["job"])}
        places = {item.key for item in reader.objects(report["job"])}
    assert items == {
        "papers/坏.zip": "quarantined", "papers/戊.tar.gz!/戊.txt": "created", "papers/批.zip!/甲/乙.html": "created", "papers/批.zip!/丙.docx": "created",
        "papers/批.zip!/内.zip!/丁.html": "created", "papers/批.zip!/内.zip!/再内.zip": "quarantined", "papers/批.zip!/.hidden.html": "skipped",
        "papers/批.zip!/film.mp4": "skipped",
    }  # fmt: skip
    assert set(items) == places
    assert codes(report)["再内.zip"] == "nested_archive"
    with catalogue.store.read() as reader:
        kept = reader.job(report["job"]).report["containers"]
    assert set(kept) == {"papers/批.zip", "papers/戊.tar.gz", "papers/坏.zip"}
    assert all(catalogue.files.exists(sha256) for sha256 in kept.values())
    assert titles(catalogue) == [f"云江市人民政府关于{one}的通知" for one in sorted("丁丙乙戊")]
    again = nonzero(load(catalogue, folder))
    assert (again["unchanged"], again.get("created", 0)) == (4, 0)


def test_a_listing_of_an_archive_goes_on_where_it_stopped(catalogue: Catalogue, folder: Path) -> None:
    (folder / "批.zip").write_bytes(archive({f"{at}.html": PAGE.format(at) for at in range(5)}))
    source = add_source(catalogue, "folder", {"paths": [str(folder)]})
    harvester = FolderHarvester()

    class Lent:
        config = source.config

    whole = list(harvester.list(Lent(), None))
    assert [one.key for one in harvester.list(Lent(), whole[2].position)] == [one.key for one in whole[3:]]
    assert [one.name for one in packed(folder / "批.zip", "批.zip", start=4)] == ["批.zip!/4.html"]
    os.utime(folder / "批.zip", ns=(1, 1))
    assert len(list(harvester.list(Lent(), whole[2].position))) == 5


def test_what_lies_beside_a_scan_is_read_with_it_and_is_no_item(scans: Catalogue, folder: Path) -> None:
    (folder / "扫描.pdf").write_bytes(pdf([[]]))
    (folder / "扫描.txt").write_text("旧文")
    (folder / "独立.txt").write_text("云江市人民政府关于独立的通知\n请各地做好有关工作。")
    (folder / "扫描.html").write_text(PAGE.format("同名网页"))
    report = load(scans, folder)
    with scans.store.read() as reader:
        items = reader.objects(report["job"])
        scan = next(item for item in items if item.ref == "papers/扫描.pdf")
        files = {(file.role, file.name) for file in reader.files([scan.record_id])[scan.record_id]}
    assert [item.ref for item in items] == ["papers/扫描.html", "papers/扫描.pdf", "papers/独立.txt"]
    assert scan.title == "扫描.txt:旧文"
    assert files == {("original", "扫描.pdf"), ("sidecar", "扫描.txt")}
    assert nonzero(load(scans, folder)) == {"listed": 3, "unchanged": 3}


def test_a_change_beside_a_scan_reads_it_anew(scans: Catalogue, folder: Path) -> None:
    (folder / "扫描.pdf").write_bytes(pdf([[]]))
    (folder / "扫描.txt").write_text("旧文")
    load(scans, folder)
    (folder / "扫描.txt").write_text("新文")
    assert nonzero(load(scans, folder)) == {"listed": 1, "updated": 1}
    assert titles(scans) == ["扫描.txt:新文"]
    (folder / "扫描.txt").unlink()
    assert nonzero(load(scans, folder)) == {"listed": 1, "updated": 1}
    assert titles(scans) == ["无字"]
    (folder / "扫描.hocr").write_text("字")
    assert nonzero(load(scans, folder)) == {"listed": 1, "updated": 1}


def test_scans_in_archives_have_their_text_beside_them_too(scans: Catalogue, folder: Path) -> None:
    (folder / "批.zip").write_bytes(
        archive({"甲/扫描.pdf": pdf([[]]), "甲/扫描.txt": "文字", "乙/扫描.txt": PAGE.format("乙")})
    )
    report = load(scans, folder)
    with scans.store.read() as reader:
        found = {item.ref: item.title for item in reader.objects(report["job"])}
    assert found["papers/批.zip!/甲/扫描.pdf"] == "扫描.txt:文字"
    assert set(found) == {"papers/批.zip!/甲/扫描.pdf", "papers/批.zip!/乙/扫描.txt"}


def test_what_nothing_reads_becomes_a_record_that_says_so(catalogue: Catalogue, folder: Path) -> None:
    (folder / "关于旧稿的通知.wps").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))
    report = load(catalogue, folder)
    assert nonzero(report) == {"listed": 1, "created": 1}
    with catalogue.store.read() as reader:
        (item,) = reader.objects(report["job"])
        record = reader.record(item.record_id)
        (original,) = reader.files([item.record_id])[item.record_id]
        waiting = {review.kind for review in reader.reviews()}
    assert record["title"] == "关于旧稿的通知"
    assert "unread_file" in record["metadata"]["quality_flags"]
    assert catalogue.files.exists(original.sha256)
    assert "unread_file" in waiting
