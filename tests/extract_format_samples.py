"""Small files of each format, made by hand for the tests of the extractors: PDF, Word, archives, a statute in Markdown."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0"
    b"/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1[500]2 95 500 814 939 500]"
    b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
    b"/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)
"""A font that PDFium reads without its being in the file (Adobe-GB1, ISO 32000-1 9.7.5)."""

Placed = tuple[float, float, float, str]
"""A piece of text on a page: x and y in points from the lower left, size, text."""


_LETTERS = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def pdf(pages: Sequence[Sequence[Placed]], *, extra: bytes = b"", letters: bool = False) -> bytes:
    """A PDF of A4 pages with text at its places; `extra` goes into the trailer (`/Encrypt …`).

    With `letters` the text is Latin, in a font that PDFium brings along: such pages are as quickly read as those with embedded fonts.
    """
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", _LETTERS if letters else _FONT]
    codec = "latin-1" if letters else "utf-16-be"
    for page in pages:
        stream = b"BT\n" + b"".join(
            b"/F1 %g Tf 1 0 0 1 %g %g Tm <%s> Tj\n" % (size, x, y, text.encode(codec).hex().encode())
            for x, y, size, text in page
        )
        stream += b"ET"
        number = len(objects) + 1
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (number + 1)
        )
        objects.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
    kids = b" ".join(b"%d 0 R" % number for number in range(4, len(objects) + 1, 2))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids)
    out = bytearray(b"%PDF-1.5\n%\xe4\xba\x91\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, extra, start)
    return bytes(out)


def paragraph_rows(
    text: str, y: float, *, size: float = 14, left: float = 72, columns: int = 32, leading: float = 24
) -> list[Placed]:
    """A paragraph as Chinese pages set it: its first line indented by two characters, all lines but the last full."""
    rows, first = [], columns - 2
    pieces = [text[:first], *(text[at : at + columns] for at in range(first, len(text), columns))]
    for number, piece in enumerate(pieces):
        rows.append((left + (2 * size if number == 0 else 0), y - number * leading, size, piece))
    return rows


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive with these files."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return target.getvalue()


def docx(
    body: str,
    *,
    styles: str = "",
    numbering: str = "",
    document: str | None = None,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """A Word document whose body is this WordprocessingML."""
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            "</Relationships>"
        ),
        "word/document.xml": document or f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
    }
    if styles:
        members["word/styles.xml"] = f"<w:styles {W}>{styles}</w:styles>"
    if numbering:
        members["word/numbering.xml"] = f"<w:numbering {W}>{numbering}</w:numbering>"
    return archive({**members, **(more or {})})


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


STATUTE = """# 云江市政府信息公开条例

2009年3月27日 云江市第十二届人民代表大会常务委员会第九次会议通过

2014年9月26日 《关于修改〈云江市市容条例〉、〈云江市政府信息公开条例〉等三件地方性法规的决定》第一次修正\u3000

2021年5月28日 云江市第十五届人民代表大会常务委员会第三十次会议《关于修改〈云江市政府信息公开条例〉的决定》第二次修正）

<!-- INFO END -->

## 第一章 总 则

## 第二章 公开的范围

## 第三章 附 则

## 第一章 总 则

第一条 为了规范政府信息公开工作，根据《中华人民共和国政府信息公开条例》，结合本市实际，制定本条例。

第二条 本市行政区域内的政府信息公开活动，适用本条例。

本条例所称政府信息，是指行政机关制作或者获取的信息。

## 第二章 公开的范围

第三条 行政机关应当主动公开下列信息：

（一）规章和规范性文件；

（二）机关职能。

第三条之一 涉及个人隐私的信息，不予公开。

## 第三章 附 则

第四条 本条例自2009年7月1日起施行。
"""
