"""The parts of the Elasticsearch engine that need no server: names, addresses, failures, locks, the writer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.errors import Busy, Misconfigured, NoRoom, SearchUnavailable
from catalog.process import this_process
from catalog.search.engines import elasticsearch_writer
from catalog.search.engines.base import IndexState
from catalog.search.engines.elasticsearch import ElasticsearchEngine
from catalog.search.engines.elasticsearch_address import read
from catalog.search.engines.elasticsearch_failures import Failure, Patience, RequestFailedError, told
from catalog.search.engines.elasticsearch_locks import Held, Locks, Mark
from catalog.search.engines.elasticsearch_writer import ElasticsearchWriter, Operation, Outcome
from catalog.search.engines.names import IndexNames, document_format
from tests.search_engines import VALUES, document

NOW = datetime(2026, 7, 26, 10, 15, 0, 123456, tzinfo=UTC)


# names


def test_a_name_says_what_it_was_made_from() -> None:
    names = IndexNames("gongkai")
    made = names.make("3.abc-def", NOW)
    assert made.startswith("gongkai-v3-")
    assert made.endswith("-20260726t101500123456z")
    parsed = names.parse(made)
    assert parsed is not None
    assert (parsed.format, parsed.made) == (3, NOW)
    assert names.fits(made, "3.abc-def")
    assert not names.fits(made, "3.abc-xyz")


def test_a_new_name_is_the_youngest_whatever_the_clocks_said() -> None:
    names = IndexNames("gongkai")
    ahead = names.make("1.a", NOW + timedelta(days=1))
    second = names.make("1.a", NOW, [ahead, "gongkai-control-1"])
    third = names.make("2.b", NOW, [ahead, second])
    assert names.sort([third, "other", ahead, second]) == [ahead, second, third]


@pytest.mark.parametrize(
    "name",
    ["gongkai", "gongkai-previous", "gongkai-control-1", "gongkai-test-v3-0123456789ab-20260726t101500123456z",
     "gongkai-v3-0123456789ab-20261326t101500123456z", "gongkai-v3-0123456789ab-20260726t101500123456z-old",
     "gongkaj-v3-0123456789ab-20260726t101500123456z", "logs-2026"],
)  # fmt: skip
def test_other_names_are_no_generations(name: str) -> None:
    assert IndexNames("gongkai").parse(name) is None


@pytest.mark.parametrize(
    "prefix", ["", "Gongkai", "-a", "_a", "a b", "a,b", "a*", "a/b", "a:b", "a" * 101, "a-control", "a-previous"]
)
def test_a_prefix_that_makes_no_index_names_is_refused(prefix: str) -> None:
    with pytest.raises(Misconfigured, match="GONGKAI_SEARCH_PREFIX"):
        IndexNames(prefix)


def test_the_format_is_the_signatures_first_number() -> None:
    assert [document_format(text) for text in ("3.ab", "12.", "x", "", "-abc", "3")] == [3, 12, 0, 0, 0, 0]


# addresses


def test_several_hosts_share_scheme_and_user() -> None:
    address = read("https://me:p%40ss%2C@es1:9200, es2:9201,https://[::1]:9202/path/")
    assert address.hosts == ("https://es1:9200", "https://es2:9201", "https://[::1]:9202/path")
    assert address.user == ("me", "p@ss,")
    assert "p@ss" not in address.shown
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize(
    "url",
    ["", ",", "es:9200", "ftp://es:9200", "http://es", "http://:9200", "http://es:99999", "http://es:x",
     "http://a:1,https://b:2", "http://me:x@a:1,http://you:x@b:2", "http://es:9200/?q=1"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_names_the_setting(url: str) -> None:
    with pytest.raises(Misconfigured, match="GONGKAI_SEARCH_URL") as caught:
        read(url)
    assert "me:x" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "setting"),
    [
        ({"shards": 0}, "SEARCH_SHARDS"),
        ({"replicas": "many"}, "SEARCH_REPLICAS"),
        ({"replicas": "-1"}, "SEARCH_REPLICAS"),
        ({"request_seconds": 0.0}, "REQUEST_SECONDS"),
        ({"ca_file": "/nowhere/ca.pem"}, "SEARCH_CA_FILE"),
        ({"ca_file": __file__}, "SEARCH_CA_FILE"),
        ({"prefix": "A"}, "SEARCH_PREFIX"),
    ],
)
def test_an_engine_that_cannot_work_says_so_before_it_connects(more: dict[str, Any], setting: str) -> None:
    with pytest.raises(Misconfigured, match=setting):
        ElasticsearchEngine("http://es:9200", **{"prefix": "t", "values": VALUES, **more})


# failures


def test_a_disk_that_is_full_is_no_passing_trouble() -> None:
    full = told(
        429,
        {"type": "cluster_block_exception", "reason": "disk usage exceeded flood-stage watermark, index has x block"},
    )
    assert (full.no_room, full.temporary) == (True, False)
    assert isinstance(full.error("here"), NoRoom)
    shards = told(400, {"type": "validation_exception", "reason": "this action would add [1] shards, but this cluster currently has "
                        "[1000]/[1000] maximum normal shards open"})  # fmt: skip
    assert isinstance(shards.error("here"), NoRoom)


def test_reasons_come_from_all_depths() -> None:
    failure = told(
        500,
        {
            "type": "search_phase_execution_exception",
            "reason": "all shards failed",
            "root_cause": [{"reason": "Automaton [2*] expanded to too many terms (limit 128)"}],
            "caused_by": {"reason": "deeper"},
        },
    )
    assert failure.too_many_terms
    assert failure.reason.endswith("; deeper")


def test_patience_ends_and_a_wrong_request_is_never_repeated() -> None:
    for failure, times in (
        (Failure(503, "x", "busy"), 3),
        (Failure(400, "x", "wrong"), 1),
        (Failure(0, "x", "refused"), 3),
    ):
        count = 0

        def attempt(failure: Failure = failure) -> None:
            nonlocal count
            count += 1
            raise RequestFailedError(failure)

        with pytest.raises(RequestFailedError):
            Patience(30, 3).run(attempt)
        assert count == times
    started = time.monotonic()
    with pytest.raises(RequestFailedError):
        Patience(0.3, 1_000).run(attempt)
    assert time.monotonic() - started < 1


# locks


class Documents:
    """The documents of locks in memory, with a switch that makes them go away."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[dict[str, Any], Mark]] = {}
        self.away = False
        self.lose_answers = 0
        self._number = 0
        self._one_at_a_time = threading.Lock()

    def read(self, name: str) -> Held | None:
        self._ask()
        found = self.held.get(name)
        return None if found is None else Held(found[0]["holder"], found[0]["token"], found[0]["lease"], found[1])

    def write(self, name: str, body: dict[str, Any], mark: Mark | None) -> Mark | None:
        self._ask()
        with self._one_at_a_time:
            found = self.held.get(name)
            if (found[1] if found else None) != mark:
                return None
            self._number += 1
            self.held[name] = body, (self._number, 1)
            if self.lose_answers:
                self.lose_answers -= 1
                raise SearchUnavailable("the answer was lost")
            return self._number, 1

    def remove(self, name: str, mark: Mark) -> bool:
        self._ask()
        with self._one_at_a_time:
            found = self.held.get(name)
            if found is not None and found[1] != mark:
                return False
            self.held.pop(name, None)
            return True

    def _ask(self) -> None:
        if self.away:
            raise SearchUnavailable("away on purpose")


