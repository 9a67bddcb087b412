"""Plain text: lines with where they stand, told by the spaces before them, and then the general reader."""

from __future__ import annotations

import re

from catalog.errors import Refused
from catalog.extract import noise
from catalog.extract.formats.encoding import decode
from catalog.extract.formats.unreadable import explained
from catalog.extract.lines import Align, Line, clean
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

MAX_CHARACTERS = 32_000_000
"""A text is at most this long."""
RIGHT = 20
"""Columns of blank space before a short line that put it at the right edge (an ideographic space takes two)."""
_LEAD = re.compile(r"[\s\u00a0\u3000]*")
_BULLET = re.compile(r"\s*[•·●○■◆▪*]\s")


class PlainTextExtractor:
    """Reads `text/plain`."""

    name = "plain_text"
    version = "2"
    media_types = frozenset({"text/plain"})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a plain text. Raises `Refused`: `too_large`."""
        decoded = decode(document.content, document.charset)
        flags = (*decoded.flags, *noise.hidden(decoded.text))
        draft = read_lines(text_lines(decoded.text), hints=document.hints, url=document.url, flags=flags)
        return explained(draft, decoded)


def text_lines(text: str) -> list[Line]:
    """The lines of a text that have something on them. Raises `Refused`: `too_large`."""
    if len(text) > MAX_CHARACTERS:
        raise Refused(
            "too_large", f"the text has {len(text):,} characters, more than {MAX_CHARACTERS:,}; split it into documents"
        )
    return [_line(raw) for raw in text.splitlines() if clean(raw)]


def _line(raw: str) -> Line:
    lead = _LEAD.match(raw)
    columns = sum(2 if char == "\u3000" else 8 if char == "\t" else 1 for char in (lead.group() if lead else ""))
    text = clean(raw)
    align: Align | None = "right" if columns >= RIGHT and len(text) <= 60 else None
    return Line(text, "list_item" if _BULLET.match(raw) else "paragraph", align=align)
