"""Workbooks and comma-separated tables: sheets, titles above the table, delimiters, limits that are told; files that are kept unread."""

from __future__ import annotations

import pytest

from catalog.errors import Refused
from catalog.extract.formats import csv_table, sheets
from catalog.extract.formats.csv_table import CsvExtractor, delimiter_of, read_csv
from catalog.extract.formats.sheets import SheetsExtractor, read_sheets
from catalog.extract.formats.tables import TABLE_ROWS, table_lines
from catalog.extract.registry import attachment_blocks, extract
from catalog.model.draft import RawDocument
from catalog.model.vocabularies import vocabulary
from tests.extract_format_samples import archive
from tests.notice_in_formats import SAMPLES

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx(*sheets_: tuple[str, str], hidden: tuple[str, ...] = ()) -> bytes:
    """A workbook of sheets, each a name and its rows as XML."""
    listed = "".join(
        '<sheet name="' + name + f'" sheetId="{at}" r:id="r{at}"' + (' state="hidden"' if name in hidden else "") + "/>"
        for at, (name, _) in enumerate(sheets_, 1)
    )  # fmt: skip
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{REL}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets_) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f"<workbook {S}><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
            **{
                f"xl/worksheets/sheet{at}.xml": f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>"
                for at, (_, rows) in enumerate(sheets_, 1)
            },
        }
    )


def row(number: int, *cells: str) -> str:
    inner = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
        if cell
    )
    return f'<row r="{number}">{inner}</row>'


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_workbooks_of_each_kind_read_the_same(kind):
    draft = SheetsExtractor().extract(RawDocument((SAMPLES / f"table.{kind}").read_bytes(), filename=f"table.{kind}"))
    lines = read_sheets((SAMPLES / f"table.{kind}").read_bytes()).lines
    assert [(line.kind, line.text) for line in lines] == [
        ("paragraph", "附件1"),
        ("table", "序号\t名称\t金额\n1\t水费\t3.5\n2\t电,费\t4"),
    ]
    assert "table_cut" not in draft.flags


def test_several_sheets_come_under_their_names_and_hidden_ones_do_not():
    made = xlsx(
        ("清单", row(1, "", "2021年任务清单") + row(2, "序号", "任务") + row(3, "1", "改造")), ("说明", row(1, "甲", "乙")), ("空", ""), ("草稿", row(1, "密", "密")),
        hidden=("草稿",),
    )  # fmt: skip
    assert [(line.kind, line.text, line.align) for line in read_sheets(made).lines] == [
        ("heading", "清单", None), ("paragraph", "2021年任务清单", "center"), ("table", "序号\t任务\n1\t改造", None), ("heading", "说明", None), ("table", "甲\t乙", None),
    ]  # fmt: skip


def test_what_is_cut_is_flagged_and_told(monkeypatch):
    made = xlsx(("大表", "".join(row(at, f"甲{at}", "乙") for at in range(1, 31))))
    monkeypatch.setattr(sheets, "MAX_ROWS", 10)
    draft = SheetsExtractor().extract(RawDocument(made, filename="大.xlsx"))
    assert "table_cut" in draft.flags
    assert next(one.message for one in draft.problems if one.code == "table_cut").startswith(
        "sheet 大表: of 30 rows the first 10 are read"
    )
    assert "甲10" in draft.blocks[-1].text
    assert "甲11" not in draft.blocks[-1].text


def test_two_cells_at_the_ends_of_a_sheet_cost_no_memory():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    told: list[str] = []
    try:
        told += read_sheets(xlsx(("远", far), ("近", row(1, "甲", "乙"))), "远.xlsx").cut
    except Refused as refusal:
        told.append(f"{refusal.code} {refusal}")
    assert told


