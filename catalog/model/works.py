"""Versions of one work: the same statute as it was adopted, and as it reads after each amendment.

Two records are versions of one work when their titles are the same but for the mark of a version (（2018修正）), they are works at all (a
条例, not a notice that comes every year), and the same body of the same jurisdiction and region made them. A decision that amends a statute
is no version of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from catalog.model import dates
from catalog.model.bearing import jurisdiction_of
from catalog.model.docnumber import search_key
from catalog.model.leftedge import load
from catalog.model.organisations import region_chain
from catalog.model.script import fold
from catalog.model.titlekeys import without_state, without_version
from catalog.model.titles import transmitted

_NOISE = re.compile(r"[\s《》〈〉<>「」“”\"'、，,·]+")
_MARKED = re.compile(r"[（(\[【〔]\s*((?:19|20)\d\d)(?:[-./年](\d{1,2}))?(?:[-./月](\d{1,2}))?")
_NATIONAL = frozenset({"constitution", "law", "administrative_regulation"})
_ORGANS = re.compile("(?<=人民代表大会)常务委员会$|(?<=政府)(?:办公厅|办公室)$")
"""What a body's organ adds to its name: what either makes is the same body's."""
_TEXT = frozenset({"enacted", "published", "amended"})


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its record, and the (partial) ISO date from which its text is the text of the work; `None` where it is not known."""

    record_id: str
    start: str | None


def work_title(title: str) -> str | None:
    """The normal form of the title of the work that a document is a version of; `None` for documents that are no works. A notice that
    issues a work (关于印发《…办法》的通知) is a version of what it issues.
    """
    plain = without_version(title)
    inner = transmitted(plain)
    folded = _NOISE.sub("", fold(without_version(inner) if inner else plain))
    rules = _rules()
    if not rules["ends"].search(folded) or rules["others"].search(folded):
        return None
    return without_state(folded)


def same_work(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records' metadata are versions of one work: title, jurisdiction, region and body agree. A body that is not known agrees
    with any of the same region, and with none where the region is not known either.
    """
    title = work_title(str(one.get("title") or ""))
    if (
        title is None
        or title != work_title(str(other.get("title") or ""))
        or jurisdiction_of(one) != jurisdiction_of(other)
    ):
        return False
    (region, maker), (region2, maker2) = _place(one), _place(other)
    return region == region2 and (maker == maker2 or bool(region and not (maker and maker2)))


def same_version(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records of one work bear the same number: copies of one version, whatever their dates say."""
    first, second = one.get("doc_number"), other.get("doc_number")
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return False
    return (
        not _amended(one) and not _amended(other) and search_key(first["canonical"]) == search_key(second["canonical"])
    )


def start_of(metadata: Mapping[str, Any]) -> str | None:
    """The day from which a record's text is the text of the work: the effect of the last change that it tells itself, else the date in the
    mark of its title, else the day it was promulgated, adopted or written. The day of a web page, or of effect alone, proves no version.
    """
    if told := _amended(metadata):
        return max(told)
    if marked := _marked(str(metadata.get("title") or "")):
        return marked
    for name in ("date_promulgated", "date_adopted", "date_written"):
        if metadata.get(name):
            return str(metadata[name])[:10]
    made = [str(event["date"]) for event in _own(metadata) if event.get("kind") in _TEXT and event.get("date")]
    return max(made, default=None)


def _amended(metadata: Mapping[str, Any]) -> list[str]:
    return [
        str(one.get("effective") or one["date"])
        for one in _own(metadata)
        if one.get("kind") == "amended" and one.get("date")
    ]


def _own(metadata: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The events that the record tells itself."""
    return [event for event in metadata.get("events", ()) if not event.get("caused_by")]


def ordered(versions: Iterable[Version]) -> list[Version]:
    """Versions from the oldest to the newest; those without a date first, since nothing proves them newer than any other."""
    return sorted(versions, key=lambda one: (one.start or "", one.record_id))


def current_on(versions: Iterable[Version], on: date) -> str | None:
    """The id of the version whose text holds on a day: the newest that has begun for sure. `None` before the first, and where two begin
    on days that cannot be told apart.
    """
    day = on.isoformat()
    begun = [one for one in ordered(versions) if one.start and dates.bounds(one.start)[1] <= day]
    if not begun:
        return None
    newest = begun[-1]
    rivals = [one for one in begun[:-1] if not older(one, newest)]
    return (
        newest.record_id if not rivals else min(one.record_id for one in (*rivals, newest) if one.start == newest.start)
    )


def older(one: Version, other: Version) -> bool:
    """Whether the dates prove that one version is older than another."""
    return bool(one.start and other.start and dates.bounds(one.start)[1] < dates.bounds(other.start)[0])


def _place(metadata: Mapping[str, Any]) -> tuple[str, str]:
    """Whose work it is: the region that its body's name or its title spells out, else its region code; and the kind of body."""
    body = str((metadata.get("issuing_body") or [""])[0])
    chain = region_chain(body) or region_chain(str(metadata.get("title") or ""))
    region = fold("".join(chain)) if chain else str(metadata.get("region") or "")
    kind = str(metadata.get("instrument_kind") or "")
    if kind in _NATIONAL:
        return "", kind  # a law is the legislature's, whichever of its organs passed the last change
    return region, _ORGANS.sub("", fold(body))


def _marked(title: str) -> str | None:
    found = _MARKED.search(title)
    if found is None:
        return None
    parts = [found[1], *(f"{int(part):02d}" for part in found.groups()[1:] if part)]
    iso = "-".join(parts)
    return iso if dates.is_iso(iso) else None


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    data = load("works")
    return {name: re.compile(data[name]) for name in ("ends", "others")}


def work_types() -> frozenset[str]:
    """The types of records that are versions of works."""
    return frozenset(load("works")["types"])
