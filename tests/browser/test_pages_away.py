"""The pages of a catalogue of which a part is away, in a real browser: they fit the screen, and the list has the room of the filters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Chromium
from tests.browser.looking import browser, fits, served
from tests.integration.away import without_database, without_index

__all__ = ["browser"]

pytestmark = [pytest.mark.network, pytest.mark.timeout(120)]

SEARCHLESS = (
    "/?lang=zh-CN",
    "/?type=normative_document&lang=en",
    "/?q=公共数据&type=regulation&lang=zh-TW",
    "/organizations/云江市大数据局",
)
STORELESS = ("/d/yunjiang-order-58?lang=zh-CN", "/organizations/?lang=en")
WIDTHS = (390, 1280)
LIST_WIDTH = "document.querySelector('.results').getBoundingClientRect().width / innerWidth"


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("away")
    catalogues = [without_index(folder / "searchless"), without_database(folder / "storeless")]
    with served(catalogues[0]) as searchless, served(catalogues[1]) as storeless:
        yield searchless, storeless


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", [(0, path) for path in SEARCHLESS] + [(1, path) for path in STORELESS])
def test_pages_fit_and_break_no_policy(
    browser: Chromium,
    addresses: tuple[str, str],
    page: tuple[int, str],
    width: int,
) -> None:
    which, path = page
    browser.open(f"{addresses[which]}{path}", width=width)
    fits(browser, width)


def test_the_list_takes_the_room_of_the_filters_that_are_missing(
    browser: Chromium,
    addresses: tuple[str, str],
) -> None:
    browser.open(f"{addresses[0]}/?type=normative_document", width=1280)
    assert browser.ask(LIST_WIDTH) > 0.8
