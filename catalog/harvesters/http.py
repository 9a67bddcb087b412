"""Fetching for one run of one source: guarded, polite and bounded.

Every request passes the address guard (`guard.py`) and the host's robots.txt, waits for its host's turn, is tried again where trying
again helps (429, 502, 503, 504, lost connections), and is read in pieces up to a size and a time. Redirects are followed here, hop by
hop, and only to hosts that the source may lead to. What cannot be had raises `Refused` (it would be no better next time) or
`SourceFailed` (it may be).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3
from urllib3.util import Retry

from catalog.errors import Refused, SourceFailed
from catalog.harvesters.addresses import host_of
from catalog.harvesters.answers import ErrorAnswer, Limits, RefusedAnswer, Response
from catalog.harvesters.guard import Guard, GuardedAdapter
from catalog.harvesters.robots import Robots

CHUNK = 64 * 1024


class Client:
    """An HTTP client for one run; close it after. `hosts` (`host` or `host:port`) are those that links and redirects may lead to,
    `allow_hosts` those whose addresses may be private. A host must be among both to be reached inside.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        hosts: Collection[str],
        allow_hosts: Collection[str] = (),
        rate: float = 1.0,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._hosts = frozenset(host.lower() for host in hosts)
        self._pause = 1.0 / rate if rate > 0 else 0.0
        self._next_turn: dict[str, float] = {}
        self._adapter = GuardedAdapter(
            Guard(frozenset(host.lower() for host in allow_hosts)), max_retries=_retry(self.limits)
        )
        self._session = requests.Session()
        self._session.trust_env = (
            False  # no proxy, no credentials from the environment: the guard could not look behind them
        )
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"})
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)
        self._robots = Robots(user_agent, self._rules_of)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def may_lead_to(self, url: str) -> bool:
        """Whether the source may fetch from the host of `url`."""
        host = host_of(url)
        return host in self._hosts or host.rpartition(":")[0] in self._hosts

    def get(self, url: str) -> Response:
        """The answer to GET `url`, redirects followed.

        Raises `Refused`: `bad_url`, `other_host`, `private_address`, `robots`, `too_many_redirects`, `too_large`, `too_slow`,
        `cut_off`, `bad_encoding`, with the bytes that came (`RefusedAnswer`). Raises `SourceFailed` for no answer and for any other
        status than 200.
        """
        at = url
        for _ in range(self.limits.max_redirects + 1):
            if not self.may_lead_to(at):
                by = f" (redirected from {url})" if at != url else ""
                raise Refused(
                    "other_host", f"{at}{by} is on another host; allow it in the source's `hosts` if that is meant"
                )
            if not self._robots.allows(at):
                raise Refused("robots", f"robots.txt of {host_of(at)} forbids {at}")
            answer = self._whole(at)
            if isinstance(answer, Response):
                return answer
            at = answer
        raise Refused(
            "too_many_redirects", f"{url} redirects more than {self.limits.max_redirects} times, last to {at}"
        )

    def _whole(self, url: str) -> Response | str:
        """The answer, or the address that it redirects to; a body that breaks off is asked for again."""
        left = self.limits.retries
        pause = self.limits.backoff_seconds
        while True:
            try:
                return self._once(url)
            except _CutOff as error:
                if not left:
                    message = (
                        f"{url} broke off after {len(error.content):,} bytes, {self.limits.retries + 1} times: {error}"
                    )
                    raise RefusedAnswer("cut_off", message, error.content) from error
            time.sleep(min(pause, self.limits.max_wait_seconds))
            left, pause = left - 1, pause * 2

    def _once(self, url: str) -> Response | str:
        self._wait(url)
        with self._deadline(url) as expired, self._ask(url) as answer:
            target = self._session.get_redirect_target(answer)
            if target is not None:
                return urljoin(url, target)
            if answer.status_code != 200:
                raise ErrorAnswer(answer.status_code, f"{url} answers {answer.status_code} {answer.reason}".rstrip())
            content = self._body(url, answer, expired)
            media_type, charset = _content_type(answer.headers.get("Content-Type"))
            return Response(
                url,
                content,
                media_type,
                charset,
                _filename(answer.headers.get("Content-Disposition"), url),
                answer.headers.get("ETag"),
                datetime.now(UTC).isoformat(timespec="seconds"),
            )

    def _ask(self, url: str) -> requests.Response:
        try:
            return self._session.get(
                url, stream=True, allow_redirects=False, timeout=(self.limits.connect_seconds, self.limits.read_seconds)
            )
        except requests.exceptions.RetryError as error:
            raise SourceFailed(
                f"{url} still answers with an error after {self.limits.retries + 1} tries: {error}"
            ) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError) as error:
            raise Refused("bad_url", f"{url!r} cannot be asked for: {error}") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise SourceFailed(f"{url} does not answer: {error}") from error

    def _body(self, url: str, answer: requests.Response, expired: threading.Event) -> bytes:
        max_bytes = self.limits.max_bytes
        declared = answer.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > max_bytes:
            raise Refused("too_large", f"{url} has {int(declared):,} bytes, more than the {max_bytes:,} that are taken")
        content = bytearray()
        try:
            for chunk in _pieces(answer.raw):
                content += chunk
                if len(content) > max_bytes:
                    raise Refused("too_large", f"{url} is longer than the {max_bytes:,} bytes that are taken")
        except urllib3.exceptions.DecodeError as error:
            raise RefusedAnswer(
                "bad_encoding", f"{url} is not compressed as its header says: {error}", bytes(content)
            ) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if not expired.is_set():
                raise _CutOff(str(error), bytes(content)) from error
        if expired.is_set():
            raise RefusedAnswer("too_slow", f"{url} took longer than {self.limits.total_seconds:g} s", bytes(content))
        return bytes(content)

    @contextmanager
    def _deadline(self, url: str) -> Iterator[threading.Event]:
        """Cut the connection after `total_seconds`; a timeout of the socket alone begins anew with every byte that drips in."""
        expired = threading.Event()
        self._adapter.resume()

        def cut() -> None:
            expired.set()
            self._adapter.abort()

        timer = threading.Timer(self.limits.total_seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield expired
        except (SourceFailed, Refused) as error:
            if expired.is_set() and not isinstance(error, RefusedAnswer):
                raise Refused("too_slow", f"{url} took longer than {self.limits.total_seconds:g} s") from error
            raise
        finally:
            timer.cancel()

    def _wait(self, url: str) -> None:
        """Wait for the host's turn, and take it."""
        host = host_of(url)
        pause = self._pause if url.endswith("/robots.txt") else max(self._pause, self._robots.delay(url))
        now = time.monotonic()
        turn = max(now, self._next_turn.get(host, 0.0))
        self._next_turn[host] = turn + pause
        if turn > now:
            time.sleep(turn - now)

    def _rules_of(self, url: str) -> tuple[int, bytes]:
        """Status and bytes of a robots.txt; redirects to other hosts and refusals count as if there were none."""
        at = url
        for _ in range(self.limits.max_redirects + 1):
            self._wait(url)
            with self._deadline(at) as expired, self._ask(at) as answer:
                target = self._session.get_redirect_target(answer)
                if target is None:
                    return answer.status_code, self._start_of(at, answer, expired)
                at = urljoin(at, target)
                if not self.may_lead_to(at):
                    break
        return 404, b""

    def _start_of(self, url: str, answer: requests.Response, expired: threading.Event) -> bytes:
        try:
            return self._body(url, answer, expired) if answer.status_code == 200 else b""
        except _CutOff as error:
            return error.content


def _pieces(raw: Any) -> Iterator[bytes]:
    """The decompressed body as it arrives, so that what came before a break is not lost; at most `CHUNK` bytes a piece."""
    if raw.chunked:
        yield from raw.read_chunked(CHUNK, decode_content=True)
    else:
        while piece := raw.read1(CHUNK, decode_content=True):
            yield piece


class _CutOff(Exception):
    """The server stopped in the middle of a body; `content` is what came before."""

    def __init__(self, message: str, content: bytes) -> None:
        super().__init__(message)
        self.content = content


def _retry(limits: Limits) -> Retry:
    return Retry(
        total=limits.retries,
        connect=min(limits.retries, 2),
        redirect=False,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=("GET",),
        backoff_factor=limits.backoff_seconds,
        backoff_max=limits.max_wait_seconds,
        retry_after_max=int(limits.max_wait_seconds),
    )


def _content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header, each lower case or `None`."""
    if not value:
        return None, None
    header = Message()
    header["Content-Type"] = value
    kind = header.get_content_type() if "/" in value.split(";", 1)[0] else None
    charset = header.get_param("charset")
    return kind, charset.strip().lower() if isinstance(charset, str) and charset.strip() else None


def _filename(disposition: str | None, url: str) -> str | None:
    """The name that a Content-Disposition header gives (RFC 6266), else the last part of the path."""
    if disposition:
        header = Message()
        header["Content-Disposition"] = disposition
        name = header.get_filename()
        if name:
            try:  # servers send UTF-8 as it is, which HTTP libraries hand over as Latin-1
                return name.encode("latin-1").decode("utf-8").replace("\\", "/").rsplit("/", 1)[-1]
            except UnicodeError:
                return name.replace("\\", "/").rsplit("/", 1)[-1]
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1] or None
