"""Ranking quality, whole: needs the real data, since quality on made-up queries would say nothing."""

from __future__ import annotations

from pathlib import Path

from tests.bench.ranking import measure_all


def run(_folder: Path, data: Path | None) -> None:
    """Print each measure with its limit."""
    if data is None:
        print("skipped: no real data beside this checkout; set GONGKAI_SHARED to the folder that holds data/")
        return
    measure_all(data)
