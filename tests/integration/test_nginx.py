"""The nginx configuration of deploy/, as it stands, in front of a real `gongkai serve`: files by X-Accel-Redirect, ranges, limits, headers."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.door_catalogue import DIGEST, PDF, SECRET, build
from tests.integration.test_serve import PLUGINS, serving
from tests.servers.base import free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy/nginx"
MAIN = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 256; }}
http {{
    default_type application/octet-stream; access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/gongkai.conf;
}}
"""

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed (apt-get install nginx-light)"),
]


def configure(folder: Path, *, port: int, upstream: str, files: Path) -> Path:
    """The files of deploy/ with addresses of this test in them."""
    place = (DEPLOY / "gongkai-place.conf").read_text(encoding="utf-8")
    place = place.replace("127.0.0.1:8000", upstream).replace("/var/lib/gongkai/files", str(files))
    (folder / "gongkai-place.conf").write_text(place)
    server = (DEPLOY / "gongkai.conf").read_text(encoding="utf-8")
    assert "listen 8080;" in server
    server = server.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace(
        "/etc/nginx/gongkai-place.conf", str(folder / "gongkai-place.conf")
    )
    (folder / "gongkai.conf").write_text(server)
    user = "user root;" if os.getuid() == 0 else ""  # the test's folder is closed to others
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    return folder / "nginx.conf"


@pytest.mark.parametrize("place", ["gongkai-place.conf", "place-compose.conf"])
def test_the_configuration_is_valid(tmp_path, place):
    config = configure(tmp_path, port=free_port(), upstream="127.0.0.1:8000", files=tmp_path)
    (tmp_path / "gongkai-place.conf").write_text((DEPLOY / place).read_text().replace("web:8000", "127.0.0.1:8000"))
    done = subprocess.run(["nginx", "-t", "-q", "-c", config, "-e", tmp_path / "log"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    """The address of nginx before a served catalogue."""
    folder = tmp_path_factory.mktemp("nginx")
    catalogue = build(folder / "var")
    catalogue.search.close()
    catalogue.store.close()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")} | {
        "GONGKAI_DATA_DIR": str(folder / "var"),
        "GONGKAI_PLUGINS": PLUGINS,
        "GONGKAI_ACCEL_PREFIX": "/_files/",
    }
    port = free_port()
    with serving(environment, folder / "log", "--workers", "1") as served:
        config = configure(folder, port=port, upstream=f"127.0.0.1:{served.port}", files=folder / "var/files")
        nginx = subprocess.Popen(["nginx", "-c", config, "-e", folder / "error.log"])
        try:
            for _ in range(100):
                try:
                    requests.get(f"http://127.0.0.1:{port}/healthz/live", timeout=5)
                except requests.ConnectionError:
                    time.sleep(0.05)
                else:
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            nginx.terminate()
            nginx.wait(10)


@pytest.fixture
def direct(base) -> dict[str, str]:
    """The headers that the program itself gives with the file, without nginx sending it."""
    conf = (DEPLOY / "gongkai.conf").read_text()
    return dict(re.findall(r"add_header (\S+) (\$upstream_http_\w+);", conf))


def test_a_download_comes_whole_with_the_headers_of_the_program(base, direct):
    answer = requests.get(f"{base}/download/{DIGEST['pdf']}/x.pdf", timeout=10)
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == DIGEST["pdf"]
    headers = answer.headers
    assert headers["ETag"] == f'"{DIGEST["pdf"]}"'
    assert headers["Repr-Digest"].startswith("sha-256=:")
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("inline; filename=")
    assert set(headers["Accept-Ranges"].split(", ")) == {"bytes"}
    assert "must-revalidate" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Accel-Redirect" not in headers
    assert "Content-Encoding" not in headers
    assert not [name for name in direct if "," in headers.get(name, "") and name.startswith("X-")]


def test_what_a_browser_would_run_is_saved_in_a_sandbox(base):
    headers = requests.get(f"{base}/download/{DIGEST['html']}/x.html", timeout=10).headers
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=100-", 206, (100, None)),
        ("bytes=-5", 206, (-5, None)),
        ("bytes=99999999-", 416, None),
    ],
)
def test_ranges(base, asked, status, span):
    answer = requests.get(f"{base}/download/{DIGEST['pdf']}/x.pdf", headers={"Range": asked}, timeout=10)
    assert answer.status_code == status
    if span is not None:
        assert answer.content == PDF[slice(*span)]
        assert answer.headers["Content-Range"].endswith(f"/{len(PDF)}")


def test_a_range_of_another_version_gives_the_whole(base):
    url = f"{base}/download/{DIGEST['pdf']}/x.pdf"
    same = requests.get(url, headers={"Range": "bytes=0-9", "If-Range": f'"{DIGEST["pdf"]}"'}, timeout=10)
    other = requests.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}, timeout=10)
    assert (same.status_code, other.status_code) == (206, 200)


def test_a_copy_that_is_still_good(base):
    url = f"{base}/download/{DIGEST['pdf']}/x.pdf"
    assert requests.get(url, headers={"If-None-Match": f'"{DIGEST["pdf"]}"'}, timeout=10).status_code == 304
    assert requests.head(url, timeout=10).headers["Content-Length"] == str(len(PDF))


def test_nobody_comes_around_the_program(base):
    sha = DIGEST["secret"]
    assert requests.get(f"{base}/download/{sha}/x.txt", timeout=10).status_code == 404
    for path in (f"/_files/{sha[:2]}/{sha[2:4]}/{sha}", "/_files/", "/_files/../secret"):
        answer = requests.get(base + path, timeout=10)
        assert answer.status_code == 404
        assert SECRET not in answer.text
    answer = requests.get(
        base + "/healthz/live", headers={"X-Accel-Redirect": f"/_files/{sha[:2]}/{sha[2:4]}/{sha}"}, timeout=10
    )
    assert answer.text == "ok\n"


def test_pages_are_compressed_with_one_of_each_header(base):
    answer = requests.get(base + "/?q=数据", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    for name in ("X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"):
        assert len(answer.raw.headers.getlist(name)) == 1, name


def test_long_lines_reach_the_program_and_too_long_ones_do_not(base):
    assert requests.get(f"{base}/?q={'a' * 7000}", timeout=10).status_code in {200, 400}
    assert requests.get(f"{base}/?q={'a' * 9000}", timeout=10).status_code == 414


def test_too_many_requests_at_once_are_refused(base):
    session = requests.Session()
    statuses = {session.get(f"{base}/api/v1/", timeout=10).status_code for _ in range(200)}
    session.close()
    assert statuses == {200, 429}
