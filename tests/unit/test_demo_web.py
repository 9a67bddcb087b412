from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pypdfium2
import pytest

from catalog.demo.attachments import docx_bytes, page_count, pdf_bytes
from catalog.demo.build import build_city
from catalog.demo.city import Para
from catalog.demo.server import CityServer
from catalog.demo.sites import COLUMNS, build_web
from catalog.demo.trouble import troubles

PARAS = [
    Para("title", "云江市停车场管理办法（征求意见稿）"),
    Para(
        "article",
        "第一条　为了加强停车场规划、建设和管理，规范停车秩序，缓解停车难，根据《中华人民共和国道路交通安全法》，结合本市实际，制定本办法。"
        * 3,
    ),
    Para("table", "名次\t县（区）\t得分\n1\t江汀区\t93.5"),
    Para("date", "2015年3月10日"),
]


def plain(text: str) -> str:
    return re.sub(r"\s", "", text.replace("￾", ""))


def pdf_text(content: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(content)
    pages = []
    for number in range(len(pdf)):
        page = pdf[number]
        text = page.get_textpage()
        pages.append(text.get_text_range())
        text.close()
        page.close()
    pdf.close()
    return pages


def test_a_pdf_gives_back_its_text() -> None:
    (page,) = pdf_text(pdf_bytes(PARAS))
    assert plain(page) == plain("".join(para.text for para in PARAS))


def test_each_part_of_a_pdf_begins_a_page_and_pages_are_counted() -> None:
    long = [Para("paragraph", "各县（区）人民政府应当加强领导。" * 30)] * 2
    assert page_count(long) == 2
    pages = pdf_text(pdf_bytes(PARAS, long))
    assert len(pages) == 3
    assert plain(pages[1]).startswith("各县（区）人民政府")


def test_a_docx_gives_back_its_text_and_table() -> None:
    with zipfile.ZipFile(io.BytesIO(docx_bytes(PARAS))) as archive:
        assert archive.testzip() is None
        root = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314 - our own bytes
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    assert "".join(node.text or "" for node in root.iter(f"{space}t")) == "".join(para.text for para in PARAS).replace(
        "\t", ""
    ).replace("\n", "")
    assert len(list(root.iter(f"{space}tr"))) == 2


def test_every_attachment_can_be_opened() -> None:
    web = build_web()
    pdfs = [
        path
        for path, served in web.answers.items()
        if served.content_type == "application/pdf" and served.content.startswith(b"%PDF")
    ]
    assert len(pdfs) > 30
    for path in pdfs:
        assert len(plain("".join(pdf_text(web.answers[path].content)))) > 60, path


def test_the_oldest_pages_are_gb18030_and_only_their_meta_tag_says_so() -> None:
    web = build_web()
    old = [one for one in build_city().documents if one.layout == "2012"]
    assert len(old) > 30
    for one in old:
        served = web.answers[web.paths[one.key]]
        assert served.content_type == "text/html"
        assert b"charset=gb2312" in served.content
        assert one.title.split("〈")[0] in served.content.decode("gb18030")
        with pytest.raises(UnicodeDecodeError):
            served.content.decode("utf-8")


def test_every_document_is_on_one_list_and_every_link_leads_somewhere() -> None:
    web = build_web()
    lists = [
        path for path in web.answers if re.fullmatch(r"/(gov|sthjj|gb|data)/.*(index|list|ysqgk)(_\d+)?\.html", path)
    ]
    linked = re.findall(r'<a href="(/[^"]+)"', "".join(web.answers[path].content.decode() for path in lists))
    documents = {web.paths[one.key] for one in build_city().documents}
    assert sorted(path for path in linked if path in documents) == sorted(documents)
    for path in web.paths.values():
        for href in re.findall(rb'href="((?:\./|/gb/|/data/files/)[^"]+)"', web.answers[path].content):
            target = href.decode()
            target = f"{path.rsplit('/', 1)[0]}/{target[2:]}" if target.startswith("./") else target
            assert target in web.answers, (path, target)


def test_each_column_of_the_municipal_site_says_how_many_pages_it_has() -> None:
    web = build_web()
    for folder, _, _ in COLUMNS.values():
        pages = [path for path in web.answers if re.fullmatch(rf"/gov/{folder}/index(_\d+)?\.html", path)]
        assert f"createPageHTML({len(pages)}, 0," in web.answers[f"/gov/{folder}/index.html"].content.decode()


def test_the_trouble_list_leads_in_a_circle() -> None:
    web = build_web()
    assert b'href="index_2.html"' in web.answers["/wt/index.html"].content
    assert b'href="index.html"' in web.answers["/wt/index_2.html"].content
    assert {one.fate for one in troubles()} == {"created", "quarantined", "failed", "skipped"}


@pytest.mark.network
def test_the_server_answers_and_stops() -> None:
    web = build_web()
    with CityServer(port=0) as server:
        base = server.base
        with urlopen(f"{base}/gov/zwgk/zcwj/") as answer:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert answer.read() == web.answers["/gov/zwgk/zcwj/index.html"].content
        with pytest.raises(OSError, match="404"):
            urlopen(f"{base}/gov/nichts.html")
    with pytest.raises(OSError, match="refused"):
        urlopen(f"{base}/robots.txt")
    with pytest.raises(RuntimeError, match="not been started"):
        _ = server.base


def test_the_data_files_name_no_real_province() -> None:
    folder = Path(__file__).resolve().parents[2] / "catalog" / "demo" / "data"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    for real in ("滇", "云南", "昆明", "广东省", "湖北省", "甘肃"):
        assert real not in text
