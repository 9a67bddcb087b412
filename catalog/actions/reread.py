"""Reading again what is kept: what newer readers would make of it, shown before anything is written, and written on demand.

The invariants: without `apply` nothing is written; what cannot be read now, or is not kept, stays as it is and is told; a person's edits and
the text that was recognised from a scan stay; what an apply has written is read by the newest readers, so that one that is cut off goes on
where it ended when it is asked for again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from typing import Any

from marshmallow import Schema, fields

from catalog.actions import identity
from catalog.actions.apply import apply_batch, stays_recognised, would_be
from catalog.actions.candidate import Again, Candidate
from catalog.actions.context import Actor, Catalogue
from catalog.actions.follow import follow_once
from catalog.actions.keys import record_keys
from catalog.actions.lineage import tell_targets
from catalog.actions.registry import action
from catalog.errors import Fault, InvalidInput, NotFound
from catalog.extract import PARSER
from catalog.extract.versions import changes_since, parser_of
from catalog.model.draft import Block
from catalog.model.record import Record
from catalog.store.keys import JOINED_KEYS
from catalog.store.resolve import CAUSES_FROM
from catalog.store.rows import Cited, KeyKind, ProvenanceRow, RecordWrite, RelationRow, Source
from catalog.store.writes import changed_fields

BATCH = 200
"""Places that are compared, and written, at a time."""
SAMPLES = 10
"""Differences that a report shows in full."""
ERRORS_TOLD = 100
DIFF_LINES = 12
"""Lines of a text's difference that are shown."""
SHOWN = 300
"""Characters of a value that are shown."""
TEXT, CITATIONS = "text", "citations"
NOT_KEPT = "not_kept"


class Reread(Schema):
    """What to read again."""

    since_parser = fields.Integer(
        load_default=None, allow_none=True, metadata={"description": "places that readers older than this version read"}
    )
    source = fields.String(load_default=None, allow_none=True, metadata={"description": "places of this source only"})
    record = fields.String(load_default=None, allow_none=True, metadata={"description": "places of this record only"})
    apply = fields.Boolean(load_default=False, metadata={"description": "write what is different"})
    told = fields.Raw(load_default=None, metadata={"description": "called with each difference"})
    progress = fields.Raw(load_default=None, metadata={"description": "called with (done, total)"})


@dataclass(slots=True)
class _Tally:
    """What has come of it so far."""

    counts: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    unfound: set[str] = field(default_factory=set)
    """Records that are stored under other keys than their fields give now."""


