"""Word documents (docx): paragraphs with their alignment, weight and heading level, tables, and the numbers Word writes by itself.

Own reader over `zipfile` and `xml.etree` (see `archive`): it needs neither lxml nor python-docx, refuses document types and entities,
fetches nothing, and reads what Chinese documents need and general converters leave out (第%1条 numbering, centred and right-aligned
lines, red-letter heads in text boxes). Deleted text, comments, page heads and page feet are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from catalog.errors import Refused
from catalog.extract.formats.archive import Archive, parse_xml
from catalog.extract.formats.docx_numbering import Numbering, read_numbering
from catalog.extract.formats.sniff import DOCX
from catalog.extract.formats.wordml import attribute, child, children, local, switched_on, whole_value
from catalog.extract.lines import Align, Line
from catalog.extract.reader import read_lines
from catalog.model.draft import BlockKind, Draft, RawDocument

MAX_COLUMNS = 64
"""Columns that one cell may span (Word's own limit is 63)."""
MAX_STYLES_DEEP = 40
"""Styles that a style may be based on, one upon the other (Word's own limit is 11)."""
_ALIGN: dict[str, Align] = {"center": "center", "right": "right", "end": "right", "left": "left", "start": "left"}
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "fldChar", "footnoteReference"})
_TEXT_BOXES = frozenset({"drawing", "pict", "object"})
_WINGDINGS = {0xA8: "□", 0x6F: "□", 0x6E: "■", 0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0x52: "☑", 0xA3: "□", 0x74: "□"}
"""Signs of the Wingdings fonts that stand in tables of government directories (boxes and ticks)."""


def _sign(symbol: Element) -> str:
    """A sign that is set as a place in a font: boxes and ticks are known, any other is left out."""
    code = attribute(symbol, "char") or ""
    try:
        return _WINGDINGS.get(int(code, 16) & 0xFF, "")
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
_BODY = 9
"""The outline level that means body text (ECMA-376, 17.3.1.20: 0 to 8 are headings)."""


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph's style says; `None` where it says nothing."""

    align: Align | None = None
    bold: bool | None = None
    outline: int | None = None
    list_id: str | None = None
    list_level: int | None = None

    def over(self, base: _Style) -> _Style:
        """The style on top of the one that it is based on."""
        return _Style(
            align=self.align or base.align,
            bold=base.bold if self.bold is None else self.bold,
            outline=base.outline if self.outline is None else self.outline,
            list_id=self.list_id or base.list_id,
            list_level=base.list_level if self.list_level is None else self.list_level,
        )


@dataclass(slots=True)
class _Reader:
    """One document while it is read."""

    styles: dict[str, _Style]
    numbering: Numbering
    lines: list[Line] = field(default_factory=list)

    def blocks(self, parent: Element) -> None:
        """Everything block-like below a node: paragraphs, tables, and the wrappers around them."""
        for node in parent:
            name = local(node)
            if name == "p":
                self.paragraph(node)
            elif name == "tbl":
                self.table(node)
            elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                self.blocks(node)

    def paragraph(self, node: Element) -> None:
        """One paragraph, then the text boxes that hang on it."""
        properties = child(node, "pPr")
        direct = _style(properties)
        named = attribute(child(properties, "pStyle"), "val")
        style = direct.over(self.styles.get(named or "", self.styles.get("", _Style())))
        content = _Content()
        content.walk(node)
        text, weights = content.text, content.weights
        label = None
        if style.list_id not in (None, "0") and text.strip():
            label = self.numbering.label(str(style.list_id), style.list_level or 0)
        whole = f"{label} {text.strip()}" if label else text.strip()
        if whole:
            bold = all(weight if weight is not None else bool(style.bold) for weight in weights) if weights else False
            heading = style.outline is not None and style.outline < _BODY
            kind: BlockKind = "heading" if heading else "list_item" if label == "" else "paragraph"
            level = (style.outline or 0) + 1 if heading else 0
            self.lines.extend(
                Line(text=part.strip(), kind=kind, level=level, align=style.align, bold=bold)
                for part in whole.split("\n")
                if part.strip()
            )
        for box in content.boxes:
            self.blocks(box)

    def table(self, node: Element) -> None:
        """A table as one line; one with a single column is a frame around text, and read as such."""
        rows = [[*_cells(row)] for row in _rows(node)]
        if rows and max(len(row) for row in rows) <= 1:
            for row in rows:
                for cell in row:
                    self.blocks(cell)
            return
        text = "\n".join("\t".join(self._cell_text(cell) for cell in row).rstrip("\t") for row in rows)
        if text.strip():
            self.lines.append(Line(text=text, kind="table", level=0, align=None, bold=False))

    def _cell_text(self, cell: Element) -> str:
        """A cell's paragraphs joined by spaces; covered cells of a vertical merge are empty, wide ones take their columns."""
        inner = replace(self, lines=[])
        inner.blocks(cell)
        text = " ".join(line.text.replace("\n", " ").replace("\t", " ") for line in inner.lines)
        span = whole_value(attribute(child(cell, "tcPr", "gridSpan"), "val"), 1)
        return text + "\t" * (span - 1 if 0 < span <= MAX_COLUMNS else 0)


