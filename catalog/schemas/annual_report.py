"""政府信息公开工作年度报告 (政府信息公开条例 art. 49, 50)."""

from __future__ import annotations

from catalog.schemas.common import Document
from catalog.schemas.shapes import Whole


class AnnualReportSchema(Document):
    """政府信息公开工作年度报告."""

    expected = ("issuing_body", "year")

    year = Whole()
