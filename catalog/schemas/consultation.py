"""征求意见: a draft that is put before the public, for a time, with the ways to answer."""

from __future__ import annotations

from catalog.schemas.common import Document
from catalog.schemas.shapes import Date, Open, Text


class ConsultationSchema(Document):
    """征求意见."""

    expected = (*Document.expected, "comment_start", "comment_end")

    comment_start = Date()
    comment_end = Date()
    comment_channels = Open()
    comment_result = Text()
