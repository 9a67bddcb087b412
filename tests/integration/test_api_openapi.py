"""The OpenAPI document is valid, complete, made from the registries, and true: answers validate against it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.integration.door_catalogue import DIGEST

ANSWERS = {
    "/api/v1/": ("/api/v1/",),
    "/api/v1/records": ("/api/v1/records?q=公共数据&facets=all", "/api/v1/records?limit=200", "/api/v1/records?q=zzzz"),
    "/api/v1/records/{which}": tuple(
        f"/api/v1/records/yunjiang-{name}"
        for name in (
            "open-data-measures",
            "order-58",
            "2015-3",
            "on-request",
            "hant",
            "hostile",
            "bus-lines",
            "notice-1",
        )
    ),
    "/api/v1/records/{which}/text": ("/api/v1/records/yunjiang-open-data-measures/text",),
    "/api/v1/records/{which}/relations": (
        "/api/v1/records/yunjiang-open-data-measures/relations",
        "/api/v1/records/yunjiang-2015-3/relations",
    ),
    "/api/v1/records/{which}/revisions": ("/api/v1/records/yunjiang-open-data-measures/revisions",),
    "/api/v1/records/{which}/articles": ("/api/v1/records/yunjiang-open-data-measures/articles?page=1&limit=5",),
    "/api/v1/records/{which}/place": ("/api/v1/records/yunjiang-open-data-measures/place",),
    "/api/v1/records/{which}/compare/{other}": ("/api/v1/records/yunjiang-open-data-measures/compare/yunjiang-2015-3",),
    "/api/v1/suggest": ("/api/v1/suggest?q=云江",),
    "/api/v1/organizations": ("/api/v1/organizations",),
    "/api/v1/organizations/{which}": ("/api/v1/organizations/云江市大数据局",),
    "/api/v1/vocabularies": ("/api/v1/vocabularies",),
    "/api/v1/vocabularies/{which}": ("/api/v1/vocabularies/topic",),
}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/api/v1/openapi.json")
    assert response.content_type == "application/json"
    found: dict[str, Any] = response.get_json()
    return found


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_the_document_is_valid_openapi_31(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_endpoint_is_described_and_tried_here(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == set(ANSWERS) | {"/download/{sha256}/{filename}"}


def test_the_search_takes_every_filter(document: dict[str, Any], client: FlaskClient) -> None:
    described = {row["name"]: row for row in document["paths"]["/api/v1/records"]["get"]["parameters"]}
    known = {
        "q",
        "type",
        "organization",
        "year",
        "date_from",
        "date_to",
        "disclosure",
        "validity",
        "topic",
        "facets",
        "sort",
        "limit",
        "page",
        "cursor",
    }
    assert described.keys() >= known
    assert all(row["schema"] and row.get("description") for row in described.values())
    for name in described.keys() - {"cursor", "date_from", "date_to", "year", "facets", "sort", "limit", "page"}:
        assert client.get("/api/v1/records", query_string={name: ""}).status_code == 200, name


def test_every_record_type_has_its_shape(document: dict[str, Any]) -> None:
    mapping = document["components"]["schemas"]["Record"]["discriminator"]["mapping"]
    assert {
        "regulation",
        "normative_document",
        "gazette_issue",
        "gazette_article",
        "dataset",
        "consultation",
        "interpretation",
    } <= set(mapping)


@pytest.mark.parametrize(
    ("path", "address"), [(path, address) for path, addresses in ANSWERS.items() for address in addresses]
)
def test_answers_are_what_the_document_says(
    client: FlaskClient, document: dict[str, Any], path: str, address: str
) -> None:
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    response = client.get(address, follow_redirects=True)
    assert response.status_code == 200
    answer = response.get_json()
    if path == "/api/v1/records/{which}":
        schema = {"$ref": document["components"]["schemas"]["Record"]["discriminator"]["mapping"][answer["type"]]}
    errors = [f"{error.json_path}: {error.message[:300]}" for error in validator(document, schema).iter_errors(answer)]
    assert errors == []


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/api/v1/records", "/api/v1/records?yeer=1", 400),
        ("/api/v1/records/{which}", "/api/v1/records/nothing", 404),
        ("/api/v1/records/{which}", "/api/v1/records/yunjiang-wrong", 410),
        ("/download/{sha256}/{filename}", f"/download/{'0' * 64}/x", 404),
    ],
)
def test_problems_are_what_the_document_says(
    client: FlaskClient, document: dict[str, Any], path: str, address: str, status: int
) -> None:
    schema = document["paths"][path]["get"]["responses"][str(status)]["content"]["application/problem+json"]["schema"]
    response = client.get(address)
    assert response.status_code == status
    assert not list(validator(document, schema).iter_errors(response.get_json()))


def test_the_shape_is_strict_enough_to_fail(client: FlaskClient, document: dict[str, Any]) -> None:
    record = client.get("/api/v1/records/yunjiang-bus-lines").get_json()
    schema = {"$ref": document["components"]["schemas"]["Record"]["discriminator"]["mapping"]["dataset"]}
    check = validator(document, schema)
    assert check.is_valid(record)
    for wrong in (
        {**record, "surprise": 1},
        {**record, "open_type": "maybe"},
        {**record, "version": "1"},
        {**record, "issuing_body": "text"},
    ):
        assert not check.is_valid(wrong)


def test_the_document_is_quick_the_second_time(client: FlaskClient) -> None:
    first = client.get("/api/v1/openapi.json")
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert DIGEST["pdf"] not in first.get_data(as_text=True)
