"""Actions on organisations: list and show."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action
from catalog.errors import NotFound
from catalog.store.rows import Organization

PAGE = 100


class OrganizationList(Schema):
    """Which organisations."""

    q = fields.String(load_default="", metadata={"description": "part of a name"})
    limit = fields.Integer(
        load_default=PAGE, validate=validate.Range(1, 1000), metadata={"description": "how many, at most 1000"}
    )
    offset = fields.Integer(
        load_default=0, validate=validate.Range(0), metadata={"description": "how many to pass over"}
    )


class OrganizationId(Schema):
    """Which organisation."""

    id = fields.String(required=True, metadata={"description": "id, name or title"})


@action("organization.list", schema=OrganizationList, permission="public")
def organization_list(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The bodies that issue or publish documents, by name."""
    with catalogue.store.read() as reader:
        found = reader.organizations(q=params["q"], limit=params["limit"], offset=params["offset"])
    return {"organizations": [_view(one) for one in found], "limit": params["limit"], "offset": params["offset"]}


@action("organization.show", schema=OrganizationId, permission="public")
def organization_show(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """One body, by id, name or title. Raises `NotFound`."""
    with catalogue.store.read() as reader:
        found = reader.organization(params["id"])
    if found is None:
        raise NotFound(f"no organisation is called {params['id']}")
    return _view(found)


def _view(one: Organization) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "level": one.level,
        "region": one.region,
        "contact": dict(one.contact),
        "other_titles": list(one.other_titles),
    }
