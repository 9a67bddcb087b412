"""The articles of the real library of statutes against the marks of the files themselves.

Measure: an article is (its number, the first 20 characters from its number on, spaces left out); F1 over all statutes. The marks of the
mainland's are lines of the Markdown that begin with 第…条 and a space; Taiwan's are the list of articles of each record, once as it is
given and once printed as a page: number, two spaces, text, every line a paragraph.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from catalog.extract.formats.markdown import HISTORY_END, MarkdownExtractor
from catalog.extract.statute import article_anchor, blocks_from_articles, structure
from catalog.model.draft import Block, RawDocument
from catalog.model.texttree import derive

LEAST_F1 = 0.99
MARK = re.compile(
    r"^[\s\u200b#*]*(第[〇零○一二三四五六七八九十百千两\d]+条(?:之[一二三四五六七八九十]+)?)[ \u3000]+(.*)"
)
ARTICLE = re.compile(r"(?:e\d+-)?(art-\d+(?:-\d+)?)(?:_\d+)?")

Marks = Counter[tuple[str, str]]


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path) as lines:
        return [orjson.loads(line) for line in lines]


def start(text: str) -> str:
    return "".join(text.split())[:20]


def found_in(blocks: Iterable[Block]) -> Marks:
    pairs = ((ARTICLE.fullmatch(block.anchor or ""), block.text) for block in blocks)
    return Counter((match[1], start(text)) for match, text in pairs if match)


class Tally:
    """True, wrong and missed articles, and the wrong ones by class."""

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0
        self.classes: Counter[str] = Counter()

    def add(self, marks: Marks, found: Marks, name: str) -> None:
        self.right += (marks & found).total()
        self.wrong += (found - marks).total()
        self.missed += (marks - found).total()
        self.classes[f"read without a mark in {name}"] += (found - marks).total()
        self.classes[f"missed in {name}"] += (marks - found).total()

    def f1(self, title: str) -> float:
        value = 2 * self.right / (2 * self.right + self.wrong + self.missed)
        print(f"{title}: {self.right:,} right, {self.wrong} wrong, {self.missed} missed, F1 {value:.5f}")
        for line, count in (+self.classes).most_common(12):
            print(f"  {count} {line}")
        return value


def test_articles_of_the_mainland_s_statutes(shared_data: Path) -> None:
    tally, extractor = Tally(), MarkdownExtractor()
    for row in rows(shared_data / "laws" / "mainland.jsonl.gz"):
        lines = map(MARK.match, row["markdown"].partition(HISTORY_END)[2].split("\n"))
        marks = Counter((article_anchor(line[1]) or "", start(line[1] + line[2])) for line in lines if line)
        draft = extractor.extract(RawDocument(row["markdown"].encode(), "text/markdown", filename=row["path"]))
        tally.add(marks, found_in(draft.blocks), row["path"].rpartition("/")[2])
    assert tally.f1("mainland") >= LEAST_F1
    assert tally.missed == 0


def parts_of(row: dict[str, Any]) -> Iterator[tuple[str | None, str]]:
    for part in row["法規內容"]:
        if "編章節" in part:
            yield None, part["編章節"]
        else:
            yield part["條號"], part["條文內容"]


def marks_of(parts: Iterable[tuple[str | None, str]]) -> Marks:
    marks: Marks = Counter()
    for number, text in parts:
        if number:
            first = next((line for line in text.splitlines() if line.strip()), "")
            marks[article_anchor(number) or "", start(first if number.strip().isdigit() else number + first)] += 1
    return marks


def test_articles_of_taiwan_s_statutes_as_they_are_given(shared_data: Path) -> None:
    tally = Tally()
    for row in rows(shared_data / "laws" / "taiwan.jsonl.gz"):
        parts = list(parts_of(row))
        found = found_in(blocks_from_articles(parts))
        tally.right += found.total()
        tally.missed += sum(
            (Counter(anchor for anchor, _ in marks_of(parts)) - Counter(anchor for anchor, _ in found)).values()
        )
    assert tally.f1("Taiwan, as given") == 1.0


def test_articles_of_taiwan_s_statutes_printed_as_a_page(shared_data: Path) -> None:
    tally = Tally()
    for row in rows(shared_data / "laws" / "taiwan.jsonl.gz"):
        parts = list(parts_of(row))
        if any(number and number.strip().isdigit() for number, _ in parts):
            continue  # rules that count 一、二、 and have no articles in print
        lines = [
            line.strip()
            for number, text in parts
            for line in f"{f'{number}  ' if number else ''}{text.strip()}".splitlines()
            if line.strip()
        ]
        tally.add(marks_of(parts), found_in(structure([Block("paragraph", line) for line in lines])), row["法規名稱"])
    assert tally.f1("Taiwan, as a page") >= LEAST_F1


def test_the_tree_of_a_statute_has_all_of_its_text(shared_data: Path) -> None:
    kinds: Counter[str] = Counter()
    repeated = 0
    for row in rows(shared_data / "laws" / "taiwan.jsonl.gz")[::5]:
        blocks = blocks_from_articles(parts_of(row))
        tree = derive(blocks)
        assert "".join(unit.text for unit in tree.units) == "".join(block.text for block in blocks)
        assert len({unit.anchor for unit in tree.units}) == len(tree.units)
        kinds.update(unit.kind for unit in tree.units)
        repeated += sum("_" in unit.anchor for unit in tree.units)
    print(f"units of a fifth of Taiwan's statutes: {dict(kinds)}; {repeated} anchors of numbers that the print repeats")
    assert repeated < kinds["item"] / 100
