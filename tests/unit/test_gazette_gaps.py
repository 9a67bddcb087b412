"""Issues of a gazette that are not there."""

from __future__ import annotations

import pytest

from catalog.actions.gazette_gaps import LISTED, _running, gaps, numbers_of


@pytest.mark.parametrize(
    ("printed", "numbers"),
    [("3", {3}), ("3-4", {3, 4}), ("11—12", {11, 12}), (None, set()), ("增刊", set()), ("1-105", set()), ("4-3", set()), (7, {7})],
)  # fmt: skip
def test_numbers_of_an_issue(printed: object, numbers: set[int]) -> None:
    assert numbers_of(printed) == numbers


def test_gaps_are_between_the_first_and_the_last_known_number() -> None:
    assert gaps({2, 3, 6}, 1) == [1, 4, 5]
    assert gaps(set(), 1) == []


def test_numbers_far_apart_are_counted_and_not_listed() -> None:
    row = _running("云江市公报", {1, 900_000})
    assert (row["missing_count"], len(row["missing"]), row["missing"][0]) == (899_998, LISTED, 2)
