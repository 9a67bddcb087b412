"""Reading again what is kept, without fetching: pages from their bytes, lines and articles from the files that they are parts of.

Three ways lead from a place to its bytes: they are kept by themselves (`sha256_raw`), with what the list and the answer said (`hints`); or the
place is a line of a record file that was kept whole (`HasContainers`); or it is a part of an issue whose file its record keeps. In the last
two the harvester lists the kept file as it listed the first one, and the items are known by their keys. What has no kept bytes is told so.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from catalog.actions.apply import Candidate, checked
from catalog.actions.candidate import Again
from catalog.actions.context import Catalogue
from catalog.errors import GongkaiError, NotFound, Refused
from catalog.extract.versions import UNFINISHED, parser_version
from catalog.harvesters.pipeline import NO_ITEMS_FAULT, UNKNOWN_TYPE
from catalog.harvesters.session import Session
from catalog.model.draft import Attachment, Draft, RawDocument
from catalog.model.record import Record
from catalog.plugins.harvesting import FetchesFiles, HasContainers
from catalog.plugins.interfaces import Fetched, HarvestSession, IHarvester, Reference
from catalog.store.reader import Reader
from catalog.store.rows import FileRow, ProvenanceRow, Source

PAGE = 500
"""Places that are looked up at a time."""
JOBS_LOOKED_AT = 200
"""Runs of a source that are asked for the files that they kept, the newest first."""
WORDS = frozenset({"ocr", "sidecar"})
"""The roles of files that keep the words of a scan: recognised here (`actions.recognition`), or come with it (`harvesters.sidecars`)."""
PART = "#"
"""What stands in a place's `ref` between a file and the part of it."""

log = structlog.get_logger()

Wanted = Callable[[ProvenanceRow], bool]


