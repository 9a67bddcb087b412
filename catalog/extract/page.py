"""An HTML page as a sequence of pieces: its lines of text with where they stand, without any judgement of what they mean.

A piece is the text between two line breaks of the rendered page. Pieces stand in document order; each box (block element) covers a
contiguous run of them, so that whoever looks for the document's container (`content`) or for its header (`header`) works on indexes.
Nothing is dropped here but what is never text of a document (scripts, styles, forms' controls).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from catalog.errors import Refused
from catalog.extract.data_files import load
from catalog.extract.lines import Align, Link, clean

MAX_CHARACTERS = 16_000_000
"""A page's text is at most this long; the longest annual gazette seen has 1.2 million characters."""
MAX_OPEN = 1_500
"""Elements that may be open at once. Parsing is quadratic in this number: 1,500 take 3 ms, 200,000 take 100 s. Real pages stay under 80."""
MAX_PIECES = 200_000
"""Lines and cells of one page."""
MAX_TAG = 100_000
"""Characters of one tag that is not an embedded picture."""

PUSHED = 14
"""Blanks that the page shows before a short line and that put it at the right edge."""

_SEP = "\x1f"
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_UNCLOSED = frozenset("area base br col dd dt embed hr img input li link meta option p param source td th tr wbr tbody thead".split())
_ALIGN_STYLE = re.compile(r"text-align\s*:\s*(left|center|right)")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_ALIGNS: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}
_BOLD = frozenset(("b", "strong"))


@dataclass(slots=True)
class Box:
    """A block element: its parent (index, -1 for the root), tag, class and id in lower case, and the pieces `start` … `end` - 1 in it."""

    parent: int
    tag: str
    ident: str
    start: int
    end: int = 0
    outside: bool = False
    hidden: bool = False
    align: Align | None = None


@dataclass(slots=True)
class Piece:
    """One line of the page. `parts` are its runs between element boundaries (at least one), `linked` counts characters inside links,
    `cell` is (table, row, column) for a line of a table cell; `align` is told by blanks before the text, where they push it to the right.
    """

    text: str
    parts: tuple[str, ...]
    box: int
    linked: int = 0
    bold: bool = False
    cell: tuple[int, int, int] | None = None
    align: Align | None = None


@dataclass(slots=True)
class Table:
    """A table: the box that it is, and for each row and cell the pieces in it (none: an empty cell). `nested` has a table inside."""

    box: int
    rows: list[list[list[int]]] = field(default_factory=list)
    nested: bool = False


@dataclass(slots=True)
class Page:
    """What was on a page: pieces, boxes, tables, meta tags (names in lower case), `<title>`, and links with absolute addresses."""

    pieces: list[Piece]
    boxes: list[Box]
    tables: list[Table]
    meta: dict[str, str]
    title: str
    links: list[tuple[int, Link]]
    """(index of the piece that the link stands in, link)"""

    def inside(self, piece: int, ancestor: int) -> bool:
        """Whether a piece stands in a box."""
        return self.boxes[ancestor].start <= piece < self.boxes[ancestor].end


def read_page(text: str, *, url: str | None = None, with_hidden: bool = False) -> Page:
    """Read a page. `url` makes links absolute; `with_hidden` keeps what the page's own styles hide.

    Raises `Refused`: `too_large`, `too_deep`, `too_many_elements`, `hostile_markup`.
    """
    _guard(text)
    tree = LexborHTMLParser(text)
    walker = _Walker(base=_base(tree, url), with_hidden=with_hidden)
    if tree.body is not None:
        walker.walk(tree.body)
    title = tree.css_first("title")
    return Page(
        walker.pieces,
        walker.boxes,
        walker.tables,
        _meta(tree),
        clean(title.text()) if title is not None else "",
        walker.links,
    )


def _guard(text: str) -> None:
    """Refuse what would take long to parse, before it is parsed."""
    if len(text) > MAX_CHARACTERS:
        raise Refused("too_large", f"the page has {len(text):,} characters, more than {MAX_CHARACTERS:,}; split it, or load its text")
    if text.count("<") > MAX_OPEN:
        depth = deepest = 0
        for match in _TAG.finditer(text):
            if match[2].lower() not in _UNCLOSED:
                depth = max(0, depth - 1) if match[1] else depth + 1
                deepest = max(deepest, depth)
        if deepest > MAX_OPEN:
            raise Refused("too_deep", f"the page nests its elements {deepest:,} deep, more than {MAX_OPEN:,}; repair its markup")
    if any(len(part) > MAX_TAG and part.count("=") > MAX_OPEN for part in text.split("<") if len(part) > MAX_TAG):
        raise Refused("hostile_markup", f"a tag of the page has thousands of attributes (more than {MAX_OPEN:,}); repair its markup")


