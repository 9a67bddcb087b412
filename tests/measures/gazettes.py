"""Real gazettes: issues divided by the program, compared with what their files and the metadata of their articles say."""

from __future__ import annotations

import gzip
import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.extract.gazette import corrections, flat
from catalog.model import dates
from catalog.model.docnumber import parse_joint
from tests.gazette_parts import Read, read_all
from tests.measures.files import rows
from tests.measures.scores import Score

BREAKS = re.compile(r"(?i)<(?:br|/p|/tr|/div|/h\d|/td|/li)[^>]*>")
TAGS = re.compile(r"<[^>]+>")
TAGS_TO = ("a line feed", "nothing", "nothing, on one line", "nothing, and no blanks between tags")
"""What the tags of a gazette become where only its text is kept."""

Listed = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass
class Issues:
    """Issues and articles found in files, and of how many articles number, issuer and date are those of the metadata and text is there.

    `listed`: articles that the files hold. `refused`: articles that no record can be made of, with the problems.
    """

    issues: int
    articles: int
    listed: int
    right: dict[str, int] = field(default_factory=lambda: {"number": 0, "issuer": 0, "date": 0, "text": 0})
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Split:
    """Beginnings (or whole documents) found in flat texts; `whole`: all pieces together are the text."""

    score: Score
    whole: bool


@dataclass(frozen=True, slots=True)
class Corrections:
    """Titles, those that are corrections, those of them that name what they correct, and those that name it by number."""

    titles: int
    found: int
    named: int
    numbered: int


def listed(data: Path) -> Listed:
    """The metadata of the articles of 行政院公報 by issue and id."""
    return {(row["issue"], row["MetaId"]): row for row in rows(data / "gazettes" / "ey-articles.jsonl.gz")}


def whole_issues(data: Path, metadata: Listed) -> Issues:
    """The whole issues as XML, through the harvester and the schema."""
    folder = data / "gazettes" / "ey-whole-issues"
    read = read_all(paths=[str(folder)])
    articles = [one for one in read if "#" in one.reference.key]
    held = sum(len(_records(path)) for path in folder.iterdir())
    found = Issues(len(read) - len(articles), len(articles), held)
    for one in articles:
        _compare(one, metadata, found)
    return found


def _compare(one: Read, metadata: Listed, found: Issues) -> None:
    if one.metadata is None:
        found.refused += [f"{one.reference.key}: {one.problems}"]
        return
    issue, _, key = one.reference.key.rpartition("/")[2].partition("#")
    row = metadata[issue[:9], key]
    number, day = one.metadata.get("doc_number"), dates.parse(row["Date_Created"])
    numbers = ([number["canonical"]] if number else []) + one.metadata.get("joint_numbers", [])
    found.right["number"] += numbers == [joint.canonical for joint in parse_joint(row.get("GazetteId") or "")]
    found.right["issuer"] += one.metadata["issuing_body"] == row["PubGovName"].split(";")
    found.right["date"] += one.metadata["date_written"] == (day and day.text)
    found.right["text"] += bool(one.draft.blocks)


def flat_issues(data: Path) -> Split:
    """The whole issues, each as one long text: how many beginnings of articles are found to the character."""
    right = found = wanted = 0
    whole = True
    for path in sorted((data / "gazettes" / "ey-whole-issues").iterdir()):
        text, starts = _flat_issue(path)
        split = flat.split(text)
        whole &= "".join(split.of(piece) for piece in split.pieces) == text
        beginnings = {piece.start for piece in split.articles()}
        right, found, wanted = right + len(beginnings & set(starts)), found + len(beginnings), wanted + len(starts)
    return Split(Score(right, found, wanted), whole)


def _flat_issue(path: Path) -> tuple[str, list[int]]:
    """An issue as one long text, and where its articles begin."""
    text, starts = "行政院公報\n", []
    for record in _records(path):
        starts.append(len(text))
        plain = TAGS.sub("", BREAKS.sub("\n", " ".join((record.findtext("HTMLContent") or "").split())))
        lines = (line.strip() for line in html.unescape(plain).replace("\xa0", " ").split("\n"))
        text += "\n".join(line for line in lines if line) + "\n"
    return text, starts


def _records(path: Path) -> ET.Element:
    with gzip.open(path) as file:
        return ET.parse(file).getroot()  # noqa: S314 - a file of the development data


def federal_register(data: Path, tags: str) -> Split:
    """The issue of the Federal Register without its tags (one of `TAGS_TO`): documents that are found to the character, blanks left out."""
    path = data / "gazettes" / "federal-register" / "2016-04-15.xml.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        marked = file.read()
    root = ET.fromstring(marked)  # noqa: S314 - a file of the development data
    documents = [element for element in root.iter() if any(inner.tag == "FRDOC" for inner in element)]
    truth = ["".join("".join(element.itertext()).split()) for element in documents]
    if tags.endswith("between tags"):
        marked = re.sub(r">\s+<", "><", marked)
    text = html.unescape(TAGS.sub("\n" if tags == "a line feed" else "", marked))
    text = " ".join(text.split()) if tags.endswith("line") else text
    split = flat.split(text)
    found = ["".join(split.of(piece).split()) for piece in split.articles()]
    whole = "".join(split.of(piece) for piece in split.pieces) == text
    return Split(Score(len(set(found) & set(truth)), len(found), len(truth)), whole)


def corrected(metadata: Listed) -> Corrections:
    """What the titles of the articles say of corrections."""
    titles = [row["Title"] for row in metadata.values()]
    found = [title for title in titles if corrections.is_correction(title)]
    named = [title for title in found if corrections.targets(title)]
    numbered = sum(any(one.number for one in corrections.targets(title)) for title in named)
    return Corrections(len(titles), len(found), len(named), numbered)
