"""OpenDocument texts (odt): paragraphs, headings, lists with their numbers, tables (ISO/IEC 26300, ODF 1.3 part 3).

Deleted text, comments, page heads and page feet are not read; text boxes follow the paragraph that they hang on, notes the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from catalog.errors import Refused
from catalog.extract.formats.archive import Archive, parse_xml
from catalog.extract.formats.flow import MAX_COLUMNS, Cell, Flow
from catalog.extract.formats.numbering import Numbering
from catalog.extract.formats.odt_styles import LEVELS, Styles, read_styles
from catalog.extract.formats.wordml import attribute, child, children, local, whole_value
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

ODT = "application/vnd.oasis.opendocument.text"
MAX_REPEATED = 100
"""Rows that one row element stands for."""
MAX_CELLS = 1_000_000
"""Cells of all tables of a text, with those that are repeated."""
MAX_BLANKS = 200
"""Blanks that one element stands for."""
OUTLINE = "outline"
"""The list that headings are counted in."""
_SKIPPED = frozenset(
    {"annotation", "annotation-end", "tracked-changes", "ruby-text", "note", "bookmark", "sequence-decls", "forms"}
)
_SIGNS = {"s": " ", "tab": "\t", "line-break": "\n"}
_BLANKS = re.compile(r"[ \t\r\n]+")
_GROUPS = frozenset({"section", "index-body", "index-title", "text-box", "table-header-rows", "table-rows"})


@dataclass(slots=True)
class _List:
    """A list that is open: the family that it counts in, its style, and how deep it is (from 0)."""

    family: str
    style: str | None
    level: int


@dataclass(slots=True)
class _Content:
    """What a paragraph holds: its text, the weight of each run that has any, and the boxes that hang on it."""

    parts: list[str] = field(default_factory=list)
    weights: list[bool] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    before: int = 0
    after: int = 0


@dataclass(slots=True)
class _Reader:
    """One document while it is read."""

    styles: Styles
    numbering: Numbering = field(default_factory=Numbering)
    flow: Flow = field(default_factory=Flow)
    notes: list[Element] = field(default_factory=list)
    room: int = MAX_CELLS
    """Cells that may still come."""
    last: dict[str | None, str] = field(default_factory=dict)
    """By list style: the family of the last list that had it."""

    def blocks(self, parent: Element, place: _List | None = None, *, at: int | None = None) -> None:
        """Everything block-like below a node. `place` is the list item's list for its first paragraph; `at` sets its count."""
        for node in parent:
            name = local(node)
            if name in ("p", "h"):
                self.paragraph(node, place, at=at)
                place = None if place is None else _List(place.family, place.style, -1 - place.level)
            elif name == "list":
                self.listed(node, place)
            elif name == "table":
                self.table(node)
            elif name == "soft-page-break":
                self.flow.noted += 1
            elif name in _GROUPS or name.endswith(("-index", "table-of-content", "bibliography")):
                if attribute(node, "display") != "none":
                    self.blocks(node)
            elif name not in _SKIPPED and next(iter(node), None) is not None:
                self.blocks(node)  # shapes that stand between paragraphs

    def listed(self, node: Element, outer: _List | None) -> None:
        """A list: it goes on counting where it says so, else begins anew."""
        style = attribute(node, "style-name") or (outer.style if outer else None)
        level = 0 if outer is None else (outer.level if outer.level >= 0 else -1 - outer.level) + 1
        own = attribute(node, "id") or f"list {len(self.last)}-{id(node)}"
        if outer is not None:
            family = outer.family
        elif (before := attribute(node, "continue-list")) is not None:
            family = self.numbering.families.get(before, before)
        elif attribute(node, "continue-numbering") == "true" and style in self.last:
            family = self.last[style]
        else:
            family = own
        self.numbering.families[own] = family
        self.last[style] = family
        for item in node:
            if local(item) == "list-item":
                start = attribute(item, "start-value")
                self.blocks(
                    item, _List(family, style, min(level, LEVELS - 1)), at=whole_value(start, 1) if start else None
                )
            elif local(item) == "list-header":
                self.blocks(item, _List(family, style, -1 - level))

    def paragraph(self, node: Element, place: _List | None, *, at: int | None) -> None:
        """One paragraph or heading, then the boxes that hang on it."""
        style = self.styles.get(attribute(node, "style-name"))
        content = _Content()
        if not style.hidden:
            self._walk(node, content, bold=bool(style.bold))
        self.flow.noted += content.before
        if style.new_page and self.flow.lines:
            self.flow.set_ += 1
        heading = local(node) == "h"
        outline = whole_value(attribute(node, "outline-level"), 1) - 1 if heading else None
        text = "".join(content.parts)
        label = self._label(style.list_style, place, at=at) if place is not None else None
        if label is None and heading and self.styles.outline and text.strip():
            self.numbering.levels[OUTLINE] = self.styles.outline
            label = self.numbering.label(OUTLINE, outline or 0) or None
        bold = bool(content.weights) and all(content.weights)
        self.flow.paragraph(text, label=label, align=style.align, bold=bold, outline=outline)
        self.flow.noted += content.after
        if style.page_after:
            self.flow.set_ += 1
        for box in content.boxes:
            self.blocks(box)

    def _label(self, own: str | None, place: _List, *, at: int | None) -> str | None:
        style = place.style or own
        if place.level < 0 or style not in self.styles.lists:
            return None
        list_id = f"{place.family}\x00{style}"
        self.numbering.levels[list_id] = self.styles.lists[style]
        self.numbering.families[list_id] = place.family
        return self.numbering.label(list_id, place.level, at=at)

    def _walk(self, node: Element, content: _Content, *, bold: bool) -> None:
        """Take in a node's text; blanks of the XML count as one, as ODF asks (6.1.2)."""
        self._put(node.text, content, bold=bold)
        for inner in node:
            name = local(inner)
            if name in _SIGNS:
                count = whole_value(attribute(inner, "c"), 1) if name == "s" else 1
                content.parts.append(_SIGNS[name] * min(max(1, count), MAX_BLANKS))
            elif name == "soft-page-break":
                if content.weights:
                    content.after += 1
                else:
                    content.before += 1
            elif name == "note":
                self.notes.append(inner)
            elif _is_shape(inner):
                content.boxes.append(inner)
            elif name not in _SKIPPED:
                style = self.styles.get(attribute(inner, "style-name")) if name == "span" else None
                if style is None or not style.hidden:
                    own = bold if style is None or style.bold is None else style.bold
                    self._walk(inner, content, bold=own)
            self._put(inner.tail, content, bold=bold)

    def _put(self, text: str | None, content: _Content, *, bold: bool) -> None:
        if text:
            content.parts.append(_BLANKS.sub(" ", text))
            if text.strip():
                content.weights.append(bold)

    def table(self, node: Element) -> None:
        """A table; cells that are covered by a wide or a high one are empty."""
        self.flow.table([cells for row in _rows(node) for cells in self._row(row)])

    def _row(self, row: Element) -> Iterator[list[Cell]]:
        cells: list[Cell] = []
        for node in row:
            if local(node) in ("table-cell", "covered-table-cell"):
                outer, self.flow = self.flow, self.flow.within()
                self.blocks(node)
                inner, self.flow = self.flow, outer
                self.flow.noted, self.flow.set_ = inner.noted, inner.set_
                count = whole_value(attribute(node, "number-columns-repeated"), 1)
                cells += [Cell(inner.lines)] * min(max(1, count), MAX_COLUMNS)
        while len(cells) > 1 and not cells[-1].lines:
            cells.pop()
        repeated = min(max(1, whole_value(attribute(row, "number-rows-repeated"), 1)), MAX_REPEATED)
        rows = [cells] * (repeated if any(cell.lines for cell in cells) else 1)
        self.room -= len(rows) * len(cells)
        if self.room < 0:
            raise Refused("zip_bomb", f"its tables have more than {MAX_CELLS:,} cells; ask for it as a sheet")
        yield from rows


