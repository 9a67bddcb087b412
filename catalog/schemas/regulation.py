"""规章、法规: the fields of what an order publishes (规章制定程序条例 art. 30: body, number, name, dates of adoption and effect, signer)."""

from __future__ import annotations

from catalog.schemas.common import Common, Document, Part, nested
from catalog.schemas.shapes import Code, Date, ListOf, Text


class ArticlePart(Part):
    """One article; the text itself stands in the record's blocks, under the anchor."""

    number = Text(required=True)
    heading_path = ListOf(Text())
    anchor = Text()
    text = Text()


class RegulationSchema(Document):
    """规章、法规."""

    expected = (
        *Common.expected,
        "instrument_kind",
        "order_number",
        "date_adopted",
        "date_promulgated",
        "date_effective",
    )

    order_number = Text()
    instrument_kind = Code("instrument_kind")
    adopted_by = Text()
    meeting = Text()
    date_promulgated = Date()
    signed_by = Text()
    promulgation_note = Text()
    articles = nested(ArticlePart)
    filing_number = Text()