class Rereader:
    """Reads a source's places again. `opened` gives a session for a configuration; `reading` is the digest of how it is read now."""

    def __init__(
        self,
        catalogue: Catalogue,
        source: Source,
        harvester: IHarvester,
        *,
        opened: Callable[[Mapping[str, Any]], Session],
        reading: str,
    ) -> None:
        self._catalogue = catalogue
        self._source = source
        self._harvester = harvester
        self._opened = opened
        self._version = parser_version(harvester.kind, reading)
        self._done: set[int] = set()

    def all(self, wanted: Wanted) -> Iterator[Again]:
        """Every wanted place of the source, each once: those with bytes of their own first, then the parts of files."""
        parts = 0
        with self._opened(self._source.config) as session:
            after = ""
            while rows := self._page(after):
                after = rows[-1].key
                own = [row for row in rows if wanted(row)]
                for again in self._of_own_bytes(session, own):
                    if again is None:
                        parts += 1
                    else:
                        yield again
        if parts:
            yield from self._of_files(wanted)
            yield from self._left_over(wanted)

    def of_record(self, record_id: str) -> Iterator[Again]:
        """The places of one record that this source gave."""
        with self._catalogue.store.read() as reader:
            rows = [row for row in reader.places_of(record_id) if row.source_id == self._source.id]
        keys = {row.key for row in rows}
        with self._opened(self._source.config) as session:
            found = list(self._of_own_bytes(session, rows))
        yield from (again for again in found if again is not None)
        if any(again is None for again in found):
            yield from self._of_files(lambda row: row.key in keys, only=rows)
            for row in rows:
                if not self._is_done(row):
                    yield _not_kept(row)

    def _page(self, after: str) -> list[ProvenanceRow]:
        with self._catalogue.store.read() as reader:
            return reader.places(self._source.id, after=after, limit=PAGE)

    def _of_own_bytes(self, session: Session, rows: Sequence[ProvenanceRow]) -> Iterator[Again | None]:
        """The places whose bytes are kept by themselves; `None` for each that is a part of a file, or has nothing."""
        with self._catalogue.store.read() as reader:
            held = reader.records({row.record_id for row in rows})
            files = self._files_of(reader, rows)
        for row in rows:
            original = next((file for file in files[row.key] if file.sha256 == row.sha256_raw), None)
            if original is None:
                yield None
                continue
            self._did(row)
            yield self._read_again(session, row, held[row.record_id], files[row.key], original)

    def _files_of(self, reader: Reader, rows: Iterable[ProvenanceRow]) -> dict[str, list[FileRow]]:
        """The files of places by their keys: the record's, for the place that gives it; the kept bytes alone for another one."""
        rows = list(rows)
        ids = {row.record_id for row in rows}
        files, places = reader.files(ids), reader.provenances(ids)
        found: dict[str, list[FileRow]] = {}
        for row in rows:
            lead = places[row.record_id][0]
            if (lead["source_id"], lead["key"]) == (row.source_id, row.key):
                found[row.key] = files.get(row.record_id, [])
            else:
                found[row.key] = self._original(row)
        return found

    def _original(self, row: ProvenanceRow) -> list[FileRow]:
        if row.hints is None or not self._catalogue.files.exists(row.sha256_raw):
            return []
        name = str(row.hints.get("filename") or row.ref.rstrip("/").rsplit("/", 1)[-1])
        size = self._catalogue.files.size(row.sha256_raw)
        kind = str(row.hints.get("media_type") or UNKNOWN_TYPE)
        return [FileRow(row.sha256_raw, name, kind, size, "original", row.url)]

    def _read_again(
        self, session: Session, row: ProvenanceRow, record: Record, files: Sequence[FileRow], original: FileRow
    ) -> Again:
        try:
            content = self._content(row.sha256_raw)
        except NotFound:
            return _not_kept(row)
        told = self._told(row)
        if told is None:
            message = (
                f"{row.ref}: it was read before the catalogue kept what its list page told; harvest its source again"
            )
            return Again(row, code="no_hints", message=message)
        hints = row.hints or {}
        words = tuple((file.name, self._content(file.sha256)) for file in files if file.role in WORDS)
        reference = Reference(row.key, url=row.url, ref=row.ref, external_id=row.external_id, hints=told)
        fetched = Fetched(
            reference,
            content,
            media_type=hints.get("media_type") or original.media_type,
            charset=hints.get("charset"),
            url=row.url,
            filename=hints.get("filename") or original.name,
            fetched_at=row.fetched_at,
        )
        return self._again(_WithWords(session, words) if words else session, row, fetched, record, files)

    def _told(self, row: ProvenanceRow) -> Mapping[str, Any] | None:
        """What the list told of an item; of one that was read before that was kept, the only column of a site with one."""
        columns = self._source.config.get("columns", ())
        if row.hints is None and columns:
            return {"column": 0} if len(columns) == 1 else None
        told: Mapping[str, Any] = (row.hints or {}).get("list", {})
        return told

    def _of_files(self, wanted: Wanted, only: Sequence[ProvenanceRow] = ()) -> Iterator[Again]:
        """The wanted parts of every file that is kept. The file is put where the harvester finds it under its own name."""
        if "paths" not in self._source.config:
            return
        for name, sha256 in self._kept_files(wanted, only):
            with TemporaryDirectory(prefix="gongkai-reread-") as folder:
                try:
                    self._put(sha256, Path(folder, name))
                except NotFound:
                    log.warning("kept_file_gone", source=self._source.name, file=name, sha256=sha256)
                    continue
                top = Path(folder, Path(name).parts[0])
                with self._opened({**self._source.config, "paths": [str(top)]}) as session:
                    yield from self._of_listing(session, wanted)

    def _of_listing(self, session: Session, wanted: Wanted) -> Iterator[Again]:
        listing = iter(self._harvester.list(session, None))
        while references := list(islice(listing, PAGE)):
            by_key = {reference.key: reference for reference in references}
            with self._catalogue.store.read() as reader:
                known = reader.by_provenance(self._source.id, by_key)
                rows = {key: row for key, row in known.items() if not self._is_done(row) and wanted(row)}
                held = reader.records({row.record_id for row in rows.values()})
                files = self._files_of(reader, rows.values())
            for key, row in rows.items():
                again = self._of_part(session, row, by_key[key], held[row.record_id], files[row.key])
                if again is not None:
                    self._did(row)
                    yield again

    def _of_part(
        self, session: Session, row: ProvenanceRow, reference: Reference, record: Record, files: Sequence[FileRow]
    ) -> Again | None:
        """One part of a file; `None` for a line that is not the one that was read last."""
        try:
            fetched = self._harvester.fetch(session, reference)
        except (GongkaiError, OSError) as error:
            return Again(row, code=getattr(error, "code", "unreadable"), message=str(error))
        exact = isinstance(self._harvester, HasContainers)
        if exact and hashlib.sha256(fetched.content).hexdigest() != row.sha256_raw:
            return None
        return self._again(session, row, fetched, record, files)

    def _again(
        self, session: HarvestSession, row: ProvenanceRow, fetched: Fetched, record: Record, files: Sequence[FileRow]
    ) -> Again:
        try:
            draft = self._harvester.read(session, fetched)
            draft.fields.setdefault("disclosure", "unknown")
            if isinstance(self._harvester, FetchesFiles):
                _keep_files(draft, record)
            mark = UNFINISHED if row.parser_version.endswith(UNFINISHED) else ""
            candidate = Candidate(
                key=row.key,
                draft=draft,
                ref=row.ref,
                sha256_raw=row.sha256_raw,
                fetched_at=row.fetched_at,
                parser_version=self._version + mark,
                external_id=row.external_id,
                url=row.url,
                canonical_url=row.canonical_url,
                fingerprint=row.fingerprint,
                files=tuple(files),
                hints=row.hints,
            )
            return Again(row, checked(self._catalogue, candidate))
        except NO_ITEMS_FAULT:
            raise
        except Refused as error:
            return Again(row, code=error.code, message=str(error))
        except Exception as error:  # noqa: BLE001 -- one place that a reader breaks on must not stop the others; it is told and left as it is
            return Again(row, code="crashed", message=f"{type(error).__name__}: {error}")

    def _kept_files(self, wanted: Wanted, only: Sequence[ProvenanceRow]) -> Iterator[tuple[str, str]]:
        """The files that parts were read from, as (name in the source, digest), the newest first; each once."""
        told: dict[tuple[str, str], None] = {}
        with self._catalogue.store.read() as reader:
            for job in reader.jobs(self._source.id, JOBS_LOOKED_AT):
                told.update(dict.fromkeys(job.report.get("containers", {}).items()))
        files = {_file_of(row) for row in only}
        yield from (one for one in told if not files or one[0] in files)
        yield from self._issues(wanted, files, {name for name, _ in told})

    def _issues(self, wanted: Wanted, only: set[str], told: set[str]) -> Iterator[tuple[str, str]]:
        """The files of items that have parts (an issue and its articles), as the items' records keep them."""
        for name in sorted(only) if only else self._whole_items(wanted):
            if name in told:
                continue
            with self._catalogue.store.read() as reader:
                row = reader.by_provenance(self._source.id, [name]).get(name)
                files = reader.files([row.record_id]).get(row.record_id, []) if row else []
            originals = [file for file in files if file.role == "original" and file.name == Path(name).name]
            if len(originals) == 1:
                yield name, originals[0].sha256

    def _whole_items(self, wanted: Wanted) -> Iterator[str]:
        after, last = "", ""
        while rows := self._page(after):
            after = rows[-1].key
            for row in rows:
                name = _file_of(row)
                if name != last and not self._is_done(row) and wanted(row):
                    last = name
                    yield name

    def _left_over(self, wanted: Wanted) -> Iterator[Again]:
        after = ""
        while rows := self._page(after):
            after = rows[-1].key
            yield from (_not_kept(row) for row in rows if not self._is_done(row) and wanted(row))

    def _content(self, sha256: str) -> bytes:
        with self._catalogue.files.open(sha256) as file:
            return file.read()

    def _put(self, sha256: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._catalogue.files.open(sha256) as kept, path.open("wb") as file:
            shutil.copyfileobj(kept, file, 1 << 20)

    def _did(self, row: ProvenanceRow) -> None:
        self._done.add(hash(row.key))

    def _is_done(self, row: ProvenanceRow) -> bool:
        return hash(row.key) in self._done


class _WithWords:
    """A session that reads a scan with the words that were recognised from it, which its record keeps as a file."""

    def __init__(self, session: Session, words: tuple[tuple[str, bytes], ...]) -> None:
        self.config = session.config
        self._session = session
        self._words = words

    def extract(self, document: RawDocument) -> Draft:
        """As the session does, with the words beside the document."""
        return self._session.extract(replace(document, sidecars=document.sidecars or self._words))

    def note(self, message: str, *, ref: str) -> None:
        """As the session does."""
        self._session.note(message, ref=ref)

    def field_types(self, record_type: str) -> Mapping[str, str] | None:
        """As the session does."""
        return self._session.field_types(record_type)

    def get(self, url: str) -> Fetched:
        """Nothing is fetched while what is kept is read again."""
        raise Refused("not_fetched", f"{url}: nothing is fetched while kept documents are read again")


def _file_of(row: ProvenanceRow) -> str:
    """The name of the file that a place is a part of; its own where it is none."""
    return row.ref.rsplit(PART, 1)[0]


def _not_kept(row: ProvenanceRow) -> Again:
    return Again(row, code="not_kept", message=f"{row.ref}: no bytes of it are kept; harvest its source again")


def _keep_files(draft: Draft, record: Record) -> None:
    """Files are not fetched again: what the record says of those that it has stands, and the others are told as they were."""
    for name in ("attachments", "resources"):
        told = {entry.get("url") or entry.get("title"): entry for entry in record["metadata"].get(name, ())}
        if not told:
            continue
        found = draft.fields.get(name) or [_entry(one) for one in draft.attachments]
        kept = [told.get(entry.get("url") or entry.get("title"), entry) for entry in found]
        if name == "resources" or kept:
            draft.fields[name] = kept or list(told.values())
    if any(not entry.get("content_present") for entry in draft.fields.get("attachments", ())):
        draft.flags = tuple(dict.fromkeys((*draft.flags, "missing_attachment")))


def _entry(one: Attachment) -> dict[str, Any]:
    return {"title": one.title, "url": one.url, "content_present": one.content_present}
