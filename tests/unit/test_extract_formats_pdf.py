"""PDF: text page by page, paragraphs from the layout, and what cannot be read."""

from __future__ import annotations

import pytest

from catalog.errors import Refused
from catalog.extract.formats import pdf as pdf_module
from catalog.extract.formats.pdf import PdfExtractor, pdf_text
from catalog.extract.formats.pdf_layout import Page, Row, joined, layout
from catalog.extract.lines import Line
from catalog.model.draft import RawDocument
from tests.extract_format_samples import Placed, paragraph_rows, pdf

LONG = "为进一步规范云江市政府信息公开工作，保障公民、法人和其他组织依法获取政府信息，提高政府工作的透明度，建设法治政府，根据有关法律法规，制定本办法。"
TITLE = "云江市人民政府办公室关于印发《云江市政府信息公开办法》的通知"


def centred(text: str, y: float, size: float) -> Placed:
    width = size * sum(0.5 if character.isascii() else 1 for character in text)
    return (72 + (448 - width) / 2, y, size, text)


def notice() -> list[list[Placed]]:
    first = [
        centred(TITLE[:20], 760, 22),
        centred(TITLE[20:], 730, 22),
        centred("云政办发〔2021〕15号", 700, 14),
        (72, 670, 14, "各县（市、区）人民政府，市政府各部门："),
        *paragraph_rows(LONG, 640),
        *paragraph_rows("各单位要高度重视。", 540),
        *paragraph_rows(LONG[:61], 120),
        (290, 40, 9, "— 1 —"),
    ]
    second = [
        (72, 760, 14, LONG[61:]),
        (72 + 300, 700, 14, "云江市人民政府办公室"),
        (72 + 330, 670, 14, "2021年3月5日"),
        (72 + 28, 640, 14, "（此件公开发布）"),
        (290, 40, 9, "— 2 —"),
    ]
    return [first, second]


def test_paragraphs_are_put_together_again_and_page_numbers_dropped():
    lines = pdf_text(pdf(notice())).lines
    assert [(line.text, line.align) for line in lines] == [
        (TITLE, "center"),
        ("云政办发〔2021〕15号", "center"),
        ("各县（市、区）人民政府，市政府各部门：", None),
        (LONG, None),
        ("各单位要高度重视。", None),
        (LONG, None),
        ("云江市人民政府办公室", "right"),
        ("2021年3月5日", "right"),
        ("（此件公开发布）", None),
    ]


def test_rows_with_wide_gaps_are_a_table():
    rows = [
        (72, 700, 12, "序号"), (150, 700, 12, "公开事项"), (300, 700, 12, "责任单位"),
        (72, 680, 12, "1"), (150, 680, 12, "财政预决算"), (300, 680, 12, "市财政局"),
    ]  # fmt: skip
    (line,) = pdf_text(pdf([rows])).lines
    assert (line.kind, line.text) == ("table", "序号\t公开事项\t责任单位\n1\t财政预决算\t市财政局")


def test_a_single_row_with_a_gap_is_no_table():
    (line,) = pdf_text(pdf([[(72, 700, 12, "第一章"), (150, 700, 12, "总则")]])).lines
    assert (line.kind, line.text) == ("paragraph", "第一章 总则")


def test_a_scan_is_kept_and_flagged():
    draft = PdfExtractor().extract(RawDocument(pdf([[], [(290, 40, 9, "2")]]), filename="扫描.pdf"))
    assert "needs_ocr" in draft.flags
    assert [problem.code for problem in draft.problems if problem.field == "text"] == ["needs_ocr"]
    assert draft.fields["title"] == "扫描"


def test_single_pages_without_text_are_named():
    text = pdf_text(pdf([notice()[0], [], notice()[1]]))
    assert (text.pages, text.empty_pages, text.is_scan) == (3, (2,), False)
    draft = PdfExtractor().extract(RawDocument(pdf([notice()[0], [], notice()[1]])))
    assert "needs_ocr" not in draft.flags
    assert any("2" in problem.message for problem in draft.problems if problem.code == "pages_without_text")


def test_pages_beyond_the_limit_are_said_to_be_unread(monkeypatch):
    monkeypatch.setattr(pdf_module, "MAX_PAGES", 1)
    text = pdf_text(pdf(notice()))
    assert text.unread == "pages 2 to 2 of the PDF were not read: at most 1 pages and 16,000,000 characters are read"
    draft = PdfExtractor().extract(RawDocument(pdf(notice())))
    assert "truncated" in draft.flags


