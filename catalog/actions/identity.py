"""The same document at a further place: found by number and title, judged by `model.identity`, in batches before anything is written.

The invariants: only what another source brings is joined, because within a source its own ids say what is one document and what are two;
what a person keeps apart stays apart; a gazette's article and the document that it prints stay two records, linked as the same text.
Doubts do not join: they are put on the list of reviews with both records named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from catalog.actions.keys import record_keys
from catalog.model.draft import Block, Problem
from catalog.model.identity import (
    Likeness,
    Print,
    comparable,
    facts,
    is_repost,
    judge,
    rank,
    text_likeness,
    text_print,
)
from catalog.model.record import Provenance, Record
from catalog.store.keys import JOINED_KEYS
from catalog.store.rows import KeyKind, RecordWrite, ReviewWrite, Source
from catalog.store.verdicts import BEARERS
from catalog.store.work import UnitOfWork

PAIRS = 8
"""Records that one item is compared with: those that share its number first, then the oldest that share its title."""
GROUP = 50
"""Newcomers whose candidates' texts are held at a time."""
BY_ITSELF = "catalogue"
"""Who joined a place where no person did."""
LINK = "same_text_as"
DRIFTED = "text_differs"
"""The kind of review of a further place that changed into something else."""
SAME, DOUBT = "same_document", "possible_duplicate"
"""Codes of the warnings that tell of a join and of a doubt."""


class Newcomer(Protocol):
    """An item that is not known by its key or address: what of it is compared."""

    @property
    def key(self) -> str:
        """Its id in the source."""

    @property
    def record_type(self) -> str:
        """The type that it was read as."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its fields."""

    @property
    def text_hash(self) -> str | None:
        """The digest of its text."""

    @property
    def blocks(self) -> Sequence[Block]:
        """Its text."""

    @property
    def keys(self) -> Sequence[tuple[KeyKind, str]]:
        """What it is found by."""


@dataclass(slots=True)
class Finding:
    """What was found out about one newcomer. `join` is the record whose further place it is; `outranks` says that it gives the record from
    now on. `doubts` and `links` name other records, with what they stand on.
    """

    join: Record | None = None
    basis: dict[str, Any] | None = None
    outranks: bool = False
    doubts: list[tuple[Record, Likeness]] = field(default_factory=list)
    links: list[tuple[Record, Likeness]] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        """What a run's report and a preview tell of it."""
        told = []
        if self.join is not None and self.basis is not None:
            message = (
                f"the same document as {self.join['name']} ({self.basis['because']}); it becomes a further place of it"
            )
            told.append(Problem("warning", SAME, message))
        told += [
            Problem(
                "warning",
                DOUBT,
                f"may be the same document as {other['name']} ({likeness.because}); see `gongkai review`",
            )
            for other, likeness in self.doubts
        ]
        return tuple(told)


NOTHING = Finding()
"""Of a newcomer that nothing here is like."""


def recognise(work: UnitOfWork, source: Source, newcomers: Sequence[Newcomer]) -> dict[str, Finding]:
    """What is found of each newcomer that anything here is like, by its key. A handful of statements, however many they are."""
    fit = [one for one in newcomers if comparable(one.record_type, one.record_type) is not None]
    candidates = _candidates(work, fit)
    if not candidates:
        return {}
    look = _Look(work, source, candidates)
    found: dict[str, Finding] = {}
    like = [one for one in fit if one.key in candidates]
    for start in range(0, len(like), GROUP):
        group = like[start : start + GROUP]
        look.read_texts(group)
        found |= {one.key: finding for one in group if (finding := look.finding(one)) is not NOTHING}
    return found


def note(work: UnitOfWork, written: Mapping[str, str], findings: Mapping[str, Finding]) -> None:
    """Keep the doubts and links of items that became records (item key → record id)."""
    asked: list[ReviewWrite] = []
    links: list[tuple[str, str, str, str]] = []
    for key, record_id in written.items():
        finding = findings.get(key, NOTHING)
        for other, likeness in finding.doubts:
            detail = {"other": other["id"], "because": likeness.because, **likeness.evidence.as_json()}
            asked.append(ReviewWrite(record_id, DOUBT, other["id"], detail))
        for other, likeness in finding.links:
            links += [
                (record_id, LINK, other["id"], likeness.because),
                (other["id"], LINK, record_id, likeness.because),
            ]
    if asked:
        work.ask_reviews(asked)
    if links:
        work.link(links)


