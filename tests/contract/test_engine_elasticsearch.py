"""What only Elasticsearch has: mapping, external versions, refused documents, locks between machines, aliases, a server that is away."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Busy, GongkaiError, Misconfigured, NoRoom, SearchUnavailable
from catalog.search import fields
from catalog.search.analysis import phrase
from catalog.search.engines import elasticsearch_questions
from catalog.search.engines.base import IndexState
from catalog.search.engines.elasticsearch import ElasticsearchEngine
from catalog.search.engines.elasticsearch_locks import Locks
from catalog.search.plan import Everything, Facet, Leg, Page, Phrase, Plan
from tests.search_engines import VALUES, Again, call, discard, document, opening, write
from tests.servers import Elasticsearch
from tests.servers.base import free_port

pytestmark = pytest.mark.network


@pytest.fixture
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opening("elasticsearch", request, tmp_path) as again:
        yield again


@pytest.fixture
def engine(again: Again) -> ElasticsearchEngine:
    made = again()
    assert isinstance(made, ElasticsearchEngine)
    return made


@pytest.fixture
def url(elasticsearch_server: Elasticsearch) -> str:
    return elasticsearch_server.url


def everything(**more: Any) -> Plan:
    return Plan(intent="words", legs=(Leg("only", Everything()),), page=more.pop("page", Page(20)), **more)


def found(engine: ElasticsearchEngine) -> set[str]:
    return {uid for uid, _ in engine.search(everything()).hits}


# what is written


def test_the_mapping_is_strict_and_the_source_keeps_only_what_is_shown(engine: ElasticsearchEngine, url: str) -> None:
    write(engine, [document("a", "食品安全", "正文", type="notice", date=20200101)])
    name = engine.current()
    mapping: Any = call(f"{url}/{name}/_mapping")
    assert mapping[name]["mappings"]["dynamic"] == "strict"
    kept: Any = call(f"{url}/{name}/_doc/a")
    assert kept["_source"] == {"shown": '{"title":"食品安全"}'}
    settings: Any = call(f"{url}/{name}/_settings?flat_settings")
    assert settings[name]["settings"]["index.refresh_interval"] == "-1"
    assert settings[name]["settings"]["index.auto_expand_replicas"] == "0-1"


def test_a_refused_document_is_kept_with_its_reason_and_the_others_are_taken(engine: ElasticsearchEngine) -> None:
    write(engine, [document("a", "以前的"), document("b", "另一个")], seq=1)
    half = document("d", "半个字")
    half["shown"] = "\ud800"
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.put([document("a", "太大的数", year=2**63), document("c", "好的"), half], 2)
        writer.commit(IndexState(seq=2, signature=engine.signature))
        assert "document_parsing_exception" in writer.refused["a"]
        assert "d" in writer.refused
    assert found(engine) == {"b", "c"}  # the earlier document of `a` may say what must not be said any more
    assert engine.state().refused.keys() == {"a", "d"}
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.put([document("a", "合适的", year=2020)], 3)
        writer.delete(["d"], 3)
        writer.commit(IndexState(seq=3, signature=engine.signature))
        assert writer.refused == {}
    assert found(engine) == {"a", "b", "c"}


def test_what_is_older_than_what_is_held_is_dropped(engine: ElasticsearchEngine) -> None:
    write(engine, [document("a", "新的", version=5), document("b", "要删的")], seq=5)
    write(engine, [document("a", "旧的", version=3)], seq=3, delete=["a"])
    assert engine.versions(["a"]) == {"a": 5}
    write(engine, [], seq=8, delete=["b", "never"])
    write(engine, [document("b", "旧的"), document("never", "旧的")], seq=7)
    assert found(engine) == {"a"}
    write(engine, [document("a", "同一号", version=6)], seq=5)
    assert engine.versions(["a"]) == {"a": 6}


def test_the_state_of_an_index_that_was_made_anew_is_not_believed(engine: ElasticsearchEngine, url: str) -> None:
    write(engine, [document("a", "题")], seq=4)
    name = str(engine.current())
    assert engine.state(name).seq == 4
    with engine.writer(name) as writer:
        writer.put([document("b", "题")], 5)
        call(f"{url}/{name}", "DELETE")
        assert (engine.current(), engine.state(name)) == (None, IndexState())
        with pytest.raises(SearchUnavailable, match="was removed|no search index"):
            writer.commit(IndexState(seq=5, signature=engine.signature))
    call(f"{url}/{name}", "DELETE")
    call(f"{url}/{name}", "PUT")
    assert engine.state(name) == IndexState()
    with pytest.raises(SearchUnavailable, match="index rebuild"):
        engine.search(everything())


def test_a_full_disk_is_said_and_writing_goes_on_when_there_is_room(engine: ElasticsearchEngine, url: str) -> None:
    write(engine, [document("a", "题")], seq=1)
    block = "index.blocks.read_only_allow_delete"
    call(f"{url}/{engine.current()}/_settings", "PUT", {block: True})
    with pytest.raises(NoRoom, match="disk"):
        write(engine, [document("b", "题")], seq=2)
    assert engine.state().seq == 1
    call(f"{url}/{engine.current()}/_settings", "PUT", {block: None})
    write(engine, [document("b", "题")], seq=2)
    assert found(engine) == {"a", "b"}


def test_all_that_is_due_is_named_however_much_it_is(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, [document(f"r{number}", "题", recheck=20240101) for number in range(95)])
    monkeypatch.setattr(elasticsearch_questions, "MAX_WINDOW", 10)
    assert sorted(engine.due(20240101)) == sorted(f"r{number}" for number in range(95))


def test_an_index_of_several_shards_answers_as_one_does(again: Again) -> None:
    several = again(shards=3)
    write(
        several, [document(f"r{n}", "食品" if n % 2 else "食品安全", organization=f"机关{n % 40}") for n in range(400)]
    )
    answer = several.search(everything(facets=(Facet("organization", "organization", 3, ("机关39",)),), page=Page(400)))
    assert answer.facets["organization"] == [("机关0", 10), ("机关1", 10), ("机关10", 10), ("机关39", 10)]
    assert (answer.total, len({uid for uid, _ in answer.hits})) == (400, 400)
    ranked = several.search(Plan("words", (Leg("only", Phrase(fields.TEXT, phrase("食品"))),), Page(400)))
    assert len({score for _, score in ranked.hits}) == 2, "scores must not differ by shard"
    assert several.size() == 400
    assert len(several.terms(fields.SUGGESTIONS, "t食", 5)) == 2


# names and aliases


def test_catalogues_of_one_cluster_do_not_see_each_other(engine: ElasticsearchEngine, url: str) -> None:
    write(engine, [document("a", "题")])
    longer = f"{engine._names.prefix}-v3"
    with_longer = ElasticsearchEngine(url, prefix=longer, values=VALUES, documents="test")
    try:
        write(with_longer, [document("b", "题"), document("c", "题")])
        assert (engine.size(), with_longer.size()) == (1, 2)
        assert len(engine.generations()) == len(with_longer.generations()) == 1
        with engine.lock("write", 1), with_longer.lock("write", 0.1):
            pass
    finally:
        with_longer.close()
        discard(url, longer)


def test_the_previous_generation_is_kept_and_can_be_gone_back_to(engine: ElasticsearchEngine) -> None:
    write(engine, [document("a", "题")])
    first = engine.current()
    second, third = engine.create(), engine.create()
    assert engine.previous() is None
    engine.switch(second)
    assert (engine.current(), engine.previous()) == (second, first)
    engine.switch(second)
    assert (engine.current(), engine.previous()) == (second, first)
    engine.switch(third)
    assert (engine.current(), engine.previous()) == (third, second)
    engine.switch(second)
    assert (engine.current(), engine.previous()) == (second, third)
    engine.remove(third)
    assert (engine.previous(), engine.generations()) == (None, [first, second])


def test_an_index_that_bears_the_aliass_name_is_said(engine: ElasticsearchEngine, url: str) -> None:
    call(f"{url}/{engine._names.prefix}", "PUT")
    with pytest.raises(Misconfigured, match="alias"):
        write(engine, [])


def test_it_tells_of_itself(engine: ElasticsearchEngine) -> None:
    assert engine.about()["engine"] == "elasticsearch"
    assert engine.about()["version"][0] in "89"
    assert engine.about()["status"].startswith(("green", "yellow"))


# locks


def test_a_lock_of_a_process_that_died_here_is_free_at_once(again: Again) -> None:
    engine = again()
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_die_with_the_lock, args=(again(),))
    child.start()
    child.join(30)
    assert child.exitcode == 7
    started = time.monotonic()
    with engine.lock("write", 10):
        assert time.monotonic() - started < 5


def _die_with_the_lock(engine: ElasticsearchEngine) -> None:
    engine.lock("write", 5).__enter__()
    os._exit(7)


def test_a_lock_of_another_machine_is_free_when_its_lease_is_over(engine: ElasticsearchEngine) -> None:
    control = engine._generations._people
    assert control.write("write", _of_another_machine(lease=1.0), None) is not None
    with pytest.raises(Busy, match="write lock.*12345 on elsewhere|12345 on elsewhere"), engine.lock("write", 0.2):
        pytest.fail("two holders at once")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:  # in short slices, as the follower asks
        try:
            with engine.lock("write", 0.1):
                return
        except Busy:
            continue
    pytest.fail("never taken over")


def test_who_lost_the_lock_cannot_commit(engine: ElasticsearchEngine) -> None:
    write(engine, [document("a", "题")], seq=1)
    control = engine._generations._people
    engine._generations.locks = Locks(control, "here", lease_seconds=1.0, beat_seconds=0.1)
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.put([document("b", "题")], 2)
        held = control.read("write")
        assert held is not None
        while control.write("write", _of_another_machine(lease=30.0), held.mark) is None:
            held = control.read("write")
            assert held is not None
        time.sleep(0.5)
        with pytest.raises(SearchUnavailable, match="lock"):
            writer.commit(IndexState(seq=2, signature=engine.signature))
    assert (engine.size(), engine.state().seq) == (1, 1)
    held = control.read("write")
    assert held is not None
    assert held.holder.startswith("elsewhere"), "the other's lock must stay"


def _of_another_machine(lease: float) -> dict[str, object]:
    return {"holder": "elsewhere/boot/space/12345/1", "token": "theirs", "lease": lease, "beat": 1}


# a server that is away, busy or strange


def test_nobody_there_is_said_at_once() -> None:
    engine = ElasticsearchEngine(f"http://127.0.0.1:{free_port()}", prefix="t", values=VALUES, request_seconds=5)
    questions: list[Callable[[], object]] = [
        lambda: engine.search(everything()),
        engine.current,
        engine.state,
        engine.about,
        lambda: engine.shown(["a"]),
        lambda: engine.terms(fields.SUGGESTIONS, "t", 3),
    ]
    for ask in questions:
        started = time.monotonic()
        with pytest.raises(SearchUnavailable, match="GONGKAI_SEARCH_URL"):
            ask()
        assert time.monotonic() - started < 2
    engine.close()


@contextmanager
def answering(*answers: tuple[int, object]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers one after the other, the last one for ever; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = answers[min(len(asked), len(answers) - 1)]
            asked.append(self.path)
            if status == 0:
                time.sleep(3)
                return
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_POST = do_PUT = do_GET  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def error(kind: str, reason: str) -> dict[str, object]:
    return {"error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}, "status": 0}


@pytest.mark.parametrize(
    ("status", "body", "raised", "message", "times"),
    [
        (400, error("parsing_exception", "no such thing"), Misconfigured, "no such thing", 1),
        (401, error("security_exception", "unable to authenticate"), Misconfigured, "GONGKAI_SEARCH_URL", 1),
        (403, error("security_exception", "is unauthorized"), Misconfigured, "GONGKAI_SEARCH_API_KEY", 1),
        (
            403,
            error("cluster_block_exception", "[FORBIDDEN/12/index read-only / allow delete (api)]"),
            NoRoom,
            "disk",
            1,
        ),
        (429, error("cluster_block_exception", "disk usage exceeded flood-stage watermark"), NoRoom, "disk", 1),
        (429, error("es_rejected_execution_exception", "queue is full"), SearchUnavailable, "queue is full", 2),
        (502, "<html>bad gateway</html>", SearchUnavailable, "does not answer", 2),
        (503, error("no_shard_available_action_exception", "No shard"), SearchUnavailable, "does not answer", 2),
    ],
)
def test_what_a_cluster_complains_of_is_told_in_our_words(
    status: int, body: object, raised: type[GongkaiError], message: str, times: int
) -> None:
    with answering((status, body)) as (url, asked):
        engine = ElasticsearchEngine(url, prefix="t", values=VALUES)
        with pytest.raises(raised, match=message):
            engine.search(everything())
        engine.close()
    assert len(asked) == times


def test_a_short_trouble_is_not_noticed() -> None:
    hit = {"_index": "t-v0-000000000000-20200101t000000000000z", "_id": "a", "_score": None, "sort": [1, "a"]}
    fine = {"timed_out": False, "hits": {"total": {"value": 1, "relation": "eq"}, "hits": [hit]}}
    with answering((503, error("no_shard_available_action_exception", "No shard")), (200, fine)) as (url, asked):
        engine = ElasticsearchEngine(url, prefix="t", values=VALUES)
        with pytest.raises(SearchUnavailable, match="another version"):
            engine.search(everything())
        engine.close()
    assert len(asked) == 2


def test_who_does_not_answer_in_time_is_not_waited_for() -> None:
    with answering((0, None)) as (url, asked):
        engine = ElasticsearchEngine(url, prefix="t", values=VALUES, request_seconds=0.5)
        started = time.monotonic()
        with pytest.raises(SearchUnavailable, match="in time"):
            engine.search(everything())
        assert time.monotonic() - started < 2.5
        engine.close()
    assert len(asked) <= 2


def test_another_host_answers_when_one_is_away(url: str) -> None:
    prefix = "thosts"
    away = f"http://127.0.0.1:{free_port()}"
    engine = ElasticsearchEngine(f"{away},{url}", prefix=prefix, values=VALUES, documents="test")
    try:
        write(engine, [document("a", "题")])
        for _ in range(4):
            assert found(engine) == {"a"}
    finally:
        engine.close()
        discard(url, prefix)


def test_a_server_that_is_killed_and_comes_back_takes_what_waits(own_elasticsearch: Elasticsearch) -> None:
    engine = ElasticsearchEngine(own_elasticsearch.url, prefix="t", values=VALUES, documents="test")
    write(engine, [document("a", "题")], seq=1)
    with engine.lock("write", 5), engine.writer(str(engine.current())) as writer:
        writer.put([document("b", "题")], 2)
        own_elasticsearch.kill()
        with pytest.raises(SearchUnavailable):
            engine.search(everything())
        back = threading.Thread(target=own_elasticsearch.restart)
        back.start()
        writer.commit(IndexState(seq=2, signature=engine.signature))  # waits for it, through 503 as well
        back.join()
    assert found(engine) == {"a", "b"}
    assert engine.state().seq == 2
    engine.close()
