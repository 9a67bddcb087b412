"""From an analysis and a request to a plan: which legs, which clauses, what they weigh. The ladder of ranking stands here and in
`ranking.json`: exact number > exact title > short title > phrase in a title > phrase in a text > any of the pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from catalog.model import docnumber
from catalog.search import analysis as tokenizer
from catalog.search.analysis import PhraseWords
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
from catalog.search.intent import Analysis, short_title_key, weak_characters
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
from catalog.search.ranking import Signal, Weights

MAX_PAIRS = 100
"""Pairs of a query that are looked for one by one; each costs a walk through its postings (a pasted page would cost 0.1 s)."""
MAX_OPEN_WORDS = 16
"""Tokens of a phrase that may have an open end: in it an engine counts every token as a clause. A longer one does without its open token."""
MAX_OPEN_PARTS = 8
"""Words, phrases and exclusions of one query up to which their phrases may have an open end."""
MAX_TORN = 4
"""Words that are looked for as pieces cut out of titles."""


def legs(analysis: Analysis, weights: Weights, signals: Sequence[Signal] = ()) -> tuple[Leg, ...]:
    """The retrieval legs of a query, the strictest first. `signals` order the records that the query names alike."""
    if analysis.intent == "everything":
        return (Leg("everything", Everything()),)
    if analysis.intent == "nothing":
        return (Leg("nothing", Nothing()),)
    if analysis.intent == "question":
        return (Leg("question", AnyOf((*_exact(analysis, weights), _question(analysis, weights)))),)
    strict = _strict(analysis, weights, signals)
    loose = _loose(analysis, strict, weights)
    first = Leg("exact", _without(analysis, strict))
    return (first,) if loose is None else (first, Leg("similar", loose, below=weights.relax_below))


def _strict(analysis: Analysis, weights: Weights, signals: Sequence[Signal]) -> Clause:
    """Records that hold every word and phrase, or are named by the query."""
    exact = _exact(analysis, weights, signals)
    if analysis.number is not None:
        spellings = dict.fromkeys((analysis.number, analysis.raw))
        cited = [Phrase(TEXT, tokenizer.phrase(spelling), weights.text_phrase) for spelling in spellings]
        return AnyOf((*exact, *cited))
    if not analysis.parts:
        return Everything()
    return AnyOf((*exact, _held(analysis, weights)))


def _held(analysis: Analysis, weights: Weights) -> Clause:
    """Records that hold every word, or say it by other names, and every phrase."""
    others = {one.word: one.texts for one in analysis.others}
    return AllOf(
        must=(
            *(_holding(analysis, word, others.get(word, ()), weights) for word in analysis.words),
            *(_holding(analysis, phrase, (), weights) for phrase in analysis.phrases),
        ),
        better=(*_in_titles(analysis, weights), *_weak(analysis, weights), *_alone(analysis, weights)),
    )


def _holding(analysis: Analysis, part: str, others: Sequence[str], weights: Weights) -> Clause:
    """Records that hold a word or phrase or one of its other names; where it is a document number, also those that bear it, however it
    is spelled.
    """
    held: list[Clause] = [Phrase(TEXT, _words(analysis, part), weights.text_phrase)]
    held += [Phrase(TEXT, _words(analysis, other), weights.text_phrase * weights.synonym) for other in others]
    key = docnumber.search_key(part) if any(char.isdigit() for char in part) else None
    if key is not None:
        held.insert(0, ConstScore(Keys(KEYS, (number_key(key),)), weights.phrase_first))
    return AnyOf(tuple(held)) if len(held) > 1 else held[0]


def _words(analysis: Analysis, part: str) -> PhraseWords:
    """The tokens of a part, without an open one at the end where that would cost too much."""
    words = tokenizer.phrase(part)
    crowded = len(analysis.parts) + len(analysis.excluded) > MAX_OPEN_PARTS
    if words.open_end and len(words.words) > (1 if crowded else MAX_OPEN_WORDS):
        return PhraseWords(words.words[:-1])
    return words


def _exact(analysis: Analysis, weights: Weights, signals: Sequence[Signal] = ()) -> tuple[Clause, ...]:
    """The rungs of the ladder that are matched whole, with the signals for records on any of them. Only there: on every record that holds
    the words signals would cost more than the rest of the search, and order records that a query does not name.
    """
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
    found = [ConstScore(Keys(KEYS, (key,)), score) for key, score in rungs]
    found += _named_otherwise(analysis, weights)
    if not found or not signals:
        return tuple(found)
    return (AllOf(must=(AnyOf(tuple(found)),), better=tuple(signal.clause() for signal in signals)),)


def _named_otherwise(analysis: Analysis, weights: Weights) -> Iterator[ConstScore]:
    """The rung of records whose title the whole query means by another name: 民诉法 means 中华人民共和国民事诉讼法."""
    titles = [title for one in analysis.others for title in one.titles] if len(analysis.parts) == 1 else []
    if titles:
        full = dict.fromkeys(title_key(tokenizer.squeeze(title)) for title in titles)
        short = dict.fromkeys(short_key(short_title_key(title)) for title in titles)
        yield ConstScore(Keys(KEYS, tuple(full)), weights.synonym_full_title)
        yield ConstScore(Keys(KEYS, tuple(short)), weights.synonym_title)


def _in_titles(analysis: Analysis, weights: Weights) -> list[Clause]:
    found: list[Clause] = [Phrase(TITLE, _words(analysis, part), weights.title_phrase) for part in analysis.parts]
    if len(analysis.parts) > 1:
        found.append(Phrase(TITLE, _words(analysis, " ".join(analysis.parts)), weights.whole_title))
    others = dict.fromkeys(text for one in analysis.others for text in (*one.texts, *one.titles))
    weight = weights.title_phrase * weights.synonym
    return [*found, *(Phrase(TITLE, _words(analysis, text), weight) for text in others)]


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
    cut = [words for word in analysis.words if (words := tokenizer.torn(word)) is not None]
    pieces = (
        Phrase(TITLE, words, weights.title_phrase) for words in cut[:MAX_TORN] if len(words.words) <= MAX_OPEN_WORDS
    )
    first = AllOf(must=(strict,), better=(ConstScore(Everything(), weights.phrase_first),))
    return _without(analysis, AnyOf((first, *pieces, similar)))


def _question(analysis: Analysis, weights: Weights) -> Clause:
    """Any of the words, or of what law texts say for them; polite words and single characters only move records up."""
    pairs = _pairs([analysis.content]) or _pairs([analysis.raw])
    noise = tuple(pair for pair in _pairs([analysis.raw]) if pair not in pairs)
    named = [name for one in analysis.others for name in one.names]
    added = tuple(pair for pair in _pairs((*analysis.added, *named)) if pair not in pairs)
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
    return AllOf(must=(clause,), without=tuple(Phrase(TEXT, _words(analysis, part)) for part in analysis.excluded))


def _pairs(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pair for part in parts for pair in tokenizer.pairs(part)))[:MAX_PAIRS]
