"""A catalogue served to a real browser, and what no page may show there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.serving import make_server

from catalog.actions import Catalogue
from catalog.app import create_app
from tests.browser.chromium import Chromium, installed

TOO_WIDE = """[...document.querySelectorAll('body *')].filter(node => !node.closest('.scroll, pre, .unseen, .skip'))
  .filter(node => node.getBoundingClientRect().right > innerWidth + 1).map(node => node.outerHTML.slice(0, 80))"""
HIDDEN_TEXT = """[...document.querySelectorAll('h1, h2, p, a, dd, dt, li')].filter(node => node.checkVisibility() && node.textContent.trim())
  .filter(node => parseFloat(getComputedStyle(node).fontSize) < 11).map(node => node.outerHTML.slice(0, 80))"""


@contextmanager
def served(catalogue: Catalogue) -> Iterator[str]:
    """The address of the catalogue's pages while they are served; its store is closed after."""
    server = make_server("127.0.0.1", 0, create_app(catalogue), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    catalogue.store.close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = installed()
    if program is None:
        pytest.skip(
            "no Chromium is installed (Debian: apt-get install chromium), so pages are not looked at in a browser"
        )
    chromium = Chromium(program, tmp_path_factory.mktemp("profile"))
    yield chromium
    chromium.close()


def unexpected(complaints: list[str]) -> list[str]:
    """A page that answers 400, 404 or 503 is itself reported as a failed load; that is no fault of the page."""
    return [
        text
        for text in complaints
        if not text.startswith("Failed to load resource: the server responded with a status of")
    ]


def fits(browser: Chromium, width: int) -> None:
    """The page that is open shows all of itself at this width, in letters that can be read, and breaks no policy."""
    assert unexpected(browser.complaints()) == []
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.ask(TOO_WIDE) == []
    assert browser.ask(HIDDEN_TEXT) == []
