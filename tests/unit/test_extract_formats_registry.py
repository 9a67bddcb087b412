"""From bytes to a draft: the right extractor by what the bytes are, refusals by stable codes, attachments as text only."""

from __future__ import annotations

import pytest

from catalog.errors import Refused
from catalog.extract.plugin import ExtractorsPlugin
from catalog.extract.registry import Extractors, attachment_blocks, extract
from catalog.model.draft import Block, Draft, RawDocument
from catalog.plugins.registry import Plugins
from tests.extract_format_samples import STATUTE, archive, docx, p, pdf

RULES = [p("第一条 为了甲，制定本办法。"), p("第二条 本办法自发布之日起施行。")]
PAGE = "<html><head><title>甲</title></head><body><h1>云江市人民政府关于春耕的通知</h1><p>请做好春耕工作。</p></body></html>"


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (RawDocument(STATUTE.encode(), "text/markdown"), "第四条 本条例自2009年7月1日起施行。"),
        (RawDocument(docx("".join(RULES)), filename="办法.docx"), "第二条 本办法自发布之日起施行。"),
        (
            RawDocument(pdf([[(72, 700, 14, "请各地做好春耕备耕工作。")]]), "application/octet-stream"),
            "请各地做好春耕备耕工作。",
        ),
        (RawDocument(PAGE.encode(), "text/html"), "请做好春耕工作。"),
        (
            RawDocument("云江市人民政府关于春耕的通知\n\n请做好春耕工作。\n".encode("gb18030"), "text/plain"),
            "请做好春耕工作。",
        ),
    ],
)
def test_each_kind_of_file_is_read(document, text):
    assert text in [block.text for block in extract(document).blocks]


def test_articles_are_anchored_whatever_the_format():
    assert [block.anchor for block in extract(RawDocument(docx("".join(RULES)))).blocks if block.anchor] == [
        "art-1",
        "art-2",
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (RawDocument(b"", filename="空.html"), "empty"),
        (RawDocument(archive({"a": "b"}), "application/pdf", filename="假.pdf"), "wrong_media_type"),
        (RawDocument(PAGE.encode(), filename="错.pdf"), "wrong_media_type"),
        (RawDocument(archive({"a": "b"}), filename="包.zip"), "unsupported_media_type"),
        (RawDocument(b"\x00\x00\x00\x20ftypisom" + bytes(40), filename="片.mp4"), "unsupported_media_type"),
        (RawDocument(b"%PDF-1.4 torn", filename="坏.pdf"), "unreadable"),
    ],
)
def test_refusals_have_stable_codes_and_name_the_file(document, code):
    with pytest.raises(Refused) as caught:
        extract(document)
    assert caught.value.code == code
    assert str(document.filename) in str(caught.value)


def test_the_message_says_what_could_be_read():
    with pytest.raises(Refused) as caught:
        extract(RawDocument(b"\x00\x00\x00\x20ftypisom" + bytes(40), filename="片.mp4"))
    assert "MP4 video" in str(caught.value)
    assert "Word document (docx)" in str(caught.value)
    assert "OFD document" in str(caught.value)


def test_an_extension_s_extractor_takes_over_its_media_type():
    class Images:
        name, version, media_types = "images", "1", frozenset({"image/png"})

        def extract(self, document: RawDocument) -> Draft:
            return Draft("normative_document", blocks=(Block("paragraph", f"{len(document.content)} bytes"),))

    extractors = Extractors([*ExtractorsPlugin().text_extractors(), Images()])
    draft = extractors.extract(RawDocument(b"\x89PNG\r\n\x1a\n" + bytes(20)))
    assert draft.blocks[0].text == "28 bytes"


def test_the_plugin_offers_each_format_once():
    plugins = Plugins([("extractors", ExtractorsPlugin)])
    assert set(plugins.text_extractors) >= {
        "html", "plain_text", "markdown", "pdf", "docx", "doc", "odt", "rtf", "ofd", "sheets", "csv", "unread",
    }  # fmt: skip
    kinds = [kind for extractor in plugins.text_extractors.values() for kind in extractor.media_types]
    assert len(kinds) == len(set(kinds))


def test_attachments_give_their_text_and_nothing_else():
    assert [block.text for block in attachment_blocks(docx(p("甲") + p("乙")), filename="附件.docx")] == ["甲", "乙"]
    assert [block.text for block in attachment_blocks(pdf([[(72, 700, 14, "附件正文一行")]]), "application/pdf")] == [
        "附件正文一行"
    ]
    assert [block.anchor for block in attachment_blocks(docx("".join(RULES)))] == ["art-1", "art-2"]
    assert "请做好春耕工作。" in [block.text for block in attachment_blocks(PAGE.encode(), "text/html")]
    with pytest.raises(Refused) as caught:
        attachment_blocks(PAGE.encode(), "application/pdf", "附件.pdf")
    assert caught.value.code == "wrong_media_type"
