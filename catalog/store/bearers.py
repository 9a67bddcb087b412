"""The rule by which a citation finds its record, over the bearers of its names. Pure: what it needs of the store was read before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from catalog.model.bearing import UNKNOWN, Traits, choose
from catalog.model.relations import relation_types
from catalog.store.rows import Matched

_OWN_PARTS = frozenset({"embeds"})
"""Relations to what the citing document holds itself: another one that issued a document of that title issued an earlier one."""
Found = tuple[str | None, Matched | None]
"""The record that a citation means, and how it was found; without one, why not."""


class Asked(NamedTuple):
    """A citation to decide, and what it was decided to be until now. `event` is the ordinal of the event that it is the cause of."""

    record_id: str
    ordinal: int
    number: str | None
    title: str | None
    type: str
    event: int | None
    target_id: str | None
    matched: Matched | None


@dataclass(slots=True)
class Bearers:
    """The records that bear each number, title and other name; which of them bear any number; the traits of all concerned; and
    the days of the events whose causes are looked for, by (record, ordinal of the event).
    """

    numbers: Mapping[str, AbstractSet[str]]
    titles: Mapping[str, AbstractSet[str]]
    aliases: Mapping[str, AbstractSet[str]]
    numbered: AbstractSet[str] = field(default_factory=frozenset)
    traits: Mapping[str, Traits] = field(default_factory=dict)
    days: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def under_number_and_title(self, waiting: Iterable[Asked]) -> set[str]:
        """The bearers of the titles of citations that give a number too."""
        return {one for row in waiting if row.number and row.title for one in self._named(row.title)}

    def concerned(self, waiting: Iterable[Asked]) -> set[str]:
        """The records whose traits decide: bearers, and what cites them."""
        found: set[str] = set()
        for row in waiting:
            bearers = self.numbers.get(row.number or "", frozenset()) | self._named(row.title or "")
            if bearers - {row.record_id}:
                found.update(bearers, (row.record_id,))
        return found

    def decide(self, asked: Asked) -> Found:
        """The record that a citation means. Never the record itself that cites."""
        record_id, number, title = asked.record_id, asked.number, asked.title
        by_number = self.numbers.get(number or "", frozenset()) - {record_id}
        by_title = self.titles.get(title or "", frozenset()) - {record_id}
        by_alias = self.aliases.get(title or "", frozenset()) - {record_id}
        if asked.type in _OWN_PARTS:
            by_alias = frozenset()
        for matched, bearers in (("both", by_number & (by_title | by_alias)), ("number", by_number)):
            found = self._choose(asked, bearers, matched)  # type: ignore[arg-type]
            if found[0] is not None or (matched == "number" and found[1]):
                return found
        if number:
            refused = (by_title | by_alias) & self.numbered
            by_title, by_alias = by_title - refused, by_alias - refused
            if refused and not by_title and not by_alias:
                return self._conflict(asked, refused)
        found = self._choose(asked, by_title, "title")
        if found[0] is None and found[1] != "ambiguous" and by_alias:
            other = self._choose(asked, by_alias, "title", near=True)
            found = other if other[0] or other[1] == "ambiguous" else found if found[1] else other
        return found

    def _named(self, title: str) -> AbstractSet[str]:
        return self.titles.get(title, frozenset()) | self.aliases.get(title, frozenset())

    def _conflict(self, asked: Asked, refused: AbstractSet[str]) -> Found:
        """Nothing is found; a conflict, unless all that bears the title is another jurisdiction's."""
        return None, "elsewhere" if self._choose(asked, refused, "title")[1] == "elsewhere" else "conflict"

    def _day(self, asked: Asked) -> str:
        return "" if asked.event is None else self.days.get((asked.record_id, asked.event), "")

    def _choose(self, asked: Asked, bearers: AbstractSet[str], matched: Matched, *, near: bool = False) -> Found:
        if not bearers:
            return None, None
        citing = self.traits.get(asked.record_id, UNKNOWN)
        known = {one: self.traits.get(one, UNKNOWN) for one in bearers}
        acts = asked.event is None and asked.type in _acts()
        target, doubt = choose(citing, known, near=near, acts=acts, day=self._day(asked))
        return (target, matched) if target is not None else (None, doubt)


@cache
def _acts() -> frozenset[str]:
    """The relations by which a document does something to another."""
    return frozenset(name for name, kind in relation_types().items() if kind.event)
