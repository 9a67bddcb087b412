"""The last step of every document's way in: validate, identify, compare, write. A batch is written in the caller's one transaction.

The invariants: what a person edited stays as edited until a person changes it; what equals what this place gave last time writes
nothing; the same document found at two places is one record with two provenances, and the first place stays its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from catalog.actions import identity
from catalog.actions.candidate import Candidate, Valid
from catalog.actions.context import Catalogue
from catalog.actions.lineage import tell_targets, told_by
from catalog.actions.review import note_reviews
from catalog.actions.validation import checked, validated
from catalog.actions.writing import named, new_record, next_version, organizations, place
from catalog.errors import InvalidInput
from catalog.model.draft import Problem
from catalog.model.record import Record
from catalog.store.rows import ProvenanceRow, RecordWrite, Source
from catalog.store.work import UnitOfWork

__all__ = [
    "NO_LONGER_LISTED",
    "Candidate",
    "Outcome",
    "apply_batch",
    "checked",
    "create_apart",
    "stays_recognised",
    "would_be",
]

OutcomeState = Literal["created", "updated", "unchanged", "quarantined"]
NO_LONGER_LISTED = "no longer listed by its source"
"""The reason that a run gives when it withdraws a record; such a record comes back when its source lists it again."""
NEEDS_OCR = "needs_ocr"
"""The flag of a scan whose text was not recognised yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a candidate: the state of its object, its record, and what is to be told of it."""

    key: str
    state: OutcomeState
    record_id: str | None
    title: str | None
    problems: tuple[Problem, ...] = ()


def would_be(source: Source, candidate: Candidate, held: Record) -> tuple[RecordWrite | None, tuple[Problem, ...]]:
    """What a checked candidate would make of the record that it is of, without writing it; `None` where its schema keeps it out."""
    if candidate.verdict is None:
        raise ValueError(f"{candidate.key} was not checked")
    valid, problems = candidate.verdict
    return (None if valid is None else next_version(valid, source, {}, held["updated_at"], held)), problems


def create_apart(catalogue: Catalogue, work: UnitOfWork, source: Source, candidate: Candidate) -> Record:
    """A new record of an item whose place is another record's until now: told by a person to be another document.

    Raises `InvalidInput` when its schema keeps it out.
    """
    valid, problems = candidate.verdict or validated(catalogue, candidate)
    if valid is None:
        raise InvalidInput("; ".join(problem.message for problem in problems))
    (write,) = named(work, source, {candidate.key: new_record(valid, source, organizations(work, [valid]), work.now)})
    work.create([write])
    return write.record


def apply_batch(
    catalogue: Catalogue, work: UnitOfWork, source: Source, candidates: Sequence[Candidate]
) -> list[Outcome]:
    """Write what is new or changed among the candidates. Outcomes stand in the order of the candidates."""
    outcomes: dict[str, Outcome] = {}
    passed: list[Valid] = []
    for candidate in candidates:
        valid, problems = candidate.verdict or validated(catalogue, candidate)
        if valid is None:
            title = candidate.draft.fields.get("title")
            outcomes[candidate.key] = Outcome(
                candidate.key, "quarantined", None, str(title) if title else None, problems
            )
        else:
            passed.append(valid if valid.candidate is candidate else replace(valid, candidate=candidate))
    for part in _without_repeats(passed):
        for outcome in _apply(work, source, part):
            outcomes[outcome.key] = outcome
    return [outcomes[candidate.key] for candidate in candidates]


def _without_repeats(passed: Sequence[Valid]) -> Iterator[list[Valid]]:
    """Parts in which no key or address stands twice, so that the second finds what the first wrote."""
    part: list[Valid] = []
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


def _apply(work: UnitOfWork, source: Source, part: Sequence[Valid]) -> Iterator[Outcome]:
    known = work.by_provenance(source.id, [valid.key for valid in part])
    elsewhere = _at_addresses(work, source, [valid for valid in part if valid.key not in known])
    strange = [valid for valid in part if valid.key not in known and valid.candidate.canonical_url not in elsewhere]
    findings = identity.recognise(work, source, strange)
    existing = work.records([row.record_id for row in known.values()] + list(elsewhere.values()))
    others = _of_other_places(work, source, [row.record_id for row in known.values()], part)
    bodies = organizations(work, part)
    now = work.now
    creates: dict[str, RecordWrite] = {}
    updates: dict[str, RecordWrite] = {}
    places: list[ProvenanceRow] = []
    joined: list[Record] = []
    drifted: list[tuple[Valid, Record]] = []
    outcomes: list[Outcome] = []
    for valid in part:
        row, finding = known.get(valid.key), findings.get(valid.key, identity.NOTHING)
        held = finding.join or existing.get(
            row.record_id if row else elsewhere.get(valid.candidate.canonical_url or "", "")
        )
        if held is None:
            creates[valid.key] = new_record(valid, source, bodies, now)
            outcomes.append(_outcome(valid, "created", creates[valid.key].record, finding))
        elif finding.outranks and held["id"] not in updates:
            updates[held["id"]] = replace(next_version(valid, source, bodies, now, held), basis=finding.basis)
            outcomes.append(_outcome(valid, "updated", updates[held["id"]].record, finding))
        elif row is None or held["id"] in others or held["id"] in updates or not _to_write(held, row, valid):
            basis = finding.basis or (
                None if row is not None else identity.same_address(valid.metadata, keys=valid.keys)
            )
            joined += [held] if row is None else []
            places.append(place(valid, source, held["id"], work.job_id, basis=basis))
            if row is not None and held["id"] in others and row.content_hash != valid.content_hash:
                drifted.append((valid, held))
            outcomes.append(_outcome(valid, "unchanged", held, finding))
        else:
            updates[held["id"]] = next_version(valid, source, bodies, now, held)
            outcomes.append(_outcome(valid, "updated", updates[held["id"]].record))
    written = [*named(work, source, creates), *updates.values()]
    told = told_by(work, set(updates), renamed=_renamed(updates, existing))
    work.create(written[: len(creates)])
    work.update(written[len(creates) :])
    work.add_provenances(places)
    identity.watch(work, source, drifted)
    named_too = identity.known_by_names(work, joined, updates)
    if written or named_too:
        tell_targets(work, [*(write.record["id"] for write in written), *named_too], now=now, before=told)
        note_reviews(work, [(write.record["id"], write.record["metadata"]) for write in written])
        identity.note(work, {key: write.record["id"] for key, write in creates.items()}, findings)
    yield from outcomes


def _renamed(updates: Mapping[str, RecordWrite], held: Mapping[str, Record]) -> set[str]:
    """Those of the records that get another title."""
    return {key for key, write in updates.items() if key not in held or held[key]["title"] != write.record["title"]}


def _at_addresses(work: UnitOfWork, source: Source, part: Sequence[Valid]) -> dict[str | None, str]:
    """The records that other places of the items' addresses gave, but those that a person keeps apart from them."""
    addresses = {valid.candidate.canonical_url: valid.key for valid in part if valid.candidate.canonical_url}
    if not addresses:
        return {}
    found = work.by_canonical_url(url for url in addresses if url)
    apart = work.apart(source.id, addresses.values()) if found else set()
    return {url: record_id for url, record_id in found.items() if (addresses[url], record_id) not in apart}


