"""A run while a part is away: it waits where it is, blames no item, and ends as an undisturbed run does; or it stops and is taken up."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog

from catalog.actions.context import Catalogue
from catalog.app import create_catalogue
from catalog.errors import Busy, FilesUnavailable, GongkaiError, NoRoom, SearchUnavailable, StoreUnavailable
from catalog.exports.jsonl import write_jsonl
from catalog.files import FileStorage, Stored, open_files
from catalog.harvesters import Harvester, runner
from catalog.harvesters.job import LEASE_SECONDS, JobRun
from catalog.harvesters.waiting import LONGEST_PAUSE, Waiting
from catalog.settings import read_settings
from catalog.store.store import Store
from tests.integration.harvest_parts import QUICK, add_source, make_catalogue, nonzero, run, state_of, titles
from tests.integration.harvest_server import serving
from tests.integration.test_harvest_runner import MAP, folder_source, many, papers, web
from tests.servers import S3, Postgresql


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


class Absences:
    """Decides which calls fail: from the `at`-th on, `times` of them (`None`: all)."""

    def __init__(self, error: GongkaiError, at: int, times: int | None) -> None:
        self.error = error
        self.at = at
        self.times = times
        self.calls = 0
        self.failed = 0

    def due(self) -> bool:
        self.calls += 1
        due = self.calls >= self.at and (self.times is None or self.failed < self.times)
        self.failed += due
        return due


class AwayStore:
    """A store whose transactions fail: before they begin, or, with `stored`, after they were stored (their answer is lost)."""

    def __init__(self, store: Store, absences: Absences, *, stored: bool = False) -> None:
        self._store = store
        self._absences = absences
        self._stored = stored

    @contextmanager
    def read(self) -> Iterator[Any]:
        if not self._stored and self._absences.due():
            raise self._absences.error
        with self._store.read() as reader:
            yield reader

    @contextmanager
    def write(self, **options: Any) -> Iterator[Any]:
        if not self._stored and self._absences.due():
            raise self._absences.error
        with self._store.write(**options) as work:
            yield work
        if self._stored and self._absences.due():
            raise self._absences.error


class AwayFiles:
    """Files that cannot be kept now and then. They must never be waited for inside a transaction, which keeps all writers waiting."""

    def __init__(self, files: FileStorage, absences: Absences, store: Store) -> None:
        self._files = files
        self._absences = absences
        self._store = store

    def put(self, content: Any) -> Stored:
        assert not getattr(self._store._thread, "writes", False), "a file is kept inside a transaction"
        if self._absences.due():
            raise self._absences.error
        return self._files.put(content)

    def put_all(self, contents: Any) -> list[Stored]:
        return [self.put(content) for content in contents]

    def exists(self, sha256: str) -> bool:
        return self._files.exists(sha256)

    def size(self, sha256: str) -> int:
        return self._files.size(sha256)


def with_parts(catalogue: Catalogue, *, clock: Clock | None = None, **parts: Any) -> Catalogue:
    """The catalogue with other parts, and a harvester that lives by the test's clock."""
    clock = clock or Clock()
    harvester = Harvester(catalogue.plugins, catalogue.settings, limits=QUICK, clock=clock, sleep=clock.sleep)
    return replace(catalogue, harvest=harvester, **parts)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "BATCH_ITEMS", 7)
    monkeypatch.setattr(runner, "FETCH_WEIGHT", 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return papers(tmp_path / "papers", count=30)


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Catalogue]]:
    """Opens catalogues in folders of their own, and closes them at the end."""
    made: list[Catalogue] = []

    def open_one(root: Path, **settings: Any) -> Catalogue:
        made.append(make_catalogue(root, **settings))
        return made[-1]

    yield open_one
    for catalogue in made:
        catalogue.store.close()


@pytest.fixture
def undisturbed(opened: Any, tmp_path: Path, folder: Path) -> Catalogue:
    catalogue = opened(tmp_path / "undisturbed")
    assert nonzero(run(catalogue, folder_source(catalogue, folder)))["quarantined"] == 4
    return catalogue


def logged() -> Any:
    return structlog.testing.capture_logs()


def files_of(catalogue: Catalogue) -> set[str]:
    return set(catalogue.files.digests())


# waiting


