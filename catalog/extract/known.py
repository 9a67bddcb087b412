"""What is known of a document besides its lines: the header's pairs, the page's meta tags, and the hints of its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.extract.labels import Pair


@dataclass(frozen=True, slots=True)
class Known:
    """Filled header pairs in the order of the page, meta tags by lower-case name, and what the source says of all its documents."""

    pairs: tuple[Pair, ...]
    meta: Mapping[str, str]
    hints: Mapping[str, str]
