"""The page of one record: everything that is known about it, nothing that is not public, and nothing of it run as markup."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from tests.integration.door_catalogue import DIGEST, SECRET

MEASURES = "/d/yunjiang-open-data-measures"


def tree_of(client: FlaskClient, address: str, status: int = 200) -> LexborHTMLParser:
    response = client.get(address)
    assert response.status_code == status
    return LexborHTMLParser(response.get_data(as_text=True))


def text_of(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    assert node is not None, selector
    return " ".join(node.text().split())


def test_the_header_table_follows_the_official_layout(client: FlaskClient) -> None:
    tree = tree_of(client, MEASURES)
    labels = [node.text() for node in tree.css(".sheet > dl dt")]
    assert labels == ["索引号", "主题分类", "发文机关", "成文日期", "发文字号", "发布日期", "关键词"]
    values = [" ".join(node.text().split()) for node in tree.css(".sheet > dl dd")]
    assert values[0] == "011217651/2021-00245"
    assert values[3:6] == ["2021年3月2日", "云政办发〔2021〕12号", "2021年3月12日"]
    assert "各县（市、区）人民政府、市政府各部门" in text_of(tree, ".sheet details")


def test_what_a_source_does_not_state_is_seen_to_be_missing(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-hant")
    assert "未注明" in text_of(tree, ".sheet > dl .none")
    values = [" ".join(node.text().split()) for node in tree.css(".sheet > dl dd")]
    assert "2010年" in values


def test_validity_has_its_sentence(client: FlaskClient) -> None:
    assert "2021年4月1日" in text_of(tree_of(client, MEASURES), ".stand.validity-in_force")
    amended = text_of(tree_of(client, "/d/yunjiang-order-58"), ".stand.validity-in_force")
    assert "云江市人民政府关于修改部分规章的决定" in amended
    repealed = text_of(tree_of(client, "/d/yunjiang-2015-3"), ".stand.validity-repealed")
    assert "云政办发〔2021〕12号" in repealed


def test_unknown_validity_is_never_called_not_in_force(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-hant")
    assert "这不表示文件已经失效" in text_of(tree, ".stand.validity-unknown")
    assert tree.css_first(".kind .badge[class*=validity]") is None


def test_articles_can_be_linked_to(client: FlaskClient) -> None:
    tree = tree_of(client, MEASURES)
    article = tree.css_first("#art-7")
    assert article is not None
    assert article.text().startswith("第七条")
    entries = [(node.attributes["href"], node.text()) for node in tree.css(".contents a")]
    assert [text for _, text in entries] == ["云江市公共数据开放管理办法", "第一章　总则", "第二章　开放目录"]
    for href, _ in entries:
        assert tree.css_first(href or "") is not None


def test_a_text_without_headings_lists_its_articles(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-2015-3")
    assert [node.attributes["href"] for node in tree.css(".contents .articles a")] == [
        f"#art-{place}" for place in range(1, 6)
    ]


def test_tables_keep_their_cells(client: FlaskClient) -> None:
    rows = [[cell.text() for cell in row.css("td")] for row in tree_of(client, MEASURES).css(".text table tr")]
    assert rows[1] == ["1", "公交线路", "无条件开放"]


def test_relations_link_to_what_is_held_and_name_what_is_not(client: FlaskClient) -> None:
    tree = tree_of(client, MEASURES)
    held = [node.attributes["href"] for node in tree.css("section[aria-labelledby=relations] a")]
    assert "/d/yunjiang-2015-3" in held
    shown = text_of(tree, "section[aria-labelledby=relations]")
    assert "中华人民共和国政府信息公开条例" in shown
    assert "本目录未收录" in shown
    back = text_of(tree_of(client, "/d/yunjiang-2015-3"), "section[aria-labelledby=relations]")
    assert "云江市公共数据开放管理办法" in back


def test_files_can_be_fetched_and_checked(client: FlaskClient) -> None:
    tree = tree_of(client, MEASURES)
    links = {node.text(): node.attributes["href"] or "" for node in tree.css("section[aria-labelledby=files] a")}
    assert client.head(links["云江市公共数据开放管理办法.pdf"]).status_code == 200
    assert DIGEST["pdf"] in text_of(tree, "section[aria-labelledby=files]")
    assert "开放目录（样式）.xlsx" in text_of(tree, "section[aria-labelledby=attachments]")


def test_where_it_comes_from_and_how_sure_it_is(client: FlaskClient) -> None:
    tree = tree_of(client, MEASURES)
    shown = text_of(tree, "section[aria-labelledby=provenance]")
    for part in ("yunjiang-gov", "20210312-1", DIGEST["html"], "二〇二一年三月二日", "落款", "90 %"):
        assert part in shown
    original = tree.css_first("section[aria-labelledby=provenance] a")
    assert original is not None
    assert original.attributes["href"] == "http://www.yunjiang.example/t20210312_1.html"
    assert "第 2 版" in text_of(tree, "section[aria-labelledby=revisions]")


def test_the_page_leads_to_its_json(client: FlaskClient) -> None:
    link = tree_of(client, MEASURES).css_first("link[rel=alternate]")
    assert link is not None
    assert client.get(link.attributes["href"] or "").get_json()["name"] == "yunjiang-open-data-measures"


def test_a_former_name_leads_to_the_present_one(client: FlaskClient) -> None:
    response = client.get("/d/yunjiang-old-name?lang=en")
    assert response.status_code == 308
    assert response.location == f"{MEASURES}?lang=en"
    by_number = client.get("/d/云政办发（2021）12")
    assert (by_number.status_code, by_number.location) == (302, MEASURES)


def test_an_on_request_record_shows_its_header_and_how_to_ask(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-on-request")
    assert "涉及第三方商业秘密" in text_of(tree, ".standing")
    assert "第二十九条" in text_of(tree, ".apply")
    assert tree.css_first(".text") is None
    assert tree.css_first("section[aria-labelledby=files]") is None
    assert SECRET not in tree.html


def test_a_withdrawn_record_says_why(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-wrong", 410)
    assert "内容有误，由发文机关撤回" in text_of(tree, ".reason")


@pytest.mark.parametrize("name", ["yunjiang-withheld", "nothing", "%00", "..%2f..", "云" * 300])
def test_what_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/d/{name}").status_code == 404


def test_harvested_markup_stays_text(client: FlaskClient) -> None:
    for address in ("/d/yunjiang-hostile", "/?q=公共数据", "/"):
        tree = tree_of(client, address)
        assert not tree.css("script, img, main i, .text b")
        assert not [node for node in tree.css("*") if any(name.startswith("on") for name in node.attributes)]
    assert "<img src=x onerror=alert(1)>" in text_of(tree_of(client, "/d/yunjiang-hostile"), ".text")


def test_the_document_speaks_its_own_language(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-hant?lang=en")
    page, title, text = (tree.css_first(selector) for selector in ("html", ".document h1", ".text"))
    assert page is not None
    assert title is not None
    assert text is not None
    assert page.attributes["lang"] == "en"
    assert title.attributes["lang"] == text.attributes["lang"] == "zh-Hant"


def test_a_dataset_shows_its_data(client: FlaskClient) -> None:
    tree = tree_of(client, "/d/yunjiang-bus-lines")
    link = tree.css_first("section[aria-labelledby=resources] a")
    assert link is not None
    assert link.attributes["href"] == "https://data.yunjiang.example/bus.csv"
    assert "线路名称" in text_of(tree, "section[aria-labelledby=columns]")
    assert "发文字号" not in [node.text() for node in tree.css(".sheet dt")]


def test_the_page_of_a_body(client: FlaskClient) -> None:
    listed = tree_of(client, "/organizations/?q=大数据").css_first(".bodies a")
    assert listed is not None
    tree = tree_of(client, listed.attributes["href"] or "")
    assert text_of(tree, "h1") == "云江市大数据局"
    assert len(tree.css("article.hit")) == 10
    assert client.get("/organizations/云江市大数据局").status_code == 308
