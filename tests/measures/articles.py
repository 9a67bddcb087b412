"""The articles of the real library of statutes against the marks of the files themselves.

Measure: an article is (its number, the first 20 characters from its number on, spaces left out); F1 over all statutes. The marks of the
mainland's are lines of the Markdown that begin with 第…条 and a space; Taiwan's are the list of articles of each record, once as it is
given and once printed as a page: number, two spaces, text, every line a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from catalog.extract.formats.markdown import HISTORY_END, MarkdownExtractor
from catalog.extract.statute import article_anchor, blocks_from_articles, structure
from catalog.model.draft import Block, RawDocument
from tests.measures.files import rows
from tests.measures.scores import Score

MARK = re.compile(
    r"^[\s\u200b#*]*(第[〇零○一二三四五六七八九十百千两\d]+条(?:之[一二三四五六七八九十]+)?)[ \u3000]+(.*)"
)
ARTICLE = re.compile(r"(?:e\d+-)?(art-\d+(?:-\d+)?)(?:_\d+)?")

Marks = Counter[tuple[str, str]]


class Tally:
    """True, wrong and missed articles, and the wrong ones by class."""

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0
        self.classes: Counter[str] = Counter()

    def add(self, marks: Marks, found: Marks, name: str) -> None:
        """Count what was found in one statute."""
        self.right += (marks & found).total()
        self.wrong += (found - marks).total()
        self.missed += (marks - found).total()
        self.classes[f"read without a mark in {name}"] += (found - marks).total()
        self.classes[f"missed in {name}"] += (marks - found).total()

    @property
    def score(self) -> Score:
        """All statutes together."""
        return Score(self.right, self.right + self.wrong, self.right + self.missed)

    def told(self, title: str) -> str:
        """The figures as text, with the statutes that most errors stand in."""
        first = f"{title}: {self.right:,} right, {self.wrong} wrong, {self.missed} missed, F1 {self.score.f1:.5f}"
        return "\n".join([first, *(f"  {count} {line}" for line, count in (+self.classes).most_common(12))])


def mainland(data: Path) -> Tally:
    """The mainland's statutes, from their Markdown."""
    tally, extractor = Tally(), MarkdownExtractor()
    for row in rows(data / "laws" / "mainland.jsonl.gz"):
        lines = map(MARK.match, row["markdown"].partition(HISTORY_END)[2].split("\n"))
        marks = Counter((article_anchor(line[1]) or "", _start(line[1] + line[2])) for line in lines if line)
        draft = extractor.extract(RawDocument(row["markdown"].encode(), "text/markdown", filename=row["path"]))
        tally.add(marks, _found_in(draft.blocks), row["path"].rpartition("/")[2])
    return tally


def taiwan_as_given(data: Path) -> Tally:
    """Taiwan's statutes, from their lists of articles; compared by number alone, since the texts are the given ones."""
    tally = Tally()
    for row in rows(data / "laws" / "taiwan.jsonl.gz"):
        parts = list(parts_of(row))
        tally.add(_numbers(_marks_of(parts)), _numbers(_found_in(blocks_from_articles(parts))), row["法規名稱"])
    return tally


def taiwan_as_pages(data: Path) -> Tally:
    """Taiwan's statutes, printed as pages; rules that count 一、二、 are left out, they have no articles in print."""
    tally = Tally()
    for row in rows(data / "laws" / "taiwan.jsonl.gz"):
        parts = list(parts_of(row))
        if any(number and number.strip().isdigit() for number, _ in parts):
            continue
        lines = [
            line.strip()
            for number, text in parts
            for line in f"{f'{number}  ' if number else ''}{text.strip()}".splitlines()
            if line.strip()
        ]
        tally.add(_marks_of(parts), _found_in(structure([Block("paragraph", line) for line in lines])), row["法規名稱"])
    return tally


def parts_of(row: dict[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Headings (without number) and articles of a record of Taiwan's set."""
    for part in row["法規內容"]:
        if "編章節" in part:
            yield None, part["編章節"]
        else:
            yield part["條號"], part["條文內容"]


def _marks_of(parts: Iterable[tuple[str | None, str]]) -> Marks:
    marks: Marks = Counter()
    for number, text in parts:
        if number:
            first = next((line for line in text.splitlines() if line.strip()), "")
            marks[article_anchor(number) or "", _start(first if number.strip().isdigit() else number + first)] += 1
    return marks


def _found_in(blocks: Iterable[Block]) -> Marks:
    pairs = ((ARTICLE.fullmatch(block.anchor or ""), block.text) for block in blocks)
    return Counter((match[1], _start(text)) for match, text in pairs if match)


def _numbers(marks: Marks) -> Marks:
    return Counter((number, "") for number, _ in marks.elements())


def _start(text: str) -> str:
    return "".join(text.split())[:20]
