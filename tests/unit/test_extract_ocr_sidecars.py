"""Recognised text beside a scan: ALTO of three versions, hOCR, plain text; what is written can be read; hostile files are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Refused
from catalog.extract.ocr.alto import read_alto, write_alto
from catalog.extract.ocr.hocr import read_hocr
from catalog.extract.ocr.sidecars import read_sidecars
from catalog.extract.ocr.words import Word, WordPage, confidence

ALTO = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="{namespace}"><Layout><Page ID="P1" PHYSICAL_IMG_NR="{number}" HEIGHT="2000" WIDTH="1400"><PrintSpace>
<ComposedBlock><TextBlock><TextLine HPOS="200" VPOS="100" WIDTH="800" HEIGHT="50">
<String CONTENT="云江市" HPOS="200" VPOS="100" WIDTH="400" HEIGHT="50" WC="0.98"/><SP/>
<String CONTENT="人民政府" HPOS="610" VPOS="100" WIDTH="390" HEIGHT="50" WC="0.91"/></TextLine></TextBlock></ComposedBlock>
<TextBlock><TextLine><String CONTENT="2021年" HPOS="900" VPOS="1800" WIDTH="200" HEIGHT="40"/><HYP CONTENT="-"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""
HOCR = """<!DOCTYPE html><html><head><meta name="ocr-system" content="tesseract 5"></head><body>
<div class="ocr_page" title='image "a.png"; bbox 0 0 1400 2000; ppageno 0'><div class="ocr_carea"><p class="ocr_par">
<span class="ocr_line" title="bbox 200 100 1000 150; baseline 0 0"><span class="ocrx_word" title="bbox 200 100 600 150; x_wconf 96">云江市</span>
<span class="ocrx_word" title="bbox 610 100 1000 150; x_wconf 91">人民政府</span></span>
<span class="ocr_header" title="bbox 900 1800 1100 1840">2021年</span></p></div></div></body></html>"""
NAMESPACES = [f"http://www.loc.gov/standards/alto/ns-v{version}#" for version in (2, 3, 4)]


@pytest.mark.parametrize("namespace", [*NAMESPACES, "http://schema.ccs-gmbh.com/ALTO"])
def test_alto_of_every_version_is_read(namespace):
    (page,) = read_alto(ALTO.format(namespace=namespace, number=3).encode(), "a.xml")
    assert (page.number, page.width, page.height) == (3, 1400, 2000)
    assert page.rows[0] == (Word("云江市", 200, 100, 600, 150, 0.98), Word("人民政府", 610, 100, 1000, 150, 0.91))
    assert [word.text for word in page.rows[1]] == ["2021年", "-"]
    assert page.rows[1][0].confidence is None


def test_hocr_is_read():
    (page,) = read_hocr(HOCR.encode(), "a.hocr")
    assert (page.number, page.width, page.height) == (1, 1400, 2000)
    assert page.rows[0] == (Word("云江市", 200, 100, 600, 150, 0.96), Word("人民政府", 610, 100, 1000, 150, 0.91))
    assert page.rows[1] == (Word("2021年", 900, 1800, 1100, 1840, None),)


_NUMBER = st.integers(0, 20_000).map(float)
_WORD = st.builds(
    lambda text, left, top, width, height, sure: Word(text, left, top, left + width, top + height, sure),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"]), min_size=1, max_size=12),
    _NUMBER, _NUMBER, _NUMBER.map(lambda value: value + 1), _NUMBER.map(lambda value: value + 1),
    st.none() | st.integers(0, 1000).map(lambda value: value / 1000),
)  # fmt: skip
_ROWS = st.lists(st.lists(_WORD, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple)


@given(st.lists(_ROWS, min_size=1, max_size=3))
def test_what_is_written_as_alto_is_read_the_same(rows):
    pages = [WordPage(number, 50_000, 50_000, held) for number, held in enumerate(rows, 2)]
    content = write_alto(pages, software="rapidocr 3.10.0", source="扫描 & <1>.pdf")
    assert read_alto(content, "a.xml") == pages


def test_alto_comes_before_hocr_before_plain_text():
    alto = ALTO.format(namespace=NAMESPACES[2], number=1).encode()
    files = [("a.txt", "纯文本".encode()), ("a.hocr", HOCR.encode()), ("a.xml", alto)]
    kinds = [read_sidecars(files).kind, read_sidecars(files[:2]).kind, read_sidecars(files[:1]).kind]
    assert kinds == ["alto", "hocr", "txt"]
    assert read_sidecars([("a.json", b"{}")]) is None
    assert read_sidecars([]) is None


def test_one_file_a_page_is_put_in_the_order_of_the_numbers():
    def page(text: str) -> bytes:
        return ALTO.format(namespace=NAMESPACES[1], number=1).replace("云江市", text).encode()

    found = read_sidecars([("p-10.xml", page("第三")), ("p-2.xml", page("第二")), ("p-1.xml", page("第一"))])
    assert [(one.number, one.rows[0][0].text) for one in found.pages] == [(1, "第一"), (2, "第二"), (3, "第三")]


def test_plain_text_has_pages_where_it_has_form_feeds():
    found = read_sidecars([("a.txt", "第一页\n又一行\f第二页\n".encode())])
    assert [(line.page, line.text) for line in found.lines] == [(1, "第一页"), (1, "又一行"), (2, "第二页")]


def test_a_broken_file_is_told_and_the_next_kind_taken():
    found = read_sidecars([("a.xml", b"<alto><Layout>"), ("a.txt", "云江市人民政府".encode())])
    assert (found.kind, found.lines[0].text) == ("txt", "云江市人民政府")
    (problem,) = found.problems
    assert (problem.code, problem.message.startswith("a.xml: the XML is broken")) == ("sidecar_unreadable", True)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<alto><Layout><Page><TextLine><String CONTENT='&b;'/></TextLine></Page></Layout></alto>"
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "unreadable"),
        (b"<alto>" * 5_000, "zip_bomb"),
        (b"<page><alto/></page>", "unreadable"),
        (b"<alto", "unreadable"),
    ],
    ids=["entities", "depth", "another root", "cut off"],
)
def test_hostile_alto_is_refused(content, code):
    with pytest.raises(Refused) as caught:
        read_alto(content, "a.xml")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<div class='ocr_page'>" * 5_000, "zip_bomb"), (b"<html><body>nothing</body></html>", "unreadable")],
)
def test_hostile_hocr_is_refused(content, code):
    with pytest.raises(Refused) as caught:
        read_hocr(content, "a.hocr")
    assert caught.value.code == code


@pytest.mark.parametrize("value", ["NaN", "inf", "-5", "1e400", "9" * 400, "x", ""])
def test_measures_out_of_reason_are_not_believed(value):
    alto = ALTO.format(namespace=NAMESPACES[2], number=value or "0")
    for name in ("HPOS", "WIDTH", "HEIGHT", "WC"):
        alto = alto.replace(f'{name}="200"', f'{name}="{value}"').replace('WC="0.98"', f'WC="{value}"')
    (page,) = read_alto(alto.encode(), "a.xml")
    word = page.rows[0][0]
    assert all(0 <= measure <= 1e6 for measure in (word.left, word.top, word.right, word.bottom))
    assert word.confidence is None
    assert page.number == 1


def test_boxes_of_hocr_out_of_reason_are_not_believed():
    content = HOCR.replace("bbox 200 100 600 150", "bbox -900 100 9999999 150").replace("x_wconf 96", "x_wconf 999")
    (page,) = read_hocr(content.encode(), "a.hocr")
    assert page.rows[0][0] == Word("云江市", 0, 100, 1e6, 150, 1.0)


def test_pages_with_doubtful_words_are_to_be_proofread():
    def page(number: int, *sure: float | None) -> WordPage:
        return WordPage(number, 100, 100, tuple((Word("云江市人民", 0, 0, 9, 9, one),) for one in sure))

    found = confidence([page(1, 0.99, 0.98, 0.99), page(2, 0.99, 0.97, 0.6), page(3, 0.8, 0.8, 0.8), page(4, None)])
    assert found.low_pages == (2, 3)
    assert found.mean == pytest.approx((0.99 * 2 + 0.98 + 0.99 + 0.97 + 0.6 + 2.4) / 9)
    assert confidence([page(1, None)]).mean is None
