"""The entries of a list page: by the site's selectors, or by what lists look like.

A list is a set of links with long texts, often with dates beside them, that stand in elements of one make outside menus and footers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from selectolax.lexbor import LexborNode

from catalog.harvesters.markup import Tree, caption, words
from catalog.harvesters.shapes import load
from catalog.model.dates import find_all

LEAST_TITLE = 5
"""Characters of the shortest link text that can be a title: 公告 and 更多 are not."""
LONG_ENOUGH = 40
"""Longer titles weigh no more."""
DATE_WEIGHT = 30
"""A date beside a link weighs as much as a title of so many characters."""
ANCESTORS = 4
"""How many elements above a link tell its make."""
ENTRIES = frozenset({"li", "tr", "dd", "dt", "p", "article"})
MAX_ENTRY_TEXT = 2000

_NAME = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: the address that it leads to, its title and its date as printed."""

    url: str
    title: str
    date: str | None = None


def configured(tree: Tree, column: Mapping[str, Any]) -> list[Entry]:
    """The entries by the column's selectors, in page order."""
    found = []
    for node in tree.parser.css(column["items"]):
        link = node if node.tag == "a" else node.css_first(column.get("link", "a[href]"))
        url = tree.link(link)
        if link is None or url is None:
            continue
        title = words(node.css_first(column["title"])) if "title" in column else caption(link)
        dated = node.css_first(column["date"]) if "date" in column else _around(link, node)
        found.append(Entry(url, title, _date(words(dated))))
    return found


def general(tree: Tree, wanted: Callable[[str], bool]) -> list[Entry]:
    """The entries by what lists look like; `wanted` says of an address whether the source may lead there."""
    groups: dict[tuple[str, ...], list[tuple[Entry, int]]] = defaultdict(list)
    body = tree.parser.body
    for link in body.css("a[href]") if body is not None else ():
        url = tree.link(link)
        title = caption(link)
        if url is None or url == tree.url or len(title) < LEAST_TITLE or not wanted(url):
            continue
        make = _make(link)
        if make is None:
            continue
        date = _date(words(_entry_of(link)))
        groups[make].append((Entry(url, title, date), min(len(title), LONG_ENOUGH) + (DATE_WEIGHT if date else 0)))
    best = max(groups.values(), key=lambda group: sum(weight for _, weight in group), default=[])
    return [entry for entry, _ in best]


def fitting(entries: list[Entry], detail: str | None) -> list[Entry]:
    """The entries whose address matches `detail`, each address once."""
    pattern = re.compile(detail) if detail else None
    once = {entry.url: entry for entry in reversed(entries) if pattern is None or pattern.search(entry.url)}
    return [once[url] for url in dict.fromkeys(entry.url for entry in entries) if url in once]


def _make(link: LexborNode) -> tuple[str, ...] | None:
    """Tags and first classes of the elements above a link; `None` within a menu, a footer, or other things that are no list."""
    make: list[str] = []
    marks, tags = _not_list()
    node = link.parent
    while node is not None and node.tag not in {None, "body", "html", "-document"}:
        names = [
            part for name in ("class", "id") for part in _NAME.split((node.attributes.get(name) or "").lower()) if part
        ]
        if node.tag in tags or marks.intersection(names):
            return None
        if len(make) < ANCESTORS:
            make.append(f"{node.tag}.{(node.attributes.get('class') or '').split(' ')[0]}")
        node = node.parent
    return tuple(make)


def _entry_of(link: LexborNode) -> LexborNode | None:
    """The element that holds the link and what belongs to it."""
    node = link.parent
    for _ in range(ANCESTORS):
        if node is None or node.tag in {"body", "html"}:
            return link.parent
        if node.tag in ENTRIES:
            return node
        node = node.parent
    return link.parent


def _around(link: LexborNode, node: LexborNode) -> LexborNode | None:
    return _entry_of(link) if node.tag == "a" else node


def _date(text: str) -> str | None:
    """The last date of an entry as printed: lists print it behind the title, which may have one of its own."""
    dates = find_all(text[-MAX_ENTRY_TEXT:])
    return dates[-1].date.raw if dates else None


@cache
def _not_list() -> tuple[frozenset[str], frozenset[str]]:
    data = load("links")
    return frozenset(data["not_list"]), frozenset(data["not_list_tags"])


def paging_words(kind: str) -> frozenset[str]:
    """The words of a kind of paging link, `next` or `last`, without spaces and in lower case."""
    return _paging()[kind]


@cache
def _paging() -> dict[str, frozenset[str]]:
    data = load("links")
    return {kind: frozenset("".join(str(word).split()).lower() for word in data[kind]) for kind in ("next", "last")}


def paging_links(tree: Tree, kind: str) -> Iterator[str]:
    """The addresses of the links whose text is a word of a kind."""
    known = paging_words(kind)
    for link in tree.parser.css("a[href]"):
        shown = "".join(words(link).split()).lower()
        if (shown in known or (link.attributes.get("title") or "").strip().lower() in known) and (
            url := tree.link(link)
        ):
            yield url
