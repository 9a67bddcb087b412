"""Whatever goes wrong behind /api and /download is a problem document that names the place and the cure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalog.api import answers
from catalog.errors import Busy, Damaged, SearchUnavailable


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    told: dict[str, Any] = response.get_json()
    assert told["status"] == status
    assert told.keys() == {"type", "title", "status", "code", "detail", "instance", "errors"}
    assert b"<html" not in response.data
    return told


@pytest.mark.parametrize(
    ("address", "parameter", "near"),
    [
        ("/api/v1/records?yeer=2015", "yeer", "year"),
        ("/api/v1/records?organisation=x", "organisation", "organization"),
        ("/api/v1/records/yunjiang-hant?fields=x", "fields", None),
        ("/api/v1/organizations?limitt=3", "limitt", "limit"),
        ("/api/v1/suggest?q=a&limt=3", "limt", "limit"),
        ("/api/v1/vocabularies?x=1", "x", None),
    ],
)
def test_an_unknown_parameter_is_named_with_the_nearest_known(
    client: FlaskClient, address: str, parameter: str, near: str | None
) -> None:
    told = problem(client.get(address), 400)
    [fault] = told["errors"]
    assert (fault["parameter"], fault["code"]) == (parameter, "unknown_parameter")
    for message in (fault["message"], fault["message_zh"]):
        assert parameter in message
        assert near is None or near in message


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=many",
        "page=-1",
        "sort=best",
        "year=twenty",
        "facets=colour",
        "type=novel",
        "date_from=gestern",
        "cursor=forged",
    ],
)
def test_a_bad_value_names_its_parameter(client: FlaskClient, query: str) -> None:
    told = problem(client.get(f"/api/v1/records?{query}"), 400)
    assert query.partition("=")[0] in told["detail"]


def test_all_faults_of_a_request_are_told_at_once(client: FlaskClient) -> None:
    told = problem(client.get("/api/v1/records?limit=0&sort=best&foo=1"), 400)
    assert {fault["parameter"] for fault in told["errors"]} == {"limit", "sort", "foo"}
    assert all(any("\u4e00" <= char <= "\u9fff" for char in fault["message_zh"]) for fault in told["errors"])


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v2/records", "/api/v1/nothing", "/api/v1/records/", "/download/", "/download/x"]
)
def test_an_unknown_address_is_a_problem_and_no_page(client: FlaskClient, address: str) -> None:
    problem(client.get(address), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/api/v1/records", "/api/v1/records/yunjiang-hant", "/download/aa/b"])
def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client: FlaskClient, address: str, method: str) -> None:
    response = client.open(address, method=method)
    problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_a_wrong_method_on_an_unknown_address_is_not_found(client: FlaskClient) -> None:
    problem(client.post("/api/v1/nothing"), 404)


def failing(error: Exception) -> Callable[..., dict[str, Any]]:
    def fail(*_args: object) -> dict[str, Any]:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (SearchUnavailable("the index is being opened"), 503, "search_unavailable"),
        (Busy("locked"), 503, "busy"),
        (Damaged("bytes differ"), 500, "damaged"),
    ],
)
def test_trouble_inside_has_its_code(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    monkeypatch.setattr(answers, "call", failing(error))
    response = client.get("/api/v1/records")
    assert problem(response, status)["code"] == code
    assert ("Retry-After" in response.headers) == (status == 503)


def test_an_unforeseen_error_tells_nothing_of_the_inside(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "call", failing(RuntimeError("/secret/path")))
    told = problem(client.get("/api/v1/records"), 500)
    assert "secret" not in str(told)


def test_every_code_of_a_problem_is_explained(client: FlaskClient) -> None:
    told = problem(client.get("/api/v1/records?limit=0"), 400)
    page = client.get("/about/api").get_data(as_text=True)
    assert f'id="{told["type"].partition("#")[2]}"' in page