def test_pauses_grow_to_half_a_minute_and_the_time_is_kept() -> None:
    clock, asked = Clock(), []

    def step() -> None:
        asked.append(clock.now)
        raise FilesUnavailable("the bucket does not answer")

    with logged() as lines, pytest.raises(FilesUnavailable, match="GONGKAI_AWAY_SECONDS") as caught:
        Waiting(100, source="quelle", clock=clock, sleep=clock.sleep)(step)
    assert asked == [0, 1, 3, 7, 15, 31, 61, 91, 100]
    assert max(b - a for a, b in pairwise(asked)) == LONGEST_PAUSE
    assert "the bucket does not answer" in str(caught.value)
    assert [line["event"] for line in lines] == ["harvest_waits"]


def test_each_absence_has_the_whole_time_and_is_logged_once_at_both_ends() -> None:
    clock = Clock()
    waiting = Waiting(10, source="quelle", clock=clock, sleep=clock.sleep)
    with logged() as lines:
        for _ in range(3):
            absences = Absences(StoreUnavailable("gone"), 1, 3)

            def step(absences: Absences = absences) -> str:
                if absences.due():
                    raise absences.error
                return "done"

            assert waiting(step) == "done"
    assert [line["event"] for line in lines] == ["harvest_waits", "harvest_goes_on"] * 3
    assert {line["source"] for line in lines} == {"quelle"}


def test_what_is_no_absence_is_not_waited_for() -> None:
    clock = Clock()
    waiting = Waiting(100, clock=clock, sleep=clock.sleep)
    for error in (NoRoom("full"), Busy("locked"), SearchUnavailable("no engine"), ValueError("a bug")):
        with pytest.raises(type(error)):
            waiting(lambda error=error: (_ for _ in ()).throw(error))  # type: ignore[misc]
    assert clock.now == 0


def test_a_listener_can_end_the_waiting() -> None:
    """A worker that is told to stop raises from its listener; it must not have to wait for the end of a long pause."""
    clock = Clock()

    def told(reason: str | None) -> None:
        if reason is not None and clock.now > 20:
            raise KeyboardInterrupt

    def step() -> None:
        raise StoreUnavailable("gone")

    with pytest.raises(KeyboardInterrupt):
        Waiting(1000, told=told, clock=clock, sleep=clock.sleep)(step)
    assert clock.now < 25


# the files


@pytest.mark.parametrize("at", range(1, 19))
def test_a_run_waits_at_the_file_that_cannot_be_kept_and_ends_the_same(
    opened: Any, undisturbed: Catalogue, tmp_path: Path, folder: Path, at: int
) -> None:
    catalogue = opened(tmp_path / "var")
    absences = Absences(FilesUnavailable("the bucket does not answer"), at, 4)
    files = AwayFiles(catalogue.files, absences, catalogue.store)
    with logged() as lines:
        run(with_parts(catalogue, files=files), folder_source(catalogue, folder))
    assert absences.failed == 4
    assert state_of(catalogue) == state_of(undisturbed)
    assert files_of(catalogue) == files_of(undisturbed)
    assert [line["event"] for line in lines if line["event"].startswith("harvest_waits")] == ["harvest_waits"]
    assert [line["event"] for line in lines if line["event"] == "harvest_goes_on"] == ["harvest_goes_on"]


def test_no_file_is_ever_kept_inside_a_transaction(opened: Any, tmp_path: Path, folder: Path) -> None:
    """List pages with troubles, items that are refused when they are fetched, read or validated: `AwayFiles` looks at each."""
    catalogue = opened(tmp_path / "var")
    never = Absences(FilesUnavailable("never"), 10**9, 0)
    parts = with_parts(catalogue, files=AwayFiles(catalogue.files, never, catalogue.store))
    run(parts, folder_source(catalogue, folder))
    with serving() as site:
        web(site, 20)
        site.pages["/l10.html"] = site.pages["/l0.html"]  # the list goes in a circle
        config = {"start": site.url("/l0.html"), "items": "li", "allow_hosts": [site.host], "rate": 10_000}
        report = run(parts, add_source(catalogue, "site", config, name="site"))
    assert report["counters"]["quarantined"] == 2
    assert never.calls > 20


def test_files_that_stay_away_stop_the_run_which_is_taken_up_later(
    opened: Any, undisturbed: Catalogue, tmp_path: Path, folder: Path
) -> None:
    catalogue = opened(tmp_path / "var", AWAY_SECONDS=100.0)
    source = folder_source(catalogue, folder)
    clock = Clock()
    files = AwayFiles(catalogue.files, Absences(FilesUnavailable("the bucket is gone"), 9, None), catalogue.store)
    with pytest.raises(FilesUnavailable, match=r"the bucket is gone\. The run waited 100 s") as caught:
        run(with_parts(catalogue, clock=clock, files=files), source)
    assert "run the source again" in str(caught.value)
    assert clock.now == pytest.approx(100)
    with catalogue.store.read() as reader:
        job = reader.open_job(source.id)
        assert job is not None
        states = {row.state for row in reader.objects(job.id)}
        lease = reader.lease(f"source:{source.id}")
    assert "failed" not in states
    assert lease is not None
    again = run(catalogue, source)  # at once: the lease was given back
    assert (again["job"], again["state"]) == (job.id, "finished")
    assert state_of(catalogue) == state_of(undisturbed)


