"""Records whose keys are the catalogue's own field names: what `gongkai export` writes, or anybody who read the field list.

A line that was exported comes back as it went out: fields, their `_raw`, `_source` and `_confidence` twins, text. What the loading
catalogue gives anew (ids, names, versions, provenance) is left out. A name that is no field refuses the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast, get_args

from catalog.errors import Refused
from catalog.extract.statute import structure
from catalog.harvesters.naming import unknown
from catalog.harvesters.shapes import Unreadable, load, raw_text, shape_of
from catalog.model.draft import Block, BlockKind, Draft, Reading, Where
from catalog.plugins.harvesting import FieldTypes

KINDS = frozenset(get_args(BlockKind))
PLACES = frozenset(get_args(Where))


class OwnNames:
    """Reads lines by the catalogue's own names; the counterpart of `maps.Map` where no map is given."""

    def __init__(self, field_types: FieldTypes, *, record_type: str | None = None) -> None:
        self._field_types = field_types
        self._default_type = record_type

    def key(self, row: Mapping[str, Any]) -> str | None:
        """The record's own id, else its name or address."""
        return next((str(row[name]) for name in _exports()["keys"] if row.get(name)), None)

    def external_id(self, row: Mapping[str, Any]) -> str | None:
        """The record's id at its source."""
        value = row.get("external_id")
        return str(value) if value else None

    def draft(self, row: Mapping[str, Any], _extract: Callable[..., Draft]) -> Draft:
        """The record as a draft. Raises `Refused` (`unknown_type`, `unknown_field`, `unreadable`) that names the field."""
        record_type = str(row.get("record_type") or row.get("type") or self._default_type or "")
        types = self._field_types(record_type)
        if types is None:
            said = (
                f"record_type {record_type!r} is not known"
                if record_type
                else "the record does not say its record_type"
            )
            raise Refused("unknown_type", f"{said}; give one with --type, or a map with --map")
        draft = Draft(record_type)
        for name, value in row.items():
            if name in types:
                self._put(draft, name, value, types[name], row)
            elif name not in _known_besides(types) and value is not None:
                raise Refused(
                    "unknown_field", f"{unknown('field', name, types)}; a map (--map) can say which field it is"
                )
        draft.blocks = _blocks(row)
        return draft

    def _put(self, draft: Draft, name: str, value: Any, type_name: str, row: Mapping[str, Any]) -> None:
        if name in _exports()["ignored"] or (name == "validity" and _computed(row)):
            return
        value = _as_given(name, value, row)
        try:
            shaped = shape_of(type_name)(value)
        except Unreadable as error:
            raise Refused("unreadable", f"{name}: {error}, and {raw_text(value)[:200]!r} is none") from error
        if shaped is None:
            return
        draft.fields[name] = shaped
        where = row.get(f"{name}_source")
        if where in PLACES:
            confidence = row.get(f"{name}_confidence")
            sure = float(confidence) if isinstance(confidence, int | float) else 1.0
            draft.readings[name] = Reading(raw_text(row.get(f"{name}_raw")), cast("Where", where), sure)


def _as_given(name: str, value: Any, row: Mapping[str, Any]) -> Any:
    """A value without the dress of an export: the bodies of a joint issuer, a number in its first spelling."""
    if isinstance(value, Mapping) and "bodies" in value:
        return value["bodies"]
    parts = row.get(f"{name}_parts")
    return parts.get("raw", value) if isinstance(parts, Mapping) else value


def _computed(row: Mapping[str, Any]) -> bool:
    """Whether an exported validity follows from the record's events: then it is computed again, not stated."""
    detail = row.get("validity_detail")
    return isinstance(detail, Mapping) and (detail.get("because") is not None or detail.get("status") == "unknown")


def _known_besides(types: Mapping[str, str]) -> frozenset[str]:
    return _besides(frozenset(types))


@cache
def _besides(fields: frozenset[str]) -> frozenset[str]:
    exports = _exports()
    twins = {f"{name}{ending}" for name in fields for ending in exports["twins"]}
    return frozenset(twins) | frozenset(exports["ignored"]) | frozenset(exports["body"])


@cache
def _exports() -> Mapping[str, Any]:
    data: Mapping[str, Any] = load("exports")
    return data


def _blocks(row: Mapping[str, Any]) -> tuple[Block, ...]:
    blocks = row.get("blocks")
    if isinstance(blocks, list):
        return tuple(_block(block) for block in blocks)
    text = row.get("text")
    lines = text.splitlines() if isinstance(text, str) else ()
    return structure([Block("paragraph", line.strip()) for line in lines if line.strip()])


def _block(block: Any) -> Block:
    if not isinstance(block, Mapping) or block.get("kind") not in KINDS or not isinstance(block.get("text"), str):
        raise Refused(
            "unreadable",
            f"blocks: each must have a kind ({', '.join(sorted(KINDS))}) and a text; {str(block)[:200]} has not",
        )
    level, anchor = block.get("level"), block.get("anchor")
    return Block(
        block["kind"],
        block["text"],
        level if isinstance(level, int) else 0,
        anchor if isinstance(anchor, str) else None,
    )
