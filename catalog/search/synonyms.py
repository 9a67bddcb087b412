"""Other names for what is typed: short names of statutes, short and former names of organisations. A table, read at query time, so that
an index need not be rebuilt when a line of it is corrected.

Names are looked for in a word of the query where they stand as words of their own (`data/synonym_edges.json`); the longest wins, and a
name that is known but has no others keeps the shorter ones inside it from being taken. Quoted phrases and -words are not given here:
who quotes or excludes means just that. An alternative is never a part of what was typed, which would widen the search to all that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from catalog.errors import Misconfigured
from catalog.model.leftedge import load
from catalog.model.script import fold
from catalog.search.readings import in_mainland_terms
from catalog.search.tables import json_table, rows_table

FILE = "synonyms.tsv"
MAX_ALTERNATIVES = 8
"""Other names of one name, and texts that are searched beside one word; each costs a phrase query on text and title."""
MAX_EXPANSIONS = 16
"""Texts that are searched beside the words of one query, all together."""
MAX_NAMES = 3
"""Names of one word that are exchanged (环保部、住建部 has two)."""
MAX_WORD_CHARS = 64
"""A longer word is a sentence: in it names are seen, but it is not written out again with each of them."""
MIN_REST = 4
"""Characters that must be left of a national name without its head: 人民银行 of 中国人民银行, but not 办公厅 of 国务院办公厅."""
FREE_BODY_CHARS = 3
"""From this length on a body's name may follow anything; shorter ones (国办, 央行) occur inside other words."""
_WIDE = "\u3000"


@dataclass(frozen=True, slots=True)
class OtherNames:
    """What else to search for one word of a query. `texts`: the word with other names in the place of those in it. `titles`: the same with
    full official titles, as records may be titled. `names`: the other names alone.
    """

    word: str
    texts: tuple[str, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]


def other_names(words: Iterable[str]) -> tuple[OtherNames, ...]:
    """The other names for the words of a query, those with none left out. At most `MAX_EXPANSIONS` texts, the first words' first. A word
    in Taiwan's terms (規範性檔案, 入口網站) has the mainland's for it beside it.
    """
    found: list[OtherNames] = []
    left = MAX_EXPANSIONS
    for word in words:
        spots = list(_spots(fold(word)))
        if spots:
            one = _expanded(word, spots[:MAX_NAMES], left)
            left -= max(len(one.texts), len(one.titles))
            found.append(one)
        elif left > 0 and len(word) <= MAX_WORD_CHARS and (said := in_mainland_terms(word)):
            found.append(OtherNames(word, texts=(fold(said),), titles=(), names=(fold(said),)))
            left -= 1
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Name:
    """A known name; `others` are what it stands for, without what would find nothing new."""

    text: str
    kind: str
    others: tuple[str, ...] = ()

    @property
    def searched(self) -> tuple[str, ...]:
        """The others as texts print them, without those that hold this name: who searches it finds them anyway."""
        return tuple(other for other in self.said if self.text not in other and other not in self.text)

    @property
    def said(self) -> tuple[str, ...]:
        """The others as people say them, without the country's name."""
        return tuple(dict.fromkeys(_without_country(other) for other in self.others))


@dataclass(frozen=True, slots=True)
class _Spot:
    at: int
    name: _Name


def _spots(text: str) -> Iterator[_Spot]:
    """The names with others that stand in a folded word, from left to right."""
    names = _names()
    at = 0
    while at < len(text):
        known = names.get(text[at], ())
        name = next((one for one in known if text.startswith(one.text, at) and _stands_alone(text, at, one)), None)
        if name is not None and name.others:
            yield _Spot(at, name)
        at += len(name.text) if name is not None else 1


def _stands_alone(text: str, at: int, name: _Name) -> bool:
    edges = json_table("synonym_edges.json")
    end = at + len(name.text)
    free = name.kind == "body" and len(name.text) >= FREE_BODY_CHARS
    before = free or _ends_words(text[at - 1 : at]) or text.endswith(tuple(edges["before"]), 0, at)
    after = _ends_words(text[end : end + 1]) or text.startswith(tuple(edges["after"][name.kind]), end)
    return before and after


def _ends_words(char: str) -> bool:
    """Whether a character (none at the ends of the text) cannot be a part of a Chinese word."""
    return not (char >= _WIDE and char.isalnum())


def _expanded(word: str, spots: Sequence[_Spot], left: int) -> OtherNames:
    """One word with other names in it."""
    names = tuple(dict.fromkeys(other for spot in spots for other in spot.name.said))
    if len(word) > MAX_WORD_CHARS:
        return OtherNames(word, (), (), names)
    text = fold(word)
    texts = _written(text, [(spot, spot.name.searched) for spot in spots])
    titles = _written(text, [(spot, spot.name.others) for spot in spots])
    for country in _countries():
        titles = [title.replace(country * 2, country) for title in titles]
    return OtherNames(word, tuple(texts[:left]), tuple(titles[:left]), names)


