"""Word's, LibreOffice's and the rich text's files: numbers that the program counts, tables, hidden text, fields, pages; and damaged ones.

`samples/formats/words.*` hold one made-up document; doc, odt and rtf were saved from the docx by LibreOffice.
"""

from __future__ import annotations

import struct

import olefile
import pytest

from catalog.errors import Refused
from catalog.extract.formats import rtf
from catalog.extract.formats.doc import doc_lines
from catalog.extract.formats.doc_numbering import read_numbering as read_doc_numbering
from catalog.extract.formats.doc_pieces import read_pieces
from catalog.extract.formats.doc_properties import sprms
from catalog.extract.formats.docx import docx_lines
from catalog.extract.formats.numbering import Level, Numbering, labelled
from catalog.extract.formats.odt import odt_lines
from catalog.extract.formats.rtf import rtf_lines
from tests.extract_format_samples import W, archive, docx, p
from tests.notice_in_formats import SAMPLES

READERS = {"docx": docx_lines, "doc": doc_lines, "odt": odt_lines, "rtf": rtf_lines}
EXPECTED = [
    "云政发〔2021〕3号", "云江市人民政府文件", "关于供水的通知", "第一章 总则", "一、总体要求", "一.1 目标甲", "一.2 目标乙", "③ 小点",
    "④ 小点", "二、重点任务", "二.1 任务甲", "③ 小点", "五、另起", "符号", "第二章 附则",
    "序号\t责任单位\n1\t市水务局\t牵头\n\t市财政局\t配合", "框内正文一段。", "详见链接文字。", "第一行", "第二行",
    "Latin text only: café – “quoted” 100%", "𠮷第二页", "2021年3月5日",
]  # fmt: skip


def sample(kind: str) -> bytes:
    return (SAMPLES / f"words.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["doc", "docx", "odt"])
def test_numbers_tables_fields_boxes_and_pages(kind):
    lines = READERS[kind](sample(kind))
    # LibreOffice keeps no levels that are written in Arabic digits throughout (isLgl); only the docx has them
    expected = [text.replace("一.", "1.").replace("二.", "2.") for text in EXPECTED] if kind == "docx" else EXPECTED
    assert [line.text for line in lines] == expected
    by_text = {line.text: line for line in lines}
    assert (by_text["第一章 总则"].kind, by_text["第一章 总则"].level, by_text["第一章 总则"].align) == (
        "heading",
        1,
        "center",
    )
    assert (by_text["关于供水的通知"].align, by_text["关于供水的通知"].bold) == ("center", True)
    assert by_text["符号"].kind == "list_item"
    assert by_text["2021年3月5日"].align == "right"
    assert [line.page for line in lines] == [1] * 21 + [2] * 2


def test_rich_text_gives_what_its_writer_wrote_out():
    lines = rtf_lines(sample("rtf"))
    assert [line.text for line in lines] == [text for text in EXPECTED if text != "云江市人民政府文件"]
    assert [line.page for line in lines][-3:] == [1, 2, 2]


def test_rich_text_reads_bytes_by_the_code_page_of_the_font():
    head = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset134 SimSun;}{\f2\fcharset136 MingLiU;}}"
    )
    body = rb"\pard\f1\'cb\'ae{\v\'d2\'f8}\f0 caf\'e9 \f2\'ae\'d1\par\pard{\*\pn\pnlvl}{\listtext (1)\tab}\u27700?\u-10179\'3f\u-8904\'3f\par}"
    assert [line.text for line in rtf_lines(head + body)] == [
        "水café 書",
        "(1)水" + "\ud83d\udd38".encode("utf-16", "surrogatepass").decode("utf-16"),
    ]


