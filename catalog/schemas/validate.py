"""From a draft to a record's metadata: errors keep it out, warnings travel with it, and both name the field and the cure.

Only the fields that a draft has are run through marshmallow: a schema knows seventy, a document has a dozen, and a load has a million.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from catalog.model.draft import Draft, Problem
from catalog.plugins.interfaces import IDatasetForm
from catalog.schemas.common import Common
from catalog.schemas.labels import label
from catalog.schemas.messages import say

ALWAYS = ("title", "disclosure")
"""Fields that no record is without."""


@dataclass(frozen=True, slots=True)
class Validated:
    """Metadata as the record keeps it, and what is to be told; the metadata is only whole when no problem is an error."""

    metadata: dict[str, Any]
    problems: tuple[Problem, ...]


def validate(draft: Draft, record_types: Mapping[str, IDatasetForm]) -> Validated:
    """Load a draft's fields through the schema of its type. Flags of the draft and of missing fields go into `quality_flags`."""
    form = record_types.get(draft.record_type)
    if form is None:
        message = say("unknown_type", input=draft.record_type, known=", ".join(record_types))
        return Validated({}, (Problem("error", "unknown_type", f"record_type: {message}", "record_type"),))
    given = {name: value for name, value in draft.fields.items() if value is not None}
    known = _known(form)
    problems = [_unknown(name, known) for name in given.keys() - known]
    present = given.keys() & known
    missing = [name for name in _expected(form) if name not in present]
    flags = dict.fromkeys((*given.get("quality_flags", ()), *draft.flags, *(f"missing_{name}" for name in missing)))
    if flags:
        given["quality_flags"] = list(flags)
        present = present | {"quality_flags"}
    try:
        metadata = _schema(form, frozenset(present)).load({name: given[name] for name in present})
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        return Validated({}, (*problems, *_problems(messages)))
    warnings = [Problem("warning", "expected", _named(name, say("expected")), name) for name in missing]
    return Validated(metadata, (*problems, *warnings))


@lru_cache(maxsize=512)
def _schema(form: IDatasetForm, present: frozenset[str]) -> Schema:
    kind = type(form.schema())
    declared = kind._declared_fields  # noqa: SLF001 - marshmallow offers no other list of a class's fields
    attributes = [name for name, field in declared.items() if (field.data_key or name) in present or name in ALWAYS]
    return kind(only=attributes, unknown=RAISE)


@lru_cache(maxsize=64)
def _known(form: IDatasetForm) -> frozenset[str]:
    return frozenset(field.data_key or name for name, field in form.schema().fields.items())


@lru_cache(maxsize=64)
def _expected(form: IDatasetForm) -> tuple[str, ...]:
    schema = form.schema()
    return schema.expected if isinstance(schema, Common) else ()


def _unknown(name: str, known: frozenset[str]) -> Problem:
    near = difflib.get_close_matches(name, known, n=1)
    offer = f"；是否为 {near[0]} / did you mean {near[0]}" if near else ""
    return Problem("error", "unknown_field", f"{name}: {say('unknown_field', near=offer)}", name)


def _problems(messages: Mapping[str, Any], path: str = "") -> Iterator[Problem]:
    for key, value in messages.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping):
            yield from _problems(value, f"{name}.")
        else:
            for text in value:
                # marshmallow's own words for a missing field; all other messages are ours already
                said = say("required") if text == "Missing data for required field." else text
                yield Problem("error", "required" if said != text else "invalid", _named(name, said), name)


def _named(name: str, message: str) -> str:
    shown = label(name.split(".", 1)[0], "zh-Hans")
    return f"{name}（{shown}）: {message}" if shown else f"{name}: {message}"
