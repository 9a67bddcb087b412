"""The search page: what is asked, what is shown, where its links lead, and that trouble is told kindly."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from catalog.errors import SearchUnavailable
from catalog.web import asking

Page = Callable[[str], LexborHTMLParser]


@pytest.fixture
def page(client: FlaskClient) -> Page:
    def get(address: str) -> LexborHTMLParser:
        response = client.get(address)
        assert response.status_code == 200, address
        return LexborHTMLParser(response.get_data(as_text=True))

    return get


def asked(href: str | None) -> dict[str, list[str]]:
    return parse_qs(urlsplit(href or "").query)


def texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree.css(selector)]


def test_the_front_page_has_a_search_box_and_the_newest_documents(page: Page) -> None:
    tree = page("/")
    assert tree.css_first("form[role=search] input[name=q]") is not None
    assert len(tree.css("article.hit")) == 20
    assert "52" in texts(tree, ".total")[0]


def test_a_hit_shows_what_one_needs_to_choose(page: Page) -> None:
    tree = page("/?q=云江市公共数据管理规定")
    hit = tree.css_first("article.hit")
    assert hit is not None
    shown = " ".join(hit.text().split())
    for part in ("规章", "云江市人民政府令第58号", "云江市人民政府", "2019年5月20日成文", "2019年7月1日起施行"):
        assert part in shown
    assert hit.css_first(".badge.validity-in_force") is not None
    assert hit.css_first("mark") is not None


def test_the_passage_that_matched_is_one_click_away(page: Page) -> None:
    link = page("/?q=安全、便民的原则").css_first("article.hit a.jump")
    assert link is not None
    assert "#art-" in (link.attributes["href"] or "")


def test_facet_values_are_links_that_add_and_take_away(page: Page) -> None:
    tree = page("/?q=公共数据&type=regulation")
    links = {" ".join(node.text().split()): node for node in tree.css(".facet .values a")}
    other = next(node for text, node in links.items() if text.startswith("数据集"))
    assert asked(other.attributes["href"]) == {"q": ["公共数据"], "type": ["regulation", "dataset"]}
    chosen = next(node for node in links.values() if node.attributes.get("aria-current") == "true")
    assert asked(chosen.attributes["href"]) == {"q": ["公共数据"]}


def test_several_values_of_one_filter_widen(page: Page) -> None:
    one, two = (texts(page(f"/?{query}"), ".total")[0] for query in ("type=dataset", "type=dataset&type=regulation"))
    assert (one, two) == ("1 份文件", "2 份文件")


def test_filters_that_are_set_can_be_taken_away(page: Page) -> None:
    tree = page("/?type=normative_document&year=2015&date_from=2015-01&page=1")
    active = {texts_of: node for node in tree.css("ul.active li a") if (texts_of := " ".join(node.text().split()))}
    year = next(node for text, node in active.items() if text.startswith("年份"))
    assert "2015年" in " ".join(year.text().split())
    assert asked(year.attributes["href"]) == {"type": ["normative_document"], "date_from": ["2015-01"]}


def test_a_new_search_keeps_the_filters(page: Page) -> None:
    hidden = page("/?q=数据&type=regulation&year=2019&page=2&lang=en").css("form.search input[type=hidden]")
    kept = {(node.attributes["name"], node.attributes["value"]) for node in hidden}
    assert kept == {("type", "regulation"), ("year", "2019"), ("lang", "en")}


def test_years_are_drawn_as_bars_with_links(page: Page) -> None:
    tree = page("/?organization=云江市大数据局")
    bars = tree.css("svg.histogram a")
    assert len(bars) == 24
    assert bars[0].attributes["aria-label"] == "2000年: 2 份文件"
    assert asked(bars[0].attributes["href"])["year"] == ["2000"]
    chosen = page("/?organization=云江市大数据局&year=2000").css("svg.histogram a.chosen")
    assert [node.attributes["aria-label"] for node in chosen] == ["2000年: 2 份文件"]


def test_pages_of_results(page: Page) -> None:
    tree = page("/?organization=云江市大数据局&page=2")
    assert "第 2 页" in texts(tree, ".total")[0]
    back = tree.css_first(".pager a[rel=prev]")
    assert back is not None
    assert "page" not in asked(back.attributes["href"])
    on = tree.css_first(".pager a[rel=next]")
    assert on is not None
    assert asked(on.attributes["href"])["page"] == ["3"]


def test_nothing_found_helps_on(page: Page) -> None:
    tree = page("/?q=zzzzqqqq&type=regulation")
    assert texts(tree, ".empty h2") == ["没有找到"]
    assert any(asked(node.attributes["href"]) == {"q": ["zzzzqqqq"]} for node in tree.css(".empty a"))


def test_an_unknown_parameter_is_named_and_the_search_goes_on(page: Page) -> None:
    tree = page("/?q=公共数据&yeer=2015")
    assert "yeer" in texts(tree, ".notice")[0]
    assert tree.css("article.hit")


@pytest.mark.parametrize("query", ["year=twenty", "sort=best", "page=0", "date_from=gestern", "type=novel"])
def test_a_bad_value_is_told_kindly_and_can_be_mended(client: FlaskClient, query: str) -> None:
    response = client.get(f"/?q=公共数据&{query}")
    assert response.status_code == 400
    tree = LexborHTMLParser(response.get_data(as_text=True))
    assert texts(tree, "[role=alert] h2") == ["这样无法检索"]
    assert query.partition("=")[0] in texts(tree, "[role=alert] ul")[0]
    box = tree.css_first("input[name=q]")
    assert box is not None
    assert box.attributes["value"] == "公共数据"


def test_a_search_that_cannot_answer_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> dict[str, object]:
        raise SearchUnavailable("being rebuilt")

    monkeypatch.setattr(asking, "call", fail)
    response = client.get("/?q=x")
    assert response.status_code == 503
    assert "检索暂时无法使用" in response.get_data(as_text=True)


def test_what_was_typed_is_never_markup(client: FlaskClient) -> None:
    body = client.get("/", query_string={"q": '"><script>alert(1)</script>', "organization": "<b>x</b>"}).get_data(
        as_text=True
    )
    assert "<script" not in body
    assert "<b>x" not in body


def test_the_language_goes_along(page: Page) -> None:
    tree = page("/?lang=en&q=公共数据")
    html = tree.css_first("html")
    assert html is not None
    assert html.attributes["lang"] == "en"
    inside = [node.attributes["href"] or "" for node in tree.css("main a")]
    assert inside
    assert all(asked(href)["lang"] == ["en"] for href in inside if href.startswith("/"))


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("", "zh-CN"),
        ("en-GB,en;q=0.8", "en"),
        ("zh-HK", "zh-TW"),
        ("zh-Hant-TW", "zh-TW"),
        ("zh", "zh-CN"),
        ("fr,de;q=0.5", "zh-CN"),
        ("fr,en;q=0.1", "en"),
    ],
)
def test_the_language_follows_the_browser(client: FlaskClient, accepted: str, tag: str) -> None:
    response = client.get("/about/api", headers={"Accept-Language": accepted} if accepted else {})
    assert response.headers["Content-Language"] == tag
    assert "Accept-Language" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers
