"""The document itself in an input record, as a map says: plain text, HTML, Markdown, a list of articles; and its history as events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from catalog.extract import history_roc
from catalog.extract.statute import blocks_from_articles, structure
from catalog.extract.statute_fields import put_lines
from catalog.harvesters.naming import unknown
from catalog.harvesters.paths import Get, getter
from catalog.harvesters.rules import check_names, wrong
from catalog.model.dates import find_all
from catalog.model.draft import Block, Draft, EventDraft, RawDocument
from catalog.model.vocabularies import vocabulary

Body = Callable[[Draft, Mapping[str, Any], Callable[..., Draft]], None]
"""Puts a record's body, or its events, into its draft. The last argument reads a document (`HarvestSession.extract`)."""

MEDIA_TYPES = {"html": "text/html", "markdown": "text/markdown"}
BODY = frozenset({"from", "filename"})
ARTICLES = frozenset({"from", "heading", "number", "text", "before"})
EVENTS = frozenset({"from", "split", "verbs"})
HISTORY = frozenset({"from", "title", "manner"})
MANNERS = ("mainland", "roc")
"""How a history is written: 2006年11月30日 …通过, a line an event; or 1.中華民國九十二年五月十五日…令訂定發布, broken to fit a page."""
_WRAPPED = re.compile(r"\s*\r?\n\s*")


def body_reader(kind: str, spec: Any) -> Body:
    """The reader for a directive `text`, `html`, `markdown`, `articles`, `events` or `history`. Raises `InvalidInput`."""
    if kind == "articles":
        return _articles(_checked(kind, spec, ARTICLES))
    if kind == "events":
        return _events(_checked(kind, spec, EVENTS))
    if isinstance(spec, str | list):
        spec = {"from": spec}
    if kind == "history":
        return _history(_checked(kind, spec, HISTORY))
    spec = _checked(kind, spec, BODY)
    find = getter(spec["from"])
    if kind == "text":
        return _text(find)
    return _read(MEDIA_TYPES[kind], find, getter(spec["filename"]) if "filename" in spec else None)


def _text(find: Get) -> Body:
    def put(draft: Draft, row: Mapping[str, Any], _extract: Callable[..., Draft]) -> None:
        value = find(row)
        parts = value if isinstance(value, list) else [value]
        lines = (line.strip() for part in parts if isinstance(part, str) for line in part.splitlines())
        draft.blocks = structure([Block("paragraph", line) for line in lines if line])

    return put


def _read(media_type: str, find: Get, name: Get | None) -> Body:
    def put(draft: Draft, row: Mapping[str, Any], extract: Callable[..., Draft]) -> None:
        value = find(row)
        if not isinstance(value, str) or not value.strip():
            return
        filename = name(row) if name else None
        read = extract(RawDocument(value.encode(), media_type=media_type, charset="utf-8", filename=filename))
        for part in ("fields", "readings", "blocks", "citations", "events", "attachments", "flags", "problems"):
            setattr(draft, part, getattr(read, part))

    return put


def _articles(spec: Mapping[str, Any]) -> Body:
    find, before = getter(spec["from"]), getter(spec["before"]) if "before" in spec else None
    heading, number, text = (spec.get(name, "") for name in ("heading", "number", "text"))

    def parts(row: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
        for article in find(row) or ():
            if isinstance(article, Mapping):
                if title := article.get(heading):
                    yield None, str(title)
                if words := article.get(text):
                    yield str(article.get(number) or "") or None, str(words)

    def put(draft: Draft, row: Mapping[str, Any], _extract: Callable[..., Draft]) -> None:
        opening = before(row) if before else None
        lead = (Block("paragraph", _unwrapped(opening)),) if isinstance(opening, str) and opening.strip() else ()
        draft.blocks = lead + blocks_from_articles(parts(row))

    return put


def _events(spec: Mapping[str, Any]) -> Body:
    find = getter(spec["from"])
    split = re.compile(spec.get("split", r"\r?\n"))
    verbs = [(re.compile(words), str(kind)) for words, kind in spec["verbs"].items()]
    known = {concept.id for concept in vocabulary("event")}
    for _, kind in verbs:
        if kind not in known:
            raise wrong("events.verbs", unknown("kind of event", kind, known))

    def put(draft: Draft, row: Mapping[str, Any], _extract: Callable[..., Draft]) -> None:
        value = find(row)
        if isinstance(value, str):
            draft.events = tuple(event for part in split.split(value) if part.strip() for event in _event(part, verbs))

    return put


def _history(spec: Mapping[str, Any]) -> Body:
    find, name = getter(spec["from"]), getter(spec["title"]) if "title" in spec else None
    manner = str(spec.get("manner", MANNERS[0]))
    if manner not in MANNERS:
        raise wrong("history.manner", unknown("manner", manner, MANNERS))

    def put(draft: Draft, row: Mapping[str, Any], _extract: Callable[..., Draft]) -> None:
        value = find(row)
        if not isinstance(value, str) or not value.strip():
            return
        title = str((name(row) if name else None) or "")
        if manner == "roc":
            history_roc.put_history(draft, value, title=title)
        else:
            put_lines(draft, value.splitlines())

    return put


def _event(part: str, verbs: list[tuple[re.Pattern[str], str]]) -> Iterator[EventDraft]:
    text = _unwrapped(part)
    dates = find_all(text)
    kind = next((kind for words, kind in verbs if words.search(text)), None)
    if dates and kind:
        yield EventDraft(kind, dates[0].date.text, text)


def _unwrapped(text: str) -> str:
    """Text whose lines were broken to fit a page, in one line."""
    return _WRAPPED.sub("", text.strip())


def _checked(kind: str, spec: Any, known: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(spec, Mapping) or "from" not in spec:
        raise wrong(kind, "a path, or a mapping with `from`, is expected")
    check_names(kind, spec, known)
    if kind == "events" and not isinstance(spec.get("verbs"), Mapping):
        raise wrong("events.verbs", "a mapping of words (a regular expression) to kinds of event is expected")
    return spec
