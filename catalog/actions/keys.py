"""What records and organisations are called and found by: slugs, and the normal forms of numbers and titles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from catalog.model.docnumber import search_key
from catalog.model.draft import Citation
from catalog.model.script import fold
from catalog.store.rows import Cited, KeyKind

SLUG_MAX = 100
"""CKAN's longest name."""
STATE_PREFIX = "中华人民共和国"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_TITLE_NOISE = re.compile(r"[\s《》〈〉<>「」“”\"'()（）·、，,]+")


def title_key(title: str) -> str:
    """A title's normal form: folded, without spaces, quotation marks and brackets."""
    return _TITLE_NOISE.sub("", fold(title))


def record_keys(metadata: Mapping[str, Any]) -> tuple[tuple[KeyKind, str], ...]:
    """What a record is found by when others cite it: its own number, its titles, and its title without the state's name."""
    keys: dict[tuple[KeyKind, str], None] = {}
    number = metadata.get("doc_number")
    if isinstance(number, Mapping) and (key := search_key(number["canonical"])):
        keys["number", key] = None
    for title in (metadata["title"], *metadata.get("alt_titles", ())):
        key = title_key(title)
        keys["title", key] = None
        keys["title", key.removeprefix(STATE_PREFIX)] = None
    return tuple(key for key in keys if key[1])


def cited(citation: Citation) -> Cited:
    """A citation with the normal forms by which the store finds its target."""
    return Cited(
        citation.type,
        citation.raw,
        citation.number,
        citation.title,
        search_key(citation.number) if citation.number else None,
        title_key(citation.title).removeprefix(STATE_PREFIX) if citation.title else None,
    )


def record_slug(metadata: Mapping[str, Any], *, place: str) -> str:
    """The wished name of a record: from its own number (粤府办〔2015〕3号 → `yfb-2015-3`), else from its index number, else a digest
    of the place where it was found. Stable: the same document gets the same name in every catalogue that starts empty.
    """
    number = metadata.get("doc_number")
    if isinstance(number, Mapping):
        parts = (initials(number["code"] or ""), str(number["year"] or ""), str(number["serial"] or ""))
        return _slug("-".join(part for part in parts if part))
    if index := metadata.get("index_number"):
        return _slug(f"i-{index}")
    return f"r-{hashlib.sha256(place.encode()).hexdigest()[:16]}"


@lru_cache(maxsize=4096)
def organization_slug(title: str) -> str:
    """An organisation's name in pinyin: 鄂州市人民政府 → `e-zhou-shi-ren-min-zheng-fu`."""
    return _slug("-".join(_pinyin(title))) or f"o-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


@lru_cache(maxsize=4096)
def initials(code: str) -> str:
    """The first letters of a number's code in pinyin: 粤府办 → `yfb`."""
    return "".join(syllable[:1] for syllable in _pinyin(code))


def _pinyin(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its dictionaries take 0.6 s to load, and a run that writes nothing needs none

    return list(lazy_pinyin(text, errors="ignore"))


def _slug(text: str) -> str:
    slug = _NOT_SLUG.sub("-", text.lower()).strip("-")[: SLUG_MAX - 8].strip("-")
    return slug if len(slug) > 1 else ""
