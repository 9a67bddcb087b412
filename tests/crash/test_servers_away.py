"""A server is killed in the middle of a load and comes back: the end is that of an undisturbed load, and nobody had to do anything."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog.app import create_catalogue
from catalog.settings import PREFIX, read_settings
from catalog.store import Store
from catalog.store.rows import Change, Job
from tests.conftest import records_of
from tests.crash.outcome import exported
from tests.servers import S3, Elasticsearch, Postgresql, Redis
from tests.servers.catalogue import environment, process, run, serving

pytestmark = [pytest.mark.crash, pytest.mark.network, pytest.mark.timeout(900)]

RECORDS = 3000
PAGES = 600
AWAY_SECONDS = 4.0
"""How long a server is away: longer than any single attempt to reach it takes."""
LONGEST_SECONDS = 300.0


@pytest.fixture
def records_file(tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    _write(path, records_of(RECORDS))
    return path


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for row in records_of(PAGES):
        lines = (
            f"<h1>{row['title']}</h1>",
            f"<p>{row['doc_number']}</p>",
            "<p>各区人民政府，市政府各部门：</p>",
            "<p>请认真贯彻执行。</p>",
        )
        (folder / f"{row['external_id']}.html").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def undisturbed(tmp_path: Path) -> dict[str, str]:
    """The environment of a catalogue that nothing happens to, all of it embedded."""
    return environment(tmp_path / "undisturbed")


def test_search_engine_killed_in_a_load(
    own_elasticsearch: Elasticsearch, tmp_path: Path, records_file: Path, undisturbed: dict[str, str]
) -> None:
    env = environment(tmp_path / "var", own_elasticsearch)
    words = ("load", str(records_file), "--source", "made")
    with serving(env, log=tmp_path / "serve.log") as base:
        with process(env, *words, log=tmp_path / "load.log") as load:
            wait_for(lambda: last_seq(env) >= RECORDS // 4, "a quarter of the records in the store")
            own_elasticsearch.kill()
            assert load.poll() is None, "the load had ended before the engine was killed: the test proved nothing"
            assert last_seq(env) < RECORDS
            assert answer(f"{base}/api/v1/records?q=通知")[0] == 503
            assert answer(f"{base}/api/v1/records/{changes(env)[0].record_id}")[0] == 200
            assert load.wait(LONGEST_SECONDS) == 0, (tmp_path / "load.log").read_text()
        assert last_seq(env) >= RECORDS
        own_elasticsearch.restart()
        wait_for(lambda: total(base) == RECORDS, "all records found, without a command", (tmp_path / "serve.log"))
    checked(env)
    assert_like(env, undisturbed, words, RECORDS)


def test_database_killed_in_a_load(
    own_postgres: Postgresql, tmp_path: Path, records_file: Path, undisturbed: dict[str, str]
) -> None:
    env = environment(tmp_path / "var", own_postgres)
    words = ("load", str(records_file), "--source", "made")
    with serving(env, log=tmp_path / "serve.log") as base:
        with process(env, *words, log=tmp_path / "load.log") as load:
            wait_for(lambda: last_seq(env) >= RECORDS // 4, "a quarter of the records in the store")
            own_postgres.kill()
            assert load.poll() is None, "the load had ended before the database was killed: the test proved nothing"
            start = time.monotonic()
            assert answer(f"{base}/api/v1/organizations")[0] == 503
            assert time.monotonic() - start < 15
            time.sleep(AWAY_SECONDS)
            own_postgres.restart()
            assert load.wait(LONGEST_SECONDS) == 0, (tmp_path / "load.log").read_text()
        wait_for(lambda: total(base) == RECORDS, "all records found, without a command", (tmp_path / "serve.log"))
    (job,) = jobs(env, "made")
    assert job.state == "finished"
    assert {name: number for name, number in job.counters.items() if number} == {"listed": RECORDS, "created": RECORDS}
    checked(env)
    assert_like(env, undisturbed, words, RECORDS)


def test_store_of_files_killed_in_a_load(own_s3: S3, tmp_path: Path, pages: Path, undisturbed: dict[str, str]) -> None:
    env = environment(tmp_path / "var", own_s3)
    words = ("load", str(pages), "--source", "made")
    with process(env, *words, log=tmp_path / "load.log") as load:
        wait_for(lambda: len(held(own_s3)) >= PAGES // 4, "a quarter of the pages in the bucket")
        assert len(held(own_s3)) < PAGES
        own_s3.kill()
        assert load.poll() is None, "the load had ended before the server was killed: the test proved nothing"
        time.sleep(AWAY_SECONDS)
        own_s3.restart()
        assert load.wait(LONGEST_SECONDS) == 0, (tmp_path / "load.log").read_text()
    (job,) = jobs(env, "made")
    assert {name: number for name, number in job.counters.items() if number} == {"listed": PAGES, "created": PAGES}
    assert contents(own_s3) == named_files(env) == {digest(path.read_bytes()) for path in pages.iterdir()}
    checked(env)
    assert_like(env, undisturbed, words, PAGES)


def test_queue_killed_beside_a_worker(
    own_redis: Redis, tmp_path: Path, records_file: Path, undisturbed: dict[str, str]
) -> None:
    env = environment(tmp_path / "var", own_redis)
    source = tmp_path / "made.yaml"
    source.write_text(yaml.safe_dump({"name": "made", "kind": "folder", "config": {"paths": [str(records_file)]}}))
    assert run(env, "harvest", "add", str(source)).returncode == 0
    log = tmp_path / "worker.log"
    with serving(env, log=tmp_path / "serve.log") as base, process(env, "worker", "--every", "1", log=log):
        ask_for_run(env)
        wait_for(lambda: states(env) == ["finished"], "the first run", log)

        own_redis.kill()
        more = records_of(RECORDS + 100)
        _write(records_file, more)
        ask_for_run(env)
        time.sleep(AWAY_SECONDS)
        assert states(env) == ["finished"]
        assert answer(f"{base}/api/v1/records?q=通知")[0] == 200
        assert answer(f"{base}/")[0] == 200

        own_redis.restart()
        wait_for(lambda: states(env) == ["finished", "finished"], "the second run, when the queue was back", log)
        wait_for(lambda: total(base) == len(more), "all records found", log)
    told = log.read_text()
    assert "away" in told
    assert "back" in told
    newest = jobs(env, "made")[0]
    assert {name: number for name, number in newest.counters.items() if number} == {
        "listed": len(more),
        "created": 100,
        "unchanged": RECORDS,
    }
    checked(env)
    assert_like(env, undisturbed, ("load", str(records_file), "--source", "made"), len(more))


def assert_like(env: Mapping[str, str], undisturbed: Mapping[str, str], words: tuple[str, ...], number: int) -> None:
    """The catalogue is what an undisturbed load of the same makes: nothing lost, nothing doubled, nothing written twice."""
    assert run(undisturbed, *words).returncode == 0
    ours = exported(env)
    assert len(ours) == number
    assert ours == exported(undisturbed)
    assert [change.kind for change in changes(env)] == ["create"] * number


def checked(env: Mapping[str, str]) -> None:
    done = run(env, "index", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def ask_for_run(env: Mapping[str, str]) -> None:
    done = run(env, "harvest", "run", "made", "--queue")
    assert done.returncode == 0, done.stdout + done.stderr


def wait_for(condition: Callable[[], bool], what: str, log: Path | None = None) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < end, f"not within {LONGEST_SECONDS:.0f} s: {what}\n{log.read_text() if log else ''}"
        time.sleep(0.2)


def answer(address: str) -> tuple[int, bytes]:
    """Status and body of an address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(_ascii(address)), timeout=60) as got:
            return got.status, got.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def total(base: str) -> int | None:
    status, body = answer(f"{base}/api/v1/records?q=云江市人民政府")
    return int(json.loads(body)["total"]) if status == 200 else None


