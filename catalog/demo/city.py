"""The model of the city: what its sites hold. Everything that the demo and its tests expect is known from here, not from the pages.

A `Document` is one page (or one PDF or DOCX) with what a careful reader must get from it; `Issue` and `Dataset` likewise. `build_city`
makes all of it, the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ParaKind = Literal[
    "title",
    "number",
    "addressee",
    "heading",
    "paragraph",
    "chapter",
    "article",
    "note",
    "signature",
    "date",
    "open",
    "table",
]
Layout = Literal["2012", "2016", "2021", "gazette"]
Medium = Literal["html", "pdf", "docx"]


@dataclass(frozen=True, slots=True)
class Para:
    """One paragraph. A table's cells are parted by tabs, its rows by line feeds."""

    kind: ParaKind
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a document: its title as printed, its file name, its bytes."""

    title: str
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Citation:
    """What a document does to another one: relation type, that one's number and title, and its key if it is a document of the city."""

    type: str
    number: str | None
    title: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the city. `issuers` are full names, lead first; `written` is the day that a reader must find (成文日期)."""

    key: str
    site: Literal["gov", "env", "gazette"]
    form: str
    record_type: str
    kind: str
    title: str
    issuers: tuple[str, ...]
    publisher: str
    number: str | None
    index_number: str | None
    topic: str | None
    keywords: tuple[str, ...]
    written: date | None
    published: datetime
    effective: date | None
    validity: str | None
    disclosure: str
    reason: str | None
    basis: str | None
    paras: tuple[Para, ...]
    layout: Layout
    addressees: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    printed: date | None = None
    medium: Medium = "html"
    attachments: tuple[Attachment, ...] = ()
    citations: tuple[Citation, ...] = ()
    traps: frozenset[str] = frozenset()
    place: str | None = None
    """In a gazette: 2019年第4期（总第32期） 第12—15页."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of the gazette with its articles, in the order of print."""

    key: str
    gazette: str
    year: int
    number: int
    running: int
    published: datetime
    pages: int
    articles: tuple[Document, ...]
    sections: tuple[str, ...]
    starts: tuple[int, ...]
    scan: Attachment

    @property
    def title(self) -> str:
        """云江市人民政府公报2019年第4期（总第32期）."""
        return f"{self.gazette}{self.year}年第{self.number}期（总第{self.running}期）"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a dataset: its name, its type as printed, what it says."""

    name: str
    type: str
    about: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of the open-data list. `resources` are its downloads."""

    key: str
    identifier: str
    title: str
    summary: str
    publisher: str
    theme: str
    open_type: str
    conditions: str | None
    frequency: str
    issued: date
    modified: datetime
    fields: tuple[Field, ...]
    records: int
    keywords: tuple[str, ...]
    resources: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class City:
    """The whole city: its documents (municipal and bureau), its gazette and its datasets."""

    documents: tuple[Document, ...]
    issues: tuple[Issue, ...]
    datasets: tuple[Dataset, ...]

    def at(self, site: str) -> list[Document]:
        """The documents of one site, the newest first, as its list shows them."""
        return sorted(
            (one for one in self.documents if one.site == site), key=lambda one: (one.published, one.key), reverse=True
        )
