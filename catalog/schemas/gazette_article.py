"""公报文章: one article of a gazette issue; what the gazette prints is the standard text (规章制定程序条例 art. 31)."""

from __future__ import annotations

from catalog.schemas.common import Document
from catalog.schemas.shapes import Text, Whole, YesNo


class GazetteArticleSchema(Document):
    """公报文章."""

    expected = ("publisher", "issue")

    gazette = Text()
    issue = Text()
    section = Text()
    article_class = Text()
    order = Whole()
    page_from = Whole()
    page_to = Whole()
    ocr_confidence = Text()
    linked_document = Text()
    corrects = Text()
    contains_personal_data = YesNo()
