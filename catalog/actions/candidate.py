"""One item that was read, on its way to a record: the draft with all that is known of its place, and what its schema said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.model.draft import Block, Draft, Problem
from catalog.store.rows import FileRow, KeyKind, ProvenanceRow


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


@dataclass(frozen=True, slots=True)
class Again:
    """One place read again: what came of it, or why nothing did (`not_kept`, or the code of what went wrong)."""

    place: ProvenanceRow
    candidate: Candidate | None = None
    code: str = ""
    message: str = ""
