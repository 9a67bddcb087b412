"""备案审查: the outcome of a quarter's review of filed normative documents."""

from __future__ import annotations

from catalog.schemas.common import Document
from catalog.schemas.shapes import ListOf, Text


class FilingReviewSchema(Document):
    """备案审查结果."""

    quarter = Text()
    outcome = Text()
    reviewed = ListOf(Text())