def locks(documents: Documents, lease: float = 0.5, beat: float = 0.05) -> Locks:
    return Locks(documents, "here", lease_seconds=lease, beat_seconds=beat)


def test_one_of_many_holds_a_lock_at_a_time() -> None:
    documents = Documents()
    inside = most = turns = 0

    def work() -> None:
        nonlocal inside, most, turns
        with locks(documents).hold("write", 20):
            inside += 1
            most = max(most, inside)
            time.sleep(0.02)
            inside -= 1
            turns += 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, turns, documents.held) == (1, 6, {})


def test_a_lease_is_renewed_while_the_work_goes_on() -> None:
    documents = Documents()
    holder = locks(documents, lease=0.3)
    with holder.hold("write", 1):
        with pytest.raises(Busy, match="write lock"), locks(documents).hold("write", 0.9):
            pytest.fail("two holders at once")
        holder.assure()


def test_a_cluster_that_was_away_for_longer_than_the_lease_does_not_take_the_lock_away() -> None:
    documents = Documents()
    holder = locks(documents, lease=0.2)
    with holder.hold("write", 1):
        documents.away = True
        time.sleep(0.5)
        with pytest.raises(SearchUnavailable, match="away on purpose"):
            holder.assure()
        documents.away = False
        holder.assure()
    assert documents.held == {}


