"""What to type next, and what was perhaps meant. Made of an engine's plain verbs, so every engine suggests alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypedDict

import orjson
from rapidfuzz import fuzz

from catalog.search import fields
from catalog.search.analysis import pairs, phrase, squeeze
from catalog.search.engines.base import ISearchEngine
from catalog.search.plan import Clause, Keys, Leg, Page, Phrase, Plan, Terms
from catalog.search.request import Sort

MAX_SUGGESTIONS = 20
MAX_PREFIX = 100
_CANDIDATES = 12
MANY = 30_000
"""With more titles than this holding what was typed (中华人民共和国), those that begin so are not listed one by one to rank them."""
NEAR = 60.0
"""From this likeness on (0 to 100, rapidfuzz's partial ratio) a title is offered in place of a query that found nothing."""


class Suggestion(TypedDict):
    """One suggestion. `name` is the record's, `None` for an organisation."""

    text: str
    kind: Literal["title", "number", "organization"]
    name: str | None


def suggest(engine: ISearchEngine, prefix: str, limit: int = 10) -> list[Suggestion]:
    """Numbers, organisations and titles that begin with what was typed, then titles that hold it. At most `MAX_SUGGESTIONS`."""
    typed = squeeze(prefix[:MAX_PREFIX])
    limit = max(0, min(limit, MAX_SUGGESTIONS))
    found: dict[tuple[str, str], Suggestion] = {}
    for suggestion in _candidates(engine, typed) if typed and limit else ():
        found.setdefault((suggestion["kind"], suggestion["text"]), suggestion)
        if len(found) >= limit:
            break
    return list(found.values())


def _candidates(engine: ISearchEngine, typed: str) -> Iterator[Suggestion]:
    for term in engine.terms(fields.SUGGESTIONS, f"n{typed}", _CANDIDATES):
        for record in _shown(engine, Keys(fields.SUGGESTIONS, (term,)), limit=1, sort="date_desc"):
            yield {"text": _spelled(record["numbers"], term[1:]), "kind": "number", "name": record["name"]}
    for term in engine.terms(fields.SUGGESTIONS, f"o{typed}", 3):
        for record in _shown(engine, Keys(fields.SUGGESTIONS, (term,)), limit=1, sort="date_desc"):
            yield {"text": _spelled(record["organizations"], term[1:]), "kind": "organization", "name": None}
    holding, total = _found(engine, Phrase(fields.TITLE, phrase(typed)), _CANDIDATES)
    if total <= MANY:
        for term in sorted(engine.terms(fields.SUGGESTIONS, f"t{typed}", _CANDIDATES), key=len):
            for record in _shown(engine, Keys(fields.SUGGESTIONS, (term,)), limit=1, sort="date_desc"):
                yield {"text": record["title"], "kind": "title", "name": record["name"]}
    for record in holding:
        yield {"text": record["title"], "kind": "title", "name": record["name"]}


def nearest_title(engine: ISearchEngine, query: str) -> str | None:
    """The title that a query which found nothing perhaps meant; `None` when none is near."""
    wanted = pairs(query)
    if not wanted:
        return None
    typed = squeeze(query)
    records = _shown(engine, Terms(fields.TITLE, wanted), limit=_CANDIDATES)
    rated = [(fuzz.partial_ratio(typed, squeeze(record["title"])), record["title"]) for record in records]
    likeness, title = max(rated, default=(0.0, ""))
    return str(title) if likeness >= NEAR else None


def _shown(engine: ISearchEngine, clause: Clause, *, limit: int, sort: Sort = "relevance") -> list[Mapping[str, Any]]:
    """What is shown of the first records of a clause, in an order."""
    return _found(engine, clause, limit, sort)[0]


def _found(
    engine: ISearchEngine, clause: Clause, limit: int, sort: Sort = "relevance"
) -> tuple[list[Mapping[str, Any]], int]:
    """What is shown of the first records of a clause, and how many records it has."""
    answer = engine.search(Plan(intent="words", legs=(Leg("suggest", clause),), page=Page(limit), sort=sort))
    uids = [uid for uid, _ in answer.hits]
    shown = engine.shown(uids)
    return [orjson.loads(shown[uid]) for uid in uids if uid in shown], answer.total


def _spelled(values: Sequence[str], key: str) -> str:
    """The value whose squeezed form is the key."""
    return next((value for value in values if squeeze(value).startswith(key)), key)
