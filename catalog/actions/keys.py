"""What records and organisations are called and found by: slugs, and the normal forms of numbers and titles."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from catalog.model.bearing import traits_of
from catalog.model.docnumber import search_key
from catalog.model.draft import Citation
from catalog.model.organisations import complete
from catalog.model.script import fold
from catalog.model.titlekeys import aliases, without_state, without_version
from catalog.store.rows import Cited, KeyKind

SLUG_MAX = 100
"""CKAN's longest name."""
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_RELATIVE = re.compile("令$|(?:省|市|县|区|州|自治区|盟|旗)(?:人民)?政府令$")
_TITLE_NOISE = re.compile(r"[\s《》〈〉<>「」“”\"'()（）·、，,]+")


def title_key(title: str) -> str:
    """A title's normal form: folded, without spaces, quotation marks and brackets."""
    return _TITLE_NOISE.sub("", fold(title))


def record_keys(metadata: Mapping[str, Any]) -> tuple[tuple[KeyKind, str], ...]:
    """What a record is found by when others cite it: its own number, its titles (with and without the state's name); `alias` is what its
    titles and its issuer spell out besides (`model.titlekeys`), `traits` what tells it from others of the same name (`model.bearing`).
    """
    keys: dict[tuple[KeyKind, str], None] = {}
    number = metadata.get("doc_number")
    if isinstance(number, Mapping):
        for one in (number["canonical"], _of_issuer(number, metadata)):
            if one and (key := search_key(one)):
                keys["number", key] = None
    for joint in metadata.get("joint_numbers", ()):
        if key := search_key(joint):
            keys["number", key] = None
    for title in (metadata["title"], *metadata.get("alt_titles", ())):
        key = title_key(title)
        keys["title", key] = None
        keys["title", without_state(key)] = None
        keys["title", without_state(title_key(without_version(title)))] = None
    for alias in aliases(metadata["title"], tuple(metadata.get("issuing_body", ()))):
        key = without_state(title_key(alias))
        if ("title", key) not in keys:
            keys["alias", key] = None
    keys["traits", traits_of(metadata).text()] = None
    return tuple(key for key in keys if key[1])


def _of_issuer(number: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    """A number whose body is left out or has no region (第226号令, 省政府令第5号), with the body's whole name; `None` for others."""
    code = str(number.get("code") or "")
    if number.get("kind") != "order" or not _RELATIVE.match(code):
        return None
    bodies = metadata.get("issuing_body") or [metadata.get("publisher")]
    whole = bodies[0] if code == "令" else complete(code.removesuffix("令"), context=_places(metadata))
    return str(number["canonical"]).replace(code, f"{whole}令", 1) if whole else None


def _places(metadata: Mapping[str, Any]) -> dict[str, str | None]:
    return {"issuing_body": "、".join(metadata.get("issuing_body", ())), "publisher": metadata.get("publisher")}


def cited(citation: Citation) -> Cited:
    """A citation with the normal forms by which the store finds its target."""
    return Cited(
        citation.type,
        citation.raw,
        citation.number,
        citation.title,
        search_key(citation.number) if citation.number else None,
        without_state(title_key(without_version(citation.title))) if citation.title else None,
        place=citation.place,
        article=citation.article,
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
