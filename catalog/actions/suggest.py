"""The action behind the search box: what the first letters may become."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action


class Suggest(Schema):
    """What was typed so far."""

    q = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"description": "what was typed so far"}
    )
    limit = fields.Integer(
        load_default=8, validate=validate.Range(1, 20), metadata={"description": "how many, at most 20"}
    )


@action("suggest", schema=Suggest, permission="public")
def suggest(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Titles and document numbers that begin with or hold what was typed."""
    return {"suggestions": [dict(row) for row in catalogue.search.suggest(params["q"], params["limit"])]}
