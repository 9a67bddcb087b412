"""Which record type a document is, decided from its title, its number and its text by the rules in `data/record_types.yaml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.extract.data_files import load
from catalog.extract.lines import Line, fold, squeeze
from catalog.model.statute import article

NOTE_LINES = 8
"""Lines after the title within which a line of promulgation stands."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A record type, and whether a rule said so (`False`: the default, which a source may know better)."""

    record_type: str
    decided: bool


def decide(title: str, *, number_kind: str | None, lines: Sequence[Line], note: str | None) -> Kind:
    """The record type of a document; `lines` are its text, `note` its line of promulgation, if it has one."""
    tight = squeeze(fold(title))
    articles = sum(article(line.text) is not None for line in lines) if _may_have_articles(lines) else 0
    for rule in load("record_types")["rules"]:
        if _fits(rule, tight, number_kind, articles, note):
            return Kind(rule["type"], decided=True)
    return Kind(load("record_types")["default"], decided=False)


def promulgation_note(lines: Sequence[Line], start: int) -> int | None:
    """The place of the line of promulgation among the first lines from `start` on: （2019年12月12日市政府令第2号公布　自…起施行）."""
    for place in range(start, min(start + NOTE_LINES, len(lines))):
        if lines[place].kind != "table" and _note().match(squeeze(fold(lines[place].text))):
            return place
    return None


def interpretation_form(title: str) -> str:
    """The form of an interpretation by its title: chart, q_and_a, video, press_conference or text."""
    tight = squeeze(fold(title))
    forms: dict[str, list[str]] = load("record_types")["forms"]
    return next((form for form, words in forms.items() if any(word in tight for word in words)), "text")


def _fits(rule: dict[str, Any], title: str, number_kind: str | None, articles: int, note: str | None) -> bool:
    return (
        ("title" not in rule or bool(_compiled(rule["title"]).search(title)))
        and ("number" not in rule or rule["number"] == number_kind)
        and articles >= rule.get("articles", 0)
        and (not rule.get("note") or note is not None)
    )


def _may_have_articles(lines: Sequence[Line]) -> bool:
    return any(line.text.lstrip()[:1] == "第" for line in lines)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _note() -> re.Pattern[str]:
    return re.compile(load("record_types")["note"])
