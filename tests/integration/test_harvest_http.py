"""Fetching from a real server that misbehaves: every case ends in time, with its own code, and keeps what it should."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Iterator

import pytest

from catalog.errors import Refused, SourceFailed
from catalog.harvesters.answers import Limits, RefusedAnswer
from catalog.harvesters.http import Client
from tests.integration.harvest_server import Site, serving

pytestmark = pytest.mark.network

QUICK = Limits(max_bytes=1_000_000, connect_seconds=2, read_seconds=2, total_seconds=5, retries=2, backoff_seconds=0.01)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def client(site: Site, *, rate: float = 0, limits: Limits = QUICK, hosts: tuple[str, ...] = ()) -> Client:
    return Client(
        user_agent="gongkai-test", hosts=(site.host, *hosts), allow_hosts=(site.host,), rate=rate, limits=limits
    )


def refused(site: Site, path: str, **options) -> Refused:
    with client(site, **options) as http, pytest.raises(Refused) as caught:
        http.get(site.url(path))
    return caught.value


def test_an_answer_comes_with_what_its_headers_say(site: Site) -> None:
    site.pages["/a.html"] = (
        200,
        {"Content-Type": 'Text/HTML; charset="GB2312"', "ETag": '"7"'},
        "通知".encode("gb18030"),
    )
    site.pages["/f"] = (
        200,
        {"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename*=UTF-8''%E8%A1%A8.pdf"},
        b"%PDF",
    )
    with client(site) as http:
        page = http.get(site.url("/a.html"))
        file = http.get(site.url("/f"))
    assert (page.media_type, page.charset, page.etag, page.filename) == ("text/html", "gb2312", '"7"', "a.html")
    assert page.content.decode("gb18030") == "通知"
    assert page.fetched_at.endswith("+00:00")
    assert (file.media_type, file.charset, file.filename) == ("application/pdf", None, "表.pdf")


def test_redirects_are_followed_within_the_host(site: Site) -> None:
    site.pages["/old"] = (302, {"Location": "/new?x=1"}, b"")
    site.pages["/new?x=1"] = "here"
    with client(site) as http:
        answer = http.get(site.url("/old"))
    assert (answer.url, answer.content) == (site.url("/new?x=1"), b"here")


def test_a_redirect_to_another_host_is_refused_unless_it_is_allowed(site: Site) -> None:
    with serving() as other:
        site.pages["/away"] = (301, {"Location": other.url("/there")}, b"")
        other.pages["/there"] = "there"
        error = refused(site, "/away")
        assert error.code == "other_host"
        assert other.log == []
        with Client(
            user_agent="t", hosts=(site.host, other.host), allow_hosts=(site.host, other.host), rate=0, limits=QUICK
        ) as http:
            assert http.get(site.url("/away")).content == b"there"


def test_a_redirect_to_an_inner_host_that_another_source_may_use_is_refused(site: Site) -> None:
    with (
        serving() as inner,
        Client(user_agent="t", hosts=(site.host,), allow_hosts=(site.host, inner.host), rate=0, limits=QUICK) as http,
    ):
        site.pages["/in"] = (302, {"Location": inner.url("/")}, b"")
        with pytest.raises(Refused) as caught:
            http.get(site.url("/in"))
        assert caught.value.code == "other_host"
        assert inner.log == []


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.7/", "http://169.254.169.254/latest/", "http://[::ffff:127.0.0.1]:9/", "http://2130706433:9/"],
)
def test_a_redirect_to_a_private_address_is_refused_even_where_links_may_lead_there(site: Site, target: str) -> None:
    site.pages["/in"] = (302, {"Location": target}, b"")
    assert (
        refused(site, "/in", hosts=("10.0.0.7", "169.254.169.254", "::ffff:127.0.0.1", "2130706433")).code
        == "private_address"
    )


def test_a_name_that_is_rebound_to_an_inner_address_is_refused_at_connect(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1"])
    resolve = socket.getaddrinfo

    def rebinding(host: str, port: int, **options):
        return resolve(next(answers), port, **options) if host == "rebind.example" else resolve(host, port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert (
        socket.getaddrinfo("rebind.example", site.port)[0][4][0] == "93.184.216.34"
    )  # what a check before the request would see
    site.pages["/secret"] = "secret"
    with (
        Client(user_agent="t", hosts=("rebind.example",), rate=0, limits=QUICK) as http,
        pytest.raises(Refused) as caught,
    ):
        http.get(f"http://rebind.example:{site.port}/secret")
    assert caught.value.code == "private_address"
    assert site.log == []


def test_a_proxy_from_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.pages["/"] = "direct"
    with client(site) as http:
        assert http.get(site.url("/")).content == b"direct"


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example/a", "file:///etc/passwd", "http://", "//x", "http://x.example:99999/", "javascript:void(0)"],
)
def test_what_is_not_a_web_address_is_refused(site: Site, url: str) -> None:
    with client(site) as http, pytest.raises(Refused) as caught:
        http.get(url)
    assert caught.value.code == "bad_url"


def test_robots_are_obeyed_and_asked_once(site: Site) -> None:
    site.pages["/robots.txt"] = (
        "User-agent: *\nDisallow: /private/\nUser-agent: gongkai-test\nDisallow: /closed/\nCrawl-delay: 0.2\n"
    )
    site.pages["/private/a"] = site.pages["/closed/a"] = site.pages["/open"] = "x"
    with client(site) as http:
        assert http.get(site.url("/private/a")).content == b"x"
        with pytest.raises(Refused) as caught:
            http.get(site.url("/closed/a"))
        began = time.monotonic()
        http.get(site.url("/open"))
        http.get(site.url("/open"))
        assert time.monotonic() - began >= 0.2
    assert caught.value.code == "robots"
    assert site.asked("/robots.txt") == 1
    assert site.asked("/closed/a") == 0


def test_a_redirect_to_a_forbidden_path_is_refused(site: Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /closed/\n"
    site.pages["/a"] = (302, {"Location": "/closed/a"}, b"")
    assert refused(site, "/a").code == "robots"


def test_a_host_that_cannot_tell_its_rules_is_left_alone(site: Site) -> None:
    site.pages["/robots.txt"] = (500, {}, b"")
    site.pages["/a"] = "x"
    with client(site) as http, pytest.raises(SourceFailed, match="robots"):
        http.get(site.url("/a"))
    assert site.asked("/a") == 0


def test_the_rate_holds_for_a_host(site: Site) -> None:
    site.pages["/robots.txt"] = ""
    site.pages["/a"] = "x"
    with client(site, rate=20) as http:
        http.get(site.url("/a"))
        began = time.monotonic()
        for _ in range(4):
            http.get(site.url("/a"))
    assert time.monotonic() - began >= 4 / 20 * 0.95


def test_too_many_requests_is_waited_out_as_long_as_the_server_says(site: Site) -> None:
    def busy_once(handler) -> None:
        handler.send_response(429 if site.asked("/a") == 1 else 200)
        handler.send_header("Retry-After", "1")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/a"] = busy_once
    began = time.monotonic()
    with client(site) as http:
        assert http.get(site.url("/a")).content == b""
    assert time.monotonic() - began >= 1
    assert site.asked("/a") == 2


def test_a_retry_after_of_a_day_is_not_waited_out(site: Site) -> None:
    site.pages["/a"] = (503, {"Retry-After": "86400"}, b"")
    began = time.monotonic()
    with (
        client(site, limits=Limits(retries=1, backoff_seconds=0.01, max_wait_seconds=1)) as http,
        pytest.raises(SourceFailed),
    ):
        http.get(site.url("/a"))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("status", "tries"), [(502, 3), (503, 3), (504, 3), (500, 1), (404, 1), (400, 1)])
def test_only_passing_troubles_are_tried_again(site: Site, status: int, tries: int) -> None:
    site.pages["/a"] = (status, {}, b"")
    with client(site) as http, pytest.raises(SourceFailed):
        http.get(site.url("/a"))
    assert site.asked("/a") == tries


def test_a_redirect_loop_ends(site: Site) -> None:
    site.pages["/a"] = (302, {"Location": "/b"}, b"")
    site.pages["/b"] = (302, {"Location": "/a"}, b"")
    assert refused(site, "/a").code == "too_many_redirects"


def test_a_server_that_stops_in_the_middle_leaves_its_bytes(site: Site) -> None:
    def half(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"<title>half" + b" " * 300)

    site.pages["/a"] = half
    error = refused(site, "/a")
    assert error.code == "cut_off"
    assert isinstance(error, RefusedAnswer)
    assert error.content.startswith(b"<title>half")
    assert site.asked("/a") == 3


def test_a_body_that_breaks_off_once_is_asked_for_again(site: Site) -> None:
    def shaky(handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"ha" if site.asked("/a") == 1 else b"half")

    site.pages["/a"] = shaky
    with client(site) as http:
        assert http.get(site.url("/a")).content == b"half"


def test_a_chunked_body_that_breaks_off_is_refused(site: Site) -> None:
    def half(handler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"5\r\nhello\r\n20\r\nwor")

    site.pages["/a"] = half
    assert refused(site, "/a").code == "cut_off"


def test_a_page_of_200_megabytes_is_not_read_to_its_end(site: Site) -> None:
    sent = 0

    def endless(handler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        while sent < 200_000_000:
            sent += handler.wfile.write(b"x" * 1_000_000)

    site.pages["/told"] = (200, {}, b"x" * 2_000_000)
    site.pages["/untold"] = endless
    assert refused(site, "/told").code == "too_large"
    assert refused(site, "/untold").code == "too_large"
    time.sleep(0.1)
    assert sent < 50_000_000


def test_a_gzip_bomb_stops_at_the_limit(site: Site) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(200)) + packer.flush()
    assert len(bomb) < 1_000_000
    site.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, bomb)
    assert refused(site, "/bomb").code == "too_large"


def test_compressed_answers_are_unpacked_and_false_ones_refused(site: Site) -> None:
    site.pages["/good"] = (200, {"Content-Encoding": "gzip"}, gzip.compress("通知".encode()))
    site.pages["/bad"] = (200, {"Content-Encoding": "gzip"}, b"<html>plain</html>")
    with client(site) as http:
        assert http.get(site.url("/good")).content.decode() == "通知"
    assert refused(site, "/bad").code == "bad_encoding"


@pytest.mark.parametrize("head", [True, False])
def test_a_server_that_drips_is_cut_off(site: Site, head: bool) -> None:  # noqa: FBT001 - a case, not an option
    def drip(handler) -> None:
        if not head:
            handler.send_response(200)
            handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    site.pages["/robots.txt"] = ""
    site.pages["/a"] = drip
    began = time.monotonic()
    assert (
        refused(site, "/a", limits=Limits(total_seconds=0.5, retries=2, read_seconds=2, backoff_seconds=0.01)).code
        == "too_slow"
    )
    assert time.monotonic() - began < 4


def test_an_empty_answer_is_an_answer(site: Site) -> None:
    site.pages["/a"] = b""
    with client(site) as http:
        assert http.get(site.url("/a")).content == b""


def test_nobody_there_is_a_failure_of_the_source() -> None:
    with serving() as gone:
        host = gone.host
    with (
        Client(user_agent="t", hosts=(host,), allow_hosts=(host,), rate=0, limits=QUICK) as http,
        pytest.raises(SourceFailed),
    ):
        http.get(f"http://{host}/")