def test_a_full_storage_stops_the_run_at_once(
    opened: Any, undisturbed: Catalogue, tmp_path: Path, folder: Path
) -> None:
    catalogue = opened(tmp_path / "var")
    source = folder_source(catalogue, folder)
    clock = Clock()
    files = AwayFiles(catalogue.files, Absences(NoRoom("the bucket is full; make room"), 5, None), catalogue.store)
    with pytest.raises(NoRoom, match="the bucket is full; make room"):
        run(with_parts(catalogue, clock=clock, files=files), source)
    assert clock.now == 0
    run(catalogue, source)
    assert state_of(catalogue) == state_of(undisturbed)


# the database


def calls_of_a_run(opened: Any, root: Path, source_of: Callable[[Catalogue], Any], *, stored: bool) -> int:
    catalogue = opened(root)
    never = Absences(StoreUnavailable("never"), 10**9, 0)
    run(with_parts(catalogue, store=AwayStore(catalogue.store, never, stored=stored)), source_of(catalogue))
    return never.calls


@pytest.mark.parametrize("stored", [False, True], ids=["nothing stored", "answer lost"])
def test_a_database_that_goes_away_at_any_call_changes_nothing(
    opened: Any,
    undisturbed: Catalogue,
    tmp_path: Path,
    folder: Path,
    stored: bool,  # noqa: FBT001 -- a case, not an option
) -> None:
    """Every transaction of a run in turn, the last one and that of the report included; but the first, with which a run begins."""
    calls = calls_of_a_run(opened, tmp_path / "counted", lambda made: folder_source(made, folder), stored=stored)
    assert calls > 10
    for at in range(2, calls + 1):
        catalogue = opened(tmp_path / f"var{at}")
        source = folder_source(catalogue, folder)
        absences = Absences(StoreUnavailable("the server does not answer"), at, 1 if stored else 3)
        away = with_parts(catalogue, store=AwayStore(catalogue.store, absences, stored=stored))
        report = run(away, source)
        assert absences.failed, at
        assert report["state"] == "finished"
        assert state_of(catalogue) == state_of(undisturbed), at
        assert run(catalogue, source)["counters"]["created"] == 0


def test_a_database_that_stays_away_stops_the_run_which_is_taken_up_later(
    opened: Any, undisturbed: Catalogue, tmp_path: Path, folder: Path
) -> None:
    calls = calls_of_a_run(opened, tmp_path / "counted", lambda made: folder_source(made, folder), stored=False)
    for at in range(2, calls + 1, 3):
        catalogue = opened(tmp_path / f"var{at}")
        source = folder_source(catalogue, folder)
        absences = Absences(StoreUnavailable("the server does not answer"), at, None)
        with pytest.raises(StoreUnavailable, match="GONGKAI_AWAY_SECONDS"):
            run(with_parts(catalogue, store=AwayStore(catalogue.store, absences)), source)
        with catalogue.store.write(actor="test", reason="the process that held it is gone") as work:
            lease = work.lease(f"source:{source.id}")
            assert lease is not None
            work.release_lease(lease)
        report = run(catalogue, source)
        assert report["counters"]["failed"] == 0
        with catalogue.store.read() as reader:
            assert len(reader.jobs(source.id)) in {1, 2}  # a second one where the first had ended but could not tell
            if len(reader.jobs(source.id)) == 1:
                assert state_of(catalogue) == state_of(undisturbed), at


