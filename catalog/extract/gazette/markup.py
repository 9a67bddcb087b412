"""An issue that is marked up as XML → rows: one for the issue, one for each article, by a profile that is data (`gazettes.yaml`, `xml`).

A row has each element's text under its name, so that a map can say which is which field; what stands outside of all articles is the
issue's own text. XML is read within the limits of `formats.archive.parse_xml` and nothing in it is fetched or expanded.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.errors import Refused
from catalog.extract.data_files import load
from catalog.extract.formats.archive import parse_xml

MAX_VALUES = 50
"""Values of one element name that a row keeps as a list."""
VALUE_DEPTH = 6
"""Levels below an article on which values stand; deeper ones are marks inside its text."""
MAX_VALUE = 20_000
"""Characters of one value; longer ones are text of the article and not a field."""


@dataclass(frozen=True, slots=True)
class MarkedIssue:
    """An issue as marked up: the profile's name and data, the issue's row and its articles' rows."""

    profile: str
    data: Mapping[str, Any]
    row: dict[str, Any]
    articles: list[dict[str, Any]]


@dataclass(slots=True)
class _State:
    """What is known on the way through the tree: the section, the page, the rows so far, and the lines that no article owns."""

    names: Mapping[str, Any]
    section: str = ""
    page: int | None = None
    row: dict[str, Any] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def read(
    content: bytes, name: str, *, file: str = "", profile: str | None = None, own: Mapping[str, Any] | None = None
) -> MarkedIssue:
    """The rows of an issue. `profile` names a profile, `own` is one; else the root element and its articles tell.

    Raises `Refused`: `unreadable` and `zip_bomb` as `parse_xml`, `not_a_gazette` where no profile finds an article.
    """
    root = parse_xml(content, name)
    chosen, data = _profile(root, profile, own, name)
    state = _State(data)
    _walk(root, state)
    for order, row in enumerate(state.articles, 1):
        row |= {"_order": order, "_file": file}
    state.row |= {"_file": file, "_count": len(state.articles), "_text": "\n".join(state.outside)}
    return MarkedIssue(chosen, data, state.row, state.articles)


def local(tag: Any) -> str:
    """An element's name without its namespace; empty for a comment or an instruction."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _profile(
    root: ET.Element, profile: str | None, own: Mapping[str, Any] | None, name: str
) -> tuple[str, Mapping[str, Any]]:
    known: Mapping[str, Mapping[str, Any]] = load("gazettes")["xml"]
    if own is not None:
        options = [("own", own)]
    elif profile is not None:
        options = [(profile, known[profile])]
    else:
        options = [(key, data) for key, data in known.items() if local(root.tag) in data.get("root", [local(root.tag)])]
    for key, data in options:
        if any(_is_article(element, data) for element in root.iter()):
            return key, data
    tried = ", ".join(key for key, _ in options) or "none"
    raise Refused(
        "not_a_gazette",
        f"{name}: no element of <{local(root.tag)}> is an article to the profiles that fit it ({tried}); name one with `profile`, or give "
        "its elements as a mapping",
    )


def _is_article(element: ET.Element, data: Mapping[str, Any]) -> bool:
    if local(element.tag) not in data["articles"]:
        return False
    wanted = data.get("with")
    return wanted is None or any(local(inner.tag) == wanted for inner in element.iter() if inner is not element)


def _walk(element: ET.Element, state: _State) -> None:
    """Down the tree, outside of articles: rows of the issue, names of sections, pages, lines."""
    names = state.names
    for inner in element:
        tag = local(inner.tag)
        if not tag:
            continue
        if _is_article(inner, names):
            state.articles.append(_article(inner, state))
            continue
        if tag == names.get("section_name"):
            state.section = text_of(inner)
        state.page = _page(inner, names, state.page)
        if own := (inner.text or "").strip():
            _keep(state.row, tag, text_of(inner) if len(inner) and _only_inline(inner, names) else own)
            state.outside.append(own)
        _walk(inner, state)
        if tail := (inner.tail or "").strip():
            state.outside.append(tail)


def _article(element: ET.Element, state: _State) -> dict[str, Any]:
    names = state.names
    row: dict[str, Any] = {name: value for name, value in element.attrib.items() if not name.startswith("{")}
    pages = [state.page]
    for depth, inner in _descend(element, 1):
        tag = local(inner.tag)
        pages.append(_page(inner, names, pages[-1]))
        if tag and tag == names.get("html"):
            row.setdefault(tag, "".join(inner.itertext()))
        elif tag and depth <= VALUE_DEPTH and (value := text_of(inner, MAX_VALUE + 1)) and len(value) <= MAX_VALUE:
            _keep(row, tag, value)
    state.page = pages[-1]
    found = [page for page in pages[1:] if page is not None]
    row |= {
        "_section": state.section,
        "_page_from": found[0] if found else None,
        "_page_to": found[-1] if found else None,
    }
    row["_key"] = _key(row, names)
    if row.get(names.get("html", "")):
        row["_text"] = ""
        return row
    bodies = [inner for inner in element.iter() if local(inner.tag) in names.get("text", ())][:1] or [element]
    row["_text"] = "\n".join(lines_of(bodies[0], names))
    return row


def _keep(row: dict[str, Any], tag: str, value: str) -> None:
    row.setdefault(tag, value)
    several = row.setdefault(f"{tag}*", [])
    if value and len(several) < MAX_VALUES:
        several.append(value)


def _key(row: Mapping[str, Any], names: Mapping[str, Any]) -> str:
    value = str(row.get(names.get("key", ""), "")).strip()
    found = re.search(names["key_pattern"], value) if "key_pattern" in names else None
    return found[1] if found else value


def _page(element: ET.Element, names: Mapping[str, Any], page: int | None) -> int | None:
    tag, attribute = names.get("page", ("", ""))
    if local(element.tag) != tag:
        return page
    value = element.get(attribute, "")
    return int(value) if value.isdigit() and len(value) < 9 else page


def _only_inline(element: ET.Element, names: Mapping[str, Any]) -> bool:
    return all(local(inner.tag) in names.get("inline", ()) for inner in element)


def _descend(element: ET.Element, depth: int) -> Iterator[tuple[int, ET.Element]]:
    """The elements inside an element, in the order of the document, with their depth."""
    for inner in element:
        yield depth, inner
        yield from _descend(inner, depth + 1)


def text_of(element: ET.Element, most: int = 10_000_000) -> str:
    """The text inside an element, its blanks folded, up to some `most` characters of it."""
    parts, length = [], 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > most:
            break
    return " ".join("".join(parts).split())


def lines_of(element: ET.Element, names: Mapping[str, Any]) -> Iterator[str]:
    """The text of an element, a line for each block: inline elements go on in the line in which they stand."""
    inline, left_out = frozenset(names.get("inline", ())), frozenset(names.get("left_out", ()))
    parts: list[str] = []
    yield from _lines(element, inline, left_out, parts)
    if line := _line(parts):
        yield line


def _lines(element: ET.Element, inline: frozenset[str], left_out: frozenset[str], parts: list[str]) -> Iterator[str]:
    tag = local(element.tag)
    block = tag not in inline
    if block and (line := _line(parts)):
        yield line
    if tag and tag not in left_out:
        parts.append(element.text or "")
        for inner in element:
            yield from _lines(inner, inline, left_out, parts)
            parts.append(inner.tail or "")
    if block and (line := _line(parts)):
        yield line


def _line(parts: list[str]) -> str:
    line = " ".join("".join(parts).split())
    parts.clear()
    return line
