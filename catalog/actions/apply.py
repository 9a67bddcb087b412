"""The last step of every document's way in: validate, identify, compare, write. A batch is written in the caller's one transaction.

The invariants: what a person edited stays as edited until a person changes it; what equals what this place gave last time writes
nothing; the same document found at two places is one record with two provenances, and the first place stays its source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from catalog.actions.context import Catalogue
from catalog.actions.keys import cited, organization_slug, record_keys, record_slug
from catalog.actions.lineage import carry_over, tell_targets
from catalog.model.draft import Draft, Problem, Reading
from catalog.model.organisations import level_of
from catalog.model.record import Provenance, Record
from catalog.schemas.validate import validate
from catalog.store.identity import new_id, text_hash
from catalog.store.rows import EventWrite, FileRow, OrganizationDraft, ProvenanceRow, RecordWrite, Source
from catalog.store.work import UnitOfWork

OutcomeState = Literal["created", "updated", "unchanged", "quarantined"]
NO_LONGER_LISTED = "no longer listed by its source"
"""The reason that a run gives when it withdraws a record; such a record comes back when its source lists it again."""
CONTENT_LEFT_OUT = frozenset({"harvest"})
"""Fields that change with every fetch and say nothing of the document."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item that was read, ready to be applied. `key` is its id in the source, `canonical_url` what other sources know it by."""

    key: str
    draft: Draft
    ref: str
    sha256_raw: str
    fetched_at: str
    parser_version: str
    external_id: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    fingerprint: str | None = None
    files: tuple[FileRow, ...] = ()
    verdict: tuple[_Valid | None, tuple[Problem, ...]] | None = None
    """What its schema says of it, where that was asked already (`checked`)."""

    @property
    def refused(self) -> bool:
        """Whether its schema was asked, and keeps it out."""
        return self.verdict is not None and self.verdict[0] is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a candidate: the state of its object, its record, and what is to be told of it."""

    key: str
    state: OutcomeState
    record_id: str | None
    title: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Valid:
    """A candidate that passed its schema."""

    candidate: Candidate
    metadata: dict[str, Any]
    problems: tuple[Problem, ...]
    content_hash: str
    text_hash: str | None


def checked(catalogue: Catalogue, candidate: Candidate) -> Candidate:
    """The candidate with its schema's verdict: asked before the transaction, so that it takes less of every writer's time."""
    return replace(candidate, verdict=_validated(catalogue, candidate))


def apply_batch(
    catalogue: Catalogue, work: UnitOfWork, source: Source, candidates: Sequence[Candidate]
) -> list[Outcome]:
    """Write what is new or changed among the candidates. Outcomes stand in the order of the candidates."""
    outcomes: dict[str, Outcome] = {}
    passed: list[_Valid] = []
    for candidate in candidates:
        valid, problems = candidate.verdict or _validated(catalogue, candidate)
        if valid is None:
            title = candidate.draft.fields.get("title")
            outcomes[candidate.key] = Outcome(
                candidate.key, "quarantined", None, str(title) if title else None, problems
            )
        else:
            passed.append(valid)
    for part in _without_repeats(passed):
        for outcome in _apply(work, source, part):
            outcomes[outcome.key] = outcome
    return [outcomes[candidate.key] for candidate in candidates]


def _validated(catalogue: Catalogue, candidate: Candidate) -> tuple[_Valid | None, tuple[Problem, ...]]:
    draft = candidate.draft
    _complete(candidate)
    checked = validate(draft, catalogue.plugins.record_types)
    problems = draft.problems + tuple(checked.problems)
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    metadata = {name: value for name, value in checked.metadata.items() if name not in CONTENT_LEFT_OUT}
    hashed = text_hash(draft.blocks) if draft.blocks else None
    content = orjson.dumps(
        [draft.record_type, metadata, hashed, [f.sha256 for f in candidate.files]], option=orjson.OPT_SORT_KEYS
    )
    return _Valid(candidate, metadata, problems, hashlib.sha256(content).hexdigest(), hashed), problems


def _complete(candidate: Candidate) -> None:
    """What the draft keeps beside its fields becomes fields; what every harvested record carries is set."""
    draft, fields = candidate.draft, candidate.draft.fields
    events = [
        {"kind": e.kind, "date": e.date, "raw": e.raw}
        | ({"by": {"number": e.by.number, "title": e.by.title}} if e.by else {})
        for e in draft.events
    ]
    attachments = [{"title": a.title, "url": a.url, "content_present": a.content_present} for a in draft.attachments]
    wanted = {
        "external_id": candidate.external_id,
        "url": candidate.url,
        "events": events,
        "attachments": attachments,
        "secrecy_review": {"status": "external"},
    }
    for name, value in wanted.items():
        if value:
            fields.setdefault(name, value)


def _without_repeats(passed: Sequence[_Valid]) -> Iterator[list[_Valid]]:
    """Parts in which no key or address stands twice, so that the second finds what the first wrote."""
    part: list[_Valid] = []
    seen: set[str] = set()
    for valid in passed:
        marks = {f"key {valid.candidate.key}"} | (
            {valid.candidate.canonical_url} if valid.candidate.canonical_url else set()
        )
        if marks & seen:
            yield part
            part, seen = [], set()
        part.append(valid)
        seen |= marks
    if part:
        yield part


def _apply(work: UnitOfWork, source: Source, part: Sequence[_Valid]) -> Iterator[Outcome]:
    known = work.by_provenance(source.id, [valid.candidate.key for valid in part])
    addresses = [
        valid.candidate.canonical_url
        for valid in part
        if valid.candidate.key not in known and valid.candidate.canonical_url
    ]
    elsewhere = work.by_canonical_url(addresses) if addresses else {}
    existing = work.records([row.record_id for row in known.values()] + list(elsewhere.values()))
    others = _of_other_places(work, source, [row.record_id for row in known.values()], part)
    bodies = _organizations(work, part)
    now = work.now
    creates: dict[str, RecordWrite] = {}
    updates: list[RecordWrite] = []
    places: list[ProvenanceRow] = []
    outcomes: list[Outcome] = []
    for valid in part:
        row = known.get(valid.candidate.key)
        held = existing.get(row.record_id if row else elsewhere.get(valid.candidate.canonical_url or "", ""))
        if held is None:
            creates[valid.candidate.key] = _new(valid, source, bodies, now)
            outcomes.append(_outcome(valid, "created", creates[valid.candidate.key].record))
        elif row is None or held["id"] in others or not _to_write(held, row, valid):
            places.append(_place(valid, source, held["id"], work.job_id))
            outcomes.append(_outcome(valid, "unchanged", held))
        else:
            updates.append(_changed(valid, source, bodies, now, held))
            outcomes.append(_outcome(valid, "updated", updates[-1].record))
    new = _named(work, source, creates)
    work.create(new)
    work.update(updates)
    work.add_provenances(places)
    if new or updates:
        work.resolve_relations()
        tell_targets(work, [write.record["id"] for write in (*new, *updates)], now=now)
    yield from outcomes


def _of_other_places(work: UnitOfWork, source: Source, ids: Sequence[str], part: Sequence[_Valid]) -> set[str]:
    """Those of the records that another place was first to give: what they say stays that place's word."""
    keys = {valid.candidate.key for valid in part}
    first = {record_id: rows[0] for record_id, rows in work.provenances(ids).items() if len(rows) > 1}
    return {
        record_id for record_id, place in first.items() if place["source_id"] != source.id or place["key"] not in keys
    }


