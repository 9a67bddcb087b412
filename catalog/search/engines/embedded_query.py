"""Plans as tantivy queries. Built in code, never parsed: `parse_query` raises on what people type.

Traps kept out of here on purpose: a phrase of one term panics; `phrase_prefix_query` stops after 50 expansions, so a single character
would lose most of its records (a regular expression over the term dictionary has no such limit); a boolean query with nothing but
exclusions matches nothing; filters would score unless wrapped in a constant score of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

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


class Compiler:
    """Compiles clauses for one schema. `scoring=False` leaves out what only adds to scores, for counting."""

    def __init__(self, schema: tantivy.Schema, values: Mapping[str, FieldKind], *, scoring: bool = True) -> None:
        self._schema = schema
        self._values = values
        self._scoring = scoring
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
        """A clause under filters."""
        narrowing = [(Occur.Must, Query.const_score_query(self._clause(one.clause), 0.0)) for one in filters]
        if not narrowing:
            return self._clause(clause)
        if isinstance(clause, Everything):
            return Query.boolean_query(narrowing)
        return Query.boolean_query([(Occur.Must, self._clause(clause)), *narrowing])

    def _clause(self, clause: Clause) -> Query:
        return self._compilers[type(clause)](clause)

    def _everything(self, _: Everything) -> Query:
        return Query.const_score_query(Query.all_query(), 0.0)

    def _nothing(self, _: Nothing) -> Query:
        return Query.empty_query()

    def _any_terms(self, clause: Terms) -> Query:
        return Query.boolean_query(self._terms(clause), minimum_number_should_match=clause.minimum)

    def _range(self, clause: Range) -> Query:
        return Query.range_query(self._schema, clause.field, FieldType.Integer, clause.low, clause.high)

    def _prefix(self, clause: Prefix) -> Query:
        return Query.const_score_query(
            Query.regex_query(self._schema, clause.field, f"{_escaped(clause.value)}.*"), 0.0
        )

    def _const(self, clause: ConstScore) -> Query:
        return Query.const_score_query(self._clause(clause.clause), clause.score)

    def _phrase(self, clause: Phrase) -> Query:
        words = clause.words.words
        if not words:
            return Query.empty_query()
        if clause.words.open_end or clause.words.open_start:
            query = self._open_phrase(clause)
        elif len(words) == 1:
            query = Query.term_query(self._schema, clause.field, words[0][1])
        else:
            query = Query.phrase_query(self._schema, clause.field, list(words))
        return _boosted(query, clause.weight)

    def _open_phrase(self, clause: Phrase) -> Query:
        """A phrase whose first or last token stands for several: regular expressions over the term dictionary."""
        patterns = [(place, _escaped(word)) for place, word in clause.words.words]
        if clause.words.open_end:
            place, last = patterns[-1]
            patterns[-1] = place, f"{last}.*"
        if clause.words.open_start:
            place, first = patterns[0]
            patterns[0] = place, f"[0-9]*{first}"
        if len(patterns) == 1:
            return Query.regex_query(self._schema, clause.field, patterns[0][1])
        return Query.regex_phrase_query(self._schema, clause.field, list(patterns))

    def _terms(self, clause: Terms) -> list[tuple[Occur, Query]]:
        return [
            (Occur.Should, _boosted(Query.term_query(self._schema, clause.field, value), clause.weight))
            for value in clause.values
        ]

    def _keys(self, clause: Keys) -> Query:
        if self._values.get(clause.field) == "number":
            numbers = [Query.term_query(self._schema, clause.field, int(value)) for value in clause.values]
            return Query.boolean_query([(Occur.Should, query) for query in numbers])
        if len(clause.values) == 1:
            return Query.term_query(self._schema, clause.field, clause.values[0], index_option="basic")
        return Query.term_set_query(self._schema, clause.field, list(clause.values))

    def _any_of(self, clause: AnyOf) -> Query:
        """One flat query where it can be, because the engine skips blocks of a flat one that cannot reach the page."""
        parts: list[tuple[Occur, Query]] = []
        for part in clause.clauses:
            if isinstance(part, Terms) and part.minimum == 1:
                parts += self._terms(part)
            else:
                parts.append((Occur.Should, self._clause(part)))
        return Query.boolean_query(parts) if len(parts) != 1 else parts[0][1]

    def _all_of(self, clause: AllOf) -> Query:
        if not clause.must and not clause.better:
            return Query.empty_query()
        parts = [(Occur.Must, self._clause(part)) for part in clause.must]
        if self._scoring:
            for part in clause.better:
                parts += self._terms(part) if isinstance(part, Terms) else [(Occur.Should, self._clause(part))]
        parts += [(Occur.MustNot, self._clause(part)) for part in clause.without]
        return Query.boolean_query(parts) if len(parts) != 1 else parts[0][1]


def _boosted(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)


_SPECIAL = frozenset("\\.+*?()|[]{}^$#&-~")


def _escaped(text: str) -> str:
    """A token as a regular expression that matches just it."""
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)
