"""Plans as Elasticsearch queries: plain JSON values, made without any client. The mirror of `embedded_query`.

Elasticsearch's BM25 is tantivy's, the factor k1 + 1 that Lucene dropped included (measured: equal to five digits), so the weights of
`ranking.json` mean the same on both engines. Traps kept out on purpose: `match_phrase_prefix` stops after 50 expansions; without that
limit it scores thousands of rare words as their sum, far above an exact number, and takes seconds. `intervals` and span queries fail
where a word stands for more others than the cluster's limit of clauses (by its heap, 1,024 and more; 16,384 at 1 GB).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from catalog.search.engines.base import FieldKind
from catalog.search.plan import (
    AllOf,
    AnyOf,
    Clause,
    ConstScore,
    Everything,
    Keys,
    Nothing,
    Phrase,
    PlanFilter,
    Prefix,
    Range,
    Terms,
)

OPEN_WORD = 10.0
"""What the open word of a phrase adds. The embedded engine scores it as a word that no document holds: ln(2n + 2), 7.6 for 1,000 documents
and 12.2 for 100,000.
"""
_WIDE_STEP = 512
"""Code points in one of the classes that the followers of an open Chinese character are split into; some of 41 classes are in use."""
_FIRST_WIDE, _LAST_WIDE = 0x4E00, 0x9FFF

Query = dict[str, Any]
NOTHING: Query = {"match_none": {}}


class Compiler:
    """Compiles clauses for the filter fields `values`. `wide` splits what an open word in a phrase stands for into many groups, each of
    which may reach the cluster's limit; it costs more, so it is for where the limit was met.
    """

    def __init__(self, values: Mapping[str, FieldKind], *, wide: bool = False) -> None:
        self._values = values
        self._wide = wide
        self._compilers: dict[type, Callable[[Any], Query]] = {
            Everything: self._everything,
            Nothing: self._nothing,
            Phrase: self._phrase,
            Terms: self._any_terms,
            Keys: self._keys,
            Range: self._range,
            Prefix: self._prefix,
            AnyOf: self._any_of,
            AllOf: self._all_of,
            ConstScore: self._const,
        }

    def query(self, clause: Clause, filters: Sequence[PlanFilter] = ()) -> Query:
        """A clause under filters, which never score."""
        scoring = self._clause(clause)
        return {"bool": {"must": [scoring], "filter": self.filters(filters)}} if filters else scoring

    def filters(self, filters: Sequence[PlanFilter]) -> list[Query]:
        """Filters one by one."""
        return [self._clause(one.clause) for one in filters]

    def values(self, field: str, values: Sequence[str]) -> list[str] | list[int]:
        """Whole values as their field holds them."""
        return [int(value) for value in values] if self._values.get(field) == "number" else list(values)

    def _clause(self, clause: Clause) -> Query:
        return self._compilers[type(clause)](clause)

    def _everything(self, _: Everything) -> Query:
        return {"match_all": {"boost": 0.0}}

    def _nothing(self, _: Nothing) -> Query:
        return NOTHING

    def _any_terms(self, clause: Terms) -> Query:
        return _any(self._terms(clause), clause.minimum)

    def _terms(self, clause: Terms) -> list[Query]:
        return [_term(clause.field, value, clause.weight) for value in clause.values]

    def _keys(self, clause: Keys) -> Query:
        return {"terms": {clause.field: self.values(clause.field, clause.values)}}

    def _range(self, clause: Range) -> Query:
        bounds = {"gte": clause.low, "lte": clause.high}
        return {"range": {clause.field: {name: bound for name, bound in bounds.items() if bound is not None}}}

    def _prefix(self, clause: Prefix) -> Query:
        return _constant({"prefix": {clause.field: {"value": clause.value}}}, 0.0)

    def _const(self, clause: ConstScore) -> Query:
        return _constant(self._clause(clause.clause), clause.score)

    def _any_of(self, clause: AnyOf) -> Query:
        return _any(self._side_by_side(clause.clauses))

    def _all_of(self, clause: AllOf) -> Query:
        if not clause.must and not clause.better:
            return NOTHING
        parts = {
            "must": [self._clause(part) for part in clause.must],
            "should": self._side_by_side(clause.better),
            "must_not": [self._clause(part) for part in clause.without],
        }
        return {"bool": {name: queries for name, queries in parts.items() if queries}}

    def _side_by_side(self, clauses: Sequence[Clause]) -> list[Query]:
        """One flat list where it can be, because Lucene skips blocks of a flat one that cannot reach the page."""
        parts: list[Query] = []
        for part in clauses:
            if isinstance(part, Terms) and part.minimum == 1:
                parts += self._terms(part)
            else:
                parts.append(self._clause(part))
        return parts

    def _phrase(self, clause: Phrase) -> Query:
        words = _in_a_row(clause)
        if not words:
            return NOTHING
        if clause.words.open_end or clause.words.open_start:
            return self._open_phrase(clause, words)
        return _closed_phrase(clause.field, words, clause.weight)

    def _open_phrase(self, clause: Phrase, words: list[str]) -> Query:
        """A phrase whose first or last word stands for several. A single one scores all records alike; beside others it adds a fixed score
        to that of the words that are whole.
        """
        field, weight = clause.field, clause.weight
        opened = clause.words.open_start, clause.words.open_end
        if len(words) == 1:
            return _constant(_pattern(field, words[0], *opened), weight)
        whole = words[int(opened[0]) : len(words) - int(opened[1])]
        scoring = [_constant(self._in_place(field, words, *opened), OPEN_WORD * weight)]
        if whole:
            scoring.append(_closed_phrase(field, whole, weight))
        return {"bool": {"must": scoring}}

    def _in_place(self, field: str, words: list[str], open_start: bool, open_end: bool) -> Query:  # noqa: FBT001 - told in pairs
        """The words in a row, the open ones by all that they stand for."""
        row: list[Query] = [{"match": {"query": word}} for word in words]
        if open_start:
            row[0] = _any_pattern(_split_start(words[0]) if self._wide else [_ends_so(words[0])])
        if open_end:
            row[-1] = {"prefix": {"prefix": words[-1]}}
            if self._wide:
                row[-1] = _any_pattern(_split_end(words[-1]))
        return {"intervals": {field: {"all_of": {"ordered": True, "max_gaps": 0, "intervals": row}}}}


def _in_a_row(clause: Phrase) -> list[str]:
    """The words of a phrase, which stand at places that follow each other. Raises `ValueError` for a phrase with gaps."""
    places = [place for place, _ in clause.words.words]
    if places != list(range(len(places))):
        raise ValueError(f"a phrase's words must stand in a row from place 0 on, not at {places}")
    return [word for _, word in clause.words.words]


def _closed_phrase(field: str, words: list[str], weight: float) -> Query:
    if len(words) == 1:
        return _term(field, words[0], weight)
    return {"match_phrase": {field: {"query": " ".join(words), "boost": weight}}}


def _term(field: str, value: str, weight: float) -> Query:
    return {"term": {field: {"value": value, "boost": weight}}}


def _pattern(field: str, word: str, open_start: bool, open_end: bool) -> Query:  # noqa: FBT001 - told in pairs
    """What one open word stands for, by a walk over the dictionary that has no limit."""
    if not open_start:
        return {"prefix": {field: {"value": word}}}
    return {"regexp": {field: {"value": _ends_so(word) + (".*" if open_end else ""), "flags": "NONE"}}}


def _ends_so(word: str) -> str:
    """A regular expression for all numbers that end so."""
    return f"[0-9]*{_escaped(word)}"


def _any_pattern(patterns: list[str]) -> Query:
    rules: list[Query] = [{"regexp": {"pattern": pattern}} for pattern in patterns]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _split_start(word: str) -> list[str]:
    """All numbers that end so, in groups by the two digits before."""
    end = _escaped(word)
    return [end, f"[0-9]{end}", *(f"[0-9]*{digits:02}{end}" for digits in range(100))]


def _split_end(word: str) -> list[str]:
    """All tokens that begin so, in groups by what follows: two digits after a digit, else a class of Chinese characters."""
    start = _escaped(word)
    if word[-1].isdecimal():
        others = [start, f"{start}[0-9]", f"{start}[^0-9].*", f"{start}[0-9][^0-9].*"]
        return others + [f"{start}{digits:02}.*" for digits in range(100)]
    steps = range(_FIRST_WIDE, _LAST_WIDE, _WIDE_STEP)
    classes = [f"[{chr(first)}-{chr(min(first + _WIDE_STEP - 1, _LAST_WIDE))}]" for first in steps]
    others = [start, f"{start}[^{chr(_FIRST_WIDE)}-{chr(_LAST_WIDE)}].*"]
    return others + [f"{start}{one}.*" for one in classes]


def _escaped(text: str) -> str:
    """A token as a regular expression of Lucene's that matches just it."""
    return re.sub(r"([^\w])", r"\\\1", text)


def _constant(query: Query, score: float) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


def _any(queries: list[Query], minimum: int = 1) -> Query:
    if not queries:
        return NOTHING
    if len(queries) == 1 and minimum == 1:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": minimum}}