def test_rich_text_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(rtf, "MAX_TOKENS", 1_000)
    with pytest.raises(Refused) as caught:
        rtf_lines(rb"{\rtf1 " + rb"\b " * 2_000 + b"}", "长.rtf")
    assert caught.value.code == "too_large"
    with pytest.raises(Refused, match="inside one another"):
        rtf_lines(rb"{\rtf1 " + b"{" * 900, "深.rtf")


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_torn_file_is_refused_or_read_as_far_as_it_goes(kind):
    content, refused = sample(kind), []
    for size in range(0, len(content), max(1, len(content) // 60)):
        try:
            READERS[kind](content[:size], "坏")
        except Refused as refusal:
            refused.append(str(refusal))
    assert refused
    assert all(message.startswith("坏") for message in refused)


def test_word_before_97_and_locked_files_are_refused_by_name(monkeypatch):
    content = bytearray(sample("doc"))
    with olefile.OleFileIO(sample("doc")) as file:
        main = file.openstream("WordDocument").read(64)
    at = bytes(content).find(main)
    old, locked = bytearray(content), bytearray(content)
    old[at + 2 : at + 4] = struct.pack("<H", 101)
    locked[at + 11] |= 1
    for spoiled, code in ((old, "old_word"), (locked, "encrypted")):
        with pytest.raises(Refused) as caught:
            doc_lines(bytes(spoiled), "旧.doc")
        assert caught.value.code == code
        assert str(caught.value).startswith("旧.doc")


def test_pieces_of_both_widths_are_put_together_in_their_order():
    wide = "水务局".encode("utf-16-le")
    stream = b"\x00" * 10 + b"ABC" + b"\x00" + wide
    plc = struct.pack("<3I", 0, 3, 6) + struct.pack("<HIH", 0, 14, 0) + struct.pack("<HIH", 0, 0x40000000 | 20, 0)
    clx = b"\x01\x02\x00\xff\xff" + b"\x02" + struct.pack("<I", len(plc)) + plc
    pieces = read_pieces(stream, clx, "甲.doc")
    assert [(piece.start, piece.text) for piece in pieces.pieces] == [(0, "水务局"), (3, "ABC")]
    assert [piece.text for piece in pieces.spans(2, 5)] == ["局", "AB"]
    assert pieces.at(6) is None


def test_pieces_that_overlap_do_not_make_a_text_longer_than_its_file():
    count = 50_000
    plc = struct.pack(f"<{count + 1}I", *(1000 * at for at in range(count + 1)))
    plc += struct.pack("<HIH", 0, 0x40000000, 0) * count
    pieces = read_pieces(b"x" * 4000, b"\x02" + struct.pack("<I", len(plc)) + plc, "甲.doc")
    assert sum(len(piece.text) for piece in pieces.pieces) <= 4000


def test_property_changes_stop_where_they_are_damaged():
    assert sprms(struct.pack("<HB", 0x2461, 1) + struct.pack("<Hh", 0x460B, 3)) == {
        0x2461: b"\x01",
        0x460B: b"\x03\x00",
    }
    assert sprms(struct.pack("<H", 0xC615) + b"\xff") == {}
    assert read_doc_numbering(b"\x05\x00" + bytes(28), b"", b"\xff\xff\xff\xff").levels == {}


def test_levels_begin_anew_as_they_say():
    levels = {0: Level(text="第%1章"), 1: Level(text="第%2条", restart=0), 2: Level(text="(%3)", restart=1)}
    numbering = Numbering({"1": levels}, {"1": "1"})
    order = [0, 1, 2, 1, 2, 0, 1, 2, 2]
    assert [numbering.label("1", level) for level in order] == [
        "第1章", "第1条", "(1)", "第2条", "(2)", "第2章", "第3条", "(1)", "(2)",
    ]  # fmt: skip
    assert numbering.label("1", 7) is None
    assert numbering.label("1", 1, at=20) == "第20条"


@pytest.mark.parametrize(
    ("label", "text", "whole"),
    [
        ("第一条", "甲", "第一条 甲"), ("（一）", "甲", "（一）甲"), ("1.", "甲", "1.甲"), ("1.", "Rules", "1. Rules"), ("1.2", "甲", "1.2 甲"),
        ("", "甲", "甲"), (None, "甲", "甲"), ("一、", "甲", "一、甲"), ("第一条", "", ""),
    ],
)  # fmt: skip
def test_labels_stand_before_their_text_as_people_type_them(label, text, whole):
    assert labelled(label, text) == whole


STYLED = """
<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/></w:style>
"""
LINKED = """
<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Law"/></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:styleLink w:val="Law"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:pStyle w:val="H1"/><w:lvlText w:val="第%1章"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlRestart w:val="0"/><w:pStyle w:val="H2"/><w:lvlText w:val="第%2条"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
"""


def test_styles_stand_for_the_levels_of_a_list():
    h1, h2 = '<w:pStyle w:val="H1"/>', '<w:pStyle w:val="H2"/>'
    body = p("总则", h1) + p("甲", h2) + p("", h2) + p("乙", h2) + p("附则", h1) + p("丙", h2)
    body += p("无号", '<w:pStyle w:val="H2"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    lines = docx_lines(docx(body, styles=STYLED, numbering=LINKED))
    # the empty paragraph has a number, too, as it has in Word
    assert [line.text for line in lines] == [
        "第一章 总则",
        "第一条 甲",
        "第三条 乙",
        "第二章 附则",
        "第四条 丙",
        "无号",
    ]


def test_changes_that_were_not_accepted_read_as_if_they_were():
    body = (
        "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>乙</w:delText></w:r></w:del><w:ins><w:r><w:t>丙</w:t></w:r></w:ins></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>" + p("后半")
        + "<w:p><w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新处</w:t></w:r></w:moveTo></w:p>"
        + f"<w:tbl><w:tr><w:tc>{p('一')}</w:tc><w:tc>{p('二')}</w:tc></w:tr><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('删')}</w:tc><w:tc>{p('去')}</w:tc></w:tr></w:tbl>"
        + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:ruby><w:rt><w:r><w:t>yún</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>云</w:t></w:r></w:rubyBase></w:ruby></w:p>"
    )  # fmt: skip
    assert [line.text for line in docx_lines(docx(body))] == ["甲丙", "前半后半", "新处", "一\t二", "云"]


RENDERED = "<w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r>"
HARD = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


@pytest.mark.parametrize(
    ("body", "pages", "expected"),
    [
        (p("甲") + f"<w:p>{RENDERED.format('乙')}</w:p>" + p("丙"), None, [1, 2, 2]),
        (f"<w:p><w:r><w:t>甲甲</w:t></w:r>{RENDERED.format('乙')}</w:p>" + p("丙"), None, [1, 2]),
        (p("甲") + HARD + f"<w:p>{RENDERED.format('乙')}</w:p>", None, [1, 2]),
        (p("甲") + HARD + p("乙"), None, [1, 2]),
        (p("甲") + HARD + p("乙"), 2, [1, 2]),
        (p("甲") + HARD + p("乙"), 9, [None, None]),
        (p("甲") + p("乙", "<w:pageBreakBefore/>"), None, [1, 2]),
        (p("甲", "<w:sectPr/>") + p("乙"), None, [1, 2]),
        (p("甲") + p("乙"), 1, [None, None]),
    ],
)
def test_pages_are_told_as_far_as_the_file_tells_them(body, pages, expected):
    more = {"docProps/app.xml": f"<Properties><Pages>{pages}</Pages></Properties>"} if pages else None
    assert [line.page for line in docx_lines(docx(body, more=more))] == expected


def test_notes_follow_the_text():
    notes = f'<w:footnotes {W}><w:footnote w:type="separator">{p("线")}</w:footnote><w:footnote>{p("脚注")}</w:footnote></w:footnotes>'
    ends = f"<w:endnotes {W}><w:endnote>{p('尾注')}</w:endnote></w:endnotes>"
    made = docx(p("正文"), more={"word/footnotes.xml": notes, "word/endnotes.xml": ends})
    assert [line.text for line in docx_lines(made)] == ["正文", "脚注", "尾注"]


OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
)


def odt(body: str, styles: str = "", more: dict[str, str] | None = None) -> bytes:
    content = (
        f"<office:document-content {OFFICE}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **(more or {})})


LISTS = """<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-prefix="第" style:num-suffix="条"/>
<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2" style:num-suffix="."/></text:list-style>"""


def item(text: str, extra: str = "") -> str:
    return f"<text:list-item {extra}><text:p>{text}</text:p></text:list-item>"


EIGHTH = 'text:start-value="8"'


def test_lists_of_open_document_go_on_or_begin_anew_as_they_say():
    body = (
        f'<text:list xml:id="a" text:style-name="L">{item("甲")}<text:list-item><text:p>乙</text:p><text:p>乙续</text:p><text:list>{item("子")}</text:list></text:list-item></text:list>'
        f'<text:list text:continue-list="a" text:style-name="L">{item("丙")}</text:list>'
        f'<text:list text:style-name="L">{item("新")}<text:list-header><text:p>题</text:p></text:list-header>{item("跳", EIGHTH)}</text:list>'
        f'<text:list text:style-name="L" text:continue-numbering="true">{item("续")}</text:list>'
    )
    assert [line.text for line in odt_lines(odt(body, LISTS))] == [
        "第一条 甲", "第二条 乙", "乙续", "二.1.子", "第三条 丙", "第一条 新", "题", "第八条 跳", "第九条 续",
    ]  # fmt: skip


def test_open_document_leaves_out_what_is_no_text_and_keeps_boxes_and_notes():
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>删去</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        "<text:p>甲 \n  乙<text:s text:c='2'/>丙<text:tab/>丁<text:line-break/>戊<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>注</text:p></text:note-body></text:note></text:p>"
        "<text:p><draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame></text:p>"
        "<table:table><table:table-row table:number-rows-repeated='900000'><table:table-cell table:number-columns-repeated='900000'/></table:table-row>"
        "<table:table-row><table:table-cell><text:p>一</text:p></table:table-cell><table:covered-table-cell/><table:table-cell><text:p>三</text:p></table:table-cell></table:table-row></table:table>"
    )
    assert [line.text for line in odt_lines(odt(body))] == ["甲 乙  丙\t丁", "戊", "框", "\n一\t\t三", "注"]


def test_locked_and_bursting_open_documents_are_refused():
    with pytest.raises(Refused) as caught:
        odt_lines(odt("", more={"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "密.odt")
    assert caught.value.code == "encrypted"
    cell = "<table:table-cell table:number-columns-repeated='64'><text:p>x</text:p></table:table-cell>" * 64
    rows = f"<table:table><table:table-row table:number-rows-repeated='100'>{cell}</table:table-row></table:table>" * 3
    with pytest.raises(Refused) as caught:
        odt_lines(odt(rows), "大.odt")
    assert caught.value.code == "zip_bomb"
    assert str(caught.value).startswith("大.odt")
