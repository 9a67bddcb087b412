"""What did they type: a document number, an index number, a title, words, or a question? Decided from the text alone, without an index."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from catalog.model import docnumber, indexnumber
from catalog.model.script import fold
from catalog.search import syntax
from catalog.search.analysis import squeeze
from catalog.search.synonyms import OtherNames, other_names
from catalog.search.tables import json_table, pairs_table

Intent = Literal["everything", "nothing", "number", "index_number", "title", "words", "question"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query understood. `number_key` finds the document of a number (`number` is its canonical spelling) and `index_key` that of an
    index number; `title_key` and `short_key` find a record by its whole title. `content` is a question without what carries no meaning,
    `added` what the texts of laws say for the words in it; `others` has the other names for what the words name, of queries that name no
    number. Intent `nothing`: something was typed, but no letter or digit.
    """

    raw: str
    intent: Intent
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    number: str | None = None
    number_key: str | None = None
    index_key: str | None = None
    title_key: str = ""
    short_key: str = ""
    content: str = ""
    added: tuple[str, ...] = ()
    others: tuple[OtherNames, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """All words and phrases that a record must hold."""
        return self.words + self.phrases

    @property
    def also_searched(self) -> dict[str, tuple[str, ...]]:
        """Word to what is searched beside it, for people."""
        names_only = self.intent == "question"
        return {one.word: one.names if names_only else (one.texts or one.titles) for one in self.others}


def analyse(query: str) -> Analysis:
    """Understand a query. Never fails: what is not understood are words."""
    raw = query.strip()
    if not raw:
        return Analysis(raw=raw, intent="everything")
    number = docnumber.looks_like(raw)
    if number is not None:
        return _numbered(raw, number)
    typed = syntax.read(raw)
    title_key = squeeze(raw)
    base = Analysis(
        raw=raw,
        intent="words",
        words=typed.words,
        phrases=typed.phrases,
        excluded=typed.excluded,
        notes=typed.notes,
        title_key=title_key,
        short_key=short_title_key(raw),
        content=_content(typed),
        added=_said_otherwise(raw),
    )
    return _with_intent(base)


def _with_intent(base: Analysis) -> Analysis:
    """The analysis with what its words turned out to be."""
    if not base.parts:
        return replace(base, intent="words" if base.excluded else "nothing")
    index_number = indexnumber.parse(base.raw)
    if index_number is not None:
        base = replace(base, index_key=squeeze(index_number.text))
        if index_number.family != "other":
            return replace(base, intent="index_number")
    base = replace(base, others=other_names(base.words))
    if base.phrases or base.excluded:
        return base
    if _is_question(base.raw):
        return replace(base, intent="question")
    return replace(base, intent="title") if _is_title(base) else base


def short_title_key(title: str, key: str | None = None) -> str:
    """A title as people say it: without brackets, the country's name and the version in brackets at the end; empty if nothing is left.
    `key` is the title squeezed, where the caller has it.
    """
    country, suffix = _name_rules()
    if title and title[-1] in ")）":
        key = squeeze(suffix.sub("", fold(title).strip()))
    elif key is None:
        key = squeeze(title)
    return country.sub("", key)


def _numbered(raw: str, number: docnumber.DocNumber) -> Analysis:
    return Analysis(
        raw=raw,
        intent="number",
        words=(raw,),
        number=number.canonical,
        number_key=docnumber.search_key(raw) or docnumber.search_key(number.canonical),
        title_key=squeeze(raw),
        short_key=squeeze(raw),
    )


def _content(typed: syntax.Typed) -> str:
    """The query without question tails and polite words, where anything is left."""
    plain = fold(" ".join(typed.words + typed.phrases))
    return _question_rules().noise.sub(" ", plain).strip() or plain


def _said_otherwise(raw: str) -> tuple[str, ...]:
    folded = fold(raw)
    found: dict[str, None] = {}
    for said, meant in pairs_table("lay_terms.tsv"):
        if said in folded:
            found.update(dict.fromkeys(meant.split()))
    return tuple(term for term in found if term not in folded)


def _is_question(raw: str) -> bool:
    rules = _question_rules()
    folded = fold(raw)
    if any(word in folded for word in rules.never_in):
        return folded.endswith(rules.marks)
    return folded.endswith(rules.marks) or rules.words.search(folded) is not None or len(squeeze(raw)) > rules.long


def _is_title(base: Analysis) -> bool:
    """One word that stands in title marks, or is as long as a title and ends like one."""
    if len(base.words) != 1:
        return False
    key = base.title_key
    return base.raw.startswith("《") or (len(key) > 3 and key.endswith(_question_rules().title_endings))


@dataclass(frozen=True, slots=True)
class _QuestionRules:
    marks: tuple[str, ...]
    words: re.Pattern[str]
    never_in: tuple[str, ...]
    long: int
    noise: re.Pattern[str]
    title_endings: tuple[str, ...]


@cache
def _question_rules() -> _QuestionRules:
    rules = json_table("questions.json")
    return _QuestionRules(
        marks=tuple(rules["marks"]),
        words=_any_of(rules["words"]),
        never_in=tuple(rules["never_in"]),
        long=int(rules["long"]),
        noise=_any_of(rules["noise"]),
        title_endings=tuple(rules["title_endings"]),
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


@cache
def _name_rules() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = json_table("names.json")
    return _any_of(names["country"]), re.compile(names["suffix"])


@cache
def weak_characters() -> frozenset[str]:
    """Single characters that tell nothing about what a question asks."""
    return frozenset(json_table("questions.json")["weak_characters"])
