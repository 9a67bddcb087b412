"""What the city's texts are made of: bodies, subjects and forms, read from `data/*.yaml`. Nothing here is composed or thrown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load(name: str) -> Any:
    """The parsed YAML file of that name in `data/`."""
    return yaml.load(read(f"{name}.yaml"), Loader=_LOADER)  # noqa: S506 - both are safe loaders, the C one ten times faster


@cache
def read(name: str) -> str:
    """A text file in `data/`."""
    return (files("catalog.demo") / "data" / name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the city. `names` are (since, name) in order of time; `code` is the made-up nine-character organisation code."""

    id: str
    code: str
    names: tuple[tuple[date, str], ...]

    def name(self, day: date) -> str:
        """The full name on a day."""
        return [name for since, name in self.names if since <= day][-1]

    def short(self, day: date) -> str:
        """The name as the city's own texts have it: 市生态环境局, 市政府办公室."""
        return (
            self.name(day)
            .replace("云江市人民政府法制", "市政府法制")
            .replace("云江市人民政府办", "市政府办")
            .replace("云江市", "市")
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One document in a subject's line: its form and day, and the earlier ones that it has to do with, as keys `subject-index`."""

    day: date
    form: str
    by: str | None = None
    joint: str | None = None
    title: str | None = None
    to: str | None = None
    of: tuple[str, ...] = ()
    repeals: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    request: bool = False
    traps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject that the city has rules about. `points` are (heading, text) with slots; `topic` is the printed category."""

    id: str
    name: str
    lead: str
    partners: tuple[str, ...]
    topic: str
    texts: Mapping[str, str]
    points: tuple[tuple[str, str], ...]
    bases: tuple[tuple[str, int], ...]
    keywords: tuple[str, ...]
    line: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """How one form of document is written; `text` is in the language that the head of `forms.yaml` explains."""

    name: str
    record_type: str
    kind: str
    issuer: str
    title: str
    text: str
    code: str | None = None
    short: str | None = None
    bare: bool = False
    valid_years: int | None = None
    attachments: Sequence[Mapping[str, str]] = field(default=())


_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_code(first_eight: str) -> str:
    """The nine characters of an organisation code: GB 11714 adds a check character to eight digits."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(first_eight, _WEIGHTS, strict=True)) % 11
    return first_eight + {10: "X", 11: "0"}.get(rest, str(rest))


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(first_seventeen: str) -> str:
    """The eighteen characters of a unified social credit code: GB 32100 adds a check character to seventeen."""
    total = sum(_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first_seventeen))
    return first_seventeen + _ALPHABET[(31 - total % 31) % 31]


@cache
def bodies() -> Mapping[str, Body]:
    """The city's bodies by id."""
    return {
        key: Body(
            key,
            organisation_code(row["code"]),
            tuple((entry.get("since", date.min), str(entry["name"])) for entry in row["names"]),
        )
        for key, row in load("city")["bodies"].items()
    }


@cache
def forms() -> Mapping[str, Form]:
    """The forms of document by name."""
    return {name: Form(name=name, **row) for name, row in load("forms")["forms"].items()}


SUBJECT_FILES = (
    "subjects_environment",
    "subjects_livelihood",
    "subjects_transport",
    "subjects_housing",
    "subjects_economy",
    "subjects_governance",
    "subjects_general",
)


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects, in the order of their files."""
    return tuple(_subject(row, load(name)["topic"]) for name in SUBJECT_FILES for row in load(name)["subjects"])


def _subject(row: dict[str, Any], topic: str) -> Subject:
    return Subject(
        id=row["id"],
        name=row["name"],
        lead=row["lead"],
        partners=tuple(row.get("with", ())),
        topic=row.get("topic", topic),
        texts={key: value for key, value in row.items() if isinstance(value, str)},
        points=tuple((point.split("：", 1)[0], point.split("：", 1)[1]) for point in row.get("points", ())),
        bases=tuple(
            (base.split("@")[0], int(base.split("@")[1]) if "@" in base else 0) for base in row.get("bases", ())
        ),
        keywords=tuple(row["keywords"]),
        line=tuple(_step(row["id"], step) for step in row["line"]),
    )


def _step(subject: str, row: dict[str, Any]) -> Step:
    def keys(name: str) -> tuple[str, ...]:
        named = row.get(name, ())
        listed = named if isinstance(named, list) else [named] if named != () else []
        return tuple(f"{subject}-{item}" if isinstance(item, int) else str(item) for item in listed)

    return Step(
        day=row["day"],
        form=row["form"],
        by=row.get("by"),
        joint=row.get("joint"),
        title=row.get("title"),
        to=row.get("to"),
        of=keys("of"),
        repeals=keys("repeals"),
        cites=keys("cites"),
        request=bool(row.get("request")),
        traps=frozenset(row.get("traps", ())),
    )
