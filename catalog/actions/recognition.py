"""One scan on its way to its text: found in the store, recognised, read, written; and what is noted of one that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from catalog.actions.apply import Candidate, apply_batch, checked
from catalog.actions.context import Actor, Catalogue
from catalog.actions.review import ask
from catalog.errors import InvalidInput, NotFound
from catalog.extract.ocr.alto import write_alto
from catalog.extract.ocr.document import doubts
from catalog.extract.ocr.engines import Engine
from catalog.extract.ocr.recognise import recognise
from catalog.extract.ocr.words import WordPage, confidence
from catalog.extract.registry import Extractors
from catalog.model.draft import Draft, RawDocument, Reading
from catalog.model.record import Provenance, Record
from catalog.process import is_gone
from catalog.store.reader import Reader
from catalog.store.rows import FileRow, Lease, ProvenanceRow, Review, ReviewWrite, Source, StoredFile

KIND = "needs_ocr"
"""The quality flag of a scan without text, and the kind of review that it opens."""
FAILED_KIND = "unread_file"
FAILED_KEY = "ocr "
"""How the keys of failures begin; the key of the review and the number of the try follow."""
TRIES = 3
"""How often a scan is tried; after that a person has to look at it."""
FIRST_WAIT = timedelta(minutes=10)
"""The pause after the first failure; it doubles with each further one."""
OCR_ROLE = "ocr"
"""The role of the file that keeps the words of a scan with their places: ALTO, readable again as the text beside it."""
ALTO_TYPE = "application/xml"
GIVEN = frozenset({"list", "map", "source", "url"})
"""Where values come from that stand outside the scan: they stay when its text is read."""
HINTS = ("title", "publisher", "issuing_body", "region", "level", "source_site", "date_published", "doc_number")


@dataclass(frozen=True, slots=True)
class Waits:
    """A record that waits for its text: the key of its review, its failures so far, and where a list goes on after it."""

    record_id: str
    key: str
    failures: tuple[Review, ...] = ()
    cursor: str = ""

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be tried now: it was not yet, or its last failure is long enough ago."""
        if not self.failures:
            return True
        last = max(datetime.fromisoformat(one.since) for one in self.failures)
        doublings: int = 2 ** (len(self.failures) - 1)
        return now >= last + FIRST_WAIT * doublings


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it stands in the store: its record, the place it was read from, its files, the original among them."""

    record: Record
    source: Source
    place: ProvenanceRow
    files: tuple[FileRow, ...]
    original: FileRow


@dataclass(frozen=True, slots=True)
class Text:
    """The recognised text of a scan: its draft, and its words as they are kept."""

    draft: Draft
    alto: bytes
    pages: tuple[WordPage, ...]
    engine: str


def waiting_page(reader: Reader, limit: int, after: str | None) -> list[Waits]:
    """Some of the records that wait for their text, with their failures."""
    found = reader.reviews(kind=KIND, limit=limit, after=after)
    held = reader.reviews_of({one.record_id for one in found})
    return [Waits(one.record_id, one.key, _failures(held.get(one.record_id, ()), one.key), one.cursor) for one in found]


def waiting(reader: Reader, limit: int) -> Iterator[Waits]:
    """All records that wait for their text, `limit` looked up at a time."""
    after = None
    while found := waiting_page(reader, limit, after):
        yield from found
        after = found[-1].cursor


def of_record(reader: Reader, record_id: str) -> Waits:
    """A record as if it waited, whether it does or not."""
    held = reader.reviews_of([record_id]).get(record_id, [])
    key = next((one.key for one in held if one.kind == KIND and one.state == "open"), "")
    return Waits(record_id, key, _failures(held, key))


def _failures(reviews: Sequence[Review], key: str) -> tuple[Review, ...]:
    """The failures of the scan that a review is about (another scan of the same record has another key)."""
    return tuple(one for one in reviews if one.kind == FAILED_KIND and one.key.startswith(_failure_key(key, "")))


def _failure_key(key: str, tries: object) -> str:
    return f"{FAILED_KEY}{key or 1} {tries}"


def is_held(lease: Lease, now: datetime) -> bool:
    """Whether somebody is at it now."""
    return datetime.fromisoformat(lease.until) > now and not is_gone(lease.holder)


def find(catalogue: Catalogue, record_id: str) -> Scan | None:
    """The scan of a record; `None` for a record that is withdrawn. Raises `NotFound` when its original is not kept."""
    with catalogue.store.read() as reader:
        record = reader.record(record_id)
        if record is None or record["state"] in ("withdrawn", "deleted"):
            return None
        files = reader.files([record_id]).get(record_id, [])
        places = reader.provenances([record_id]).get(record_id, [])
        found = next(((place, file) for place in places for file in files if _is_original(file, place)), None)
        if found is None:
            raise NotFound(f"{record['name']}: the scan itself is not kept; harvest it again with its original")
        place, original = found
        source = reader.source(place["source_id"])
        row = next((one for one in reader.places_of(record_id) if _is_at(one, place)), None)
    if source is None or row is None:
        raise NotFound(f"{record['name']}: its source is gone; load the scan again")
    return Scan(record, source, row, tuple(files), original)


def _is_original(file: FileRow, place: Provenance) -> bool:
    return file.role == "original" and file.sha256 == place["sha256_raw"]


def _is_at(row: ProvenanceRow, place: Provenance) -> bool:
    return (row.source_id, row.key) == (place["source_id"], place["key"])


def read(catalogue: Catalogue, scan: Scan, engine: Engine, *, told: Callable[[int], None]) -> Text:
    """Recognise a scan and read its text. Raises `Refused` for what cannot be, and what `told` raises."""
    with catalogue.files.open(scan.original.sha256) as file:
        content = file.read()
    name = scan.original.name
    pages = recognise(content, engine, name=name, declared=scan.original.media_type, told=told)
    alto = write_alto(pages, software=engine.name, source=name)
    document = RawDocument(
        content,
        scan.original.media_type,
        url=scan.place.url,
        filename=name,
        hints=_hints(scan),
        sidecars=((f"{name}.xml", alto),),
    )
    draft = Extractors(catalogue.plugins.text_extractors.values()).extract(document)
    return Text(_with_given(draft, scan, engine), alto, tuple(pages), engine.name)


def _hints(scan: Scan) -> dict[str, str]:
    """What the source told of the document when it was harvested: its list page, and its constants as the record has them."""
    told = {"record_type": str(scan.record["type"])}
    for name in HINTS:
        reading = scan.record["readings"].get(name)
        if reading is not None and reading["where"] in GIVEN and reading["confidence"] > UNSURE and reading["raw"]:
            told[name] = str(reading["raw"])
    listed = (scan.place.hints or {}).get("list") or {}
    return told | {name: value for name, value in listed.items() if isinstance(value, str)}


UNSURE = 0.4
"""A title that is no surer than this was taken from the name of the file: the text knows better."""


def _with_given(draft: Draft, scan: Scan, engine: Engine) -> Draft:
    """The draft with what stands outside the scan and its text says nothing of; its type, where the source decided it."""
    held = scan.record
    if "type" in scan.source.config or not draft.blocks:
        draft.record_type = held["type"]
    for name, reading in held["readings"].items():
        if reading["where"] in GIVEN and name not in draft.fields and name in held["metadata"]:
            draft.put(name, held["metadata"][name], Reading(reading["raw"], reading["where"], reading["confidence"]))
    if reading_ := draft.readings.get("text_authority"):
        draft.readings["text_authority"] = replace(reading_, raw=engine.name)
    return draft


def write(catalogue: Catalogue, actor: Actor, scan: Scan, text: Text, waits: Waits, *, lease: Lease) -> None:
    """Write the record with its text, keep its words, and settle its review, in one transaction.

    Does nothing when the place gave another scan meanwhile. Raises `InvalidInput` when the schema refuses what was read.
    """
    stored = catalogue.files.put(text.alto)
    kept = FileRow(stored.sha256, f"{scan.original.name}.ocr.xml", ALTO_TYPE, stored.size, OCR_ROLE)
    files = (*(file for file in scan.files if file.role != OCR_ROLE), kept)
    candidate = checked(catalogue, _candidate(scan, text.draft, files))
    with catalogue.store.write(actor=actor.name, reason=f"text recognised by {text.engine}", lease=lease) as work:
        row = work.by_provenance(scan.source.id, [scan.place.key]).get(scan.place.key)
        if row is None or row.sha256_raw != scan.place.sha256_raw or row.record_id != scan.record["id"]:
            return
        work.put_files([StoredFile(stored.sha256, stored.size, ALTO_TYPE)])
        if doubtful := _doubtful(scan, text):
            ask(work, [doubtful])
        (outcome,) = apply_batch(catalogue, work, scan.source, [candidate])
        if outcome.state == "quarantined":
            raise InvalidInput("; ".join(problem.message for problem in outcome.problems))
        work.settle_reviews([(scan.record["id"], KIND, waits.key)], state="done")


def _candidate(scan: Scan, draft: Draft, files: tuple[FileRow, ...]) -> Candidate:
    """The scan's place as it is, with another draft: a harvest of the same bytes has nothing to change."""
    place = scan.place
    return Candidate(
        key=place.key,
        draft=draft,
        ref=place.ref,
        sha256_raw=place.sha256_raw,
        fetched_at=place.fetched_at,
        parser_version=place.parser_version,
        external_id=place.external_id,
        url=place.url,
        canonical_url=place.canonical_url,
        fingerprint=place.fingerprint,
        files=files,
        hints=place.hints,
    )


