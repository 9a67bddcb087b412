"""Endpoints of gazettes: the articles of an issue, an article's place in its issue, two records' texts compared."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from catalog.api.answers import answer, ask
from catalog.api.shapes import RecordLinkShape


class _Article(RecordLinkShape):
    """An article of an issue."""

    lang = fields.String(required=True, allow_none=True)
    script = fields.String(required=True, allow_none=True)
    doc_number = fields.String(required=True, allow_none=True)
    issuing_body = fields.Raw(required=True, allow_none=True)
    date_written = fields.String(required=True, allow_none=True)
    section = fields.String(required=True, allow_none=True)
    article_class = fields.String(required=True, allow_none=True)
    order = fields.Integer(required=True, allow_none=True)
    page_from = fields.Integer(required=True, allow_none=True)
    page_to = fields.Integer(required=True, allow_none=True)


class ArticlesAnswer(Schema):
    """The articles of an issue in its order."""

    issue = fields.Nested(RecordLinkShape, required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    items = fields.List(fields.Nested(_Article), required=True)


class PlaceAnswer(Schema):
    """Where an article stands in its issue."""

    issue = fields.Nested(RecordLinkShape, required=True, allow_none=True)
    number = fields.Integer(
        required=True, allow_none=True, metadata={"description": "place among the articles, from 1"}
    )
    total = fields.Integer(required=True)
    previous = fields.Nested(RecordLinkShape, required=True, allow_none=True)
    next = fields.Nested(RecordLinkShape, required=True, allow_none=True)


class _Side(RecordLinkShape):
    """One of two records that are compared."""

    lang = fields.String(required=True, allow_none=True)
    script = fields.String(required=True, allow_none=True)
    text_authority = fields.String(required=True, allow_none=True)
    issue = fields.String(required=True, allow_none=True)
    has_text = fields.Boolean(required=True)


class _Line(Schema):
    """A line that is compared, with the anchor of its block."""

    text = fields.String(required=True)
    anchor = fields.String(required=True, allow_none=True)


class _Part(Schema):
    """A stretch of two lines: in `same` (both), `left` or `right`."""

    in_ = fields.String(required=True, data_key="in")
    text = fields.String(required=True)


class _Row(Schema):
    """One place of a comparison."""

    kind = fields.String(required=True, metadata={"description": "same, form, layout, head, wording, left or right"})
    left = fields.List(fields.Nested(_Line), required=True)
    right = fields.List(fields.Nested(_Line), required=True)
    parts = fields.List(fields.Nested(_Part), required=True)


class ComparisonAnswer(Schema):
    """Two texts compared: how many places of each kind, and the places in order."""

    left = fields.Nested(_Side, required=True)
    right = fields.Nested(_Side, required=True)
    standard = fields.String(
        required=True, allow_none=True, metadata={"description": "name of the record that holds the standard text"}
    )
    same_wording = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "null where one has no text"}
    )
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    cut = fields.Boolean(required=True, metadata={"description": "whether a text was longer than is compared"})
    rows = fields.List(fields.Nested(_Row), required=True)


def articles(which: str) -> ResponseReturnValue:
    """The articles of a gazette issue in its order."""
    return answer(ask("gazette.articles", {"id": which, **request.args.to_dict()}))


def place(which: str) -> ResponseReturnValue:
    """Where a gazette article stands in its issue, with its neighbours."""
    return answer(ask("gazette.place", {"id": which}))


def compare(which: str, other: str) -> ResponseReturnValue:
    """Two records' texts compared, block by block."""
    return answer(ask("record.compare", {"id": which, "other": other}))
