"""OFD (GB/T 33190): runs of text at their places become lines; templates, transformations, columns, tables, several documents, hostile files."""

from __future__ import annotations

import pytest

from catalog.errors import Refused
from catalog.extract.formats import ofd as ofd_module
from catalog.extract.formats.ofd import OfdExtractor, ofd_text
from catalog.extract.formats.ofd_text import box_of, deltas, numbers
from catalog.model.draft import RawDocument
from tests.extract_format_samples import archive, paragraph_rows
from tests.notice_in_formats import NS, ofd

BODY = "请各地做好春耕备耕工作，按时报送进展情况，不得延误。"


def page(objects: str, before: str = "", after: str = "") -> str:
    return f"<ofd:Page {NS}>{before}<ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content>{after}</ofd:Page>"


def of(objects: str, **parts: str) -> list[str]:
    more = {"Doc_0/Pages/Page_0/Content.xml": page(objects), **parts}
    return [line.text for line in ofd_text(ofd([[]], more=more)).lines]


def code(text: str, x: float = 20, y: float = 20, size: float = 5, more: str = "", deltas_: str = "") -> str:
    return (
        f'<ofd:TextObject Boundary="{x} {y} 150 10" Size="{size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size}" {deltas_}>{text}</ofd:TextCode></ofd:TextObject>'
    )


def test_lines_come_in_reading_order_whatever_order_they_were_drawn_in():
    rows = paragraph_rows(BODY * 3, 700, columns=20)
    rows += [(72, 400, 14, "二、工作要求"), (450, 300, 14, "2021年3月5日")]
    lines = ofd_text(ofd([rows[::-1]])).lines
    assert [line.text for line in lines] == [BODY * 3, "二、工作要求", "2021年3月5日"]


def test_each_character_may_be_an_object_of_its_own():
    assert of("".join(code(char, x=20 + 5 * at) for at, char in enumerate("云江市人民政府"))) == ["云江市人民政府"]


def test_distances_place_characters_and_wide_ones_part_cells():
    assert of(code("序号事项", deltas_='DeltaX="5 40 5"') + code("一甲", y=30, deltas_='DeltaX="45"')) == [
        "序号\t事项\n一\t甲"
    ]
    assert of(code("云江市政府", deltas_='DeltaX="g 4 5"')) == ["云江市政府"]
    assert of(code("AB CD", deltas_='DeltaX="3 3 3 3"')) == ["AB CD"]


def test_transformations_move_and_turn():
    moved = code("下行", y=20, more='CTM="1 0 0 1 0 60"') + code("上行", y=40)
    assert of(moved) == ["上行", "下行"]
    assert ofd_text(
        ofd([[]], more={"Doc_0/Pages/Page_0/Content.xml": page(code("放大", size=5, more='CTM="2 0 0 2 0 0"'))})
    ).lines


def test_vertical_columns_are_read_from_the_right():
    columns = [("臺灣省行政長官公署", 180), ("令各縣市政府知照", 170), ("民國三十五年一月", 160)]
    objects = "".join(
        f'<ofd:TextObject Boundary="{x} 20 6 250" Size="5"><ofd:TextCode X="0" Y="5" DeltaY="g {len(text) - 1} 5.5">{text}</ofd:TextCode></ofd:TextObject>'
        for text, x in columns
    )
    assert "".join(of(objects)) == "".join(text for text, _ in columns)


def test_two_columns_are_read_one_after_the_other():
    left = [(60, 700 - 20 * at, 10, f"左栏第{at}行文字共有若干字用以填满此栏") for at in range(8)]
    right = [(320, 700 - 20 * at, 10, f"右栏第{at}行文字共有若干字用以填满此栏") for at in range(8)]
    drawn = [one for pair in zip(left, right, strict=True) for one in pair]
    text = "".join(line.text for line in ofd_text(ofd([drawn])).lines)
    assert text.index("左栏第7行") < text.index("右栏第0行")


def test_running_heads_and_page_numbers_go_and_pages_stay():
    pages = [
        [(200, 815, 9, "云江市人民政府公报"), *paragraph_rows(f"第{number}页正文。{BODY * 4}", 700, columns=20), (290, 30, 9, f"- {number} -")]
        for number in range(1, 5)
    ]  # fmt: skip
    read = ofd_text(ofd(pages))
    text = "\n".join(line.text for line in read.lines)
    assert "公报" not in text
    assert "- 1 -" not in text
    assert [next(line.page for line in read.lines if f"第{number}页正文" in line.text) for number in range(1, 5)] == [
        1,
        2,
        3,
        4,
    ]


def test_templates_boxes_visibility_and_doubled_type():
    document = (
        f'<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="9" BaseLoc="Tpls/T.xml"/>'
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="/Doc_0/Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="gone.xml"/></ofd:Pages></ofd:Document>'
    )
    more = {
        "Doc_0/Document.xml": document,
        "Doc_0/Tpls/T.xml": page(code("云江市人民政府文件", y=15, size=9)),
        "Doc_0/Pages/Page_0/Content.xml": page(
            code(BODY, y=80) * 2
            + code("看不见", y=90, more='Visible="false"')
            + f"<ofd:PageBlock>{code('附注。', y=120)}</ofd:PageBlock>",
            '<ofd:Area><ofd:PhysicalBox>0 0 210 400</ofd:PhysicalBox></ofd:Area><ofd:Template TemplateID="9"/><ofd:Template TemplateID="77"/>',
            "<ofd:Annotations><ofd:x/></ofd:Annotations>",
        ),
    }
    read = ofd_text(ofd([[]], more=more))
    assert [line.text for line in read.lines] == ["云江市人民政府文件", BODY, "附注。"]
    assert (read.pages, read.empty_pages) == (2, (2,))


