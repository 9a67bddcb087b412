"""What the extractors read from the city's pages against what the city knows of them: every document, every layout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import pytest

from catalog.demo.build import build_city
from catalog.demo.city import Document
from catalog.demo.sites import build_web
from catalog.extract.registry import extract
from catalog.model.draft import Draft, RawDocument

PUBLISHERS = {"gov": "云江市人民政府", "env": "云江市生态环境局", "gazette": "云江市人民政府办公室"}


def read(one: Document) -> Draft:
    web = build_web()
    path = web.paths[one.key]
    served = web.answers[path]
    media_type, _, parameters = served.content_type.partition(";")
    return extract(
        RawDocument(
            served.content,
            media_type,
            parameters.partition("=")[2] or None,
            f"http://127.0.0.1:8417{path}",
            path.rsplit("/", 1)[1],
            {"publisher": PUBLISHERS[one.site], "region": "990100", "level": "municipal"},
        )
    )


def number(draft: Draft) -> str | None:
    found = draft.fields.get("doc_number")
    return found["canonical"] if found else None


def known(one: Document) -> dict[str, object]:
    expected: dict[str, object] = {
        "title": one.title,
        "doc_number": one.number,
        "date_written": one.written.isoformat() if one.written else None,
        "issuing_body": list(one.issuers),
    }
    if one.site != "gazette":
        expected["record_type"] = one.record_type
    if one.medium == "html" and one.site != "gazette":
        expected |= {
            "date_published": one.published.date().isoformat(),
            "index_number": one.index_number,
            "topic_raw": one.topic,
            "disclosure": one.disclosure if one.index_number or one.number else "unknown",
        }
    return expected


def wrong(documents: Iterable[Document]) -> list[str]:
    found = []
    for one in documents:
        draft = read(one)
        for name, value in known(one).items():
            got = number(draft) if name == "doc_number" else draft.fields.get(name)
            if name == "record_type":
                got = draft.record_type
            if name == "date_published" and got:
                got = got[:10]
            if name == "disclosure" and got is None:
                got = "unknown"
            if got != value:
                found.append(f"{one.key} {name}: {got!r}, not {value!r}")
    return found


@pytest.mark.parametrize("layout", ["2012", "2016", "2021"])
def test_every_page_of_a_layout_reads_as_the_city_knows_it(layout: str) -> None:
    documents = [one for one in build_city().documents if one.layout == layout and one.medium == "html"]
    assert len(documents) > 30
    assert wrong(documents) == []


def test_documents_that_are_bare_files_read_as_the_city_knows_them() -> None:
    documents = [one for one in build_city().documents if one.medium != "html"]
    assert len(documents) == 5
    assert wrong(documents) == []


def test_gazette_articles_read_as_the_city_knows_them() -> None:
    assert wrong(one for issue in build_city().issues for one in issue.articles) == []


DOING = frozenset({"repeals", "amends", "interprets"})


@cache
def relations() -> dict[str, list[str]]:
    """What was missed of the relations that the texts state, by the case that each belongs to."""
    by_key = {one.key: one for one in build_city().documents}
    missed: dict[str, list[str]] = {"plain": [], "same_title": [], "listed": [], "full_title": []}
    for one in build_city().documents:
        read_types = defaultdict(set)
        for citation in read(one).citations:
            read_types[citation.number].add(citation.type)
        for citation in one.citations:
            if citation.number is None or citation.target is None:
                continue
            case = "plain"
            if by_key[citation.target].title == one.title:
                case = "same_title"
            elif one.form == "dropdecree":
                case = "listed"
            elif citation.type == "interprets" and by_key[citation.target].title not in one.title:
                case = "full_title"
            types = set(read_types[citation.number])
            if one.form == "cleanup" and "declares_expired" in types:
                types.add("repeals")  # the city drops it; the column of results says that it has expired
            if not types or (citation.type in DOING and citation.type not in types):
                missed[case].append(f"{one.key}: {citation.type} {citation.number}: read as {sorted(types)}")
    return missed


def test_what_a_document_does_to_another_is_read_from_its_text() -> None:
    assert relations()["plain"] == []


def test_a_renewed_document_repeals_the_older_one_of_its_title() -> None:
    assert relations()["same_title"] == []


def test_a_list_of_what_is_repealed_is_read() -> None:
    assert relations()["listed"] == []


def test_an_interpretation_interprets_what_it_names_in_full() -> None:
    assert relations()["full_title"] == []


def test_a_page_that_prints_its_text_twice_is_kept_once() -> None:
    for one in build_city().documents:
        if "repeat" in one.traps:
            texts = [block.text for block in read(one).blocks]
            body = [para.text for para in one.paras if para.kind in {"paragraph", "heading"} and len(para.text) > 12]
            assert all(texts.count(text) == 1 for text in body), one.key


def test_what_surrounds_a_document_is_not_in_its_text() -> None:
    for one in build_city().documents[::7]:
        if one.medium != "html":
            continue
        text = "\n".join(block.text for block in read(one).blocks)
        for noise in ("网站标识码", "扫一扫", "ICP备", "当前位置", "您现在的位置", "打印本页", "分享到"):
            assert noise not in text, (one.key, noise)


def test_an_on_request_document_says_why() -> None:
    requested = [one for one in build_city().documents if one.disclosure == "on_request"]
    assert requested
    for one in requested:
        draft = read(one)
        assert draft.fields["disclosure"] == "on_request"
        assert draft.fields["disclosure_reason"] == one.reason