def test_another_that_took_over_meanwhile_keeps_the_lock() -> None:
    documents = Documents()
    holder = locks(documents, lease=0.2)
    with holder.hold("write", 1):
        theirs = {"holder": "elsewhere/b/s/1/1", "token": "theirs", "lease": 9.0}
        documents.held["write"] = theirs, (999, 1)
        time.sleep(0.3)
        with pytest.raises(SearchUnavailable, match="another's"):
            holder.assure()
    assert documents.held["write"][0] is theirs


def test_a_beat_whose_answer_was_lost_is_still_ours() -> None:
    documents = Documents()
    holder = locks(documents)
    with holder.hold("write", 1):
        documents.lose_answers = 3
        time.sleep(0.4)
        holder.assure()
        documents.lose_answers = 1
        time.sleep(0.02)
    assert documents.held == {}


def test_a_lock_that_cannot_be_let_go_of_runs_out() -> None:
    documents = Documents()
    with locks(documents).hold("write", 1):
        documents.away = True
    documents.away = False
    body, mark = documents.held["write"]
    assert body["holder"] == this_process()
    with locks(documents).hold("write", 5):
        assert documents.held["write"][1] != mark


def test_a_cluster_that_is_away_is_waited_for_as_long_as_for_a_lock() -> None:
    documents = Documents()
    documents.away = True
    with pytest.raises(SearchUnavailable), locks(documents).hold("write", 0.2):
        pytest.fail("nobody gave the lock")
    back = threading.Timer(0.3, lambda: setattr(documents, "away", False))
    back.start()
    with locks(documents).hold("write", 10):
        pass
    back.join()


# the writer


class Target:
    """Takes operations, and refuses those whose ids it was told to."""

    def __init__(self, **failures: Failure) -> None:
        self.sent: list[list[Operation]] = []
        self.failures = failures
        self.states: list[IndexState] = []

    def send(self, operations: Sequence[Operation]) -> Iterator[Outcome]:
        self.sent.append(list(operations))
        for one in operations:
            yield Outcome(one.uid, self.failures.get(one.uid) if one.kind == "index" else None)

    def publish(self, state: IndexState) -> None:
        self.states.append(state)


REFUSED = Failure(400, "document_parsing_exception", "of type [long] in document")


def test_documents_go_in_requests_of_a_size_and_the_last_word_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target()
    writer = ElasticsearchWriter(target, VALUES, "here")
    monkeypatch.setattr(elasticsearch_writer, "BULK_BYTES", 60_000)
    writer.put([document(f"d{number}", "题", "正文" * 1_000) for number in range(10)], 1)
    assert len(target.sent) > 1
    assert all(sum(len(one.body) for one in request) <= 60_000 for request in target.sent)
    writer.put([document("x", "旧")], 2)
    writer.delete(["x"], 3)
    writer.delete(["y"], 3)
    writer.put([document("y", "新")], 3)
    writer.commit(IndexState(seq=3))
    assert [(one.kind, one.uid) for one in target.sent[-1]][-2:] == [("delete", "x"), ("index", "y")]
    assert sum(map(len, target.sent)) == 12


