"""Which charset a document is in, whatever was said of it."""

from __future__ import annotations

import codecs

import pytest

from catalog.extract.formats.encoding import canonical_charset, decode, sense

SIMPLIFIED = "为进一步规范云江市政府信息公开工作，根据国务院的有关规定，结合本市实际，制定本办法。"
TRADITIONAL = "為規範雲江市政府資訊公開作業，依行政程序法第一百五十條規定，訂定本辦法，並自發布日施行。"


@pytest.mark.parametrize(
    "declared", [None, "utf-8", "gb2312", "GBK", "x-gbk", "cp936", "big5", "iso-8859-1", "utf-16", "no-such-charset"]
)
@pytest.mark.parametrize("true", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_simplified_text_is_read_right_whatever_was_declared(true, declared):
    decoded = decode(SIMPLIFIED.encode(true), declared)
    assert decoded.text == SIMPLIFIED
    assert decoded.damaged == 0


@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "big5", "iso-8859-1"])
@pytest.mark.parametrize("true", ["utf-8", "cp950", "gb18030"])
def test_traditional_text_is_read_right_whatever_was_declared(true, declared):
    assert decode(TRADITIONAL.encode(true), declared).text == TRADITIONAL


def test_gb2312_is_read_as_gb18030_which_has_the_character():
    text = "朱镕基、陶喆、㐀 " + SIMPLIFIED
    decoded = decode(text.encode("gb18030"), "text/html; charset=GB2312")
    assert (decoded.text, decoded.charset, decoded.where, decoded.flags) == (text, "gb18030", "header", ())


def test_a_declaration_that_proves_wrong_is_named_and_flagged():
    decoded = decode(SIMPLIFIED.encode("utf-8"), "gbk")
    assert (decoded.charset, decoded.where, decoded.refuted) == ("utf-8", "detected", "gb18030")
    assert decoded.flags == ("wrong_charset",)


def test_what_servers_send_by_default_is_no_declaration():
    decoded = decode(SIMPLIFIED.encode("gb18030"), "ISO-8859-1")
    assert (decoded.text, decoded.refuted, decoded.flags) == (SIMPLIFIED, None, ())


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="gb2312">',
        '<META http-equiv="Content-Type" content="text/html; charset=gb2312">',
        "<meta content='text/html;charset=GBK' http-equiv='content-type'/>",
        '<?xml version="1.0" encoding="GB2312"?>',
    ],
)
def test_the_charset_in_the_page_counts_where_the_header_is_silent(meta):
    page = f"<html><head>{meta}</head><body>{SIMPLIFIED}</body></html>"
    decoded = decode(page.encode("gb18030"))
    assert (decoded.text, decoded.charset, decoded.where) == (page, "gb18030", "meta")


def test_the_header_is_stronger_than_the_page_unless_it_is_wrong():
    page = f'<meta charset="gb2312">{SIMPLIFIED}'
    assert decode(page.encode("utf-8"), "utf-8").where == "header"
    wrong = decode(page.encode("gb18030"), "utf-8")
    assert (wrong.text, wrong.where, wrong.refuted) == (page, "meta", "utf-8")


def test_utf_16_in_a_meta_tag_is_a_mistake_for_utf_8():
    page = f'<meta charset="utf-16">{SIMPLIFIED}'
    assert decode(page.encode("utf-8")).text == page


def test_a_byte_order_mark_outweighs_the_header_and_is_not_in_the_text():
    decoded = decode(codecs.BOM_UTF8 + SIMPLIFIED.encode(), "gb2312")
    assert (decoded.text, decoded.where) == (SIMPLIFIED, "bom")


def test_lost_characters_are_counted_and_flagged():
    content = bytearray((SIMPLIFIED * 5).encode("utf-8"))
    content[60] = 0xFF
    decoded = decode(bytes(content), "utf-8")
    assert decoded.charset == "utf-8"
    assert 0 < decoded.damaged <= 3
    assert decoded.flags == ("wrong_charset", "damaged_text")


def test_characters_that_were_lost_before_are_not_blamed_on_the_charset():
    decoded = decode(f"{SIMPLIFIED}\ufffd".encode(), "utf-8")
    assert (decoded.damaged, decoded.flags) == (1, ("damaged_text",))


def test_a_damaged_byte_does_not_turn_gb18030_into_another_charset():
    content = bytearray((SIMPLIFIED * 5).encode("gb18030"))
    content[61] = 0xFF
    decoded = decode(bytes(content), "gb2312")
    assert (decoded.charset, decoded.damaged > 0) == ("gb18030", True)
    assert decoded.text.count(SIMPLIFIED) == 4


def test_short_text_keeps_what_was_declared():
    assert decode("云江".encode("gb18030"), "gb2312").text == "云江"
    assert decode("雲江".encode("cp950"), "big5").text == "雲江"


def test_other_scripts_are_detected():
    french = "Événement à Paris : arrêté déjà reçu, très intéressé par l’été"
    assert decode(french.encode("cp1252"), "iso-8859-1").text == french
    japanese = "これは日本語の文章です。政府の情報公開について説明します。"
    assert decode(japanese.encode("cp932"), "shift_jis").text == japanese


def test_signs_of_big5_are_read_as_browsers_read_them():
    text = "史蒂芬‧霍金～" + TRADITIONAL
    assert decode(text.encode("cp950"), "big5").text == text
    assert "①" in decode(b"\xc6\xa1" + TRADITIONAL.encode("cp950"), "big5").text


def test_plain_ascii_needs_no_charset():
    assert decode(b"plain").where == "default"
    assert decode(b"").text == ""


def test_labels():
    assert canonical_charset('charset="GB_2312-80"') == "gb18030"
    assert canonical_charset("UTF8") == "utf-8"
    assert canonical_charset("rot13") is None
    assert canonical_charset(None) is None


def test_sense_tells_text_from_noise():
    assert sense(SIMPLIFIED) > 0.6
    assert sense(TRADITIONAL) > 0.6
    assert sense(SIMPLIFIED.encode().decode("gb18030", "replace")) < 0.2
    assert sense("abc") == 1.0
