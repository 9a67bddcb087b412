"""Real pages and texts beside the checkout are read to the records that a careful reader gets from them; and in time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.model.draft import Draft, RawDocument

SLACK = 5
"""Budgets are for an idle machine; tests run beside others."""


def exported(draft: Draft, name: str) -> dict[str, Any]:
    """A draft as the catalogue exports its record."""
    record = {**draft.fields, "record_type": draft.record_type, "harvest": {"ref": name}}
    if "doc_number" in record:
        record["doc_number"] = record["doc_number"]["canonical"]
    record["issuing_body"] = "、".join(record.get("issuing_body", []))
    return record


def gold_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def simplified(value: Any) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value or "")))


@pytest.fixture(scope="module")
def seeds(shared_data: Path) -> dict[str, Draft]:
    reader = PlainTextExtractor()
    return {
        path.name: reader.extract(RawDocument(path.read_bytes()))
        for path in sorted((shared_data / "seeds").glob("*.txt"))
    }


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> dict[str, Draft]:
    reader = HtmlExtractor()
    files = sorted((shared_data / "govcn" / "pages").glob("*.html"))
    return {path.name: reader.extract(RawDocument(path.read_bytes())) for path in files}


def measured(shared_checks: Path, gold: Path, drafts: dict[str, Draft], tmp_path: Path, *options: str) -> str:
    records = tmp_path / "records.jsonl"
    lines = [json.dumps(exported(draft, name), ensure_ascii=False) for name, draft in drafts.items()]
    records.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, str(shared_checks / "fields.py"), str(gold), str(records), "--floor", "1.0", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_fields_of_the_pages_are_right(
    shared_data: Path, shared_checks: Path, pages: dict[str, Draft], tmp_path: Path
):
    fields = "title,issuing_body,doc_number,index_number,date_written,date_published,category,subject_words"
    measured(shared_checks, shared_data / "govcn" / "gold.jsonl", pages, tmp_path, "--fields", fields)
    assert not any(problem.severity == "error" for draft in pages.values() for problem in draft.problems)
    assert not any("injected_noise" in draft.flags or "title_conflict" in draft.flags for draft in pages.values())


def test_all_fields_of_the_seeds_are_right(
    shared_data: Path, shared_checks: Path, seeds: dict[str, Draft], tmp_path: Path
):
    fields = "title,issuing_body,doc_number,index_number,date_written,date_published,category,validity,record_type,embedded_document,script,lang"
    measured(shared_checks, shared_data / "seeds" / "gold.jsonl", seeds, tmp_path, "--fields", fields)


def test_the_rest_of_the_seeds_is_right(shared_data: Path, seeds: dict[str, Draft]):
    for gold in gold_of(shared_data / "seeds" / "gold.jsonl"):
        draft = seeds[gold["seed"]]
        fields = draft.fields
        assert fields.get("date_printed") == gold["print_date"]
        assert fields.get("addressees", []) == gold["addressees"]
        assert fields.get("cc", []) == gold["cc"]
        assert fields["disclosure"] == (gold["disclosure"] or "unknown")
        publisher = gold.get("publisher_normalised", gold["publisher"])
        assert fields["publisher"] == publisher
        assert {one.number for one in draft.citations if one.number} == set(gold["referenced_doc_numbers"])
        assert len(draft.attachments) == len(gold["attachments"])
        assert not any(one.content_present for one in draft.attachments)
        assert ("duplicate_block" in draft.flags) == gold["duplicate_of_self"]
        assert not {block.text for block in draft.blocks} & set(gold["boilerplate"])
        period = gold["comment_period"] or {}
        assert fields.get("comment_start") == period.get("start")
        assert fields.get("comment_end") == period.get("end")
        assert fields.get("comment_channels", {}) == period.get("channels", {})
        alternatives = [fields["title"], *fields.get("alt_titles", [])]
        assert gold.get("title_full", gold["title"]) in alternatives


def test_of_the_noisy_seed_the_clean_copy_is_kept(shared_data: Path, seeds: dict[str, Draft]):
    name = next(gold["seed"] for gold in gold_of(shared_data / "seeds" / "gold.jsonl") if "injected_noise" in gold)
    draft = seeds[name]
    text = "".join(block.text for block in draft.blocks)
    assert "建立和完善規範性檔案備案" in text
    assert "鞏朽鞏棵" not in text
    assert text.count("三、保障措施") == 1
    assert {"injected_noise", "converted_terms", "duplicate_block"} <= set(draft.flags)


def test_a_page_is_read_in_time(shared_data: Path):
    reader = HtmlExtractor()
    files = sorted((shared_data / "govcn" / "pages").glob("*.html"), key=lambda path: path.stat().st_size)
    typical = min(files, key=lambda path: abs(path.stat().st_size - 27_000))
    for path, milliseconds in ((typical, 8), (files[-1], 60)):
        content = path.read_bytes()
        best = min(_once(reader, content) for _ in range(5))
        assert best * 1000 < milliseconds * SLACK, f"{path.name}: {best * 1000:.1f} ms"


def _once(reader: HtmlExtractor, content: bytes) -> float:
    begin = time.process_time()
    reader.extract(RawDocument(content))
    return time.process_time() - begin
