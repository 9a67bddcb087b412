"""Walking the list pages of a column: next link, numbered pages, or constants in a script; each page once, loops noticed.

A page that was seen before, by its address or by its entries, ends the walk. So does a page that cannot be had. Both are noted, unless
the site itself says that its last page was reached, because a listing that broke off must not be taken for a complete one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from catalog.errors import Refused, SourceFailed
from catalog.harvesters.addresses import host_of
from catalog.harvesters.answers import ErrorAnswer
from catalog.harvesters.links import Entry, configured, fitting, general, paging_links
from catalog.harvesters.markup import Tree, words
from catalog.harvesters.site_config import MAX_PAGES
from catalog.plugins.interfaces import HarvestSession

GONE = frozenset({404, 410})

_SCRIPT = re.compile(
    r"createPageHTML\s*\(\s*(?P<count>\d+)\s*,\s*(?P<at>\d+)\s*,\s*[\"'](?P<stem>[^\"']+)[\"']\s*,\s*[\"'](?P<suffix>\w+)[\"']"
)
_OF = re.compile(r"第?\s*(\d+)\s*页?\s*[/／共,，\s]+\s*(\d+)\s*页")


@dataclass(frozen=True, slots=True)
class ListPage:
    """One list page that was read."""

    url: str
    entries: list[Entry]


class Walk:
    """One pass over a column's list pages."""

    def __init__(self, session: HarvestSession, column: Mapping[str, Any]) -> None:
        self._session = session
        self._column = column
        self._limit = int(column.get("max_pages", MAX_PAGES))
        self._visited: set[str] = set()
        self._contents: dict[frozenset[str], str] = {}
        self._hosts = {host_of(column["start"])}

    def pages(self) -> Iterator[ListPage]:
        """The column's list pages in order. Raises what `session.get` raises when the first one cannot be had."""
        url: str | None = self._column["start"]
        number = 0
        while url is not None:
            number += 1
            tree = self._tree(url, number)
            if tree is None:
                return
            self._visited |= {url, tree.url}
            self._hosts.add(host_of(tree.url))
            page = ListPage(url, self._entries(tree))
            if not self._is_new(page, number):
                return
            yield page
            following = self._following(tree, number)
            if following is not None and number >= self._limit:
                self._session.note(
                    f"there are more than the {self._limit} list pages that are read; set max_pages higher", ref=url
                )
                return
            url = self._unvisited(following, tree, url)

    def _tree(self, url: str, number: int) -> Tree | None:
        try:
            return Tree(self._session.get(url), self._column.get("encoding"))
        except (Refused, SourceFailed) as error:
            if number == 1:
                raise
            # numbered pages have no sign of their end but the first one that is missing
            if not ("pages" in self._column and isinstance(error, ErrorAnswer) and error.status in GONE):
                self._session.note(f"list page {number} cannot be read: {error}", ref=url)
            return None

    def _entries(self, tree: Tree) -> list[Entry]:
        found = configured(tree, self._column) if "items" in self._column else general(tree, self._wanted)
        return fitting(found, self._column.get("detail"))

    def _wanted(self, url: str) -> bool:
        return host_of(url) in self._hosts and url not in self._visited

    def _is_new(self, page: ListPage, number: int) -> bool:
        """Whether a page has entries that no page before it had; the reason is noted where it should have."""
        if not page.entries:
            if number == 1:
                self._session.note(
                    "the list page has no entries; check the source's `items` and `detail`", ref=page.url
                )
            return number == 1
        content = frozenset(entry.url for entry in page.entries)
        same = self._contents.setdefault(content, page.url)
        if same == page.url:
            return True
        # beyond the last numbered page many sites show the last one again
        if not ("pages" in self._column and same == self._latest):
            self._session.note(f"the list goes in a circle: {page.url} has the same entries as {same}", ref=page.url)
        return False

    @property
    def _latest(self) -> str:
        return list(self._contents.values())[-1]

    def _following(self, tree: Tree, number: int) -> str | None:
        """The address of the next page, as far as this one tells."""
        column = self._column
        if "pages" in column:
            return urljoin(
                str(column["start"]),
                str(column["pages"]).replace("{page}", str(column.get("first_page", 2) + number - 1)),
            )
        if "next" in column:
            return tree.link(tree.parser.css_first(column["next"]))
        script = _SCRIPT.search(tree.text)
        if script is not None:
            # the pages of TRS and its like: index.html, index_1.html … index_{count-1}.html
            more = number < int(script["count"])
            return urljoin(tree.url, f"{script['stem']}_{number}.{script['suffix']}") if more else None
        relation = tree.parser.css_first("link[rel=next], a[rel=next]")
        return tree.link(relation) or next(paging_links(tree, "next"), None)

    def _unvisited(self, following: str | None, tree: Tree, url: str) -> str | None:
        if following is None or following not in self._visited:
            return following
        if not (following in {url, tree.url} and _says_last(tree)):
            self._session.note(
                f"the list goes in a circle: {url} leads on to {following}, which was read before", ref=url
            )
        return None


def _says_last(tree: Tree) -> bool:
    """Whether a page says that it is the last: 尾页 leads to itself, or 第3页/共3页 stands on it."""
    if tree.url in paging_links(tree, "last"):
        return True
    return any(found[1] == found[2] for found in _OF.finditer(words(tree.parser.body)))
