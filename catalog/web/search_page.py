"""The search page: what was asked becomes the parameters of `record.search`, its answer becomes facets, bars and links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from flask import render_template, request
from flask.typing import ResponseReturnValue

from catalog.actions.browse import FILTERS as BROWSED
from catalog.errors import Fault, InvalidInput, SearchUnavailable, http_status
from catalog.plugins.interfaces import Filter
from catalog.search.request import MAX_WINDOW, SORTS
from catalog.web import labels
from catalog.web.asking import ask, filters
from catalog.web.failures import retry_headers
from catalog.web.formats import day
from catalog.web.histogram import histogram
from catalog.web.languages import current
from catalog.web.links import PLACES, Query, address, replaced, search_address, toggled, without
from catalog.web.texts import gettext

log = structlog.get_logger()

PAGE_SIZE = 20
FOLDED_AFTER = 8
"""Values of a facet that are shown at once; the others unfold."""

YEAR = "year"
"""The filter that the histogram draws."""

OWN = ("q", "sort", "page", "lang")
"""Parameters of the page besides the filters."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, or a sort order: where choosing it (or taking it back) leads."""

    label: str
    href: str
    selected: bool
    count: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet with its values, the chosen ones first."""

    parameter: str
    label: str
    shown: tuple[Choice, ...]
    folded: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Active:
    """One filter that is set; `href` leads to the search without it."""

    label: str
    value: str
    href: str


def search() -> ResponseReturnValue:
    """Search and browse; without words and filters it is the front page."""
    query = without(request.args, "lang")
    rows = filters()
    view: dict[str, Any] = {
        "query": query,
        "q": query.get("q", ""),
        "front": not any(name in query for name in ("q", "page", *rows)),
        "kept": [(name, value) for name, value in query.items(multi=True) if name not in ("q", "page", "cursor")],
        "ignored": [name for name in query if name not in rows and name not in OWN],
        "ranges": [row for row in rows.values() if row.kind == "date_range"],
    }
    try:
        result = ask("record.search", _parameters(query, rows))
    except InvalidInput as error:
        return render_template(
            "search.html", **view, result=None, faults=_faults(error), active=list(_active(query, rows, {}))
        ), 400
    except SearchUnavailable as error:
        log.warning("request_without_part", path=request.path, code="search_unavailable", error=str(error))
        status = http_status(error)[0]
        active = list(_active(query, rows, {}))
        page = render_template(
            "search.html", **view, result=None, faults=None, active=active, without_words=_without_words(query, rows)
        )
        return page, status, retry_headers(status)
    return render_template("search.html", **view, **_shown(result, query, rows))


def _parameters(query: Query, rows: Mapping[str, Filter]) -> dict[str, Any]:
    """The parameters of `record.search`: those of the address that the search knows, and what every page of results needs."""
    asked = {name: values for name, values in query.lists() if name in rows or name in ("q", "page")}
    asked["facets"] = [name for name, row in rows.items() if row.facet]
    asked["sort"] = [query.get("sort") or ("relevance" if query.get("q") else "date_desc")]
    asked["limit"] = [str(PAGE_SIZE)]
    return {"parameters": asked}


def _without_words(query: Query, rows: Mapping[str, Filter]) -> str | None:
    """Where the documents with the same filters can be browsed while the search is away; `None` where they cannot, or none is set."""
    chosen = [name for name in rows if name in query]
    if (
        not query.get("q")
        or not chosen
        or not all(name in BROWSED and len(query.getlist(name)) == 1 for name in chosen)
    ):
        return None
    return search_address(without(query, "q", "sort", *PLACES))


def _shown(result: dict[str, Any], query: Query, rows: Mapping[str, Filter]) -> dict[str, Any]:
    pages = max(1, -(-min(result["total"], MAX_WINDOW) // PAGE_SIZE))
    facets = dict(_facets(result, query, rows))
    return {
        "result": result,
        "faults": (),
        "years": facets.pop(YEAR, None),
        "facets": list(facets.values()),
        "histogram": histogram(result.get("histogram") or (), query.getlist(YEAR)),
        "year_href": lambda year: toggled(query, YEAR, str(year)),
        "active": list(_active(query, rows, result["facets"])),
        "sorts": [sort for sort in _sorts(query) if not (result["degraded"] and sort.name == "title")],
        "pages": _pages(query, result["page"], pages),
        "page_count": pages,
        "beyond": result["total"] > MAX_WINDOW,
        "previous": _page(query, result["page"] - 1) if result["page"] > 1 else None,
        "following": _page(query, result["page"] + 1) if result["page"] < pages else None,
        "suggested": search_address(replaced(query, "q", [result["suggestion"]])) if result.get("suggestion") else None,
        "plain": address("search", q=query.get("q") or None),
    }


def _facets(result: dict[str, Any], query: Query, rows: Mapping[str, Filter]) -> Iterator[tuple[str, Facet]]:
    for name, found in result["facets"].items():
        row = rows.get(name)
        if row is None or not found:
            continue
        choices = [
            Choice(
                _value_label(row, value["value"], value.get("label")),
                toggled(query, name, str(value["value"])),
                bool(value["selected"]),
                value["count"],
            )
            for value in found
        ]
        choices.sort(key=lambda choice: not choice.selected)
        keep = max(FOLDED_AFTER, sum(choice.selected for choice in choices))
        keep = len(choices) if len(choices) - keep < 3 else keep
        yield name, Facet(name, labels.filter_name(row), tuple(choices[:keep]), tuple(choices[keep:]))


def _active(query: Query, rows: Mapping[str, Filter], facets: Mapping[str, Any]) -> Iterator[Active]:
    for name, row in rows.items():
        known = {str(value["value"]): value.get("label") for value in facets.get(name, ())}
        for value in query.getlist(name):
            yield Active(
                labels.filter_name(row), _value_label(row, value, known.get(value)), toggled(query, name, value)
            )


def _value_label(row: Filter, value: Any, given: str | None) -> str:
    if row.parameter == "type":
        return labels.record_type(str(value))
    if row.vocabulary:
        return labels.concept(row.vocabulary, str(value))
    return day(value) if row.kind == "date_range" or row.parameter == YEAR else given or str(value)


def _sorts(query: Query) -> list[Choice]:
    names = {
        "relevance": gettext("Relevance"),
        "date_desc": gettext("Newest first"),
        "date_asc": gettext("Oldest first"),
        "title": gettext("Title"),
    }
    now = query.get("sort") or ("relevance" if query.get("q") else "date_desc")
    offered = [sort for sort in SORTS if sort != "relevance" or query.get("q")]
    return [
        Choice(names[sort], search_address(replaced(query, "sort", [sort])), sort == now, name=sort) for sort in offered
    ]


def _pages(query: Query, page: int, pages: int) -> list[Choice | None]:
    """The first, the last and the pages around this one; `None` stands for a gap."""
    near = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    shown: list[Choice | None] = []
    for before, one in zip([0, *near], near, strict=False):
        if one - before > 1:
            shown.append(None)
        shown.append(Choice(str(one), _page(query, one), one == page))
    return shown


def _page(query: Query, page: int) -> str:
    changed = without(query, "page", "cursor")
    if page > 1:
        changed.setlist("page", [str(page)])
    return search_address(changed)


def _faults(error: InvalidInput) -> list[str]:
    faults = error.faults or (Fault("", str(error), str(error)),)
    chinese = current().labels != "en"
    return [fault.message_zh if chinese and fault.message_zh else fault.message for fault in faults]