def _base(tree: LexborHTMLParser, url: str | None) -> str:
    base = tree.css_first("base[href]")
    href = (base.attributes.get("href") or "") if base is not None else ""
    return _join(url or "", href)


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:  # a broken address, such as one with an unclosed bracket, stays as it was printed
        return href.strip()


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """Meta tags by lower-case name, the first non-empty one of each name; a leading `meta-` of some systems is dropped."""
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").strip().lower()
        value = clean(attributes.get("content") or "")
        if name and value and value.lower() != "null":
            found.setdefault(name.removeprefix("meta-"), value)
    return found


@cache
def _sets() -> tuple[frozenset[str], frozenset[str], frozenset[str], re.Pattern[str]]:
    data = load("page")
    return frozenset(data["skipped"]), frozenset(data["block"]), frozenset(data["outside_tags"]), re.compile(data["outside"])


class _Walker:
    """Walks a tree once, without recursion, and collects its pieces."""

    def __init__(self, *, base: str, with_hidden: bool) -> None:
        self.base, self.with_hidden = base, with_hidden
        self.pieces: list[Piece] = []
        self.boxes: list[Box] = []
        self.tables: list[Table] = []
        self.links: list[tuple[int, Link]] = []
        self._skipped, self._block, self._outside_tags, self._outside = _sets()
        self._buffer: list[str] = []
        self._box = -1
        self._open_tables: list[int] = []
        self._link_depth = self._linked = self._bold_depth = self._bold = 0

    def walk(self, root: LexborNode) -> None:
        """Visit every node in document order."""
        node: LexborNode | None = root
        while node is not None:
            if self._enter(node):
                child = node.first_child
                if child is not None:
                    node = child
                    continue
                self._leave(node)
            node = self._following(node, root.mem_id)
        self._flush()

    def _following(self, node: LexborNode, root_id: int) -> LexborNode | None:
        """The next node after a node's own subtree; boxes that end on the way are closed."""
        current: LexborNode | None = node
        while current is not None and current.mem_id != root_id:  # comparing nodes themselves would compare their HTML
            following = current.next
            if following is not None:
                return following
            current = current.parent
            if current is not None:
                self._leave(current)
        return None

    def _enter(self, node: LexborNode) -> bool:
        """Take in one node; whether its children are to be visited."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag in self._block:
            return self._open(node, tag)
        if tag == "br":
            self._flush()
            return False
        if tag in self._skipped or tag.startswith(("-", "!")):
            return False
        return self._inline(node, tag)

    def _text(self, text: str) -> None:
        self._buffer.append(text)
        if self._link_depth or self._bold_depth:
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
            self.links.append((len(self.pieces), Link(text, _join(self.base, href))))

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in self._block:
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
        attributes = node.attributes
        style = (attributes.get("style") or "").lower()
        hidden = "hidden" in attributes or bool(style and _HIDDEN.search(style))
        if hidden and not self.with_hidden:
            return False
        self._flush()
        parent = self.boxes[self._box] if self._box >= 0 else None
        ident = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip().lower()
        outside = tag in self._outside_tags or bool(ident and tag not in ("body", "td") and self._outside.search(ident))
        align = _align(tag, attributes.get("align"), style)
        if parent is not None:
            outside = outside or parent.outside
            align = align or (parent.align if tag in ("p", "div", "span", "h1", "h2", "h3", "h4", "center") else None)
        self.boxes.append(Box(self._box, tag, ident, len(self.pieces), len(self.pieces), outside, hidden, align))
        self._box = len(self.boxes) - 1
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
        if "\n" in joined and self._box >= 0 and self.boxes[self._box].tag == "pre":
            for line in joined.split("\n"):
                self._keep(line, 0, 0)
            return
        linked, bold, self._linked, self._bold = self._linked, self._bold, 0, 0
        self._keep(joined, linked, bold)

    def _keep(self, joined: str, linked: int, bold: int) -> None:
        """Add a piece, unless it is blank."""
        text = clean(joined.replace(_SEP, "").replace("\n", " "))
        if not text:
            return
        parts = tuple(part for raw in joined.split(_SEP) if (part := clean(raw.replace("\n", " ")))) if _SEP in joined else (text,)
        if len(self.pieces) >= MAX_PIECES:
            raise Refused("too_many_elements", f"the page has more than {MAX_PIECES:,} lines and cells; split it into documents")
        lead = joined.replace(_SEP, "").lstrip("\n\r\t ")
        pushed = len(text) <= 60 and len(lead) - len(lead.lstrip("\u00a0\u3000 ")) >= PUSHED
        self.pieces.append(Piece(text, parts or (text,), self._box, linked, bold * 2 > len(text), self._cell(), "right" if pushed else None))

    def _cell(self) -> tuple[int, int, int] | None:
        if not self._open_tables:
            return None
        number = self._open_tables[-1]
        rows = self.tables[number].rows
        if not rows or not rows[-1]:
            return None
        rows[-1][-1].append(len(self.pieces))
        return number, len(rows) - 1, len(rows[-1]) - 1


def _align(tag: str, attribute: str | None, style: str) -> Align | None:
    if style and (match := _ALIGN_STYLE.search(style)):
        return _ALIGNS[match[1]]
    if tag == "center":
        return "center"
    return _ALIGNS.get((attribute or "").strip().lower())
