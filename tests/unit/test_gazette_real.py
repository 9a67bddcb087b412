"""Real gazettes beside the checkout: figures that are printed and held. A clone without them skips."""

from __future__ import annotations

import gzip
import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from catalog.extract.gazette import corrections, flat
from catalog.model import dates
from catalog.model.docnumber import parse_joint
from tests.gazette_parts import read_all

BREAKS = re.compile(r"(?i)<(?:br|/p|/tr|/div|/h\d|/td|/li)[^>]*>")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def gazettes(shared_data: Path) -> Path:
    folder = shared_data / "gazettes"
    if not folder.is_dir():
        pytest.skip(f"no gazettes in {shared_data}")
    return folder


@pytest.fixture(scope="module")
def listed(gazettes: Path) -> dict[tuple[str, str], dict[str, str]]:
    with gzip.open(gazettes / "ey-articles.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {(row["issue"], row["MetaId"]): row for row in rows}


def test_whole_issues_give_the_articles_of_the_metadata(
    gazettes: Path, listed: dict[tuple[str, str], dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    found = read_all(paths=[str(gazettes / "ey-whole-issues")])
    right = {"number": 0, "issuer": 0, "date": 0, "text": 0}
    articles = [one for one in found if "#" in one.reference.key]
    for one in articles:
        assert one.metadata is not None, one.problems
        issue, _, key = one.reference.key.rpartition("/")[2].partition("#")
        row = listed[issue[:9], key]
        number = one.metadata.get("doc_number")
        numbers = ([number["canonical"]] if number else []) + one.metadata.get("joint_numbers", [])
        day = dates.parse(row["Date_Created"])
        right["number"] += numbers == [joint.canonical for joint in parse_joint(row.get("GazetteId") or "")]
        right["issuer"] += one.metadata["issuing_body"] == row["PubGovName"].split(";")
        right["date"] += one.metadata["date_written"] == (day and day.text)
        right["text"] += bool(one.draft.blocks)
    with capsys.disabled():
        print(f"\n行政院公報: {len(found) - len(articles)} issues, {len(articles)} articles; right: {right}")
    assert (len(found) - len(articles), len(articles)) == (28, 436)
    assert min(right.values()) >= 0.99 * len(articles)


def _flat_issue(path: Path) -> tuple[str, list[int]]:
    """An issue as one long text, and where its articles begin."""
    with gzip.open(path) as file:
        root = ET.parse(file).getroot()  # noqa: S314 - a file of the development data
    text, starts = "行政院公報\n", []
    for record in root:
        starts.append(len(text))
        plain = TAGS.sub("", BREAKS.sub("\n", " ".join((record.findtext("HTMLContent") or "").split())))
        lines = (line.strip() for line in html.unescape(plain).replace("\xa0", " ").split("\n"))
        text += "\n".join(line for line in lines if line) + "\n"
    return text, starts


def test_the_same_issues_as_flat_text(gazettes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hits = given = wanted = 0
    for path in sorted((gazettes / "ey-whole-issues").iterdir()):
        text, starts = _flat_issue(path)
        split = flat.split(text)
        assert "".join(split.of(piece) for piece in split.pieces) == text
        found = {piece.start for piece in split.articles()}
        hits, given, wanted = hits + len(found & set(starts)), given + len(found), wanted + len(starts)
    measure = 2 * hits / (given + wanted)
    with capsys.disabled():
        print(
            f"\n行政院公報 as flat text: {hits} of {wanted} beginnings found, {given - hits} too many, F1 {measure:.3f}"
        )
    assert measure >= 0.98


@pytest.mark.parametrize(
    "tags", ["a line feed", "nothing", "nothing, on one line", "nothing, and no blanks between tags"]
)
def test_the_federal_register_without_its_tags(gazettes: Path, tags: str, capsys: pytest.CaptureFixture[str]) -> None:
    with gzip.open(gazettes / "federal-register" / "2016-04-15.xml.gz", "rt", encoding="utf-8") as file:
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
    exact = len(set(found) & set(truth))
    measure = 2 * exact / (len(found) + len(truth))
    with capsys.disabled():
        print(f"\nFederal Register, tags to {tags}: {len(found)} documents, {exact} to the character, F1 {measure:.3f}")
    assert len(truth) == 146
    assert measure >= 0.98
    assert "".join(split.of(piece) for piece in split.pieces) == text


def test_corrections_name_what_they_correct(
    listed: dict[tuple[str, str], dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    titles = [row["Title"] for row in listed.values()]
    found = [title for title in titles if corrections.is_correction(title)]
    named = [title for title in found if corrections.targets(title)]
    numbered = [title for title in found if any(one.number for one in corrections.targets(title))]
    with capsys.disabled():
        print(
            f"\ncorrections: {len(found)} of {len(titles)}; {len(named)} name what they correct, {len(numbered)} by number"
        )
    assert len(found) >= 600
    assert len(named) >= 0.95 * len(found)
