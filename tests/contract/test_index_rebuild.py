"""A rebuild under a writer and a reader, each in processes of its own: nothing is lost, no search fails, index and store are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.store import Store
from tests.bench.rebuild_load import Where
from tests.bench.rebuilding import fill, trial
from tests.index_places import Place, a_place

RECORDS = 3_000


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    yield from a_place(request, tmp_path)


@pytest.mark.parametrize(
    ("place", "store_url"),
    [("embedded", "sqlite"), pytest.param("elasticsearch", "postgresql", marks=pytest.mark.network)],
    indirect=True,
)
def test_a_rebuild_under_load_loses_nothing(place: Place, store_url: str, tmp_path: Path) -> None:
    store = Store.open(store_url)
    fill(store, RECORDS, None)
    store.close()
    report = trial(Where(store_url, str(place.root), place.url, place.prefix, RECORDS * 8 // 10), tmp_path)
    # a loaded machine may be slower than asked; that something happened meanwhile is what the test needs
    assert report.problems(share=0.0) == [], "\n".join(report.lines())
    assert report.writes["writes"] > 30
    assert report.reads["reads"] > 10
    assert report.rebuild[0] >= RECORDS * 9 // 10
