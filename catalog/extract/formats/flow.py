"""From the paragraphs and tables of a word processor's file to lines: shared by the readers of docx, doc, odt and rtf.

A line keeps the page that it begins on, as far as the file tells: breaks that the program noted when it last laid the text out are believed;
breaks that an author set are, unless the file itself says that it has more pages than they make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from catalog.extract.formats.numbering import labelled
from catalog.extract.lines import Align, Line
from catalog.model.draft import BlockKind

MAX_COLUMNS = 64
"""Columns that one cell may span (Word's own limit is 63)."""
HEADINGS = 9
"""Outline levels, counted from 0, that are headings (ECMA-376 part 1, 17.3.1.20; ODF 1.3, 19.850 has ten)."""


@dataclass(slots=True)
class Cell:
    """One cell of a table: its lines, and how many columns it takes."""

    lines: list[Line]
    span: int = 1

    @property
    def text(self) -> str:
        """The lines joined by spaces, followed by a tab for each further column."""
        text = " ".join(line.text.replace("\n", " ").replace("\t", " ") for line in self.lines)
        return text + "\t" * (self.span - 1 if 0 < self.span <= MAX_COLUMNS else 0)


@dataclass(slots=True)
class Flow:
    """The lines so far, and the page breaks passed: `noted` by the program, `set_` by the author. `Line.page` counts both until `finished`."""

    lines: list[Line] = field(default_factory=list)
    noted: int = 0
    set_: int = 0
    notes_all: bool = False
    """Whether the program notes the author's breaks, too (Word does, LibreOffice does not)."""
    _pages: dict[int, tuple[int, int]] = field(default_factory=dict)

    def paragraph(
        self,
        text: str,
        *,
        label: str | None = None,
        align: Align | None = None,
        bold: bool = False,
        outline: int | None = None,
    ) -> None:
        """A paragraph, one line for each of its printed lines. `label` is its number, "" for a bullet; `outline` its level from 0."""
        whole = labelled(label, text.strip())
        if not whole:
            return
        heading = outline is not None and 0 <= outline < HEADINGS
        kind: BlockKind = "heading" if heading else "list_item" if label == "" else "paragraph"
        level = (outline or 0) + 1 if heading else 0
        for part in whole.split("\n"):
            if part.strip():
                self._add(Line(part.strip(), kind, level, align, bold))

    def table(self, rows: Sequence[Sequence[Cell]]) -> None:
        """A table as one line; one with a single column is a frame around text, and read as such."""
        if rows and max(len(row) for row in rows) <= 1:
            for row in rows:
                for cell in row:
                    self.take(cell.lines)
            return
        text = "\n".join("\t".join(cell.text for cell in row).rstrip("\t") for row in rows)
        if text.strip():
            self._add(Line(text, "table"))

    def take(self, lines: Iterable[Line]) -> None:
        """Lines that were made elsewhere, at this place."""
        for line in lines:
            self._add(line)

    def within(self) -> Flow:
        """A flow for what stands inside this one (a cell, a text box), on the same page."""
        return Flow(noted=self.noted, set_=self.set_, notes_all=self.notes_all)

    def finished(self, pages: int | None = None) -> list[Line]:
        """All lines with their pages. `pages` is how many the file says it has; no page is told where that contradicts the breaks."""
        if self.noted:
            own = 0 if self.notes_all else 1
            return [
                replace(line, page=self._pages[at][0] + own * self._pages[at][1] + 1)
                for at, line in enumerate(self.lines)
            ]
        if self.set_ and (pages is None or pages <= self.set_ + 1):
            return [replace(line, page=self._pages[at][1] + 1) for at, line in enumerate(self.lines)]
        return self.lines

    def _add(self, line: Line) -> None:
        self._pages[len(self.lines)] = (self.noted, self.set_)
        self.lines.append(line)