def test_what_is_refused_is_known_at_commit_and_its_earlier_document_goes() -> None:
    target = Target(bad=REFUSED)
    writer = ElasticsearchWriter(target, VALUES, "here")
    assert writer.put([document("bad", "题"), document("good", "题")], 4) == 2
    writer.commit(IndexState(seq=4, refused={"before": "why"}))
    assert target.states[0].refused == {
        "before": "why",
        "bad": "document_parsing_exception: of type [long] in document",
    }
    assert target.sent[-1] == [Operation("delete", "bad", 4)]
    writer.delete(["bad"], 4)  # by who heard of the refusal: it stays known
    assert "bad" in writer.refused
    writer.delete(["bad"], 5)
    assert writer.refused == {}


def test_older_and_absent_documents_are_no_failures() -> None:
    target = Target(a=Failure(409, "version_conflict_engine_exception", "higher version"))
    writer = ElasticsearchWriter(target, VALUES, "here")
    writer.put([document("a", "题")], 1)
    writer.commit(IndexState())
    assert writer.refused == {}


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Failure(429, "cluster_block_exception", "index has read-only-allow-delete block"), NoRoom),
        (Failure(403, "security_exception", "unauthorized"), Misconfigured),
        (Failure(503, "unavailable_shards_exception", "primary shard is not active"), SearchUnavailable),
        (Failure(404, "index_not_found_exception", "no such index"), SearchUnavailable),
    ],
)
def test_what_is_not_the_documents_fault_stops_the_writer(failure: Failure, error: type[Exception]) -> None:
    target = Target(a=failure)
    writer = ElasticsearchWriter(target, VALUES, "here")
    writer.put([document("a", "题")], 1)
    with pytest.raises(error):
        writer.commit(IndexState())
    assert target.states == []


def test_too_many_refusals_stop_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch_writer, "MAX_REFUSED", 3)
    writer = ElasticsearchWriter(Target(**{f"d{n}": REFUSED for n in range(9)}), VALUES, "here")
    writer.put([document(f"d{n}", "题") for n in range(9)], 1)
    with pytest.raises(SearchUnavailable, match="more than 3"):
        writer.commit(IndexState())


def test_a_document_larger_than_a_request_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch_writer, "MAX_DOCUMENT_BYTES", 1_000)
    writer = ElasticsearchWriter(Target(), VALUES, "here")
    writer.put([document("a", "题", "长" * 1_000), document("b", "题")], 1)
    assert writer.refused.keys() == {"a"}
    assert "bytes" in writer.refused["a"]


def test_a_closed_writer_takes_nothing() -> None:
    writer = ElasticsearchWriter(Target(), VALUES, "here")
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.put([document("a", "题")], 1)


def test_a_request_too_large_for_the_cluster_is_sent_in_halves() -> None:
    from catalog.search.engines.elasticsearch import _Target

    class Cluster:
        shown = "here"

    class Halving(_Target):
        def __init__(self) -> None:
            self._cluster = Cluster()  # type: ignore[assignment]
            self.sent: list[int] = []

        def _sent(self, operations: Sequence[Operation]) -> list[Outcome]:
            self.sent.append(len(operations))
            if sum(len(one.body) for one in operations) > 25:
                raise RequestFailedError(Failure(413, "too_large", ""))
            return [Outcome(one.uid) for one in operations]

    target = Halving()
    operations = [Operation("index", f"d{n}", 1, b"x" * 10) for n in range(7)] + [
        Operation("index", "huge", 1, b"x" * 99)
    ]
    outcomes = {one.uid: one.failure for one in target.send(operations)}
    assert len(outcomes) == 8
    assert [uid for uid, failure in outcomes.items() if failure] == ["huge"]
    assert "99 bytes" in str(outcomes["huge"])
