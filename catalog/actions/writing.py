"""From a candidate to what the store writes: a new record, or the next version of the one that it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.actions.candidate import Candidate, Valid
from catalog.actions.keys import cited, organization_slug, record_keys, record_slug
from catalog.actions.lineage import carry_over
from catalog.model.draft import Reading
from catalog.model.organisations import level_of
from catalog.model.record import Provenance, Record
from catalog.store.identity import new_id
from catalog.store.rows import EventWrite, OrganizationDraft, ProvenanceRow, RecordWrite, Source
from catalog.store.work import UnitOfWork


def organizations(work: UnitOfWork, part: Sequence[Valid]) -> Mapping[str, str]:
    """The bodies that a batch names, made where they are new: title → id."""
    titles = {
        title
        for valid in part
        for title in (*valid.metadata.get("issuing_body", ()), valid.metadata.get("publisher"))
        if title
    }
    return work.ensure_organizations(
        titles, describe=lambda title: OrganizationDraft(organization_slug(title), level=level_of(title))
    )


def new_record(valid: Valid, source: Source, bodies: Mapping[str, str], now: str) -> RecordWrite:
    """A record that is not here yet."""
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


def next_version(valid: Valid, source: Source, bodies: Mapping[str, str], now: str, held: Record) -> RecordWrite:
    """The next version of the record that a candidate is of, with what people and other documents gave it."""
    fresh = new_record(valid, source, bodies, now)
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


def _write(valid: Valid, source: Source, record: Record) -> RecordWrite:
    candidate, draft = valid.candidate, valid.candidate.draft
    return RecordWrite(
        record=record,
        blocks=draft.blocks or None,
        keys=valid.keys,
        citations=tuple(cited(citation) for citation in draft.citations),
        events=tuple(EventWrite(e.kind, e.date, e.raw, cited(e.by) if e.by else None) for e in draft.events),
        files=candidate.files,
        provenance=_provenance(candidate, source),
        fingerprint=candidate.fingerprint,
    )


def named(work: UnitOfWork, source: Source, creates: Mapping[str, RecordWrite]) -> list[RecordWrite]:
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
        "hints": None if candidate.hints is None else dict(candidate.hints),
    }


def place(
    valid: Valid, source: Source, record_id: str, job_id: str | None, *, basis: Mapping[str, Any] | None = None
) -> ProvenanceRow:
    """A place of a record that is not written."""
    candidate = valid.candidate
    told = ProvenanceRow(
        **_provenance(candidate, source),
        record_id=record_id,
        content_hash=valid.content_hash,
        fingerprint=candidate.fingerprint,
        job_id=job_id,
    )
    return replace(told, basis=basis)
