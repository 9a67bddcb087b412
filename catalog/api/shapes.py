"""The shapes of answers, as marshmallow schemas for OpenAPI. Nothing is dumped through them; a test holds the answers to them.

The shape of a record depends on its type: `record_shapes` makes one for each type that is registered.
"""

from __future__ import annotations

from marshmallow import Schema, fields


def said(text: str, **more: object) -> dict[str, object]:
    """A field's metadata: its description, and JSON Schema keywords."""
    return {"description": text, **more}


class FaultShape(Schema):
    """One wrong parameter."""

    parameter = fields.String(required=True, metadata=said("Name of the parameter or field."))
    code = fields.String(required=True, metadata=said("A stable word for what is wrong."))
    message = fields.String(required=True, metadata=said("What is wrong and what to do, in English."))
    message_zh = fields.String(required=True, metadata=said("The same in Chinese, where there is one."))


class Problem(Schema):
    """An error, as RFC 9457 has it."""

    type = fields.String(required=True, metadata=said("Address of the page that explains the code."))
    title = fields.String(required=True, metadata=said("The status in words."))
    status = fields.Integer(required=True, metadata=said("The HTTP status."))
    code = fields.String(required=True, metadata=said("A stable word for what went wrong."))
    detail = fields.String(required=True, metadata=said("What was wrong, where, and what to do next."))
    instance = fields.String(required=True, metadata=said("Path of the request."))
    errors = fields.List(
        fields.Nested(FaultShape), required=True, metadata=said("Each wrong parameter; empty for other errors.")
    )


class IssuingBody(Schema):
    """Who issued a document."""

    name = fields.String(required=True, metadata=said("The bodies in one line, as printed."))
    bodies = fields.List(fields.String(), required=True, metadata=said("Each body by its full name, the lead first."))


class HighlightsShape(Schema):
    """What matched. HTML: text is escaped, `<mark>` stands around the matches."""

    title = fields.String(metadata=said("The title with its matches."))
    text = fields.List(fields.String(), metadata=said("Passages of the text, cut at sentences."))
    anchor = fields.String(allow_none=True, metadata=said("Anchor of the article that matched, as art-33."))


class RecordItem(Schema):
    """A record in a list."""

    id = fields.String(required=True, metadata=said("UUID of the record; never reused."))
    name = fields.String(required=True, metadata=said("Name in addresses."))
    title = fields.String(required=True)
    type = fields.String(required=True, metadata=said("Record type."))
    doc_number = fields.String(required=True, allow_none=True, metadata=said("发文字号 in its canonical form."))
    issuing_body = fields.Nested(IssuingBody, required=True, allow_none=True)
    date_written = fields.String(
        required=True,
        allow_none=True,
        metadata=said("成文日期: ISO 8601, as precise as known (2015, 2015-07, 2015-07-14)."),
    )
    date_published = fields.String(required=True, allow_none=True, metadata=said("发布日期."))
    date_effective = fields.String(required=True, allow_none=True, metadata=said("施行日期."))
    disclosure = fields.String(required=True, metadata=said("公开属性: active, on_request or unknown."))
    validity = fields.String(required=True, metadata=said("效力 today; `unknown` never means: not in force."))
    external_id = fields.String(required=True, allow_none=True, metadata=said("The source's own id."))
    url = fields.String(required=True, allow_none=True, metadata=said("Page of the document at its source."))
    highlights = fields.Nested(HighlightsShape, required=True)


class FacetValueShape(Schema):
    """One value of a facet."""

    value = fields.String(required=True, metadata=said("To be sent as the parameter's value."))
    count = fields.Integer(required=True, metadata=said("Records that the search would find with this value."))
    selected = fields.Boolean(required=True)


class YearCountShape(Schema):
    """One bar of the year histogram."""

    year = fields.Integer(required=True)
    count = fields.Integer(required=True)


class SearchAnswer(Schema):
    """A page of search results."""

    total = fields.Integer(required=True, metadata=said("Records found."))
    total_relation = fields.String(
        required=True, metadata=said("`eq`: the total is exact; `gte`: there are at least as many.", enum=["eq", "gte"])
    )
    items = fields.List(fields.Nested(RecordItem), required=True)
    facets = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(FacetValueShape)),
        required=True,
        metadata=said("For each facet that was asked for, its values with counts; each leaves out its own filter."),
    )
    histogram = fields.List(fields.Nested(YearCountShape), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=said("Send as `cursor` for the next page; null at the end.")
    )
    page = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    suggestion = fields.String(required=True, allow_none=True, metadata=said("Another query that finds more."))
    intent = fields.String(
        required=True, metadata=said("What the query was taken for: a number, a title, words, a question.")
    )
    exact = fields.Integer(
        required=True, metadata=said("Of the total, those that hold the words themselves; the others are similar.")
    )
    notes = fields.List(
        fields.String(), required=True, metadata=said("What of the query was not understood and left out.")
    )
    also_searched = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata=said("Other names of bodies and statutes that were searched for beside words of the query, by word."),
    )
    degraded = fields.Boolean(
        required=True,
        metadata=said("The search engine is away: a list by date from the store alone, without facets and histogram."),
    )


