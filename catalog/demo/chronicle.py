"""Which documents the city ever issued: their days, issuers, numbers, titles, and what each did to earlier ones. No texts yet.

Entries are planned in order of time, so a link always leads to an earlier entry (a consultation's draft, which comes to be later, is
named and not linked). Numbers count up within their code and year, as real ones do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from catalog.demo.dice import Dice
from catalog.demo.prose import plain_date
from catalog.demo.vocabulary import Form, Step, Subject, bodies, forms, load, subjects
from catalog.demo.wording import NESTED, values_of, writer

LinkType = Literal["repeals", "amends", "interprets", "cites", "corrects", "published_in"]
WIDE_PUBLICATION_DAYS = 12
"""Longest time from writing to publication, in days."""
INTERPRETATION_DAYS = 3
"""An interpretation follows its document within three working days."""
RULE_NOTICE_DAYS = 30
"""A rule comes into force 30 days after publication (规章制定程序条例, art. 32)."""


@dataclass(frozen=True, slots=True)
class Link:
    """What an entry does to an earlier one."""

    type: LinkType
    target: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as planned. `name` is what it establishes (云江市停车场管理办法), `title` is the document's own."""

    key: str
    site: Literal["gov", "env"]
    subject: Subject
    step: Step
    form: Form
    issuers: tuple[str, ...]
    number: str | None
    name: str | None
    title: str
    written: date
    published: datetime
    effective: date | None
    links: tuple[Link, ...] = ()

    @property
    def year(self) -> int:
        """The year of writing."""
        return self.written.year

    def quoted(self) -> str:
        """How others cite it: 《title》（number）."""
        title = self.title.translate(NESTED)
        return f"《{title}》（{self.number}）" if self.number else f"《{title}》"

    def targets(self, kind: LinkType) -> list[str]:
        """The keys that it has this kind of link to."""
        return [link.target for link in self.links if link.type == kind]


@dataclass(slots=True)
class Chronicle:
    """All entries by key, in order of time, while they are planned and after."""

    entries: dict[str, Entry] = field(default_factory=dict)
    serials: dict[tuple[str, int], int] = field(default_factory=dict)

    def ended(self) -> dict[str, Entry]:
        """Entry key → the entry that repealed it (the first one that did)."""
        found: dict[str, Entry] = {}
        for entry in self.entries.values():
            for key in entry.targets("repeals"):
                found.setdefault(key, entry)
        return found

    def amended(self) -> dict[str, list[Entry]]:
        """Entry key → the entries that amended it, in order of time."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            for key in entry.targets("amends"):
                found.setdefault(key, []).append(entry)
        return found


def write_chronicle() -> Chronicle:
    """The city's whole history of documents."""
    chronicle = Chronicle()
    steps = [
        (step.day, f"{subject.id}-{index}", subject, step)
        for subject in subjects()
        for index, step in enumerate(subject.line)
    ]
    for _, key, subject, step in sorted(steps, key=lambda row: row[:2]):
        chronicle.entries[key] = _entry(chronicle, key, subject, step)
    return chronicle


def _entry(chronicle: Chronicle, key: str, subject: Subject, step: Step) -> Entry:
    form = forms()[step.form]
    day = step.day
    dice = Dice(f"{key}/plan")
    issuer_id = _issuer(form, subject, step)
    issuers = tuple(bodies()[body].name(day) for body in (issuer_id, step.joint) if body)
    links = _links(chronicle, step, key)
    values = values_of(subject, day)
    fill = writer(key, "title", values, day, subject.lead)
    _name_targets(values, chronicle, links)
    name = fill.fill(form.short) if form.short else None
    values["short"] = name or ""
    published = _published(chronicle, form, links, day, dice)
    title = fill.fill(step.title or subject.texts.get(form.name) or form.title)
    own_name = form.bare or title.startswith("云江市")
    code = _code(form, issuer_id, day)
    return Entry(
        key=key,
        site="env" if issuer_id == "env" and step.by == "env" else "gov",
        subject=subject,
        step=step,
        form=form,
        issuers=issuers,
        number=_number(chronicle, code, day, dice) if code else None,
        name=name,
        title=title if own_name else " ".join(issuers) + title,
        written=day,
        published=datetime.combine(published, time(dice.number(8, 18), dice.number(0, 59), dice.number(0, 59))),
        effective=_effective(form, published),
        links=links,
    )


