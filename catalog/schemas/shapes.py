"""The kinds of values that record fields hold. Each takes and gives plain JSON values, and says in two languages what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from marshmallow import ValidationError, fields

from catalog.model.dates import parse as parse_date
from catalog.model.docnumber import DocNumber
from catalog.model.docnumber import parse as parse_number
from catalog.model.vocabularies import vocabulary
from catalog.schemas.messages import say
from catalog.schemas.plain import DOUBT, loader

TEXT_MAX = 200_000
"""Characters of one text field; bodies are not fields."""
LIST_MAX = 20_000
"""Items of one list field; a record of 34,866 keywords once brought a catalogue down."""

_ISO = re.compile(
    r"(?:1[5-9]|2[01])\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Text(fields.Field[str]):
    """Text, trimmed, of at most `TEXT_MAX` characters."""

    type_name = "text"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(say("not_text", input=repr(value)))
        if len(value) > TEXT_MAX:
            raise ValidationError(say("too_long", input=len(value), known=TEXT_MAX))
        return value.strip()


class Title(Text):
    """Text that must not be empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            raise ValidationError(say("empty"))
        return text


class Address(Text):
    """An http or https address. Others (`javascript:`, `data:`) would become links on pages, so they are refused."""

    type_name = "address"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.lower().startswith(("http://", "https://")):
            raise ValidationError(say("not_an_address", input=text))
        return text


class Date(fields.Field[str]):
    """A date or partial date as ISO 8601 text (`2015`, `2015-07`, `2015-07-14`, with a time if there is one)."""

    type_name = "date"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str) and _is_date(value):
            return value
        raise ValidationError(say("not_a_date", input=value))


class Whole(fields.Field[int]):
    """A whole number, also as text of digits."""

    type_name = "whole number"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,15}", str(value)):
            raise ValidationError(say("not_a_number", input=value))
        return int(value)


class YesNo(fields.Field[bool]):
    """True or false."""

    type_name = "yes or no"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(say("not_yes_or_no", input=value))
        return value


class Code(fields.Field[str]):
    """A concept's id out of a vocabulary."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary = name
        self.type_name = f"code of {name}"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        known = concept_ids(self.vocabulary)
        if isinstance(value, str) and value in known:
            return value
        raise ValidationError(say("not_in_vocabulary", input=value, known=", ".join(sorted(known)[:30])))


class Digest(fields.Field[str]):
    """A SHA-256 digest in lower-case hexadecimal."""

    type_name = "digest"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str) and _DIGEST.fullmatch(value):
            return value
        raise ValidationError(say("not_a_digest", input=value))


class Number(fields.Field[dict[str, Any]]):
    """A document number: as text in any spelling, or as its parts `raw, canonical, code, year, serial, kind`."""

    type_name = "document number"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        raw = value.get("raw") or value.get("canonical") if isinstance(value, Mapping) else value
        found = parse_number(raw) if isinstance(raw, str) else None
        if found is None:
            raise ValidationError(say("not_a_document_number", input=raw))
        return number_parts(found)


class ListOf(fields.List[Any]):
    """A list of one kind of value, of at most `LIST_MAX` items; what is wrong in it is named by its place."""

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.type_name = f"list of {getattr(inner, 'type_name', 'objects')}"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise ValidationError(say("not_a_list", input=repr(value)))
        if len(value) > LIST_MAX:
            raise ValidationError(say("too_long", input=len(value), known=LIST_MAX))
        load, made = loader(self.inner), []
        for one in value:
            loaded = load(one)
            if loaded is DOUBT:
                return super()._deserialize(list(value), attr, data, **kwargs)
            made.append(loaded)
        return made


class Open(fields.Field[dict[str, Any]]):
    """An object of any JSON values: what an operator or a source keeps beside the known fields."""

    type_name = "object"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError(say("not_an_object", input=repr(value)))
        return dict(value)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    """Remembered, since a document gives its dates several times, and its neighbours the same ones."""
    return _ISO.fullmatch(text) is not None and parse_date(text[:10]) is not None


def number_parts(number: DocNumber) -> dict[str, Any]:
    """A document number as the JSON that records keep."""
    return {
        "raw": number.raw,
        "canonical": number.canonical,
        "code": number.code,
        "year": number.year,
        "serial": number.serial,
        "kind": number.kind,
    }


@cache
def concept_ids(name: str) -> frozenset[str]:
    """The ids of a vocabulary's concepts."""
    return frozenset(vocabulary(name).concepts)
