"""A scan from the folder of a source to a hit of the search: harvested, recognised by a worker of its own accord, indexed."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.worker_parts import NAME, TRACEBACK, Place, a_place, until

SAMPLES = Path(__file__).resolve().parents[1] / "ocr"
TITLE = "云江市人民政府关于印发推进公共数据开放若干规定的通知"


@pytest.fixture
def place(environment: dict[str, str], tmp_path: Path) -> Iterator[Place]:
    if importlib.util.find_spec("rapidocr") is None:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail("REQUIRE_SERVERS=1, but rapidocr is not installed: pip install 'gongkai[ocr]'")
        pytest.skip("rapidocr is not installed")
    chosen = environment | {"GONGKAI_LOG_LEVEL": "info", "GONGKAI_OCR_ENGINE": "rapidocr"}
    with a_place(chosen, tmp_path) as made:
        yield made


def test_a_scan_is_harvested_recognised_by_a_worker_and_found(place: Place, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    shutil.copy(SAMPLES / "red_head.png", scans / "红头文件.png")
    source = {"name": NAME, "kind": "folder", "config": {"paths": [str(scans)], "publisher": "云江市人民政府"}}
    (tmp_path / "source.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    place.gongkai("harvest", "add", str(tmp_path / "source.yaml"))
    place.gongkai("harvest", "run", NAME)
    assert place.titles() == ["红头文件"]
    assert found(place, "公共数据开放") == []
    worker = place.worker("--jobs", "1")
    until(lambda: place.titles() == [TITLE], seconds=200.0)
    until(lambda: found(place, "公共数据开放") == [TITLE], pause=1.0)
    worker.terminate()
    assert TRACEBACK not in worker.log()
    shown = json.loads(place.gongkai("show", found_names(place, "公共数据开放")[0], "--json"))
    assert {file["role"] for file in shown["files"]} == {"original", "ocr"}
    assert shown["text_authority"] == "ocr_unreviewed"
    assert "needs_ocr" not in shown.get("quality_flags", [])
    place.gongkai("harvest", "run", NAME)
    assert place.titles() == [TITLE], "the next harvest of the same scan leaves its text"


def hits(place: Place, words: str) -> list[dict[str, str]]:
    answer = json.loads(place.gongkai("search", words, "--json"))
    return list(answer["items"])


def found(place: Place, words: str) -> list[str]:
    return [hit["title"] for hit in hits(place, words)]


def found_names(place: Place, words: str) -> list[str]:
    return [hit["name"] for hit in hits(place, words)]
