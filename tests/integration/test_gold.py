"""Real pages and texts through the real door: loaded with `gongkai load`, exported with `gongkai export`, compared field by field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "catalog.cli"]
PAGES = "title,issuing_body,doc_number,index_number,date_written,date_published,category,subject_words"
SEEDS = (
    "title,issuing_body,doc_number,index_number,date_written,date_published,category,record_type,embedded_document,"
    "script,lang,addressees,cc"
)


@pytest.fixture(scope="module")
def exported(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of the 40 pages and the four seeds."""
    folder = tmp_path_factory.mktemp("gold")
    texts = folder / "seeds"
    texts.mkdir()
    for path in (shared_data / "seeds").glob("*.txt"):
        (texts / path.name).write_bytes(path.read_bytes())
    environment = {"GONGKAI_DATA_DIR": str(folder / "var"), "GONGKAI_LOG_LEVEL": "warning", "PATH": "/usr/bin:/bin"}
    for place in (shared_data / "govcn" / "pages", texts):
        done = subprocess.run(
            [*COMMAND, "load", str(place)], env=environment, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stdout + done.stderr
    file = folder / "records.jsonl"
    done = subprocess.run(
        [*COMMAND, "export", "-o", str(file)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return file


@pytest.mark.parametrize(("gold", "fields"), [("govcn", PAGES), ("seeds", SEEDS)])
def test_every_field_is_right(shared_data: Path, shared_checks: Path, exported: Path, gold: str, fields: str) -> None:
    command = [sys.executable, str(shared_checks / "fields.py"), str(shared_data / gold / "gold.jsonl"), str(exported)]
    done = subprocess.run([*command, "--fields", fields, "--floor", "0.99"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


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