class BlockShape(Schema):
    """One block of a text."""

    anchor = fields.String(
        required=True,
        metadata=said(
            "Name of the block, also the fragment of the page's address: art-33, art-33-p2 (款), art-33-p2-i3 (项), chap-2-sec-1, o-3-2 for 三、（二）, "
            "tbl-1; e1- before those of the first embedded document. It stays the same whatever changes elsewhere in the text."
        ),
    )
    kind = fields.String(
        required=True,
        metadata=said(
            "What it is; a note says who is responsible for the block that stands last in its path.",
            enum=["heading", "article", "paragraph", "item", "table", "note"],
        ),
    )
    number = fields.String(required=True, allow_none=True, metadata=said("Its number as printed: 第三十三条, （一）."))
    path = fields.List(
        fields.String(), required=True, metadata=said("Anchors of the blocks that it stands under, outermost first.")
    )
    text = fields.String(
        required=True,
        metadata=said(
            "Plain text as printed, number included. A table's cells are joined by tabs, its rows by line feeds."
        ),
    )
    page = fields.Integer(
        required=True,
        allow_none=True,
        metadata=said("Page of the original on which it begins, from 1; null without pages."),
    )
    part = fields.String(required=True, metadata=said("The part that it belongs to: main, embedded-1 …"))
    rows = fields.List(fields.List(fields.String()), metadata=said("Of a table: its rows, each a list of cells."))


class PartShape(Schema):
    """One document of a text."""

    id = fields.String(required=True, metadata=said("main, embedded-1 …"))
    title = fields.String(required=True)
    role = fields.String(
        required=True,
        metadata=said(
            "The record's own text is a document, or a transmittal where it issues or passes on what stands in it as embedded; an annex is anything else.",
            enum=["document", "transmittal", "embedded", "annex"],
        ),
    )


class TextAnswer(Schema):
    """The text of a record; without blocks where only its header is public."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True, allow_none=True, metadata=said("BCP 47 tag of the text."))
    script = fields.String(required=True, allow_none=True, metadata=said("Hans or Hant; Zyyy where it cannot be told."))
    parts = fields.List(fields.Nested(PartShape), required=True)
    pages = fields.Integer(
        required=True,
        allow_none=True,
        metadata=said("Pages of the original that the text reaches; null without pages."),
    )
    blocks = fields.List(fields.Nested(BlockShape), required=True)


class RecordLinkShape(Schema):
    """A record that another one points to."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)


class RelationShape(Schema):
    """A relation between documents."""

    type = fields.String(required=True, metadata=said("cites, based_on, amends, repeals, interprets …"))
    label = fields.Raw(required=True, metadata=said("Its name by language, read in the direction that is asked for."))
    raw = fields.String(required=True, metadata=said("The citation as printed."))
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    place = fields.String(
        required=True, allow_none=True, metadata=said("Anchor of the block that says so, in the document that cites.")
    )
    article = fields.String(
        required=True,
        allow_none=True,
        metadata=said("Anchor of the article that is meant in the other document: art-13, art-13-p2."),
    )
    matched = fields.String(
        required=True,
        allow_none=True,
        metadata=said("How the record was found: given, number, title or both; null without one."),
    )
    open = fields.String(
        required=True,
        allow_none=True,
        metadata=said(
            "Why there is no record: absent, ambiguous (several bear the name), conflict (the one with the title bears another number), "
            "elsewhere (only another jurisdiction's bears it), later (only a younger document bears it)."
        ),
    )
    target = fields.Nested(
        RecordLinkShape, required=True, allow_none=True, metadata=said("null while the catalogue does not hold it.")
    )


class RelationsAnswer(Schema):
    """What a record points to, and what points to it."""

    id = fields.String(required=True)
    outgoing = fields.List(fields.Nested(RelationShape), required=True)
    incoming = fields.List(fields.Nested(RelationShape), required=True)


class RevisionShape(Schema):
    """One version of a record."""

    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    at = fields.String(required=True, metadata=said("ISO 8601, UTC."))
    actor = fields.String(required=True)
    reason = fields.String(required=True)
    changed = fields.List(fields.String(), required=True, metadata=said("Names of the fields that changed."))


class RevisionsAnswer(Schema):
    """The history of a record."""

    id = fields.String(required=True)
    revisions = fields.List(fields.Nested(RevisionShape), required=True)


class SuggestionShape(Schema):
    """A completion of what was typed."""

    text = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True, allow_none=True, metadata=said("Name of the record, where it is one."))


class SuggestAnswer(Schema):
    """Completions of what was typed."""

    suggestions = fields.List(fields.Nested(SuggestionShape), required=True)


class OrganizationShape(Schema):
    """A body that issues or publishes."""

    id = fields.String(required=True)
    name = fields.String(required=True, metadata=said("Name in addresses."))
    title = fields.String(
        required=True, metadata=said("Full name; also the value of the search filter `organization`.")
    )
    level = fields.String(required=True, allow_none=True)
    region = fields.String(required=True, allow_none=True, metadata=said("GB/T 2260 code."))
    contact = fields.Dict(required=True)
    other_titles = fields.List(fields.String(), required=True)


class OrganizationsAnswer(Schema):
    """A page of the list of bodies."""

    organizations = fields.List(fields.Nested(OrganizationShape), required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


class ConceptShape(Schema):
    """One concept of a vocabulary."""

    id = fields.String(required=True, metadata=said("The code that records hold."))
    labels = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, metadata=said("By language: zh-Hans, zh-Hant, en.")
    )


class VocabularyShape(Schema):
    """A vocabulary with its concepts."""

    name = fields.String(required=True)
    concepts = fields.List(fields.Nested(ConceptShape), required=True)


class VocabulariesAnswer(Schema):
    """All vocabularies."""

    vocabularies = fields.List(fields.Nested(VocabularyShape), required=True)


class IndexEntry(Schema):
    """One operation of the API."""

    method = fields.String(required=True)
    path = fields.String(required=True)
    summary = fields.String(required=True)


class IndexAnswer(Schema):
    """What this API offers."""

    title = fields.String(required=True)
    version = fields.String(required=True)
    openapi = fields.String(required=True, metadata=said("Address of the OpenAPI document."))
    documentation = fields.String(required=True, metadata=said("Address of the page for people."))
    endpoints = fields.List(fields.Nested(IndexEntry), required=True)
