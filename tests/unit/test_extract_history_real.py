"""Every line of history of the real statutes is an event, a named problem, or text that is kept: none is dropped. The figures are printed."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson
import yaml

import catalog
from catalog.extract.formats.markdown import MarkdownExtractor, split_statute
from catalog.extract.history import read_history
from catalog.extract.history_roc import read_roc_history
from catalog.harvesters.maps import Map
from catalog.model.draft import Draft, RawDocument
from catalog.model.events import of_draft
from catalog.model.validity import validity_of
from catalog.model.works import Version, older, same_work, start_of, work_title
from catalog.schemas.plugin import RECORD_TYPES

MAP = Path(catalog.__file__).parent.parent / "examples" / "maps" / "laws-taiwan.yaml"
SNAPSHOT = date(2024, 10, 11)
"""The day of the last change that the Taiwanese set tells; its marks are of that day."""
ENDED = frozenset({"repealed", "expired", "superseded"})


def rows(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file) as lines:
        yield from map(orjson.loads, lines)


# what only joins two events (根据, 自, 和) is not part of either
def bare(text: str) -> str:
    return re.sub(r"[\s，,、。；;（）()\u200b\ufeff]|并?根据|[和自并]", "", re.sub(r"^\s*\d{1,3}\.", "", text.strip()))


def kept(line: str, said: str) -> bool:
    return bare(line) in said or not bare(line)


def field_types(record_type: str) -> dict[str, str] | None:
    form = next((form for form in RECORD_TYPES if form.record_type == record_type), None)
    fields = form.schema().fields.items() if form else ()
    return {name: str(getattr(field, "type_name", "")) for name, field in fields} if form else None


def test_no_line_of_the_mainland_s_histories_is_dropped(shared_data: Path):
    counts: Counter[str] = Counter()
    dropped = []
    for row in rows(shared_data / "laws" / "mainland.jsonl.gz"):
        statute = split_statute(row["markdown"])
        assert statute is not None
        history = read_history(statute.history)
        said = bare("".join([*(step.raw for step in history.steps), *history.rest, *history.unread]))
        counts["lines"] += len(statute.history)
        counts["events"] += len(history.events())
        counts["named"] += len(history.unknown())
        counts["kept as text"] += len(history.rest)
        dropped += [(row["path"], line) for line in statute.history if not kept(line, said)]
    print(f"\nmainland: {dict(counts)}, dropped {len(dropped)}")
    assert dropped == []
    assert counts["lines"] == 2139
    assert counts["events"] >= 2_120
    assert counts["named"] <= 6
    assert counts["kept as text"] <= 11


def test_no_line_of_the_taiwanese_histories_is_dropped(shared_data: Path):
    counts: Counter[str] = Counter()
    dropped = []
    for row in rows(shared_data / "laws" / "taiwan.jsonl.gz"):
        history = read_roc_history(row["沿革內容"], title=row["法規名稱"])
        said = bare("".join([*(step.raw for step in history.steps), *history.unread]))
        lines = [line for line in row["沿革內容"].splitlines() if line.strip()]
        counts["lines"] += len(lines)
        counts["entries"] += len(re.findall(r"(?m)^\s*\d+\.", row["沿革內容"]))
        counts["events"] += len(history.events())
        counts["named"] += len(history.unknown())
        dropped += [(row["_pcode"], line) for line in lines if not kept(line, said)]
        dated = [step.date for step in history.steps]
        assert all(dated), row["_pcode"]
    print(f"\nTaiwan: {dict(counts)}, dropped {len(dropped)}")
    assert dropped == []
    assert counts["events"] >= 21_800
    assert counts["named"] <= 25


def test_the_validity_of_the_taiwanese_set_is_that_of_its_own_marks(shared_data: Path):
    compiled = Map(yaml.safe_load(MAP.read_text("utf-8")), field_types)
    counts: Counter[str] = Counter()
    by_events: Counter[str] = Counter()
    differing = []
    for row in rows(shared_data / "laws" / "taiwan.jsonl.gz"):
        draft: Draft = compiled.draft(row, lambda _document: Draft("regulation"))
        marked = row.get("廢止註記") == "廢"
        fields = {**draft.fields, "events": [of_draft(event) for event in draft.events]}
        found = validity_of(fields, SNAPSHOT)
        counts["廢" if marked else "no mark", found.status] += 1
        by_events[validity_of({**fields, "validity": None}, SNAPSHOT).status in ENDED, marked] += 1
        if (found.status in ENDED) != marked:
            differing.append((row["_pcode"], row["法規名稱"], found.status, found.text("en")))
    print(
        f"\nTaiwan, validity on {SNAPSHOT}: {dict(counts)}; from the events alone {dict(by_events)}; differing {differing}"
    )
    assert differing == []
    assert counts["廢", "repealed"] == 775
    assert by_events[False, True] == by_events[True, False] == 0


def test_versions_of_one_work_are_in_the_order_of_the_dates_of_their_files(shared_data: Path):
    extractor, works, counts, wrong = MarkdownExtractor(), {}, Counter(), []
    for row in rows(shared_data / "laws" / "mainland.jsonl.gz"):
        dated = re.search(r"\((\d{4}-\d\d-\d\d)\)\.md$", row["path"])
        draft = extractor.extract(RawDocument(row["markdown"].encode(), "text/markdown", filename=row["path"]))
        fields = {**draft.fields, "events": [of_draft(event) for event in draft.events]}
        works.setdefault(work_title(fields["title"]), []).append((dated[1] if dated else "", fields))
    for title, versions in works.items():
        if title is None or len(versions) < 2:
            continue
        counts["works"] += 1
        for (file, one), (other_file, other) in combinations(sorted(versions, key=lambda pair: pair[0]), 2):
            assert same_work(one, other), title
            first, second = Version("a", start_of(one)), Version("b", start_of(other))
            counts["pairs"] += 1
            counts["proved"] += older(first, second)
            if older(second, first) and file:
                wrong.append((title, file, first.start, other_file, second.start))
    print(f"\nmainland, works of several versions: {dict(counts)}; in the wrong order {wrong}")
    assert counts["works"] >= 50
    assert wrong == []
    assert counts["proved"] >= 45
