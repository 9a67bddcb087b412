"""政策解读: what explains another document, by its drafter."""

from __future__ import annotations

from catalog.schemas.common import Document
from catalog.schemas.shapes import Text


class InterpretationSchema(Document):
    """政策解读."""

    form = Text()
    interprets = Text()