def _doubtful(scan: Scan, text: Text) -> ReviewWrite | None:
    pages, reason = doubts(text.pages)
    if not reason:
        return None
    mean = confidence(text.pages).mean
    detail: Mapping[str, Any] = {
        "pages": list(pages),
        "reason": reason,
        "confidence": None if mean is None else round(mean, 3),
        "engine": text.engine,
    }
    return ReviewWrite(scan.record["id"], "ocr_low_confidence", detail=detail)


def put_aside(catalogue: Catalogue, actor: Actor, waits: Waits, *, lease: Lease) -> None:
    """Settle the review of a record that is withdrawn: nobody reads it."""
    with catalogue.store.write(actor=actor.name, reason="withdrawn: its text is not recognised", lease=lease) as work:
        work.settle_reviews([(waits.record_id, KIND, waits.key)], state="done")


def note_failure(catalogue: Catalogue, actor: Actor, waits: Waits, reason: str, *, lease: Lease) -> int:
    """Keep the reason why a scan failed; how often it did. After the last try it is put on the list of what a person has to look at."""
    tries = len(waits.failures) + 1
    key = _failure_key(waits.key, tries)
    with catalogue.store.write(actor=actor.name, reason="text not recognised", lease=lease) as work:
        if work.record(waits.record_id) is None:
            return tries
        work.ask_reviews([ReviewWrite(waits.record_id, FAILED_KIND, key, {"reason": reason, "attempts": tries})])
        if tries < TRIES:
            work.settle_reviews([(waits.record_id, FAILED_KIND, key)], state="done")
        else:
            work.settle_reviews([(waits.record_id, KIND, waits.key)], state="done")
    return tries
