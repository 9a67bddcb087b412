"""Whether two documents are one: judged from number, issuing body, title, date and text. Pure, and the same whichever of the two comes first.

The judgement is `same`, `doubtful` (a person is asked) or `different`, and names its evidence. A number is a name, but numbers are misread
and copied; a title is one only together with date or text, because yearly notices bear the same; a text decides between the two.
What the words, groups and thresholds are is data: `data/identity.yaml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from rapidfuzz import fuzz

from catalog.model.dates import bounds
from catalog.model.docnumber import search_key
from catalog.model.organisations import issuers_from_title, region_chain
from catalog.model.script import fold

Judgement = Literal["same", "doubtful", "different"]
Agreement = Literal["same", "near", "conflict", "unknown"]
"""How two values stand to each other: `near` is neither the same nor a contradiction; `unknown` where one is missing."""
SHINGLE = 5
"""Characters of one shingle of a text. Of 3 to 8, 5 told drafts from final versions best on made-up and real pairs."""
MAX_TEXT = 60_000
"""Characters of a text that are compared: the first and the last half of so many."""
DAMAGED = frozenset({"damaged_number", "number_conflict"})
"""Quality flags that take away the weight of a number."""
_NOT_TEXT = re.compile(r"[\W_]+")
_YEARS = re.compile(r"(?:19|20)[0-9]{2}")
_COUNTED = re.compile(r"第[一二三四五六七八九十百\d]{1,4}(?:期|批|季度|轮)|[一二三四]季度|[上下]半年|\d{1,2}月份?")


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a document says which one it is. `numbers` and `title` are normal forms; `date` is ISO, possibly partial."""

    record_type: str
    title: str
    numbers: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Print:
    """A text as far as texts are compared: without punctuation, width, script and case. `shingles` are those of the bounded text."""

    length: int
    digest: bytes
    shingles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How two documents stand to each other in each respect; likenesses from 0 to 1, `text` is `None` where one has no text."""

    number: Agreement
    title: float
    issuer: Agreement
    date: Agreement
    text: float | None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a place, and shown."""
        return {
            "number": self.number,
            "title": round(self.title, 3),
            "issuer": self.issuer,
            "date": self.date,
            "text": None if self.text is None else round(self.text, 3),
        }


@dataclass(frozen=True, slots=True)
class Likeness:
    """A judgement with what it stands on; `because` is the rule that decided, a word that documentation and pages know."""

    judgement: Judgement
    because: str
    evidence: Evidence


def facts(record_type: str, metadata: Mapping[str, Any]) -> Facts:
    """The facts of a record or draft by its fields. A number that is flagged as damaged is none."""
    number = metadata.get("doc_number")
    printed = number.get("canonical") if isinstance(number, Mapping) else number
    given = [str(printed)] if printed else []
    given += [str(other) for other in metadata.get("doc_numbers", ()) if isinstance(other, str)]
    flags = DAMAGED.intersection(metadata.get("quality_flags", ()))
    numbers = frozenset(key for one in given if (key := search_key(one))) if not flags else frozenset()
    title = str(metadata.get("title", ""))
    bodies = metadata.get("issuing_body") or issuers_from_title(title)
    return Facts(
        record_type,
        plain(title),
        numbers,
        frozenset(plain(body) for body in bodies),
        metadata.get("date_written") or metadata.get("date_adopted") or metadata.get("date_promulgated"),
    )


def plain(text: str) -> str:
    """Text as it is compared: folded, without punctuation and spaces."""
    return _NOT_TEXT.sub("", fold(text))


def text_print(paragraphs: Iterable[str]) -> Print | None:
    """The print of a text; `None` of one that has no character to compare."""
    text = plain("\n".join(paragraphs))
    if not text:
        return None
    half = MAX_TEXT // 2
    seen = text if len(text) <= MAX_TEXT else text[:half] + text[-half:]
    shingles = frozenset(map(hash, (seen[at : at + SHINGLE] for at in range(max(1, len(seen) - SHINGLE + 1)))))
    return Print(len(text), hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), shingles)


