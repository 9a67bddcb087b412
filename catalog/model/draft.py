"""What a reader makes of one document before it becomes a record: fields with their readings, text blocks, citations.

A draft is what travels from `extract/` through `schemas/` to `actions/`. It makes no claim of being valid; it claims that each value
was read where its reading says, and that nothing was guessed: conflicts and damage stand in `flags`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Where = Literal["meta", "header", "title", "body", "signature", "print_line", "url", "list", "map", "source", "manual"]
"""Where a value was read: a `<meta>` tag, the header table or label list, the title, the body, the signature block, the print line
(印发 line), the address, the list page that led to the document, an input record through its map, the source's own constants, a person."""

BlockKind = Literal["heading", "paragraph", "list_item", "table"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parsed field was read from: the text as printed, the place, and how sure the reader is (0 to 1)."""

    raw: str
    where: Where
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document's text. `level` is the heading depth (1 is the highest; 0 for what is not a heading), `anchor` is
    `art-33` for 第三十三条 and `None` where nothing can be linked to. A table's cells are joined by tabs, its rows by line feeds.
    `page` is the page of the original on which the block begins, counted from 1; `None` where the original has no pages.
    """

    kind: BlockKind
    text: str
    level: int = 0
    anchor: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A relation to another document, as far as the text tells: relation type (`model.relations`), its number (canonical) and title.

    `place` is the anchor of the block that says so, `article` the anchor of the article that is meant in the other document (`art-13`).
    """

    type: str
    raw: str
    number: str | None = None
    title: str | None = None
    place: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class EventDraft:
    """Something that happened to the document: enacted, published, effective, amended, repealed …, with its (partial) date.

    `by` is the document that did it, `bodies` are those that acted, `articles` the anchors of what was changed, `effective` the day from
    which a change counts where that is not `date`, `until` the last day of force that the event sets.
    """

    kind: str
    date: str | None
    raw: str
    by: Citation | None = None
    bodies: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    effective: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the document names. `url` is absolute or `None`; `content_present` says whether its bytes are to be had."""

    title: str
    url: str | None = None
    content_present: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell about one item. An `error` keeps the record out (quarantine), a `warning` travels with it."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    field: str | None = None


@dataclass(slots=True)
class Draft:
    """A document as read. `fields` holds catalogue field names (`schemas/`) with plain JSON values; `readings` has the same keys."""

    record_type: str
    fields: dict[str, Any] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    events: tuple[EventDraft, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def put(self, name: str, value: Any, reading: Reading) -> None:
        """Set a field and its reading, unless a surer reading stands there already."""
        held = self.readings.get(name)
        if held is None or reading.confidence > held.confidence:
            self.fields[name] = value
            self.readings[name] = reading


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Bytes as they came, with what the sender said of them. `hints` are the source's constants and what the list page told
    (`publisher`, `region`, `level`, `title`, `date_published`, …): weaker than anything the document says itself. `sidecars` are files
    that lie beside a scan and hold its recognised text: (file name, bytes).
    """

    content: bytes
    media_type: str | None = None
    charset: str | None = None
    url: str | None = None
    filename: str | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    sidecars: tuple[tuple[str, bytes], ...] = ()
