"""The languages of the pages, and which one an answer is in: `?lang=` first, then Accept-Language, then simplified Chinese.

No cookie is set: a chosen language travels in the links of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import g, request


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its tag in `?lang=` and `<html lang>`, gettext's locale, the key of labels in vocabularies, its own name."""

    tag: str
    locale: str
    labels: Literal["zh-Hans", "zh-Hant", "en"]
    name: str
    short: str


LANGUAGES: tuple[Language, ...] = (
    Language("zh-CN", "zh_Hans_CN", "zh-Hans", "简体中文", "简"),
    Language("zh-TW", "zh_Hant_TW", "zh-Hant", "繁體中文", "繁"),
    Language("en", "en", "en", "English", "EN"),
)
DEFAULT = LANGUAGES[0]
_BY_TAG = {language.tag.lower(): language for language in LANGUAGES}
_ACCEPTED = {
    "zh-cn": LANGUAGES[0], "zh-hans": LANGUAGES[0], "zh-sg": LANGUAGES[0], "zh": LANGUAGES[0],
    "zh-tw": LANGUAGES[1], "zh-hant": LANGUAGES[1], "zh-hk": LANGUAGES[1], "zh-mo": LANGUAGES[1],
    "en": LANGUAGES[2],
}  # fmt: skip


def chosen() -> Language | None:
    """The language that the address asks for, if it asks for one that there is."""
    return _BY_TAG.get(request.args.get("lang", "").lower())


def current() -> Language:
    """The language of this answer; looked up once a request."""
    held: Language | None = g.get("language")
    if held is None:
        held = g.language = chosen() or _accepted()
    return held


def locale() -> str:
    """The locale of this answer, for Flask-Babel."""
    return current().locale


def _accepted() -> Language:
    for tag, quality in request.accept_languages:
        parts = tag.lower().split("-")
        while parts and quality > 0:
            found = _ACCEPTED.get("-".join(parts))
            if found is not None:
                return found
            parts.pop()
    return DEFAULT
