"""What can be done, as named actions with a schema, a permission and a docstring. All doors lead here."""

from __future__ import annotations

from catalog.actions import (
    comparison,
    edit,
    file,
    gazette,
    gazette_gaps,
    joining,
    ocr,
    organization,
    record,
    reread,
    review,
    source,
    suggest,
)
from catalog.actions.context import ANONYMOUS, Actor, Catalogue, Harvest, Progress
from catalog.actions.registry import ACTIONS, Action, call

__all__ = ["ACTIONS", "ANONYMOUS", "Action", "Actor", "Catalogue", "Harvest", "Progress", "call"]

_REGISTERED = (comparison, edit, file, gazette, gazette_gaps, joining, ocr, organization, record, reread, review, source, suggest)  # fmt: skip
"""Modules that register their actions when they are imported."""