def _written(text: str, exchanged: Sequence[tuple[_Spot, tuple[str, ...]]]) -> list[str]:
    """The text with every choice of other names, the likeliest (the first ones of the table) first."""
    choices = sorted(product(*(range(len(others) + 1) for _, others in exchanged)), key=sum)
    found: dict[str, None] = {}
    for choice in choices[1 : MAX_ALTERNATIVES + 1]:
        made, at = "", 0
        for (spot, others), number in zip(exchanged, choice, strict=True):
            made += text[at : spot.at] + (others[number - 1] if number else spot.name.text)
            at = spot.at + len(spot.name.text)
        found[made + text[at:]] = None
    return list(found)


def _without_country(text: str) -> str:
    for country in _countries():
        text = text.removeprefix(country)
    return text


def _countries() -> tuple[str, ...]:
    return tuple(fold(country) for country in json_table("names.json")["country"])


# the tables


@cache
def _names() -> dict[str, tuple[_Name, ...]]:
    """All names by their first character, the longest first."""
    others: dict[str, tuple[str, tuple[str, ...]]] = {**_national(), **read_table(rows_table(FILE))}
    made = {text: _Name(text, kind, _useful(text, kind, also)) for text, (kind, also) in others.items()}
    for kind, also in others.values():
        for other in also:
            plain = _without_country(other)
            made.setdefault(plain, _Name(plain, kind))
    by_first: dict[str, list[_Name]] = {}
    for name in sorted(made.values(), key=lambda one: -len(one.text)):
        by_first.setdefault(name.text[0], []).append(name)
    return {first: tuple(found) for first, found in by_first.items()}


def read_table(rows: Iterable[tuple[int, Sequence[str]]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name to (kind, other names) from the numbered lines of the table. Raises `Misconfigured` that names the line and what is wrong."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    lines: dict[str, int] = {}
    for number, row in rows:
        kind, typed, way, also = _read(number, row)
        if typed in lines:
            raise Misconfigured(f"{FILE} line {number}: {typed} stands in line {lines[typed]} too; keep one of them")
        lines[typed] = number
        group = (typed, *also)
        for name in group if way == "=" else (typed,):
            before = found.get(name, (kind, ()))[1]
            more = (other for other in group if other != name)
            found[name] = (kind, tuple(dict.fromkeys((*before, *more)))[:MAX_ALTERNATIVES])
    return found


def _read(number: int, row: Sequence[str]) -> tuple[str, str, str, tuple[str, ...]]:
    """One line, checked."""
    if len(row) not in {4, 5}:
        raise Misconfigured(
            f"{FILE} line {number}: {len(row)} columns; needs kind, typed, way, also and perhaps a note"
        )
    kind, typed, way = (cell.strip() for cell in row[:3])
    also = tuple(fold(name) for name in row[3].split())
    kinds = tuple(json_table("synonym_edges.json")["after"])
    if kind not in kinds or way not in {">", "="}:
        raise Misconfigured(f"{FILE} line {number}: {kind} {way}; the kind is {' or '.join(kinds)}, the way > or =")
    if len(typed) < 2 or not also or len(also) > MAX_ALTERNATIVES or fold(typed) in also:
        raise Misconfigured(
            f"{FILE} line {number}: a name of at least 2 characters has 1 to {MAX_ALTERNATIVES} others that differ from it"
        )
    return kind, fold(typed), way, also


def _national() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The short forms of national bodies with their full names, from the table by which names of bodies are read."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for group in load("organisations")["national"]:
        full, *shorts = (fold(name) for name in group)
        found.setdefault(full, ("body", ()))
        for short in shorts:
            before = found.get(short, ("body", ()))[1]
            named = (_without_head(full, short), *(other for other in shorts if _has_head(other) >= _has_head(short)))
            named = tuple(other for other in named if other != short)
            found[short] = ("body", tuple(dict.fromkeys((*before, *named)))[:MAX_ALTERNATIVES])
    return found


def _without_head(full: str, short: str) -> str:
    """A national body's name without 国家 and the like, unless the short form says it too or too little would be left."""
    for head in json_table("synonym_edges.json")["heads"]:
        if full.startswith(head) and not _has_head(short) and len(full) - len(head) >= MIN_REST:
            return full.removeprefix(head)
    return full


def _has_head(name: str) -> bool:
    return name.startswith(tuple(json_table("synonym_edges.json")["heads"]))


def _useful(text: str, kind: str, also: Sequence[str]) -> tuple[str, ...]:
    """The other names that find something new: none that holds another one, and of bodies none that holds the name itself or is a part
    of it. A statute's full title is kept, because the record of that title is meant.
    """
    apart = [one for one in also if not any(other != one and other in one for other in also)]
    if kind == "statute":
        return tuple(apart)
    return tuple(one for one in apart if text not in one and one not in text)
