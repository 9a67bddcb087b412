"""The text of a record at its three doors (API, export, page): one shape, the tree in it, and nothing of what is not public."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from selectolax.lexbor import LexborHTMLParser

from catalog.actions import Catalogue
from catalog.app import create_app
from catalog.cli import main
from catalog.errors import InvalidInput
from catalog.exports import TEXT_WRITERS
from tests.integration.door_catalogue import SECRET
from tests.integration.text_catalogue import build

PARKING = "/api/v1/records/yunjiang-parking/text"


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = build(tmp_path_factory.mktemp("texts"))
    yield catalogue
    catalogue.store.close()


@pytest.fixture
def client(texts: Catalogue) -> FlaskClient:
    app = create_app(texts)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def rows_of(catalogue: Catalogue, **parameters: str) -> list[dict[str, Any]]:
    file = io.BytesIO()
    count = TEXT_WRITERS["jsonl"](catalogue, {name: [value] for name, value in parameters.items()}, file, None)
    rows = [orjson.loads(line) for line in file.getvalue().splitlines()]
    assert count == len(rows)
    return rows


def test_the_answer_has_parts_and_a_tree(client: FlaskClient) -> None:
    found = client.get(PARKING).get_json()
    assert found["title"] == "云江市人民政府关于印发云江市停车场管理办法的通知"
    assert (found["language"], found["script"], found["pages"]) == ("zh-Hans-CN", "Hans", 4)
    assert found["parts"] == [
        {"id": "main", "title": found["title"], "role": "transmittal"},
        {"id": "embedded-1", "title": "云江市停车场管理办法", "role": "embedded"},
        {"id": "embedded-2", "title": "停车场收费表", "role": "annex"},
    ]
    blocks = {block["anchor"]: block for block in found["blocks"]}
    assert len(blocks) == len(found["blocks"])
    article = blocks["e1-art-2"]
    assert (article["kind"], article["number"], article["part"]) == ("article", "第二条", "embedded-1")
    assert article["path"] == ["e1", "e1-chap-1"]
    assert blocks["e1-art-2-p1-i2-1"]["path"] == ["e1", "e1-chap-1", "e1-art-2", "e1-art-2-p1-i2"]
    assert blocks["e1-art-2-p2"]["text"] == "前款第二项的停车场由业主设置。"
    note = blocks["e1-art-1-n1"]
    assert (note["kind"], note["path"][-1], note["text"]) == ("note", "e1-art-1", "（责任单位：市公安局、市住建局）")
    table = blocks["e2-tbl-1"]
    assert (table["kind"], table["page"], table["rows"][1][:3]) == (
        "table",
        4,
        ["1", "云江市第1片区商业中心周边道路停车泊位", "1"],
    )
    assert [block["anchor"] for block in found["blocks"] if "rows" in block] == ["e2-tbl-1"]


def test_the_answer_is_what_the_description_says(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    operation = document["paths"]["/api/v1/records/{which}/text"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    check = Draft202012Validator({**schema, "components": document["components"]})
    for name in ("yunjiang-parking", "yunjiang-asked", "yunjiang-bare"):
        check.validate(client.get(f"/api/v1/records/{name}/text").get_json())
    broken = client.get(PARKING).get_json()
    broken["blocks"][0]["kind"] = "list_item"
    assert not check.is_valid(broken)


def test_an_unchanged_text_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(PARKING)
    again = client.get(PARKING, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "status"),
    [("/api/v1/records/nothing/text", 404), ("/api/v1/records/yunjiang-kept/text", 404), (f"{PARKING}?art=1", 400)],
)
def test_what_is_wrong_is_a_problem_document(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert SECRET not in response.get_data(as_text=True)


def test_a_text_on_request_has_no_blocks(client: FlaskClient) -> None:
    found = client.get("/api/v1/records/yunjiang-asked/text").get_json()
    assert found["blocks"] == []
    assert found["parts"] == [{"id": "main", "title": "云江市应急细则", "role": "document"}]


def test_the_export_writes_what_the_api_answers(texts: Catalogue, client: FlaskClient) -> None:
    rows = {row["title"]: row for row in rows_of(texts)}
    assert set(rows) == {"云江市人民政府关于印发云江市停车场管理办法的通知", "云江市应急细则", "云江市通告"}
    assert rows["云江市人民政府关于印发云江市停车场管理办法的通知"] == client.get(PARKING).get_json()
    assert rows["云江市应急细则"]["blocks"] == rows["云江市通告"]["blocks"] == []
    assert SECRET not in orjson.dumps(list(rows.values())).decode()


def test_a_search_narrows_the_export_and_a_page_of_it_is_refused(texts: Catalogue) -> None:
    assert [row["title"] for row in rows_of(texts, q="停车场")] == ["云江市人民政府关于印发云江市停车场管理办法的通知"]
    with pytest.raises(InvalidInput, match="page"):
        rows_of(texts, page="2")


def test_the_command_writes_the_texts(texts: Catalogue, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(texts.settings["DATA_DIR"]))
    target = tmp_path / "texts.jsonl"
    done = CliRunner().invoke(main, ["export", "--text", "-o", str(target), "--type", "normative_document"])
    assert done.exit_code == 0, done.output
    assert [orjson.loads(line)["blocks"] != [] for line in target.read_bytes().splitlines()].count(True) == 1


def test_the_page_shows_the_tree(client: FlaskClient) -> None:
    tree = LexborHTMLParser(client.get("/d/yunjiang-parking").get_data(as_text=True))
    inside = [node.attributes["aria-label"] for node in tree.css(".text section.inside")]
    assert inside == ["云江市停车场管理办法", "停车场收费表"]
    article = tree.css_first("#e1-art-2")
    assert article is not None
    label = article.css_first("a.article-label")
    assert label is not None
    assert (label.text(), label.attributes["href"]) == ("第二条", "#e1-art-2")
    assert tree.css_first("#e1-art-2 #art-2") is not None, "a citation of 第二条 finds the only one that there is"
    assert [node.text() for node in tree.css("p.responsible")] == ["（责任单位：市公安局、市住建局）"]
    assert [node.attributes["class"] for node in tree.css("#e1-art-2-p1-i1, #e1-art-2-p1-i2-1")] == [
        "item depth-1",
        "item depth-2",
    ]
    assert len(tree.css(".scroll#e2-tbl-1 table tr")) == 4
    entries = [node.attributes["href"] or "" for node in tree.css(".contents a")]
    assert entries == ["#e1", "#e1-chap-1", "#e1-chap-2", "#e2", "#e2-h-1"]
    assert all(tree.css_first(entry) is not None for entry in entries)


def test_the_anchor_of_a_search_leads_into_the_page(client: FlaskClient) -> None:
    found = client.get("/api/v1/records?q=专用停车场").get_json()["items"][0]
    anchor = found["highlights"]["anchor"]
    assert anchor == "e1-art-2"
    page = LexborHTMLParser(client.get("/d/yunjiang-parking").get_data(as_text=True))
    assert page.css_first(f"#{anchor}") is not None
