"""What a statute is based on, cites, and puts out of force."""

from __future__ import annotations

import pytest

from catalog.extract.statute_citations import statute_citations
from catalog.model.draft import Block


def cited(*texts: str, title: str = "云江市港口条例") -> list[tuple[str, str | None]]:
    found = statute_citations([Block("paragraph", text) for text in texts], title, None)
    return [(citation.type, citation.title) for citation in found]


def test_the_first_article_says_what_it_is_based_on():
    text = "第一条 为了加强港口管理，根据《中华人民共和国港口法》，结合本市实际，制定本条例。"
    assert cited(text) == [("based_on", "中华人民共和国港口法")]


@pytest.mark.parametrize(
    ("closing", "kind"),
    [
        ("第九条 本条例自2001年1月1日起施行。1991年4月6日市人民政府发布的《云江市港口暂行办法》同时废止。", "repeals"),
        ("第九条 本条例自公布之日起施行，1954年公布的《云江市港口暂行办法》即行废止。", "repeals"),
        ("第九条 本条例自公布之日起施行，《云江市港口暂行办法》中有关收费的规定同时废止。", "partly_repeals"),
        ("二、废止《云江市港口暂行办法》（1991年4月6日云江市人民政府发布）", "repeals"),
    ],
)
def test_the_closing_article_says_what_ends(closing, kind):
    assert cited(closing) == [(kind, "云江市港口暂行办法")]


def test_what_is_only_applied_stays_in_force():
    ((kind, _),) = cited("第九条 依照《云江市港口暂行办法》处理。")
    assert kind in ("cites", "based_on")


def test_all_that_one_sentence_ends():
    closing = "第九条 本条例自公布之日起施行。《云江市港口暂行办法》、1992年发布的《云江市码头管理办法》同时废止。"
    assert cited(closing) == [("repeals", "云江市港口暂行办法"), ("repeals", "云江市码头管理办法")]


def test_a_statute_does_not_cite_itself():
    assert cited("第二条 《云江市港口条例》适用于本市。") == []
