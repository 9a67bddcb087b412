"""Serves the city over HTTP on the loopback address, as a small web server of its own: real requests, real headers, real trouble."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from catalog.demo.sites import NOT_FOUND, Served, build_web

HOST = "127.0.0.1"
PORT = 8417
"""The demo's own port: the city keeps its addresses from one run to the next, so that a second harvest finds the same documents."""


class _Handler(BaseHTTPRequestHandler):
    """Answers from a table of paths."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body leave together: two small packets cost a delayed acknowledgement of 40 ms
    disable_nagle_algorithm = True
    server_version = "yunjiang"
    answers: Mapping[str, Served] = {}

    def do_GET(self) -> None:
        """Answer a request with its page."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer a request with the headers alone."""
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """The city keeps no access log."""

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        served = self.answers.get(f"{path}index.html" if path.endswith("/") else path, NOT_FOUND)
        self.send_response(served.status)
        self.send_header("Content-Type", served.content_type)
        self.send_header("Content-Length", str(len(served.content)))
        if served.location:
            self.send_header("Location", served.location)
        self.end_headers()
        if body:
            self.wfile.write(served.content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class CityServer:
    """The city's web server: `start()` and `stop()`, or a `with` block. `base` is its address without a slash at the end."""

    def __init__(self, answers: Mapping[str, Served] | None = None, *, port: int = PORT) -> None:
        self._answers = build_web().answers if answers is None else answers
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def base(self) -> str:
        """http://127.0.0.1:8417. Raises `RuntimeError` before `start()`."""
        if self._server is None:
            raise RuntimeError("the city's server has not been started")
        return f"http://{HOST}:{self._server.server_address[1]}"

    def start(self) -> Self:
        """Listen and serve in threads of its own. When the port is taken, any free one is used."""
        handler = type("Handler", (_Handler,), {"answers": self._answers})
        try:
            self._server = _Server((HOST, self._port), handler)
        except OSError:
            self._server = _Server((HOST, 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and close the port."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
