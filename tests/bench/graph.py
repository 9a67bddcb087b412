"""All sets of real data in one catalogue: how long the gazettes take to load, how they are linked, and the graph of citations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.actions import Catalogue
from catalog.actions.citations import Figures, figures
from catalog.actions.gazette import articles_of
from catalog.app import create_catalogue
from catalog.settings import read_settings
from tests.bench.loading import MAPS, Took, gongkai, mainland_laws
from tests.measures.files import rows

LINK = "published_in"
"""What an article is to its issue: no citation."""


@dataclass(frozen=True, slots=True)
class Order:
    """Issues and articles of the file; articles that stand in their issue; issues whose articles stand in the order of the file;
    articles that stand in their issue once more, as a record of their own.
    """

    issues: int
    articles: int
    linked: int
    ordered: int
    twice: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the loads took by name of the set; MB of the mainland's statutes; the gazette's order when its articles were loaded."""

    took: dict[str, Took]
    laws: float
    order: Order | None


def load(var: Path, folder: Path, data: Path, *, quick: bool) -> Loaded:
    """Load the sets one after the other into `var`; `quick` leaves out the articles of the gazette (40,518)."""
    size, laws = mainland_laws(var, data)
    took = {"laws, mainland": laws}
    maps = {
        "laws, Taiwan": ("laws/taiwan.jsonl.gz", "laws-taiwan"),
        "policy": ("policy/records.jsonl.gz", "policy"),
        "issues": ("gazettes/ey-issues.jsonl.gz", "ey-issues"),
        "articles": ("gazettes/ey-articles.jsonl.gz", "ey-articles"),
    }
    for name, (file, named) in maps.items():
        if not (quick and name == "articles"):
            took[name] = gongkai(var, "load", str(data / file), "--map", str(MAPS / f"{named}.yaml"))
    found = None if quick else order(var, data)
    took["pages"] = gongkai(var, "load", str(data / "govcn" / "pages"))
    took["whole issues"] = _gazette_source(var, folder, data / "gazettes" / "ey-whole-issues")
    return Loaded(took, size, found)


def _gazette_source(var: Path, folder: Path, issues: Path) -> Took:
    source = folder / "whole-issues.yaml"
    source.write_text(
        f"name: whole-issues\nkind: gazette\ntitle: 行政院公報\nconfig: {{paths: ['{issues}'], publisher: 行政院}}\n",
        encoding="utf-8",
    )
    gongkai(var, "harvest", "add", str(source))
    return gongkai(var, "harvest", "run", "whole-issues")


def citations(var: Path) -> list[Figures]:
    """The relations of the catalogue by type."""
    with _opened(var) as catalogue:
        return figures(catalogue)


def told(var: Path) -> str:
    """The same as `gongkai citations` prints it."""
    return gongkai(var, "citations").output.rstrip()


def order(var: Path, data: Path) -> Order:
    """Whether the articles of the gazette stand in their issues, in the order in which the file lists them."""
    listed = {row["issue"]: row["meta_ids"] for row in rows(data / "gazettes" / "ey-issues.jsonl.gz")}
    present = {row["MetaId"] for row in rows(data / "gazettes" / "ey-articles.jsonl.gz")}
    linked = ordered = twice = 0
    with _opened(var) as catalogue, catalogue.store.read() as reader:
        issues = [
            (str(record["metadata"].get("external_id")), record["id"])
            for record in reader.iter_records()
            if record["type"] == "gazette_issue"
        ]
        for name, record_id in issues:
            if name not in listed:
                continue
            wanted = [key for key in listed[name] if key in present]
            names = [str(record["metadata"].get("external_id")) for record in articles_of(reader, record_id)]
            found = [
                key.rpartition("#")[2] for key in names
            ]  # one that was joined with its text bears the file's name too
            found = [key for key in found if key in set(wanted)]
            linked += len(set(found))
            twice += len(found) - len(set(found))
            ordered += found == wanted
    return Order(len(listed), sum(key in present for keys in listed.values() for key in keys), linked, ordered, twice)


@contextmanager
def _opened(var: Path) -> Iterator[Catalogue]:
    catalogue = create_catalogue(read_settings(DATA_DIR=str(var)))
    try:
        yield catalogue
    finally:
        catalogue.store.close()
