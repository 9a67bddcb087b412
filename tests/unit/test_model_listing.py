"""Where records stand in lists: their day and their bodies, made only of what the public may see."""

from __future__ import annotations

import pytest

from catalog.model.listing import Listing, listing
from tests.store_samples import a_record


@pytest.mark.parametrize(
    ("metadata", "stands"),
    [
        ({"date_written": "2015-07-14", "date_published": "2015-07-20"}, Listing(20150714, ())),
        ({"date_published": "2015-07-20T08:00:00+08:00"}, Listing(20150720, ())),
        ({"date_written": "2015-07", "issuing_body": ["甲", "乙", "甲"]}, Listing(20150700, ("甲", "乙"))),
        ({"date_written": "", "issued": "2015"}, Listing(20150000, ())),
        ({"publisher": "丙"}, Listing(0, ("丙",))),
        ({"issuing_body": ["甲"], "publisher": "丙"}, Listing(0, ("甲",))),
        ({"issuing_body": [], "publisher": ""}, Listing(0, ())),
    ],
)
def test_a_record_stands_under_its_bodies_at_its_day(metadata, stands):
    assert listing(a_record("a", metadata=metadata)) == stands


def test_what_is_not_shown_of_a_record_on_request_does_not_place_it():
    metadata = {"publisher": "丙", "modified": "2026-01-01", "issued": "2025-01-01"}
    assert listing(a_record("a", disclosure="on_request", metadata=metadata)) == Listing(0, ())
    metadata |= {"issuing_body": ["甲"], "date_effective": "2024-02-03"}
    assert listing(a_record("a", disclosure="on_request", metadata=metadata)) == Listing(20240203, ("甲",))


@pytest.mark.parametrize(
    "fields", [{"disclosure": "withheld"}, {"state": "draft"}, {"state": "withdrawn"}, {"disclosure": "?"}]
)
def test_what_the_public_may_not_know_of_stands_nowhere(fields):
    assert listing(a_record("a", metadata={"issuing_body": ["甲"]}, **fields)) is None
