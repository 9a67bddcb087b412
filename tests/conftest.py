"""Fixtures that every kind of test uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("GONGKAI_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; a clone without it skips what measures against real data, and says so."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(
            f"real data is not beside this checkout ({folder}); set GONGKAI_SHARED to the folder that holds data/"
        )
    return folder


@pytest.fixture(scope="session")
def shared_checks() -> Path:
    """The folder of measuring programs beside the checkout, skipped like `shared_data`."""
    folder = SHARED / "checks"
    if not folder.is_dir():
        pytest.skip(f"no measuring programs beside this checkout ({folder}); set GONGKAI_SHARED")
    return folder
