"""Relations between documents: each type, its inverse as the other document sees it, and the event that it brings about there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalog.model.vocabularies import language_tag, vocabulary


@dataclass(frozen=True, slots=True)
class RelationType:
    """One type. `event` is the kind of event that it is for the target (`amends` → `amended`), `None` if it changes nothing there."""

    id: str
    labels: dict[str, str]
    inverse_labels: dict[str, str]
    event: str | None
    symmetric: bool

    def label(self, language: str = "zh-Hans", *, incoming: bool = False) -> str:
        """The label as the source sees the relation, or as its target does."""
        return (self.inverse_labels if incoming else self.labels)[language_tag(language)]


@cache
def relation_types() -> dict[str, RelationType]:
    """All types by id, in the order in which pages show them."""
    return {
        concept.id: RelationType(
            concept.id,
            dict(concept.labels),
            dict(concept.extra["inverse"]),
            concept.extra.get("event"),
            bool(concept.extra.get("symmetric")),
        )
        for concept in vocabulary("relation")
    }


def relation_type(relation: str) -> RelationType:
    """The type of an id. Raises `ValueError` that names the known ones."""
    types = relation_types()
    if relation not in types:
        raise ValueError(f"no relation type {relation!r}; there are: {', '.join(types)}")
    return types[relation]
