"""One item that was read, on its way to a record: the draft with all that is known of its place, and what its schema says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from catalog.actions.context import Catalogue
from catalog.actions.keys import record_keys
from catalog.model.draft import Block, Draft, Problem
from catalog.model.events import of_draft
from catalog.schemas.validate import validate
from catalog.store.identity import text_hash
from catalog.store.rows import FileRow, KeyKind

CONTENT_LEFT_OUT = frozenset({"harvest"})
"""Fields that change with every fetch and say nothing of the document."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item that was read, ready to be applied. `key` is its id in the source, `canonical_url` what other sources know it by,
    `hints` what is needed beside its bytes to read it again (`model.record.Provenance`).
    """

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
    hints: Mapping[str, Any] | None = None
    again: bool = False
    """Whether it is written although its source gave nothing new: its readers did."""
    verdict: tuple[Valid | None, tuple[Problem, ...]] | None = None
    """What its schema says of it, where that was asked already (`checked`)."""

    @property
    def refused(self) -> bool:
        """Whether its schema was asked, and keeps it out."""
        return self.verdict is not None and self.verdict[0] is None


@dataclass(frozen=True, slots=True)
class Valid:
    """A candidate that passed its schema."""

    candidate: Candidate
    metadata: dict[str, Any]
    problems: tuple[Problem, ...]
    content_hash: str
    text_hash: str | None
    keys: tuple[tuple[KeyKind, str], ...]

    @property
    def key(self) -> str:
        """Its id in the source."""
        return self.candidate.key

    @property
    def record_type(self) -> str:
        """The type that it was read as."""
        return self.candidate.draft.record_type

    @property
    def blocks(self) -> Sequence[Block]:
        """Its text."""
        return self.candidate.draft.blocks


def checked(catalogue: Catalogue, candidate: Candidate) -> Candidate:
    """The candidate with its schema's verdict: asked before the transaction, so that it takes less of every writer's time."""
    return replace(candidate, verdict=validated(catalogue, candidate))


def validated(catalogue: Catalogue, candidate: Candidate) -> tuple[Valid | None, tuple[Problem, ...]]:
    """The candidate as its schema takes it, and all that is to be told; `None` where an error keeps it out."""
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
    digest = hashlib.sha256(content).hexdigest()
    return Valid(candidate, metadata, problems, digest, hashed, record_keys(metadata)), problems


def _complete(candidate: Candidate) -> None:
    """What the draft keeps beside its fields becomes fields; what every harvested record carries is set."""
    draft, fields = candidate.draft, candidate.draft.fields
    events = [of_draft(event) for event in draft.events]
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
