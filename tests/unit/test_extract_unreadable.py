"""What cannot be read is refused with its cause: damaged characters, question marks, an empty file, a page that a script fills."""

from __future__ import annotations

import random

import pytest

from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.model.draft import Draft, RawDocument

TITLE = "云江市人民政府关于加强河道管理的通知"
BODY = "根据有关规定，结合我市实际，现就有关事项通知如下，请认真贯彻执行。" * 5
PAGE = (
    f'<html><head><meta charset="gb2312"><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{BODY}</p></body></html>'
)


def read(content: bytes, **hints: str) -> Draft:
    return HtmlExtractor().extract(RawDocument(content, hints=hints))


def errors(draft: Draft) -> list[str]:
    return [problem.code for problem in draft.problems if problem.severity == "error"]


def strewn(content: bytes) -> bytes:
    """Bytes of which every third one was exchanged."""
    dice, damaged = random.Random(7), bytearray(content)
    for place in range(40, len(damaged), 3):
        damaged[place] = dice.randrange(128, 256)
    return bytes(damaged)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (strewn(PAGE.encode("gb18030")), "damaged_encoding"),
        (PAGE.encode().decode("gb18030", "replace").encode(), "damaged_encoding"),  # UTF-8 read as GBK, and saved
        (PAGE.replace("gb2312", "utf-8").encode().decode("latin-1").encode(), "damaged_encoding"),
        (f"<h1>{'锟斤拷' * 12}</h1><p>{'锟斤拷' * 60}</p>".encode(), "damaged_encoding"),
        (PAGE.encode("ascii", "replace"), "damaged_encoding"),
        (b"", "empty_file"),
        (b"<html><head><script>load()</script></head><body></body></html>", "empty_page"),
    ],
)
def test_the_cause_is_the_first_error(content: bytes, code: str) -> None:
    assert errors(read(content)) == [code]


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-16le", "big5"])
def test_a_page_in_good_order_has_no_error(charset: str) -> None:
    page = (
        PAGE
        if charset != "big5"
        else "<h1>雲江市人民政府關於加強河道管理的通知</h1><p>現就有關事項通知如下，請認真執行。</p>"
    )
    declared = "" if charset == "utf-16le" else charset
    draft = HtmlExtractor().extract(
        RawDocument(page.replace("gb2312", charset).encode(charset), charset=declared or None)
    )
    assert errors(draft) == []


def test_a_page_cut_in_the_middle_of_a_character_is_read_and_flagged() -> None:
    content = PAGE.encode("gb18030")
    draft = read(content[: len(content) // 2 + 1])
    assert draft.fields["title"] == TITLE
    assert errors(draft) == []
    assert "damaged_text" in draft.flags


def test_other_scripts_make_their_own_sense() -> None:
    for title in ("ශ්‍රී ලංකා ප්‍රජාතාන්ත්‍රික සමාජවාදී ජනරජය", "இலங்கை சனநாயக சோசலிசக் குடியரசு", "Journal officiel numéro 3"):
        draft = read(f"<h1>{title}</h1><p>{title * 9}</p>".encode(), title=title)
        assert errors(draft) == []


def test_a_title_from_the_list_page_stands_although_the_text_is_garbled() -> None:
    garbled = f"<p>{'锟斤拷' * 100}</p>".encode()
    draft = read(garbled, title=TITLE)
    assert draft.fields["title"] == TITLE
    assert errors(draft) == []


def test_plain_text_tells_the_cause_too() -> None:
    draft = PlainTextExtractor().extract(RawDocument(b""))
    assert errors(draft) == ["empty_file"]
