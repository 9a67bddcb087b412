"""Which of several documents that bear a number or a title a citation means: what a document shows of itself, and the rule.

The rule looks at nothing but the documents themselves, so the order in which they arrived does not matter: another jurisdiction's document
is never meant; a document goes before its reprint, the citing document's own region before a wider one, the version of a statute that was
in force when the citing text was written before the others. Where two different documents are left, none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from catalog.model.docnumber import search_key
from catalog.model.leftedge import is_national, load
from catalog.model.organisations import region_chain
from catalog.model.script import fold

Doubt = Literal["ambiguous", "elsewhere", "later"]
"""Why a citation stays open although its number or title is borne: by several documents, only by another jurisdiction's, or only by
documents that are younger than what the citing one did to it."""
DAYS = 45
"""Days between the date of an event and the date of the document that caused it: its adoption, its publication, its effect."""
NATIONAL = "000000"
"""The region of what holds in the whole of a country."""
_TEXT_EVENTS = frozenset({"enacted", "published", "amended"})
_WHOLE = len("2020-01-01")
_STRANGER = 9
"""The distance of a region that is neither the citing one nor one around it."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells the bearers of one name apart: `rank` 0 for a document, 1 for its reprint in a gazette; jurisdiction, region (GB/T 2260)
    and number key are empty where they are not known; `start` is the (partial) date of its text, `first` that of its first text;
    `statute` says that documents of one title are versions of one work.
    """

    rank: int = 0
    jurisdiction: str = ""
    region: str = ""
    start: str = ""
    statute: bool = False
    number: str = ""
    first: str = ""

    @property
    def told(self) -> int:
        """How much of it is known."""
        return sum(map(bool, (self.jurisdiction, self.region, self.start, self.number)))

    def text(self) -> str:
        """The traits as one line, for keeping."""
        statute = "s" if self.statute else ""
        return f"{self.rank}|{self.jurisdiction}|{self.region}|{self.start}|{self.first}|{statute}|{self.number}"


UNKNOWN = Traits()


@lru_cache(maxsize=8192)
def from_text(text: str) -> Traits:
    """The traits that a line of `Traits.text` keeps."""
    rank, jurisdiction, region, start, first, statute, number = text.split("|", 6)
    return Traits(int(rank), jurisdiction, region, start, bool(statute), number, first)


def traits_of(metadata: Mapping[str, Any]) -> Traits:
    """The traits of a record, from its fields."""
    number = metadata.get("doc_number")
    key = search_key(number["canonical"]) if isinstance(number, Mapping) else None
    return Traits(
        rank=int(bool(metadata.get("gazette") and metadata.get("issue"))),
        jurisdiction=jurisdiction_of(metadata),
        region=_region(metadata),
        start=_start(metadata, max),
        statute=bool(metadata.get("instrument_kind"))
        or (isinstance(number, Mapping) and number.get("kind") == "order"),
        number=key or "",
        first=_start(metadata, min),
    )


def choose(
    citing: Traits, bearers: Mapping[str, Traits], *, near: bool = False, acts: bool = False, day: str = ""
) -> tuple[str | None, Doubt | None]:
    """The id of the bearer that a citation means, or why it means none.

    `acts` says that the citing document did something to the other, which must have been there; `day` is that of an event which the other
    caused, and tells documents of one title apart. `near` leaves out what belongs to another region, as is right for
    a name that leaves out the issuer. Of several records of one document, the one that tells most of itself is taken, then the oldest.
    """
    held = {key: one for key, one in bearers.items() if _compatible(one.jurisdiction, citing.jurisdiction)}
    if not held:
        return None, "elsewhere" if bearers else None
    if near:
        held = {key: one for key, one in held.items() if _distance(one.region, citing.region) < _STRANGER}
    held = _least(held, lambda one: one.rank)
    held = _least(held, lambda one: _distance(one.region, citing.region))
    if acts and held:
        held = {key: one for key, one in held.items() if not _is_later(one.first or one.start, citing.start)}
        if not held:
            return None, "later"
    if not held:
        return None, None
    if any(one.statute for one in held.values()):
        held = {key: one for key, one in held.items() if one.statute}
    if day:
        held = _around(held, day)
    several = list(held.values())
    if _one_document(several):
        return _first(held), None
    if len({one.jurisdiction for one in several} - {""}) > 1 or not all(one.statute for one in several):
        return None, "ambiguous"
    return _version(citing, held), None


def _is_later(date: str, than: str) -> bool:
    """Whether a (partial) date is certainly after another."""
    length = min(len(date), len(than))
    return bool(length) and date[:length] > than[:length]


def _around(held: dict[str, Traits], day: str) -> dict[str, Traits]:
    """The bearers whose text is of the days around one; all of them where none is, or nothing can be said."""
    if len(day) < _WHOLE:
        return held
    wanted = date.fromisoformat(day)
    apart = {
        key: abs((date.fromisoformat(one.start) - wanted).days) for key, one in held.items() if len(one.start) == _WHOLE
    }
    least = min(apart.values(), default=DAYS + 1)
    return {key: held[key] for key, days in apart.items() if days == least} if least <= DAYS else held


def _version(citing: Traits, held: Mapping[str, Traits]) -> str:
    """The version whose text is the latest that is not younger than the citing one; the latest of all where that has no date."""
    known = [one.start for one in held.values() if one.start]
    past = [start for start in known if not citing.start or start[: len(citing.start)] <= citing.start]
    wanted = max(past) if past else min(known, default="")
    return _first({key: one for key, one in held.items() if one.start == wanted})


def _first(held: Mapping[str, Traits]) -> str:
    """The one of a document's records that tells most of itself; of those that tell the same, the one with the smallest id."""
    return min(held, key=lambda key: (-held[key].told, held[key].text(), key))


