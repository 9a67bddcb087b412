"""A text with embedded documents in a real browser: at a phone's width nothing runs over, and a wide table scrolls by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Chromium
from tests.browser.looking import browser, fits, served
from tests.integration.text_catalogue import build

__all__ = ["browser"]

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(build(tmp_path_factory.mktemp("texts"))) as address:
        yield f"{address}/d/yunjiang-parking"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_runs_over_the_edge(browser: Chromium, address: str, width: int, language: str) -> None:
    browser.open(f"{address}?lang={language}", width=width)
    fits(browser, width)


def test_a_wide_table_scrolls_by_itself_on_a_phone(browser: Chromium, address: str) -> None:
    browser.open(address, width=360)
    box = "document.querySelector('#e2-tbl-1')"
    assert browser.ask(f"{box}.scrollWidth > {box}.clientWidth")
    assert browser.ask(f"getComputedStyle({box}).overflowX") == "auto"
    assert browser.ask("[...document.querySelectorAll('#e2-tbl-1 td')].every(cell => cell.clientWidth > 30)")


def test_an_embedded_article_is_marked_when_it_is_jumped_to(browser: Chromium, address: str) -> None:
    browser.open(f"{address}#e1-art-2", width=360)
    assert 0 <= browser.ask("document.querySelector(':target').getBoundingClientRect().top") < 800
    browser.open(f"{address}#art-2", width=360)
    assert 0 <= browser.ask("document.querySelector(':target').closest('p').getBoundingClientRect().top") < 800


def test_embedded_texts_are_set_off_and_notes_are_marked(browser: Chromium, address: str) -> None:
    browser.open(address, width=1280)
    line = "getComputedStyle(document.querySelector('section.inside')).borderTopStyle"
    assert browser.ask(line) == "solid"
    note = "getComputedStyle(document.querySelector('p.responsible'))"
    assert browser.ask(f"{note}.borderInlineStartStyle") == "solid"
    assert browser.ask(f"{note}.textIndent") == "0px"