def _published(chronicle: Chronicle, form: Form, links: Sequence[Link], day: date, dice: Dice) -> date:
    if form.name == "interpret":
        return chronicle.entries[links[0].target].published.date() + timedelta(days=dice.number(0, INTERPRETATION_DAYS))
    return day + timedelta(days=dice.number(2, WIDE_PUBLICATION_DAYS))


def _issuer(form: Form, subject: Subject, step: Step) -> str:
    return step.by or (subject.lead if form.issuer == "lead" else form.issuer)


def _links(chronicle: Chronicle, step: Step, key: str) -> tuple[Link, ...]:
    if step.form == "cleanup":
        return _cleaned(chronicle, step.day, key)
    about: LinkType = {"interpret": "interprets", "amend": "amends", "amendnote": "amends", "batch": "amends"}.get(
        step.form, "cites"
    )  # type: ignore[assignment]
    return (
        *(Link("repeals", target) for target in step.repeals),
        *(Link(about, target) for target in step.of),
        *(Link("cites", target) for target in step.cites),
    )


def _cleaned(chronicle: Chronicle, day: date, key: str) -> tuple[Link, ...]:
    """A clean-up drops plans, notices and key points that are four years old, and keeps what still rules."""
    ended = chronicle.ended()
    alive = [
        entry for entry in chronicle.entries.values() if entry.number and entry.site == "gov" and entry.key not in ended
    ]
    dated = [
        entry for entry in alive if entry.form.name in {"notice", "plan", "keypoints"} and day.year - entry.year >= 4
    ]
    ruling = [entry for entry in alive if entry.form.name in {"rules", "opinion", "emergency"}]
    dropped = Dice(f"{key}/drop").sample(dated, 14)
    return (*(Link("repeals", entry.key) for entry in dropped), *(Link("cites", entry.key) for entry in ruling))


def _name_targets(values: dict[str, str], chronicle: Chronicle, links: Sequence[Link]) -> None:
    targets = [chronicle.entries[link.target] for link in links]
    if targets:
        first = targets[0]
        values["old"] = first.quoted()
        values["old_name"] = first.name or first.title
        values["old_short"] = f"《{first.name or first.title}》"
        values["target_name"] = first.name or first.title.translate(NESTED)


def _code(form: Form, issuer_id: str, day: date) -> Mapping[str, Any] | None:
    name = load("forms")["dept"]["codes"].get(form.name) if issuer_id == "env" else form.code
    if name is None:
        return None
    row: Mapping[str, Any] = load("city")["codes"][name]
    if day < row.get("since", date.min):
        row = load("city")["codes"]["huanfa" if issuer_id == "env" else "fa"]
    return row


def _number(chronicle: Chronicle, code: Mapping[str, Any], day: date, dice: Dice) -> str:
    if "first" in code:
        serial = chronicle.serials.get((code["code"], 0), code["first"]) + dice.number(1, 2)
        chronicle.serials[code["code"], 0] = serial
        return f"{code['code']}第{serial}号"
    slot = (code["code"], day.year)
    serial = max(chronicle.serials.get(slot, 0) + 1, round(day.timetuple().tm_yday / 366 * code["yearly"]))
    chronicle.serials[slot] = serial
    return f"{code['code']}〔{day.year}〕{serial}号"


def _effective(form: Form, published: date) -> date | None:
    if form.name in {"announce", "dropdecree"}:
        return published
    if form.name not in {"decree", "amend", "batch", "rules", "amendnote"}:
        return None
    later = published + timedelta(days=RULE_NOTICE_DAYS)
    return date(later.year + later.month // 12, later.month % 12 + 1, 1)


def status(entry: Entry, chronicle: Chronicle, today: date) -> str:
    """The validity that the city's own pages print today: 有效, 已修改, 废止, 失效."""
    ender = chronicle.ended().get(entry.key)
    if ender:
        return "失效" if ender.form.name == "cleanup" else "废止"
    years = entry.form.valid_years
    if years and entry.effective and entry.effective.replace(year=entry.effective.year + years) <= today:
        return "失效"
    return "已修改" if entry.key in chronicle.amended() else "有效"


def day_text(entry: Entry) -> str:
    """The day from which an entry holds, in words."""
    return plain_date(entry.effective) if entry.effective else "印发之日"
