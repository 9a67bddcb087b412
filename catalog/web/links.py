"""Addresses of this site that keep what the reader chose: the search's other parameters, and the language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import g, url_for
from werkzeug.datastructures import MultiDict

from catalog.web.languages import chosen

PLACES = ("page", "cursor")
"""Parameters that say where in a result one stands; they lose their meaning when the search changes."""

Query = MultiDict[str, str]


def address(endpoint: str, **values: Any) -> str:
    """`url_for` within the pages; a language that the reader chose goes along."""
    language = chosen()
    if language is not None:
        values.setdefault("lang", language.tag)
    return url_for(endpoint if "." in endpoint else f"web.{endpoint}", **values)


def search_address(query: Query) -> str:
    """The search page with exactly these parameters (and the language).

    A page of results has some hundred of these, so the path is looked up once a request.
    """
    path: str | None = g.get("search_path")
    if path is None:
        path = g.search_path = url_for("web.search")
    language = chosen()
    pairs = [(name, value) for name, values in query.lists() if name != "lang" for value in values]
    if language is not None:
        pairs.append(("lang", language.tag))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def toggled(query: Query, name: str, value: str) -> str:
    """The search with one more value of a filter, or without it if it is set; back to the first page."""
    kept = [held for held in query.getlist(name) if held != value]
    return search_address(replaced(query, name, kept if value in query.getlist(name) else [*kept, value]))


def replaced(query: Query, name: str, values: Iterable[str]) -> Query:
    """A copy of the parameters with other values of one of them, on the first page."""
    changed = without(query, name, *PLACES)
    changed.setlist(name, list(values))
    return changed


def without(query: Query, *names: str) -> Query:
    """A copy of the parameters without some of them."""
    kept: Query = MultiDict()
    for name, values in query.lists():
        if name not in names and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept
