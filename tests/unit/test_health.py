"""The health check itself, on parts that are well, away, or hang."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from catalog.actions.health import HealthCheck
from catalog.errors import Damaged, Misconfigured, NoRoom, StoreUnavailable


def well(_seconds):
    return None


def raising(error):
    def probe(_seconds):
        raise error

    return probe


def check(**probes):
    catalogue = SimpleNamespace()  # it has no parts: what asks it for figures fails, and must be told as "cannot say"
    return HealthCheck(catalogue, probes, seconds=0.3, keep=0.2)


def test_all_well():
    health = check(store=well, search=well).look()
    assert (health.status, [part.ok for part in health.parts]) == ("ok", [True, True])


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (StoreUnavailable("no host secret@10.0.0.1"), "no answer"),
        (NoRoom("/var/lib is full"), "no room"),
        (Damaged("bytes of /srv"), "damaged"),
        (Misconfigured("key of /etc"), "wrong settings"),
        (ZeroDivisionError("password=123"), "error"),
    ],
)
def test_an_error_is_a_short_word_and_none_of_its_own(error, word):
    health = check(store=well, files=raising(error)).look()
    assert health.status == "degraded"
    told = health.as_dict()["parts"]["files"]
    assert told["reason"] == word
    assert str(error) not in str(health.as_dict())
    assert "downloads do not" in told["without"]


def test_without_the_store_nothing_is_available():
    assert check(store=raising(StoreUnavailable("x")), search=well).look().status == "unavailable"


def test_a_part_that_answers_but_cannot_be_used_says_why():
    assert check(store=well, search=lambda _: "no index").look().parts[1].reason == "no index"


def test_the_lag_and_the_figures_are_unknown_when_they_cannot_be_read():
    found = check(store=well)
    assert found.look().lag is None
    assert (found.numbers().figures, found.numbers().refused) == (None, None)


def test_hanging_parts_cost_one_budget_together_and_one_thread_each():
    hanging = threading.Event()
    asked = []

    def hangs(_seconds):
        asked.append(1)
        hanging.wait(20)

    found = check(store=well, search=hangs, files=hangs, queue=well)
    try:
        started = time.monotonic()
        health = found.look()
        assert time.monotonic() - started < 0.9  # one budget of 0.3 s, not two
        assert [part.reason for part in health.parts] == ["", "too slow", "too slow", ""]
        for _ in range(3):
            time.sleep(0.25)
            found.look()
        assert len(asked) == 2  # none was asked again while it hung
    finally:
        hanging.set()
    time.sleep(0.3)
    assert found.look().status == "ok"
    assert len(asked) == 4


def test_an_answer_is_kept_for_a_moment_whoever_asks():
    asked = []
    found = check(store=lambda _: asked.append(1))
    askers = [threading.Thread(target=found.look) for _ in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(asked) == 1
    time.sleep(0.25)
    found.look()
    assert len(asked) == 2
