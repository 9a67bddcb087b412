"""Downloads: whole, in parts, again, and never as something that a browser would run."""

from __future__ import annotations

import base64
import hashlib
import http.client
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server

from catalog.actions import Catalogue
from catalog.api.downloads import disposition
from catalog.app import create_app
from catalog.errors import Misconfigured
from catalog.files import FileStorage, open_files
from catalog.settings import read_settings
from tests.integration.conftest import ReadingClient
from tests.integration.door_catalogue import DIGEST, HTML, PDF, SECRET
from tests.servers import S3

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


def client_of(catalogue: Catalogue, files: FileStorage | None = None, **settings: Any) -> FlaskClient:
    """A client of the made-up catalogue with other settings, and its files elsewhere."""
    chosen = read_settings(DATA_DIR=str(catalogue.settings["DATA_DIR"]), SECRET_KEY="test", **settings)
    app = create_app(replace(catalogue, settings=chosen, files=files or catalogue.files))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = ReadingClient
    return app.test_client()


def bucket_of(server: S3) -> Iterator[FileStorage]:
    """The made-up catalogue's files in a bucket of a real server."""
    url = server.files_url(server.bucket())
    files = open_files(url, folder=server.folder, key=server.key, secret=server.secret, request_seconds=2.0)
    for content in (PDF, HTML, SECRET.encode()):
        files.put(content)
    yield files
    files.close()


@pytest.fixture
def bucket(s3_server: S3) -> Iterator[FileStorage]:
    yield from bucket_of(s3_server)


@pytest.fixture
def own_bucket(own_s3: S3) -> Iterator[FileStorage]:
    yield from bucket_of(own_s3)


@pytest.mark.network
def test_a_bucket_answers_as_a_folder_does(client: FlaskClient, door_catalogue: Catalogue, bucket: FileStorage) -> None:
    """Whole, ranges, HEAD, conditions, refusals: byte for byte and header for header."""
    other = client_of(door_catalogue, bucket)
    html, secret = (f"/download/{DIGEST[name]}/x" for name in ("html", "secret"))
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("GET", ADDRESS, {}),
        ("HEAD", ADDRESS, {}),
        ("GET", ADDRESS, {"Range": "bytes=0-0"}),
        ("GET", ADDRESS, {"Range": "bytes=-10"}),
        ("HEAD", ADDRESS, {"Range": "bytes=5-99999999"}),
        ("GET", ADDRESS, {"Range": "bytes=5-99999999"}),
        ("GET", ADDRESS, {"Range": "bytes=99999999-"}),
        ("GET", ADDRESS, {"If-None-Match": f'"{DIGEST["pdf"]}"'}),
        ("GET", html, {}),
        ("GET", secret, {}),
        ("GET", f"/download/{'0' * 64}/x", {}),
    ]
    for method, address, headers in asked:
        ours, theirs = (one.open(address, method=method, headers=headers) for one in (client, other))
        assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data), (method, address, headers)
        assert dict(ours.headers) == dict(theirs.headers), (method, address, headers)


@pytest.mark.network
def test_a_link_leads_to_the_same_bytes_under_the_same_headers(
    client: FlaskClient, door_catalogue: Catalogue, bucket: FileStorage
) -> None:
    linking = client_of(door_catalogue, bucket, FILES_LINKS=True)
    for address, content in ((ADDRESS, PDF), (f"/download/{DIGEST['html']}/t20210312_1.html", HTML)):
        answer = linking.get(address)
        assert (answer.status_code, answer.data) == (302, b"")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        with urllib.request.urlopen(answer.headers["Location"], timeout=10) as got:
            assert got.read() == content
            for name in ("Content-Disposition", "Content-Type"):
                assert got.headers[name] == client.get(address).headers[name]
        request = urllib.request.Request(answer.headers["Location"], headers={"Range": "bytes=0-4"})
        with urllib.request.urlopen(request, timeout=10) as got:
            assert (got.status, got.read()) == (206, content[:5])
    page = linking.get(f"/download/{DIGEST['html']}/x.html").headers["Location"]
    assert "response-content-disposition=attachment" in page, "nothing that a browser runs may be shown by a link"


