"""Walks the tree of an HTML page once, without recursion, and collects its pieces, boxes, tables and links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from catalog.errors import Refused
from catalog.extract.data_files import load
from catalog.extract.formats.pieces import Box, Piece, Table
from catalog.extract.lines import Align, Link, clean

MAX_PIECES = 200_000
"""Lines and cells of one page."""
MAX_PARTED = 400
"""Lines up to this length are also kept in their parts, since a line of a header is not longer."""
MAX_IDENT = 500
"""Characters of class and id that are looked at."""
PUSHED = 14
"""Blanks that the page shows before a short line and that put it at the right edge."""
MAX_PUSHED = 60
"""Characters of the longest line that blanks can put there."""

_SEP = "\x1f"
_ALIGN_STYLE = re.compile(r"text-align\s*:\s*(left|center|right)")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_ALIGNS: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}
_TEXT = "-text"
_BOLD = frozenset(("b", "strong"))
_TABLE_PARTS = frozenset(("table", "tr", "td", "th"))
_INHERITING = frozenset(("p", "div", "span", "h1", "h2", "h3", "h4", "center"))
"""Elements that stand where the element around them stands, if they do not say otherwise."""


def join(base: str, href: str) -> str:
    """An absolute address; a broken one, such as one with an unclosed bracket, stays as it was printed."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href.strip()


@cache
def _sets() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = load("page")
    return frozenset(data["skipped"]), frozenset(data["block"]), frozenset(data["outside_tags"])


class Looks(NamedTuple):
    """What the attributes of a block element say of it."""

    ident: str = ""
    hidden: bool = False
    outside: bool = False
    align: Align | None = None


def _looks(tag: str, attributes: Mapping[str, str | None]) -> Looks:
    """What an element's tag and attributes say; those of ordinary length are remembered, since pages repeat them on every line."""
    if not attributes:
        return _told(tag, "", "", "", "", hidden=False)
    get = attributes.get
    style, name, ident, align = get("style") or "", get("class") or "", get("id") or "", get("align") or ""
    tell = _told if len(style) + len(name) + len(ident) + len(align) <= MAX_IDENT else _told.__wrapped__
    return tell(tag, style, name, ident, align, hidden="hidden" in attributes)


@lru_cache(maxsize=4096)
def _told(tag: str, style: str, name: str, number: str, align: str, *, hidden: bool) -> Looks:
    style = style.lower()
    ident = f"{name} {number}".strip().lower()
    out = tag in _sets()[2] or (bool(ident) and tag not in ("body", "td") and _is_outside(ident))
    return Looks(ident, hidden or _HIDDEN.search(style) is not None, out, _align(tag, align, style))


def _is_outside(ident: str) -> bool:
    return _outside().search(ident[:MAX_IDENT]) is not None


@cache
def _outside() -> re.Pattern[str]:
    return re.compile(load("page")["outside"])


