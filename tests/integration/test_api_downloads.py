"""Downloads: whole, in parts, again, and never as something that a browser would run."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from catalog.api.downloads import disposition
from tests.integration.door_catalogue import DIGEST, HTML, PDF

NAME = "云江市公共数据开放管理办法.pdf"
ADDRESS = f"/download/{DIGEST['pdf']}/{NAME}"


def test_the_whole_file_with_all_that_proves_it(client: FlaskClient) -> None:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert response.data == PDF
    headers = response.headers
    assert headers["Content-Length"] == str(len(PDF))
    assert headers["ETag"] == f'"{DIGEST["pdf"]}"'
    assert headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(PDF).digest()).decode()}:"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Accept-Ranges"] == "bytes"
    assert "must-revalidate" in headers["Cache-Control"]
    assert "immutable" not in headers["Cache-Control"], "a withdrawn file must not live on in caches"
    kind, _, names = headers["Content-Disposition"].partition(";")
    assert kind == "inline"
    assert unquote(names.partition("filename*=UTF-8''")[2]) == NAME


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=-10", len(PDF) - 10, len(PDF)),
        ("bytes=320000-", 320000, len(PDF)),
        ("bytes=5-99999999", 5, len(PDF)),
    ],
)
def test_one_range(client: FlaskClient, asked: str, start: int, stop: int) -> None:
    response = client.get(ADDRESS, headers={"Range": asked})
    assert response.status_code == 206
    assert response.data == PDF[start:stop]
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(PDF)}"
    assert response.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=0-1,5-9"])
def test_a_range_that_cannot_be_served_is_refused_with_the_size(client: FlaskClient, asked: str) -> None:
    response = client.get(ADDRESS, headers={"Range": asked})
    assert response.status_code == 416
    assert response.content_type == "application/problem+json"
    assert response.headers["Content-Range"] == f"bytes */{len(PDF)}"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=x", "bytes=9-3"])
def test_a_range_that_is_none_is_ignored(client: FlaskClient, asked: str) -> None:
    assert client.get(ADDRESS, headers={"Range": asked}).status_code == 200


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (f'"{DIGEST["pdf"]}"', 206),
        (f'W/"{DIGEST["pdf"]}"', 200),
        ('"other"', 200),
        ("Sat, 01 Jan 2022 00:00:00 GMT", 200),
    ],
)
def test_a_range_of_another_version_gets_the_whole(client: FlaskClient, condition: str, status: int) -> None:
    response = client.get(ADDRESS, headers={"Range": "bytes=0-9", "If-Range": condition})
    assert response.status_code == status


@pytest.mark.parametrize("tag", [f'"{DIGEST["pdf"]}"', f'W/"{DIGEST["pdf"]}"', "*"])
def test_what_the_client_has_is_not_sent_again(client: FlaskClient, tag: str) -> None:
    response = client.get(ADDRESS, headers={"If-None-Match": tag})
    assert (response.status_code, response.data) == (304, b"")


def test_head_tells_the_size_without_the_bytes(client: FlaskClient) -> None:
    response = client.head(ADDRESS)
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Content-Length"] == str(len(PDF))


def test_harvested_html_is_only_saved_and_never_run(client: FlaskClient) -> None:
    response = client.get(f"/download/{DIGEST['html']}/t20210312_1.html")
    assert response.data == HTML
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_file_of_an_on_request_record_is_not_known(client: FlaskClient) -> None:
    assert client.get(f"/download/{DIGEST['secret']}/x.txt").status_code == 404


@pytest.mark.parametrize("digest", ["0" * 64, "zz", "..%2f..%2fetc%2fpasswd"])
def test_a_digest_that_is_none_is_a_problem(client: FlaskClient, digest: str) -> None:
    response = client.get(f"/download/{digest}/x")
    assert response.status_code in {400, 404}
    assert response.content_type == "application/problem+json"


@given(st.text(min_size=1, max_size=80))
def test_any_name_makes_one_header_line_that_gives_it_back(name: str) -> None:
    name = name.encode("utf-8", "ignore").decode() or "x"
    line = disposition("attachment", name)
    assert line.isascii()
    assert "\n" not in line
    assert "\r" not in line
    assert line.count('"') == 2
    assert unquote(line.partition("filename*=UTF-8''")[2]) == name
