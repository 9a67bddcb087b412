"""Loading local files: pages, record files with and without a map, bad lines, links, hidden files; and exports that come back."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import yaml

from catalog.actions.context import Catalogue
from catalog.actions.views import export_line
from catalog.errors import InvalidInput
from catalog.model.disclosure import public_view
from tests.integration.harvest_parts import add_source, codes, make_catalogue, nonzero, records, run, titles

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "sources"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "var")
    yield made
    made.store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    return made


def load(catalogue: Catalogue, *paths: Path, **config) -> dict:
    return run(catalogue, add_source(catalogue, "folder", {"paths": [str(path) for path in paths], **config}))


def lines(*rows: object) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


MAP = {
    "type": "normative_document",
    "key": "id",
    "external_id": "id",
    "fields": {"title": "名称", "doc_number": "文号", "date_written": "日期"},
    "constants": {"publisher": "云江市人民政府", "disclosure": "unknown"},
    "text": "正文",
}


def test_pages_are_loaded_in_the_order_of_their_names(catalogue: Catalogue, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "b.html").write_text("<h1>关于乙的通知</h1><p>正文。</p>")
    (folder / "a.txt").write_text("关于甲的通知\n正文。\n")
    (folder / "sub" / "c.html").write_text("<h1>关于丙的通知</h1><p>正文。</p>")
    report = load(catalogue, folder, publisher="云江市人民政府", level="municipal")
    assert nonzero(report) == {"listed": 3, "created": 3}
    with catalogue.store.read() as reader:
        items = reader.objects(report["job"])
        first = reader.record(items[0].record_id)
        assert [item.ref for item in items] == ["papers/a.txt", "papers/b.html", "papers/sub/c.html"]
        (original,) = reader.files([first["id"]])[first["id"]]
        (place,) = reader.provenances([first["id"]])[first["id"]]
    assert first["title"] == "关于甲的通知"
    assert (first["metadata"]["publisher"], first["metadata"]["level"], first["metadata"]["disclosure"]) == (
        "云江市人民政府",
        "municipal",
        "unknown",
    )
    assert (original.role, original.name, original.media_type) == ("original", "a.txt", "text/plain")
    assert place["ref"] == "papers/a.txt"
    assert catalogue.files.exists(place["sha256_raw"])
    assert nonzero(load(catalogue, folder, publisher="云江市人民政府", level="municipal")) == {
        "listed": 3,
        "unchanged": 3,
    }


def test_what_is_not_to_be_read_is_skipped_with_its_reason(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.html").write_text("<h1>外面的通知</h1>")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.html").write_text("<h1>别处的通知</h1>")
    (folder / "inside.html").write_text("<h1>里面的通知</h1>")
    (folder / ".hidden.html").write_text("<h1>藏起来的通知</h1>")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.html").write_text("<h1>版本库</h1>")
    (folder / "film.mp4").write_bytes(b"\xff\xd8")
    (folder / "to_file.html").symlink_to(tmp_path / "outside.html")
    (folder / "to_inside.html").symlink_to(folder / "inside.html")
    (folder / "to_folder").symlink_to(tmp_path / "elsewhere")
    (folder / "to_nothing.html").symlink_to(folder / "gone.html")
    report = load(catalogue, folder)
    assert {"papers/.git/": "hidden", "papers/to_folder/": "outside"}.items() <= {
        t["ref"]: t["code"] for t in report["troubles"]
    }.items()
    assert codes(report) == {
        ".hidden.html": "hidden",
        "": "hidden",
        "film.mp4": "unsupported_type",
        "to_file.html": "outside",
        "to_nothing.html": "not_a_file",
    } | {"": codes(report)[""]}
    assert nonzero(report) == {"listed": 8, "created": 2, "skipped": 6}
    assert set(titles(catalogue)) == {"里面的通知"}


def test_a_path_that_is_named_is_meant(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    (folder / ".hidden.html").write_text("<h1>藏起来的通知</h1>")
    (folder / "link.html").symlink_to(tmp_path / "outside.html")
    (tmp_path / "outside.html").write_text("<h1>外面的通知</h1>")
    report = load(catalogue, folder / ".hidden.html", folder / "link.html", folder / "gone.html")
    assert nonzero(report) == {"listed": 3, "created": 2, "skipped": 1}
    assert codes(report) == {"gone.html": "not_a_file"}


def test_two_folders_of_one_name_do_not_mix(catalogue: Catalogue, tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "x").mkdir(parents=True)
        (tmp_path / parent / "x" / "1.html").write_text(f"<h1>{parent}的通知</h1>")
    report = load(catalogue, tmp_path / "a" / "x", tmp_path / "b" / "x")
    assert nonzero(report) == {"listed": 2, "created": 2}
    with catalogue.store.read() as reader:
        assert [item.key for item in reader.objects(report["job"])] == ["x/1.html", "x/1.html (2)"]


def test_a_folder_that_may_not_be_read_is_told(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "closed").mkdir()
    (folder / "good.html").write_text("<h1>关于甲的通知</h1>")
    scan = os.scandir

    def guarded(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", guarded)
    report = load(catalogue, folder)
    assert nonzero(report) == {"listed": 2, "created": 1, "quarantined": 1}
    assert "Permission denied" in report["troubles"][0]["message"]


def test_bad_pages_are_quarantined_with_their_bytes(catalogue: Catalogue, folder: Path) -> None:
    (folder / "empty.html").write_bytes(b"")
    (folder / "zip.pdf").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    (folder / "untitled.html").write_text("<p>没有标题。</p>")
    (folder / "good.html").write_text("<h1>关于甲的通知</h1>")
    with (folder / "huge.html").open("wb") as huge:
        huge.truncate(200_000_000)
    report = load(catalogue, folder)
    assert nonzero(report) == {"listed": 5, "created": 1, "quarantined": 4}
    assert codes(report) == {
        "empty.html": "empty",
        "zip.pdf": "wrong_media_type",
        "untitled.html": "required",
        "huge.html": "too_large",
    }
    kept = {trouble["ref"].rsplit("/", 1)[-1]: trouble["sha256_raw"] for trouble in report["troubles"]}
    assert kept["huge.html"] is None
    with catalogue.files.open(kept["untitled.html"]) as file:
        assert file.read().decode() == "<p>没有标题。</p>"


def test_a_record_file_is_read_through_its_map_and_kept_whole(catalogue: Catalogue, folder: Path) -> None:
    rows = (
        {
            "id": 1,
            "名称": "关于甲的通知",
            "文号": "云政发[2020]1号",
            "日期": "二○二○年三月一日",
            "正文": "各单位：\n请执行。",
        },
        {"id": 2, "名称": "关于乙的通知", "文号": "云政发〔2020〕号2", "日期": "不详"},
        {"id": 3, "文号": "云政发〔2020〕3号"},
        [4],
        {"id": 1, "名称": "同号的通知"},
    )
    path = folder / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(lines(*rows) + b"{broken\n\n" + lines({"id": 7, "名称": "关于丁的通知"})))
    (folder / "map.yaml").write_bytes(orjson.dumps(MAP))
    report = load(catalogue, path, map=str(folder / "map.yaml"))
    assert nonzero(report) == {"listed": 7, "created": 3, "skipped": 1, "quarantined": 3}
    assert codes(report) == {
        "rows.jsonl.gz#L3": "required",
        "rows.jsonl.gz#L4": "not_an_object",
        "rows.jsonl.gz#L5": "repeated_key",
        "rows.jsonl.gz#L6": "bad_json",
    }
    found = records(catalogue)
    first = found["关于甲的通知"]["metadata"]
    assert (first["doc_number"]["canonical"], first["date_written"], first["external_id"]) == (
        "云政发〔2020〕1号",
        "2020-03-01",
        "1",
    )
    assert found["关于甲的通知"]["readings"]["doc_number"] == {
        "raw": "云政发[2020]1号",
        "where": "map",
        "confidence": 1.0,
    }
    second = found["关于乙的通知"]["metadata"]
    assert {"damaged_number", "damaged_date"} <= set(second["quality_flags"])
    assert "doc_number" not in second
    with catalogue.store.read() as reader:
        blocks = reader.texts([found["关于甲的通知"]["text_hash"]])[found["关于甲的通知"]["text_hash"]]
        items = {item.key: item for item in reader.objects(report["job"])}
        containers = reader.job(report["job"]).report["containers"]
    assert [block.text for block in blocks] == ["各单位：", "请执行。"]
    assert {problem.field for problem in items["2"].problems if problem.code == "unreadable"} == {
        "doc_number",
        "date_written",
    }
    with catalogue.files.open(containers["rows.jsonl.gz"]) as kept:
        assert kept.read() == path.read_bytes()
    with catalogue.files.open(items["rows.jsonl.gz#L6"].sha256_raw) as kept:
        assert kept.read() == b"{broken"
    again = load(catalogue, path, map=str(folder / "map.yaml"))
    assert nonzero(again) == {"listed": 7, "unchanged": 3, "skipped": 1, "quarantined": 3}


def test_a_changed_line_is_an_update_and_a_changed_map_reads_all_lines_anew(catalogue: Catalogue, folder: Path) -> None:
    path = folder / "rows.jsonl"
    path.write_bytes(lines({"id": 1, "名称": "关于甲的通知"}, {"id": 2, "名称": "关于乙的通知"}))
    load(catalogue, path, map=MAP)
    path.write_bytes(lines({"id": 2, "名称": "关于乙的通知"}, {"id": 1, "名称": "关于甲的紧急通知"}))
    assert nonzero(load(catalogue, path, map=MAP)) == {"listed": 2, "updated": 1, "unchanged": 1}
    changed = {**MAP, "constants": {"publisher": "清江市人民政府"}}
    assert nonzero(load(catalogue, path, map=changed)) == {"listed": 2, "updated": 2}
    assert {record["metadata"]["publisher"] for record in records(catalogue).values()} == {"清江市人民政府"}


def test_records_with_our_own_names_need_no_map(catalogue: Catalogue, folder: Path) -> None:
    path = folder / "own.jsonl"
    path.write_bytes(
        lines(
            {
                "record_type": "normative_document",
                "title": "关于甲的通知",
                "doc_number": "云政发〔2020〕1号",
                "text": "第一段\n第二段",
            },
            {"record_type": "dataset", "title": "厕所名录", "identifier": "YJ-1", "open_type": "无条件开放"},
            {"record_type": "dataset", "title": "公园名录", "identifer": "YJ-2"},
        )
    )
    report = load(catalogue, path)
    assert nonzero(report) == {"listed": 3, "created": 2, "quarantined": 1}
    assert "did you mean identifier" in report["troubles"][0]["message"]
    assert records(catalogue)["厕所名录"]["metadata"]["open_type"] == "unconditional"


def test_a_record_file_with_other_names_is_one_trouble_not_thousands(catalogue: Catalogue, folder: Path) -> None:
    (folder / "other.jsonl").write_bytes(lines(*({"titel": f"第{n}号"} for n in range(1000))))
    (folder / "none.jsonl").write_bytes(b"")
    (folder / "page.html").write_text("<h1>关于甲的通知</h1>")
    report = load(catalogue, folder, type="normative_document")
    assert nonzero(report) == {"listed": 3, "created": 1, "quarantined": 2}
    assert codes(report) == {"other.jsonl": "unknown_field", "none.jsonl": "empty"}
    assert "did you mean title" in next(t["message"] for t in report["troubles"] if "other" in t["ref"])


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"{}")[:10] + b"garbage", gzip.compress(lines({"id": 1, "名称": "甲"}))[:-12], b"not gzip at all"],
    ids=["garbage", "cut", "plain"],
)
def test_a_damaged_archive_is_told_and_what_could_be_read_is_taken(
    catalogue: Catalogue, folder: Path, content: bytes
) -> None:
    path = folder / "rows.jsonl.gz"
    path.write_bytes(content)
    report = load(catalogue, path, map=MAP)
    assert report["state"] == "finished"
    assert "damaged_file" in codes(report).values()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_sources_that_we_ship_as_examples_are_right(catalogue: Catalogue, path: Path) -> None:
    source = yaml.safe_load(path.read_text("utf-8"))
    assert set(source) == {"name", "kind", "title", "config"}
    assert catalogue.harvest.check(source["kind"], source["config"])


def test_two_records_of_one_address_stay_two_unless_the_address_is_the_key(catalogue: Catalogue, folder: Path) -> None:
    path = folder / "rows.jsonl"
    path.write_bytes(
        lines({"id": 1, "名称": "甲", "u": "http://x.example/1"}, {"id": 2, "名称": "乙", "u": "http://x.example/1"})
    )
    mapped = {**MAP, "fields": {"title": "名称", "url": "u"}}
    assert nonzero(load(catalogue, path, map=mapped))["created"] == 2
    by_address = add_source(catalogue, "folder", {"paths": [str(path)], "map": {**mapped, "key": "u"}}, name="other")
    assert nonzero(run(catalogue, by_address)) == {"listed": 2, "created": 1, "skipped": 1}


def test_an_export_comes_back_as_it_went_out(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    rows = lines(
        {
            "id": 1,
            "名称": "关于甲的通知",
            "文号": "云政发[2020]1号",
            "日期": "2020年3月1日",
            "正文": "各单位：\n请执行。",
        },
        {"id": 2, "名称": "云江市人民政府关于乙的意见", "日期": "2020年4月"},
    )
    (folder / "rows.jsonl").write_bytes(rows)
    events = {"from": "日期", "verbs": {"年": "repealed"}}
    mapped = {**MAP, "events": events, "fields": {**MAP["fields"], "issuing_body": {"from": "名称", "take": "issuers"}}}
    load(catalogue, folder / "rows.jsonl", map=mapped)
    (folder / "export.jsonl").write_bytes(lines(*exported(catalogue)))
    second = make_catalogue(tmp_path / "second")
    assert nonzero(load(second, folder / "export.jsonl")) == {"listed": 2, "created": 2}
    for before, after in zip(exported(catalogue), exported(second), strict=True):
        for line in (before, after):
            for name in ("id", "harvest", "provenance", "created_at", "updated_at"):
                line.pop(name)
        assert after == before
    second.store.close()


def exported(catalogue: Catalogue) -> list[dict]:
    with catalogue.store.read() as reader:
        views = [public_view(record) for record in reader.iter_records()]
    today = catalogue.today()
    return sorted((export_line(view, [], [], [], today=today) for view in views), key=lambda line: line["title"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"feilds": {}}, "did you mean fields"),
        ({"fields": {"titel": "名称"}}, "did you mean title"),
        ({"fields": {"title": {"frmo": "名称"}}}, "did you mean from"),
        ({"fields": {"title": {"from": "名称", "take": "issuer"}}}, "did you mean issuers"),
        ({"fields": {"title": {"from": "名称", "pattern": "("}}}, "not a regular expression"),
        ({"fields": {"title": {"table": {}}}}, "exactly one of"),
        ({"type": "normative_documents"}, "normative_documents"),
        ({"constants": {"level": "metropolitan"}}, "constants.level"),
        ({"html": "h"}, "more than one"),
        ({"relations": {"publishd_in": "x"}}, "did you mean published_in"),
        ({"events": {"from": "日期", "verbs": {"废止": "repeal"}}}, "did you mean repealed"),
        ({"fields": {"title": {"from": "名称", "for": "dataset"}}}, "unknown record type dataset"),
    ],
)
def test_a_map_with_a_wrong_name_fails_at_once(catalogue: Catalogue, folder: Path, change: dict, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        catalogue.harvest.check("folder", {"paths": [str(folder)], "map": {**MAP, **change}})


def test_a_map_file_that_is_none_is_told(catalogue: Catalogue, folder: Path) -> None:
    (folder / "map.yaml").write_text("- a\n- b\n")
    for given in (str(folder / "map.yaml"), str(folder / "gone.yaml"), 7):
        with pytest.raises(InvalidInput, match="map"):
            catalogue.harvest.check("folder", {"paths": [str(folder)], "map": given})
