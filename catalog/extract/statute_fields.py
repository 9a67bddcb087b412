"""The catalogue fields of a statute from its title, its history and the place it was filed under.

Only what these say is put; the order of the history decides what was first passed, published and brought into force.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from catalog.extract.data_files import load
from catalog.extract.fields import number_parts, put_hints
from catalog.extract.history import History, Step, full_name, name_unread, read_history
from catalog.extract.organs import is_organisation
from catalog.model import dates, docnumber, organisations
from catalog.model.draft import Draft, EventDraft, Problem, Reading, Where
from catalog.model.script import script_of
from catalog.model.vocabularies import vocabulary

SURE = 0.95
"""Confidence of what the lines of history say."""
BODY = 0.9
"""Confidence of what an article says of the statute itself."""
PROBABLE = 0.7
"""Confidence of what follows from a title, a signature without label, or the folder of the source."""
FILED = 0.5
"""Confidence of what only the folder or the name of the file says."""
HINTED = 0.3
"""Confidence of what the source says of all its documents."""

_STATE = "中华人民共和国"
_VERSION = re.compile(r"\s*[(（](?P<day>\d{4}(?:-\d{1,2}){0,2})[)）]$")
_IN_FORCE = re.compile(
    r"(?:本[\u4e00-\u9fff]{1,12}?|^)[自从]\s*(?:(?P<date>[0-9０-９〇零○OＯ一二三四五六七八九十\s]{4,8}年[^，。；自]{2,12}?日(?:零时|0时|起)?)|(?:公布|发布|颁布|发文|印发)之日)"
    r"\s*起?(?:正式|开始)?(?:施行|实施|执行|生效)"
)
_ORGAN = re.compile(r"[\u4e00-\u9fff]{2,30}(?:部|委员会|局|总局|院|厅|署|政府|行|办公室|办公厅)")


def put_fields(
    draft: Draft, title: str, history: History, *, note: Sequence[str], path: str, hints: Mapping[str, str]
) -> None:
    """Put the fields of a statute into its draft. `note` are the lines of history as printed, `path` the file's name or address."""
    draft.put("title", title, Reading(title, "title", 1.0))
    _put_names(draft, title, path)
    _put_dates(draft, history)
    _put_effective(draft, history)
    bodies = _put_issuer(draft, title, history, path, hints)
    order = _put_number(draft, history)
    if note:
        draft.put("promulgation_note", "\n".join(note), Reading("\n".join(note), "header", 1.0))
    kind = _instrument_kind({"path": path, "title": title, "issuer": (bodies or [""])[0], "order": order or ""})
    if kind:
        draft.put("instrument_kind", kind[0], Reading(kind[1], kind[2], PROBABLE))
    _put_level(draft, title, bodies)
    if kind and not history.steps:
        _put_version(draft, kind[0], path)
    draft.put("disclosure", "unknown", Reading("", "source", 0.0))
    put_hints(draft, hints)
    if hints.get("publisher"):
        draft.put("publisher", hints["publisher"], Reading(hints["publisher"], "source", HINTED))
    _tell_doubts(draft, history)


def put_lines(draft: Draft, lines: Sequence[str]) -> None:
    """Put what lines of history say into a draft whose other fields come from elsewhere: events, dates, bodies, number, doubts."""
    history = read_history(lines)
    draft.events = (*draft.events, *history.events())
    note = "\n".join(line.strip() for line in lines if line.strip())
    draft.put("promulgation_note", note, Reading(note, "header", 1.0))
    _put_dates(draft, history)
    step = next((one for kind in ("published", "enacted") if (one := history.first(kind)) and one.bodies), None)
    if step:
        _issuer(draft, step.bodies, Reading(step.raw, "header", SURE))
    _put_number(draft, history)
    _tell_doubts(draft, history)


def _tell_doubts(draft: Draft, history: History) -> None:
    for flag, message in _doubts(history):
        draft.problems = (*draft.problems, Problem("warning", flag, message, "events"))
        draft.flags = (*draft.flags, flag)
    name_unread(draft, history)


def _put_version(draft: Draft, kind: str, path: str) -> None:
    """What the date in the file's name means for this kind of instrument, where there is no history at all."""
    version = _VERSION.search(PurePosixPath(path).stem)
    day = dates.parse(version["day"]) if version else None
    for name in load("history")["version_dates"].get(kind, ()):
        if day:
            draft.put(name, day.text, Reading(day.raw, "url", FILED))


def _put_level(draft: Draft, title: str, bodies: Sequence[str]) -> None:
    """The level of the body, else that of the kind of instrument, else that of the region which the title begins with."""
    level = organisations.level_of(bodies[0]) if bodies else None
    if level:
        draft.put("level", level, replace(draft.readings["issuing_body"], confidence=PROBABLE))
        return
    kind = draft.fields.get("instrument_kind")
    if kind in load("history")["national_kinds"]:
        draft.put("level", "national", draft.readings["instrument_kind"])
    elif organisations.region_chain(title) and (level := organisations.level_of(title)):
        draft.put("level", level, Reading(title, "title", PROBABLE))


def _doubts(history: History) -> Iterator[tuple[str, str]]:
    """What is wrong with a history: flag and message."""
    if history.broken:
        yield (
            "incomplete_history",
            "the history breaks off after 根据: at least one amendment is missing; compare with another edition",
        )
    dated = [step.date for step in history.steps if step.date]
    if dated != sorted(dated):
        yield (
            "date_conflict",
            "the dates of the history are not in order: lines of several statutes may be mixed; compare with another edition",
        )


