"""The related documents of a record's page: grouped by kind in each direction, one line a document with the places that it is named at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.web import labels
from catalog.web.links import address
from catalog.web.texts import gettext

SHOWN = 30
"""Documents of a group that are shown at once; the others are folded away."""
MOST_PLACES = 12
"""Places of one document that are linked."""
_ARTICLE = re.compile(r"(?:e\d+-)?art-(\d+(?:-\d+)?)(?:_\d+)?(?:-p(\d+))?(?:-i(\d+))?(?:-.*)?")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where one document names the other: a link to the words, and one to the article that is meant; each may be missing."""

    place: str | None
    place_label: str
    article: str | None
    article_label: str


@dataclass(frozen=True, slots=True)
class Related:
    """A document at the other end: its title, its address where the catalogue holds it, else why it is open."""

    title: str
    number: str | None
    href: str | None
    open: str | None
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Relations of one type in one direction: those that are shown, and those that are folded away."""

    label: str
    items: tuple[Related, ...]
    more: tuple[Related, ...]


def related(answer: Mapping[str, Any]) -> list[Group]:
    """The groups of an answer of `record.relations`, what goes out before what comes in."""
    return [*_groups(answer["outgoing"], incoming=False), *_groups(answer["incoming"], incoming=True)]


def _groups(relations: Iterable[Mapping[str, Any]], *, incoming: bool) -> list[Group]:
    kinds: dict[str, dict[Any, list[Mapping[str, Any]]]] = {}
    for one in relations:
        kind = kinds.setdefault(labels.chosen(one["label"], one["type"]), {})
        end = one["target"]["id"] if one["target"] else (one["title"], one["number"] or one["raw"])
        kind.setdefault(end, []).append(one)
    made = []
    for label, ends in kinds.items():
        items = tuple(_related(several, incoming=incoming) for several in ends.values())
        made.append(Group(label, items[:SHOWN], items[SHOWN:]))
    return made


def _related(several: list[Mapping[str, Any]], *, incoming: bool) -> Related:
    one = several[0]
    href = address("record", name=one["target"]["name"]) if one["target"] else None
    mentions = dict.fromkeys(_mention(each, href, incoming=incoming) for each in several)
    told = tuple(mention for mention in mentions if mention.place or mention.article_label)[:MOST_PLACES]
    title = one["target"]["title"] if one["target"] else one["title"] or one["raw"]
    number = None if incoming or (one["number"] or "") in title else one["number"]
    return Related(title, number, href, _reason(one["open"]), told)


def _mention(one: Mapping[str, Any], href: str | None, *, incoming: bool) -> Mention:
    here, there = ("", href) if not incoming else (href, "")
    place = f"{here}#{one['place']}" if one["place"] and here is not None else None
    article = f"{there}#{_block(one['article'])}" if one["article"] and there is not None else None
    return Mention(
        place,
        _label(one["place"]) or gettext("in the text"),
        article,
        _label(one["article"]),
    )


def _block(anchor: str) -> str:
    """The anchor of the article itself: it is there even where the text does not part its paragraphs as the citation counts them."""
    match = _ARTICLE.fullmatch(anchor)
    return f"art-{match[1]}" if match else anchor


def _label(anchor: str | None) -> str:
    """What an article's anchor is called: art-13-p2 → 第13条第2款; empty for other anchors."""
    match = _ARTICLE.fullmatch(anchor or "")
    if match is None:
        return ""
    parts = [gettext("article %(number)s", number=match[1])]
    if match[2]:
        parts.append(gettext("paragraph %(number)s", number=match[2]))
    if match[3]:
        parts.append(gettext("item %(number)s", number=match[3]))
    return " ".join(parts)


def _reason(code: str | None) -> str | None:
    if code is None:
        return None
    return {
        "ambiguous": gettext("several documents bear this name"),
        "conflict": gettext("the document of this title here bears another number"),
        "later": gettext("only a later document here bears this name"),
        "elsewhere": gettext("only another jurisdiction's document here bears this name"),
    }.get(code, gettext("not in this catalogue"))
