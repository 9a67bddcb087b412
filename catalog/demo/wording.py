"""What a subject's texts can say on a day: its values, and a writer for each role of a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalog.demo.dice import Dice
from catalog.demo.prose import Writer
from catalog.demo.vocabulary import Subject, bodies

NOUNS = ("实施细则", "规定", "预案", "方案", "要点", "办法")
"""What a rule calls itself (本办法)."""
NESTED = {ord("《"): "〈", ord("》"): "〉"}
"""Title marks inside title marks."""


def values_of(subject: Subject, day: date) -> dict[str, str]:
    """The values that a subject's texts may name on a day, unfilled where they have slots of their own."""
    suffix = subject.texts.get("suffix", "办法")
    known = bodies()
    bases = [title for title, since in subject.bases if since <= day.year]
    return {
        **subject.texts,
        "suffix": suffix,
        "noun": next(noun for noun in NOUNS if suffix.endswith(noun.removeprefix("实施"))).removeprefix("实施"),
        "scope": subject.name,
        "bases": "、".join(bases) or "有关法律、法规",
        "lead": known[subject.lead].short(day),
        "withs": "、".join(dict.fromkeys(known[body].short(day) for body in subject.partners)),
        "next_short": f"云江市{subject.name}{suffix}",
    }


def writer(entry_key: str, role: str, values: Mapping[str, str], day: date, lead: str) -> Writer:
    """A writer with the dice of one role of one entry. `{@lead}` is the subject's lead body."""
    known = bodies()
    return Writer(
        values,
        year=day.year,
        dice=Dice(f"{entry_key}/{role}"),
        body=lambda name: known[lead if name == "lead" else name].short(day),
    )
