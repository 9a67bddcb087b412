"""The demo as `make demo` runs it, on a catalogue in a temporary folder, over HTTP on the loopback address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.actions import Actor, Catalogue, call
from catalog.app import create_catalogue
from catalog.demo.build import build_city
from catalog.demo.city import Document
from catalog.demo.run import ACTOR, DemoReport, faults_of, run_demo
from catalog.demo.server import CityServer
from catalog.demo.sources import Expected, expected
from catalog.demo.trouble import troubles
from catalog.settings import read_settings

pytestmark = pytest.mark.network
LONGEST_SECONDS = 60
"""The demo is to take 20 s; other tests may run beside this one."""


def serve() -> CityServer:
    """The city at a fixed port that the demo itself does not use."""
    return CityServer(port=8418)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = create_catalogue(read_settings(DATA_DIR=str(tmp_path_factory.mktemp("demo"))))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def report(catalogue: Catalogue) -> DemoReport:
    started = time.monotonic()
    made = run_demo(catalogue, serve_city=serve, echo=lambda _line: None)
    assert time.monotonic() - started < LONGEST_SECONDS
    return made


def test_all_is_as_it_must_be(report: DemoReport) -> None:
    assert report.ok, "\n".join(report.lines)


def test_every_source_is_reported(report: DemoReport) -> None:
    text = "\n".join(report.lines)
    for name in expected():
        assert name in text
    assert "missing 0, stale 0, extra 0" in text


def test_each_trouble_ends_as_it_must_with_its_reason(catalogue: Catalogue, report: DemoReport) -> None:
    told = call(catalogue, ACTOR, "source.report", {"name": "yunjiang-trouble"})["troubles"]
    ends = {(one["url"] or one["ref"]).rsplit("/wt/", 1)[-1]: one for one in told}
    for trouble in troubles():
        if trouble.fate == "created":
            assert trouble.name not in ends
            continue
        name = next((name for name in ends if name == trouble.name or trouble.name in ends[name]["ref"]), None)
        assert name is not None, (trouble, ends)
        assert ends[name]["state"] == trouble.fate
        assert ends[name]["message"]
        if trouble.code:
            assert ends[name]["code"] == trouble.code


def test_a_second_run_writes_nothing(catalogue: Catalogue, report: DemoReport) -> None:
    with catalogue.store.read() as reader:
        before = reader.last_seq()
    again = run_demo(catalogue, serve_city=serve, echo=lambda _line: None)
    with catalogue.store.read() as reader:
        assert reader.last_seq() == before
    assert again.ok, "\n".join(again.lines)


def id_of(catalogue: Catalogue, one: Document) -> str:
    """The record of a document itself, not of the gazette article that prints it again under the same number."""
    parameters = {"q": [one.number or one.title], "type": [one.record_type]}
    return str(call(catalogue, ACTOR, "record.search", {"parameters": parameters})["items"][0]["id"])


def test_relations_between_documents_are_resolved(catalogue: Catalogue, report: DemoReport) -> None:
    by_key = {one.key: one for one in build_city().documents}
    repealing, repealed, rule, interpretation = (
        by_key[key] for key in ("climate-2", "climate-1", "parking-1", "parking-2")
    )
    outgoing = call(catalogue, ACTOR, "record.relations", {"id": id_of(catalogue, repealing)})["outgoing"]
    assert ("repeals", repealed.title) in {(row["type"], row["target"]["title"]) for row in outgoing if row["target"]}
    incoming = call(catalogue, ACTOR, "record.relations", {"id": id_of(catalogue, rule)})["incoming"]
    assert ("interprets", interpretation.title) in {
        (row["type"], row["target"]["title"]) for row in incoming if row["target"]
    }
    shown = call(catalogue, ACTOR, "record.show", {"id": id_of(catalogue, repealed)})
    assert shown["validity"]["status"] == "repealed"


def test_the_text_of_an_on_request_document_is_not_found(catalogue: Catalogue, report: DemoReport) -> None:
    requested = next(one for one in build_city().documents if one.key == "bureauopen-2")
    phrase = next(para.text for para in requested.paras if "内部工作安排" in para.text)[2:20]
    found = call(catalogue, ACTOR, "record.search", {"parameters": {"q": [f'"{phrase}"']}})
    assert requested.title not in {item["title"] for item in found["items"]}
    assert (
        call(catalogue, ACTOR, "record.search", {"parameters": {"q": [requested.number]}})["items"][0]["title"]
        == requested.title
    )


def test_an_on_request_document_shows_its_header_and_why_it_must_be_asked_for(
    catalogue: Catalogue, report: DemoReport
) -> None:
    for one in build_city().documents:
        if one.disclosure == "on_request":
            shown = call(catalogue, Actor("public", "anonymous"), "record.show", {"id": one.number})
            assert shown["title"] == one.title
            assert (shown["disclosure_reason"], shown["disclosure_basis"]) == (one.reason, "art16_internal")
            assert not shown["has_text"]
            assert shown["files"] == []


def test_wrong_counters_are_faults() -> None:
    good = {"counters": {"listed": 3, "created": 2, "quarantined": 1}, "state": "finished", "message": ""}
    assert faults_of(Expected(2, 1), good) == []
    assert len(faults_of(Expected(3, 0), good)) == 2
    assert "listed" in faults_of(Expected(2, 1), good | {"counters": {"listed": 4, "created": 2, "quarantined": 1}})[0]
    assert "stopped" in faults_of(Expected(2, 1), good | {"state": "stopped"})[0]


def test_a_city_that_serves_less_is_noticed(tmp_path: Path) -> None:
    from catalog.demo.sites import NOT_FOUND, build_web

    gone = build_web().paths["oilfume-5"]
    answers = {**build_web().answers, gone: replace(NOT_FOUND, content=b"")}
    made = create_catalogue(read_settings(DATA_DIR=str(tmp_path)))
    try:
        report = run_demo(made, serve_city=lambda: CityServer(answers, port=0), echo=lambda _line: None)
    finally:
        made.store.close()
    assert not report.ok
    assert any("yunjiang-gov" in fault for fault in report.faults)
    assert any("政規" in fault for fault in report.faults)