def _least(held: Mapping[str, Traits], measure: Callable[[Traits], int]) -> dict[str, Traits]:
    least = min(map(measure, held.values()), default=0)
    return {key: one for key, one in held.items() if measure(one) == least}


def _compatible(one: str, other: str) -> bool:
    return not one or not other or one == other


def _distance(region: str, citing: str) -> int:
    """How far a region is from the citing one: 0 the same, 1 to 3 the ones around it, 4 not known, `_STRANGER` another one."""
    if not region or not citing:
        return 4
    if region == citing:
        return 0
    if region == NATIONAL:
        return 3
    if region.endswith("00"):
        around = region.rstrip("0")
        around += "0" * (len(around) % 2)
        if citing.startswith(around):
            return 1 if len(around) == 4 else 2
    return _STRANGER


def _one_document(bearers: Sequence[Traits]) -> bool:
    """Whether the bearers of one name may all be records of one document: nothing that they show differs. Where all bear one number,
    their dates may: a copy often gives the day on which it was put up.
    """
    numbers, starts, regions, jurisdictions = (
        {value for one in bearers if (value := getattr(one, name))}
        for name in ("number", "start", "region", "jurisdiction")
    )
    if len(regions) > 1 or len(jurisdictions) > 1 or len(numbers) > 1:
        return False
    return len(starts) <= 1 or all(one.number for one in bearers)


def jurisdiction_of(metadata: Mapping[str, Any]) -> str:
    """Whose law a record belongs to (`data/jurisdictions.yaml`); empty where nothing tells."""
    region = str(metadata.get("region") or "")
    host = (urlsplit(str(metadata.get("url") or "")).hostname or "").rpartition(".")[2]
    number = metadata.get("doc_number")
    printed = str(number["canonical"]) if isinstance(number, Mapping) else ""
    if region:
        return next((one["id"] for one in _table() if region.startswith(tuple(one["regions"]))), "")
    if found := next((one["id"] for one in _table() if host in one["hosts"]), None):
        return str(found)
    if "字第" in printed and printed.endswith("號"):
        return "TW"
    bodies = (*metadata.get("issuing_body", ()), metadata.get("publisher"), metadata.get("gazette"))
    for body in bodies:
        if body and (found := _of_body(str(body))):
            return found
    language = str(metadata.get("lang") or "")
    return next((one["id"] for one in _table() if language in one["languages"]), "")


@lru_cache(maxsize=4096)
def _of_body(name: str) -> str:
    folded = fold(name)
    found = next((one["id"] for one in _table() if "printed" in one and re.search(one["printed"], name)), None)
    found = found or next((one["id"] for one in _table() if re.search(one["bodies"], folded, re.IGNORECASE)), None)
    return str(found) if found else "CN" if is_national(name) or region_chain(name) else ""


def _region(metadata: Mapping[str, Any]) -> str:
    """The region in which a document holds: national where its level is, else its region code, else its issuer's province."""
    if metadata.get("level") == "national":
        return NATIONAL
    code = str(metadata.get("region") or "")
    return code if len(code) == 6 else ""


def _start(metadata: Mapping[str, Any], which: Callable[[list[str]], str]) -> str:
    """The date of a document's text: of the last (or first) making of a statute that it tells itself, else the day it was written or
    published.
    """
    told = [
        str(event["date"])
        for event in metadata.get("events", ())
        if event.get("date") and event.get("kind") in _TEXT_EVENTS and not event.get("caused_by")
    ]
    if told and metadata.get("instrument_kind"):
        return which(told)
    dates = ("date_written", "date_published", "date_effective", "date_adopted")
    return next((str(metadata[name]) for name in dates if metadata.get(name)), "")


@cache
def _table() -> list[dict[str, Any]]:
    return list(load("jurisdictions")["jurisdictions"])