def text_likeness(one: Print, other: Print) -> float:
    """How alike two texts are. Of two that are about as long, how much of the shorter stands in the longer: a header, a note or a print
    line around it counts little; else the shared part of all, so that an excerpt is not the document.
    """
    if one.digest == other.digest:
        return 1.0
    data = _data()
    shorter, longer = sorted((one.length, other.length))
    if shorter < data["short_text"]:
        return 0.0
    shared = len(one.shingles & other.shingles)
    least = min(len(one.shingles), len(other.shingles))
    contained = shared / least
    return contained if shorter / longer >= _ABOUT_AS_LONG else shared / len(one.shingles | other.shingles)


_ABOUT_AS_LONG = 0.7


def comparable(one: str, other: str) -> Literal["record", "link"] | None:
    """Whether documents of two record types can be one record, or two with the same text; `None` where they are never the same."""
    first, second = _group(one), _group(other)
    if first is None or second is None:
        return None
    if first == second:
        return "record"
    return "link" if {first, second} in [set(pair) for pair in _data()["linked"]] else None


def judge(one: Facts, other: Facts, text: Callable[[], float | None]) -> Likeness:
    """Whether two documents are one. `text` tells how alike their texts are, and is only asked where that matters."""
    number = _numbers(one.numbers, other.numbers)
    title = _titles(one.title, other.title)
    issuer = _issuers(one.issuers, other.issuers)
    day = _dates(one.date, other.date)

    def told(judgement: Judgement, because: str, likeness: float | None = None) -> Likeness:
        return Likeness(judgement, because, Evidence(number, title, issuer, day, likeness))

    if comparable(one.record_type, other.record_type) is None:
        return told("different", "other_type")
    if _marks(one.title) != _marks(other.title):
        return told("different", "about_the_other")
    if number == "conflict" and day == "conflict":
        return told("different", "other_number")
    likeness = text()
    same_version = _versions(one.title) == _versions(other.title)
    if number == "same":
        judgement, because = _with_number(title, issuer, day, likeness, same_version=same_version)
    elif number == "conflict":
        judgement, because = _against_number(title, likeness)
    else:
        shorter = min(len(one.title), len(other.title))
        evidence = Evidence(number, title, issuer, day, likeness)
        judgement, because = _without_number(evidence, shorter, same_version=same_version)
    return told(judgement, because, likeness)


def _with_number(
    title: float, issuer: Agreement, day: Agreement, text: float | None, *, same_version: bool
) -> tuple[Judgement, str]:
    data = _data()
    if title < data["same_title"] and (text is None or text < data["same_text"]):
        return ("doubtful", "same_number_like_title") if title >= data["like_title"] else ("different", "other_title")
    if text is None:
        agree = same_version and day != "conflict" and issuer != "conflict"
        return ("same", "number_and_title") if agree else ("doubtful", "same_number_other_facts")
    if not same_version:
        return "doubtful", "other_version"
    if text >= data["same_text"]:
        return "same", "number_and_text"
    return "doubtful", "same_number_other_text"


def _against_number(title: float, text: float | None) -> tuple[Judgement, str]:
    """Two numbers, and yet the same words: one of the numbers is misread, or the text was issued twice."""
    data = _data()
    alike = title >= data["same_title"] and text is not None and text >= data["sure_text"]
    return ("doubtful", "other_number_same_text") if alike else ("different", "other_number")


def _without_number(known: Evidence, title_length: int, *, same_version: bool) -> tuple[Judgement, str]:
    """Of at least one no number is known: the title must be the same, and date and text together decide."""
    data = _data()
    if known.title < data["same_title"] or title_length < data["short_title"]:
        return "different", "other_title"
    if known.text is None:
        agree = same_version and known.date == known.issuer == "same" and title_length >= data["telling_title"]
        return ("doubtful", "same_title_and_date") if agree else ("different", "too_little_known")
    if known.text < data["like_text"]:
        return "different", "other_text"
    if known.date == "conflict" and known.text < 1.0:
        return "different", "other_date"
    return _by_text(known, same_version=same_version)


def _by_text(known: Evidence, *, same_version: bool) -> tuple[Judgement, str]:
    """The same title, and texts that are alike: they are one where nothing speaks against it."""
    against = "other_version" if not same_version else "other_issuer" if known.issuer == "conflict" else ""
    sure = (known.text or 0.0) >= _data()["sure_text"]
    if against or known.date == "conflict":
        return ("doubtful", against or "other_date_same_text") if sure else ("different", "other_text")
    if known.date == "same" and sure:
        return "same", "title_date_and_text"
    return ("same", "title_and_equal_text") if known.text == 1.0 else ("doubtful", "same_title_like_text")


