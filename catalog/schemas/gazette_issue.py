"""政府公报: one issue of a gazette. Its articles are records of their own."""

from __future__ import annotations

from catalog.schemas.common import Common
from catalog.schemas.shapes import ListOf, Text, Whole, YesNo


class GazetteIssueSchema(Common):
    """政府公报期次. Unique by gazette, year and number (and supplement)."""

    expected = ("publisher", "gazette", "year", "number_in_year", "date_published")

    gazette = Text()
    volume = Text()
    year = Whole()
    number_in_year = Text()
    running_number = Text()
    part = Text()
    supplement = YesNo()
    languages = ListOf(Text())
    pages = Whole()
    articles = ListOf(Text())
    article_count = Whole()
    coverage = Text()
