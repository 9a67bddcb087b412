"""The runner: cut off at any moment it ends as if it had not been; counters, brake, preview, troubles of items and of the store."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from marshmallow import Schema, fields

from catalog.actions.context import Catalogue
from catalog.errors import Busy, SourceFailed
from catalog.harvesters import pipeline, runner
from catalog.harvesters.job import JobRun
from catalog.model.draft import Draft
from catalog.plugins.interfaces import Fetched, HarvestSession, Reference
from catalog.store.rows import Source
from tests.integration.harvest_parts import (
    SmallReader,
    add_source,
    make_catalogue,
    nonzero,
    records,
    run,
    state_of,
    titles,
)
from tests.integration.harvest_server import Site, serving

MAP = {
    "type": "normative_document",
    "key": "id",
    "fields": {"title": "title"},
    "constants": {"publisher": "云江市人民政府"},
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "var")
    yield made
    made.store.close()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "BATCH_ITEMS", 7)
    monkeypatch.setattr(runner, "FETCH_WEIGHT", 2)


def papers(folder: Path, count: int = 60) -> Path:
    """A folder with every kind of item: pages, lines, and those that end badly."""
    (folder / "pages").mkdir(parents=True)
    for number in range(15):
        (folder / "pages" / f"{number:02}.html").write_text(f"<h1>第{number}号通知</h1><p>正文{number}。</p>")
    (folder / "pages" / "03.html").write_bytes(b"")
    (folder / "pages" / "05.html").write_text("<p>没有标题。</p>")
    (folder / "pages" / ".hidden").write_text("x")
    rows = [orjson.dumps({"id": number % (count - 3), "title": f"第{number}行的文件"}) for number in range(count)]
    rows[10], rows[20] = b"{broken", b'{"id": 20}'
    (folder / "rows.jsonl").write_bytes(b"\n".join(rows))
    return folder


def folder_source(catalogue: Catalogue, folder: Path, **more: Any) -> Source:
    return add_source(catalogue, "folder", {"paths": [str(folder)], "map": MAP, **more})


def in_child(work: Callable[[], None]) -> int:
    """Run something in a process of its own; the signal that ended it, 0 if none."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def killing(owner: Any, name: str, at: int, *, after: bool = False) -> None:
    """Make the `at`-th call of a function the process's last."""
    original = getattr(owner, name)
    calls = 0

    def dying(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **options)
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


MOMENTS = [
    ("fetching", pipeline.Pipeline, "fetch", 9, False),
    ("fetched", pipeline.Pipeline, "fetch", 9, True),
    ("reading", pipeline.Pipeline, "read", 2, False),
    ("applying", pipeline, "apply_batch", 3, False),
    ("applied", pipeline, "apply_batch", 3, True),
    ("recorded", JobRun, "record", 3, True),
    ("committed", JobRun, "committed", 4, False),
    ("ending", JobRun, "finish", 1, False),
]


@pytest.mark.crash
@pytest.mark.parametrize(
    ("owner", "name", "at", "after"), [moment[1:] for moment in MOMENTS], ids=[moment[0] for moment in MOMENTS]
)
def test_a_run_that_was_killed_goes_on_and_ends_the_same(
    small_batches: None,
    tmp_path: Path,
    owner: Any,
    name: str,
    at: int,
    after: bool,  # noqa: FBT001 -- a case, not an option
) -> None:
    folder = papers(tmp_path / "papers")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    undisturbed = make_catalogue(whole)
    source = folder_source(undisturbed, folder)
    expected = nonzero(run(undisturbed, source))
    broken = make_catalogue(cut)
    folder_source(broken, folder)
    broken.store.close()

    def dying_run() -> None:
        mine = make_catalogue(cut)
        killing(owner, name, at, after=after)
        run(mine, folder_source(mine, folder))

    assert in_child(dying_run) == signal.SIGKILL
    survivor = make_catalogue(cut)
    assert nonzero(run(survivor, folder_source(survivor, folder))) == expected
    assert state_of(survivor) == state_of(undisturbed)
    undisturbed.store.close()
    survivor.store.close()


