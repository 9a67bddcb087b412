"""The gazette's part of a record's page: the articles of an issue, page by page; the place of an article in its issue; and two texts compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from catalog.errors import InvalidInput
from catalog.web.asking import ask
from catalog.web.formats import lang_of

ARTICLES = 100
"""Articles of an issue on one page."""
AROUND = 1
"""Places without a difference that are shown before and after one that differs."""
DIFFERS = frozenset({"wording", "left", "right"})


@dataclass(frozen=True, slots=True)
class Gazette:
    """What the partial `_issue.html` shows: `sections` (name, articles) of an issue, or the `place` of an article."""

    sections: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    place: Mapping[str, Any] | None = None
    twins: tuple[Mapping[str, Any], ...] = ()
    """Records with the same text, to compare with."""


def gazette_of(found: Mapping[str, Any], relations: Mapping[str, Any]) -> Gazette | None:
    """The gazette's part of a record; `None` for records that have none. Raises `InvalidInput` for a page that is no number."""
    if found["type"] == "gazette_issue":
        return _issue(found, _page(request.args.get("articles", "1")))
    twins = {
        one["target"]["id"]: one["target"]
        for one in (*relations["outgoing"], *relations["incoming"])
        if one["type"] == "same_text_as" and one["target"]
    }
    place = ask("gazette.place", {"id": found["id"]}) if found["type"] == "gazette_article" else None
    place = place if place and place["issue"] else None
    return Gazette(place=place, twins=tuple(twins.values())) if place or twins else None


def without_articles(found: Mapping[str, Any], relations: Mapping[str, Any]) -> Mapping[str, Any]:
    """A record's relations without those that `_issue.html` shows: the articles of an issue, and the issue of an article."""
    side = {"gazette_issue": "incoming", "gazette_article": "outgoing"}.get(found["type"])
    if side is None:
        return relations
    kept = [one for one in relations[side] if one["type"] != "published_in" or not one["target"]]
    return {**relations, side: kept}


def compare(name: str, other: str) -> ResponseReturnValue:
    """Two records' texts side by side; what is alike is folded away."""
    found = ask("record.compare", {"id": name, "other": other})
    sides = {side: {**found[side], "lang": _lang(found[side])} for side in ("left", "right")}
    counts = found["counts"]
    return render_template(
        "compare.html",
        **sides,
        standard=found["standard"],
        same=found["same_wording"],
        cut=found["cut"],
        counts=counts,
        differences=sum(counts[kind] for kind in DIFFERS),
        runs=list(_runs(found["rows"])),
    )


def _issue(found: Mapping[str, Any], page: int) -> Gazette:
    given = ask("gazette.articles", {"id": found["id"], "page": page, "limit": ARTICLES})
    sections = tuple(
        (section or "", tuple(items)) for section, items in groupby(given["items"], key=lambda item: item["section"])
    )
    return Gazette(sections, given["total"], page, max(1, -(-given["total"] // ARTICLES)))


def _page(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 10_000:
        raise InvalidInput(f"articles: {text[:40]!r} is no page; a whole number from 1 is expected")
    return int(text[:6])


def _runs(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[bool, list[Mapping[str, Any]]]]:
    """Rows in runs: shown, or folded away because nothing near them differs in wording."""
    near = {at + step for at, row in enumerate(rows) if row["kind"] in DIFFERS for step in range(-AROUND, AROUND + 1)}
    for shown, run in groupby(enumerate(rows), key=lambda pair: pair[0] in near):
        yield shown, [row for _, row in run]


def _lang(side: Mapping[str, Any]) -> str | None:
    script = side.get("script")
    return f"zh-{script}" if script in ("Hans", "Hant") else lang_of(side["title"])
