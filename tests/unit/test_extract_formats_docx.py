"""Word documents: lines with what they look like, tables, and the numbers that only Word knows."""

from __future__ import annotations

import pytest

from catalog.errors import Refused
from catalog.extract.formats.docx import DocxExtractor, docx_lines
from catalog.extract.formats.numbering import FORMATS, chinese
from catalog.extract.lines import Line
from catalog.model.draft import RawDocument
from tests.extract_format_samples import W, archive, docx, p

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:pPr><w:jc w:val="both"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:basedOn w:val="1"/><w:pPr><w:jc w:val="center"/><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="loop1"><w:basedOn w:val="loop2"/></w:style>
<w:style w:type="paragraph" w:styleId="loop2"><w:basedOn w:val="loop1"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3.%2"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="8"/></w:lvlOverride></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="99"/></w:num>
"""


def num(list_id: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def texts(body: str, **parts: str) -> list[str]:
    return [line.text for line in docx_lines(docx(body, **parts))]


def test_alignment_weight_and_headings_come_from_paragraph_and_style():
    body = (
        p("云江市人民政府关于春耕的通知", '<w:pStyle w:val="Title"/>')
        + p("一、总体要求", '<w:pStyle w:val="1"/>')
        + p("正文。")
        + p("云江市人民政府", '<w:jc w:val="right"/>')
        + p("加粗", run="<w:b/>")
        + p("不加粗", '<w:pStyle w:val="1"/>', run='<w:b w:val="0"/>')
        + p("循环", '<w:pStyle w:val="loop1"/>')
    )
    lines = docx_lines(docx(body, styles=STYLES))
    assert [(line.text, line.kind, line.level, line.align, line.bold) for line in lines] == [
        ("云江市人民政府关于春耕的通知", "paragraph", 0, "center", True),
        ("一、总体要求", "heading", 1, None, True),
        ("正文。", "paragraph", 0, None, False),
        ("云江市人民政府", "paragraph", 0, "right", False),
        ("加粗", "paragraph", 0, None, True),
        ("不加粗", "heading", 1, None, False),
        ("循环", "paragraph", 0, None, False),
    ]


def test_numbers_that_only_word_knows():
    body = (
        p("甲。", num(1)) + p("子项", num(1, 1)) + p("子项", num(1, 1)) + p("孙项", num(1, 2)) + p("乙。", num(1))
        + p("子项", num(1, 1)) + p("点", num(2)) + p("丙。", num(3)) + p("丁。", num(1)) + p("无此表", num(4)) + p("撤销", num(0))
    )  # fmt: skip
    lines = docx_lines(docx(body, numbering=NUMBERING))
    assert [line.text for line in lines] == [
        "第一条 甲。", "（一）子项", "（二）子项", "1.二 孙项", "第二条 乙。", "（一）子项", "点", "第八条 丙。", "第三条 丁。", "无此表", "撤销",
    ]  # fmt: skip
    assert [line.kind for line in lines].count("list_item") == 1


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四"), (100, "一百"), (102, "一百零二"), (110, "一百一十"), (1001, "一千零一"), (12345, "12345")],
)  # fmt: skip
def test_chinese_numbers(number, written):
    assert chinese(number) == written


def test_other_number_formats():
    written = {name: FORMATS[name](4) for name in FORMATS}
    assert (written["upperRoman"], written["lowerLetter"], written["decimalEnclosedCircle"]) == ("IV", "d", "④")
    assert (written["ideographTraditional"], written["chineseLegalSimplified"], written["decimalZero"]) == (
        "丁",
        "肆",
        "04",
    )
    assert (FORMATS["decimalFullWidth"](15), FORMATS["upperLetter"](27), FORMATS["ideographDigital"](20)) == (
        "１５",
        "AA",
        "二〇",
    )


def test_runs_tabs_breaks_and_signs():
    body = (
        "<w:p><w:r><w:t>索 引 号：</w:t><w:tab/><w:t>甲</w:t></w:r><w:r><w:br/><w:t>第二行</w:t></w:r>"
        '<w:r><w:br w:type="page"/></w:r><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:char="x"/><w:t>政府网站</w:t></w:r></w:p>'
    )
    assert texts(body) == ["索 引 号：\t甲", "第二行☑政府网站"]


def test_deleted_text_fields_and_comments_are_left_out_inserted_text_is_kept():
    body = (
        "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGEREF _Toc1</w:instrText></w:r><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink></w:p>"
        "<w:sdt><w:sdtContent>" + p("控件内") + "</w:sdtContent></w:sdt>"
    )
    assert texts(body) == ["新链接", "控件内"]


def test_tables_are_cells_and_rows():
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    table = (
        "<w:tbl><w:tr>" + cell("序号") + cell("单位", '<w:gridSpan w:val="2"/>') + cell("备注") + "</w:tr>"
        "<w:tr>" + cell("1") + f"<w:tc>{p('市财政局')}{p('市民政局')}</w:tc>" + cell("") + cell("") + "</w:tr></w:tbl>"
    )
    assert docx_lines(docx(p("前") + table + p("后"))) == [
        Line(text="前"),
        Line(text="序号\t单位\t\t备注\n1\t市财政局 市民政局", kind="table"),
        Line(text="后"),
    ]


def test_a_frame_around_text_is_not_a_table():
    frame = f"<w:tbl><w:tr><w:tc>{p('云江市人民政府文件')}{p('云政发〔2021〕3号')}</w:tc></w:tr></w:tbl>"
    assert texts(frame) == ["云江市人民政府文件", "云政发〔2021〕3号"]


def test_text_boxes_are_read_once():
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    inner = f"<w:txbxContent>{p('红头')}</w:txbxContent>"
    box = f"<mc:AlternateContent {mc}><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice><mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent>"
    assert texts(f"<w:p><w:r><w:t>锚</w:t></w:r><w:r>{box}</w:r></w:p>") == ["锚", "红头"]


def test_footnotes_stand_at_the_end():
    notes = f'<w:footnotes {W}><w:footnote w:type="separator"><w:p/></w:footnote><w:footnote>{p("注文")}</w:footnote></w:footnotes>'
    lines = docx_lines(docx(p("正文"), more={"word/footnotes.xml": notes}))
    assert [line.text for line in lines] == ["正文", "注文"]


def test_the_strict_namespace_is_read_too():
    document = '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:body></w:document>'
    assert [line.text for line in docx_lines(docx("", document=document))] == ["甲"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 torn", "unreadable"),
        (archive({"word/other.xml": "<a/>"}), "wrong_media_type"),
        (docx("", document="<w:document"), "unreadable"),
        (
            docx(
                "", document=f"<!DOCTYPE d [<!ENTITY x 'y'>]><w:document {W}><w:body>{p('&x;')}</w:body></w:document>"
            ),
            "unreadable",
        ),
        (docx("", document=f"<w:document {W}/>"), "wrong_media_type"),
    ],
)
def test_what_is_no_word_document_is_refused_by_name(content, code):
    with pytest.raises(Refused) as caught:
        docx_lines(content, "通知.docx")
    assert (caught.value.code, str(caught.value).startswith("通知.docx")) == (code, True)


def test_the_document_s_fields_are_read_like_those_of_a_page():
    body = (
        p("云江市人民政府关于做好春耕工作的通知", '<w:jc w:val="center"/>', "<w:b/>") + p("云政发〔2020〕3号", '<w:jc w:val="center"/>')
        + p("各县（市、区）人民政府：") + p("请各地做好春耕备耕各项工作，确保粮食生产稳定。") + p("云江市人民政府", '<w:jc w:val="right"/>')
        + p("2020年3月2日", '<w:jc w:val="right"/>') + p("（此件公开发布）")
    )  # fmt: skip
    draft = DocxExtractor().extract(RawDocument(docx(body), filename="通知.docx"))
    assert draft.fields["title"] == "云江市人民政府关于做好春耕工作的通知"
    assert draft.fields["doc_number"]["canonical"] == "云政发〔2020〕3号"
    assert (draft.fields["date_written"], draft.fields["disclosure"]) == ("2020-03-02", "active")


def test_hostile_numbers_and_chains_cost_nothing():
    chain = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{at}"><w:basedOn w:val="s{at + 1}"/></w:style>' for at in range(5000)
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="900000000"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    wide = f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{"9" * 5000}"/></w:tcPr>{p("甲")}</w:tc><w:tc>{p("乙")}</w:tc></w:tr></w:tbl>'
    body = p("丙", '<w:pStyle w:val="s0"/><w:outlineLvl w:val="x"/>' + num(1)) + wide
    lines = docx_lines(docx(body, styles=chain, numbering=numbering))
    assert [line.text for line in lines] == ["900000000.丙", "甲\t乙"]