@pytest.mark.crash
@pytest.mark.network
def test_a_harvest_that_is_killed_at_random_again_and_again_ends_the_same(small_batches: None, tmp_path: Path) -> None:
    dice = random.Random(5)
    with serving() as site:
        web(site, 40)
        whole = make_catalogue(tmp_path / "whole")
        expected = nonzero(run(whole, site_source(whole, site)))
        cut = tmp_path / "cut"
        made = make_catalogue(cut)
        site_source(made, site)
        made.store.close()

        def some_of_it() -> None:
            mine = make_catalogue(cut)
            with mine.store.read() as reader:
                source = reader.source("quelle")
            killing(pipeline.Pipeline, "fetch", dice.randint(1, 40))
            run(mine, source)

        killed = 0
        for _ in range(12):
            dice.random()
            killed += in_child(some_of_it) == signal.SIGKILL
        assert killed >= 3
        survivor = make_catalogue(cut)
        with survivor.store.read() as reader:
            source = reader.source("quelle")
        report = run(survivor, source)
        assert nonzero(report) == expected or set(nonzero(report)) == {"listed", "unchanged", "quarantined"}
        assert titles(survivor) == titles(whole)
        survivor.store.close()
        whole.store.close()


def web(site: Site, count: int) -> None:
    site.pages["/robots.txt"] = ""
    for number in range(count):
        site.pages[f"/{number}.html"] = f"<h1>第{number}号通知</h1><p>正文。</p>" if number != 7 else "<p>没有标题</p>"
    for start in range(0, count, 10):
        after = f'<a href="/l{start + 10}.html">下一页</a>' if start + 10 < count else ""
        site.pages[f"/l{start}.html"] = (
            "<ul>" + "".join(f'<li><a href="/{n}.html"></a></li>' for n in range(start, start + 10)) + "</ul>" + after
        )


def site_source(catalogue: Catalogue, site: Site) -> Source:
    config = {"start": site.url("/l0.html"), "items": "li", "allow_hosts": [site.host], "rate": 10_000}
    return add_source(catalogue, "site", config)


def test_a_resumed_run_fetches_nothing_twice(small_batches: None, tmp_path: Path) -> None:
    with serving() as site:
        web(site, 40)
        cut = tmp_path / "cut"
        made = make_catalogue(cut)
        site_source(made, site)
        made.store.close()

        def dying_run() -> None:
            mine = make_catalogue(cut)
            killing(JobRun, "committed", 5)
            run(mine, site_source(mine, site))

        assert in_child(dying_run) == signal.SIGKILL
        survivor = make_catalogue(cut)
        report = run(survivor, site_source(survivor, site))
        assert nonzero(report) == {"listed": 40, "created": 39, "quarantined": 1}
        assert [site.asked(f"/{number}.html") for number in range(40)] == [1] * 40
        survivor.store.close()


def test_two_runs_of_one_source_at_once_are_one_too_many(catalogue: Catalogue, tmp_path: Path) -> None:
    source = folder_source(catalogue, papers(tmp_path / "papers"))
    refused: list[Busy] = []

    def meddling(*_: Any) -> None:
        if not refused:
            with pytest.raises(Busy) as caught:
                catalogue.harvest.run(catalogue, source, actor="other", accept_deletions=False, progress=None)
            refused.append(caught.value)

    monkey = runner.Run._taken
    try:
        runner.Run._taken = lambda self, reference: (meddling(), monkey(self, reference))[1]  # type: ignore[method-assign]
        run(catalogue, source)
    finally:
        runner.Run._taken = monkey  # type: ignore[method-assign]
    assert refused


