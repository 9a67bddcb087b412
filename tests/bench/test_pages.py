"""Pages are read fast enough that storing and indexing, not reading, decide how long a harvest takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.loading import gongkai
from tests.bench.pages import pages, rates

READING = 0.025
"""Seconds of processor time a page may take: five times what it takes on an idle machine."""
CHAIN = 30
"""Pages a second through the whole chain, a fifth of what an idle machine is to do."""

pytestmark = pytest.mark.bench


def test_a_page_is_read_in_a_few_milliseconds(shared_data: Path) -> None:
    documents = [content for _, content in pages(shared_data, copies=2)]
    assert rates(documents)["reading"] < READING


def test_pages_go_through_the_whole_chain(shared_data: Path, tmp_path: Path) -> None:
    made = dict(pages(shared_data, copies=8))
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, content in made.items():
        (folder / name).write_bytes(content)
    took = gongkai(tmp_path / "var", "load", str(folder))
    assert f"created {len(made):,}" in took.output, took.output
    assert len(made) / took.seconds > CHAIN
