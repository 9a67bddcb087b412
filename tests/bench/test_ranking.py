"""The judged sets, on a sample, in every test run: a change of weights, tokens or plans that ranks worse does not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import ranking

pytestmark = pytest.mark.bench


def assert_good(measured: ranking.Measured, *, slack: float = 0.0) -> None:
    print(measured)
    assert measured.value >= ranking.LIMITS[measured.name] - slack, str(measured)


def test_short_names_of_laws_lead_to_them(shared_data: Path, tmp_path: Path) -> None:
    feed, by_title = ranking.load_laws(shared_data)
    names = ranking.short_names(by_title)
    assert_good(ranking.measure_short_names(ranking.searching(feed, tmp_path), names[::2]))


def test_pieces_of_titles_and_spellings_of_numbers_lead_to_them(shared_data: Path, tmp_path: Path) -> None:
    feed, rows = ranking.load_policy(shared_data)
    search = ranking.searching(feed, tmp_path)
    found, own = ranking.measure_fragments(search, rows, ranking.fragments(rows, 150))
    print(own)
    assert_good(found)
    assert_good(ranking.measure_numbers(search, ranking.sampled_numbers(rows, 50)))


def test_lay_questions_find_the_articles_that_answer_them(shared_data: Path, tmp_path: Path) -> None:
    """A third of the questions over all articles. A sample scatters: what is held here is a little below the whole's limit."""
    feed = ranking.load_stard(shared_data)
    questions = ranking.stard_questions(shared_data)[::3]
    for measured in ranking.measure_stard(ranking.searching(feed, tmp_path), feed, questions):
        assert_good(measured, slack=0.02)
