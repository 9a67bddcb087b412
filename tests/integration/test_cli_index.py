"""`gongkai index …` as an operator types it: what it prints, and its exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalog.actions import Catalogue
from catalog.app import create_catalogue
from catalog.cli import common, main
from catalog.model.record import Record
from catalog.search import documents
from catalog.settings import read_settings
from tests.bench.rebuild_load import made

RECORDS = 12


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(common, "PLAIN_STEP_SECONDS", 0.0)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    """The same catalogue as another process has it, with some records."""
    opened = create_catalogue(read_settings())
    with opened.store.write(actor="test", reason="test") as work:
        work.create([made(serial, f"云江市人民政府关于第{serial}件事的通知", "正文。") for serial in range(RECORDS)])
    yield opened
    opened.search.close()
    opened.store.close()


@pytest.fixture
def gongkai() -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(main, ["index", *words])


def values(result: Result) -> dict[str, int]:
    """The table of `index check`."""
    rows = [line.split() for line in result.stdout.splitlines()]
    return {row[0]: int(row[1].replace(",", "")) for row in rows if len(row) == 2}


def lose_one(catalogue: Catalogue) -> str:
    engine = catalogue.search.engine
    with catalogue.store.read() as reader:
        uid = next(iter(reader.iter_records()))["id"]
    state = engine.state()
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.delete([uid], state.seq)
        writer.commit(state)
    return uid


def test_without_an_index(gongkai: Callable[..., Result]) -> None:
    listed = gongkai("list")
    assert (listed.exit_code, "index rebuild" in listed.stdout) == (1, True)
    assert gongkai("repair").exit_code == 1
    going_back = gongkai("rollback")
    assert (going_back.exit_code, "no previous index" in going_back.stderr) == (1, True)


def test_a_rebuild_shows_how_far_it_is(catalogue: Catalogue, gongkai: Callable[..., Result]) -> None:
    done = gongkai("rebuild")
    assert (done.exit_code, done.stdout) == (0, f"{RECORDS} of {RECORDS} records indexed\n")
    assert f"indexed: {RECORDS} of {RECORDS}, " in done.stderr
    assert "/s" in done.stderr
    assert "s left" in done.stderr


def test_check_repair_check(catalogue: Catalogue, gongkai: Callable[..., Result]) -> None:
    gongkai("rebuild")
    clean = gongkai("check")
    assert (clean.exit_code, clean.stderr) == (0, "")
    assert values(clean) == {
        "records": RECORDS, "indexed": RECORDS, "missing": 0, "stale": 0, "extra": 0, "sampled": RECORDS, "differing": 0,
        "behind": 0, "refused": 0,
    }  # fmt: skip
    uid = lose_one(catalogue)
    wrong = gongkai("check")
    assert (wrong.exit_code, values(wrong)["missing"]) == (1, 1)
    assert uid in wrong.stderr
    assert "gongkai index repair" in wrong.stderr
    repaired = gongkai("repair")
    assert (repaired.exit_code, repaired.stdout) == (0, "1 missing: put right\n")
    assert gongkai("repair").stdout == "nothing differed\n"
    assert gongkai("check").exit_code == 0


def test_rollback_and_list(catalogue: Catalogue, gongkai: Callable[..., Result]) -> None:
    gongkai("rebuild")
    gongkai("rebuild")
    lines = gongkai("list").stdout.splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["g000001", "previous", str(RECORDS), "documents"],
        ["g000002", "current", str(RECORDS), "documents"],
    ]
    back = gongkai("rollback")
    assert (back.exit_code, back.stdout.splitlines()[-1]) == (0, "searches are answered from g000001 now")
    assert "g000001  current" in gongkai("list").stdout


def test_refused_records_are_named(
    catalogue: Catalogue, gongkai: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    sour, make = made(99, "云江市人民政府关于酸的通知", "正文。"), documents.make
    with catalogue.store.write(actor="test", reason="test") as work:
        work.create([sour])

    def fails(record: Record, *more: Any) -> Any:
        if record["id"] == sour.record["id"]:
            raise LookupError("an extension does not know this kind")
        return make(record, *more)

    monkeypatch.setattr(documents, "make", fails)
    done = gongkai("rebuild")
    assert done.exit_code == 0
    assert sour.record["id"] in done.stderr
    assert "an extension does not know this kind" in done.stderr
    checked = gongkai("check")
    assert (checked.exit_code, values(checked)["refused"]) == (0, 1)
    assert sour.record["id"] in checked.stderr


def test_an_older_database_under_the_index_is_said(catalogue: Catalogue, gongkai: Callable[..., Result]) -> None:
    gongkai("rebuild")
    engine = catalogue.search.engine
    state = engine.state()
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.commit(type(state)(seq=state.seq + 5, signature=state.signature, day=state.day, made_at=state.made_at))
    checked = gongkai("check")
    assert (checked.exit_code, values(checked)["behind"]) == (1, -5)
    assert "gongkai index rebuild" in checked.stderr