def test_preview_does_everything_and_writes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = papers(tmp_path / "papers")
    source = folder_source(catalogue, folder)
    before = everything(tmp_path / "var")
    preview = catalogue.harvest.preview(catalogue, source, limit=1000, progress=None)
    assert everything(tmp_path / "var") == before
    report = run(catalogue, source)
    assert {name: count for name, count in preview["counters"].items() if count} == nonzero(report)
    by_key = {item["key"]: item for item in preview["items"]}
    assert by_key["papers/pages/05.html"]["problems"][0]["code"] == "required"
    assert by_key["1"]["title"] == "第1行的文件"
    again = catalogue.harvest.preview(catalogue, source, limit=5, progress=None)
    assert len(again["items"]) == 5


def everything(root: Path) -> tuple[list[str], dict[str, list[Any]]]:
    """All files outside the database, and every row of it."""
    base = sqlite3.connect(root / "catalogue.sqlite")
    tables = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
    rows = {name: sorted(base.execute(f"select * from {name}").fetchall(), key=repr) for name in tables}
    base.close()
    return sorted(str(path) for path in (root / "files").rglob("*")), rows


def many(folder: Path, numbers: range) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "rows.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps({"id": number, "title": f"第{number}号文件"}) for number in numbers))
    return path


def test_what_is_no_longer_listed_is_kept_unless_the_source_says_otherwise(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    source = folder_source(catalogue, many(tmp_path / "papers", range(100)))
    run(catalogue, source)
    many(tmp_path / "papers", range(95))
    assert nonzero(run(catalogue, source)) == {"listed": 95, "unchanged": 95}
    assert len(titles(catalogue)) == 100
    source = folder_source(catalogue, tmp_path / "papers" / "rows.jsonl", missing="withdraw")
    assert nonzero(run(catalogue, source)) == {"listed": 95, "unchanged": 95, "withdrawn": 5}
    assert len(titles(catalogue)) == 95
    many(tmp_path / "papers", range(100))
    assert nonzero(run(catalogue, source)) == {"listed": 100, "unchanged": 95, "updated": 5}
    assert len(titles(catalogue)) == 100


def test_the_brake_holds_a_run_that_would_withdraw_too_much(catalogue: Catalogue, tmp_path: Path) -> None:
    path = many(tmp_path / "papers", range(100))
    source = folder_source(catalogue, path, missing="withdraw")
    run(catalogue, source)
    many(tmp_path / "papers", range(60))
    held = run(catalogue, source)
    assert held["state"] == "stopped"
    assert "40 of 100" in held["message"]
    assert "--accept-deletions" in held["message"]
    assert len(titles(catalogue)) == 100
    assert run(catalogue, source)["state"] == "stopped"
    accepted = run(catalogue, source, accept_deletions=True)
    assert (accepted["state"], nonzero(accepted)) == ("finished", {"listed": 60, "unchanged": 60, "withdrawn": 40})
    assert len(titles(catalogue)) == 60
    assert run(catalogue, source)["state"] == "finished"


def test_a_source_that_answers_empty_empties_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    path = many(tmp_path / "papers", range(30))
    source = folder_source(catalogue, path, missing="withdraw")
    run(catalogue, source)
    path.write_bytes(b"")
    assert run(catalogue, source)["state"] == "stopped"
    assert len(titles(catalogue)) == 30


def test_an_incomplete_listing_withdraws_nothing(catalogue: Catalogue) -> None:
    with serving() as site:
        web(site, 40)
        config = {
            "start": site.url("/l0.html"),
            "items": "li",
            "allow_hosts": [site.host],
            "rate": 10_000,
            "missing": "withdraw",
        }
        source = add_source(catalogue, "site", config)
        run(catalogue, source)
        site.pages["/l30.html"] = (500, {}, b"")
        report = run(catalogue, source)
    assert report["state"] == "finished"
    assert "nothing that is missing was withdrawn" in report["message"]
    assert len(titles(catalogue)) == 39


def test_a_record_that_another_source_still_has_stays(catalogue: Catalogue, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    by_address = {**MAP, "key": "url", "fields": {"title": "title", "url": "url"}}
    for folder in (first, second):
        folder.mkdir()
        (folder / "rows.jsonl").write_bytes(orjson.dumps({"url": "http://x.example/1", "title": "共有的文件"}))
    one = add_source(catalogue, "folder", {"paths": [str(first)], "map": by_address, "missing": "withdraw"}, name="one")
    two = add_source(catalogue, "folder", {"paths": [str(second)], "map": by_address}, name="two")
    run(catalogue, one)
    run(catalogue, two)
    (first / "rows.jsonl").write_bytes(orjson.dumps({"url": "http://x.example/2", "title": "另一个文件"}))
    assert "withdrawn" not in nonzero(run(catalogue, one))
    assert "共有的文件" in titles(catalogue)


def test_one_item_that_the_store_refuses_does_not_stop_the_others(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder_source(catalogue, many(tmp_path / "papers", range(20)))
    honest = pipeline.apply_batch

    def choosy(catalogue: Catalogue, work: Any, source: Source, candidates: Any) -> Any:
        if any(candidate.key == "13" for candidate in candidates):
            raise ValueError("a value that no column takes")
        return honest(catalogue, work, source, candidates)

    monkeypatch.setattr(pipeline, "apply_batch", choosy)
    report = run(catalogue, source)
    assert nonzero(report) == {"listed": 20, "created": 19, "quarantined": 1}
    assert (report["troubles"][0]["key"], report["troubles"][0]["code"]) == ("13", "not_storable")
    monkeypatch.undo()
    assert nonzero(run(catalogue, source)) == {"listed": 20, "unchanged": 19, "created": 1}


def test_a_full_disk_stops_the_run_which_goes_on_later(
    small_batches: None, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder_source(catalogue, many(tmp_path / "papers", range(40)))
    honest, calls = pipeline.apply_batch, []

    def full(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return honest(*args)

    monkeypatch.setattr(pipeline, "apply_batch", full)
    with pytest.raises(OSError, match="No space"):
        run(catalogue, source)
    assert len(titles(catalogue)) == 14
    assert nonzero(run(catalogue, source)) == {"listed": 40, "created": 40}
    with catalogue.store.read() as reader:
        assert len(reader.jobs(source.id)) == 1


def test_a_store_that_takes_nothing_at_all_stops_the_run(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder_source(catalogue, many(tmp_path / "papers", range(20)))

    def ill(*_: Any) -> None:
        raise RuntimeError("the store is ill")

    monkeypatch.setattr(JobRun, "record", ill)
    with pytest.raises(RuntimeError, match="ill"):
        run(catalogue, source)


def test_unchanged_items_are_not_read_again_until_a_reader_changes(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder_source(catalogue, papers(tmp_path / "papers"))
    run(catalogue, source)
    SmallReader.read = 0
    run(catalogue, source)
    assert SmallReader.read == 1  # the page without a title, which is tried again
    monkeypatch.setattr(SmallReader, "version", "2")
    report = run(catalogue, source)
    assert SmallReader.read == 1 + 14  # an empty page is refused before any reader sees it
    assert report["counters"]["created"] == report["counters"]["updated"] == 0


def test_progress_tells_done_and_total(catalogue: Catalogue, tmp_path: Path) -> None:
    source = folder_source(catalogue, papers(tmp_path / "papers"))
    told: list[tuple[int, int | None]] = []
    run(catalogue, source, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (76, 76)


class ClockSchema(Schema):
    """Nothing to configure but what the test wants."""

    fail_at = fields.Integer()


class ClockHarvester:
    """An extension's harvester with nothing but the interface: items with fingerprints, in memory."""

    kind = "clock"
    labels: Mapping[str, str] = {"en": "Clock"}
    prints: Mapping[str, str] = {"a": "1", "b": "1"}
    fetched: ClassVar[list[str]] = []

    def config_schema(self) -> Schema:
        return ClockSchema()

    def list(self, session: HarvestSession, after: Mapping[str, Any] | None) -> Iterator[Reference]:
        for number, (key, fingerprint) in enumerate(self.prints.items()):
            if number == session.config.get("fail_at"):
                raise SourceFailed("the clock stopped")
            yield Reference(key, fingerprint=fingerprint)

    def fetch(self, session: HarvestSession, reference: Reference) -> Fetched:
        self.fetched.append(reference.key)
        return Fetched(reference, f"{reference.key}{self.prints[reference.key][:1]}".encode(), keep_original=False)

    def read(self, session: HarvestSession, fetched: Fetched) -> Draft:
        return Draft("normative_document", fields={"title": f"文件{fetched.content.decode()}"})


class ClockPlugin:
    name = "clock"

    def harvesters(self) -> tuple[ClockHarvester, ...]:
        return (ClockHarvester(),)


def test_an_extensions_harvester_needs_nothing_but_the_interface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = make_catalogue(tmp_path, ("clock", ClockPlugin))
    source = add_source(catalogue, "clock", {})
    assert nonzero(run(catalogue, source)) == {"listed": 2, "created": 2}
    ClockHarvester.fetched.clear()
    assert nonzero(run(catalogue, source)) == {"listed": 2, "unchanged": 2}
    assert ClockHarvester.fetched == []
    monkeypatch.setattr(ClockHarvester, "prints", {"a": "2", "b": "1"})
    assert nonzero(run(catalogue, source)) == {"listed": 2, "unchanged": 1, "updated": 1}
    assert ClockHarvester.fetched == ["a"]
    monkeypatch.setattr(ClockHarvester, "prints", {"a": "2 again", "b": "1"})  # another sign, the same bytes
    for fetched in (["a", "a"], ["a", "a"]):
        assert nonzero(run(catalogue, source)) == {"listed": 2, "unchanged": 2}
        assert ClockHarvester.fetched == fetched
    catalogue.store.close()


def test_a_listing_that_breaks_off_fails_the_run_and_keeps_what_it_did(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path, ("clock", ClockPlugin))
    report = run(catalogue, add_source(catalogue, "clock", {"fail_at": 1}))
    assert (report["state"], nonzero(report)) == ("failed", {"listed": 1, "created": 1})
    assert "the clock stopped" in report["message"]
    catalogue.store.close()


def test_a_record_that_a_person_withdrew_stays_withdrawn(catalogue: Catalogue, tmp_path: Path) -> None:
    source = folder_source(catalogue, many(tmp_path / "papers", range(3)))
    run(catalogue, source)
    chosen = records(catalogue)["第1号文件"]["id"]
    with catalogue.store.write(actor="editor", reason="wrong") as work:
        work.set_state([chosen], "withdrawn", "published by mistake")
    assert nonzero(run(catalogue, source)) == {"listed": 3, "unchanged": 3}
    assert len(titles(catalogue)) == 2


def test_the_same_load_again_writes_nothing_but_its_own_job(catalogue: Catalogue, tmp_path: Path) -> None:
    source = folder_source(catalogue, papers(tmp_path / "papers"))
    run(catalogue, source)
    _, before = everything(tmp_path / "var")
    run(catalogue, source)
    _, after = everything(tmp_path / "var")
    assert {name for name in after if after[name] != before[name]} == {"jobs", "objects", "leases"}


def test_sources_keep_their_own_keys(catalogue: Catalogue, tmp_path: Path) -> None:
    path = many(tmp_path / "papers", range(3))
    run(catalogue, add_source(catalogue, "folder", {"paths": [str(path)], "map": MAP}, name="one"))
    run(catalogue, add_source(catalogue, "folder", {"paths": [str(path)], "map": MAP}, name="two"))
    assert len(titles(catalogue)) == 6
