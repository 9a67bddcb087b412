"""Three searches worth trying in the demo city, and what each must find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.demo.city import City, Document
from catalog.demo.vocabulary import load


@dataclass(frozen=True, slots=True)
class Search:
    """One search: its parameters as a door gets them, what it shows, and the document that must come first.

    `total` is the exact number of hits where the demo knows it, else `None`.
    """

    about: str
    parameters: Mapping[str, Sequence[str]]
    first: Document
    total: int | None

    def faults(self, found: Mapping[str, Any]) -> list[str]:
        """What is wrong with an answer of the action `record.search`; empty when it found what it must."""
        query = self.parameters["q"][0]
        if not found["items"]:
            return [f"the search {query} found nothing; {self.first.title} must be found"]
        faults = []
        first = found["items"][0]
        number = (
            (first.get("doc_number") or {}).get("canonical")
            if isinstance(first.get("doc_number"), Mapping)
            else first.get("doc_number")
        )
        if (first["title"], number) != (self.first.title, self.first.number):
            faults.append(
                f"the search {query} has {first['title']} ({number}) first; it must be {self.first.title} ({self.first.number})"
            )
        if self.total is not None and found["total"] != self.total:
            faults.append(f"the search {query} finds {found['total']}; it must be {self.total}")
        return faults


def searches(city: City) -> tuple[Search, ...]:
    """The three searches, with what they must find in this city."""
    documents = {one.key: one for one in city.documents}
    return tuple(
        Search(
            row["about"],
            {name: list(values) for name, values in row["parameters"].items()},
            documents[row["first"]],
            row.get("total"),
        )
        for row in load("searches")["searches"]
    )
