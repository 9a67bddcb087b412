"""The articles of the real library of statutes against the marks of the files themselves (the measure: `tests/measures/articles.py`)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from catalog.extract.statute import blocks_from_articles
from catalog.model.texttree import derive
from tests.measures import articles
from tests.measures.files import rows

LEAST_F1 = 0.99


def test_articles_of_the_mainland_s_statutes(shared_data: Path) -> None:
    tally = articles.mainland(shared_data)
    print(tally.told("mainland"))
    assert tally.score.f1 >= LEAST_F1
    assert tally.missed == 0


def test_articles_of_taiwan_s_statutes_as_they_are_given(shared_data: Path) -> None:
    tally = articles.taiwan_as_given(shared_data)
    print(tally.told("Taiwan, as given"))
    assert tally.score.f1 == 1.0


def test_articles_of_taiwan_s_statutes_printed_as_a_page(shared_data: Path) -> None:
    tally = articles.taiwan_as_pages(shared_data)
    print(tally.told("Taiwan, as a page"))
    assert tally.score.f1 >= LEAST_F1


def test_the_tree_of_a_statute_has_all_of_its_text(shared_data: Path) -> None:
    kinds: Counter[str] = Counter()
    repeated = 0
    for row in list(rows(shared_data / "laws" / "taiwan.jsonl.gz"))[::5]:
        blocks = blocks_from_articles(articles.parts_of(row))
        tree = derive(blocks)
        assert "".join(unit.text for unit in tree.units) == "".join(block.text for block in blocks)
        assert len({unit.anchor for unit in tree.units}) == len(tree.units)
        kinds.update(unit.kind for unit in tree.units)
        repeated += sum("_" in unit.anchor for unit in tree.units)
    print(f"units of a fifth of Taiwan's statutes: {dict(kinds)}; {repeated} anchors of numbers that the print repeats")
    assert repeated < kinds["item"] / 100