@pytest.mark.parametrize("stored", [False, True], ids=["nothing stored", "answer lost"])
def test_records_are_withdrawn_once_however_often_the_answer_is_lost(
    opened: Any,
    tmp_path: Path,
    stored: bool,  # noqa: FBT001 -- a case, not an option
) -> None:
    def prepared(root: Path) -> tuple[Catalogue, Any]:
        catalogue = opened(root)
        path = many(tmp_path / "rows", range(100))
        source = add_source(catalogue, "folder", {"paths": [str(path)], "map": MAP, "missing": "withdraw"})
        run(catalogue, source)
        many(tmp_path / "rows", range(92))
        return catalogue, source

    catalogue, source = prepared(tmp_path / "counted")
    never = Absences(StoreUnavailable("never"), 10**9, 0)
    run(with_parts(catalogue, store=AwayStore(catalogue.store, never, stored=stored)), source)
    expected = state_of(catalogue)
    for at in range(max(2, never.calls - 8), never.calls + 1):
        catalogue, source = prepared(tmp_path / f"var{at}")
        absences = Absences(StoreUnavailable("gone"), at, 1)
        report = run(with_parts(catalogue, store=AwayStore(catalogue.store, absences, stored=stored)), source)
        assert nonzero(report) == {"listed": 92, "unchanged": 92, "withdrawn": 8}
        assert state_of(catalogue) == expected
        assert len(titles(catalogue)) == 92


def test_what_is_known_of_an_item_is_asked_again_while_listing(opened: Any, tmp_path: Path) -> None:
    """A source whose items carry fingerprints asks the database for each of them, in the middle of the listing."""
    with serving() as site:
        web(site, 20)
        config = {"start": site.url("/l0.html"), "items": "li", "allow_hosts": [site.host], "rate": 10_000}
        whole, cut = opened(tmp_path / "whole"), opened(tmp_path / "cut")
        run(whole, add_source(whole, "site", config))
        source = add_source(cut, "site", config)
        for at in range(2, 30, 3):
            absences = Absences(StoreUnavailable("gone"), at, 2)
            report = run(with_parts(cut, store=AwayStore(cut.store, absences)), source)
            assert report["counters"]["failed"] == 0
            assert report["counters"]["listed"] == 20
        assert titles(cut) == titles(whole)


def test_a_run_that_waits_long_keeps_its_source(opened: Any, tmp_path: Path, folder: Path) -> None:
    """The lease outlasts the longest wait, so that nobody else takes the source meanwhile."""
    catalogue = opened(tmp_path / "var", AWAY_SECONDS=5000.0)
    source = folder_source(catalogue, folder)
    held: list[float] = []

    class Looking(AwayFiles):
        def put(self, content: Any) -> Stored:
            with catalogue.store.read() as reader:
                lease = reader.lease(f"source:{source.id}")
            assert lease is not None
            held.append(lease.seconds)
            return super().put(content)

    never = Absences(FilesUnavailable("never"), 10**9, 0)
    run(with_parts(catalogue, files=Looking(catalogue.files, never, catalogue.store)), source)
    assert set(held) == {LEASE_SECONDS + 5000}


def test_progress_says_that_the_run_waits(opened: Any, tmp_path: Path, folder: Path) -> None:
    class Listener:
        def __init__(self) -> None:
            self.told: list[str | None] = []

        def __call__(self, done: int, total: int | None) -> None:
            pass

        def waits(self, reason: str | None) -> None:
            self.told.append(reason)

    catalogue, listener = opened(tmp_path / "var"), Listener()
    files = AwayFiles(catalogue.files, Absences(FilesUnavailable("the bucket is gone"), 3, 2), catalogue.store)
    run(with_parts(catalogue, files=files), folder_source(catalogue, folder), progress=listener)
    assert set(listener.told[:-1]) == {"the bucket is gone"}
    assert listener.told[-1] is None


def test_preview_waits_for_nothing(opened: Any, tmp_path: Path, folder: Path) -> None:
    catalogue, clock = opened(tmp_path / "var"), Clock()
    source = folder_source(catalogue, folder)
    away = with_parts(
        catalogue, clock=clock, store=AwayStore(catalogue.store, Absences(StoreUnavailable("gone"), 1, None))
    )
    with pytest.raises(StoreUnavailable, match="^gone$"):
        away.harvest.preview(away, source, limit=5, progress=None)
    assert clock.now == 0


# the index


@pytest.mark.parametrize("error", [SearchUnavailable("no engine"), Busy("locked"), NoRoom("the index's disk is full")])
def test_an_index_that_cannot_follow_is_no_trouble_of_the_run(
    opened: Any, undisturbed: Catalogue, tmp_path: Path, folder: Path, error: GongkaiError
) -> None:
    class Index:
        def catch_up(self, **_: Any) -> None:
            raise error

    catalogue = opened(tmp_path / "var")
    report = run(with_parts(catalogue, search=Index()), folder_source(catalogue, folder))
    assert (report["state"], report["index"]) == ("finished", "behind")
    assert str(error) in report["message"]
    assert "catches up by itself" in report["message"]
    assert state_of(catalogue) == state_of(undisturbed)
    assert run(catalogue, folder_source(catalogue, folder))["index"] == "current"


