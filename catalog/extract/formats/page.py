"""An HTML page as a sequence of pieces: its lines of text with where they stand, without any judgement of what they mean.

A piece is the text between two line breaks of the rendered page. Pieces stand in document order; each box (block element) covers a
contiguous run of them, so that whoever looks for the document's container (`content`) or for its header (`header`) works on indexes.
Nothing is dropped here but what is never text of a document (scripts, styles, forms' controls).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from selectolax.lexbor import LexborHTMLParser

from catalog.errors import Refused
from catalog.extract.data_files import load
from catalog.extract.formats.page_walker import Walker, join
from catalog.extract.formats.pieces import Page
from catalog.extract.lines import clean

MAX_CHARACTERS = 16_000_000
"""A page's text is at most this long; the longest annual gazette seen has 1.2 million characters."""
MAX_OPEN = 1_500
"""Elements that may be open at once. Parsing is quadratic in this number: 1,500 take 3 ms, 200,000 take 100 s. Real pages stay under 80."""
MAX_TAG = 100_000
"""Characters of one tag that is not an embedded picture."""

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"<(/?[a-z][a-z0-9:]*)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)[^<>]*?(/?)>")


def read_page(text: str, *, url: str | None = None, with_hidden: bool = False) -> Page:
    """Read a page. `url` makes links absolute; `with_hidden` keeps what the page's own styles hide.

    Raises `Refused`: `too_large`, `too_deep`, `too_many_elements`, `hostile_markup`.
    """
    _guard(text)
    tree = LexborHTMLParser(text)
    walker = Walker(base=_base(tree, url), with_hidden=with_hidden)
    if tree.body is not None:
        walker.walk(tree.body)
    title = tree.css_first("title")
    return Page(
        walker.pieces,
        walker.boxes,
        walker.tables,
        _meta(tree),
        clean(title.text()) if title is not None else "",
        walker.links,
    )


def _guard(text: str) -> None:
    """Refuse what would take long to parse, before it is parsed."""
    if len(text) > MAX_CHARACTERS:
        message = f"the page has {len(text):,} characters, more than {MAX_CHARACTERS:,}; split it, or load its text"
        raise Refused("too_large", message)
    opening = text.count("<") - text.count("</")  # no more can be open at once than are opened
    if opening > MAX_OPEN and _deepest_at_most(text) > MAX_OPEN and (deepest := _deepest(text)) > MAX_OPEN:
        message = f"the page leaves {deepest:,} elements open at once, more than {MAX_OPEN:,}; repair its markup"
        raise Refused("too_deep", message)
    many = len(text) > MAX_TAG and text.count("=") > MAX_OPEN
    if many and any(part.count("=") > MAX_OPEN for part in text.split("<") if len(part) > MAX_TAG):
        message = f"a tag of the page has thousands of attributes (more than {MAX_OPEN:,}); repair its markup"
        raise Refused("hostile_markup", message)


def _deepest_at_most(text: str) -> int:
    """A bound of `_deepest` in a fifth of its time: scripts count, and tags that close themselves count as open."""
    unclosed, _ = _unclosed()
    names = _NAME.findall(text.lower())
    every = sum(count for name, count in Counter(names).items() if name[0] != "/" and name not in unclosed)
    if every <= MAX_OPEN:
        return every
    opened: dict[str, int] = {}
    depth = deepest = 0
    for name in names:
        if name[0] == "/":
            if opened.get(name[1:]):
                opened[name[1:]] -= 1
                depth -= 1
        elif name not in unclosed:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _deepest(text: str) -> int:
    """At most how many elements are open at one place: each closing tag closes one of its own name. Scripts do not count."""
    bare = _SCRIPT.sub("", text)
    unclosed, ours = _unclosed()
    opened: dict[str, int] = {}
    depth = deepest = 0
    for match in _TAG.finditer(bare):
        name = match[2].lower()
        if name in unclosed or (match[3] and name not in ours):
            continue
        if not match[1]:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened.get(name, 0):
            opened[name] -= 1
            depth -= 1
    return deepest


@cache
def _unclosed() -> tuple[frozenset[str], frozenset[str]]:
    """Elements that need no closing tag, and those of HTML, for which `/>` closes nothing."""
    data = load("page")
    return frozenset(data["unclosed"]), frozenset(data["inline"]) | frozenset(data["block"])


def _base(tree: LexborHTMLParser, url: str | None) -> str:
    base = tree.css_first("base[href]")
    href = (base.attributes.get("href") or "") if base is not None else ""
    return join(url or "", href)


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """Meta tags by lower-case name, the first non-empty one of each name; a leading `meta-` of some systems is dropped."""
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (
            (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").strip().lower()
        )
        value = clean(attributes.get("content") or "")
        if name and value and value.lower() != "null":
            found.setdefault(name.removeprefix("meta-"), value)
    return found