def test_broken_workbooks_are_refused_by_name():
    for content in (
        archive({"xl/workbook.xml": "x"}),
        OLE + "Workbook".encode("utf-16-le") + bytes(128),
        b"PK\x03\x04 torn",
    ):
        with pytest.raises(Refused) as caught:
            read_sheets(content, "坏.xls")
        assert caught.value.code == "unreadable"
        assert str(caught.value).startswith("坏.xls")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","), ("a\tb\n1,5\t2\n", "\t"), ("名称;数量\n甲;1,5\n乙;2,5\n", ";"), ("a|b\n1|2\n", "|"), ("一句话，没有表格。\n", ","),
        ('"甲,乙";丙\n"丁,戊";己\n', ";"), ("", ","),
    ],
)  # fmt: skip
def test_the_delimiter_is_the_one_that_cuts_rows_alike(text, delimiter):
    assert delimiter_of(text) == delimiter


def test_tables_are_decoded_and_quoted_cells_kept_whole():
    content = '附件\n序号,名称,备注\n1,"甲,""乙""\n丙",无\n2,丁,\n注：略\n'.encode("gb18030")
    assert [(line.kind, line.text) for line in read_csv(content).lines] == [
        ("paragraph", "附件"), ("table", '序号\t名称\t备注\n1\t甲,"乙" 丙\t无\n2\t丁'), ("paragraph", "注：略"),
    ]  # fmt: skip


def test_a_quote_that_is_never_closed_does_not_swallow_the_file():
    lines = "".join(f"{at},乙\n" for at in range(40_000))
    read = read_csv(f'名,数\n"甲,1\n{lines}'.encode())
    text = "\n".join(line.text for line in read.lines)
    assert "19000\t乙" in text
    assert read.cut


def test_a_long_table_is_cut_with_a_flag(monkeypatch):
    monkeypatch.setattr(csv_table, "MAX_ROWS", 3)
    draft = CsvExtractor().extract(RawDocument(b"a,b\n1,2\n3,4\n5,6\n", "text/csv", filename="t.csv"))
    assert "table_cut" in draft.flags
    assert [one.code for one in draft.problems if one.code == "table_cut"] == ["table_cut"]


def test_no_table_line_grows_without_bounds():
    lines = table_lines([["甲", "乙"]] * (TABLE_ROWS + 1))
    assert [line.text.count("\n") + 1 for line in lines] == [TABLE_ROWS, 1]
    assert table_lines([]) == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (OLE, "旧稿.wps"), (bytes(range(256)) * 4, "公报.ceb"), (b"Rar!\x1a\x07\x00" + bytes(60), "打包.rar"),
        (OLE + "PowerPoint Document".encode("utf-16-le") + bytes(128), "汇报.ppt"), (OLE, "表格.et"),
    ],
)  # fmt: skip
def test_what_nothing_reads_is_kept_under_its_name_and_flagged(content, name):
    draft = extract(RawDocument(content, filename=name, hints={"publisher": "云江市人民政府"}))
    assert draft.fields["title"] == name.rpartition(".")[0]
    assert "unread_file" in draft.flags
    assert [one.severity for one in draft.problems if one.code == "unread_file"] == ["warning"]
    assert not any(one.severity == "error" for one in draft.problems)
    assert draft.blocks == ()
    assert attachment_blocks(content, filename=name) == ()
    assert (
        extract(RawDocument(content, filename=name, hints={"title": "关于春耕的通知"})).fields["title"]
        == "关于春耕的通知"
    )


def test_a_wps_file_that_word_could_open_is_read():
    draft = extract(RawDocument((SAMPLES / "notice.doc").read_bytes(), filename="通知.wps"))
    assert draft.fields["doc_number"]["canonical"] == "云政办发〔2021〕12号"
    assert "unread_file" not in draft.flags


def test_the_flags_are_known_and_an_unread_file_is_for_somebody_to_look_at():
    flags = vocabulary("quality_flag").concepts
    assert flags["unread_file"].extra["review"] == "unread_file"
    assert "table_cut" in flags