def _to_write(held: Record, row: ProvenanceRow, valid: _Valid) -> bool:
    """Whether a record is to be written again. One that a person withdrew is not; one that its source had dropped comes back."""
    if held["state"] in ("withdrawn", "deleted"):
        return held.get("state_reason") == NO_LONGER_LISTED
    return row.content_hash != valid.content_hash


def _outcome(valid: _Valid, state: OutcomeState, record: Record) -> Outcome:
    return Outcome(valid.candidate.key, state, record["id"], record["title"], valid.problems)


def _organizations(work: UnitOfWork, part: Sequence[_Valid]) -> Mapping[str, str]:
    titles = {
        title
        for valid in part
        for title in (*valid.metadata.get("issuing_body", ()), valid.metadata.get("publisher"))
        if title
    }
    return work.ensure_organizations(
        titles, describe=lambda title: OrganizationDraft(organization_slug(title), level=level_of(title))
    )


def _new(valid: _Valid, source: Source, bodies: Mapping[str, str], now: str) -> RecordWrite:
    metadata = {**valid.metadata, "harvest": {"source": source.name}}
    record: Record = {
        "id": new_id(),
        "name": record_slug(metadata, place=f"{source.name} {valid.candidate.key}"),
        "type": valid.candidate.draft.record_type,
        "title": metadata["title"],
        "organization_id": _owner(metadata, bodies),
        "state": "published",
        "disclosure": metadata["disclosure"],
        "metadata": metadata,
        "readings": _readings(valid.candidate.draft.readings),
        "text_hash": valid.text_hash,
        "content_hash": valid.content_hash,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    return _write(valid, source, record)


def _changed(valid: _Valid, source: Source, bodies: Mapping[str, str], now: str, held: Record) -> RecordWrite:
    fresh = _new(valid, source, bodies, now)
    metadata, readings = carry_over(held, fresh.record["metadata"], fresh.record["readings"])
    record: Record = {
        **fresh.record,
        "id": held["id"],
        "name": held["name"],
        "title": metadata["title"],
        "organization_id": _owner(metadata, bodies) or held["organization_id"],
        "disclosure": metadata["disclosure"],
        "metadata": metadata,
        "readings": readings,
        "version": held["version"] + 1,
        "created_at": held["created_at"],
    }
    return replace(fresh, record=record, keys=record_keys(metadata))


def _write(valid: _Valid, source: Source, record: Record) -> RecordWrite:
    candidate, draft = valid.candidate, valid.candidate.draft
    return RecordWrite(
        record=record,
        blocks=draft.blocks or None,
        keys=record_keys(record["metadata"]),
        citations=tuple(cited(citation) for citation in draft.citations),
        events=tuple(EventWrite(e.kind, e.date, e.raw, cited(e.by) if e.by else None) for e in draft.events),
        files=candidate.files,
        provenance=_provenance(candidate, source),
        fingerprint=candidate.fingerprint,
    )


def _named(work: UnitOfWork, source: Source, creates: Mapping[str, RecordWrite]) -> list[RecordWrite]:
    """The records by their keys in the source, with names that are free. A taken one gets a suffix by its place, so that a document is
    called the same in every catalogue that is filled from the same sources.
    """
    names = work.unique_names({f"{source.name} {key}": write.record["name"] for key, write in creates.items()})
    return [
        replace(write, record={**write.record, "name": names[f"{source.name} {key}"]}) for key, write in creates.items()
    ]


def _owner(metadata: Mapping[str, Any], bodies: Mapping[str, str]) -> str | None:
    for title in (*metadata.get("issuing_body", ()), metadata.get("publisher")):
        if title in bodies:
            return bodies[title]
    return None


def _readings(readings: Mapping[str, Reading]) -> dict[str, dict[str, Any]]:
    return {name: {"raw": r.raw, "where": r.where, "confidence": r.confidence} for name, r in readings.items()}


def _provenance(candidate: Candidate, source: Source) -> Provenance:
    return {
        "source_id": source.id,
        "key": candidate.key,
        "external_id": candidate.external_id,
        "url": candidate.url,
        "canonical_url": candidate.canonical_url,
        "ref": candidate.ref,
        "sha256_raw": candidate.sha256_raw,
        "fetched_at": candidate.fetched_at,
        "parser_version": candidate.parser_version,
    }


def _place(valid: _Valid, source: Source, record_id: str, job_id: str | None) -> ProvenanceRow:
    candidate = valid.candidate
    return ProvenanceRow(
        **_provenance(candidate, source),
        record_id=record_id,
        content_hash=valid.content_hash,
        fingerprint=candidate.fingerprint,
        job_id=job_id,
    )
