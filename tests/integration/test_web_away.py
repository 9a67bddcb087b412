"""Pages while a part is away: what does not need it goes on, what needs it says so kindly, and nothing hangs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from catalog.actions import Catalogue
from catalog.web import search_page
from tests.freezing import frozen
from tests.integration.away import client_of, without_database, without_index
from tests.integration.door_catalogue import DIGEST, OFFICE, SECRET, build
from tests.servers import Postgresql

CITY = "云江市人民政府"
RECORDS = 52


@pytest.fixture(scope="module")
def searchless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = without_index(tmp_path_factory.mktemp("searchless"))
    yield catalogue
    catalogue.store.close()


@pytest.fixture
def browser(searchless: Catalogue) -> FlaskClient:
    return client_of(searchless)


@pytest.fixture(scope="module")
def storeless(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of(without_database(tmp_path_factory.mktemp("storeless")))


def tree_of(client: FlaskClient, address: str, status: int = 200) -> LexborHTMLParser:
    response = client.get(address)
    assert response.status_code == status, address
    return LexborHTMLParser(response.get_data(as_text=True))


def texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(selector)]


def records(tree: LexborHTMLParser) -> list[str]:
    return [
        (node.attributes["href"] or "").partition("#")[0] for node in tree.css("article.hit h2 a, article.hit h3 a")
    ]


def total(tree: LexborHTMLParser) -> int:
    return int(re.sub(r"\D", "", texts(tree, ".total")[0].partition("·")[0]))


def test_the_front_page_lists_the_newest_documents_and_says_what_is_missing(browser: FlaskClient) -> None:
    tree = tree_of(browser, "/")
    assert len(records(tree)) == 20
    assert total(tree) == RECORDS
    assert "检索暂时无法使用" in texts(tree, ".notice[role=alert]")[0]
    assert tree.css_first("aside.filters") is None
    assert texts(tree, ".sorts li") == ["最新在前", "最早在前"]


def test_pages_put_together_are_all_documents(browser: FlaskClient) -> None:
    for order in ("date_desc", "date_asc"):
        found = [one for page in (1, 2, 3) for one in records(tree_of(browser, f"/?sort={order}&page={page}"))]
        assert len(found) == len(set(found)) == RECORDS


@pytest.mark.parametrize(
    "query",
    [
        f"organization={CITY}",
        f"organization={OFFICE}&type=normative_document",
        "type=dataset",
        "year=2015",
        f"organization={CITY}&type=regulation&year=2019&sort=date_asc",
        "organization=没有这个机关",
        "year=1949",
    ],
)
def test_browsing_finds_what_the_search_finds(browser: FlaskClient, client: FlaskClient, query: str) -> None:
    away, here = tree_of(browser, f"/?{query}"), tree_of(client, f"/?{query}")
    assert total(away) == total(here)
    if total(here) <= search_page.PAGE_SIZE:
        assert sorted(records(away)) == sorted(records(here))
    assert "检索暂时无法使用" in texts(away, ".notice[role=alert]")[0]
    assert texts(here, ".notice[role=alert]") == []


def test_the_page_of_a_body_shows_its_documents(browser: FlaskClient, client: FlaskClient) -> None:
    (link,) = [node for node in tree_of(browser, "/organizations/").css("a") if node.text(strip=True) == CITY]
    address = link.attributes["href"] or ""
    away, here = tree_of(browser, address), tree_of(client, address)
    assert len(records(away)) == len(records(here)) > 0
    assert "没有按类型统计的数量" in texts(away, ".notice")[0]


@pytest.mark.parametrize(
    "address",
    ["/d/yunjiang-open-data-measures", "/organizations/", "/about/api", f"/download/{DIGEST['pdf']}/a.pdf"],
)
def test_what_needs_no_search_is_untouched(browser: FlaskClient, address: str) -> None:
    assert browser.get(address).status_code == 200


def test_a_search_for_words_says_so_and_offers_what_there_is(browser: FlaskClient) -> None:
    address = f"/?q=公共数据&organization={CITY}&type=regulation&sort=relevance"
    response = browser.get(address)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    tree = LexborHTMLParser(response.get_data(as_text=True))
    assert texts(tree, "[role=alert] h2") == ["检索暂时无法使用"]
    offered = [node.attributes["href"] or "" for node in tree.css("[role=alert] ul:not(.active) a")]
    assert len(offered) == 3
    narrowed = tree_of(browser, offered[0])
    assert total(narrowed) == 1, "the same filters, without the words"
    for href in offered:
        assert browser.get(href).status_code == 200
    assert tree.css_first("input[name=q]").attributes["value"] == "公共数据"  # type: ignore[union-attr]


@pytest.mark.parametrize("query", ["validity=in_force", "sort=title", "type=dataset&type=regulation", "date_from=2020"])
def test_what_only_the_search_can_list_is_not_listed_wrongly(browser: FlaskClient, query: str) -> None:
    tree = tree_of(browser, f"/?{query}", 503)
    assert records(tree) == []


@pytest.mark.parametrize("query", ["year=twenty", "sort=best", "page=0", "q=x&type=novel"])
def test_a_wrong_value_is_still_the_askers(browser: FlaskClient, query: str) -> None:
    assert texts(tree_of(browser, f"/?{query}", 400), "[role=alert] h2") == ["这样无法检索"]


def test_nothing_is_shown_that_is_not_public(browser: FlaskClient) -> None:
    for page in (1, 2, 3):
        body = browser.get(f"/?page={page}").get_data(as_text=True)
        assert SECRET not in body
        assert "withheld" not in body
    listed = {name for page in (1, 2, 3) for name in records(tree_of(browser, f"/?page={page}"))}
    assert any("yunjiang-on-request" in name for name in listed)
    assert not any("withheld" in name or "wrong" in name for name in listed)


@pytest.mark.parametrize(("language", "said"), [("en", "not available"), ("zh-TW", "檢索暫時無法使用")])
def test_it_is_said_in_the_readers_language(browser: FlaskClient, language: str, said: str) -> None:
    for address, status in (("/?lang=", 200), ("/?q=x&lang=", 503)):
        assert said in " ".join(texts(tree_of(browser, f"{address}{language}", status), "[role=alert]"))


SEARCH_AWAY = ("检索暂时无法使用", "The search is not available for the moment")
STORE_AWAY = ("目录暂时无法访问", "The catalogue cannot be reached for the moment")
PAGES = (
    "/",
    "/?q=公共数据",
    "/?type=dataset",
    "/d/yunjiang-order-58",
    "/organizations/",
    "/organizations/a",
    "/?q=x&lang=en",
)


@pytest.mark.parametrize("address", PAGES)
def test_without_the_database_every_page_says_so(storeless: FlaskClient, address: str) -> None:
    response = storeless.get(address)
    body = response.get_data(as_text=True)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    searched = "q=" in address  # this catalogue has no index either
    assert any(words in body for words in SEARCH_AWAY if searched) or any(words in body for words in STORE_AWAY)
    for inside in ("nobody", "127.0.0.1", "GONGKAI", "connection"):
        assert inside not in body


@pytest.mark.parametrize("address", ["/about/api", "/assets/style.css", "/no-such-page"])
def test_without_the_database_what_needs_none_is_untouched(storeless: FlaskClient, address: str) -> None:
    assert storeless.get(address).status_code == (404 if "no-such" in address else 200)


@pytest.mark.network
def test_a_database_that_dies_or_hangs_under_the_application(
    own_postgres: Postgresql, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_URL", own_postgres.url(own_postgres.database()))
    catalogue = build(tmp_path)
    client, budget = client_of(catalogue), catalogue.settings["REQUEST_SECONDS"]
    assert client.get("/d/yunjiang-order-58").status_code == 200

    own_postgres.kill()
    for address in PAGES:
        assert client.get(address).status_code == 503
    own_postgres.restart()
    assert client.get("/d/yunjiang-order-58").status_code == 200, "the first request after the restart"

    with frozen(own_postgres):
        for address in ("/d/yunjiang-order-58", "/organizations/", "/"):
            start = time.monotonic()
            assert client.get(address).status_code == 503
            assert time.monotonic() - start <= budget
        assert client.get("/about/api").status_code == 200
    assert client.get("/d/yunjiang-order-58").status_code == 200
    assert client.get("/?q=公共数据").status_code == 200
    catalogue.store.close()
