"""What an extension can implement. The core's own sources, record types, filters and extractors come in through these and nothing else.

A plugin is an object with a `name` and any of the methods of `Plugin`; it is found by the entry-point group `catalog.plugins`.
Values that cross this seam are typed and frozen; no hook gets a context that it could change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from marshmallow import Schema

    from catalog.model.draft import Draft, RawDocument
    from catalog.model.record import Record

INTERFACE_VERSION = 1


class ITextExtractor(Protocol):
    """Turns the bytes of one kind of file into a draft. Registered by media type."""

    name: str
    version: str
    media_types: frozenset[str]

    def extract(self, document: RawDocument) -> Draft:
        """Read one document. Raises `errors.Refused` when the bytes are not what they claim to be or break a limit."""


class IDatasetForm(Protocol):
    """A record type: its schema, its labels, and what of it is searched."""

    record_type: str
    labels: Mapping[str, str]
    """Name of the type by language tag: `zh-Hans`, `zh-Hant`, `en`."""

    def schema(self) -> Schema:
        """The marshmallow schema of the type's metadata, made anew at each call."""

    def __hash__(self) -> int:
        """Forms are kept in caches; a frozen dataclass or a plain object has this by itself."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One search filter, declared once: URL parameter, how its values are read, index field, facet and page control.

    `kind` says how values match: `term` (any of several), `number` (any of several whole numbers), `number_range` or `date_range` (bound by `edge` "from" or "to").
    A facet counts the values of `field` and leaves out this filter's own clause, so that several values can be chosen.
    """

    parameter: str
    field: str
    kind: str = "term"
    edge: str | None = None
    facet: bool = False
    facet_size: int = 20
    vocabulary: str | None = None
    choices: tuple[str, ...] | None = None
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    description: str = ""


class IFacets(Protocol):
    """Adds search filters with their facets, and fills the index fields that they look at."""

    name: str

    def filters(self) -> Sequence[Filter]:
        """The filters, in the order in which pages show them."""

    def index_fields(self, record: Record) -> Mapping[str, Sequence[str | int]]:
        """For each index field that the filters name: this record's values (none: an empty sequence)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One item that a source lists. `key` is stable within the source; `position` is where to go on after it (JSON);
    `hints` are what the list itself told. `fingerprint` is a cheap sign of change (etag, date, digest) where the source gives one.
    """

    key: str
    url: str | None = None
    ref: str = ""
    external_id: str | None = None
    position: Mapping[str, Any] | None = None
    hints: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    fingerprint: str | None = None
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of one item. `url` is the address after redirects; `ref` names the page, file or line for the record's harvest block.
    `keep_original` says whether the bytes go to `files/` one by one; a line of a big file does not, since the file itself is kept once.
    """

    reference: Reference
    content: bytes
    media_type: str | None = None
    charset: str | None = None
    url: str | None = None
    filename: str | None = None
    fetched_at: str = ""
    keep_original: bool = True


class HarvestSession(Protocol):
    """What the runner lends to a harvester for one run."""

    config: Mapping[str, Any]
    """The source's configuration, already validated by the harvester's `config_schema`."""

    def extract(self, document: RawDocument) -> Draft:
        """Read a document with the extractor registered for its media type."""

    def note(self, message: str, *, ref: str) -> None:
        """Record a trouble of the listing itself (a list page that failed or loops): the listing is then not complete."""

    def field_types(self, record_type: str) -> Mapping[str, str] | None:
        """The fields of a record type with the type of each, for configurations that name fields; `None` where no plugin offers the type."""

    def get(self, url: str) -> Fetched:
        """Fetch over HTTP, guarded (address, redirects, robots, rate, size, time). Raises `Refused` or `SourceFailed`."""


@runtime_checkable
class IHarvester(Protocol):
    """One kind of source. Preview, resume, quarantine, counters and progress belong to the runner, not to it."""

    kind: str
    labels: Mapping[str, str]

    def config_schema(self) -> Schema:
        """The schema of this kind's configuration."""

    def list(self, session: HarvestSession, after: Mapping[str, Any] | None) -> Iterator[Reference]:
        """All items, in an order that is the same each time, from `after` (a `position`) on when given."""

    def fetch(self, session: HarvestSession, reference: Reference) -> Fetched:
        """The bytes of one item. Raises `Refused` (quarantined) or `SourceFailed` (failed, tried again at the next run)."""

    def read(self, session: HarvestSession, fetched: Fetched) -> Draft:
        """The draft of one item; `session.extract` does it for documents."""


class Plugin(Protocol):
    """What an entry point of group `catalog.plugins` loads to: an object, or a class that is called without arguments."""

    name: str
