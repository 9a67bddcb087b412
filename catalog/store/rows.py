"""What goes into the store and comes out of it, as frozen values. Records themselves are plain dicts (`model.record.Record`).

Times are ISO 8601 text in UTC with microseconds (`2026-03-01T08:00:00.000000+00:00`), so that text order is time order.
`number_key` and `title_key` are the caller's normal forms (`model.docnumber.search_key`, a folded title): the store compares them, no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from catalog.model.draft import Block, Problem
from catalog.model.record import Disclosure, Provenance, Record, State

ReviewState = Literal["open", "done", "dismissed"]
ChangeKind = Literal["create", "update", "withdraw", "delete"]
KeyKind = Literal["number", "title", "alias", "traits"]
"""What a record is found by: its numbers, its titles, other names that these spell out; and what tells bearers of one name apart."""
ObjectState = Literal["created", "updated", "unchanged", "skipped", "failed", "quarantined"]
JobState = Literal["running", "finished", "stopped", "failed"]
"""`running` may be taken up again after a crash; `stopped` waits for an operator (deletion brake); the others are over."""
Matched = Literal["given", "number", "title", "both", "ambiguous", "conflict", "elsewhere", "later"]
"""How a citation found its record: told by a person, by document number, by title, or by both. The last four say why one stays open that
could be found: several documents bear the name, the one with the title bears another number, or it is another jurisdiction's, or too young."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation to store. Without `target_id` the store looks for the record by the keys, now and whenever one arrives.

    `place` is the anchor of the block that cites, `article` that of the article that is meant in the target.
    """

    type: str
    raw: str
    number: str | None = None
    title: str | None = None
    number_key: str | None = None
    title_key: str | None = None
    target_id: str | None = None
    place: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class EventWrite:
    """An event of a record's life; `by` is the document that did it, kept as a relation of its own type."""

    kind: str
    date: str | None
    raw: str
    by: Cited | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a record. `role` is original, attachment, body, page_image, resource, ocr (the words that were recognised in a scan) or
    sidecar (text that lay beside one); `size` in bytes; `url` is where it came from.
    """

    sha256: str
    name: str
    media_type: str
    size: int
    role: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One content that `files/` holds, once whatever its number of names."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class FileOwners:
    """A stored content and every record that names it, as (record id, the file under that record's name)."""

    file: StoredFile
    owners: tuple[tuple[str, FileRow], ...]


@dataclass(frozen=True, slots=True)
class RecordWrite:
    """One record to create or update, with all that hangs on it.

    `record["version"]` is the version to be: 1 for a new record, else one more than the stored one. `record["text_hash"]` is
    `text_hash(blocks)`. Where a part is `None`, an update leaves what is stored; an empty tuple takes it away.
    `keys` are what others find the record by: ("number", key), ("title", key), ("alias", key), and ("traits", line). `change` is only told where it is not the
    method's own word. `fingerprint` is the source's cheap sign of change, kept with the provenance.
    """

    record: Record
    blocks: Sequence[Block] | None = None
    keys: tuple[tuple[KeyKind, str], ...] | None = None
    citations: tuple[Cited, ...] | None = None
    events: tuple[EventWrite, ...] | None = None
    files: tuple[FileRow, ...] | None = None
    provenance: Provenance | None = None
    fingerprint: str | None = None
    change: ChangeKind | None = None
    basis: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ProvenanceRow:
    """One place that a record was read from, with what is needed to see whether it changed.

    `content_hash` is that of the record as this place gave it; `record_hash`, `version` and `state` are the record's own now.
    `basis` says why this place is the record's (`model.identity`); `None` for the place that the record was made from.
    `hints` are what the list and the answer said of the item (`model.record.Provenance`); only some reads give them.
    """

    source_id: str
    key: str
    record_id: str
    external_id: str | None
    url: str | None
    canonical_url: str | None
    ref: str
    sha256_raw: str
    fetched_at: str
    parser_version: str
    content_hash: str
    fingerprint: str | None
    job_id: str | None
    record_hash: str = ""
    version: int = 0
    state: State = "published"
    basis: Mapping[str, Any] | None = None
    hints: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """A provenance that was fetched again without a change of the record: what is new about the fetching itself."""

    key: str
    sha256_raw: str
    fetched_at: str
    parser_version: str
    ref: str = ""
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewWrite:
    """Something to look at in a record. `key` tells several of one kind apart (the other record, a file); `detail` is JSON."""

    record_id: str
    kind: str
    key: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands: since when it is asked for, and who decided it when, once somebody has."""

    record_id: str
    kind: str
    key: str
    detail: Mapping[str, Any]
    since: str
    state: ReviewState
    decided_by: str | None
    decided_at: str | None

    @property
    def cursor(self) -> str:
        """Where a list goes on after this one: the `after` of `Reader.reviews`."""
        return f"{self.kind} {self.record_id} {self.key}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of a place (a source and its item) and a record."""

    source_id: str
    key: str
    record_id: str
    verdict: Literal["apart"] = "apart"
    by: str = ""
    at: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordLink:
    """As much of a record as a link to it shows, and what decides whether it may be shown."""

    id: str
    name: str
    type: str
    title: str
    state: State
    disclosure: Disclosure


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as stored: from `record_id`, to `target_id` or still unresolved. `other` is the record at the far end, if known.

    `event` is the ordinal of the event that this document caused, where the relation comes from one; `place` and `article` are those of
    `Cited`. Without a target, `matched` says why (see `Matched`); `None` means that the catalogue holds no such document.
    """

    record_id: str
    ordinal: int
    type: str
    raw: str
    number: str | None
    title: str | None
    target_id: str | None
    matched: Matched | None
    event: int | None
    place: str | None
    article: str | None
    other: RecordLink | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as stored; `by` is the relation to the document that did it."""

    ordinal: int
    kind: str
    date: str | None
    raw: str
    by: RelationRow | None


@dataclass(frozen=True, slots=True)
class Revision:
    """Who changed a record, when and why. `changed` names fields; `record` is the state that this revision made (single reads only)."""

    record_id: str
    version: int
    kind: ChangeKind
    at: str
    actor: str
    reason: str
    job_id: str | None
    changed: tuple[str, ...]
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log. `seq` only grows, and rows become visible in its order."""

    seq: int
    record_id: str
    version: int
    kind: ChangeKind
    at: str


@dataclass(frozen=True, slots=True)
class OrganizationDraft:
    """What is known of an organisation when it is first met. `name` is the wished slug; a taken one gets a suffix."""

    name: str
    level: str | None = None
    region: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """A body that issues or publishes. `other_titles` are further names that it is found by."""

    id: str
    name: str
    title: str
    level: str | None
    region: str | None
    parent_id: str | None
    contact: Mapping[str, Any]
    created_at: str
    updated_at: str
    other_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A harvest source: `kind` names the harvester, `config` is what that harvester's schema loaded. `name` is a slug.

    `schedule` says when it runs by itself: five fields of cron, in the catalogue's time (Asia/Shanghai); `None` for never.
    `requested_at` is when somebody asked for a run that has not begun yet.
    """

    id: str
    name: str
    kind: str
    title: str
    config: Mapping[str, Any]
    organization_id: str | None = None
    active: bool = True
    created_at: str = ""
    updated_at: str = ""
    schedule: str | None = None
    requested_at: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands with its runs: when the last one began, whether one is open (going on, or cut off), and which process has it.

    `held_by` is the holder of the lease `source:<id>`: `None` when it is free or over, or its process has died.
    """

    source: Source
    last_started_at: str | None
    open_job: bool
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a source. `position` is where to go on (JSON); `counters` are the object states so far; `report` is the harvester's."""

    id: str
    source_id: str
    state: JobState
    actor: str
    started_at: str
    updated_at: str
    finished_at: str | None
    position: Mapping[str, Any] | None
    counters: Mapping[str, int]
    report: Mapping[str, Any]
    fence: int


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One item of a run: what became of it and why. `sha256_raw` names the kept bytes of a quarantined one, where there are any."""

    job_id: str
    key: str
    state: ObjectState
    record_id: str | None = None
    external_id: str | None = None
    url: str | None = None
    ref: str = ""
    title: str | None = None
    sha256_raw: str | None = None
    media_type: str | None = None
    problems: tuple[Problem, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to be the only one at something until `until`. A writer whose `fence` is no longer the highest is refused at commit."""

    name: str
    holder: str
    fence: int
    until: str
    seconds: float = field(default=60.0)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records there are, in all and by state and type."""

    records: int
    by_state: Mapping[str, int]
    by_type: Mapping[str, int]