def _of_other_places(work: UnitOfWork, source: Source, ids: Sequence[str], part: Sequence[Valid]) -> set[str]:
    """Those of the records that another place gives, being the first or the better one: what they say stays that place's word."""
    keys = {valid.key for valid in part}
    first = {record_id: rows[0] for record_id, rows in work.provenances(ids).items() if len(rows) > 1}
    return {
        record_id for record_id, place in first.items() if place["source_id"] != source.id or place["key"] not in keys
    }


def _to_write(held: Record, row: ProvenanceRow, valid: Valid) -> bool:
    """Whether a record is to be written again. One that a person withdrew is not; one that its source had dropped comes back."""
    if held["state"] in ("withdrawn", "deleted"):
        return held.get("state_reason") == NO_LONGER_LISTED and not valid.candidate.again
    if stays_recognised(held, row, valid.candidate.sha256_raw, valid.metadata):
        return False
    return valid.candidate.again or row.content_hash != valid.content_hash


def stays_recognised(held: Record, row: ProvenanceRow, sha256_raw: str, metadata: Mapping[str, Any]) -> bool:
    """Whether this is a scan whose text was recognised, read anew without its words: the same bytes do not wash the text away."""
    waits = NEEDS_OCR in metadata.get("quality_flags", ())
    return waits and row.sha256_raw == sha256_raw and NEEDS_OCR not in held["metadata"].get("quality_flags", ())


def _outcome(
    valid: Valid, state: OutcomeState, record: Record, finding: identity.Finding = identity.NOTHING
) -> Outcome:
    problems = (*valid.problems, *finding.problems())
    return Outcome(valid.key, state, record["id"], record["title"], problems)
