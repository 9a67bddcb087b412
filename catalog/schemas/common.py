"""The fields that every record type has. DOMAIN's common block: which field, what it holds, whether it must be there."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validates_schema
from marshmallow.exceptions import ValidationError

from catalog.model.disclosure import rule
from catalog.schemas.messages import say
from catalog.schemas.shapes import Address, Code, Date, Digest, ListOf, Number, Open, Text, Title, Whole, YesNo

RULE_FIELDS = {
    "reason_missing": "disclosure_reason",
    "basis_missing": "disclosure_basis",
    "basis_does_not_fit": "disclosure_basis",
}
"""Which field a fault of the disclosure rule is told at; a wrong code is told by the field itself."""


class Part(Schema):
    """An object inside a record; what it does not know is refused like in a record."""

    class Meta:
        unknown = RAISE


def nested(part: type[Part], **kwargs: Any) -> ListOf:
    """A list of objects of one shape."""
    return ListOf(fields.Nested(part), **kwargs)


class AttachmentPart(Part):
    """A file that the document names; `content_present` is false where its bytes could not be had."""

    title = Text(load_default="")
    url = Address(allow_none=True)
    format = Text(allow_none=True)
    bytes = Whole(allow_none=True)
    sha256 = Digest(allow_none=True)
    content_present = YesNo(load_default=False)


class CausePart(Part):
    """The document that did something to another one."""

    number = Text(allow_none=True)
    title = Text(allow_none=True)


class TellingPart(Part):
    """Another telling of an event: its date, and the record that tells it (`None`: the document itself)."""

    date = Date(allow_none=True)
    caused_by = Text(allow_none=True)


class EventPart(Part):
    """One event of a document's life; `by` is the document that did it, `caused_by` its record here. `bodies` are those that acted,
    `articles` the anchors of what was changed, `effective` the day from which a change counts where that is not `date`, `until` the last
    day of force that it sets. `also` are other tellings of it that give another date.
    """

    kind = Code("event", required=True)
    date = Date(allow_none=True, load_default=None)
    raw = Text(load_default="")
    by = fields.Nested(CausePart, allow_none=True)
    bodies = ListOf(Text())
    articles = ListOf(Text())
    effective = Date(allow_none=True)
    until = Date(allow_none=True)
    also = nested(TellingPart)
    caused_by = Text()


class RelationPart(Part):
    """A relation to a record or to a citation that is not resolved yet."""

    type = Code("relation", required=True)
    raw = Text(load_default="")
    number = Text(allow_none=True)
    title = Text(allow_none=True)
    target = Open(allow_none=True)


class HarvestPart(Part):
    """Where and when a record was read; `ref` names the page, file or line."""

    source_id = Text()
    source = Text()
    external_id = Text(allow_none=True)
    url = Text(allow_none=True)
    ref = Text()
    fetched_at = Text()
    sha256_raw = Text()
    parser_version = Text()
    status = Text()


class Common(Schema):
    """Fields of all record types. A subclass adds its own and names in `expected` those that DOMAIN calls mandatory: a record
    without them is taken, with a warning and the flag `missing_<field>`, because real pages often lack them.
    """

    class Meta:
        unknown = RAISE

    expected: tuple[str, ...] = ("issuing_body", "publisher")

    title = Title(required=True)
    title_raw = Text()
    alt_titles = ListOf(Text())
    short_title = Text()
    lang = Text()
    script = Text()
    issuing_body = ListOf(Title())
    publisher = Title()
    source_site = Text()
    site_id_code = Text()
    reposted_from = Text()
    external_id = Text()
    url = Address()
    index_number = Text()
    index_family = Text()
    index_check = Text()
    disclosure = Code("disclosure", required=True)
    disclosure_reason = Text()
    disclosure_basis = Code("legal_basis")
    secrecy_review = Open()
    statutory_item = Text()
    topic = ListOf(Code("topic"))
    topic_raw = Text()
    summary = Text()
    date_written = Date()
    date_printed = Date()
    date_published = Date()
    date_effective = Date()
    date_expires = Date()
    date_adopted = Date()
    keywords = ListOf(Text())
    keywords_raw = Text()
    region = Text()
    level = Code("level")
    attachments = nested(AttachmentPart)
    text_authority = Code("text_authority")
    trust = Text()
    quality_flags = ListOf(Text())
    rights = Text()
    validity = Code("validity")
    events = nested(EventPart)
    relations = nested(RelationPart)
    harvest = fields.Nested(HarvestPart)

    @validates_schema
    def disclosure_has_its_reason(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """What is not disclosed actively needs a reason and a legal-basis code (政府信息公开条例 art. 13 to 16; seeds 000 and 001)."""
        faults = rule(data.get("disclosure", "unknown"), data.get("disclosure_reason"), data.get("disclosure_basis"))
        if faults:
            raise ValidationError({RULE_FIELDS[fault]: [say(fault)] for fault in faults})


class Document(Common):
    """Fields of what has a number, addressees and a kind: regulations, normative documents and what belongs to them."""

    doc_number = Number()
    joint_numbers = ListOf(Text())
    document_kind = Code("document_kind")
    addressees = ListOf(Text())
    cc = ListOf(Text())
    valid_until = Date()
    unified_number = Text()
    legality_review = Open()
    interpretation = ListOf(Text())
    responsible_units = ListOf(Text())
    embedded_document = Text()
    print_body = Text()