def known_by_names(work: UnitOfWork, joined: Sequence[Record], updates: Mapping[str, RecordWrite]) -> set[str]:
    """Let records that got further places be found by the names that these bear; the ids of those that were not found by them before."""
    now = [updates[held["id"]].record if held["id"] in updates else held for held in joined]
    return work.put_keys({one["id"]: record_keys(one["metadata"]) for one in now if one["state"] != "deleted"})


def watch(work: UnitOfWork, source: Source, drifted: Sequence[tuple[Newcomer, Record]]) -> None:
    """Ask a person about further places that changed and no longer look like the document whose places they are."""
    digests = {digest for one, record in drifted for digest in (record["text_hash"],) if digest and one.text_hash}
    texts = work.texts(digests) if digests else {}
    asked = []
    for one, record in drifted:
        prints = _print(one.blocks), _print(texts.get(record["text_hash"] or "", ()))
        likeness = judge(
            facts(one.record_type, one.metadata), facts(record["type"], record["metadata"]), partial(_alike, *prints)
        )
        if likeness.judgement != "same":
            detail = {"source": source.name, "because": likeness.because, **likeness.evidence.as_json()}
            asked.append(ReviewWrite(record["id"], DRIFTED, f"{source.name} {one.key}", detail))
    if asked:
        work.ask_reviews(asked)


def same_address(metadata: Mapping[str, Any], *, keys: Iterable[tuple[KeyKind, str]]) -> dict[str, Any]:
    """What is kept with a place that has the address of another one, and the names that its document bears there."""
    role = "reposts" if is_repost(metadata) else LINK
    return {"by": BY_ITSELF, "because": "same_address", "role": role, JOINED_KEYS: names_of(keys)}


def basis_of(
    metadata: Mapping[str, Any], likeness: Likeness, *, by: str = BY_ITSELF, keys: Iterable[tuple[KeyKind, str]] = ()
) -> dict[str, Any]:
    """What is kept with a place that was joined: who did, the rule, the evidence, the place's part, and the names that its document bears
    there: the record is found by them too. With a place that gives the record from now on stand those of the former one.
    """
    return {
        "by": by,
        "because": likeness.because,
        "role": "reposts" if is_repost(metadata) else LINK,
        JOINED_KEYS: names_of(keys),
        **likeness.evidence.as_json(),
    }


def names_of(keys: Iterable[tuple[KeyKind, str]]) -> list[list[str]]:
    """The keys that are names, as a basis keeps them: without the traits, which are the record's own."""
    return [[kind, key] for kind, key in keys if kind != "traits"]


def order_before(places: Sequence[Provenance]) -> int:
    """The order of a place that is to stand before others: places stand by order, and by the time when they were met where it is equal."""
    return min(int((place.get("basis") or {}).get("order", 0)) for place in places) - 1


def likeness_of(work: UnitOfWork, one: Record, other: Record) -> Likeness:
    """How alike two records are."""
    texts = work.texts([record["text_hash"] for record in (one, other) if record["text_hash"]])
    prints = [_print(texts.get(record["text_hash"] or "", ())) for record in (one, other)]
    return judge(facts(one["type"], one["metadata"]), facts(other["type"], other["metadata"]), lambda: _alike(*prints))


def _candidates(work: UnitOfWork, newcomers: Sequence[Newcomer]) -> dict[str, list[str]]:
    """The ids of the records that share a number or title with each newcomer; a title that too many share is none."""
    asked: dict[KeyKind, set[str]] = {"number": set(), "title": set()}
    for one in newcomers:
        for kind, key in one.keys:
            if kind in asked:
                asked[kind].add(key)
    bearers = {kind: work.bearers(kind, keys) for kind, keys in asked.items()}
    found: dict[str, list[str]] = {}
    for one in newcomers:
        ids: dict[str, None] = {}
        for kind, key in sorted(one.keys):
            several = bearers.get(kind, {}).get(key, ())
            if kind == "number" or len(several) <= BEARERS:
                ids.update(dict.fromkeys(several))
        if ids:
            found[one.key] = list(ids)[:PAIRS]
    return found