@pytest.mark.network
def test_with_links_on_everything_but_the_bytes_is_answered_here(
    client: FlaskClient, door_catalogue: Catalogue, bucket: FileStorage
) -> None:
    linking = client_of(door_catalogue, bucket, FILES_LINKS=True)
    head = linking.head(ADDRESS)
    assert (head.status_code, dict(head.headers)) == (200, dict(client.head(ADDRESS).headers))
    assert linking.get(ADDRESS, headers={"If-None-Match": f'"{DIGEST["pdf"]}"'}).status_code == 304
    assert linking.get(ADDRESS, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert linking.get(f"/download/{DIGEST['secret']}/x.txt").status_code == 404


def test_a_folder_has_no_links_and_sends_the_bytes(door_catalogue: Catalogue) -> None:
    answer = client_of(door_catalogue, FILES_LINKS=True).get(ADDRESS)
    assert (answer.status_code, answer.data) == (200, PDF)


def test_bytes_are_left_to_nginx_where_it_serves_the_folder(client: FlaskClient, door_catalogue: Catalogue) -> None:
    answers = client_of(door_catalogue, ACCEL_PREFIX="/_files/")
    answer = answers.get(ADDRESS)
    sha256 = DIGEST["pdf"]
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == f"/_files/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    for name in (
        "Content-Type",
        "Content-Disposition",
        "ETag",
        "Cache-Control",
        "Content-Security-Policy",
        "Repr-Digest",
    ):
        assert answer.headers[name] == client.get(ADDRESS).headers[name]
    part = answers.get(ADDRESS, headers={"Range": "bytes=0-9"})
    assert (part.status_code, "Content-Range" in part.headers) == (200, False), "nginx cuts the range out of the file"
    assert answers.get(ADDRESS, headers={"If-None-Match": f'"{sha256}"'}).status_code == 304
    assert "X-Accel-Redirect" not in answers.head(ADDRESS).headers
    assert "X-Accel-Redirect" not in answers.get(f"/download/{DIGEST['secret']}/x.txt").headers


@pytest.mark.parametrize("prefix", ["_files/", "/_files", "/", "//", "/a b/", "/a\r\nX: y/", "http://host/"])
def test_a_wrong_location_of_nginx_is_refused_at_start(door_catalogue: Catalogue, prefix: str) -> None:
    with pytest.raises(Misconfigured, match="GONGKAI_ACCEL_PREFIX"):
        client_of(door_catalogue, ACCEL_PREFIX=prefix)


@pytest.mark.network
@pytest.mark.parametrize("links", [False, True])
def test_while_the_storage_is_away_downloads_say_when_to_come_again(
    door_catalogue: Catalogue,
    own_s3: S3,
    own_bucket: FileStorage,
    links: bool,  # noqa: FBT001 -- a case, not an option
) -> None:
    client = client_of(door_catalogue, own_bucket, FILES_LINKS=links)
    own_s3.kill()
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = client.get(ADDRESS, headers=headers)
        assert answer.status_code == 503
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["code"] == "files_unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        assert "Location" not in answer.headers
    assert client.get("/api/v1/records/yunjiang-open-data-measures").status_code == 200
    own_s3.restart()
    assert client.get(ADDRESS).status_code == (302 if links else 200)


@pytest.mark.network
def test_a_stream_that_breaks_never_looks_complete(door_catalogue: Catalogue, s3_server: S3) -> None:
    """The object is damaged: whoever counts the bytes sees that the answer is not whole."""
    name = s3_server.bucket()
    files = open_files(s3_server.files_url(name), folder=s3_server.folder, key=s3_server.key, secret=s3_server.secret)
    sha256 = files.put(PDF).sha256
    inside = s3_server.client()
    inside.put_object(Bucket=name, Key=f"{sha256[:2]}/{sha256[2:4]}/{sha256}", Body=b"X" + PDF[1:])
    inside.close()
    server = make_server("127.0.0.1", 0, client_of(door_catalogue, files).application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", f"/download/{sha256}/x.pdf")
        answer = connection.getresponse()
        assert answer.headers["Content-Length"] == str(len(PDF))
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
        connection.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        files.close()
