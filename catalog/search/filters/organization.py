"""Filter by issuing body. Joint documents are found under each of their issuers; what names no issuer, under its publisher."""

from __future__ import annotations

from catalog.model.listing import bodies
from catalog.model.record import Record
from catalog.plugins.interfaces import Filter

FILTERS = (
    Filter(
        parameter="organization",
        field="organization",
        facet=True,
        labels={"zh-Hans": "发文机关", "zh-Hant": "發文機關", "en": "Issuing body"},
        description="Full name of an issuing body as the records print it.",
    ),
)


def values(record: Record) -> dict[str, tuple[str, ...]]:
    """The names of the issuing bodies, lead first."""
    return {"organization": bodies(record["metadata"])}
