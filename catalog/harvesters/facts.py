"""What pages of datasets and gazettes say in their tables of particulars: labels and values, and a dataset's columns.

The general reader knows the labels of documents; these types have others (`data/labels.yaml`). Labels are compared without spaces and colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from selectolax.lexbor import LexborNode

from catalog.harvesters.markup import Tree, words
from catalog.harvesters.shapes import Unreadable, load, shape_of, split_words
from catalog.model.draft import Draft, Problem, Reading
from catalog.model.script import to_simplified

LABEL_MAX = 20
"""Characters of the longest label."""
READ = 0.9
"""How sure a labelled value is."""
WORD_LISTS = frozenset({"keywords", "theme"})

_LINE = re.compile(r"\s*([^:：]{2,20}?)\s*[:：]\s*(\S.*)")
_PAGES = re.compile(r"(\d{1,4})\s*(?:[-–—~～至]\s*(\d{1,4}))?")


def read_facts(tree: Tree, draft: Draft, types: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> None:
    """Put what the page's labels say into the draft, for a record type that has labels of its own. `values` are the site's own words."""
    labels = _labels().get(draft.record_type)
    if labels is None:
        return
    for name, raw in pairs(tree, labels):
        put(draft, name, raw, types, values)
    if "fields" in types and (columns := list(_columns(tree))):
        draft.fields["fields"] = columns


def put(
    draft: Draft,
    name: str,
    raw: str,
    types: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    confidence: float = READ,
) -> None:
    """Put one printed value into the draft, unless a surer one stands there; one that cannot be read is left out and told."""
    if name == "page_range":
        found = _PAGES.search(raw)
        for field, value in zip(("page_from", "page_to"), found.groups() if found else (), strict=False):
            if value:
                draft.put(field, int(value), Reading(raw, "header", confidence))
        return
    meant: Any = values.get(name, {}).get(raw.strip(), raw)
    if name in WORD_LISTS:
        meant = split_words(meant)
    try:
        value = shape_of(types.get(name, "text"))(meant)
    except Unreadable as error:
        draft.flags += ("unmapped_value",) if error.type_name.startswith("code") else ()
        draft.problems += (
            Problem("warning", "unreadable", f"{name}: {error}, and {raw[:200]!r} is none; it was left out", name),
        )
        return
    if value is not None:
        draft.put(name, value, Reading(raw, "header", confidence))
        if f"{name}_raw" in types:
            draft.fields[f"{name}_raw"] = raw


def pairs(tree: Tree, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Field and printed value of each known label, in page order, the first of each field."""
    seen: set[str] = set()
    for label, value in _printed(tree):
        name = labels.get(_key(label))
        if name is not None and value and name not in seen and _key(value) not in labels:
            seen.add(name)
            yield name, value


def _printed(tree: Tree) -> Iterator[tuple[str, str]]:
    for row in tree.parser.css("tr"):
        cells = [words(cell) for cell in row.css("th, td")]
        yield from pairwise(cells)
    for term in tree.parser.css("dt"):
        value = _next_element(term)
        if value is not None and value.tag == "dd":
            yield words(term), words(value)
    for line in tree.parser.css("li, p, div, span"):
        text = words(line)
        if len(text) <= 500 and (found := _LINE.fullmatch(text)):
            yield found[1], found[2]


def _next_element(node: LexborNode) -> LexborNode | None:
    following = node.next
    while following is not None and (following.tag or "").startswith("-"):
        following = following.next
    return following


def _columns(tree: Tree) -> Iterator[dict[str, str]]:
    """The columns of a dataset: the rows of a table whose head names a name and a type."""
    heads = load("labels")["columns"]
    for table in tree.parser.css("table"):
        rows = [[words(cell) for cell in row.css("th, td")] for row in table.css("tr")]
        if not rows:
            continue
        places = {
            kind: at
            for kind, known in heads.items()
            for at, cell in enumerate(rows[0])
            if _key(cell) in {_key(word) for word in known}
        }
        if {"name", "type"} <= places.keys():
            for row in rows[1:]:
                column = {kind: row[at] for kind, at in places.items() if at < len(row) and row[at]}
                if "name" in column:
                    yield column
            return


def _key(label: str) -> str:
    return to_simplified("".join(label.split())).rstrip(":：").lower() if len(label) <= LABEL_MAX * 2 else ""


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for record_type, fields in load("labels")["types"].items():
        table[record_type] = {_key(label): name for name, known in fields.items() for label in known}
    return table
