"""The demo's ways of having a source run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.actions import Catalogue, call
from catalog.app import create_catalogue
from catalog.demo.runs import ACTOR, by_worker, in_process
from catalog.errors import QueueUnavailable
from catalog.settings import read_settings
from tests.conftest import records_of


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue with one source, of three records."""
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records_of(3)), encoding="utf-8")
    made = create_catalogue(read_settings(DATA_DIR=str(tmp_path / "var")))
    call(made, ACTOR, "source.add", {"name": "made", "kind": "folder", "config": {"paths": [str(path)]}})
    yield made
    made.store.close()


def test_a_worker_is_asked_and_its_report_is_waited_for(catalogue: Catalogue) -> None:
    asked = []

    def send(name: str) -> None:
        with catalogue.store.read() as reader:
            asked.append(reader.source(name).requested_at)
        in_process(catalogue, name)  # what the worker does when it takes the name

    run = by_worker(send)
    first, second = run(catalogue, "made"), run(catalogue, "made")
    assert all(asked), "the wish must stand in the store before its name is sent"
    assert (first["counters"]["created"], second["counters"]["unchanged"]) == (3, 3)
    assert first["job"] != second["job"]
    assert catalogue.search.check().indexed == 3


def test_without_a_worker_the_demo_says_what_is_missing(catalogue: Catalogue) -> None:
    run = by_worker(lambda _name: None, longest=0.3)
    with pytest.raises(QueueUnavailable, match=r"made .*gongkai worker"):
        run(catalogue, "made")
