"""The API while a part is away: the same answers where they can be given, a problem with Retry-After where not, and nothing of the inside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from catalog.actions import Catalogue
from catalog.api import answers
from catalog.errors import NoRoom
from tests.freezing import frozen
from tests.integration.away import client_of, without_database, without_index
from tests.integration.door_catalogue import DIGEST, SECRET, build
from tests.servers import Postgresql

RECORDS = 52


@pytest.fixture(scope="module")
def searchless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = without_index(tmp_path_factory.mktemp("searchless"))
    yield catalogue
    catalogue.store.close()


@pytest.fixture
def api(searchless: Catalogue) -> FlaskClient:
    return client_of(searchless)


@pytest.fixture(scope="module")
def storeless(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of(without_database(tmp_path_factory.mktemp("storeless")))


def got(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json()
    return found


def problem(response: TestResponse, code: str, status: int = 503) -> dict[str, Any]:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    assert ("Retry-After" in response.headers) == (status == 503)
    found: dict[str, Any] = response.get_json()
    assert found["code"] == code
    return found


def test_a_list_by_date_is_answered_and_says_what_it_lacks(api: FlaskClient, client: FlaskClient) -> None:
    found = got(api, "/api/v1/records?facets=all&limit=10")
    assert (found["total"], found["total_relation"], found["degraded"]) == (RECORDS, "eq", True)
    assert (found["facets"], found["histogram"]) == ({}, [])
    whole = got(client, "/api/v1/records?facets=all&limit=10")
    assert whole["degraded"] is False
    assert found.keys() == whole.keys()
    assert [item["date_written"] for item in found["items"]] == [item["date_written"] for item in whole["items"]]


def test_the_answer_is_what_openapi_says(api: FlaskClient) -> None:
    document = got(api, "/api/v1/openapi.json")
    schema = document["paths"]["/api/v1/records"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(
        got(api, "/api/v1/records?limit=200")
    )


@pytest.mark.parametrize("query", ["sort=date_desc", "sort=date_asc", "type=normative_document", "year=2015"])
def test_cursors_reach_every_record_once(api: FlaskClient, client: FlaskClient, query: str) -> None:
    found: list[str] = []
    address = f"/api/v1/records?{query}&limit=7"
    page = got(api, address)
    while True:
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = got(api, f"{address}&cursor={page['next_cursor']}")
    assert len(found) == len(set(found)) == got(client, f"/api/v1/records?{query}&limit=1")["total"]


def test_a_list_begun_without_the_engine_is_gone_on_with_when_it_is_back(tmp_path: Path) -> None:
    catalogue = without_index(tmp_path)
    client = client_of(catalogue)
    first = got(client, "/api/v1/records?limit=20")
    catalogue.search.catch_up()
    assert got(client, "/api/v1/records")["degraded"] is False
    found = [item["id"] for item in first["items"]]
    cursor = first["next_cursor"]
    while cursor:
        page = got(client, f"/api/v1/records?limit=20&cursor={cursor}")
        assert page["degraded"] is True, "two orders in one list would miss some"
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(found) == len(set(found)) == RECORDS
    catalogue.store.close()


def test_a_list_that_the_engine_began_waits_for_it(tmp_path: Path) -> None:
    catalogue = build(tmp_path)
    cursor = got(client_of(catalogue), "/api/v1/records?limit=20")["next_cursor"]
    catalogue.search.close()
    (tmp_path / "index").rename(tmp_path / "elsewhere")
    answer = client_of(catalogue).get(f"/api/v1/records?limit=20&cursor={cursor}")
    problem(answer, "search_unavailable")
    catalogue.store.close()


def test_a_cursor_of_another_query_is_refused(api: FlaskClient) -> None:
    cursor = got(api, "/api/v1/records?type=normative_document&limit=3")["next_cursor"]
    problem(api.get(f"/api/v1/records?type=dataset&limit=3&cursor={cursor}"), "invalid_cursor", 400)


@pytest.mark.parametrize(
    "query",
    [
        "q=公共数据",
        "validity=in_force",
        "sort=title",
        "type=dataset&type=regulation",
        "date_to=2020-01-01",
        "topic=2",
        "q=。",
    ],
)
def test_what_needs_the_engine_says_when_to_come_back(api: FlaskClient, query: str) -> None:
    told = problem(api.get(f"/api/v1/records?{query}"), "search_unavailable")
    assert "Retry-After" in told["detail"]


@pytest.mark.parametrize("query", ["year=twenty", "sort=best", "page=0", "yaer=2015", "facets=none", "q=x&type=novel"])
def test_a_wrong_parameter_is_still_the_askers(api: FlaskClient, query: str) -> None:
    problem(api.get(f"/api/v1/records?{query}"), "invalid_input", 400)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/records/yunjiang-open-data-measures",
        "/api/v1/records/云政办发〔2021〕12号",
        "/api/v1/records/yunjiang-open-data-measures/text",
        "/api/v1/organizations",
        "/api/v1/vocabularies",
        f"/download/{DIGEST['pdf']}/a.pdf",
    ],
)
def test_what_needs_no_search_is_untouched(api: FlaskClient, address: str) -> None:
    assert api.get(address).status_code in (200, 302)  # a number leads to its record


def test_nothing_is_listed_that_is_not_public(api: FlaskClient) -> None:
    body = api.get("/api/v1/records?limit=200").get_data(as_text=True)
    assert SECRET not in body
    names = {item["name"]: item for item in got(api, "/api/v1/records?limit=200")["items"]}
    assert "summary" not in names["yunjiang-on-request"]
    assert {item["disclosure"] for item in names.values()} <= {"active", "on_request", "unknown"}
    assert "yunjiang-wrong" not in names


ENDPOINTS = (
    "/api/v1/records",
    "/api/v1/records/yunjiang-order-58",
    "/api/v1/records/yunjiang-order-58/text",
    "/api/v1/records/yunjiang-order-58/relations",
    "/api/v1/records/yunjiang-order-58/revisions",
    "/api/v1/organizations",
    "/api/v1/organizations/云江市人民政府",
    f"/download/{'0' * 64}/a.pdf",
)


@pytest.mark.parametrize("address", ENDPOINTS)
def test_without_the_database_every_endpoint_says_so(storeless: FlaskClient, address: str) -> None:
    told = problem(storeless.get(address), "store_unavailable")
    for inside in ("nobody", "127.0.0.1", "GONGKAI", "connection"):
        assert inside not in str(told)


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/openapi.json", "/api/v1/vocabularies/topic"])
def test_without_the_database_what_needs_none_is_untouched(storeless: FlaskClient, address: str) -> None:
    assert storeless.get(address).status_code == 200


def test_no_room_is_no_server_error_to_search_for(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> dict[str, Any]:
        raise NoRoom("the disk of the database is full (/var/lib/secret)")

    monkeypatch.setattr(answers, "call", full)
    told = problem(api.get("/api/v1/records"), "no_room", 507)
    assert "secret" not in str(told)
    assert "no room left" in told["detail"]


@pytest.mark.network
def test_a_database_that_dies_or_hangs_under_the_application(
    own_postgres: Postgresql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_URL", own_postgres.url(own_postgres.database()))
    catalogue = build(tmp_path)
    client, budget = client_of(catalogue), catalogue.settings["REQUEST_SECONDS"]
    assert got(client, "/api/v1/records?q=公共数据")["total"] > 0

    own_postgres.kill()
    for address in (*ENDPOINTS, "/api/v1/records?q=公共数据"):
        problem(client.get(address), "store_unavailable")
    own_postgres.restart()
    assert got(client, "/api/v1/records?q=公共数据")["total"] > 0, "the first request after the restart"

    with frozen(own_postgres):
        for address in (ENDPOINTS[1], "/api/v1/records?q=公共数据"):
            start = time.monotonic()
            problem(client.get(address), "store_unavailable")
            assert time.monotonic() - start <= budget
        assert client.get("/api/v1/vocabularies").status_code == 200
    assert got(client, ENDPOINTS[1])["name"] == "yunjiang-order-58"
    catalogue.store.close()
