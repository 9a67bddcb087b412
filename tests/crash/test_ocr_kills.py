"""`gongkai ocr run`, killed between scans: what was done stands, what was under way is as before, and the next run ends it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalog.store.store import Store

SAMPLES = Path(__file__).resolve().parents[1] / "ocr"
GONGKAI = [sys.executable, "-m", "catalog.cli"]


def test_killed_recognition_leaves_nothing_half_written(environment: dict[str, str], tmp_path: Path) -> None:
    if importlib.util.find_spec("rapidocr") is None:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail("REQUIRE_SERVERS=1, but rapidocr is not installed: pip install 'gongkai[ocr]'")
        pytest.skip("rapidocr is not installed")
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in range(4):
        # another byte at the end makes another file
        (scans / f"扫描{number}.png").write_bytes((SAMPLES / "vertical.png").read_bytes() + bytes([number]))
    shutil.copy(SAMPLES / "red_head.png", scans / "红头.png")
    subprocess.run([*GONGKAI, "load", str(scans), "--source", "scans"], env=environment, check=True)
    store = Store.open(f"sqlite:///{environment['GONGKAI_DATA_DIR']}/catalogue.sqlite")
    run = subprocess.Popen([*GONGKAI, "ocr", "run"], env=environment)
    deadline = time.monotonic() + 200
    while waiting(store) == 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    run.kill()
    run.wait()
    left = waiting(store)
    assert 0 < left < 5
    assert consistent(store) == left
    done = subprocess.run([*GONGKAI, "ocr", "run"], env=environment, check=True, capture_output=True, text=True)
    assert f"{left} scans recognised" in done.stdout
    assert consistent(store) == 0
    with store.read() as reader:
        titles = {record["title"] for record in reader.iter_records()}
    assert "云江市人民政府关于印发推进公共数据开放若干规定的通知" in titles
    store.close()


def waiting(store: Store) -> int:
    with store.read() as reader:
        return reader.review_counts().get("needs_ocr", 0)


def consistent(store: Store) -> int:
    """How many records wait for their text; each other one has text, words and one revision more, and each that waits none of them."""
    count = 0
    with store.read() as reader:
        waits = {review.record_id for review in reader.reviews(kind="needs_ocr")}
        records = list(reader.iter_records())
        files = reader.files(record["id"] for record in records)
    for record in records:
        roles = {file.role for file in files[record["id"]]}
        flagged = "needs_ocr" in record["metadata"]["quality_flags"]
        assert flagged == (record["id"] in waits) == (record["text_hash"] is None) == (record["version"] == 1)
        assert ("ocr" in roles) != flagged
        count += flagged
    return count
