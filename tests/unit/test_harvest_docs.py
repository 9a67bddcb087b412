"""The READMEs of the examples name every directive and every key, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from catalog.harvesters.bodies import ARTICLES, BODY, EVENTS
from catalog.harvesters.folder import FolderConfig
from catalog.harvesters.maps import TOP
from catalog.harvesters.rules import DIRECTIVES, TAKES
from catalog.harvesters.site_config import Column, SiteConfig

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def first_cells(text: str) -> set[str]:
    """The names in the first cells of a document's tables."""
    rows = re.findall(r"^\| (`.+?) \|", text, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def test_the_map_readme_names_every_directive() -> None:
    text = (EXAMPLES / "maps" / "README.md").read_text("utf-8")
    assert first_cells(text) == TOP | DIRECTIVES
    for name in {*TAKES, *ARTICLES, *BODY, *EVENTS} - {"from"}:
        assert re.search(rf"\b{name}\b", text), name


def test_the_source_readme_names_every_key() -> None:
    text = (EXAMPLES / "sources" / "README.md").read_text("utf-8")
    site, folder = text.split("## kind: folder")
    named = set(re.findall(r"`([a-z_]+)`", site.split("## kind: site")[1]))
    keys = {field.data_key or name for schema in (SiteConfig(), Column()) for name, field in schema.fields.items()}
    assert keys - {"name"} <= named
    assert first_cells(site) <= keys
    assert first_cells(folder.split("## Withdrawing")[0]) == set(FolderConfig().fields)
