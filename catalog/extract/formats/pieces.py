"""What an HTML page is taken apart into: pieces (lines of text) in document order, the boxes that they stand in, tables, links."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.extract.lines import Align, Link


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
