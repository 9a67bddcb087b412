"""Every page and text in this folder is read as its `expected.json` says, field by field, with the places that values were read from.

A case is a folder: `input.html` or `input.txt`, `context.json` where the page has an address, a charset or hints of its source, and
`expected.json`. A case without an expectation fails and prints what was read, so that a person looks at it before it is written down.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.model.draft import Citation, Draft, RawDocument
from catalog.schemas.plugin import RecordTypesPlugin
from catalog.schemas.validate import validate

FOLDER = Path(__file__).parent
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))
EXTRACTORS = {".html": HtmlExtractor, ".txt": PlainTextExtractor}


def document_of(name: str) -> RawDocument:
    source = next((FOLDER / name).glob("input.*"))
    context_file = FOLDER / name / "context.json"
    context: dict[str, Any] = json.loads(context_file.read_text(encoding="utf-8")) if context_file.exists() else {}
    return RawDocument(
        source.read_bytes(), charset=context.get("charset"), url=context.get("url"), hints=context.get("hints", {})
    )


def read_case(name: str) -> Draft:
    source = next((FOLDER / name).glob("input.*"))
    return EXTRACTORS[source.suffix]().extract(document_of(name))


def cited(one: Citation) -> dict[str, Any]:
    """A citation as far as layouts decide it; what else it and an event hold is tested where it is read."""
    return {"type": one.type, "raw": one.raw, "number": one.number, "title": one.title}


def as_json(draft: Draft) -> dict[str, Any]:
    """A draft as its expectation is written: fields with their readings side by side, blocks one a line."""
    return {
        "record_type": draft.record_type,
        "flags": list(draft.flags),
        "problems": [f"{problem.severity} {problem.code}" for problem in draft.problems],
        "fields": {name: draft.fields[name] for name in sorted(draft.fields)},
        "readings": {
            name: f"{reading.where} {reading.confidence:.2f} {reading.raw}"
            for name, reading in sorted(draft.readings.items())
        },
        "citations": [cited(one) for one in draft.citations],
        "events": [
            {"kind": one.kind, "date": one.date, "raw": one.raw, "by": cited(one.by) if one.by else None}
            for one in draft.events
        ],
        "attachments": [asdict(attachment) for attachment in draft.attachments],
        "blocks": [f"{block.kind} {block.level} {block.anchor or '-'} {block.text}" for block in draft.blocks],
    }


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_read_as_expected(name: str):
    read = written(as_json(read_case(name)))
    file = FOLDER / name / "expected.json"
    if not file.exists():
        pytest.fail(f"{file} is missing. Read what follows; if it is right, write it there:\n{read}")
    expected = written(json.loads(file.read_text(encoding="utf-8")))
    difference = "".join(
        difflib.unified_diff(expected.splitlines(keepends=True), read.splitlines(keepends=True), "expected", "read")
    )
    assert not difference, f"{name} is read differently:\n{difference}"


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_fields_and_readings_alike(name: str):
    draft = read_case(name)
    assert draft.fields.keys() == draft.readings.keys()
    assert all(0.0 <= reading.confidence <= 1.0 for reading in draft.readings.values())


@pytest.mark.parametrize("name", CASES)
def test_a_case_fits_the_schema_of_its_type(name: str):
    draft = read_case(name)
    record_types = {form.record_type: form for form in RecordTypesPlugin().record_types()}
    errors = [problem for problem in validate(draft, record_types).problems if problem.severity == "error"]
    allowed = {"no_title": "title", "only_furniture": "title", "text_on_request": "disclosure_basis"}
    assert {problem.field for problem in errors} <= {allowed.get(name)}, errors


def test_every_layout_has_its_cases_and_every_case_its_layout():
    layouts = yaml.safe_load((FOLDER / "_layouts.yaml").read_text(encoding="utf-8"))
    held = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (FOLDER / "_headers").glob("*.yaml")
    }
    headers = {f"headers/{file}/{case}" for file, data in held.items() for case in data.get("cases", data)}
    named = {case for cases in layouts.values() for case in cases}
    assert named <= headers | set(CASES), named - headers - set(CASES)
    assert set(CASES) <= named, set(CASES) - named
    assert len(layouts) >= 30
