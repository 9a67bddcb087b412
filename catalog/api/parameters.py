"""Parameters of the query string: those of an action's schema, or of the search with the filters that the plugins declare.

One declaration serves OpenAPI, the check for unknown names here, and (in the actions) the reading of the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, fields

from catalog.actions.registry import ACTIONS
from catalog.api.shapes import said
from catalog.errors import Fault, InvalidInput
from catalog.plugins.interfaces import Filter
from catalog.search.request import MAX_LIMIT, MAX_QUERY_CHARS, MAX_WINDOW, SORTS, TOTALS

NEAR = 0.5
"""How alike (0 to 1) a known name must be to be offered for an unknown one."""


def search_query(filters: Sequence[Filter]) -> Schema:
    """The query string of the search."""
    facets = [row.parameter for row in filters if row.facet]
    declared: dict[str, fields.Field[Any]] = {
        "q": fields.String(
            metadata=said(f"Words, a title or a document number; at most {MAX_QUERY_CHARS} characters.")
        ),
        **{row.parameter: _filter(row) for row in filters},
        "facets": fields.List(
            fields.String(metadata={"enum": facets}), metadata=said("Facets to count, also joined by commas.")
        ),
        "sort": fields.String(metadata=said("Order of the records.", enum=list(SORTS), default="relevance")),
        "limit": fields.Integer(metadata=said("Records on a page.", minimum=1, maximum=MAX_LIMIT, default=20)),
        "page": fields.Integer(
            metadata=said(f"Page, from 1; reaches {MAX_WINDOW} records, `cursor` reaches all.", minimum=1, default=1)
        ),
        "cursor": fields.String(metadata=said("`next_cursor` of the page before; wins over `page`.")),
        "total": fields.String(
            metadata=said(
                f"`bounded`: counting may stop at {MAX_WINDOW}, which `total_relation` then says; `exact`: the true number.",
                enum=list(TOTALS),
                default=TOTALS[0],
            )
        ),
    }
    return Schema.from_dict(declared, name="SearchQuery")()


def action_query(action: str, *, without: Iterable[str] = ()) -> Schema:
    """The query string of an endpoint that does one action: the action's own parameters less those in the path."""
    declared = {name: field for name, field in ACTIONS[action].schema.fields.items() if name not in set(without)}
    copies = {name: _copied(field) for name, field in declared.items()}
    return Schema.from_dict(copies, name="".join(part.title() for part in action.split(".")) + "Query")()


def refuse_unknown(given: Iterable[str], known: Sequence[str]) -> None:
    """Raise `InvalidInput` for parameters that the endpoint does not have, each with the nearest one that it has."""
    faults = [_unknown(name, known) for name in given if name not in known]
    if faults:
        raise InvalidInput("; ".join(fault.message for fault in faults), faults)


def _unknown(name: str, known: Sequence[str]) -> Fault:
    near = get_close_matches(name.lower(), known, n=1, cutoff=NEAR)
    if near:
        return Fault(
            name,
            f"unknown parameter {name}; did you mean {near[0]}?",
            f"没有参数 {name}；是不是 {near[0]}？",
            "unknown_parameter",
        )
    if not known:
        return Fault(
            name,
            f"unknown parameter {name}; this address takes none",
            f"没有参数 {name}；此地址不带参数",
            "unknown_parameter",
        )
    listed = ", ".join(known)
    return Fault(
        name,
        f"unknown parameter {name}; known are: {listed}",
        f"没有参数 {name}；可用的有：{listed}",
        "unknown_parameter",
    )


def _filter(row: Filter) -> fields.Field[Any]:
    metadata = said(row.description, **({"enum": list(row.choices)} if row.choices else {}))
    if row.kind == "date_range":
        return fields.String(metadata=metadata)
    return fields.List(fields.String(), metadata=metadata)


def _copied(field: fields.Field[Any]) -> fields.Field[Any]:
    """A field is bound to one schema, so another schema needs its own."""
    copied: fields.Field[Any] = type(field)(
        required=field.required,
        load_default=field.load_default,
        validate=list(field.validators),
        metadata=dict(field.metadata),
    )
    return copied
