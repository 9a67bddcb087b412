"""清理结果: which documents of a body stay in force, and which are amended, repealed or expired."""

from __future__ import annotations

from catalog.schemas.common import Document
from catalog.schemas.shapes import ListOf, Open, Text


class CleanupResultSchema(Document):
    """规范性文件清理结果."""

    kept = ListOf(Text())
    amended = ListOf(Text())
    repealed = ListOf(Text())
    expired = ListOf(Text())
    to_change = ListOf(Text())
    list_counts = Open()
