"""`gongkai citations`, and the citations of a record on its page and in the API: place, article, why it is open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.actions import ANONYMOUS, Catalogue, call
from catalog.app import create_app
from catalog.cli import main

MAP = """
type: regulation
key: id
fields: {title: title, date_published: day, level: level, issuing_body: body, disclosure: disclosure}
constants: {lang: zh-Hans, script: Hans}
text: text
"""
ROWS = [
    {"id": "water", "title": "云江市节约用水条例", "day": "2015-01-01", "text": "第一条 为了节水，制定本条例。\n第二条 本市节水。\n违反的罚款。"},
    {
        "id": "rule", "title": "云江市计划用水办法", "day": "2016-01-01",
        "text": "第一条 根据《云江市节约用水条例》（以下简称《条例》）第二条第二款，制定本办法。\n第二条 依照《岚山市供水条例》收费。\n"
        "第三条 违反《条例》第一条的，予以处罚。《云江市用水暂行规定》同时废止。",
    },
    {"id": "hidden", "title": "云江市内部规定", "day": "2016-01-01", "disclosure": "withheld", "disclosure_reason": "内部",
     "text": "第一条 根据《云江市节约用水条例》。\n第二条 略。"},
]  # fmt: skip


@pytest.fixture(scope="module")
def gongkai(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Result]]:
    folder = tmp_path_factory.mktemp("citations")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_DATA_DIR", str(folder / "var"))
        (folder / "map.yaml").write_text(MAP, encoding="utf-8")
        rows = (
            json.dumps(
                {"level": "municipal", "body": "云江市人民政府", "disclosure": "active"} | row, ensure_ascii=False
            )
            for row in ROWS
        )
        (folder / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")

        def run(*words: str) -> Result:
            result = CliRunner().invoke(main, list(words))
            assert result.exit_code in (0, 2), result.output
            return result

        loaded = run("load", str(folder / "rows.jsonl"), "--map", str(folder / "map.yaml"), "--source", "rows")
        assert "created" in loaded.output
        yield run


def test_the_figures_add_up(gongkai: Callable[..., Result]) -> None:
    table = [line.split() for line in gongkai("citations").output.splitlines()]
    counts = {
        row[0]: [int(word) for word in row[1:]]
        for row in table
        if row and row[0] in ("all", "based_on", "repeals", "cites")
    }
    assert counts["repeals"][:2] == [1, 0]
    total, resolved, *parts = counts["all"]
    assert total == sum(parts)
    assert resolved == sum(parts[:4]) >= 2


def test_a_sample_shows_words_and_target_and_can_be_taken_again(gongkai: Callable[..., Result]) -> None:
    first = gongkai("citations", "--sample", "50", "--seed", "3", "--type", "based_on").output
    assert first == gongkai("citations", "--sample", "50", "--seed", "3", "--type", "based_on").output
    assert "根据《云江市节约用水条例》" in first
    assert "→ 云江市节约用水条例" in first
    assert "open (not in the catalogue)" in first


def test_the_graph_goes_out_as_jsonl_and_csv_without_what_is_not_public(
    gongkai: Callable[..., Result], tmp_path: Path
) -> None:
    gongkai("citations", "--export", str(tmp_path / "graph.jsonl"))
    gongkai("citations", "--export", str(tmp_path / "graph.csv"))
    lines = [json.loads(line) for line in (tmp_path / "graph.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "graph.csv").read_text(encoding="utf-8-sig"))))
    assert {line["source_title"] for line in lines} == {"云江市计划用水办法"}
    assert [row["title"] for row in rows] == [line["title"] for line in lines]
    assert {(line["title"], line["article"], line["place"]) for line in lines} == {
        ("云江市节约用水条例", "art-2-p2", "art-1"),
        ("云江市节约用水条例", "art-1", "art-3"),
        ("岚山市供水条例", None, "art-2"),
        ("云江市用水暂行规定", None, "art-3"),
    }


def test_an_export_to_a_name_of_another_kind_is_refused(gongkai: Callable[..., Result]) -> None:
    result = gongkai("citations", "--export", "graph.xls")
    assert result.exit_code == 2
    assert ".jsonl or .csv" in result.output


def test_the_page_links_to_the_place_and_to_the_article(gongkai: Callable[..., Result]) -> None:
    from catalog.cli import common

    with common.catalogue() as catalogue:
        found = by_title(catalogue)
        rule, water = found["云江市计划用水办法"], found["云江市节约用水条例"]
        told = call(catalogue, ANONYMOUS, "record.relations", {"id": water})
        assert {(one["place"], one["article"]) for one in told["incoming"]} == {
            ("art-1", "art-2-p2"),
            ("art-3", "art-1"),
        }
        assert {one["matched"] for one in told["incoming"]} == {"title"}
        outgoing = call(catalogue, ANONYMOUS, "record.relations", {"id": rule})["outgoing"]
        assert {one["open"] for one in outgoing} == {None, "absent"}
        client = create_app(catalogue).test_client()
        page = client.get(f"/d/{rule}").get_data(as_text=True)
        other = client.get(f"/d/{water}").get_data(as_text=True)
    assert f'href="/d/{water}#art-2"' in page
    assert 'href="#art-3"' in page
    assert f'href="/d/{rule}#art-1"' in other
    assert 'href="#art-2"' in other


def by_title(catalogue: Catalogue) -> dict[str, str]:
    with catalogue.store.read() as reader:
        return {source.title: source.name for source, _ in reader.graph()} | {
            row.other.title: row.other.name for _, row in reader.graph() if row.other
        }
