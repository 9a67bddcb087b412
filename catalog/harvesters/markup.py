"""Small readings of HTML that lists, files and labels share."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from catalog.extract.formats.encoding import decode
from catalog.extract.formats.page import MAX_OPEN, read_page
from catalog.harvesters.addresses import absolute
from catalog.plugins.interfaces import Fetched

_SPACES = re.compile(r"\s+")


class Tree:
    """A page, parsed, with the address that its links start from. Raises `Refused` for markup that would take long to parse."""

    def __init__(self, fetched: Fetched, encoding: str | None = None) -> None:
        self.text = decode(fetched.content, encoding or fetched.charset).text
        if self.text.count("<") > MAX_OPEN:
            read_page(self.text)  # which refuses what would take long to parse
        self.url = fetched.url or fetched.reference.key
        self.parser = LexborHTMLParser(self.text)
        base = self.parser.css_first("base[href]")
        self.base = (absolute(self.url, base.attributes.get("href") or "") if base is not None else None) or self.url

    def link(self, node: LexborNode | None) -> str | None:
        """The address that a link leads to; `None` for what leads to no page."""
        href = (node.attributes.get("href") or "") if node is not None else ""
        return absolute(self.base, href)


def words(node: LexborNode | None) -> str:
    """The text of an element in one line."""
    return "" if node is None else _SPACES.sub(" ", node.text(separator=" ")).strip()


def caption(node: LexborNode) -> str:
    """What a link is called: its title where that says more, because lists cut long titles off."""
    shown, told = words(node), (node.attributes.get("title") or "").strip()
    return told if len(told) > len(shown.rstrip("….")) else shown
