"""Word 97–2003 documents (doc, and the wps files of WPS Writer that are the same inside): paragraphs, tables, and Word's own numbers.

Own reader over the streams of the compound file (see `ole`, `doc_pieces`, `doc_properties`, `doc_numbering`), after [MS-DOC]. Hidden and
deleted text, field codes, comments, page heads and page feet are not read; text boxes follow the paragraph that they hang on, notes the text.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from catalog.errors import Refused
from catalog.extract.formats import doc_properties as properties
from catalog.extract.formats.doc_numbering import read_numbering
from catalog.extract.formats.doc_pieces import Fib, Pieces, read_fib, read_pieces
from catalog.extract.formats.doc_properties import DocStyle, Pages, Sprms
from catalog.extract.formats.flow import Cell, Flow
from catalog.extract.formats.numbering import Numbering
from catalog.extract.formats.ole import OleStreams
from catalog.extract.formats.symbols import sign
from catalog.extract.lines import Align, Line
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

DOC = "application/msword"
MAX_RUNS = 2_000_000
"""Runs of one text (a book of 1,000 pages has some 100,000)."""
MAX_HUGE = 64 * 1024 * 1024
"""Bytes of property lists in the stream `Data` that are read."""
MAX_FIELDS = 64
"""Fields inside one another; deeper ones are not believed."""
_STYLES, _CHARACTERS, _PARAGRAPHS, _CLX, _SHAPES, _BOXES, _LISTS, _USES = 1, 12, 13, 33, 40, 56, 73, 74
"""Places in FibRgFcLcb97: STSH, PlcfBteChpx, PlcfBtePapx, Clx, PlcSpaMom, PlcftxbxTxt, PlfLst, PlfLfo."""
_HUGE = (0x6646, 0x6645)
"""Property changes that lie in the stream `Data` because there are too many for a page."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_ALIGN: dict[int, Align | None] = {0: None, 1: "center", 2: "right"}
_SPAN_TOLERANCE = 40
"""Edges of cells that are closer than this (twentieths of a point) are one edge."""


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is put together."""

    parts: list[str] = field(default_factory=list)
    weights: list[int | None] = field(default_factory=list)
    shapes: list[int] = field(default_factory=list)
    turns: int = 0

    @property
    def text(self) -> str:
        """Its text; pairs of code units are put together to characters."""
        text = "".join(self.parts).replace("\xa0", " ")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(slots=True)
class _Reader:
    """One document while it is read."""

    fib: Fib
    pieces: Pieces
    data: bytes
    paragraphs: Pages
    characters: Pages
    styles: Sequence[DocStyle]
    numbering: Numbering
    boxes: dict[int, tuple[int, int]]
    flow: Flow = field(default_factory=Flow)
    fields: list[bool] = field(default_factory=list)
    """Open fields, and of each whether its code is being read."""
    cells: list[Cell] = field(default_factory=list)
    rows: list[tuple[list[Cell], Sprms]] = field(default_factory=list)
    cell: Flow | None = None
    in_box: bool = False
    """Whether a text box is read; one that hangs on a box's text is read at the end."""
    runs: int = 0
    huge: int = 0
    """Runs and bytes of long property lists that were read so far."""

    def story(self, start: int, end: int) -> None:
        """A part of the text, from one character position up to another."""
        paragraph = _Paragraph()
        for text, place, width, changes, own in self._runs(start, end):
            if _on(changes, properties.HIDDEN) or _on(changes, properties.DELETED):
                paragraph = self._hidden(paragraph, text, place, width, own)
                continue
            at = 0
            for control in _CONTROL.finditer(text):
                self._put(paragraph, text[at : control.start()], changes)
                at = control.end()
                paragraph = self._control(paragraph, text, control.start(), (place, width), changes, own)
            self._put(paragraph, text[at:], changes)
        if paragraph.text.strip():
            self._end(paragraph, 0, {}, mark="\r")
        self._end_table()

    def _runs(self, start: int, end: int) -> Iterator[tuple[str, int, int, Sprms, bytes]]:
        """Text in runs of the same character properties: (text, place of its first byte, bytes a character, changes, the piece's own)."""
        for piece in self.pieces.spans(start, end):
            own = properties.sprms(piece.sprms) if piece.sprms else {}
            at = 0
            while at < len(piece.text):
                place = piece.place + at * piece.width
                run = self.characters.at(place)
                size = max(1, (run.end - place) // piece.width) if run is not None else len(piece.text) - at
                text = piece.text[at : at + size]
                yield text, place, piece.width, {**run.sprms, **own} if run is not None else own, piece.sprms
                at += size
                self.runs += 1
                if self.runs > MAX_RUNS:
                    raise Refused("too_large", f"its text has more than {MAX_RUNS:,} runs; save it as docx or PDF")

    def _hidden(self, paragraph: _Paragraph, text: str, place: int, width: int, own: bytes) -> _Paragraph:
        """Hidden text: nothing of it is put, but the ends of cells, rows and fields in it count."""
        for at, char in enumerate(text):
            if char in "\x13\x14\x15":
                self._field(char)
            elif char == "\x07":
                paragraph = self._finish(paragraph, place + at * width, own, mark=char)
        return paragraph

    def _put(self, paragraph: _Paragraph, text: str, changes: Sprms) -> None:
        if text and not any(self.fields):
            if text == "(" and properties.SYMBOL in changes:
                text = sign(int.from_bytes(changes[properties.SYMBOL][2:4], "little"))
            paragraph.parts.append(text)
            if text.strip():
                paragraph.weights.append(properties.number(changes, properties.BOLD))

    def _control(
        self, paragraph: _Paragraph, text: str, at: int, where: tuple[int, int], changes: Sprms, own: bytes
    ) -> _Paragraph:
        """One control character ([MS-DOC] 2.4.1, 2.8.25): ends of paragraphs and cells, fields, breaks, anchors."""
        char, place = text[at], where[0] + at * where[1]
        if char in "\r\x07" or (char == "\x0c" and self._ends_section(place, where[1])):
            done = self._finish(paragraph, place, own, mark=char)
            self.flow.set_ += char == "\x0c"
            return done
        if char in "\x13\x14\x15":
            self._field(char)
        elif char == "\x08":
            paragraph.shapes.append(place)
        elif char == "\x0c":
            paragraph.turns += 1
            paragraph.parts.append("\n")
        elif char in "\x0b\x0e":
            paragraph.parts.append("\n")
        elif char == "\x1e":
            self._put(paragraph, "-", changes)
        return paragraph

    def _field(self, char: str) -> None:
        """The begin of a field's code, of its result, or its end."""
        if char == "\x13" and len(self.fields) < MAX_FIELDS:
            self.fields.append(True)
        elif char == "\x14" and self.fields:
            self.fields[-1] = False
        elif char == "\x15" and self.fields:
            self.fields.pop()

    def _ends_section(self, place: int, width: int) -> bool:
        """Whether the page break at this place ends a paragraph: the paragraph's properties end with it."""
        run = self.paragraphs.at(place)
        return run is None or run.end == place + width

    def _finish(self, paragraph: _Paragraph, place: int, own: bytes, *, mark: str) -> _Paragraph:
        run = self.paragraphs.at(place)
        style, changes = (run.style, dict(run.sprms)) if run is not None else (0, {})
        for code in _HUGE:
            if (offset := properties.number(changes, code)) and self.huge < MAX_HUGE:
                size = int.from_bytes(self.data[offset : offset + 2], "little")
                self.huge += size
                changes |= properties.sprms(self.data[offset + 2 : offset + 2 + size])
        self.fields = [
            code for code in self.fields if not code
        ]  # a code that was never ended must not swallow the text
        self._end(paragraph, style, {**changes, **(properties.sprms(own) if own else {})}, mark=mark)
        return _Paragraph()

    def _end(self, paragraph: _Paragraph, style: int, changes: Sprms, *, mark: str) -> None:
        """The end of a paragraph, of a cell or of a row."""
        based = self.styles[style] if style < len(self.styles) else DocStyle()
        all_changes = {**based.paragraph, **changes}
        depth = properties.number(all_changes, properties.DEPTH) or int(_on(all_changes, properties.IN_TABLE))
        if mark == "\x07" and _on(all_changes, properties.ROW_END):
            self.rows.append((self.cells, changes))
            self.cells, self.cell = [], None
            return
        if not depth and mark != "\x07":
            self._end_table()
            flow = self.flow
        else:
            flow = self.cell = self.cell or self.flow.within()
        if _on(all_changes, properties.PAGE_BEFORE) and self.flow.lines:
            self.flow.set_ += 1
        bold = based.character.get(properties.BOLD, b"\x00") == b"\x01"
        flow.paragraph(
            paragraph.text,
            label=self._label(style, all_changes, direct=properties.ILFO in changes),
            align=_align(all_changes),
            bold=bool(paragraph.weights) and all(_weight(weight, bold) for weight in paragraph.weights),
            outline=properties.number(all_changes, properties.OUTLINE),
        )
        self.flow.set_ += paragraph.turns
        if mark == "\x07" and self.cell is not None:
            self.cells.append(Cell(self.cell.lines))
            self.cell = None
        for place in paragraph.shapes:
            self._box(place)

    def _label(self, style: int, changes: Sprms, *, direct: bool) -> str | None:
        use = properties.number(changes, properties.ILFO, 0, signed=True) or 0
        if use <= 0:
            return None
        level = properties.number(changes, properties.ILVL, 0) or 0
        if not direct:
            level = self.numbering.level_of(str(use), str(style), level)
        return self.numbering.label(str(use), level)

    def _end_table(self) -> None:
        if self.cells or self.cell:  # the mark of the last row is lost
            self.rows.append(([*self.cells, *([Cell(self.cell.lines)] if self.cell else [])], {}))
        rows, self.rows, self.cells, self.cell = self.rows, [], [], None
        if rows:
            _spread(rows)
            self.flow.table([cells for cells, _ in rows])

    def _box(self, place: int) -> None:
        """The text box that is anchored at a place of the stream, in its order."""
        part = self.boxes.pop(place, None) if not self.in_box else None
        if part is not None:
            self.in_box = True
            outer, self.flow = self.flow, self.flow.within()
            held = self.fields, self.cells, self.rows, self.cell
            self.fields, self.cells, self.rows, self.cell = [], [], [], None
            self.story(*part)
            self.in_box = False
            inner, self.flow = self.flow, outer
            self.fields, self.cells, self.rows, self.cell = held
            (self.cell or self.flow).take(inner.lines)


def _on(changes: Sprms, code: int) -> bool:
    return changes.get(code, b"\x00")[:1] in (b"\x01", b"\x81")


def _weight(own: int | None, style: bool) -> bool:  # noqa: FBT001 - one of two weights
    return style if own is None or own == 0x80 else not style if own == 0x81 else own == 1


def _align(changes: Sprms) -> Align | None:
    code = properties.JC if properties.JC in changes else properties.JC_80
    return _ALIGN.get(properties.number(changes, code, 0) or 0)


def _spread(rows: Sequence[tuple[list[Cell], Sprms]]) -> None:
    """Let each cell take as many columns as the edges of all rows (sprmTDefTable) say that it covers."""
    edges = [_edges(changes) for _, changes in rows]
    known = sorted({edge for row in edges for edge in row})
    columns = [edge for at, edge in enumerate(known) if at == 0 or edge - known[at - 1] > _SPAN_TOLERANCE]
    for (cells, _), own in zip(rows, edges, strict=True):
        if len(own) != len(cells) + 1 or own != sorted(own):
            continue
        for cell, left, right in zip(cells, own, own[1:], strict=False):
            first, last = bisect_right(columns, left + _SPAN_TOLERANCE), bisect_left(columns, right - _SPAN_TOLERANCE)
            cell.span = 1 + max(0, last - first)


def _edges(changes: Sprms) -> list[int]:
    data = changes.get(0xD608, b"")
    count = data[2] if len(data) > 2 else 0
    return list(struct.unpack_from(f"<{count + 1}h", data, 3)) if count and len(data) >= 5 + 2 * count else []


def doc_lines(content: bytes, name: str = "the document") -> list[Line]:
    """The lines of a Word 97–2003 document, in reading order. Raises `Refused` (`unreadable`, `encrypted`, `old_word`, `zip_bomb`)."""
    streams = OleStreams(content, name)
    try:
        main = streams.read("WordDocument")
        if main is None:
            raise Refused(
                "wrong_media_type", f"{name}: no stream WordDocument in it; it is no Word document. Open it by hand."
            )
        fib = read_fib(main, {table: streams.read(table) for table in ("0Table", "1Table")}, name)
        reader = _open(main, fib, streams.read("Data") or b"", name)
        pages = streams.pages()
    finally:
        streams.close()
    try:
        reader.story(0, fib.lengths["text"])
        for start, end in sorted(reader.boxes.values()):
            reader.story(start, end)
        for part in ("notes", "endnotes"):
            start = fib.start_of(part)
            reader.story(start, start + fib.lengths[part])
    except Refused as refusal:
        raise Refused(refusal.code, f"{name}: {refusal}") from refusal
    return reader.flow.finished(pages)


def _open(main: bytes, fib: Fib, data: bytes, name: str) -> _Reader:
    pieces = read_pieces(main, fib.slice(_CLX), name)
    lists = fib.slice(_LISTS)
    behind = sum(fib.places[_LISTS]) if len(fib.places) > _LISTS else 0
    numbering = read_numbering(lists, fib.table[behind:] if lists else b"", fib.slice(_USES))
    return _Reader(
        fib,
        pieces,
        data,
        paragraphs=properties.read_pages(main, fib.slice(_PARAGRAPHS), paragraphs=True),
        characters=properties.read_pages(main, fib.slice(_CHARACTERS), paragraphs=False),
        styles=properties.read_styles(fib.slice(_STYLES)),
        numbering=numbering,
        boxes=_boxes(fib, pieces),
    )


def _boxes(fib: Fib, pieces: Pieces) -> dict[int, tuple[int, int]]:
    """The text boxes: the place in the stream that each is anchored at → its part of the text (character positions)."""
    texts, shapes = fib.slice(_BOXES), fib.slice(_SHAPES)
    count, anchored = max(0, (len(texts) - 4) // 26), max(0, (len(shapes) - 4) // 30)
    starts = struct.unpack_from(f"<{count + 1}I", texts) if count else ()
    first, size = fib.start_of("boxes"), fib.lengths["boxes"]
    anchors = {
        struct.unpack_from("<I", shapes, 4 * (anchored + 1) + 26 * at)[0]: struct.unpack_from("<I", shapes, 4 * at)[0]
        for at in range(anchored)
    }
    found: dict[int, tuple[int, int]] = {}
    for at in range(count):
        shape = struct.unpack_from("<I", texts, 4 * (count + 1) + 22 * at + 14)[0]
        start, end = starts[at], min(starts[at + 1], size)
        cp = anchors.get(shape)
        piece = pieces.at(cp) if cp is not None else None
        place = piece.place + (cp - piece.start) * piece.width if piece is not None and cp is not None else -1 - at
        if start < end:
            found[place] = (first + start, first + end)
    return found


class DocExtractor:
    """Reads Word 97–2003 documents (doc), and wps files that are the same inside."""

    name = "doc"
    version = "1"
    media_types = frozenset({DOC})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a Word document: its lines, read by the general reader. Raises `Refused`."""
        name = document.filename or document.url or "the document"
        return read_lines(doc_lines(document.content, name), hints=document.hints, url=document.url)
