"""What holds for every page: no script, no inline style, a strict policy, landmarks, labels, links that lead somewhere, enough contrast."""

from __future__ import annotations

import re
from collections import deque
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

import catalog.web

PAGES = (
    "/", "/?q=公共数据&type=regulation", "/?q=zzzz", "/?year=x", "/?lang=en", "/?lang=zh-TW", "/d/yunjiang-open-data-measures", "/d/yunjiang-on-request",
    "/d/yunjiang-hostile", "/d/yunjiang-bus-lines", "/d/yunjiang-wrong", "/d/nothing", "/nothing", "/organizations/", "/organizations/?q=zzz", "/about/api",
)  # fmt: skip
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STYLE = (Path(catalog.web.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")


def tree_of(client: FlaskClient, address: str) -> LexborHTMLParser:
    return LexborHTMLParser(client.get(address).get_data(as_text=True))


@pytest.mark.parametrize("address", PAGES)
def test_nothing_on_a_page_can_run(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    tree = LexborHTMLParser(response.get_data(as_text=True))
    assert not tree.css("script, style, iframe, object, embed, base, [style]")
    for node in tree.css("[href], [src], [action]"):
        for name in ("href", "src", "action"):
            assert not (node.attributes.get(name) or "").lower().startswith(("javascript:", "data:", "//"))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_can_be_read_without_seeing_it(client: FlaskClient, address: str) -> None:
    tree = tree_of(client, address)
    assert (tree.css_first("html") or tree.root).attributes["lang"]
    assert (tree.css_first("title") or tree.root).text().strip()
    assert len(tree.css("main")) == len(tree.css("h1")) == 1
    assert tree.css_first("header nav[aria-label]") is not None
    skip = tree.css_first("body > a.skip")
    assert skip is not None
    assert tree.css_first(skip.attributes["href"] or "") is not None
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    labelled = {node.attributes["for"] for node in tree.css("label[for]")}
    assert {node.attributes.get("id") for node in tree.css("input:not([type=hidden])")} <= labelled
    for node in tree.css("[aria-labelledby]"):
        assert node.attributes["aria-labelledby"] in ids
    for link in tree.css("a"):
        assert link.text().strip() or link.attributes.get("aria-label"), link.html
    levels = [int(node.tag[1]) for node in tree.css("h1, h2, h3, h4, h5")]
    assert levels[0] in {1, 2}
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels


def test_every_link_of_the_site_leads_somewhere(client: FlaskClient) -> None:
    waiting, seen = deque(["/", "/d/yunjiang-open-data-measures", "/organizations/", "/about/api"]), set()
    while waiting and len(seen) < 150:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        assert response.status_code == 200, address
        if response.mimetype == "text/html" and address.count("&") + address.count("lang=") < 2:
            tree = LexborHTMLParser(response.get_data(as_text=True))
            found = [node.attributes.get("href") or "" for node in tree.css("a, link")]
            waiting.extend(href.partition("#")[0] for href in found if href.startswith("/"))
    assert len(seen) > 80


@pytest.mark.parametrize("address", ["/nothing", "/d/nothing", "/organizations/nothing"])
def test_what_is_not_there_gets_a_page_with_a_search_box(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert LexborHTMLParser(response.get_data(as_text=True)).css_first("form[role=search]") is not None


def test_a_number_that_is_not_held_can_be_searched_for(client: FlaskClient) -> None:
    tree = LexborHTMLParser(client.get("/d/云政发〔1999〕1号").get_data(as_text=True))
    box = tree.css_first("input[name=q]")
    assert box is not None
    assert box.attributes["value"] == "云政发〔1999〕1号"


def test_a_wrong_method_keeps_its_headers(client: FlaskClient) -> None:
    response = client.post("/about/api")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_an_error_of_ours_is_a_page_without_secrets(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> dict[str, object]:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("catalog.web.asking.call", fail)
    response = client.get("/d/x")
    assert response.status_code == 500
    body = response.get_data(as_text=True)
    assert "本站出了差错" in body
    assert "secret" not in body


def test_static_files_may_be_kept_for_long(client: FlaskClient) -> None:
    address = (tree_of(client, "/").css_first("link[rel=stylesheet]") or pytest.fail("no style sheet")).attributes[
        "href"
    ]
    response = client.get(address or "")
    assert response.mimetype == "text/css"
    assert "immutable" in response.headers["Cache-Control"]


def palette(css: str) -> dict[str, str]:
    colours = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", css))
    return {
        name: value if len(value) == 7 else "#" + "".join(char * 2 for char in value[1:])
        for name, value in colours.items()
    }


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


ON_PAPER = [(text, ground) for text in ("ink", "soft", "link", "red") for ground in ("paper", "card", "wash")]
ON_WASH = [(name, f"{name}-wash") for name in ("good", "warn", "bad", "calm")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [*ON_PAPER, *ON_WASH, ("mark-ink", "mark"), ("ink", "warn-wash")])
def test_text_has_enough_contrast(theme: str, text: str, ground: str) -> None:
    light, dark = STYLE.split("prefers-color-scheme: dark", 1)
    colours = palette(light) if theme == "light" else palette(light) | palette(dark.split("*, ::before")[0])
    assert contrast(colours[text], colours[ground]) >= 4.5
    assert contrast("#9d2b1e", "#ffffff") >= 4.5


def test_the_style_sheet_loads_nothing() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
