"""Word documents (docx): paragraphs with their alignment, weight and heading level, tables, and the numbers Word writes by itself.

Own reader over `zipfile` and `xml.etree` (see `archive`): it needs neither lxml nor python-docx, refuses document types and entities,
fetches nothing, and reads what Chinese documents need and general converters leave out (第%1条 numbering, centred and right-aligned
lines, red-letter heads in text boxes). Deleted text, comments, page heads and page feet are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from catalog.errors import Refused
from catalog.extract.formats.archive import Archive, parse_xml
from catalog.extract.formats.docx_numbering import read_numbering
from catalog.extract.formats.docx_styles import Style, read_styles, style_of
from catalog.extract.formats.flow import Cell, Flow
from catalog.extract.formats.numbering import Numbering
from catalog.extract.formats.sniff import DOCX
from catalog.extract.formats.symbols import sign
from catalog.extract.formats.wordml import attribute, child, children, local, switched_on, whole_value
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

_SKIPPED = frozenset(
    {"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "fldChar", "footnoteReference", "rt", "pgNum"}
)
"""Inside a paragraph: what was deleted or moved away, field codes, readings set above characters (`rt`)."""
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_TEXT_BOXES = frozenset({"drawing", "pict", "object"})


def _sign(symbol: Element) -> str:
    """A sign that is set as a place in a font: boxes and ticks are known, any other is left out."""
    code = attribute(symbol, "char") or ""
    try:
        return sign(int(code, 16))
    except ValueError:
        return ""


_SIGNS: dict[str, Callable[[Element], str]] = {
    "t": lambda node: node.text or "",
    "tab": lambda _node: "\t",
    "ptab": lambda _node: "\t",
    "cr": lambda _node: "\n",
    "br": lambda node: "\n" if attribute(node, "type") in (None, "textWrapping") else "",
    "noBreakHyphen": lambda _node: "-",
    "sym": _sign,
}
"""What the elements of a run stand for in text; a page or column break is nothing."""


@dataclass(slots=True)
class _Reader:
    """One document while it is read."""

    styles: dict[str, Style]
    numbering: Numbering
    flow: Flow = field(default_factory=lambda: Flow(notes_all=True))
    held: list[_Content] = field(default_factory=list)
    """Paragraphs whose end mark was deleted: what follows goes on in them."""

    def blocks(self, parent: Element) -> None:
        """Everything block-like below a node: paragraphs, tables, and the wrappers around them."""
        for node in parent:
            name = local(node)
            if name == "p":
                self.paragraph(node)
            elif name == "tbl":
                self.table(node)
            elif name in _WRAPPERS:
                self.blocks(node)

    def paragraph(self, node: Element) -> None:
        """One paragraph, then the text boxes that hang on it."""
        properties = child(node, "pPr")
        content = self.held.pop() if self.held else _Content()
        content.walk(node)
        if child(properties, "rPr", "del") is not None:
            self.held.append(content)
            return
        named = attribute(child(properties, "pStyle"), "val")
        style = style_of(properties).over(self.styles.get(named or "", self.styles.get("", Style())))
        self._turn(content.before, new_page=bool(style.new_page) and bool(self.flow.lines))
        weights = content.weights
        bold = all(weight if weight is not None else bool(style.bold) for weight in weights) if weights else False
        self.flow.paragraph(
            content.text, label=self._label(style, named), align=style.align, bold=bold, outline=style.outline
        )
        self._turn(content.after)
        if child(properties, "sectPr") is not None and _begins_page(child(properties, "sectPr")):
            self._turn(_Turns(hard=1))
        for box in content.boxes:
            self.blocks(box)

    def _label(self, style: Style, named: str | None) -> str | None:
        """The paragraph's number; an empty paragraph of a list is counted as Word counts it."""
        if style.list_id in (None, "0"):
            return None
        list_id = str(style.list_id)
        level = style.list_level or 0
        if style.list_style is not None:
            level = self.numbering.level_of(list_id, named, self.numbering.level_of(list_id, style.list_style, level))
        return self.numbering.label(list_id, level)

    def _turn(self, turns: _Turns, *, new_page: bool = False) -> None:
        """Count page breaks. Where Word notes its own, it notes those that the author set, too."""
        self.flow.noted += turns.noted
        self.flow.set_ += turns.hard + new_page

    def table(self, node: Element) -> None:
        """A table with its cells; rows that were deleted are left out."""
        self.flow.table([[self._cell(cell) for cell in _cells(row)] for row in _rows(node)])

    def _cell(self, node: Element) -> Cell:
        """A cell's paragraphs; covered cells of a vertical merge are empty, wide ones take their columns."""
        outer, self.flow = self.flow, self.flow.within()
        self.blocks(node)
        inner, self.flow = self.flow, outer
        self.flow.noted, self.flow.set_ = inner.noted, inner.set_
        return Cell(inner.lines, whole_value(attribute(child(node, "tcPr", "gridSpan"), "val"), 1))


def _begins_page(section: Element | None) -> bool:
    return attribute(child(section, "type"), "val") not in ("continuous", "nextColumn")


