"""From a record and its text to the document that an engine holds. The one place where a record enters the index, so the one place
that keeps out what the public may not see: everything here is made from `disclosure.public_view`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from catalog.model import docnumber
from catalog.model.disclosure import public_view, visibility
from catalog.model.draft import Block
from catalog.model.organisations import region_chain
from catalog.model.record import Record
from catalog.model.titles import short_title
from catalog.search import fields
from catalog.search.analysis import CHARACTERS_FROM, characters, squeeze, tokens
from catalog.search.dates import record_date
from catalog.search.engines.base import Document
from catalog.search.filters.validity import changes_on
from catalog.search.intent import short_title_key
from catalog.search.plugin import IndexFields
from catalog.search.readings import other_readings

FORMAT = 4
"""Raised whenever documents are made differently; an index of another format must be rebuilt."""
MAX_SHOWN = 400
"""Characters of a title that suggestions show."""
MAX_SUGGESTION = 80
"""Characters of a suggestion's key: who has typed more has found it."""
_BREAK = "\x1f"
"""Neither a space nor a letter: no phrase reaches across it."""
_SEARCHED = ("summary", "keywords", "issuing_body", "publisher", "filing_number", "unified_number")
"""Metadata that is searched like text."""


def is_searchable(record: Record) -> bool:
    """Whether the index should hold the record."""
    return visibility(record) != "none"


def text_hash(record: Record) -> str | None:
    """The hash of the text to index with the record; `None` when it has none or its text is not public."""
    return record["text_hash"] if visibility(record) == "full" else None


def make(record: Record, blocks: Sequence[Block], index_fields: IndexFields) -> Document | None:
    """The index document of a record, or `None` when the public may not know of it. `blocks` are left out unless the text is public."""
    seen = public_view(record)
    if seen is None:
        return None
    metadata = seen["metadata"]
    numbers = list(_numbers(metadata))
    titles = list(_titles(seen))
    title = _BREAK.join(one.printed for one in titles if one.searched)
    named = _BREAK.join(other_readings([one.printed for one in titles if one.searched], metadata))
    passages = list(_passages(blocks)) if text_hash(record) else []
    body = _BREAK.join(passages)
    others = other_readings(passages, metadata)
    title = f"{title}{_BREAK}{named}" if named else title
    text = _BREAK.join((title, *numbers, *_searched(metadata), body, *others))
    uid, date = seen["id"], record_date(metadata)
    tie = fields.tie(uid)
    made: Document = {
        "uid": uid,
        "version": seen["version"],
        "digest": "",
        "title": tokens(title),
        "text": tokens(text),
        "characters": characters(f"{title} {body[:CHARACTERS_FROM]}"),
        "keys": list(dict.fromkeys(_keys(seen, titles, numbers))),
        "suggestions": list(dict.fromkeys(_suggestions(metadata, titles, numbers))),
        "shown": orjson.dumps(
            {
                "title": seen["title"][:MAX_SHOWN],
                "name": seen["name"],
                "numbers": numbers,
                "organizations": _issuers(metadata),
            }
        ).decode(),
        "by_title": fields.by_title(titles[0].key[:MAX_SUGGESTION] if titles else "", tie),
        "newest_first": fields.newest_first(date, tie),
        "oldest_first": fields.oldest_first(date, tie),
        "tie": tie,
        "recheck": changes_on(seen),
        "values": index_fields(seen),
    }
    made["digest"] = digest(made)
    return made


def digest(document: Document) -> str:
    """32 hexadecimal digits of the SHA-256 of all other fields in canonical JSON (names in order, no blanks): the same fields, the same
    digest. Raises `TypeError` for values that are no JSON, such as numbers of more than 64 bits.
    """
    others = {name: value for name, value in document.items() if name != "digest"}
    return hashlib.sha256(orjson.dumps(others, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Title:
    printed: str
    key: str
    short: str
    full: bool
    searched: bool


def _titles(record: Record) -> Iterator[_Title]:
    """The record's titles, its own first, with the keys that spellings of them share. What is part of a longer one names the record,
    but is not searched a second time.
    """
    metadata = record["metadata"]
    short = metadata.get("short_title") or short_title(record["title"])
    found = [record["title"], *_list(metadata.get("alt_titles")), short]
    longer = ""
    for title in dict.fromkeys(title for title in found if isinstance(title, str) and title):
        key = squeeze(title)
        full = title is not short or title == record["title"]
        yield _Title(title, key, short_title_key(title, key), full=full, searched=key not in longer)
        longer = f"{longer} {key}"


def _numbers(metadata: Mapping[str, Any]) -> Iterator[str]:
    """The record's own numbers, canonical where they could be read."""
    for value in _list(metadata.get("doc_number")):
        number = value.get("canonical") or value.get("raw") if isinstance(value, dict) else value
        if isinstance(number, str) and number:
            yield number
    order = metadata.get("order_number")
    if isinstance(order, str) and order:
        yield order


def _searched(metadata: Mapping[str, Any]) -> Iterator[str]:
    for name in _SEARCHED:
        yield from (value for value in _list(metadata.get(name)) if isinstance(value, str))


def _passages(blocks: Iterable[Block]) -> Iterator[str]:
    """The blocks' texts; the rows and cells of a table are passages of their own."""
    for block in blocks:
        yield block.text.replace("\n", _BREAK).replace("\t", _BREAK) if block.kind == "table" else block.text


def _keys(record: Record, titles: Sequence[_Title], numbers: Sequence[str]) -> Iterator[str]:
    """The whole values by which a query can name this record."""
    metadata = record["metadata"]
    for number in dict.fromkeys((*numbers, *_raw_numbers(metadata))):
        for one in docnumber.parse_joint(number):
            yield fields.number_key(docnumber.key_of(one))
    for title in titles:
        if title.full:
            yield fields.title_key(title.key)
        if title.short:
            yield fields.short_key(title.short)
    for local in _without_region(record):
        yield fields.regional_key(short_title_key(local))
    if isinstance(index_number := metadata.get("index_number"), str) and (key := squeeze(index_number)):
        yield fields.index_number_key(key)
    for name in (record["id"], record["name"]):
        yield fields.name_key(name)


def _raw_numbers(metadata: Mapping[str, Any]) -> Iterator[str]:
    for value in _list(metadata.get("doc_number")):
        if isinstance(value, dict) and isinstance(raw := value.get("raw"), str):
            yield raw


def _without_region(record: Record) -> Iterator[str]:
    """The title as the region's own people say it: 云江市停车场管理办法 of 云江市人民政府 is 停车场管理办法 there."""
    metadata, title = record["metadata"], record["title"]
    regions = {
        region for body in (*_issuers(metadata), metadata.get("publisher") or "") for region in region_chain(body)
    }
    yield from (rest for region in regions if (rest := title.removeprefix(region)) != title and len(rest) > 1)


def _suggestions(metadata: Mapping[str, Any], titles: Sequence[_Title], numbers: Sequence[str]) -> Iterator[str]:
    for title in titles:
        yield f"t{title.key[:MAX_SUGGESTION]}"
        if title.short != title.key:
            yield f"t{title.short[:MAX_SUGGESTION]}"
    for number in numbers:
        yield f"n{squeeze(number)[:MAX_SUGGESTION]}"
    for name in _issuers(metadata):
        yield f"o{squeeze(name)[:MAX_SUGGESTION]}"


def _issuers(metadata: Mapping[str, Any]) -> list[str]:
    return [name for name in _list(metadata.get("issuing_body")) if isinstance(name, str) and name]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
