"""hOCR (version 1.2): HTML with the places of recognised words in `title` attributes, as tesseract and others write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from catalog.errors import Refused
from catalog.extract.formats.encoding import decode
from catalog.extract.ocr.alto import LARGEST, MOST_PAGES, MOST_WORDS
from catalog.extract.ocr.words import Word, WordPage

LINES = "span.ocr_line,span.ocrx_line,span.ocr_header,span.ocr_footer,span.ocr_caption,span.ocr_textfloat"
"""The classes of lines."""
MOST_CHARACTERS = 64_000_000
"""Characters of one file that are read."""
MOST_OPEN = 1_000
"""Elements that may stand one within another."""
LONGEST_TITLE = 2_000
"""Characters of a `title` that are looked at."""

_BOX = re.compile(r"\bbbox\s+(-?\d{1,7})\s+(-?\d{1,7})\s+(-?\d{1,7})\s+(-?\d{1,7})")
_SURE = re.compile(r"\bx_wconf\s+(\d{1,3}(?:\.\d{1,6})?)")
_TAG = re.compile(r"<(/?)(?:div|span|p)\b", re.IGNORECASE)


def is_hocr(content: bytes) -> bool:
    """Whether the beginning of a file looks like hOCR."""
    return b"ocr_page" in content[:64_000] or b"ocr-system" in content[:8_000]


def read_hocr(content: bytes, name: str) -> list[WordPage]:
    """The pages of an hOCR file. Raises `Refused` (`unreadable`, `too_large`)."""
    text = decode(content).text
    if len(text) > MOST_CHARACTERS:
        raise Refused("too_large", f"{name}: {len(text):,} characters, at most {MOST_CHARACTERS:,} are read; split it")
    _refuse_depth(text, name)
    tree = LexborHTMLParser(text)
    found = tree.css("div.ocr_page") or tree.css(".ocr_page")
    if not found:
        raise Refused("unreadable", f"{name}: called hOCR, but no element of it has the class ocr_page")
    if len(found) > MOST_PAGES:
        raise Refused("too_large", f"{name}: more than {MOST_PAGES:,} pages; split the file")
    pages = []
    words = 0
    for number, page in enumerate(found, 1):
        rows = tuple(row for line in page.css(LINES) for row in (tuple(_words(line)),) if row)
        words += sum(map(len, rows))
        if words > MOST_WORDS:
            raise Refused("too_large", f"{name}: more than {MOST_WORDS:,} words; split the file")
        box = _box(page) or (0.0, 0.0, 0.0, 0.0)
        right = max((word.right for row in rows for word in row), default=0.0)
        bottom = max((word.bottom for row in rows for word in row), default=0.0)
        pages.append(WordPage(number, box[2] or right, box[3] or bottom, rows))
    return pages


def _refuse_depth(text: str, name: str) -> None:
    depth = 0
    for tag in _TAG.finditer(text):
        depth += -1 if tag[1] else 1
        if depth > MOST_OPEN:
            raise Refused("zip_bomb", f"{name}: more than {MOST_OPEN:,} elements stand one within another")


def _words(line: LexborNode) -> Iterator[Word]:
    """The words of a line; its whole text where it has none of its own."""
    found = line.css("span.ocrx_word") or line.css("span.ocr_word") or [line]
    for one in found:
        text = " ".join((one.text() or "").split())
        box = _box(one) or _box(line)
        if text and box is not None:
            yield Word(text, *box, _confidence(one))


def _title(one: LexborNode) -> str:
    return (one.attributes.get("title") or "")[:LONGEST_TITLE]


def _box(one: LexborNode) -> tuple[float, float, float, float] | None:
    found = _BOX.search(_title(one))
    if found is None:
        return None
    left, top, right, bottom = (min(max(float(value), 0.0), LARGEST) for value in found.groups())
    return left, top, max(left, right), max(top, bottom)


def _confidence(one: LexborNode) -> float | None:
    found = _SURE.search(_title(one))
    return min(1.0, float(found[1]) / 100) if found else None
