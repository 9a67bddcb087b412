"""The short way through a list of objects: what it takes is what marshmallow takes, what it does not take is told in the same words."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from catalog.schemas.common import EventPart, RelationPart
from catalog.schemas.plain import DOUBT, loader

EVENT = {"kind": "enacted", "date": "2020-01-01", "raw": " 通过 ", "bodies": ["云江市人民政府"], "articles": ["art-1"]}
GOOD: list[tuple[type[Schema], dict[str, Any]]] = [
    (EventPart, EVENT),
    (EventPart, {"kind": "amended", "by": {"number": None, "title": "云江市人民政府令"}}),
    (EventPart, EVENT | {"also": [{"date": "2020-01", "caused_by": None}], "until": None}),
    (RelationPart, {"type": "cites", "raw": "《办法》", "target": {"id": 3}}),
]
BAD: list[tuple[type[Schema], Any]] = [
    (EventPart, {}),
    (EventPart, "enacted"),
    (EventPart, EVENT | {"kind": "born"}),
    (EventPart, EVENT | {"date": "2020-13-01"}),
    (EventPart, EVENT | {"colour": "red"}),
    (EventPart, EVENT | {"raw": None}),
    (EventPart, EVENT | {"bodies": ["云江市人民政府", 7]}),
    (EventPart, EVENT | {"also": [{"day": "2020"}]}),
    (EventPart, EVENT | {"by": {"number": 7}}),
]


def short(part: type[Schema], value: Any) -> Any:
    return loader(fields.Nested(part))(value)


@pytest.mark.parametrize(("part", "value"), GOOD)
def test_what_is_right_comes_as_marshmallow_gives_it(part: type[Schema], value: dict[str, Any]) -> None:
    taken = short(part, value)
    assert taken == part().load(value)
    assert list(taken) == list(part().load(value))


@pytest.mark.parametrize(("part", "value"), BAD)
def test_what_is_wrong_goes_the_long_way(part: type[Schema], value: Any) -> None:
    assert short(part, value) is DOUBT
    with pytest.raises(ValidationError):
        part().load(value)


def test_shapes_that_do_more_than_load_their_fields_go_the_long_way() -> None:
    class Checked(Schema):
        name = fields.String()

        @validates_schema
        def never(self, _data: dict[str, Any], **_kwargs: Any) -> None:
            raise ValidationError("never")

    class Renamed(Schema):
        name = fields.String(data_key="title")

    assert short(Checked, {"name": "a"}) is DOUBT
    assert short(Renamed, {"title": "a"}) is DOUBT
    assert loader(fields.Nested(EventPart, only=("kind",)))({"kind": "enacted"}) is DOUBT
    assert loader(fields.String(validate=validate.Length(2)))("a") is DOUBT
