"""What a source's constants and its list add to a document that does not say itself, and what another record type makes of a draft."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.harvesters.shapes import Unreadable, shape_of
from catalog.model.draft import Draft, Reading, Where

BY_CONSTANT = 0.5
"""How sure a source's constant is of one document: the least, so that anything that the document says goes before it."""
BY_LIST = 0.6
"""How sure a list page is: it cuts titles off, and often shows another day than the document."""


def fill_in(draft: Draft, constants: Mapping[str, str], listed: Mapping[str, str], types: Mapping[str, str]) -> None:
    """Put constants and what the list told into the draft, where it has nothing; what does not fit its field is left out."""
    places: tuple[tuple[Mapping[str, str], Where, float], ...] = (
        (listed, "list", BY_LIST),
        (constants, "source", BY_CONSTANT),
    )
    for values, where, confidence in places:
        for name, raw in values.items():
            if name not in types or draft.fields.get(name):
                continue
            try:
                value = shape_of(types[name])(raw)
            except Unreadable:
                continue
            if value is not None:
                draft.fields[name] = value
                draft.readings[name] = Reading(raw, where, confidence)


def retype(draft: Draft, record_type: str, types: Mapping[str, str] | None) -> None:
    """Make the draft one of another type; what was read for fields that the type does not have goes."""
    if draft.record_type == record_type or types is None:
        draft.record_type = record_type
        return
    draft.record_type = record_type
    for values in (draft.fields, draft.readings):
        for name in [name for name in values if name not in types]:
            del values[name]