@action("source.reread", schema=Reread, permission="operate")
def source_reread(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Read kept originals again without fetching, and show what is different; write it only with `apply`.

    Raises `InvalidInput` when it is not said what to read again, `NotFound` for a source or record that is not here.
    """
    wanted, sources, record_id = _asked(catalogue, params)
    tally, began = _Tally(), time.monotonic()
    told: Callable[[Mapping[str, Any]], None] | None = params["told"]
    with catalogue.store.read() as reader:
        total = None if record_id else sum(reader.count_places(source.id) for source in sources)
    done = 0
    for source in sources:
        stream = catalogue.harvest.again(catalogue, source, wanted=wanted, record_id=record_id)
        for batch in _batches(stream):
            work = _Compared(catalogue, source, batch)
            tally.unfound |= work.unfound
            for again, difference in work.results():
                _count(tally, again, difference)
                if difference and told is not None:
                    told(difference)
            if params["apply"]:
                _apply(catalogue, actor, source, work)
            done += len(batch)
            if params["progress"] is not None:
                params["progress"](done, total)
    if params["apply"] and (tally.counts["changed"] or tally.unfound):
        follow_once(catalogue)
    return _report(params, tally, sources, seconds=time.monotonic() - began)


def _asked(
    catalogue: Catalogue, params: Mapping[str, Any]
) -> tuple[Callable[[ProvenanceRow], bool], list[Source], str | None]:
    since, name, asked = params["since_parser"], params["source"], params["record"]
    if since is None and name is None and asked is None:
        message = "say what to read again: since_parser, source or record"
        raise InvalidInput(message, [Fault("since_parser", message)])
    record_id = None
    with catalogue.store.read() as reader:
        sources = reader.sources()
        if name is not None:
            found = reader.source(name)
            if found is None:
                raise NotFound(
                    f"no source is called {name}; there are: {', '.join(s.name for s in sources) or 'none yet'}"
                )
            sources = [found]
        if asked is not None:
            record = reader.record(asked)
            if record is None:
                raise NotFound(f"no record is called {asked}")
            record_id = record["id"]
            given = {place.source_id for place in reader.places_of(record_id)}
            sources = [source for source in sources if source.id in given]

    def wanted(place: ProvenanceRow) -> bool:
        return since is None or parser_of(place.parser_version) < since

    return wanted, sources, record_id


def _batches(stream: Iterator[Again]) -> Iterator[list[Again]]:
    batch: list[Again] = []
    for again in stream:
        batch.append(again)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def keys_of(records: Iterable[Record]) -> dict[str, tuple[tuple[KeyKind, str], ...]]:
    """What records should be found by, by their ids, as their fields give it now; what was deleted is found by nothing."""
    return {record["id"]: record_keys(record["metadata"]) for record in records if record["state"] != "deleted"}


class _Compared:
    """A batch beside what stands."""

    def __init__(self, catalogue: Catalogue, source: Source, batch: Sequence[Again]) -> None:
        self.changed: list[Candidate] = []
        self.same: list[ProvenanceRow] = []
        self._source = source
        self._batch = batch
        ids = self.ids = {again.place.record_id for again in batch}
        with catalogue.store.read() as reader:
            self._held = reader.records(ids)
            places = reader.provenances(ids)
            self._cited = reader.relations_of(ids)
            self.unfound = set(reader.keys_due(keys_of(self._held.values())))
            self._texts = reader.texts({record["text_hash"] for record in self._held.values() if record["text_hash"]})
        self._gives = {record_id: (several[0]["source_id"], several[0]["key"]) for record_id, several in places.items()}

    def results(self) -> Iterator[tuple[Again, dict[str, Any] | None]]:
        """Each place with its difference; `None` where there is none, or nothing came of it."""
        for again in self._batch:
            if again.candidate is None:
                yield again, None
                continue
            held, place = self._held[again.place.record_id], again.place
            if self._gives.get(held["id"]) != (place.source_id, place.key) or held["state"] != "published":
                self.same.append(_with_names(place, again.candidate))
                yield replace(again, code="other_place"), None
                continue
            write, problems = would_be(self._source, again.candidate, held)
            if write is None:
                reasons = "; ".join(problem.message for problem in problems if problem.severity == "error")
                yield replace(again, candidate=None, code="refused", message=reasons), None
                continue
            changed = (
                ()
                if stays_recognised(held, place, place.sha256_raw, write.record["metadata"])
                else self._changed(held, write)
            )
            if not changed:
                self.same.append(replace(place, parser_version=again.candidate.parser_version))
                yield again, None
                continue
            self.changed.append(replace(again.candidate, again=True))
            yield again, self._difference(again, held, write, changed)

    def _changed(self, held: Record, write: RecordWrite) -> tuple[str, ...]:
        names = changed_fields(held, write.record)
        before = [
            _said(row) for row in self._cited.get(held["id"], ()) if row.event is None and row.ordinal < CAUSES_FROM
        ]
        after = [_said(cited) for cited in write.citations or ()]
        return (*names, CITATIONS) if before != after else names

    def _difference(self, again: Again, held: Record, write: RecordWrite, changed: Sequence[str]) -> dict[str, Any]:
        old, new = held["metadata"], write.record["metadata"]
        flags = set(old.get("quality_flags", ())), set(new.get("quality_flags", ()))
        told: dict[str, Any] = {
            "record": held["id"],
            "name": held["name"],
            "title": held["title"],
            "source": self._source.name,
            "ref": again.place.ref,
            "parser": [parser_of(again.place.parser_version), PARSER],
            "fields": {name: [old.get(name), new.get(name)] for name in changed if name not in (TEXT, CITATIONS)},
            "flags": {"gained": sorted(flags[1] - flags[0]), "lost": sorted(flags[0] - flags[1])},
        }
        if TEXT in changed:
            told[TEXT] = _text_difference(self._texts.get(held["text_hash"] or "", []), write.blocks or ())
        if CITATIONS in changed:
            before = len([r for r in self._cited.get(held["id"], ()) if r.event is None and r.ordinal < CAUSES_FROM])
            told[CITATIONS] = [before, len(write.citations or ())]
        return told


def _with_names(place: ProvenanceRow, candidate: Candidate) -> ProvenanceRow:
    """A further place as it was read now; one that was joined before names were kept with places gets those that it bears."""
    valid = candidate.verdict[0] if candidate.verdict else None
    basis = place.basis
    if valid is not None and basis is not None and "because" in basis and JOINED_KEYS not in basis:
        basis = {**basis, JOINED_KEYS: identity.names_of(valid.keys)}
    return replace(place, parser_version=candidate.parser_version, basis=basis)


def _said(cited: RelationRow | Cited) -> tuple[Any, ...]:
    place, article = getattr(cited, "place", None), getattr(cited, "article", None)
    return cited.type, cited.raw, cited.number, cited.title, place, article


def _text_difference(old: Sequence[Block], new: Sequence[Block]) -> list[str]:
    """The first lines of a text that differ, as `diff -u` tells them; only what is marked differently where all words are the same."""
    before, after = [block.text for block in old], [block.text for block in new]
    lines = [
        line[:SHOWN]
        for line in unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    if not lines:
        return [f"the same words; {len(old)} blocks before, {len(new)} now, with other kinds, levels, anchors or pages"]
    more = len(lines) - DIFF_LINES
    return [*lines[:DIFF_LINES], *([f"… {more} more lines"] if more > 0 else [])]


def _count(tally: _Tally, again: Again, difference: Mapping[str, Any] | None) -> None:
    if difference is not None:
        tally.counts["changed"] += 1
        tally.fields.update([*difference["fields"], *(name for name in (TEXT, CITATIONS) if name in difference)])
        tally.gained.update(difference["flags"]["gained"])
        tally.lost.update(difference["flags"]["lost"])
        if len(tally.samples) < SAMPLES:
            tally.samples.append(dict(difference))
    elif again.candidate is not None:
        tally.counts[again.code or "unchanged"] += 1
    elif again.code == NOT_KEPT:
        tally.counts[NOT_KEPT] += 1
        _tell_error(tally, again)
    else:
        tally.counts["errors"] += 1
        _tell_error(tally, again)


def _tell_error(tally: _Tally, again: Again) -> None:
    if len(tally.errors) < ERRORS_TOLD:
        told = {"record": again.place.record_id, "ref": again.place.ref, "code": again.code, "message": again.message}
        tally.errors.append(told)


def _apply(catalogue: Catalogue, actor: Actor, source: Source, compared: _Compared) -> None:
    """Write one batch. What was harvested anew since it was read here is left to that harvest."""
    keys = [candidate.key for candidate in compared.changed] + [place.key for place in compared.same]
    if not keys and not compared.unfound:
        return
    with catalogue.store.write(actor=actor.name, reason=f"read again by parser {PARSER}") as work:
        now = work.by_provenance(source.id, keys)
        fresh = {key for key, row in now.items()}
        read = {candidate.key: candidate.sha256_raw for candidate in compared.changed}
        read |= {place.key: place.sha256_raw for place in compared.same}
        fresh = {key for key in fresh if now[key].sha256_raw == read[key]}
        work.add_provenances([place for place in compared.same if place.key in fresh])
        apply_batch(catalogue, work, source, [one for one in compared.changed if one.key in fresh])
        found = work.put_keys(keys_of(work.records(compared.ids).values()))
        if found:
            tell_targets(work, found, now=work.now)


def _report(params: Mapping[str, Any], tally: _Tally, sources: Sequence[Source], *, seconds: float) -> dict[str, Any]:
    since = params["since_parser"]
    read = tally.counts.total()
    names = ("unchanged", "changed", "other_place", "errors", NOT_KEPT)
    return {
        "parser": PARSER,
        "since": []
        if since is None
        else [{"version": v, "changed": list(what)} for v, what in changes_since(since - 1)],
        "sources": [source.name for source in sources],
        "applied": bool(params["apply"]),
        "read": read,
        **{name: tally.counts[name] for name in names},
        "keys": len(tally.unfound),
        "fields": dict(tally.fields.most_common()),
        "flags": {"gained": dict(tally.gained.most_common()), "lost": dict(tally.lost.most_common())},
        "errors_told": tally.errors,
        "samples": tally.samples,
        "seconds": round(seconds, 1),
        "rate": round(read / seconds, 1) if seconds > 0 else 0.0,
    }
