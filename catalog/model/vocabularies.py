"""The controlled vocabularies: concepts with an id, labels in three languages, synonyms as printed, and labels that held until a year.

The concepts are data (`data/vocabularies/*.yaml`); here they are only loaded, matched and labelled. A word that is not in a vocabulary
is `None`, never the nearest concept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from catalog.model.script import fold

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-Hans", "zh-Hant", "en")

NAMES = (
    "disclosure",
    "legal_basis",
    "validity",
    "document_kind",
    "topic",
    "open_type",
    "update_frequency",
    "level",
    "record_type",
    "relation",
    "event",
    "text_authority",
    "quality_flag",
    "instrument_kind",
    "trust",
    "secrecy_review",
    "review",
    "identity_reason",
)


@dataclass(frozen=True, slots=True)
class FormerLabel:
    """Labels that a concept had through the year `until` (YYYY)."""

    until: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept. `labels` has `zh-Hans`, `zh-Hant` and `en`; `extra` holds what only this vocabulary has (`applies_to`, `inverse` …)."""

    id: str
    labels: Mapping[str, str]
    synonyms: tuple[str, ...] = ()
    former: tuple[FormerLabel, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def label(self, language: str, *, year: int | None = None) -> str:
        """The label in a language (`zh-CN` and `zh-TW` are understood), as it was in `year` where one is given."""
        tag = language_tag(language)
        for past in self.former:
            if year is not None and year <= int(past.until):
                return past.labels.get(tag, self.labels[tag])
        return self.labels[tag]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One vocabulary, in the order of its file."""

    name: str
    labels: Mapping[str, str]
    concepts: Mapping[str, Concept]
    index: Mapping[str, str]

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self.concepts

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts.values())

    def match(self, raw: str) -> Concept | None:
        """The concept whose id, label or synonym `raw` is, in either script, with or without the field's label and outer brackets."""
        key = _key(raw)
        found = self.index.get(key) or self.index.get(_key(raw.replace("：", ":").rpartition(":")[2]))
        return self.concepts[found] if found else None

    def label(self, concept_id: str, language: str = "zh-Hans", *, year: int | None = None) -> str:
        """The label of a concept; the id itself when the vocabulary does not have it (an extension's value is shown as it is)."""
        concept = self.concepts.get(concept_id)
        return concept_id if concept is None else concept.label(language, year=year)


@dataclass(frozen=True, slots=True)
class Topic:
    """A printed category: the State Council class, and the second level as printed, where there is one."""

    concept: Concept
    second: str | None = None


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of a name in `NAMES`. Raises `ValueError` that names the known ones."""
    if name not in NAMES:
        raise ValueError(f"no vocabulary {name!r}; there are: {', '.join(NAMES)}")
    text = files("catalog.model").joinpath(f"data/vocabularies/{name}.yaml").read_text("utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both loaders are safe)
    concepts = {row["id"]: _concept(row) for row in data["concepts"]}
    index: dict[str, str] = {}
    for concept in concepts.values():
        for word in _words(concept):
            index.setdefault(_key(word), concept.id)
    return Vocabulary(name, data["title"], concepts, index)


@lru_cache(maxsize=2048)
def topic(raw: str) -> Topic | None:
    r"""Read a printed category: `市场监管、安全生产监管\工商`, with `\\` between the levels on mirrors, or one level alone (`其他`)."""
    levels = [part.strip() for part in raw.replace("＼", "\\").split("\\") if part.strip()]
    concept = vocabulary("topic").match(levels[0]) if levels else None
    return None if concept is None else Topic(concept, levels[1] if len(levels) > 1 else None)


@lru_cache(maxsize=256)
def language_tag(language: str) -> Language:
    """The tag of ours that a language tag of a page or a client means: `zh-TW`, `zh_HK`, `zh-Hant` are `zh-Hant`; unknown ones `zh-Hans`."""
    tag = language.replace("_", "-").lower()
    if tag.startswith("en"):
        return "en"
    return "zh-Hant" if any(part in {"hant", "tw", "hk", "mo"} for part in tag.split("-")) else "zh-Hans"


def _concept(row: dict[str, Any]) -> Concept:
    known = {"id", "synonyms", "former", *LANGUAGES}
    return Concept(
        id=row["id"],
        labels={tag: row[tag] for tag in LANGUAGES},
        synonyms=tuple(row.get("synonyms", ())),
        former=tuple(
            FormerLabel(past["until"], {tag: past[tag] for tag in LANGUAGES}) for past in row.get("former", ())
        ),
        extra={key: value for key, value in row.items() if key not in known},
    )


def _words(concept: Concept) -> Iterator[str]:
    yield concept.id
    yield from concept.labels.values()
    for past in concept.former:
        yield from past.labels.values()
    yield from concept.synonyms


_IGNORED = dict.fromkeys(map(ord, " 　\t\n\r()[]\"'“”、，,。;；"))


def _key(word: str) -> str:
    """What two spellings of one concept share: folded, without spaces, brackets and the marks between words."""
    return fold(word).translate(_IGNORED)
