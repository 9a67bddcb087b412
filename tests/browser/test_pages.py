"""The pages in a real browser: nothing runs over the edge of a phone, nothing breaks the policy, and what is to be used can be used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Chromium
from tests.browser.looking import browser, fits, served
from tests.integration.door_catalogue import build

__all__ = ["browser"]

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]

PAGES = (
    "/?lang=zh-CN", "/?lang=en", "/?q=公共数据&type=normative_document&lang=zh-TW", "/?q=zzzz", "/?year=x", "/d/yunjiang-open-data-measures",
    "/d/yunjiang-order-58", "/d/yunjiang-hostile?lang=en", "/d/yunjiang-on-request", "/d/yunjiang-bus-lines?lang=en", "/d/nothing",
    "/organizations/", "/organizations/云江市大数据局", "/about/api?lang=en",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(build(tmp_path_factory.mktemp("browser"))) as address:
        yield address


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_over_the_edge_and_nothing_is_blocked(
    browser: Chromium, address: str, path: str, width: int
) -> None:
    browser.open(address + path, width=width)
    fits(browser, width)
    assert browser.ask("document.styleSheets.length") == 1


def test_filters_unfold_on_a_phone_without_script(browser: Chromium, address: str) -> None:
    browser.open(f"{address}/?q=公共数据", width=360)
    browser.do("Emulation.setScriptExecutionDisabled", value=True)
    shown = "getComputedStyle(document.querySelector('.filters')).display"
    assert browser.ask(shown) == "none"
    browser.ask("document.querySelector('label[for=show-filters]').click()")
    assert browser.ask(shown) == "block"
    browser.do("Emulation.setScriptExecutionDisabled", value=False)


def test_filters_and_contents_stand_beside_the_text_on_a_desk(browser: Chromium, address: str) -> None:
    browser.open(f"{address}/?q=公共数据", width=1280)
    assert browser.ask(
        "document.querySelector('.filters').getBoundingClientRect().right <= document.querySelector('.results').getBoundingClientRect().left"
    )
    browser.open(f"{address}/d/yunjiang-order-58", width=1280)
    assert browser.ask("getComputedStyle(document.querySelector('.contents .folds')).display") == "block"
    assert browser.ask(
        "document.querySelector('.contents').getBoundingClientRect().right <= document.querySelector('.text').getBoundingClientRect().left"
    )


def test_an_article_can_be_jumped_to(browser: Chromium, address: str) -> None:
    browser.open(f"{address}/d/yunjiang-order-58#art-12", width=360)
    top = browser.ask("document.querySelector(':target').getBoundingClientRect().top")
    assert 0 <= top < 800


def test_the_first_tab_leads_to_the_content(browser: Chromium, address: str) -> None:
    browser.open(f"{address}/", width=1280)
    for kind in ("keyDown", "keyUp"):
        browser.do("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.ask("document.activeElement.className") == "skip"
    assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert browser.ask("document.activeElement.getBoundingClientRect().top") >= 0


def test_dark_pages_are_dark(browser: Chromium, address: str) -> None:
    seen = []
    for dark in (False, True):
        browser.open(f"{address}/", width=1280, dark=dark)
        seen.append(browser.ask("getComputedStyle(document.body).backgroundColor"))
    assert seen == ["rgb(250, 248, 243)", "rgb(21, 22, 26)"]


def test_the_browser_would_notice_a_broken_policy(browser: Chromium, address: str) -> None:
    browser.open(f"{address}/", width=360)
    browser.ask("document.body.insertAdjacentHTML('beforeend', '<p style=\"width: 900px\">x</p>')")
    assert any("Content Security Policy" in text for text in browser.complaints())