# a real server


def exported(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The export without what is drawn or depends on the time of day, by the names of the records."""
    file = io.BytesIO()
    write_jsonl(catalogue, {}, file)
    left_out = {"id", "created_at", "updated_at", "harvest", "provenance", "version"}
    rows = [
        {key: value for key, value in orjson.loads(line).items() if key not in left_out}
        for line in file.getvalue().splitlines()
    ]
    return sorted(rows, key=lambda row: str(row["name"]))


@pytest.mark.network
def test_an_s3_server_that_is_killed_in_a_load_with_files_changes_nothing(tmp_path: Path, own_s3: S3) -> None:
    """A folder of pages, each kept as a file; the server dies three times in the middle of it, and comes back."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(60):
        (pages / f"{number:02}.html").write_text(
            f"<html><body><h1>云江市人民政府关于第{number}项工作的通知</h1><p>云江政发〔2020〕{number}号</p>"
            f"<p>各县区人民政府：现将第{number}项工作通知如下。</p></body></html>"
        )
    url = own_s3.files_url(own_s3.bucket())
    account = {"key": own_s3.key, "secret": own_s3.secret}

    class Deadly:
        """Passes puts on to a bucket, and kills its server now and then."""

        def __init__(self, files: FileStorage) -> None:
            self._files = files
            self.puts = 0
            self.kills: list[threading.Timer] = []

        def put(self, content: Any) -> Stored:
            self.puts += 1
            if self.puts in {5, 25, 50}:
                own_s3.kill()
                self.kills.append(threading.Timer(1.5, own_s3.restart))
                self.kills[-1].start()
            return self._files.put(content)

        def put_all(self, contents: Any) -> list[Stored]:
            return [self.put(content) for content in contents]

        def __getattr__(self, name: str) -> Any:
            return getattr(self._files, name)

    rows, digests = {}, {}
    for name in ("whole", "cut"):
        made = create_catalogue(read_settings(DATA_DIR=str(tmp_path / name), AWAY_SECONDS=60.0))
        files = open_files(url if name == "cut" else "", folder=tmp_path / "files", **account)
        catalogue = replace(made, files=Deadly(files) if name == "cut" else files)
        began = time.monotonic()
        report = run(catalogue, add_source(catalogue, "folder", {"paths": [str(pages)], "publisher": "云江市人民政府"}))
        assert (report["state"], nonzero(report)) == ("finished", {"listed": 60, "created": 60})
        if isinstance(catalogue.files, Deadly):
            assert len(catalogue.files.kills) == 3
            assert time.monotonic() - began > 3, "the run did not wait"
            for kill in catalogue.files.kills:
                kill.join()
        rows[name], digests[name] = exported(catalogue), set(files.digests())
        for sha256 in digests[name]:
            files.verify(sha256)
        catalogue.search.close()
        catalogue.store.close()
        files.close()
    assert rows["cut"] == rows["whole"]
    assert digests["cut"] == digests["whole"]
    assert len(digests["cut"]) == 60


@pytest.mark.network
def test_a_database_server_that_is_killed_in_a_load_changes_nothing(
    opened: Any,
    undisturbed: Catalogue,
    tmp_path: Path,
    folder: Path,
    own_postgres: Postgresql,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three times in the middle of a transaction. What was committed is on the disk, as in earnest."""
    url = f"{own_postgres.url(own_postgres.database())}?options=-c%20synchronous_commit%3Don"
    catalogue = opened(tmp_path / "var", DATABASE_URL=url, AWAY_SECONDS=60.0)
    source = folder_source(catalogue, folder)
    honest, calls, kills = JobRun.record, [], []

    def kill() -> None:
        own_postgres.kill()
        kills.append(threading.Timer(1.0, own_postgres.restart))
        kills[-1].start()

    def deadly(self: JobRun, *args: Any) -> None:
        honest(self, *args)
        calls.append(1)
        if len(calls) in {2, 5, 9}:
            kill()

    monkeypatch.setattr(JobRun, "record", deadly)
    report = run(catalogue, source)
    for timer in kills:
        timer.join()
    assert len(kills) == 3
    assert report["state"] == "finished"
    assert report["counters"]["failed"] == 0
    assert state_of(catalogue) == state_of(undisturbed)
    assert files_of(catalogue) == files_of(undisturbed)