def _ascii(address: str) -> str:
    return urllib.request.quote(address, safe=":/?=&")


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _settings(env: Mapping[str, str]) -> dict[str, Any]:
    return {name.removeprefix(PREFIX): value for name, value in env.items() if name.startswith(PREFIX)}


@contextmanager
def store(env: Mapping[str, str]) -> Iterator[Store]:
    opened = Store.open(read_settings(**_settings(env)).database_url)
    try:
        yield opened
    finally:
        opened.close()


def last_seq(env: Mapping[str, str]) -> int:
    with store(env) as opened, opened.read() as reader:
        return reader.last_seq()


def changes(env: Mapping[str, str]) -> list[Change]:
    """The change log."""
    with store(env) as opened, opened.read() as reader:
        return reader.changes(0, limit=10 * RECORDS)


def jobs(env: Mapping[str, str], name: str) -> list[Job]:
    """The runs of a source, the newest first."""
    with store(env) as opened, opened.read() as reader:
        source = reader.source(name)
        return reader.jobs(source.id, 10) if source else []


def states(env: Mapping[str, str]) -> list[str]:
    return [job.state for job in jobs(env, "made")]


def held(server: S3) -> list[str]:
    """The names of all objects that the S3 server holds, in whatever bucket."""
    with closing(server.client()) as client:
        return [
            found["Key"]
            for bucket in client.list_buckets()["Buckets"]
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
            for found in page.get("Contents", ())
        ]


def contents(server: S3) -> set[str]:
    """The digests of all objects of the one bucket, each of which must be what its name says."""
    with closing(server.client()) as client:
        (bucket,) = client.list_buckets()["Buckets"]
        found = set()
        for key in held(server):
            found.add(digest(client.get_object(Bucket=bucket["Name"], Key=key)["Body"].read()))
            assert key.rpartition("/")[2] in found, f"{key} holds other bytes than its name says"
        return found


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def named_files(env: Mapping[str, str]) -> set[str]:
    """The digests of all files that records name, each of which must be there."""
    catalogue = create_catalogue(read_settings(**_settings(env)))
    try:
        with catalogue.store.read() as reader:
            ids = {change.record_id for change in reader.changes(0, limit=10 * RECORDS)}
            found = {row.sha256 for rows in reader.files(ids).values() for row in rows}
        assert all(catalogue.files.exists(sha256) for sha256 in found)
        return found
    finally:
        catalogue.store.close()
