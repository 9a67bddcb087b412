"""The operators' doors of a whole application: what they tell when all is well, and when a part is away."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from catalog.actions import Catalogue
from catalog.actions.health import KEEP_SECONDS
from catalog.api import metrics
from catalog.app import create_app, create_catalogue
from catalog.errors import FilesUnavailable, SearchUnavailable, StoreUnavailable
from catalog.settings import read_settings


@pytest.fixture
def own(tmp_path):
    catalogue = create_catalogue(read_settings(DATA_DIR=str(tmp_path), PLUGINS=["-extractors", "-harvesters"]))
    catalogue.search.catch_up()
    yield catalogue
    catalogue.search.close()
    catalogue.store.close()


def app_of(catalogue: Catalogue) -> Flask:
    app = create_app(catalogue)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def away(error):
    def asked(*args, **options):
        raise error

    return asked


def families(body: str):
    return {family.name: family for family in text_string_to_metric_families(body)}


def test_a_process_that_answers_lives_and_asks_nothing(own, monkeypatch):
    for name in ("ping", "read"):
        monkeypatch.setattr(type(own.store), name, away(StoreUnavailable("away")))
    answer = app_of(own).test_client().get("/healthz/live")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready_names_each_part(own):
    answer = app_of(own).test_client().get("/healthz/ready")
    told = answer.get_json()
    assert answer.status_code == 200
    assert told["status"] == "ok"
    assert {name: part["status"] for name, part in told["parts"].items()} == dict.fromkeys(
        ("store", "search", "files", "queue"), "ok"
    )
    assert told["index"] == {"lag": 0}


@pytest.mark.parametrize(
    ("part", "home", "name", "error"),
    [
        ("search", "search.engine", "about", SearchUnavailable("http://elastic:secret@host:9200")),
        ("files", "files", "ping", FilesUnavailable("s3://secret")),
    ],
)
def test_degraded_is_said_with_what_still_works(own, monkeypatch, part, home, name, error):
    place = own
    for step in home.split("."):
        place = getattr(place, step)
    monkeypatch.setattr(type(place), name, away(error))
    answer = app_of(own).test_client().get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert answer.get_json()["parts"][part]["reason"] == "no answer"
    assert "answer" in answer.get_json()["parts"][part]["without"]
    assert "secret" not in answer.get_data(as_text=True)


def test_without_the_store_it_is_unavailable(own, monkeypatch):
    monkeypatch.setattr(type(own.store), "ping", away(StoreUnavailable("postgresql://u:secret@host/db")))
    answer = app_of(own).test_client().get("/healthz/ready")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["status"] == "unavailable"
    assert "secret" not in answer.get_data(as_text=True)


def test_without_an_index_it_says_so(tmp_path):
    catalogue = create_catalogue(read_settings(DATA_DIR=str(tmp_path)))
    told = app_of(catalogue).test_client().get("/healthz/ready").get_json()
    assert (told["status"], told["parts"]["search"]["reason"]) == ("degraded", "no index")
    catalogue.store.close()


def test_metrics_can_be_read_and_hold_the_figures(door_catalogue):
    client = app_of(door_catalogue).test_client()
    for path in (
        "/",
        "/d/yunjiang-order-58",
        "/d/no-such",
        "/d/none-either",
        "/api/v1/records?q=数据",
        "/nowhere/at/all",
    ):
        client.get(path)
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = families(answer.get_data(as_text=True))
    assert {sample.labels["part"]: sample.value for sample in found["gongkai_part_up"].samples} == dict.fromkeys(
        ("store", "search", "files", "queue"), 1.0
    )
    records = {(s.labels["state"], s.labels["type"]): s.value for s in found["gongkai_records"].samples}
    assert records["withdrawn", "normative_document"] == 1
    assert records["published", "dataset"] == 1
    assert found["gongkai_index_lag_changes"].samples[0].value == 0
    counted = {
        (s.labels["endpoint"], s.labels["status"]): s.value
        for s in found["gongkai_http_requests"].samples
        if s.name.endswith("_total")
    }
    assert counted["/d/<name>", "200"] == 1
    assert counted["/d/<name>", "404"] == 2
    assert counted[metrics.NO_TEMPLATE, "404"] == 1


def test_addresses_do_not_become_labels(own):
    client = app_of(own).test_client()
    for number in range(50):
        client.get(f"/d/name-{number}")
        client.get(f"/nowhere/{number}")
        client.open("/", method=f"ODD{number}")
    text = client.get("/metrics").get_data(as_text=True)
    assert not re.search(r"name-\d|nowhere|ODD", text)
    endpoints = set(re.findall(r'gongkai_http_requests_total\{endpoint="([^"]*)"', text))
    assert {"/d/<name>", metrics.NO_TEMPLATE} <= endpoints <= {"/d/<name>", metrics.NO_TEMPLATE, "/"}


def test_what_cannot_be_told_is_a_gap_and_not_a_zero(own, monkeypatch):
    monkeypatch.setattr(type(own.store), "read", away(StoreUnavailable("away")))
    monkeypatch.setattr(type(own.store), "ping", away(StoreUnavailable("away")))
    found = families(app_of(own).test_client().get("/metrics").get_data(as_text=True))
    assert {s.labels["part"]: s.value for s in found["gongkai_part_up"].samples}["store"] == 0
    assert not {"gongkai_records", "gongkai_jobs", "gongkai_index_lag_changes"} & set(found)


def test_counts_of_ended_workers_stay_and_their_files_go(tmp_path):
    counts = metrics._Counts
    for process, value in ((11, 2.0), (12, 3.0), (13, 4.0)):
        held = counts(str(tmp_path / f"counter_{process}.db"))
        held.write_value('["a", "a_total", {}, "help"]', value, 0.0)
        held.close()
    metrics.retire(tmp_path, 11)
    metrics.retire(tmp_path, 12)
    metrics.retire(tmp_path, 99)
    assert {path.name for path in tmp_path.glob("*.db")} == {"counter_13.db", "counter_retired.db"}
    (total,) = metrics._AllCounts(None, str(tmp_path)).collect()
    assert [sample.value for sample in total.samples] == [9.0]


def test_probes_are_not_asked_again_at_once(own, monkeypatch):
    asked = []
    real = type(own.files).ping
    monkeypatch.setattr(type(own.files), "ping", lambda self: (asked.append(1), real(self))[1])
    client = app_of(own).test_client()
    for _ in range(10):
        client.get("/healthz/ready")
    assert KEEP_SECONDS >= 1
    assert len(asked) == 1
