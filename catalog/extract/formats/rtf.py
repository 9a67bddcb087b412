r"""Rich text (rtf, Microsoft's RTF Specification 1.9.1): paragraphs, tables, and list numbers, which RTF also writes out (`\listtext`).

Bytes are read by the code page of their font's character set (134: GBK), else of the file. Fields show their result only; hidden and deleted
text, page heads, page feet and pictures are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from catalog.errors import Refused
from catalog.extract.formats.flow import Cell, Flow
from catalog.extract.lines import Align, Line
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, RawDocument

RTF = "application/rtf"
MAX_TOKENS = 5_000_000
"""Control words, groups and pieces of text (a book of 1,000 pages has about a million)."""
MAX_DEPTH = 200
"""Groups inside one another."""
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\", re.DOTALL
)
_SKIPPED = frozenset(
    b"sn sv shprslt colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf fldinst datafield listtable themedata "
    b"listoverridetable rsidtbl generator revtbl xmlnstbl object objdata nonshppict annotation atnid atnauthor latentstyles colorschememapping "
    b"pgdsctbl bkmkstart bkmkend ftnsep ftnsepc aftnsep".split()
)
_CHARSETS = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 204: "cp1251", 238: "cp1250"}
_SIGNS = {b"tab": "\t", b"line": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
          b"bullet": "•", b"emspace": "\u2003", b"enspace": "\u2002"}  # fmt: skip
_CHARACTERS = {b"\\": "\\", b"{": "{", b"}": "}", b"~": " ", b"_": "-"}
_ALIGN: dict[bytes, Align | None] = {b"qc": "center", b"qr": "right", b"ql": None, b"qj": None, b"qd": None}
_BULLETS = frozenset("•·●○■◆▪\uf0b7\uf06c\uf0a7\uf0d8-")


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    to: str = "text"
    """Where characters go: `text`, `label`, `fonts`, or `none`."""
    codec: str = "cp1252"
    bold: bool = False
    hidden: bool = False
    skip: int = 1
    """Characters that stand in for one `\\u` (for readers that know no Unicode)."""


@dataclass(slots=True)
class _Reader:
    """One document while it is read."""

    state: _State = field(default_factory=_State)
    groups: list[_State] = field(default_factory=list)
    flow: Flow = field(default_factory=Flow)
    parts: dict[str, list[str]] = field(default_factory=lambda: {"text": [], "label": []})
    weights: list[bool] = field(default_factory=list)
    align: Align | None = None
    outline: int | None = None
    raw: bytearray = field(default_factory=bytearray)
    skipping: int = 0
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    codec: str = "cp1252"
    """That of the file, for fonts of no particular character set."""
    in_table: bool = False
    cell: Flow | None = None
    cells: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    def read(self, content: bytes) -> list[Line]:
        """All tokens in order."""
        at = tokens = 0
        while token := _TOKEN.match(content, at):
            at = token.end()
            tokens += 1
            if tokens > MAX_TOKENS:
                raise Refused("too_large", f"the rich text has more than {MAX_TOKENS:,} words and groups")
            word, value, code, symbol, brace, plain = token.groups()
            if plain is not None:
                self._bytes(plain)
            elif code is not None:
                self._bytes(bytes.fromhex(code.decode()))
            elif brace is not None:
                self._group(brace)
            elif word is not None:
                number = int(value) if value else None
                at += max(0, number or 0) if word == b"bin" else 0
                self._word(word, number)
            elif symbol == b"*":
                self.state = replace(
                    self.state, to="none" if not content.startswith(b"\\shpinst", at) else self.state.to
                )
            elif symbol is not None:
                self._text(_CHARACTERS.get(symbol, ""))
                if symbol in b"\r\n":
                    self._paragraph()
        self._paragraph()
        self._end_table()
        return self.flow.finished()

    def _bytes(self, data: bytes) -> None:
        dropped = min(self.skipping, len(data))
        self.skipping -= dropped
        self.raw += data[dropped:]

    def _flush(self) -> None:
        if self.raw:
            raw, self.raw = bytes(self.raw), bytearray()
            self._text(raw.decode(self.state.codec, "replace"), held=True)

    def _text(self, text: str, *, held: bool = False) -> None:
        if not held:
            self._flush()
        if text and not self.state.hidden and self.state.to in self.parts:
            self.parts[self.state.to].append(text)
            if text.strip() and self.state.to == "text":
                self.weights.append(self.state.bold)

    def _group(self, brace: bytes) -> None:
        self._flush()
        self.skipping = 0
        if brace == b"{":
            if len(self.groups) >= MAX_DEPTH:
                raise Refused("unreadable", f"the rich text has more than {MAX_DEPTH} groups inside one another")
            self.groups.append(self.state)
        elif self.groups:
            self.state = self.groups.pop()

    def _word(self, word: bytes, value: int | None) -> None:
        """One control word. A Unicode character is not flushed as bytes are: its stand-ins follow it."""
        self._flush()
        if word == b"u" and value is not None:
            self._text(chr(value & 0xFFFF))
            self.skipping = self.state.skip
        elif word in _SIGNS:
            self._text(_SIGNS[word])
        elif word in _SKIPPED:
            self.state = replace(self.state, to="none")
        elif word in (b"par", b"sect", b"cell", b"nestcell", b"row", b"page"):
            if self.state.to == "text":
                self._mark(word)
        elif not self._format(word, value):
            self._set(word, value)

    def _format(self, word: bytes, value: int | None) -> bool:
        """A control word that changes how paragraphs stand; whether it was one."""
        if word in _ALIGN:
            self.align = _ALIGN[word]
        elif word == b"pard":
            self.align, self.outline, self.in_table = None, None, False
        elif word == b"intbl":
            self.in_table = True
        elif word == b"pagebb":
            self.flow.set_ += bool(self.flow.lines)
        elif word == b"outlinelevel":
            self.outline = value
        else:
            return False
        return True

    def _set(self, word: bytes, value: int | None) -> None:
        """A control word that changes what holds within its group."""
        state = self.state
        if word in (b"listtext", b"pntext"):
            state = replace(state, to="label")
        elif word == b"fonttbl":
            state = replace(state, to="fonts")
        elif word in (b"v", b"deleted"):
            state = replace(state, hidden=value != 0)
        elif word == b"b":
            state = replace(state, bold=value != 0)
        elif word == b"plain":
            state = replace(state, bold=False, hidden=False, codec=self.codec)
        elif word == b"uc":
            state = replace(state, skip=min(max(0, value or 0), 8))
        elif word == b"ansicpg" and not self.fonts:  # it stands before the fonts (header of the file)
            self.codec = _codec(value)
            state = replace(state, codec=self.codec)
            self.groups = [replace(group, codec=self.codec) for group in self.groups[:MAX_DEPTH]]
        elif word == b"f":
            self.font = value or 0
            state = replace(state, codec=self.fonts.get(self.font, self.codec))
        elif word == b"fcharset" and state.to == "fonts" and value in _CHARSETS and value != 0:
            self.fonts[self.font] = _CHARSETS[value]
        self.state = state

    def _mark(self, word: bytes) -> None:
        if word == b"page":
            self.flow.set_ += 1
            self.parts["text"].append("\n")
            return
        if word == b"row":
            self.rows.append(self.cells)
            self.cells = []
            return
        if word == b"par" and not self.in_table and (self.rows or self.cells):
            self._end_table()
        self._paragraph()
        if word in (b"cell", b"nestcell"):
            self.cells.append(Cell(self.cell.lines if self.cell else []))
            self.cell = None

    def _paragraph(self) -> None:
        self._flush()
        text, label = "".join(self.parts["text"]), "".join(self.parts["label"]).strip()
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if not self.in_table and text.strip() and (self.rows or self.cells):
            self._end_table()
        flow = self.flow
        if self.in_table:
            flow = self.cell = self.cell or self.flow.within()
        bold = bool(self.weights) and all(self.weights)
        numbered = ("" if label in _BULLETS else label) if label else None
        flow.paragraph(text, label=numbered, align=self.align, bold=bold, outline=self.outline)
        self.parts, self.weights = {"text": [], "label": []}, []

    def _end_table(self) -> None:
        rows, self.rows, self.cells = [*self.rows, *([self.cells] if self.cells else [])], [], []
        if rows:
            self.flow.table(rows)


def _codec(page: int | None) -> str:
    return {936: "gb18030", 54936: "gb18030", 950: "big5", 932: "cp932", 949: "cp949", 65001: "utf-8"}.get(
        page or 0, "cp1252"
    )


def rtf_lines(content: bytes, name: str = "the document") -> list[Line]:
    """The lines of a rich text, in reading order. Raises `Refused`: `unreadable`."""
    if not content.lstrip().startswith(b"{\\rtf"):
        raise Refused("unreadable", f"{name}: no rich text begins so. Fetch the file again.")
    try:
        return _Reader().read(content)
    except Refused as refusal:
        raise Refused(refusal.code, f"{name}: {refusal}. Fetch the file again.") from refusal


class RtfExtractor:
    """Reads rich text (rtf)."""

    name = "rtf"
    version = "1"
    media_types = frozenset({RTF})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a rich text: its lines, read by the general reader. Raises `Refused`."""
        name = document.filename or document.url or "the document"
        return read_lines(rtf_lines(document.content, name), hints=document.hints, url=document.url)
