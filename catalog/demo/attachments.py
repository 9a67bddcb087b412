"""Writes PDF and DOCX files from paragraphs, byte for byte the same each time.

The PDF names the font STSong-Light with the predefined CMap UniGB-UCS2-H, so no font has to be embedded: any reader with the Adobe-GB1
tables (PDFium has them) shows and extracts the text. Characters beyond the Basic Multilingual Plane cannot be written this way.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from catalog.demo.city import Para

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
"""A4 in points."""
MARGIN, SIZE, LEADING = 72, 14, 24
LINE_CHARS = (PAGE_WIDTH - 2 * MARGIN) // SIZE
PAGE_LINES = (PAGE_HEIGHT - 2 * MARGIN) // LEADING
INDENT = "　　"
CLOSING = "，。；：、）》」”？！"
_EPOCH = (2020, 1, 1, 0, 0, 0)
_CENTRED = {"title", "number", "chapter", "note"}
_RIGHT = {"signature", "date"}

_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0"
    b"/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1[500]2 95 500 814 939 500]"
    b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
    b"/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)


def pdf_bytes(*parts: Iterable[Para]) -> bytes:
    """A PDF with these paragraphs, wrapped at the width of the page; each part begins on a new page."""
    pages = [page for part in parts for page in _pages(part)]
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", _FONT]
    for page in pages:
        number = len(objects) + 1
        stream = _content(page)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (PAGE_WIDTH, PAGE_HEIGHT, number + 1)
        )
        objects.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
    kids = b" ".join(b"%d 0 R" % number for number in range(4, len(objects) + 1, 2))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids)
    return _file(objects)


def page_count(paras: Iterable[Para]) -> int:
    """How many pages a part takes."""
    return len(_pages(paras))


def _pages(paras: Iterable[Para]) -> list[list[tuple[int, str]]]:
    lines = [line for para in paras for line in _lines(para)]
    return [lines[start : start + PAGE_LINES] for start in range(0, len(lines), PAGE_LINES)] or [[]]


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe4\xba\x91\xe6\xb1\x9f\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _content(lines: Sequence[tuple[int, str]]) -> bytes:
    parts = [b"BT /F1 %d Tf" % SIZE]
    for row, (left, text) in enumerate(lines):
        encoded = text.encode("utf-16-be").hex().upper().encode()
        parts.append(b"1 0 0 1 %d %d Tm <%s> Tj" % (left, PAGE_HEIGHT - MARGIN - SIZE - row * LEADING, encoded))
    return b"\n".join([*parts, b"ET"])


def _lines(para: Para) -> list[tuple[int, str]]:
    """The lines of a paragraph: (left edge in points, text)."""
    if para.kind == "table":
        return [(MARGIN, line) for row in para.text.split("\n") for line in _wrap(row.replace("\t", "　　"))]
    text = para.text if para.kind in _CENTRED | _RIGHT | {"addressee"} else INDENT + para.text
    return [(_left(para.kind, line), line) for line in _wrap(text)]


def _left(kind: str, line: str) -> int:
    room = PAGE_WIDTH - 2 * MARGIN - width(line)
    if kind in _CENTRED:
        return MARGIN + room // 2
    return MARGIN + room - 2 * SIZE if kind in _RIGHT else MARGIN


def width(text: str) -> int:
    """The printed width of a text in points: ASCII is half as wide as the rest."""
    return sum(SIZE // 2 if sign.isascii() else SIZE for sign in text)


def _wrap(text: str) -> list[str]:
    """Lines no wider than the page; a closing mark may hang over the edge instead of beginning a line."""
    lines, start, used = [], 0, 0
    for place, sign in enumerate(text):
        room = width(sign)
        if used + room > LINE_CHARS * SIZE and sign not in CLOSING:
            lines.append(text[start:place])
            start, used = place, 0
        used += room
    return [*lines, text[start:]]


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_bytes(paras: Iterable[Para]) -> bytes:
    """A Word document with these paragraphs: alignment, bold titles, real tables."""
    body = "".join(_table(para.text) if para.kind == "table" else _paragraph(para) for para in paras)
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{_NAMESPACE}"><w:body>{body}'
        f'<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELS), ("word/document.xml", document)):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _paragraph(para: Para) -> str:
    align = "center" if para.kind in _CENTRED else "right" if para.kind in _RIGHT else "both"
    indent = (
        "" if para.kind in _CENTRED | _RIGHT | {"addressee"} else '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
    )
    bold = "<w:rPr><w:b/></w:rPr>" if para.kind in {"title", "heading", "chapter"} else ""
    return f'<w:p><w:pPr>{indent}<w:jc w:val="{align}"/></w:pPr>{_run(para.text, bold)}</w:p>'


def _run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _table(text: str) -> str:
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p>{_run(cell)}</w:p></w:tc>" for cell in row.split("\t")) + "</w:tr>"
        for row in text.split("\n")
    )
    return f"<w:tbl><w:tblPr/>{rows}</w:tbl>"
