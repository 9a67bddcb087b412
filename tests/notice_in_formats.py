"""One made-up document (a notice that issues rules, with a table) in every format that is read; the word processors' files count by themselves.

`doc`, `odt` and `rtf` were made once from `word()` by LibreOffice (`soffice --convert-to`), and lie in `samples/formats`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.extract_format_samples import Placed, archive, docx, pdf

SAMPLES = Path(__file__).with_name("samples") / "formats"


@dataclass(frozen=True)
class Part:
    """A paragraph: its text, where it stands, and the number before it with the list level that counts it."""

    text: str
    align: str = ""
    number: str = ""
    level: int | None = None


ROWS = (("序号", "事项", "责任单位"), ("1", "管网改造", "市水务局"), ("2", "水质监测", "市卫生健康局"))
DOCUMENT: tuple[Part | None, ...] = (
    Part("云江市人民政府办公室关于印发云江市城市供水管理办法的通知", "center"),
    Part("云政办发〔2021〕12号", "center"),
    Part("各区县人民政府，市政府各部门："),
    Part("《云江市城市供水管理办法》已经市政府同意，现印发给你们，请认真组织实施，确保城市供水安全。"),
    Part("云江市人民政府办公室", "right"),
    Part("2021年3月5日", "right"),
    Part("云江市城市供水管理办法", "center"),
    Part("总 则", "center", "第一章", 0),
    Part("为了加强城市供水管理，保障城市生活、生产用水，根据《城市供水条例》，制定本办法。", "", "第一条", 1),
    Part("在本市从事城市供水活动的单位，应当遵守下列规定：", "", "第二条", 1),
    Part("保证水质符合国家标准；", "", "（一）", 2),
    Part("公开水价和服务承诺。", "", "（二）", 2),
    Part("各部门的职责分工如下：", "", "第三条", 1),
    None,  # the table
    Part("附 则", "center", "第二章", 0),
    Part("本办法自2021年5月1日起施行。", "", "第四条", 1),
)


def typed(part: Part) -> str:
    """A paragraph as one types it without the help of a program."""
    gap = "" if part.number.endswith("）") else " "
    return f"{part.number}{gap}{part.text}" if part.number else part.text


def html() -> bytes:
    body = "".join(
        "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS) + "</table>"
        if part is None
        else f'<p style="text-align:{part.align or "left"}">{typed(part)}</p>'
        for part in DOCUMENT
    )
    return f"<html><head><meta charset='utf-8'></head><body><div>{body}</div></body></html>".encode()


def text() -> bytes:
    """The plain text; a table is what no plain text has, so its cells stand between tabs."""
    lines = []
    for part in DOCUMENT:
        if part is None:
            lines += ["\t".join(row) for row in ROWS]
        else:
            lines.append(("\u3000" * 12 if part.align == "right" else "") + typed(part))
    return "\n".join(lines).encode("gb18030")


_LISTS = ((("chineseCounting", "第%1章"),), (("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）")))
"""Two lists: chapters; articles with their items."""
_NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
    + "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/><w:suff w:val="space"/><w:lvlText w:val="{label}"/></w:lvl>'
        for at, (shape, label) in enumerate(levels)
    )
    + "</w:abstractNum>"
    for number, levels in enumerate(_LISTS)
) + "".join(f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(len(_LISTS)))
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{_WORD_TYPE}.numbering+xml"/></Types>'
    ),
    "word/_rels/document.xml.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>'
    ),
}


def _paragraph(part: Part) -> str:
    number = ""
    if part.level is not None:
        number = (
            f'<w:numPr><w:ilvl w:val="{max(0, part.level - 1)}"/><w:numId w:val="{min(part.level, 1) + 1}"/></w:numPr>'
        )
    align = f'<w:jc w:val="{part.align}"/>' if part.align else ""
    return f"<w:p><w:pPr>{number}{align}</w:pPr><w:r><w:t>{part.text}</w:t></w:r></w:p>"


def word() -> bytes:
    """The Word document; its numbers are counted by Word, in two lists."""
    cell = '<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{}</w:tc>'
    table = (
        '<w:tbl><w:tblPr><w:tblW w:w="6000" w:type="dxa"/></w:tblPr><w:tblGrid>' + '<w:gridCol w:w="2000"/>' * 3 + "</w:tblGrid>"
        + "".join("<w:tr>" + "".join(cell.format(_paragraph(Part(one))) for one in row) + "</w:tr>" for row in ROWS)
        + "</w:tbl>"
    )  # fmt: skip
    body = "".join(table if part is None else _paragraph(part) for part in DOCUMENT)
    return docx(f"{body}<w:sectPr/>", numbering=_NUMBERING, more=_PARTS)


def placed() -> list[Placed]:
    """The document as it is printed on A4: title in 22 points, else 16-point type, 28 characters a line, paragraphs indented by two."""
    left, right = 72.0, 520.0
    y, rows = 790.0, []
    for number, part in enumerate(DOCUMENT):
        size = 22.0 if number == 0 else 16.0
        if part is None:
            for row in ROWS:
                rows += [(left + 150 * at, y, size, cell) for at, cell in enumerate(row)]
                y -= 28
            continue
        pieces = [typed(part)]
        if number == 0:
            pieces = [pieces[0][:16], pieces[0][16:]]
        elif not part.align:
            pieces = [pieces[0][:26], *(pieces[0][at : at + 28] for at in range(26, len(pieces[0]), 28))]
        for at, piece in enumerate(pieces):
            width = size * len(piece)
            x = left + (2 * size if at == 0 else 0)
            if part.align == "center":
                x = (left + right - width) / 2
            elif part.align == "right":
                x = right - width
            rows.append((x, y, size, piece))
            y -= 28
    return rows


def printed() -> bytes:
    """The PDF."""
    return pdf([[*placed()[:15]], [(x, y + 400, size, text_) for x, y, size, text_ in placed()[15:]]])


NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd(pages: list[list[Placed]] | None = None, *, title: str = "", more: dict[str, str] | None = None) -> bytes:
    """The OFD document; each line a text object, its places in millimetres from the upper left corner."""
    if pages is None:
        rows = placed()
        pages = [rows[:15], [(x, y + 400, size, text_) for x, y, size, text_ in rows[15:]]]
    members = {
        "OFD.xml": (
            f'<ofd:OFD {NS} Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID><ofd:Title>{title}</ofd:Title></ofd:DocInfo>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        ),
        "Doc_0/Document.xml": (
            f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
            + "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages)))
            + "</ofd:Pages></ofd:Document>"
        ),
    }
    for at, page in enumerate(pages):
        objects = "".join(text_object(*one) for one in page)
        members[f"Doc_0/Pages/Page_{at}/Content.xml"] = (
            f"<ofd:Page {NS}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return archive({**members, **(more or {})})


def text_object(x: float, y: float, size: float, text_: str, extra: str = "") -> str:
    """One line as a text object; x, y and size in points from the lower left, as a PDF has them."""
    mm = 25.4 / 72
    unit = size * mm
    deltas = " ".join(f"{unit:.3f}" for _ in text_[1:])
    return (
        f'<ofd:TextObject Boundary="{x * mm:.3f} {297 - y * mm - unit:.3f} {unit * len(text_):.3f} {unit * 1.2:.3f}" Font="1" Size="{unit:.3f}" {extra}>'
        f'<ofd:TextCode X="0" Y="{unit:.3f}" DeltaX="{deltas}">{text_}</ofd:TextCode></ofd:TextObject>'
    )


def in_all_formats() -> dict[str, tuple[bytes, str]]:
    """Format → (bytes, file name)."""
    files = {"html": html(), "txt": text(), "docx": word(), "pdf": printed(), "ofd": ofd()}
    files |= {one: (SAMPLES / f"notice.{one}").read_bytes() for one in ("doc", "odt", "rtf")}
    return {one: (content, f"notice.{one}") for one, content in files.items()}
