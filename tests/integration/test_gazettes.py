"""Gazettes from files to pages: issue and articles linked, corrections told, the gazette's text compared with the web site's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from catalog.actions import Catalogue, call
from catalog.app import create_app
from catalog.cli import main
from tests.gazette_samples import issue_text
from tests.integration.gazette_catalogue import OPERATOR, build


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = build(tmp_path_factory.mktemp("gazettes"))
    yield made
    made.store.close()


@pytest.fixture
def client(catalogue: Catalogue) -> FlaskClient:
    return create_app(catalogue).test_client()


def named(catalogue: Catalogue, title: str, record_type: str = "gazette_article") -> dict[str, Any]:
    with catalogue.store.read() as reader:
        found = [
            dict(record)
            for record in reader.iter_records()
            if record["type"] == record_type and record["title"] == title
        ]
    assert len(found) == 1, [record["title"] for record in found]
    return found[0]


ISSUE = "云江市人民政府公报2021年第3期"
NOTICE = "云江市人民政府关于印发云江市城市公园管理办法的通知"


def test_an_issue_lists_its_articles_in_order(catalogue: Catalogue) -> None:
    issue = named(catalogue, ISSUE, "gazette_issue")
    found = call(catalogue, OPERATOR, "gazette.articles", {"id": issue["id"]})
    assert found["total"] == 5
    assert [item["order"] for item in found["items"]] == [1, 2, 3, 4, 5]
    assert [item["page_from"] for item in found["items"]] == [3, 6, 8, 10, 11]


def test_an_article_knows_its_issue_and_its_neighbours(catalogue: Catalogue) -> None:
    article = named(catalogue, "云江市人民政府关于表彰2020年度护林工作先进集体的决定")
    place = call(catalogue, OPERATOR, "gazette.place", {"id": article["id"]})
    assert (place["issue"]["title"], place["number"], place["total"]) == (ISSUE, 2, 5)
    assert place["previous"]["title"] == NOTICE
    assert place["next"]["title"] == "云江市人民政府办公室转发市财政局关于清理规范性文件意见的通知"


def test_a_second_run_changes_nothing(catalogue: Catalogue) -> None:
    counters = call(catalogue, OPERATOR, "source.run", {"name": "gazette"})["counters"]
    assert counters["unchanged"] == counters["listed"] == 1 + 5 + 1 + 230


def test_a_correction_is_told_on_what_it_corrects(catalogue: Catalogue) -> None:
    corrected = named(catalogue, "云江市户外广告管理办法", "normative_document")
    events = [event for event in corrected["metadata"]["events"] if event["kind"] == "corrected"]
    assert [event["by"]["title"] for event in events] == ["更正"]
    correction = named(catalogue, "更正")
    links = call(catalogue, OPERATOR, "record.relations", {"id": correction["id"]})["outgoing"]
    assert [link["target"]["title"] for link in links if link["type"] == "corrects"] == ["云江市户外广告管理办法"]


def test_pages_of_a_big_issue(client: FlaskClient, catalogue: Catalogue) -> None:
    issue = named(catalogue, "云江市人民政府公报2020年第12期", "gazette_issue")
    pages = [client.get(f"/d/{issue['name']}?articles={page}&lang=en") for page in (1, 2, 3)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [page.get_data(as_text=True).count("<li value=") for page in pages] == [100, 100, 30]
    assert "Page 2 of 3" in pages[1].get_data(as_text=True)
    assert client.get(f"/d/{issue['name']}?articles=moon").status_code == 400


def test_the_page_of_an_article_leads_to_its_neighbours(client: FlaskClient, catalogue: Catalogue) -> None:
    article = named(catalogue, NOTICE)
    page = client.get(f"/d/{article['name']}?lang=en").get_data(as_text=True)
    assert "article 1 of 5" in page
    assert 'rel="next"' in page
    assert 'rel="prev"' not in page


def test_the_texts_of_gazette_and_site_are_compared(client: FlaskClient, catalogue: Catalogue) -> None:
    article, document = named(catalogue, NOTICE), named(catalogue, NOTICE, "normative_document")
    answer = client.get(f"/api/v1/records/{article['name']}/compare/{document['name']}")
    found = answer.get_json()
    assert answer.status_code == 200
    assert found["standard"] == article["name"]
    assert found["same_wording"] is False
    assert (found["counts"]["wording"], found["counts"]["left"], found["counts"]["right"]) == (1, 0, 0)
    page = client.get(f"/d/{article['name']}/compare/{document['name']}?lang=en")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "the standard text" in text
    assert "<del>" in text
    assert "<ins>" in text
    assert "<script" not in text
    assert "style=" not in text


def test_a_command_that_divides_nothing_fails(tmp_path: Path) -> None:
    good, bad = tmp_path / "2021-03.txt", tmp_path / "rows.jsonl"
    good.write_text(issue_text(), "utf-8")
    bad.write_text("{}", "utf-8")
    divided = CliRunner().invoke(main, ["gazette", "split", str(good)])
    assert (divided.exit_code, "articles" in divided.output) == (0, True)
    refused = CliRunner().invoke(main, ["gazette", "split", str(good), str(bad)])
    assert (refused.exit_code, "no gazette issue" in refused.output) == (1, True)


def test_a_record_that_is_not_there_is_not_compared(client: FlaskClient, catalogue: Catalogue) -> None:
    article = named(catalogue, NOTICE)
    assert client.get(f"/api/v1/records/{article['name']}/compare/nothing").status_code == 404
    assert client.get(f"/d/{article['name']}/compare/nothing").status_code == 404


def test_texts_that_differ_are_put_on_the_list_of_reviews(catalogue: Catalogue) -> None:
    article, document = named(catalogue, NOTICE), named(catalogue, NOTICE, "normative_document")
    found = call(catalogue, OPERATOR, "record.note_differences", {})
    assert (found["compared"], found["differ"]) == (1, 1)
    with catalogue.store.read() as reader:
        reviews = [review for review in reader.reviews(kind="text_differs") if review.record_id == article["id"]]
    assert [review.key for review in reviews] == [document["id"]]
    assert reviews[0].detail["counts"]["wording"] == 1
    call(catalogue, OPERATOR, "record.note_differences", {})
    with catalogue.store.read() as reader:
        assert reader.review_counts()["text_differs"] == 1


def test_the_endpoints_are_described(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    assert {
        "/api/v1/records/{which}/articles",
        "/api/v1/records/{which}/place",
        "/api/v1/records/{which}/compare/{other}",
    } <= set(paths)


def test_issues_that_are_not_there_are_told_by_gazette_and_year(catalogue: Catalogue) -> None:
    found = call(catalogue, OPERATOR, "gazette.missing", {"gazette": "云江市人民政府公报"})
    assert [(row["year"], row["last"], row["missing"], row["coverage"]) for row in found["years"]] == [
        ("2020", 12, list(range(1, 12)), {"text": 1}),
        ("2021", 3, [1, 2], {"text": 1}),
    ]
    assert found["unnumbered_count"] == 0
    assert call(catalogue, OPERATOR, "gazette.missing", {"gazette": "石桥县公报"})["years"] == []
