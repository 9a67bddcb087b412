"""One document reads the same in whatever format it comes: fields, texts, anchors."""

from __future__ import annotations

import pytest

from catalog.extract.registry import attachment_blocks, extract
from catalog.model.draft import Block, Draft, RawDocument
from tests.notice_in_formats import in_all_formats

FILES = in_all_formats()
PAGED = {"pdf", "ofd"}


def read(kind: str) -> Draft:
    content, name = FILES[kind]
    return extract(RawDocument(content, filename=name))


def texts(blocks: tuple[Block, ...], *, rows: bool = False) -> list[tuple[str, str, str | None]]:
    """Kind, text and anchor of each block; with `rows`, a table as a plain text has it: each row a line, its cells between blanks."""
    found = []
    for block in blocks:
        if rows and block.kind == "table":
            found += [("paragraph", row.replace("\t", " "), None) for row in block.text.split("\n")]
        else:
            found.append((block.kind, block.text, block.anchor))
    return found


@pytest.fixture(scope="module")
def page() -> Draft:
    return read("html")


def test_the_page_is_read_whole(page):
    assert page.fields["title"] == "云江市人民政府办公室关于印发云江市城市供水管理办法的通知"
    assert page.fields["doc_number"]["canonical"] == "云政办发〔2021〕12号"
    assert page.fields["embedded_document"] == "云江市城市供水管理办法"
    articles = [block.text[:3] for block in page.blocks if block.anchor and "art-" in block.anchor]
    assert articles == ["第一条", "第二条", "第三条", "第四条"]
    assert [block.text for block in page.blocks if block.kind == "table"] == [
        "序号\t事项\t责任单位\n1\t管网改造\t市水务局\n2\t水质监测\t市卫生健康局"
    ]
    assert page.flags == ()


@pytest.mark.parametrize("kind", sorted(set(FILES) - {"html", "txt"}))
def test_every_format_reads_as_the_page_does(page, kind):
    draft = read(kind)
    assert (draft.record_type, draft.fields, draft.flags) == (page.record_type, page.fields, page.flags)
    assert texts(draft.blocks) == texts(page.blocks)
    assert [one.type for one in draft.citations] == [one.type for one in page.citations]


def test_a_plain_text_reads_as_the_page_does_but_knows_no_tables(page):
    draft = read("txt")
    assert (draft.record_type, draft.fields, draft.flags) == (page.record_type, page.fields, page.flags)
    bare = [(text, anchor) for _, text, anchor in texts(page.blocks, rows=True)]
    assert [(text, anchor) for _, text, anchor in texts(draft.blocks)] == bare


@pytest.mark.parametrize("kind", sorted(PAGED))
def test_printed_formats_tell_the_pages(kind):
    pages = [block.page for block in read(kind).blocks]
    assert pages[0] == 1
    assert pages[-1] == 2
    assert pages == sorted(pages)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_attachments_of_every_format_give_their_text(kind):
    content, name = FILES[kind]
    found = "".join(block.text for block in attachment_blocks(content, filename=name))
    assert "第四条" in found
    assert "市卫生健康局" in found
