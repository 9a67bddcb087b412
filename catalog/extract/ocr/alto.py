"""ALTO (Library of Congress, versions 2 to 4): read from beside a scan, and written to keep what an engine recognised.

Only what a text needs is read: pages, lines and strings with their places and word confidence (`WC`). All else is left alone.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from catalog.errors import Refused
from catalog.extract.formats.archive import parse_xml
from catalog.extract.ocr.words import Word, WordPage

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
MOST_PAGES = 3_000
"""Pages that are read of one file."""
MOST_WORDS = 2_000_000
"""Words that are read of one file."""
LARGEST = 1e6
"""No page is wider or higher than this; a greater measure is an error, and is not believed."""


def is_alto(content: bytes) -> bool:
    """Whether the beginning of a file looks like ALTO."""
    head = content[:4096].lower()
    return b"<alto" in head or b"standards/alto" in head or b":alto" in head


def read_alto(content: bytes, name: str) -> list[WordPage]:
    """The pages of an ALTO file. Raises `Refused` (`unreadable`, `zip_bomb`)."""
    root = parse_xml(content, name)
    if _local(root) != "alto":
        raise Refused("unreadable", f"{name}: called ALTO, but its outermost element is {_local(root)[:40]!r}")
    pages = []
    words = 0
    for number, page in enumerate((one for one in root.iter() if _local(one) == "Page"), 1):
        if number > MOST_PAGES:
            raise Refused("too_large", f"{name}: more than {MOST_PAGES:,} pages; split the file")
        rows = tuple(row for line in page.iter() if _local(line) == "TextLine" for row in (tuple(_words(line)),) if row)
        words += sum(map(len, rows))
        if words > MOST_WORDS:
            raise Refused("too_large", f"{name}: more than {MOST_WORDS:,} words; split the file")
        pages.append(_page(page, number, rows))
    return pages


def _page(page: ET.Element, number: int, rows: tuple[tuple[Word, ...], ...]) -> WordPage:
    right = max((word.right for row in rows for word in row), default=0.0)
    bottom = max((word.bottom for row in rows for word in row), default=0.0)
    image = page.get("PHYSICAL_IMG_NR", "")
    told = int(image) if image.isascii() and image.isdigit() and len(image) <= len(str(MOST_PAGES)) else 0
    place = told if 0 < told <= MOST_PAGES else number
    return WordPage(place, _number(page, "WIDTH") or right, _number(page, "HEIGHT") or bottom, rows)


def _words(line: ET.Element) -> Iterator[Word]:
    for one in line:
        text = one.get("CONTENT") or ""
        if _local(one) == "HYP":
            text = "-"
        elif _local(one) != "String" or not text.strip():
            continue
        left, top = _number(one, "HPOS") or _number(line, "HPOS"), _number(one, "VPOS") or _number(line, "VPOS")
        width = _number(one, "WIDTH")
        height = _number(one, "HEIGHT") or _number(line, "HEIGHT")
        yield Word(text.strip(), left, top, left + width, top + height, _confidence(one.get("WC")))


def _confidence(text: str | None) -> float | None:
    try:
        sure = float(text) if text else math.nan
    except ValueError:
        return None
    return sure if 0 <= sure <= 1 else None


def _number(one: ET.Element, name: str) -> float:
    """A measure of an element; 0 where there is none to be believed."""
    try:
        value = float(one.get(name, "0"))
    except ValueError:
        return 0.0
    return value if 0 <= value <= LARGEST else 0.0


def _local(one: ET.Element) -> str:
    return str(one.tag).rpartition("}")[2]


def write_alto(pages: Sequence[WordPage], *, software: str, source: str) -> bytes:
    """ALTO 4 of recognised pages, in pixels: `software` is who recognised them, `source` the name of the scan."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("alto"))
    description = _put(root, "Description")
    _put(description, "MeasurementUnit").text = "pixel"
    _put(_put(description, "sourceImageInformation"), "fileName").text = _valid(source)
    step = _put(description, "Processing", ID="OCR_1")
    _put(_put(step, "processingSoftware"), "softwareName").text = software
    layout = _put(root, "Layout")
    for page in pages:
        place = f"P{page.number}"
        size = {"WIDTH": _shown(page.width), "HEIGHT": _shown(page.height)}
        one = _put(layout, "Page", ID=place, PHYSICAL_IMG_NR=str(page.number), **size)
        space = _put(one, "PrintSpace", HPOS="0", VPOS="0", **size)
        block = _put(space, "TextBlock", ID=f"{place}_B", HPOS="0", VPOS="0", **size)
        for number, row in enumerate(page.rows, 1):
            line = _put(block, "TextLine", ID=f"{place}_L{number}", **_box(row))
            for at, word in enumerate(row):
                if at:
                    _put(line, "SP")
                sure = {} if word.confidence is None else {"WC": f"{word.confidence:.3f}"}
                _put(line, "String", CONTENT=_valid(word.text), **_box((word,)), **sure)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _put(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, _tag(name), attributes)


def _box(words: Sequence[Word]) -> dict[str, str]:
    left, top = min(word.left for word in words), min(word.top for word in words)
    right, bottom = max(word.right for word in words), max(word.bottom for word in words)
    return {"HPOS": _shown(left), "VPOS": _shown(top), "WIDTH": _shown(right - left), "HEIGHT": _shown(bottom - top)}


def _shown(value: float) -> str:
    return f"{value:g}" if value == int(value) else f"{value:.1f}"


def _valid(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return "".join(
        char for char in text if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"
    )
