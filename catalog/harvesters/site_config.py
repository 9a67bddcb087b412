"""The configuration of a `site` source: a few constants for a web site, and a few for each of its columns.

What stands beside `columns` holds for all of them; a column says what is different. Nothing but the addresses is needed: lists, next
pages and documents of unknown layout are found and read by general rules.
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

MAX_PAGES = 1000
"""List pages of one column, where the configuration does not say."""
SUFFIXES = (
    "pdf",
    "doc",
    "docx",
    "wps",
    "ofd",
    "xls",
    "xlsx",
    "et",
    "csv",
    "json",
    "xml",
    "txt",
    "zip",
    "rar",
    "7z",
    "ppt",
    "pptx",
    "jpg",
    "png",
    "tif",
)
"""Endings of files that are fetched when a document links to them."""
HINTS = ("publisher", "region", "level", "source_site", "gazette")
"""Constants that a document gets where it does not say itself."""


class Selector(fields.String):
    """A CSS selector, tried when it is loaded."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **options))
        try:
            LexborHTMLParser("<p></p>").css(text)
        except (SelectolaxError, ValueError) as error:
            raise ValidationError(f"{text!r} is not a CSS selector") from error
        return text


class Pattern(fields.String):
    """A regular expression, compiled when it is loaded."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **options))
        try:
            re.compile(text)
        except re.error as error:
            raise ValidationError(f"{text!r} is not a regular expression: {error}") from error
        return text


def _help(text: str) -> dict[str, str]:
    return {"description": text}


class Articles(Schema):
    """How an issue's page lists its articles."""

    items = Selector(metadata=_help("one entry of the table of contents; the link in it leads to the article"))
    detail = Pattern(metadata=_help("what an article's address matches"))


class Treatment(Schema):
    """How a list of documents is walked, and how they are read."""

    name = fields.String(metadata=_help("the column's name"))
    type = fields.String(metadata=_help("record type of its documents; the reader tells where this does not"))
    items = Selector(metadata=_help("one entry of the list"))
    link = Selector(metadata=_help("the link within an entry; the first one where this is not given"))
    title = Selector(metadata=_help("the title within an entry; the link's own where this is not given"))
    date = Selector(metadata=_help("the date within an entry; the first date in it where this is not given"))
    next = Selector(metadata=_help("the link to the next list page; 下一页 and its like where this is not given"))
    pages = fields.String(
        validate=validate.Regexp(r".*\{page\}", error="must contain {{page}}"),
        metadata=_help(
            "address of list page {page}, absolute or relative to the first one; ends where no new entry is found"
        ),
    )
    first_page = fields.Integer(
        metadata=_help("the number that {page} has on the second list page; 2 where this is not given")
    )
    max_pages = fields.Integer(validate=validate.Range(1, 100_000), metadata=_help("list pages that are read at most"))
    detail = Pattern(metadata=_help("what a document's address matches; entries that lead elsewhere are no items"))
    articles = fields.Nested(
        Articles, metadata=_help("documents are gazette issues, whose articles are records of their own")
    )
    attachments = Selector(metadata=_help("links to attachments, besides those that the reader finds"))
    suffixes = fields.List(fields.String(), metadata=_help("endings of files that are fetched"))
    encoding = fields.String(metadata=_help("charset of the pages, where they name a wrong one"))
    fields_ = fields.Dict(
        data_key="fields",
        attribute="fields",
        keys=fields.String(),
        values=Selector(),
        metadata=_help("catalogue field: where it stands on a page"),
    )
    values = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
        metadata=_help("catalogue field: what its words or codes on this site mean"),
    )
    publisher = fields.String(metadata=_help("who publishes here, where a page does not say"))
    region = fields.String(metadata=_help("GB/T 2260 code of the publisher's region"))
    level = fields.String(metadata=_help("level of the publisher: national, provincial, municipal, county, township"))
    source_site = fields.String(metadata=_help("name of the web site"))
    gazette = fields.String(metadata=_help("name of the gazette"))


class Column(Treatment):
    """One list of documents."""

    start = fields.Url(schemes={"http", "https"}, require_tld=False, metadata=_help("address of the first list page"))


class SiteConfig(Treatment):
    """A web site: what holds for all of its columns, the columns, and how it is to be treated."""

    start = fields.Raw(
        metadata=_help("address of the first list page, or a list of several, where there are no columns to tell apart")
    )
    columns = fields.List(fields.Nested(Column), metadata=_help("the lists of the site"))
    hosts = fields.List(
        fields.String(), metadata=_help("other hosts (host or host:port) that links and redirects may lead to")
    )
    allow_hosts = fields.List(fields.String(), metadata=_help("hosts whose addresses may be private, allowed by name"))
    rate = fields.Float(
        validate=validate.Range(0.01, 10_000),
        metadata=_help("requests a second to one host; 1 where this is not given"),
    )
    missing = fields.String(
        validate=validate.OneOf(("keep", "withdraw")),
        metadata=_help("what becomes of records that the site no longer lists"),
    )

    class Meta:
        unknown = RAISE

    @pre_load
    def columns_from_start(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Addresses without columns are columns that say nothing more."""
        data = dict(data)
        start = data.pop("start", [])
        starts = [start] if isinstance(start, str) else start
        if not isinstance(starts, list) or not all(isinstance(one, str) for one in starts):
            raise ValidationError({"start": ["an address or a list of addresses is expected"]})
        data["columns"] = [*({"start": one} for one in starts), *data.get("columns", ())]
        return data

    @post_load
    def every_column_begins_somewhere(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """A source without an address fails at once."""
        if not data["columns"]:
            raise ValidationError({"start": ["a site needs `start`, or `columns` with a `start` each"]})
        for number, column in enumerate(data["columns"]):
            if "start" not in column:
                raise ValidationError(
                    {"columns": {number: {"start": ["the address of the first list page is missing"]}}}
                )
        return data


def column(config: dict[str, Any] | Any, number: int) -> dict[str, Any]:
    """One column with what holds for the whole site filled in."""
    shared = {
        name: value
        for name, value in config.items()
        if name not in {"columns", "hosts", "allow_hosts", "rate", "missing"}
    }
    return {**shared, **config["columns"][number]}
