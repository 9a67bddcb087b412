"""What a page's meta tags tell of its document: title, publication, source, site. Which tag means what is data (`data/meta.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from catalog.extract.data_files import load
from catalog.extract.lines import clean


def value(meta: Mapping[str, str], what: str) -> str | None:
    """The first usable value that the tags give for one thing (`title`, `date_published`, `source`, …)."""
    for name in load("meta")[what]:
        printed = meta.get(name)
        if printed and (text := clean(printed)) and not _unfilled().match(text):
            return text
    return None


def site_names(meta: Mapping[str, str]) -> list[str]:
    """The names of site and column, which are never a document's title."""
    return [name for what in ("site", "column") if (name := value(meta, what))]


@cache
def _unfilled() -> re.Pattern[str]:
    return re.compile(load("meta")["unfilled"], re.IGNORECASE)
