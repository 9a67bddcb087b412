"""Where a document number begins in running text: the words before it (按照, 的通知, 国务院办公厅 …) are not part of it.

Takes the run of characters that ends where the number's year or serial begins, and says at which index the code or the body's name
starts. Knows no numbers and no dates; the words are data (`data/docnumber.yaml`, `data/organisations.yaml`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from catalog.model.script import fold

MAX_CODE = 16
"""The longest code that is believed in running text, in characters; the longest of 878 real ones has 14."""
MAX_BODY = 30
"""The longest name of a body before 令 or 公告 that is believed."""

MAX_WORDS = 5
"""The longest code of form T that is believed after a body's name (院授主孝二)."""

_STATE = "中华人民共和国"
_REGION_END = "省市县区州盟旗"
_BODY_END = "院部会署局处府厅行"


@dataclass(frozen=True, slots=True)
class _Words:
    hard: re.Pattern[str]
    soft: tuple[str, ...]
    beginnings: re.Pattern[str]
    bodies: tuple[str, ...]
    endings: tuple[str, ...]
    provinces: re.Pattern[str]
    aliases: frozenset[str]
    roc_bodies: re.Pattern[str]
    never_first: str
    places: str
    seats: str
    single: str


@cache
def load(name: str) -> dict[str, Any]:
    """One of this package's YAML data files, as it stands there."""
    text = files("catalog.model").joinpath(f"data/{name}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    return loaded


@lru_cache(maxsize=4096)
def code_edge(run: str) -> int | None:
    """The index in `run` where a code such as 粤办函 starts; `None` if what is left cannot be a code."""
    words = _words()
    text = fold(run)
    room = 1 if text[-1:] in words.single else 2
    edges = [0, *(m.end() for m in words.hard.finditer(text) if m.end() <= len(text) - room)]
    start = max(edges)
    start += len(text) - start - len(text[start:].lstrip(words.never_first))
    if not words.beginnings.match(text, start):
        start = next(
            (m.start() for m in words.beginnings.finditer(text, start) if _parted(text[start : m.start()])), start
        )
    if start - 1 in edges and text[start - 1] in words.places and text[start] in words.seats:
        start -= 1
    left = len(text) - start
    return start if 1 < left <= MAX_CODE or (left == 1 and text[start] in words.single) else None


@lru_cache(maxsize=4096)
def body_edge(run: str) -> int | None:
    """The index in `run` where the name of the body that ends it starts; `None` if no body's name ends it.

    The longest known national name wins (中华人民共和国财政部 over 财政部), unless a region's name stands right before a short one.
    """
    words = _words()
    text = fold(run)
    start = max((m.end() for m in words.hard.finditer(text) if m.end() <= len(text) - 2), default=0)
    if text[start:] in words.aliases:
        return start
    for name in words.bodies:
        if text.endswith(name):
            at = len(text) - len(name)
            if at and text[at - 1] in _REGION_END:
                break
            return _with_partners(text, at - len(_STATE) if text.endswith(_STATE, 0, at) else at)
    if not text.endswith(words.endings) or len(text) - start < 2:
        return None
    named = words.provinces.search(text, start)
    start = named.start() if named else start
    start += len(text) - start - len(text[start:].lstrip(words.never_first))
    return start if len(text) - start <= MAX_BODY else None


@lru_cache(maxsize=4096)
def words_edge(run: str, *, known_only: bool = False) -> int:
    """The index in `run` where a code of form T starts: behind a known body (行政院客家委員會客會企 → 客會企), else, in running text,
    the longest rest of at most `MAX_WORDS` characters that stands after what ends like a body's name; 0 if there is no name.
    """
    words, text = _words(), fold(run)
    named = max((m.end() for m in words.roc_bodies.finditer(text) if m.end() <= len(text) - 2), default=0)
    if known_only:
        return named
    hard = max((m.end() for m in words.hard.finditer(text, named) if m.end() <= len(text) - 1), default=named)
    if len(text) - hard > MAX_WORDS:
        for at in range(max(hard + 3, len(text) - MAX_WORDS), len(text) - 1):
            if text[at - 1] in _BODY_END:
                return at
    return hard


def begins_known(code: str) -> bool:
    """Whether a code begins like a real one: a region's abbreviation with 政, 府, 办 …, or a national body's code."""
    return _words().beginnings.match(fold(code)) is not None


def is_national(name: str) -> bool:
    """Whether `name` is the full or a short name of a national body."""
    text = fold(name).removeprefix(_STATE)
    return text in _body_set()


def ends_national(text: str) -> bool:
    """Whether `text` ends with the name of a national body."""
    return fold(text).endswith(_words().bodies)


def _with_partners(text: str, at: int) -> int:
    """Over the national bodies that stand before the last one of a joint act, with 、 between them or nothing."""
    while at:
        before = text[:at].removesuffix("、")
        name = next((name for name in _words().bodies if before.endswith(name)), None)
        if name is None:
            partner = before.rpartition("、")[2]
            if len(before) == at or not partner.endswith(_words().endings):
                return at
            name = partner
        at = len(before) - len(name)
        at -= len(_STATE) if text.endswith(_STATE, 0, at) else 0
    return at


def _parted(before: str) -> bool:
    """Whether a number may begin after `before`: a word that joins, or the end of a body's name."""
    words = _words()
    return before.endswith(words.soft) or (len(before) > 2 and before.endswith(words.endings))


@cache
def _body_set() -> frozenset[str]:
    names = {fold(name).removeprefix(_STATE) for names in load("organisations")["national"] for name in names}
    return frozenset(names | {"国家主席", "主席", "总统", "国务院"})


@cache
def _words() -> _Words:
    data, bodies = load("docnumber"), load("organisations")
    abbreviations = "".join(fold(names[2]) for names in bodies["provinces"])
    seconds = fold(data["region_seconds"])
    beginnings = sorted(map(fold, data["beginnings"]), key=len, reverse=True)
    provinces = sorted((fold(name) for names in bodies["provinces"] for name in names[:2]), key=len, reverse=True)
    return _Words(
        hard=re.compile(
            "|".join([*sorted(map(fold, data["boundaries"]), key=len, reverse=True), "[一二三四五六七八九十]日"])
        ),
        soft=tuple(map(fold, data["soft_boundaries"])),
        beginnings=re.compile(f"{'|'.join(beginnings)}|[{abbreviations}][{seconds}]"),
        bodies=tuple(sorted(_body_set(), key=len, reverse=True)),
        endings=(*map(fold, bodies["endings"]), "省长", "市长", "部长", "局长", "主任", "主席"),
        provinces=re.compile("|".join(provinces)),
        aliases=frozenset(fold(name).removesuffix("令") for names in data["order_names"] for name in names),
        roc_bodies=re.compile("|".join(sorted(map(fold, bodies["republic"]), key=len, reverse=True))),
        never_first=fold(data["never_first"]),
        places=fold(data["places_like_words"]),
        seats=fold(data["seats"]),
        single=fold(data["single_codes"]),
    )
