"""Real gazettes beside the checkout: figures that are printed and held (the measures: `tests/measures/gazettes.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.measures import gazettes


@pytest.fixture(scope="module")
def listed(shared_data: Path) -> gazettes.Listed:
    return gazettes.listed(shared_data)


def test_whole_issues_give_the_articles_of_the_metadata(
    shared_data: Path, listed: gazettes.Listed, capsys: pytest.CaptureFixture[str]
) -> None:
    found = gazettes.whole_issues(shared_data, listed)
    with capsys.disabled():
        print(f"\n行政院公報: {found.issues} issues, {found.articles} articles; right: {found.right}")
    assert found.refused == []
    assert (found.issues, found.articles, found.listed) == (28, 436, 436)
    assert min(found.right.values()) >= 0.99 * found.listed


def test_the_same_issues_as_flat_text(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = gazettes.flat_issues(shared_data)
    with capsys.disabled():
        print(f"\n行政院公報 as flat text: {found.score}, F1 {found.score.f1:.3f}")
    assert found.whole
    assert found.score.f1 >= 0.98


@pytest.mark.parametrize("tags", gazettes.TAGS_TO)
def test_the_federal_register_without_its_tags(
    shared_data: Path, tags: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = gazettes.federal_register(shared_data, tags)
    with capsys.disabled():
        print(f"\nFederal Register, tags to {tags}: {found.score}, F1 {found.score.f1:.3f}")
    assert found.score.wanted == 146
    assert found.score.f1 >= 0.98
    assert found.whole


def test_corrections_name_what_they_correct(listed: gazettes.Listed, capsys: pytest.CaptureFixture[str]) -> None:
    found = gazettes.corrected(listed)
    with capsys.disabled():
        print(f"\n{found}")
    assert found.found >= 600
    assert found.named >= 0.95 * found.found