def _is_shape(node: Element) -> bool:
    return "drawing" in str(node.tag).partition("}")[0]


def _rows(table: Element) -> Iterator[Element]:
    for node in table:
        if local(node) == "table-row":
            yield node
        elif local(node) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(node)


def odt_lines(content: bytes, name: str = "the document") -> list[Line]:
    """The lines of an OpenDocument text, in reading order. Raises `Refused` (`unreadable`, `zip_bomb`, `encrypted`, `wrong_media_type`)."""
    archive = Archive(content, name)
    try:
        if b"encryption-data" in (archive.read("META-INF/manifest.xml") or b""):
            raise Refused("encrypted", f"{name}: the document asks for a password. Ask for a copy without one.")

        def tree(inner: str) -> Element | None:
            data = archive.read(inner)
            return parse_xml(data, f"{name}, part {inner}") if data else None

        root, shared = tree("content.xml"), tree("styles.xml")
        pages = _pages(tree("meta.xml"))
    finally:
        archive.close()
    body = child(root, "body", "text")
    if body is None:
        raise Refused(
            "wrong_media_type", f"{name}: no text in its content.xml; it is no text document. Open it by hand."
        )
    reader = _Reader(read_styles((shared, root)))
    try:
        reader.blocks(body)
        for note in reader.notes:
            for part in children(note, "note-body"):
                reader.blocks(part)
    except Refused as refusal:
        raise Refused(refusal.code, f"{name}: {refusal}") from refusal
    return reader.flow.finished(pages)


def _pages(root: Element | None) -> int | None:
    statistic = child(root, "meta", "document-statistic")
    return whole_value(attribute(statistic, "page-count"), 0) or None


class OdtExtractor:
    """Reads OpenDocument texts (odt)."""

    name = "odt"
    version = "1"
    media_types = frozenset({ODT})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a text: its lines, read by the general reader. Raises `Refused`."""
        name = document.filename or document.url or "the document"
        return read_lines(odt_lines(document.content, name), hints=document.hints, url=document.url)
