"""What becomes of the lines of history of the real statutes: events, named problems, text that is kept, or dropped; and validity from them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

import catalog
from catalog.extract.formats.markdown import split_statute
from catalog.extract.history import read_history
from catalog.extract.history_roc import read_roc_history
from catalog.harvesters.maps import Map
from catalog.model.draft import Draft
from catalog.model.events import of_draft
from catalog.model.validity import validity_of
from catalog.schemas.plugin import RECORD_TYPES
from tests.measures.files import rows

MAP = Path(catalog.__file__).parent.parent / "examples" / "maps" / "laws-taiwan.yaml"
SNAPSHOT = date(2024, 10, 11)
"""The day of the last change that the Taiwanese set tells; its marks are of that day."""
ENDED = frozenset({"repealed", "expired", "superseded"})


@dataclass
class Histories:
    """Figures by name (lines, entries, events, named, kept as text); which record dropped which line; records with a step without day."""

    counts: Counter[str] = field(default_factory=Counter)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)


@dataclass
class Validities:
    """Records by (own mark, status found), by (ended by the events alone, marked), and those whose status is not that of their mark."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_events: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    differing: list[tuple[str, str, str, str]] = field(default_factory=list)


def mainland(data: Path) -> Histories:
    """The lines above the text of the mainland's statutes."""
    found = Histories()
    for row in rows(data / "laws" / "mainland.jsonl.gz"):
        statute = split_statute(row["markdown"])
        assert statute is not None, row["path"]
        history = read_history(statute.history)
        said = _bare("".join([*(step.raw for step in history.steps), *history.rest, *history.unread]))
        found.counts["lines"] += len(statute.history)
        found.counts["events"] += len(history.events())
        found.counts["named"] += len(history.unknown())
        found.counts["kept as text"] += len(history.rest)
        found.dropped += [(row["path"], line) for line in statute.history if not _kept(line, said)]
    return found


def taiwan(data: Path) -> Histories:
    """沿革內容 of Taiwan's statutes."""
    found = Histories()
    for row in rows(data / "laws" / "taiwan.jsonl.gz"):
        history = read_roc_history(row["沿革內容"], title=row["法規名稱"])
        said = _bare("".join([*(step.raw for step in history.steps), *history.unread]))
        lines = [line for line in row["沿革內容"].splitlines() if line.strip()]
        found.counts["lines"] += len(lines)
        found.counts["entries"] += len(re.findall(r"(?m)^\s*\d+\.", row["沿革內容"]))
        found.counts["events"] += len(history.events())
        found.counts["named"] += len(history.unknown())
        found.dropped += [(row["_pcode"], line) for line in lines if not _kept(line, said)]
        found.undated += [row["_pcode"] for step in history.steps if not step.date]
    return found


def taiwan_validity(data: Path) -> Validities:
    """The status of Taiwan's statutes on the day of the snapshot beside their own mark 廢."""
    compiled = Map(yaml.safe_load(MAP.read_text("utf-8")), _field_types)
    found = Validities()
    for row in rows(data / "laws" / "taiwan.jsonl.gz"):
        draft: Draft = compiled.draft(row, lambda _document: Draft("regulation"))
        marked = row.get("廢止註記") == "廢"
        fields = {**draft.fields, "events": [of_draft(event) for event in draft.events]}
        validity = validity_of(fields, SNAPSHOT)
        found.counts["廢" if marked else "no mark", validity.status] += 1
        found.by_events[validity_of({**fields, "validity": None}, SNAPSHOT).status in ENDED, marked] += 1
        if (validity.status in ENDED) != marked:
            found.differing.append((row["_pcode"], row["法規名稱"], validity.status, validity.text("en")))
    return found


# what only joins two events (根据, 自, 和) is not part of either
def _bare(text: str) -> str:
    return re.sub(r"[\s，,、。；;（）()\u200b\ufeff]|并?根据|[和自并]", "", re.sub(r"^\s*\d{1,3}\.", "", text.strip()))


def _kept(line: str, said: str) -> bool:
    return _bare(line) in said or not _bare(line)


def _field_types(record_type: str) -> dict[str, str] | None:
    form = next((form for form in RECORD_TYPES if form.record_type == record_type), None)
    fields = form.schema().fields.items() if form else ()
    return {name: str(getattr(field, "type_name", "")) for name, field in fields} if form else None