def _rows(table: Element) -> Iterator[Element]:
    for node in table:
        if local(node) == "tr":
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
class _Content:
    """What a paragraph holds: its text in parts, the weight of each run that has any, its text boxes, in order."""

    parts: list[str] = field(default_factory=list)
    weights: list[bool | None] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

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
                self.walk(inner, weight=switched_on(child(inner, "rPr", "b")))
            elif name not in _SKIPPED:
                self.walk(inner, weight=weight)
            if name == "t" and (inner.text or "").strip():
                self.weights.append(weight)


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


def _style(properties: Element | None, run_properties: Element | None = None) -> _Style:
    level = attribute(child(properties, "outlineLvl"), "val")
    list_level = attribute(child(properties, "numPr", "ilvl"), "val")
    return _Style(
        align=_ALIGN.get(attribute(child(properties, "jc"), "val") or ""),
        bold=switched_on(child(run_properties, "b")),
        outline=whole_value(level, _BODY) if level else None,
        list_id=attribute(child(properties, "numPr", "numId"), "val"),
        list_level=whole_value(list_level, 0) if list_level else None,
    )


def _read_styles(root: Element | None) -> dict[str, _Style]:
    """Paragraph styles by id, each with what it inherits; the default style also under the empty name."""
    if root is None:
        return {}
    nodes = {attribute(node, "styleId") or "": node for node in children(root, "style")}
    resolved: dict[str, _Style] = {}

    def resolve(name: str, seen: frozenset[str]) -> _Style:
        if name in resolved or name not in nodes or name in seen or len(seen) > MAX_STYLES_DEEP:
            return resolved.get(name, _Style())
        node = nodes[name]
        base = attribute(child(node, "basedOn"), "val")
        own = _style(child(node, "pPr"), child(node, "rPr"))
        resolved[name] = own.over(resolve(base, seen | {name})) if base else own
        return resolved[name]

    for name, node in nodes.items():
        resolve(name, frozenset())
        if attribute(node, "type") == "paragraph" and attribute(node, "default") in ("1", "true"):
            resolved[""] = resolved[name]
    return resolved


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
        reader = _Reader(_read_styles(tree(f"{folder}/styles.xml")), read_numbering(tree(f"{folder}/numbering.xml")))
        reader.blocks(body)
        notes = tree(f"{folder}/footnotes.xml")
        for note in children(notes, "footnote") if notes is not None else ():
            if attribute(note, "type") is None:
                reader.blocks(note)
    finally:
        archive.close()
    return reader.lines


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
    version = "1"
    media_types = frozenset({DOCX})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a Word document: its lines, read by the general reader. Raises `Refused`."""
        name = document.filename or document.url or "the document"
        return read_lines(docx_lines(document.content, name), hints=document.hints, url=document.url)
