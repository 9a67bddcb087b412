"""`gongkai review` and `gongkai ocr` as an operator meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from catalog.cli import main
from catalog.settings import PREFIX


@pytest.fixture
def gongkai(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(f"{PREFIX}OCR_ENGINE", "none")
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", environment[f"{PREFIX}DATA_DIR"])
    return lambda *words: CliRunner().invoke(main, list(words))


def test_scans_are_listed_and_settled(gongkai, tmp_path: Path) -> None:
    assert "nothing is waiting for a review" in gongkai("review", "list").output
    Image.new("L", (30, 40), 255).save(tmp_path / "扫描件.png")
    assert gongkai("load", str(tmp_path / "扫描件.png"), "--source", "scans").exit_code == 0
    listed: Result = gongkai("review", "list")
    assert listed.output.split()[:2] == ["needs_ocr", "1"]
    assert "扫描件" in listed.output
    name = listed.output.splitlines()[2]
    status = gongkai("ocr", "status")
    assert (status.exit_code, "waiting                   1" in status.output) == (1, True)
    refused = gongkai("ocr", "run")
    assert (refused.exit_code, "GONGKAI_OCR_ENGINE is none" in refused.output) == (2, True)
    assert gongkai("review", "dismiss", name, "needs_ocr").output == f"{name}: needs_ocr dismissed\n"
    again = gongkai("review", "done", name, "needs_ocr")
    assert (again.exit_code, "has no open review needs_ocr" in again.output) == (1, True)
    assert gongkai("review", "list", "--state", "dismissed", "--json").output.count('"state": "dismissed"') == 1
