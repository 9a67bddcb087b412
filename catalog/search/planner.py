"""From an analysis and a request to a plan: which legs, which clauses, what they weigh. The ladder of ranking stands here and in
`ranking.json`: exact number > exact title > short title > phrase in a title > phrase in a text > any of the pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from catalog.model import docnumber
from catalog.search import analysis as tokenizer
from catalog.search.fields import (
    CHARACTERS,
    KEYS,
    TEXT,
    TITLE,
    index_number_key,
    name_key,
    number_key,
    regional_key,
    short_key,
    title_key,
)
from catalog.search.intent import Analysis, weak_characters
from catalog.search.plan import (
    AllOf,
    AnyOf,
    Clause,
    ConstScore,
    Everything,
    Keys,
    Leg,
    Nothing,
    Phrase,
    Terms,
)
from catalog.search.ranking import Weights

MAX_PAIRS = 100
"""Pairs of a query that are looked for one by one; each costs a walk through its postings (a pasted page would cost 0.1 s)."""


def legs(analysis: Analysis, weights: Weights) -> tuple[Leg, ...]:
    """The retrieval legs of a query, the strictest first."""
    if analysis.intent == "everything":
        return (Leg("everything", Everything()),)
    if analysis.intent == "nothing":
        return (Leg("nothing", Nothing()),)
    if analysis.intent == "question":
        return (Leg("question", AnyOf((*_exact(analysis, weights), _question(analysis, weights)))),)
    strict = _strict(analysis, weights)
    loose = _loose(analysis, strict, weights)
    first = Leg("exact", _without(analysis, strict))
    return (first,) if loose is None else (first, Leg("similar", loose, below=weights.relax_below))


def _strict(analysis: Analysis, weights: Weights) -> Clause:
    """Records that hold every word and phrase, or are named by the query."""
    exact = _exact(analysis, weights)
    if analysis.number is not None:
        spellings = dict.fromkeys((analysis.number, analysis.raw))
        cited = [Phrase(TEXT, tokenizer.phrase(spelling), weights.text_phrase) for spelling in spellings]
        return AnyOf((*exact, *cited))
    if not analysis.parts:
        return Everything()
    held = AllOf(
        must=tuple(_holding(part, weights) for part in analysis.parts),
        better=(*_in_titles(analysis, weights), *_weak(analysis, weights), *_alone(analysis, weights)),
    )
    return AnyOf((*exact, held))


def _holding(part: str, weights: Weights) -> Clause:
    """Records that hold a word or phrase; where it is a document number, also those that bear it, however it is spelled."""
    phrase = Phrase(TEXT, tokenizer.phrase(part), weights.text_phrase)
    key = docnumber.search_key(part) if any(char.isdigit() for char in part) else None
    if key is None:
        return phrase
    return AnyOf((ConstScore(Keys(KEYS, (number_key(key),)), weights.phrase_first), phrase))


def _exact(analysis: Analysis, weights: Weights) -> tuple[Clause, ...]:
    """The rungs of the ladder that are matched whole."""
    rungs: list[tuple[str, float]] = []
    if analysis.number_key:
        rungs.append((number_key(analysis.number_key), weights.exact_number))
    if analysis.index_key:
        rungs.append((index_number_key(analysis.index_key), weights.exact_number))
    if analysis.title_key:
        rungs.append((title_key(analysis.title_key), weights.exact_title))
        rungs.append((name_key(analysis.raw), weights.exact_title))
    if analysis.short_key:
        rungs.append((short_key(analysis.short_key), weights.short_title))
        rungs.append((regional_key(analysis.short_key), weights.regional_title))
    return tuple(ConstScore(Keys(KEYS, (key,)), score) for key, score in rungs)


def _in_titles(analysis: Analysis, weights: Weights) -> list[Clause]:
    found: list[Clause] = [Phrase(TITLE, tokenizer.phrase(part), weights.title_phrase) for part in analysis.parts]
    if len(analysis.parts) > 1:
        found.append(Phrase(TITLE, tokenizer.phrase(" ".join(analysis.parts)), weights.whole_title))
    return found


def _weak(analysis: Analysis, weights: Weights) -> list[Clause]:
    """Any of the pairs, as a gentle push among the records that hold the phrase; a phrase of one pair has nothing to add."""
    pairs = _pairs(analysis.parts)
    return [Terms(TEXT, pairs, weights.weak_pair)] if weights.weak_pair and len(pairs) > 1 else []


def _alone(analysis: Analysis, weights: Weights) -> list[Clause]:
    """A single character is a prefix, which scores all records alike; how often it stands in a text tells them apart."""
    singles = tuple(
        dict.fromkeys(tokenizer.squeeze(part) for part in analysis.parts if tokenizer.phrase(part).open_end)
    )
    return [Terms(CHARACTERS, singles, weights.single)] if singles and all(len(char) == 1 for char in singles) else []


def _loose(analysis: Analysis, strict: Clause, weights: Weights) -> Clause | None:
    """Records that hold many of the pairs, after all that hold the phrase; `None` where quotation marks, or a number, which is
    right or wrong, ask for no such thing.
    """
    pairs = _pairs(analysis.words)
    if analysis.phrases or analysis.number or analysis.intent == "index_number" or len(pairs) < 2:
        return None
    minimum = max(1, min(ceil(len(pairs) * weights.relax_share), weights.relax_most))
    similar = AllOf(
        must=(Terms(TEXT, pairs, weights.pair, minimum),),
        better=(Terms(TITLE, pairs, weights.title_pair),),
    )
    cut = [tokenizer.torn(word) for word in analysis.words]
    pieces = tuple(Phrase(TITLE, words, weights.title_phrase) for words in cut if words is not None)
    return _without(analysis, AnyOf((strict, ConstScore(strict, weights.phrase_first), *pieces, similar)))


def _question(analysis: Analysis, weights: Weights) -> Clause:
    """Any of the words, or of what law texts say for them; polite words and single characters only move records up."""
    pairs = _pairs([analysis.content]) or _pairs([analysis.raw])
    noise = tuple(pair for pair in _pairs([analysis.raw]) if pair not in pairs)
    added = tuple(pair for pair in _pairs(analysis.added) if pair not in pairs)
    singles = tuple(char for char in tokenizer.singles(analysis.content) if char not in weak_characters())
    return AllOf(
        must=(AnyOf(_used(Terms(TEXT, pairs, weights.pair), Terms(TEXT, added, weights.added))),),
        better=_used(Terms(TEXT, noise, weights.noise), Terms(CHARACTERS, singles, weights.character)),
    )


def _used(*clauses: Terms) -> tuple[Clause, ...]:
    return tuple(clause for clause in clauses if clause.values and clause.weight)


def _without(analysis: Analysis, clause: Clause) -> Clause:
    if not analysis.excluded:
        return clause
    return AllOf(must=(clause,), without=tuple(Phrase(TEXT, tokenizer.phrase(part)) for part in analysis.excluded))


def _pairs(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pair for part in parts for pair in tokenizer.pairs(part)))[:MAX_PAIRS]
