"""Real pages and texts through the real door: loaded with `gongkai load`, exported with `gongkai export`, compared field by field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.measures import gold as measure


@pytest.fixture(scope="module")
def exported(shared_data: Path, shared_checks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of the 40 pages and the four seeds."""
    return measure.exported(shared_data, tmp_path_factory.mktemp("gold"))


@pytest.mark.parametrize("gold", list(measure.FIELDS))
def test_every_field_is_right(shared_data: Path, exported: Path, gold: str) -> None:
    found = measure.compared(shared_data, exported, gold)
    assert found.share >= measure.FLOOR, found.output
    assert found.found == found.records, found.output


def test_what_gold_says_in_other_words_is_right_too(shared_data: Path, exported: Path) -> None:
    """Gold's null is the catalogue's `unknown` where a record must say something, and its names are completed ones."""
    records = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    for line in (shared_data / "seeds" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        record = next(one for one in records if gold["seed"] in json.dumps(one, ensure_ascii=False))
        assert record["validity"] == (gold["validity"] or "unknown")
        assert record["disclosure"] == (gold["disclosure"] or "unknown")
        assert record.get("date_printed") == gold["print_date"]
        assert record["publisher"] == gold.get("publisher_normalised", gold["publisher"])


def test_the_own_number_is_never_a_cited_one(shared_data: Path, exported: Path) -> None:
    records = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    for line in (shared_data / "seeds" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        record = next(one for one in records if gold["seed"] in json.dumps(one, ensure_ascii=False))
        assert record.get("doc_number") == gold["doc_number"]
        assert gold["doc_number"] not in gold["referenced_doc_numbers"]