class _Look:
    """One batch's look at the records that its newcomers may be: read once, texts only where they decide."""

    def __init__(self, work: UnitOfWork, source: Source, candidates: Mapping[str, Sequence[str]]) -> None:
        self._work = work
        self._source = source
        self._candidates = candidates
        ids = {record_id for several in candidates.values() for record_id in several}
        self._records = work.records(ids)
        self._facts = {key: facts(record["type"], record["metadata"]) for key, record in self._records.items()}
        self._places = work.provenances(ids)
        self._apart = work.apart(source.id, candidates)
        self._prints: dict[str, Print | None] = {}

    def read_texts(self, group: Sequence[Newcomer]) -> None:
        """Read the texts that decide about some newcomers, in place of those that were read before."""
        wanted: set[str] = set()
        for one in group:
            own = facts(one.record_type, one.metadata)
            for record in self._possible(one):
                if one.text_hash and (digest := record["text_hash"]) and self._reads(one, record):
                    judge(own, self._facts[record["id"]], partial(_want, wanted, digest))
        texts = self._work.texts(wanted)
        self._prints = {digest: _print(blocks) for digest, blocks in texts.items()}

    def finding(self, one: Newcomer) -> Finding:
        """What the records that share a key with a newcomer are to it."""
        own = facts(one.record_type, one.metadata)
        same: list[tuple[Record, Likeness]] = []
        found = Finding()
        for record in self._possible(one):
            likeness = judge(own, self._facts[record["id"]], partial(self._text, one, record))
            if likeness.judgement == "different":
                continue
            if comparable(one.record_type, record["type"]) == "link":
                found.links += [(record, likeness)] if likeness.judgement == "same" else []
            elif likeness.judgement == "same" and self._joinable(record):
                same.append((record, likeness))
            elif self._joinable(record) or likeness.evidence.number == "same" or likeness.evidence.text == 1.0:
                found.doubts.append((record, likeness))
        if same:
            record, likeness = _best(same)
            basis = basis_of(one.metadata, likeness, keys=one.keys)
            own_rank = rank(one.metadata, has_text=one.text_hash is not None)
            outranks = own_rank < rank(record["metadata"], has_text=record["text_hash"] is not None)
            if outranks:
                basis["order"] = order_before(self._places[record["id"]])
                basis[JOINED_KEYS] = names_of(record_keys(record["metadata"]))
            return Finding(record, basis, outranks=outranks)
        return found if found.doubts or found.links else NOTHING

    def _possible(self, one: Newcomer) -> Iterator[Record]:
        for record_id in self._candidates[one.key]:
            record = self._records.get(record_id)
            if record is not None and record["state"] == "published" and (one.key, record_id) not in self._apart:
                yield record

    def _joinable(self, record: Record) -> bool:
        """Whether places may be joined to a record: not to one that this source gives already, nor to one that was made by hand."""
        places = self._places.get(record["id"], ())
        return bool(places) and all(place["source_id"] != self._source.id for place in places)

    def _reads(self, one: Newcomer, record: Record) -> bool:
        """Whether texts are read for a pair: within a source only for an article and the document that it prints."""
        if one.text_hash == record["text_hash"]:
            return False
        return self._joinable(record) or comparable(one.record_type, record["type"]) == "link"

    def _text(self, one: Newcomer, record: Record) -> float | None:
        """How alike the texts are; `None` where they are not read."""
        if not one.text_hash or not record["text_hash"]:
            return None
        if one.text_hash == record["text_hash"]:
            return 1.0
        if not self._reads(one, record):
            return None
        if one.text_hash not in self._prints:
            self._prints[one.text_hash] = _print(one.blocks)
        return _alike(self._prints[one.text_hash], self._prints.get(record["text_hash"]))


def _best(same: Sequence[tuple[Record, Likeness]]) -> tuple[Record, Likeness]:
    """The record that a newcomer is most likely one with; of several that are alike the oldest."""
    return min(same, key=lambda pair: (*(-float(part) for part in _weight(pair[1])), pair[0]["id"]))


def _want(wanted: set[str], digest: str) -> None:
    wanted.add(digest)


def _weight(likeness: Likeness) -> tuple[bool, float, float]:
    evidence = likeness.evidence
    return evidence.number == "same", evidence.text or 0.0, evidence.title


def _print(blocks: Iterable[Block]) -> Print | None:
    return text_print(block.text for block in blocks)


def _alike(one: Print | None, other: Print | None) -> float | None:
    return None if one is None or other is None else text_likeness(one, other)