def test_characters_beyond_the_limit_are_said_to_be_unread(monkeypatch):
    monkeypatch.setattr(pdf_module, "DOCUMENT_CHARACTERS", 300)
    text = pdf_text(pdf([*notice(), *notice()]))
    assert (text.pages, text.unread) == (
        4,
        "pages 3 to 4 of the PDF were not read: at most 3,000 pages and 300 characters are read",
    )


def test_a_page_that_takes_too_long_ends_the_reading_there(monkeypatch):
    heavy = [(72, 700, 8, "云江" * 40)] * 20_000
    monkeypatch.setattr(pdf_module, "PAGE_SECONDS", 0.2)
    monkeypatch.setattr(pdf_module, "PAGE_CHARACTERS", 10_000_000)
    text = pdf_text(pdf([notice()[1], heavy]))
    assert text.unread is not None
    assert "a page took longer than 0.2 seconds" in text.unread
    assert "云江市人民政府办公室" in [line.text for line in text.lines]


def test_a_file_that_takes_too_long_is_unreadable(monkeypatch):
    monkeypatch.setattr(pdf_module, "DOCUMENT_SECONDS", 0.001)
    with pytest.raises(Refused) as caught:
        pdf_text(pdf(notice()), "慢.pdf")
    assert (caught.value.code, "慢.pdf" in str(caught.value)) == ("unreadable", True)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"x" * 5000, pdf(notice())[:400]])
def test_broken_files_are_unreadable(content):
    with pytest.raises(Refused) as caught:
        pdf_text(content, "坏.pdf")
    assert caught.value.code == "unreadable"
    assert str(caught.value).startswith("坏.pdf: the PDF cannot be opened")


def test_a_file_with_a_password_is_encrypted():
    encrypt = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>/ID[<00><00>]"
    with pytest.raises(Refused) as caught:
        pdf_text(pdf(notice(), extra=encrypt), "密.pdf")
    assert caught.value.code == "encrypted"


def test_the_document_s_fields_are_read_like_those_of_a_page():
    draft = PdfExtractor().extract(RawDocument(pdf(notice()), "application/pdf", filename="通知.pdf"))
    assert draft.fields["title"] == TITLE
    assert draft.fields["doc_number"]["canonical"] == "云政办发〔2021〕15号"
    assert draft.fields["date_written"] == "2021-03-05"
    assert draft.fields["disclosure"] == "active"


def row(text: str, left: float = 72, top: float = 700, size: float = 14, width: float | None = None) -> Row:
    return Row(text, left, left + (width if width is not None else size * len(text)), top, top - size, size, bold=False)


def test_running_heads_are_dropped_and_repeated_text_is_not():
    pages = [
        Page(842, (row("云江市人民政府公报 2021", 200, 800), *(row(LONG[:32], top=740 - 24 * at) for at in range(20)), row(f"第{number}页", 280, 60)))
        for number in range(1, 5)
    ]  # fmt: skip
    texts = "".join(line.text for line in layout(pages))
    assert "公报" not in texts
    assert "页" not in texts
    assert texts.count(LONG[:32]) == 80


def test_characters_placed_one_by_one_become_rows():
    pieces = tuple(row(character, 72 + 14 * at) for at, character in enumerate("云江市人民政府"))
    assert [line.text for line in layout([Page(842, pieces)])] == ["云江市人民政府"]


def test_a_new_paragraph_is_not_joined_to_a_full_line():
    full = LONG[:32]
    pages = [Page(842, (row(full, top=700), row("第二条 乙。", top=676)))]
    assert [line.text for line in layout(pages)] == [full + "第二条 乙。"]
    ended = LONG[:31] + "。"
    pages = [Page(842, (row(ended, top=700), row("第二条 乙。", top=676)))]
    assert [line.text for line in layout(pages)] == [ended, "第二条 乙。"]
    indented = [
        Page(
            842,
            (
                row(full, top=700),
                row("各单位", left=100, top=676),
                *(row(LONG[:32], top=600 - 24 * at) for at in range(9)),
            ),
        )
    ]
    assert "各单位" in [line.text for line in layout(indented)][1]


def test_empty_pages_make_no_lines():
    assert layout([]) == []
    assert layout([Page(842, ())]) == []
    assert layout([Page(842, (row("孤", 72, 500),))]) == [Line(text="孤", page=1)]


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [("政府", "信息", "政府信息"), ("open", "data", "open data"), ("infor-", "mation", "information"), ("国务院令第7", "11号", "国务院令第711号"), ("Act,", "2021", "Act, 2021"), ("2021年", "3月", "2021年3月")],
)  # fmt: skip
def test_rows_are_joined_as_their_script_asks(left, right, whole):
    assert joined(left, right) == whole
