"""What its schema says of a candidate: asked before the transaction, so that it takes less of every writer's time."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import orjson

from catalog.actions.candidate import Candidate, Valid
from catalog.actions.context import Catalogue
from catalog.actions.keys import record_keys
from catalog.model.draft import Problem
from catalog.model.events import of_draft
from catalog.schemas.validate import validate
from catalog.store.identity import text_hash

CONTENT_LEFT_OUT = frozenset({"harvest"})
"""Fields that change with every fetch and say nothing of the document."""


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
