"""What kind of file some bytes are, and what is refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from catalog.errors import Refused
from catalog.extract.formats import archive, sniff
from catalog.extract.formats.sniff import DOCX, HTML, MARKDOWN, PDF, PLAIN, media_type
from tests import extract_format_samples as samples

PAGE = "<!DOCTYPE html><html><head><title>云江市</title></head><body><p>通知</p></body></html>".encode()
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + bytes(128)


def refusal(content: bytes, declared: str | None = None, filename: str | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        media_type(content, declared, filename)
    return caught.value


@pytest.mark.parametrize(
    ("content", "declared", "filename", "expected"),
    [
        (samples.pdf([[]]), None, None, PDF),
        (samples.pdf([[]]), "text/html", "show?id=3", PDF),
        (b"\n\xef\xbb\xbf" + samples.pdf([[]]), "application/pdf", "a.pdf", PDF),
        (samples.docx(""), "application/octet-stream", "通知.docx", DOCX),
        (samples.docx(""), "application/msword", "通知.doc", DOCX),
        (samples.docx(""), "application/zip", None, DOCX),
        (samples.archive({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), None, "表.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (samples.archive({"mimetype": "application/vnd.oasis.opendocument.text"}), None, "a.odt", "application/vnd.oasis.opendocument.text"),
        (samples.archive({"OFD.xml": "<x/>"}), None, "公报.ofd", "application/ofd"),
        (samples.archive({"a.txt": "x"}), None, "打包.zip", "application/zip"),
        (ole("WordDocument"), None, "旧.doc", "application/msword"),
        (ole("Workbook"), None, "旧.xls", "application/vnd.ms-excel"),
        (OLE, None, None, "application/x-ole-storage"),
        (OLE, None, "旧稿.wps", "application/x-wps"),
        (ole("WordDocument"), None, "旧稿.wps", "application/msword"),
        (samples.docx(""), "application/kswps", "新稿.wps", DOCX),
        (ole("Book"), None, "表.et", "application/vnd.ms-excel"),
        (bytes(range(256)), None, "公报.cebx", "application/x-ceb"),
        (b"{\\rtf1 x}", None, "通知.doc", "application/rtf"),
        (samples.archive({"content.xml": "x", "META-INF/manifest.xml": '<m full-path="/" media-type="application/vnd.oasis.opendocument.text"/>'}), None, "a.odt", "application/vnd.oasis.opendocument.text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), None, "图.png", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "image/png", "图.png", "image/jpeg"),
        (PAGE, None, None, HTML),
        (b"\xef\xbb\xbf  <!-- generated -->\n" + PAGE, "text/plain", "index.jsp", HTML),
        (PAGE.decode().encode("utf-16"), None, None, HTML),
        (b"<div class=TRS_Editor><p>x</p></div>", None, None, HTML),
        (b"<font>x</font><br>y", "text/html", None, HTML),
        ("第一条 甲".encode(), "text/html", None, PLAIN),
        (b"<?xml version='1.0'?><rss/>", "text/html", None, "application/xml"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", None, None, HTML),
        (b'{"a": 1}', None, "a.json", "application/json"),
        (b'{"a": 1}\n{"a": 2}', None, "a.jsonl", "application/x-ndjson"),
        ("关于<印发>的通知".encode(), None, "a.txt", PLAIN),
        ("云江市人民政府".encode("gb18030"), None, None, PLAIN),
        ("云江市人民政府\n".encode("utf-16-le"), None, None, PLAIN),
        (samples.STATUTE.encode(), None, None, MARKDOWN),
        (samples.STATUTE.encode(), "text/markdown", "条例.md", MARKDOWN),
        (samples.STATUTE.encode(), None, "条例.txt", PLAIN),
        (b"a,b\n1,2", "text/csv; charset=utf-8", None, "text/csv"),
        (bytes(range(256)) * 4, None, None, "application/octet-stream"),
        (b"\x01" + bytes(500) + b"\x02", None, None, "application/octet-stream"),
        (b"<html xmlns:o='urn:schemas-microsoft-com:office:office'><body>x</body>", "application/msword", "a.doc", HTML),
    ],
)  # fmt: skip
def test_the_bytes_tell_and_the_name_helps(content, declared, filename, expected):
    assert media_type(content, declared, filename) == expected


@pytest.mark.parametrize(
    ("content", "declared", "filename"),
    [
        (samples.archive({"a.txt": "x"}), "application/pdf", "公报.pdf"),
        (PAGE, "application/pdf", "公报.pdf"),
        (PAGE, "text/html", "https://yunjiang.example/files/公报.pdf?v=2"),
        (PAGE, None, "通知.docx"),
        (samples.archive({"a.txt": "x"}), None, "通知.docx"),
        (samples.pdf([[]]), None, "图.png"),
        ("文字".encode(), "application/zip", None),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "application/pdf", None),
    ],
)
def test_what_is_not_what_it_is_called_is_refused(content, declared, filename):
    refused = refusal(content, declared, filename)
    assert refused.code == "wrong_media_type"
    assert str(refused).startswith(filename or "the document")


def test_an_error_page_posing_as_pdf_is_called_one():
    assert "error or login page" in str(refusal(PAGE, "application/pdf", "公报.pdf"))


@pytest.mark.parametrize("content", [b"", b"   \r\n\t", bytes(1000), b"\xef\xbb\xbf\n"])
def test_nothing_is_empty(content):
    refused = refusal(content, "text/html", "空.html")
    assert (refused.code, "空.html" in str(refused)) == ("empty", True)


def test_a_file_over_the_limit_is_too_large(monkeypatch):
    monkeypatch.setattr(sniff, "MAX_BYTES", 100)
    assert refusal(b"x" * 101).code == "too_large"
    assert media_type(b"x" * 100) == PLAIN


def test_password_protected_office_files_are_encrypted():
    assert refusal(ole("EncryptedPackage"), None, "密.docx").code == "encrypted"


def zip_with(size: int, entries: int = 1) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(entries):
            file.writestr(f"word/{number}.xml", bytes(size))
    return target.getvalue()


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_a_bomb(monkeypatch):
    assert refusal(zip_with(archive.RATIO_FROM + 1), None, "a.zip").code == "zip_bomb"
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1000)
    assert refusal(zip_with(1001), None, "a.zip").code == "zip_bomb"
    assert media_type(zip_with(1000), None, "a.zip") == "application/zip"


def test_an_archive_with_too_many_files_is_a_bomb(monkeypatch):
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    assert refusal(zip_with(1, entries=4), None, "a.zip").code == "zip_bomb"


def test_a_member_that_is_larger_than_it_says_is_not_read(monkeypatch):
    held = archive.Archive(zip_with(200), "a.zip")
    monkeypatch.setattr(archive, "MAX_PART", 100)
    with pytest.raises(Refused) as caught:
        held.read("word/0.xml")
    assert caught.value.code == "zip_bomb"


def test_an_encrypted_archive_is_named():
    content = bytearray(samples.archive({"a.txt": "x"}))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content), None, "a.zip").code == "encrypted"


def test_a_torn_archive_is_unreadable():
    content = samples.docx("")
    assert refusal(content[: len(content) // 2], None, "a.docx").code == "unreadable"


def test_xml_with_a_document_type_is_refused_before_its_entities_are_read():
    bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'
    with pytest.raises(Refused) as caught:
        archive.parse_xml(bomb, "通知.docx, part word/document.xml")
    assert "document type" in str(caught.value)
    assert str(caught.value).startswith("通知.docx, part word/document.xml")
    outside = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
    with pytest.raises(Refused):
        archive.parse_xml(outside, "a")
    with pytest.raises(Refused):
        archive.parse_xml(bomb.decode().encode("utf-16"), "a")


def test_broken_xml_is_unreadable():
    with pytest.raises(Refused) as caught:
        archive.parse_xml(b"<a><b></a>", "通知.docx")
    assert caught.value.code == "unreadable"


def test_xml_that_is_too_deep_or_too_large_is_refused(monkeypatch):
    with pytest.raises(Refused) as caught:
        archive.parse_xml(b"<a>" * 300 + b"</a>" * 300, "通知.docx")
    assert caught.value.code == "zip_bomb"
    monkeypatch.setattr(archive, "MAX_ELEMENTS", 10)
    with pytest.raises(Refused):
        archive.parse_xml(b"<a>" + b"<b/>" * 10 + b"</a>", "通知.docx")
    assert len(archive.parse_xml(b"<a>" + b"<b/>" * 9 + b"</a>", "通知.docx")) == 9


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "content", [b"<!---->" * 2000 + b"x", b"<!--" * 4000, b"<%%>" * 3000, b" <" * 9000, b"<?xml " * 2000]
)
def test_hostile_beginnings_cost_no_time(content):
    assert media_type(content) in (PLAIN, HTML, "application/xml")