def test_several_documents_of_a_file_follow_each_other():
    second = "<ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody><ofd:DocBody><ofd:DocRoot>no/where.xml</ofd:DocRoot></ofd:DocBody>"
    start = f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>{second}</ofd:OFD>"
    read = ofd_text(ofd([[(72, 700, 14, BODY)]], more={"OFD.xml": start}))
    assert [line.page for line in read.lines] == [1, 2]


def test_properties_are_weak_hints_and_packed_files_are_named():
    listed = f'<ofd:Attachments {NS}><ofd:Attachment ID="1" Name="任务清单" Format="xlsx"><ofd:FileLoc>a.xlsx</ofd:FileLoc></ofd:Attachment></ofd:Attachments>'
    document = (
        f'<ofd:Document {NS}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>"
    )
    parts = {"Doc_0/Document.xml": document, "Doc_0/Attachs/Attachments.xml": listed}
    bare = OfdExtractor().extract(RawDocument(ofd([[(72, 700, 14, BODY)]], title="关于做好春耕工作的通知", more=parts)))
    assert bare.fields["title"] == "关于做好春耕工作的通知"
    assert [(one.title, one.content_present) for one in bare.attachments] == [("任务清单.xlsx", True)]
    own = OfdExtractor().extract(RawDocument(ofd(title="别的文件名称的通知")))
    assert own.fields["title"] == "云江市人民政府办公室关于印发云江市城市供水管理办法的通知"
    assert ofd_text(ofd(title="关于春耕的通知稿.docx")).title == ""


def test_a_file_of_pictures_is_a_scan():
    draft = OfdExtractor().extract(RawDocument(ofd([[], []], title="关于做好春耕工作的通知")))
    assert "no_text_layer" in draft.flags
    assert [one.code for one in draft.problems if one.code == "no_text_layer"] == ["no_text_layer"]


def test_pages_beyond_the_limit_are_told(monkeypatch):
    monkeypatch.setattr(ofd_module, "MAX_PAGES", 2)
    draft = OfdExtractor().extract(RawDocument(ofd([[(72, 700, 14, f"{BODY}{at}")] for at in range(4)])))
    assert "truncated" in draft.flags
    assert "after the first 2" in next(one.message for one in draft.problems if one.code == "truncated")


@pytest.mark.parametrize(
    ("content", "code_"),
    [
        (archive({"OFD.xml": "x"}), "unreadable"),
        (archive({"a": "b"}), "wrong_media_type"),
        (archive({"OFD.xml": f"<ofd:OFD {NS}/>"}), "unreadable"),
        (archive({"OFD.xml": f"<ofd:OFD {NS}/>", "Encryptions.xml": "x"}), "encrypted"),
        (archive({"OFD.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "unreadable"),
        (b"PK\x03\x04 torn", "unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content, code_):
    with pytest.raises(Refused) as caught:
        ofd_text(content, "公报.ofd")
    assert caught.value.code == code_
    assert str(caught.value).startswith("公报.ofd")


def test_numbers_boxes_and_distances_have_bounds():
    assert numbers("1 2.5 -3e1 x 1e99 .5") == [1.0, 2.5, -30.0, 0.5]
    assert numbers(None) == []
    assert box_of("0 0 210 297") == (0, 0, 210, 297)
    assert box_of("0 0 -1 297") is None
    assert deltas("g 3 5 2 g 900000000 1", 6) == [5, 5, 5, 2, 1, 1]
    assert deltas("g", 5) == []
    assert deltas("g 2", 5) == []


def test_a_page_that_is_named_again_and_again_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(ofd_module, "MAX_UNPACKED", 20_000)
    many = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_0/Content.xml"/>' for at in range(2_000))
    document = f"<ofd:Document {NS}><ofd:Pages>{many}</ofd:Pages></ofd:Document>"
    with pytest.raises(Refused) as caught:
        ofd_text(ofd([[(72, 700, 14, BODY)]], more={"Doc_0/Document.xml": document}), "公报.ofd")
    assert caught.value.code == "zip_bomb"
    monkeypatch.setattr(ofd_module, "MAX_DOCUMENTS", 1)
    body = "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    with pytest.raises(Refused, match="2 documents"):
        ofd_text(archive({"OFD.xml": f"<ofd:OFD {NS}>{body * 2}</ofd:OFD>"}), "公报.ofd")


def test_numbers_with_all_the_digits_of_a_double_place_their_text():
    assert numbers("110 39.199999999999996 -0.10000000000000001 1e-3") == pytest.approx([110, 39.2, -0.1, 0.001])
    late = '<ofd:TextObject Boundary="110 90 39.199999999999996 6.720000000000001" Size="5.6"><ofd:TextCode X="0" Y="4.7599999999999998" DeltaX="g 5 5.5999999999999996">云江市林业局</ofd:TextCode></ofd:TextObject>'
    assert of(late + code("各县区：", y=40)) == ["各县区：", "云江市林业局"]
