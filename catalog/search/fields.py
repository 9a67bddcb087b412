"""The index fields that the search itself fills, and the spellings of the keys in them. Filters bring their own fields beside these."""

from __future__ import annotations

import hashlib

UID = "uid"
VERSION = "version"
DIGEST = "digest"
"""Stored beside the record: what the document was when it was indexed (`documents.digest`)."""
TITLE = "title"
"""Tokens of the title and its variants."""
TEXT = "text"
"""Tokens of title and text together: what holds a word holds it here."""
CHARACTERS = "characters"
"""Single characters of title and text, for questions."""
KEYS = "keys"
"""Whole values: document numbers, index numbers, titles, names."""
SUGGESTIONS = "suggestions"
"""Whole values that begin with what a person types."""
RECHECK = "recheck"
"""The day (yyyymmdd) on which the record's validity changes by itself; 0 for never."""
SHOWN = "shown"
"""Stored beside the record: title and name as they are shown, for suggestions."""
NEWEST_FIRST = "newest_first"
OLDEST_FIRST = "oldest_first"
BY_TITLE = "by_title"
TIE = "tie"
"""A number made from the id: orders records that are alike otherwise, the same way on every page."""
RESERVED = frozenset(
    {
        UID,
        VERSION,
        DIGEST,
        TITLE,
        TEXT,
        CHARACTERS,
        KEYS,
        SUGGESTIONS,
        RECHECK,
        SHOWN,
        NEWEST_FIRST,
        OLDEST_FIRST,
        BY_TITLE,
        TIE,
    }
)

_TIE_BITS = 36
_LAST_DATE = 99_999_999


def number_key(key: str) -> str:
    """The whole value for a document number; `key` is `docnumber.search_key`'s."""
    return f"n:{key}"


def index_number_key(squeezed: str) -> str:
    """The whole value for an index number."""
    return f"i:{squeezed}"


def title_key(squeezed: str) -> str:
    """The whole value for a full title."""
    return f"t:{squeezed[:400]}"


def short_key(squeezed: str) -> str:
    """The whole value for a title as people say it."""
    return f"s:{squeezed[:400]}"


def regional_key(squeezed: str) -> str:
    """The whole value for a title without the region that its issuer belongs to."""
    return f"r:{squeezed[:400]}"


def name_key(name: str) -> str:
    """The whole value for a record's name or id."""
    return f"u:{name.strip().lower()[:400]}"


def tie(uid: str) -> int:
    """36 bits of the id's digest."""
    return int.from_bytes(hashlib.sha256(uid.encode()).digest()[:5], "big") >> (40 - _TIE_BITS)


def newest_first(date: int, tie: int) -> int:
    """The order key by date: distinct for distinct records, and undated records come last when it falls."""
    return (date << _TIE_BITS) | tie


def oldest_first(date: int, tie: int) -> int:
    """As `newest_first`, with undated records last when it rises."""
    return ((date or _LAST_DATE) << _TIE_BITS) | tie


def by_title(squeezed: str, tie: int) -> str:
    """The order key by title: distinct for distinct records."""
    return f"{squeezed}\x1f{tie:09x}"