def _put_names(draft: Draft, title: str, path: str) -> None:
    """Script, kind by the last word of the title, and the names under which people look for it."""
    script = script_of(title)
    draft.put("lang", "zh" if script == "Zyyy" else f"zh-{script}", Reading(title, "title", PROBABLE))
    draft.put("script", script, Reading(title, "title", PROBABLE))
    short = title.replace(_STATE, "")
    names = []
    if short != title and len(short) > 2:
        draft.put("short_title", short, Reading(title, "title", PROBABLE))
        names.append(short)
    filed = file_title(path)
    if filed and filed not in (title, *names):
        names.append(filed)
    if names:
        draft.put("alt_titles", names, Reading(path, "url", PROBABLE))
    for length in (4, 3, 2, 1):
        concept = vocabulary("document_kind").match(title[-length:])
        if concept:
            draft.put("document_kind", concept.id, Reading(title[-length:], "title", PROBABLE))
            break


def file_title(path: str) -> str | None:
    """The title in a file's name, without ending and the date of the version in brackets; `None` for a name without Chinese."""
    name = PurePosixPath(path.replace("\\", "/")).name
    stem = _VERSION.sub("", name.removesuffix(".md").removesuffix(".markdown")).strip()
    return stem if re.search(r"[\u3400-\u9fff]", stem) else None


def _put_dates(draft: Draft, history: History) -> None:
    for kind, names in (
        ("enacted", ("date_adopted",)),
        ("published", ("date_published", "date_promulgated")),
        ("effective", ("date_effective",)),
    ):
        step = next((step for step in history.steps if kind in step.kinds and step.date), None)
        for name in names if step else ():
            assert step is not None  # noqa: S101 - the loop is empty without one
            draft.put(name, step.date, Reading(step.raw, "header", SURE))
    bare = next((step for step in history.steps if not step.kinds and step.date), None)
    if bare:
        draft.put("date_written", bare.date, Reading(bare.raw, "header", PROBABLE))


def _put_effective(draft: Draft, history: History) -> None:
    """The day of effect from the closing article (本条例自2019年5月15日起施行), where the history does not say it."""
    if history.first("effective"):
        return
    for block in reversed(draft.blocks):
        found = _IN_FORCE.search(block.text) if "施行" in block.text or "实施" in block.text else None
        if found is None:
            continue
        day = (
            dates.parse(found["date"].removesuffix("起").removesuffix("零时").removesuffix("0时"))
            if found["date"]
            else None
        )
        published = history.first("published")
        if day is None and not found["date"] and published and not any(map(_is_new_text, history.steps)):
            # 自公布之日起: of a text that was made new it would be the day when that was published, which the history need not name
            day = dates.parse(published.date or "")
        if day:
            draft.put("date_effective", day.text, Reading(found[0], "body", BODY))
            draft.events = (*draft.events, EventDraft("effective", day.text, found[0]))
        return


def _is_new_text(step: Step) -> bool:
    """Whether a step made the whole text new (修订 without a decision that names single changes)."""
    return "amended" in step.kinds and "修正" not in step.raw and not (step.by and step.by.title)


def _put_issuer(draft: Draft, title: str, history: History, path: str, hints: Mapping[str, str]) -> list[str]:
    """The bodies that issued it: those that published it, else those that passed it, else the signature, title or folder."""
    for kind in ("published", "enacted", "amended"):
        step = next((step for step in history.steps if kind in step.kinds and step.bodies), None)
        if step:
            return _issuer(draft, step.bodies, Reading(step.raw, "header", SURE))
    signed = history.rest[-1].removeprefix(_STATE) if history.rest else ""
    if _ORGAN.fullmatch(signed):
        return _issuer(draft, [signed], Reading(history.rest[-1], "signature", PROBABLE))
    named = [full_name(name) for name in organisations.issuers_from_title(title)] if "关于" in title else []
    if named and all(is_organisation(name) for name in named):
        return _issuer(draft, named, Reading(title, "title", PROBABLE))
    for rule in load("history")["path_issuers"]:
        filed = re.search(rule["pattern"], path)
        if filed and is_organisation(name := filed.expand(rule["issuer"])):
            return _issuer(draft, [name], Reading(path, "url", FILED))
    hinted = hints.get("issuing_body")
    return _issuer(draft, [hinted], Reading(hinted, "source", HINTED)) if hinted else []


def _issuer(draft: Draft, names: Iterable[str], reading: Reading) -> list[str]:
    bodies = list(dict.fromkeys(names))
    draft.put("issuing_body", bodies, reading)
    return bodies


def _put_number(draft: Draft, history: History) -> str | None:
    """The number of the order that published it (of a joint one the lead's: 规章制定程序条例 art. 30), else one that stands alone."""
    step: Step | None = next((step for step in history.steps if "published" in step.kinds and step.orders), None)
    if step:
        raw = "、".join(step.orders)
        draft.put("order_number", raw, Reading(step.raw, "header", SURE))
        number = docnumber.parse(step.orders[0])
        if number:
            draft.put("doc_number", number_parts(number), Reading(step.orders[0], "header", SURE))
        return raw
    own = docnumber.own_number(history.rest)
    if own:
        draft.put("doc_number", number_parts(own), Reading(own.raw, "header", SURE))
    return None


def _instrument_kind(places: Mapping[str, str]) -> tuple[str, str, Where] | None:
    """Concept id, the text it was read from, and where that stands, by the rules of `data/history.yaml`."""
    where: dict[str, Where] = {"path": "url", "title": "title", "issuer": "header", "order": "header"}
    for rule in load("history")["instrument_kinds"]:
        text = places[rule["place"]]
        if text and re.search(rule["pattern"], text):
            return rule["kind"], text, where[rule["place"]]
    return None
