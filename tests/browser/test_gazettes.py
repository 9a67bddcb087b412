"""A gazette's pages in a real browser: an issue with its articles, an article with its neighbours, and two texts compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.actions import Catalogue
from tests.browser.chromium import Chromium
from tests.browser.looking import browser, fits, served
from tests.integration.gazette_catalogue import build

__all__ = ["browser"]

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]

NOTICE = "云江市人民政府关于印发云江市城市公园管理办法的通知"


def names(catalogue: Catalogue) -> dict[str, str]:
    """The names of the notice's two records, and of the issue with many articles."""
    with catalogue.store.read() as reader:
        records = list(reader.iter_records())
    article, page = (
        next(one["name"] for one in records if one["title"] == NOTICE and (one["type"] == "gazette_article") is printed)
        for printed in (True, False)
    )
    issue = next(one["name"] for one in records if one["type"] == "gazette_issue" and "2020年" in one["title"])
    return {"issue": issue, "article": article, "page": page}


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    catalogue = build(tmp_path_factory.mktemp("gazettes"))
    found = names(catalogue)
    with served(catalogue) as address:
        yield {
            "issue": f"{address}/d/{found['issue']}",
            "article": f"{address}/d/{found['article']}",
            "compared": f"{address}/d/{found['article']}/compare/{found['page']}",
        }


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("which", ["issue", "article", "compared"])
def test_the_page_fits(browser: Chromium, addresses: dict[str, str], which: str, language: str, width: int) -> None:
    browser.open(f"{addresses[which]}?lang={language}", width=width)
    fits(browser, width)


def test_what_differs_is_told_without_its_colour(browser: Chromium, addresses: dict[str, str]) -> None:
    browser.open(f"{addresses['compared']}?lang=en", width=360)
    assert browser.ask("document.querySelectorAll('.differs del, .differs ins').length") > 0
    assert browser.ask("[...document.querySelectorAll('.differs')].every(node => node.querySelector('.what'))")
