"""How a text looks from outside: the one shape that the API, the export and the pages give it.

The tree itself is derived by `model.texttree`; here the record's title, language and the roles of the parts are added. Who may see a text
is decided before: an empty list of blocks stands for one that is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from catalog.model.draft import Block
from catalog.model.record import Record
from catalog.model.script import fold
from catalog.model.texttree import MAIN, Tree, Unit, derive
from catalog.model.titles import transmitted

MOST_QUOTING = 60
"""Blocks of a record's text in which it names what it issues; it does so at its beginning."""
_ISSUES = re.compile("印发|转发|批转|发布|公布|颁布")


def text_answer(record: Record, blocks: Sequence[Block]) -> dict[str, Any]:
    """The text of a record as seen by the asker: `id`, `title`, `language`, `script`, `parts`, `pages` (how many the original has, as far
    as the text reaches; `None` without pages), `blocks`.
    """
    tree = derive(blocks)
    metadata = record["metadata"]
    return {
        "id": record["id"],
        "title": record["title"],
        "language": metadata.get("lang"),
        "script": metadata.get("script"),
        "parts": list(_parts(record, tree)),
        "pages": max((unit.page for unit in tree.units if unit.page is not None), default=None),
        "blocks": [_block(unit) for unit in tree.units],
    }


def _parts(record: Record, tree: Tree) -> Iterator[dict[str, str]]:
    """The parts with their roles: an annex that the title or the text of the record names as a document is `embedded`, and a notice that
    issues or passes on what it embeds is a `transmittal`.
    """
    roles = {part.id: part.role for part in tree.parts}
    if "annex" in roles.values():
        named = [record["metadata"].get("embedded_document"), transmitted(record["title"])]
        keys = {_key(title) for title in named if title}
        quoted = "".join(
            _key(unit.text) for unit in tree.units[:MOST_QUOTING] if unit.part == MAIN and "《" in unit.text
        )
        for part in tree.parts:
            key = _key(part.title)
            if part.role == "annex" and (key in keys or f"《{key}》" in quoted):
                roles[part.id] = "embedded"
    passes_on = "embedded" in roles.values() and _ISSUES.search(fold(record["title"]))
    for part in tree.parts:
        if part.id == MAIN:
            yield {"id": MAIN, "title": record["title"], "role": "transmittal" if passes_on else "document"}
        else:
            yield {"id": part.id, "title": part.title, "role": roles[part.id]}


def _key(title: str) -> str:
    return "".join(fold(title).split())


def _block(unit: Unit) -> dict[str, Any]:
    block: dict[str, Any] = {
        "anchor": unit.anchor,
        "kind": unit.kind,
        "number": unit.number,
        "path": list(unit.path),
        "text": unit.text,
        "page": unit.page,
        "part": unit.part,
    }
    if unit.kind == "table":
        block["rows"] = [row.split("\t") for row in unit.text.split("\n")]
    return block