def is_repost(metadata: Mapping[str, Any]) -> bool:
    """Whether a place shows a document of somebody else: it says so (来源, 转载), or its publisher is neither an issuing body nor the
    government whose office or department issued it.
    """
    publisher, issuers = metadata.get("publisher"), [str(body) for body in metadata.get("issuing_body", ())]
    origin = metadata.get("reposted_from")
    if metadata.get("text_authority") == "repost" or (origin and plain(str(origin)) != plain(str(publisher or ""))):
        return True
    return bool(publisher and issuers) and not any(_publishes_for(str(publisher), body) for body in issuers)


def rank(metadata: Mapping[str, Any], *, has_text: bool) -> int:
    """How far a place stands from being the one whose text is shown: 0 for an issuing or official site's whole page, 1 for a repost,
    2 for what has no text. Of equal places the first one stays.
    """
    return (2 if not has_text else 0) + (1 if is_repost(metadata) else 0)


def _publishes_for(publisher: str, issuer: str) -> bool:
    one, other = plain(publisher), plain(issuer)
    if one == other or other.startswith(one) or one.startswith(other):
        return True
    government = one.endswith(("政府", "办公厅", "办公室", "门户网站", "政府网", "政府网站"))
    return government and bool(region_chain(publisher)) and region_chain(publisher)[-1:] == region_chain(issuer)[-1:]


def _numbers(one: frozenset[str], other: frozenset[str]) -> Agreement:
    if not one or not other:
        return "unknown"
    return "same" if one & other or any(_is_part(*sorted((a, b), key=len)) for a in one for b in other) else "conflict"


def _is_part(short: str, long: str) -> bool:
    """Whether a number is another one with its body left out or named without its region: 市政府令第5号 of 云江市人民政府令第5号."""
    code, mark, rest = short.partition("|")
    other, _, same = long.partition("|")
    return bool(mark) and rest == same and code.endswith(("令", "公告")) and other.endswith(code)


def _titles(one: str, other: str) -> float:
    """Likeness of two titles. One that leaves out the issuing body before 关于 is the same."""
    shorter, longer = sorted((one, other), key=len)
    if one == other or (shorter.startswith("关于") and longer.endswith(shorter)):
        return 1.0
    return float(fuzz.ratio(shorter, longer)) / 100


def _issuers(one: frozenset[str], other: frozenset[str]) -> Agreement:
    if not one or not other:
        return "unknown"
    pairs = [sorted((first, second), key=len) for first in one for second in other]
    if any(longer.endswith(shorter) for shorter, longer in pairs):
        return "same"
    return "near" if any(longer.startswith(shorter) for shorter, longer in pairs) else "conflict"


def _dates(one: str | None, other: str | None) -> Agreement:
    if not one or not other:
        return "unknown"
    shorter, longer = sorted((one[:10], other[:10]), key=len)
    if longer.startswith(shorter):
        return "same"
    try:
        first, second = (date.fromisoformat(bounds(day[:10])[0]) for day in (one, other))
    except ValueError:
        return "unknown"
    return "near" if abs((first - second).days) <= _data()["near_days"] else "conflict"


def _marks(title: str) -> frozenset[str]:
    return frozenset(name for name, words in _data()["marks"].items() if any(word in title for word in words))


def _versions(title: str) -> frozenset[str]:
    """The words of a title that tell a version, its years, and its count: of a plan for 2019 and one for 2020, (2019年修订), 第2期."""
    return frozenset(word for word in _data()["versions"] if word in title) | frozenset(
        _YEARS.findall(title) + _COUNTED.findall(title)
    )


@cache
def _group(record_type: str) -> str | None:
    return next((name for name, types in _data()["groups"].items() if record_type in types), None)


@cache
def _data() -> Mapping[str, Any]:
    text = files("catalog.model").joinpath("data/identity.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    data["marks"] = {name: [plain(word) for word in words] for name, words in data["marks"].items()}
    data["versions"] = [plain(word) for word in data["versions"]]
    return data
