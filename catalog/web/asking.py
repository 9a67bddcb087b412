"""What pages ask of the catalogue: named actions, for an anonymous asker, and the filters that the plugins declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from catalog.actions.context import ANONYMOUS, Catalogue
from catalog.actions.registry import call
from catalog.plugins.interfaces import Filter

EXTENSION = "gongkai"
"""The key of the catalogue in `flask.Flask.extensions`."""


def catalogue() -> Catalogue:
    """The catalogue that this application serves."""
    found: Catalogue = current_app.extensions[EXTENSION]
    return found


def ask(action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Do a named action for an anonymous asker; what it raises becomes an error page (`failures`)."""
    return call(catalogue(), ANONYMOUS, action, params)


def filters() -> dict[str, Filter]:
    """The search filters by parameter, in the order in which pages show them."""
    return {row.parameter: row for facet in catalogue().plugins.facets.values() for row in facet.filters()}
