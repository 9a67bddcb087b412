"""Every text in this folder becomes the tree that its `expected.json` says: parts, and blocks with kind, anchor, number, path and text.

A case is a folder with `input.txt` or `input.md` and `expected.json`. A case without an expectation fails and prints what was made, so that
a person looks at it before it is written down.
"""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest

from catalog.actions.text import text_answer
from catalog.extract.registry import extract
from catalog.model.draft import Draft, RawDocument
from catalog.model.record import Record

FOLDER = Path(__file__).parent
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))
MEDIA_TYPES = {".txt": "text/plain", ".md": "text/markdown"}


def read_case(name: str) -> Draft:
    source = next((FOLDER / name).glob("input.*"))
    return extract(RawDocument(source.read_bytes(), MEDIA_TYPES[source.suffix], filename=source.name))


def answer(draft: Draft) -> dict[str, Any]:
    record: Record = {"id": "1", "title": draft.fields["title"], "metadata": draft.fields}  # type: ignore[typeddict-item]
    return text_answer(record, draft.blocks)


def as_json(draft: Draft) -> dict[str, Any]:
    """An answer as its expectation is written: one line a block."""
    found = answer(draft)
    assert all((block["kind"] == "table") == ("rows" in block) for block in found["blocks"])
    return {
        "title": found["title"],
        "parts": [f"{part['id']} {part['role']} {part['title']}" for part in found["parts"]],
        "blocks": [
            f"{block['part']} | {'/'.join(block['path']) or '-'} | {block['anchor']} | {block['kind']} | {block['number'] or '-'} | {block['text']}"
            for block in found["blocks"]
        ],
    }


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_a_text_becomes_the_tree_that_is_expected(name: str) -> None:
    made = written(as_json(read_case(name)))
    file = FOLDER / name / "expected.json"
    if not file.exists():
        pytest.fail(f"{file} is missing. Read what follows; if it is right, write it there:\n{made}")
    expected = written(json.loads(file.read_text(encoding="utf-8")))
    difference = "".join(
        difflib.unified_diff(expected.splitlines(keepends=True), made.splitlines(keepends=True), "expected", "made")
    )
    assert not difference, f"{name} becomes another tree:\n{difference}"


@pytest.mark.parametrize("name", CASES)
def test_the_tree_has_all_of_the_text_and_every_anchor_once(name: str) -> None:
    draft = read_case(name)
    blocks = answer(draft)["blocks"]
    assert "".join(block["text"] for block in blocks) == "".join(block.text for block in draft.blocks)
    anchors = [block["anchor"] for block in blocks]
    assert len(anchors) == len(set(anchors))
    assert all(above in anchors for block in blocks for above in block["path"])


def test_there_are_cases_of_every_manner() -> None:
    assert len(CASES) >= 11