def _rows(table: Element) -> Iterator[Element]:
    for node in table:
        if local(node) == "tr":
            if child(node, "trPr", "del") is None:
                yield node
        elif local(node) in ("sdt", "sdtContent", "ins"):
            yield from _rows(node)


def _cells(row: Element) -> Iterator[Element]:
    for node in row:
        if local(node) == "tc":
            yield node
        elif local(node) in ("sdt", "sdtContent"):
            yield from _cells(node)


@dataclass(slots=True)
class _Turns:
    """Page breaks: `noted` by Word when it last laid the text out, `hard` set by the author."""

    noted: int = 0
    hard: int = 0


@dataclass(slots=True)
class _Content:
    """What a paragraph holds: its text in parts, the weight of each run that has any, its text boxes, in order, and the page breaks
    before and after its first word.
    """

    parts: list[str] = field(default_factory=list)
    weights: list[bool | None] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    before: _Turns = field(default_factory=_Turns)
    after: _Turns = field(default_factory=_Turns)

    @property
    def text(self) -> str:
        """The text of all runs."""
        return "".join(self.parts)

    def walk(self, node: Element, *, weight: bool | None = None) -> None:
        """Take in everything below a node; `weight` is that of the run around it."""
        for inner in node:
            name = local(inner)
            if name in _SIGNS:
                self.parts.append(_SIGNS[name](inner))
            elif name in _TEXT_BOXES:
                self.boxes.extend(_text_boxes(inner))
            elif name == "AlternateContent":
                chosen = child(inner, "Choice")
                self.walk(chosen if chosen is not None else inner, weight=weight)
            elif name == "r":
                if not switched_on(child(inner, "rPr", "vanish")):
                    self.walk(inner, weight=switched_on(child(inner, "rPr", "b")))
            elif name not in _SKIPPED:
                self.walk(inner, weight=weight)
            self._note(inner, name, weight)

    def _note(self, node: Element, name: str, weight: bool | None) -> None:  # noqa: FBT001 - a weight, not a switch
        """The weight of a text, or a page break."""
        if name == "t" and (node.text or "").strip():
            self.weights.append(weight)
        elif name == "lastRenderedPageBreak":
            self._turns.noted += 1
        elif name == "br" and attribute(node, "type") == "page":
            self._turns.hard += 1

    @property
    def _turns(self) -> _Turns:
        return self.after if self.weights else self.before


def _text_boxes(node: Element) -> Iterator[Element]:
    """The outermost text boxes below a node; of two readings of the same drawing the first."""
    for inner in node:
        name = local(inner)
        if name == "txbxContent":
            yield inner
        elif name == "AlternateContent":
            chosen = child(inner, "Choice")
            yield from _text_boxes(chosen if chosen is not None else inner)
        else:
            yield from _text_boxes(inner)


def docx_lines(content: bytes, name: str = "the document") -> list[Line]:
    """The lines of a Word document, in reading order. Raises `Refused` (`unreadable`, `zip_bomb`, `encrypted`, `wrong_media_type`)."""
    archive = Archive(content, name)
    try:
        part = _main_part(archive)
        folder = part.rpartition("/")[0]

        def tree(inner: str) -> Element | None:
            data = archive.read(inner)
            return parse_xml(data, f"{name}, part {inner}") if data else None

        root = tree(part)
        body = child(root, "body")
        if body is None:
            raise Refused(
                "wrong_media_type", f"{name}: no text part ({part}) in it; it is no Word document. Open it by hand."
            )
        reader = _Reader(read_styles(tree(f"{folder}/styles.xml")), read_numbering(tree(f"{folder}/numbering.xml")))
        reader.blocks(body)
        for kind in ("footnote", "endnote"):
            notes = tree(f"{folder}/{kind}s.xml")
            for note in children(notes, kind) if notes is not None else ():
                if attribute(note, "type") is None:
                    reader.blocks(note)
        pages = _pages(tree("docProps/app.xml"))
    finally:
        archive.close()
    return reader.flow.finished(pages)


def _pages(properties: Element | None) -> int | None:
    """How many pages the program that wrote the file counted; it writes 0 or nothing where it did not."""
    stated = child(properties, "Pages")
    return whole_value(stated.text, 0) or None if stated is not None else None


def _main_part(archive: Archive) -> str:
    """The part that holds the text, as the package's relations name it."""
    relations = archive.read("_rels/.rels")
    if relations:
        for relation in parse_xml(relations, f"{archive.name}, part _rels/.rels"):
            if (attribute(relation, "Type") or "").endswith("/officeDocument"):
                return (attribute(relation, "Target") or "").lstrip("/")
    return "word/document.xml"


class DocxExtractor:
    """Reads Word documents (docx)."""

    name = "docx"
    version = "2"
    media_types = frozenset({DOCX})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a Word document: its lines, read by the general reader. Raises `Refused`."""
        name = document.filename or document.url or "the document"
        return read_lines(docx_lines(document.content, name), hints=document.hints, url=document.url)