class Walker:
    """Walks a tree once, without recursion, and collects its pieces."""

    def __init__(self, *, base: str, with_hidden: bool) -> None:
        self.base, self.with_hidden = base, with_hidden
        self.pieces: list[Piece] = []
        self.boxes: list[Box] = []
        self.tables: list[Table] = []
        self.links: list[tuple[int, Link]] = []
        self._skipped, self._block, _ = _sets()
        self._buffer: list[str] = []
        self._box = -1
        self._open_tables: list[int] = []
        self._link_depth = self._linked = self._bold_depth = self._bold = 0

    def walk(self, root: LexborNode) -> None:
        """Visit every node in document order."""
        opened: list[tuple[LexborNode, str]] = []
        buffer = self._buffer
        node, tag = root, root.tag or ""
        while True:
            child = None
            if tag == _TEXT:
                text = node.text_content or ""
                if buffer or not text.isspace():  # blanks between blocks are no text
                    buffer.append(text)
                    if self._link_depth or self._bold_depth:
                        self._measure(text)
            elif self._enter(node, tag):
                child = node.first_child
                if child is not None:
                    opened.append((node, tag))
                else:
                    self._leave(tag)
            if child is None:
                child = node.next if opened else None
                while child is None and opened:
                    node, tag = opened.pop()
                    self._leave(tag)
                    child = node.next if opened else None  # what stands behind the root is not of this tree
                if child is None:
                    break
            node, tag = child, child.tag or ""
        self._flush()

    def _enter(self, node: LexborNode, tag: str) -> bool:
        """Take in one node; whether its children are to be visited."""
        if tag in self._block:
            return self._open(node, tag)
        if tag == "br":
            self._flush()
            return False
        if tag in self._skipped or tag.startswith(("-", "!")):
            return False
        return self._inline(node, tag)

    def _measure(self, text: str) -> None:
        """Count text that stands in a link or is bold."""
        size = len(text.strip())
        self._linked += size if self._link_depth else 0
        self._bold += size if self._bold_depth else 0

    def _inline(self, node: LexborNode, tag: str) -> bool:
        self._buffer.append(_SEP)
        if tag in ("span", "font", "u", "i", "em") and not self._bold_depth:
            style = node.attributes.get("style")
            if style and not self.with_hidden and "none" in style and _HIDDEN.search(style.lower()):
                return False
        if tag == "a":
            self._link_depth += 1
            self._keep_link(node)
        elif tag in _BOLD:
            self._bold_depth += 1
        return True

    def _keep_link(self, node: LexborNode) -> None:
        attributes = node.attributes
        href = (attributes.get("href") or "").strip()
        if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
            text = clean(node.text(deep=True)) or clean(attributes.get("title") or "")
            self.links.append((len(self.pieces), Link(text, join(self.base, href))))

    def _leave(self, tag: str) -> None:
        if tag in self._block:
            if self._buffer:
                self._flush()
            box = self.boxes[self._box]
            box.end = len(self.pieces)
            self._box = box.parent
            if tag == "table":
                self._open_tables.pop()
            return
        self._buffer.append(_SEP)
        if tag == "a":
            self._link_depth -= 1
        elif tag in _BOLD:
            self._bold_depth -= 1

    def _open(self, node: LexborNode, tag: str) -> bool:
        """Open a block element; `False` where it is hidden and stays out."""
        looks = _looks(tag, node.attributes)
        if looks.hidden and not self.with_hidden:
            return False
        if self._buffer:
            self._flush()
        outside, align, boxes, start = looks.outside, looks.align, self.boxes, len(self.pieces)
        if self._box >= 0:
            parent = boxes[self._box]
            outside = outside or parent.outside
            align = align or (parent.align if tag in _INHERITING else None)
        boxes.append(Box(self._box, tag, looks.ident, start, start, outside, looks.hidden, align))
        self._box = len(boxes) - 1
        if tag in _TABLE_PARTS:
            self._open_table_part(tag)
        return True

    def _open_table_part(self, tag: str) -> None:
        if tag == "table":
            if self._open_tables:
                self.tables[self._open_tables[-1]].nested = True
            self.tables.append(Table(self._box))
            self._open_tables.append(len(self.tables) - 1)
        elif self._open_tables:
            rows = self.tables[self._open_tables[-1]].rows
            if tag == "tr":
                rows.append([])
            elif tag in ("td", "th") and rows:
                rows[-1].append([])

    def _flush(self) -> None:
        """End the line: what was collected becomes a piece, unless it is blank."""
        if not self._buffer:
            return
        joined = "".join(self._buffer)
        self._buffer.clear()
        if not joined or joined.isspace():  # the mark between parts is a space too
            self._linked = self._bold = 0
            return
        if "\n" in joined and self._box >= 0 and self.boxes[self._box].tag == "pre":
            for line in joined.split("\n"):
                self._keep(line, 0, 0)
            return
        linked, bold, self._linked, self._bold = self._linked, self._bold, 0, 0
        self._keep(joined, linked, bold)

    def _keep(self, joined: str, linked: int, bold: int) -> None:
        """Add a piece, unless it is blank."""
        printed = joined.replace(_SEP, "") if _SEP in joined else joined
        text = clean(printed)
        if not text:
            return
        if len(self.pieces) >= MAX_PIECES:
            raise Refused(
                "too_many_elements", f"the page has more than {MAX_PIECES:,} lines and cells; split it into documents"
            )
        # a line that is not longer than its own text by so much has no blanks that push it anywhere
        pushed = len(text) <= MAX_PUSHED and len(printed) - len(text) >= PUSHED and _blanks_before(printed) >= PUSHED
        self.pieces.append(
            Piece(
                text,
                _parts(joined, text),
                self._box,
                linked,
                bold * 2 > len(text),
                self._cell() if self._open_tables else None,
                "right" if pushed else None,
            )
        )

    def _cell(self) -> tuple[int, int, int] | None:
        number = self._open_tables[-1]
        rows = self.tables[number].rows
        if not rows or not rows[-1]:
            return None
        rows[-1][-1].append(len(self.pieces))
        return number, len(rows) - 1, len(rows[-1]) - 1


def _align(tag: str, attribute: str, style: str) -> Align | None:
    if "text-align" in style and (match := _ALIGN_STYLE.search(style)):
        return _ALIGNS[match[1]]
    if tag == "center":
        return "center"
    return _ALIGNS.get(attribute.strip().lower())


def _parts(joined: str, text: str) -> tuple[str, ...]:
    """The runs of a line between the boundaries of its elements; of a long line only the whole."""
    if len(text) > MAX_PARTED or _SEP not in joined.strip():  # the mark is a space for `strip`
        return (text,)
    raw = [part for part in joined.split(_SEP) if part and not part.isspace()]
    if len(raw) < 2:
        return (text,)
    return tuple(part for one in raw if (part := clean(one))) or (text,)


def _blanks_before(printed: str) -> int:
    """The blanks that a page shows before a line; line feeds and tabs of the source are none."""
    lead = printed.lstrip("\n\r\t ")
    return len(lead) - len(lead.lstrip("\u00a0\u3000 "))
