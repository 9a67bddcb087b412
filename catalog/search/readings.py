"""What a text says beside what is printed: without the damage in it, and in the mainland's terms where a converter put Taiwan's.

Searched beside the text and never instead of it: who types 国办公厅 finds a page that prints 國辦(ban)公廳, and so does who copies it from
there; 规范性文件 finds 規範性檔案. Only passages that read differently are indexed twice, and only of records that are flagged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.model.damage import clean_reading
from catalog.model.script import fold, script_of, to_simplified

DAMAGED = frozenset({"injected_noise", "damaged_text"})
"""Flags of records whose passages are read without their damage."""
_OWN = "文件"
"""The mainland's word for documents, which Taiwan's terms would turn into 文档 (that of computers)."""
CONVERTED = "converted_terms"
"""The flag of mainland texts that speak in Taiwan's terms."""


def other_readings(passages: Iterable[str], metadata: Mapping[str, Any]) -> Iterator[str]:
    """The other readings of a record's passages, in order; none for the most records."""
    flags = frozenset(metadata.get("quality_flags") or ())
    damaged, converted = bool(flags & DAMAGED), CONVERTED in flags
    if not damaged and not converted:
        return
    for passage in passages:
        clear = clean_reading(passage, suspected="injected_noise" in flags) if damaged else None
        if clear is not None:
            yield clear
        if converted and (other := in_mainland_terms(clear or passage)) is not None:
            yield other


def in_mainland_terms(text: str) -> str | None:
    """Traditional text in the mainland's terms (規範性檔案 → 规范性文件); `None` where it has none of Taiwan's, or is simplified."""
    if script_of(text) != "Hant":
        return None
    other = _OWN.join(to_simplified(part, terms=True) if part else "" for part in text.split(_OWN))
    return other if fold(other) != fold(text) else None
