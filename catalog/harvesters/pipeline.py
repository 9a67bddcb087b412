"""The way of one batch of items: fetch → compare with what is known → read → keep → apply. Troubles of an item end with the item.

What is raised from here is not an item's trouble: the store, the files, the disk or this program. Files are kept before the transaction
that names them, so that nobody waits for the store of files while holding the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from catalog.actions.apply import Candidate, Outcome, apply_batch, checked
from catalog.actions.context import Catalogue
from catalog.errors import GongkaiError, NoRoom, Refused, SourceFailed, Unavailable
from catalog.extract.versions import UNFINISHED, parser_version
from catalog.harvesters.addresses import canonical, file_name
from catalog.harvesters.answers import RefusedAnswer
from catalog.harvesters.job import LIST_KEY
from catalog.harvesters.session import ListTrouble, Session
from catalog.harvesters.spread import spread
from catalog.harvesters.waiting import NO_WAITING, Waiting
from catalog.model.draft import Draft, Problem
from catalog.plugins.harvesting import BESIDE, Attached, FetchesFiles, ReadsAlone
from catalog.plugins.interfaces import Fetched, IHarvester, Reference
from catalog.store.rows import FileRow, ObjectRow, ObjectState, ProvenanceRow, Source, StoredFile, Touch
from catalog.store.work import UnitOfWork

SKIPPED_CODES = frozenset(
    {"robots", "hidden", "outside", "unsupported_type", "unsupported_media_type", "not_a_file", "repeated_key"}
)
"""Reasons for which an item is left alone on purpose; all others say that something is wrong with it."""
UNKNOWN_TYPE = "application/octet-stream"
KEPT_BYTES = 16 * 1024 * 1024
"""Bytes of attached files from which they are kept before more items are read; the size of a batch does not count them."""
NO_ITEMS_FAULT = (MemoryError, Unavailable, NoRoom)
"""What comes of this machine or of a part that it works with, wherever it is raised."""


log = structlog.get_logger()


@dataclass(slots=True)
class Item:
    """One item on its way. It ends with `row` set, by way of `candidate` where there is something to apply."""

    reference: Reference
    fetched: Fetched | None = None
    sha256: str = ""
    candidate: Candidate | None = None
    row: ObjectRow | None = None
    raw: bytes | None = None
    """Bytes to keep beside a reason."""
    touch: Touch | None = None
    """What is new about an unchanged item: its fingerprint, or its place."""

    @property
    def size(self) -> int:
        """Bytes that this item holds in memory."""
        return len(self.fetched.content) if self.fetched else len(self.raw or b"")


Read = tuple[Candidate | None, ObjectRow | None, bytes | None, list[bytes | None]]
"""What reading an item gives: the candidate, or the row and the bytes to keep beside its reason; and the contents of its files, `None`
for the item's own bytes.
"""


class Pipeline:
    """The steps for one source. With `keep` off (preview) no file is written; rows are made all the same."""

    def __init__(
        self,
        catalogue: Catalogue,
        source: Source,
        harvester: IHarvester,
        session: Session,
        *,
        job_id: str,
        reading: str,
        keep: bool,
        waiting: Waiting = NO_WAITING,
    ) -> None:
        self._catalogue = catalogue
        self._source = source
        self._harvester = harvester
        self._session = session
        self._job_id = job_id
        self._parser_version = parser_version(harvester.kind, reading)
        self._keep = keep
        self._waiting = waiting
        self._fetches = harvester if isinstance(harvester, FetchesFiles) else None

    def fetch(self, reference: Reference) -> Item:
        """Step 1: the bytes of an item, or the reason why there are none. An unchanged fingerprint saves the fetching."""
        item = Item(reference)
        if reference.fingerprint is not None and self._same_fingerprint(item):
            return item
        try:
            item.fetched = self._harvester.fetch(self._session, reference)
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with one item must not stop the others; the reason is kept
            self._fail(item, error)
        else:
            item.sha256 = hashlib.sha256(item.fetched.content).hexdigest()
        return item

    def read(self, items: Iterable[Item], known: Mapping[str, ProvenanceRow]) -> None:
        """Step 2: drafts of the items that are new or changed. What was read before by the same reader is unchanged without reading."""
        fresh: list[Item] = []
        for item in items:
            if item.row is not None or item.fetched is None:
                continue
            held = known.get(item.reference.key)
            if (
                held is not None
                and held.sha256_raw == item.sha256
                and held.parser_version == self._parser_version
                and held.state != "withdrawn"
                and _beside(held.fingerprint) == _beside(item.reference.fingerprint)
            ):
                item.row = self._row(item, "unchanged", record_id=held.record_id)
                item.touch = _news(item, held)
                continue
            fresh.append(item)
        alone = isinstance(self._harvester, ReadsAlone)
        kept: list[bytes] = []
        size = 0
        for item, read in zip(fresh, spread(fresh, self._read, alone=alone), strict=True):
            item.candidate, item.row, item.raw, contents = read
            own = item.fetched.content if item.fetched is not None else b""
            kept += (own if content is None else content for content in contents)
            size += sum(len(content) for content in contents if content is not None)
            if size > KEPT_BYTES:
                self._keep_files(kept)
                kept, size = [], 0
        self._keep_files(kept)

    def _read(self, item: Item) -> Read:
        """What reading an item gives; the item may be another process's copy."""
        assert item.fetched is not None  # noqa: S101 - only fetched items are read
        try:
            candidate, contents = self._candidate(item, item.fetched)
            candidate = checked(self._catalogue, candidate)
        except Exception as error:  # noqa: BLE001 -- as in fetch
            self._fail(item, error)
            return None, item.row, item.raw, []
        fetched = item.fetched.content
        return candidate, None, None, [None if content is fetched else content for content in contents]

    def keep(self, items: Iterable[Item], troubles: Iterable[ListTrouble] = ()) -> None:
        """Step 3: keep the bytes that stand beside a reason. Done before the transaction that names them."""
        found = (*map(_evidence, items), *(trouble.content for trouble in troubles))
        self._keep_files([content for content in found if content])

    def apply(self, work: UnitOfWork, items: Sequence[Item]) -> list[ObjectRow]:
        """Step 4: write records and files; the object row of every item, in their order."""
        self._store_files(work, items)
        if touches := [item.touch for item in items if item.touch is not None]:
            work.touch_provenance(self._source.id, touches)
        waiting = [item for item in items if item.row is None and item.candidate is not None]
        outcomes = apply_batch(
            self._catalogue, work, self._source, [item.candidate for item in waiting if item.candidate]
        )
        applied = {outcome.key: outcome for outcome in outcomes}
        rows = []
        for item in items:
            row = item.row or self._applied(work, item, applied[item.reference.key])
            rows.append(row)
        return rows

    def trouble_rows(self, work: UnitOfWork, troubles: Sequence[ListTrouble]) -> list[ObjectRow]:
        """The object rows of troubles of the listing: list pages in quarantine, which `keep` has kept."""
        rows: dict[str, ObjectRow] = {}
        for trouble in troubles:
            key = f"{LIST_KEY}{trouble.ref}"
            problem = Problem("error", "list_trouble", trouble.message)
            sha256 = self._name(work, trouble.content, trouble.media_type) if trouble.content else None
            held = rows.get(key)
            rows[key] = ObjectRow(
                self._job_id,
                key,
                "quarantined",
                ref=trouble.ref,
                sha256_raw=sha256 or (held.sha256_raw if held else None),
                media_type=trouble.media_type,
                problems=(*(held.problems if held else ()), problem),
            )
        return list(rows.values())

    def refuse(self, item: Item, code: str, message: str, *, key: str | None = None) -> None:
        """Decide an item without applying it: skipped or quarantined, by the code."""
        item.candidate = None
        self._decide(item, "skipped" if code in SKIPPED_CODES else "quarantined", code, message)
        if key is not None and item.row is not None:
            item.row = replace(item.row, key=key)

    def _same_fingerprint(self, item: Item) -> bool:
        reference = item.reference
        held = self._waiting(partial(self._held, reference.key))
        same = (
            held is not None
            and held.fingerprint == reference.fingerprint
            and held.parser_version == self._parser_version
            and held.state != "withdrawn"
        )
        if same and held is not None:
            item.row = self._row(item, "unchanged", record_id=held.record_id)
        return same

    def _held(self, key: str) -> ProvenanceRow | None:
        with self._catalogue.store.read() as reader:
            return reader.by_provenance(self._source.id, [key]).get(key)

    def _candidate(self, item: Item, fetched: Fetched) -> tuple[Candidate, list[bytes]]:
        """An item as it is to be applied, and the contents of its files."""
        draft = self._harvester.read(self._session, fetched)
        draft.fields.setdefault("disclosure", "unknown")
        kept: list[tuple[FileRow, bytes]] = []
        if fetched.keep_original:
            kept.append((_file(fetched, role="original"), fetched.content))
        whole = True
        if self._fetches is not None:
            attached = list(self._fetches.attached(self._session, fetched, draft))
            kept += _attach(draft, attached)
            whole = all(one.problem is None for one in attached)
        reference = item.reference
        url = fetched.url or reference.url or _text(draft.fields.get("url"))
        identified = url if reference.url or reference.key == url else None
        candidate = Candidate(
            key=reference.key,
            draft=draft,
            ref=reference.ref or reference.key,
            sha256_raw=item.sha256,
            fetched_at=fetched.fetched_at or now(),
            parser_version=self._parser_version if whole else self._parser_version + UNFINISHED,
            external_id=reference.external_id or _text(draft.fields.get("external_id")),
            url=url,
            canonical_url=canonical(identified) if identified else None,
            fingerprint=reference.fingerprint,
            files=tuple(row for row, _ in kept),
            hints=_hints(fetched) if fetched.keep_original else None,
        )
        return candidate, [content for _, content in kept]

    def _keep_files(self, contents: Sequence[bytes]) -> None:
        if self._keep and contents:
            self._waiting(partial(self._catalogue.files.put_all, contents))

    def _store_files(self, work: UnitOfWork, items: Sequence[Item]) -> None:
        rows = {
            file.sha256: StoredFile(file.sha256, file.size, file.media_type)
            for item in items
            if item.candidate is not None
            for file in item.candidate.files
        }
        work.put_files(list(rows.values()))
        for item in items:
            if item.row is not None and item.raw:
                item.row = replace(item.row, sha256_raw=self._name(work, item.raw, item.row.media_type))

    def _name(self, work: UnitOfWork, content: bytes, media_type: str | None) -> str:
        """Note in the store that a content is kept; its digest."""
        sha256 = hashlib.sha256(content).hexdigest()
        work.put_files([StoredFile(sha256, len(content), media_type or UNKNOWN_TYPE)])
        return sha256

    def _applied(self, work: UnitOfWork, item: Item, outcome: Outcome) -> ObjectRow:
        row = self._row(
            item, outcome.state, record_id=outcome.record_id, title=outcome.title, problems=outcome.problems
        )
        if outcome.state == "quarantined" and item.fetched is not None:
            row = replace(row, sha256_raw=self._name(work, item.fetched.content, item.fetched.media_type))
        return row

    def _fail(self, item: Item, error: Exception) -> None:
        if isinstance(error, NO_ITEMS_FAULT):
            raise error
        if isinstance(error, Refused):
            item.raw = error.content if isinstance(error, RefusedAnswer) else None
            self.refuse(item, error.code, str(error))
        elif isinstance(error, SourceFailed):
            self._decide(item, "failed", "source_failed", str(error))
        elif isinstance(error, OSError):
            self._decide(item, "failed", "unreadable", f"{item.reference.ref or item.reference.key}: {error}")
        elif isinstance(error, GongkaiError):
            self._decide(item, "quarantined", "invalid", str(error))
        else:
            log.error("item_crashed", source=self._source.name, key=item.reference.key, exc_info=error)
            self._decide(
                item,
                "quarantined",
                "crashed",
                f"the reader broke on this item ({type(error).__name__}: {error}); please report it",
            )

    def _decide(self, item: Item, state: ObjectState, code: str, message: str) -> None:
        if item.raw is None and state == "quarantined":
            item.raw = item.fetched.content if item.fetched is not None else item.reference.payload
        item.row = self._row(item, state, problems=(Problem("error", code, message),))

    def _row(
        self,
        item: Item,
        state: ObjectState,
        *,
        record_id: str | None = None,
        title: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> ObjectRow:
        reference, fetched = item.reference, item.fetched
        return ObjectRow(
            self._job_id,
            reference.key,
            state,
            record_id=record_id,
            external_id=reference.external_id,
            url=(fetched.url if fetched else None) or reference.url,
            ref=reference.ref or reference.key,
            title=title or _text(reference.hints.get("title")),
            media_type=fetched.media_type if fetched else None,
            problems=problems,
        )


def _beside(fingerprint: str | None) -> str | None:
    """What an item is read together with (`BESIDE`): its own bytes do not tell that it changed."""
    return fingerprint if fingerprint is not None and fingerprint.startswith(BESIDE) else None


def _evidence(item: Item) -> bytes | None:
    """What is kept of an item that is not taken in: what came instead of it, or what its schema refuses."""
    if item.row is not None:
        return item.raw
    refused = item.candidate is not None and item.candidate.refused
    return item.fetched.content if refused and item.fetched is not None else None


def _attach(draft: Draft, attached: Sequence[Attached]) -> list[tuple[FileRow, bytes]]:
    """File rows and contents of what came, warnings of what did not, and both told in the draft."""
    files = []
    for one in attached:
        if one.problem is not None:
            draft.problems += (one.problem,)
        if one.fetched is not None:
            row = _file(one.fetched, role=one.role, title=one.attachment.title)
            files.append((row, one.fetched.content))
    return files


def _file(fetched: Fetched, *, role: str, title: str | None = None) -> FileRow:
    sha256 = hashlib.sha256(fetched.content).hexdigest()
    name = file_name(title, fetched.filename, fetched.url or fetched.reference.key)
    return FileRow(sha256, name, fetched.media_type or UNKNOWN_TYPE, len(fetched.content), role, fetched.url)


def _news(item: Item, held: ProvenanceRow) -> Touch | None:
    """What is to be noted of an item whose bytes are the same; nothing where all is as it was."""
    reference = item.reference
    ref = reference.ref or reference.key
    if (ref, reference.fingerprint) == (held.ref, held.fingerprint):
        return None
    return Touch(reference.key, held.sha256_raw, held.fetched_at, held.parser_version, ref, reference.fingerprint)


def _hints(fetched: Fetched) -> dict[str, Any]:
    """What the answer and the list said of an item, as far as it is plain values: with them and its bytes it can be read again."""
    told = {name: value for name, value in fetched.reference.hints.items() if isinstance(value, str | int | float)}
    said = {"media_type": fetched.media_type, "charset": fetched.charset, "filename": fetched.filename}
    return {name: value for name, value in said.items() if value} | ({"list": told} if told else {})


def now() -> str:
    """The present moment in UTC, as the store writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
