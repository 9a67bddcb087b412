"""规范性文件: notices, opinions, measures, plans …: what an administration issues under a document number."""

from __future__ import annotations

from catalog.schemas.common import Document


class NormativeDocumentSchema(Document):
    """规范性文件."""

    expected = (*Document.expected, "document_kind", "date_published")
