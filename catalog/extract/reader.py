"""The general reader: the lines of a document, whatever file they came from, become a draft with fields, readings, blocks and citations.

Each step is a module of its own: the frame comes off (`frame`), the head is read (`head`), candidates from header, meta tags and source are
weighed (`candidates`, `own`, `issuers`, `titles`), the end is read (`ending`), values are put (`filling`, `fields`), the type is decided
(`kinds`) and its own fields are put (`special`). Nothing is guessed: what contradicts itself becomes a flag, what is not there stays absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.extract import attachments, candidates, citations, fields, filling, issuers, kinds, noise, own, special
from catalog.extract import meta as metadata
from catalog.extract.data_files import load
from catalog.extract.effects import put_effects
from catalog.extract.ending import Ending, read_ending
from catalog.extract.fields import DateValue
from catalog.extract.frame import Framed, take_frame_off
from catalog.extract.head import Head, read_head, red_head_bodies
from catalog.extract.history import History, read_history
from catalog.extract.issuers import Issuers
from catalog.extract.known import Known
from catalog.extract.labels import Pair, label_of
from catalog.extract.lines import Line, Link, clean
from catalog.extract.outline import blocks_of
from catalog.extract.titles import Title, same
from catalog.model import docnumber
from catalog.model.docnumber import DocNumber
from catalog.model.draft import Draft, EventDraft, Reading, Where
from catalog.model.script import script_of

__all__ = ["Line", "Link", "read_lines"]

SHORT_BODY = 40
"""A text with fewer characters than this is flagged `short_body`."""
SCRIPT_SAMPLE = 1_000
"""Characters by which the script is told."""
_ABOUT_OTHERS = {"consultation": "consults_on", "interpretation": "interprets"}
"""Types of documents that are about another one, and the relation of a bare mention in their title."""


def read_lines(
    lines: Sequence[Line],
    *,
    meta: Mapping[str, str] | None = None,
    hints: Mapping[str, str] | None = None,
    pairs: Sequence[tuple[str, str, Where]] = (),
    links: Sequence[Link] = (),
    page_titles: Sequence[Title] = (),
    url: str | None = None,
    flags: Sequence[str] = (),
) -> Draft:
    """Read a document. `meta` are a page's meta tags (names in lower case), `hints` what the source knows, `pairs` header fields that the
    file's own structure gave (label, value, where), `links` its links, `page_titles` titles of the page around it (h1, `<title>`).

    A draft without a title carries the error `no_title`; it never raises for what a text says.
    """
    framed = take_frame_off(lines)
    given = [Pair(label, name, clean(value)) for name, value, _ in pairs if (label := label_of(name)) is not None]
    known = Known(candidates.filled([*given, *framed.pairs]), meta or {}, hints or {})
    head = read_head(framed.lines, candidates.of_titles(known, page_titles))
    history = read_history([framed.lines[head.note].text.strip("（）() ")]) if head.note is not None else None
    number, noted = _number(head, history, known)
    bodies = candidates.of_issuers(known, head.title.text if head.title else None) + _bodies_of_head(
        head, number, history
    )
    named = attachments.find(framed.lines, links, body_start=head.body)
    end = read_ending(
        framed.lines, head, named, [name for one in bodies if one.confidence >= filling.SURE for name in one.bodies]
    )
    noted = [*framed.flags, *flags, *head.flags, *noted]
    draft = Draft(load("record_types")["default"], attachments=named.attachments)
    filling.put_title(draft, head.title)
    if number is not None and number.number is not None:
        draft.put(
            "doc_number", fields.number_parts(number.number), Reading(number.raw, number.where, number.confidence)
        )
    noted += filling.put_bodies(draft, bodies, end.signature, known)
    filling.put_other_titles(draft, head)
    fields.put_pairs(draft, known.pairs, noted)
    fields.put_dates(draft, _dates(framed, head, end, known, noted), noted)
    filling.put_ending(draft, framed.lines, head, end)
    filling.put_site(draft, known, url)
    fields.put_hints(draft, known.hints)
    noted += _put_text(draft, framed.lines, head, end)
    _decide_type(draft, framed.lines, head, end, number.number if number else None, known)
    _put_language(draft, noted)
    draft.flags = tuple(dict.fromkeys(noted))
    draft.problems = (*draft.problems, *noise.problems([line.text for line in framed.lines], draft.flags))
    return put_effects(draft)


def _number(head: Head, history: History | None, known: Known) -> tuple[own.OwnNumber | None, list[str]]:
    """The own number: of the header, the head, the title, else of the order that published it first; and flags."""
    found = [*candidates.of_numbers(known), *head.numbers]
    step = history.first("published") if history is not None else None
    if step is not None and step.orders and (order := docnumber.parse(step.orders[0])):
        found.append(own.OwnNumber(order, step.orders[0], "body", load("values")["confidence"]["order_of_note"]))
    return own.choose(found)


def _bodies_of_head(head: Head, number: own.OwnNumber | None, history: History | None) -> list[Issuers]:
    """The bodies of the red head, of an order's number, and of the first publication in the line of promulgation."""
    sure = load("values")["confidence"]
    found = []
    if head.red_head and (bodies := red_head_bodies(head.red_head)):
        found.append(Issuers(tuple(bodies), head.red_head, "body", sure["red_head"]))
    if number is not None and number.number is not None and number.number.kind == "order":
        one = issuers.from_value(number.number.code.removesuffix("令"), number.where, sure["order_issuer"])
        found.extend([one] if one is not None else [])
    step = (history.first("published") or history.first("enacted")) if history is not None else None
    if step is not None and step.bodies:
        found.append(Issuers(step.bodies, step.raw, "body", sure["order_of_note"]))
    return found


def _dates(framed: Framed, head: Head, end: Ending, known: Known, flags: list[str]) -> list[DateValue]:
    """All dates that the document and its page give."""
    sure = load("values")["confidence"]
    found = [*fields.dates_of(known.pairs, flags), *fields.hinted_dates(known.hints)]
    loose = [(raw, "header", sure["info_date"]) for raw in framed.loose]
    tag = metadata.value(known.meta, "date_published")
    tags: list[tuple[str, Where, float]] = [(tag, "meta", sure["meta_date"])] if tag else []
    for raw, where, confidence in [*tags, *loose]:
        if date := fields.read_date(raw) or fields.read_date(raw[:10]):
            found.append(DateValue("date_published", date, raw, "meta" if where == "meta" else "header", confidence))
    found += [
        DateValue("date_written" if one.bracketed else "date_published", one.date, one.raw, "header", sure["bare_date"])
        for one in head.dates
    ]
    if end.signature is not None:
        found.append(DateValue("date_written", end.signature.date, end.signature.raw, "signature", sure["signature"]))
    if end.printed is not None:
        found.append(DateValue("date_printed", end.printed.date, end.printed.raw, "print_line", sure["print_line"]))
    return [*found, *fields.dates_in_text([line.text for line in framed.lines[head.body :] if line.kind != "table"])]


def _decide_type(
    draft: Draft, lines: Sequence[Line], head: Head, end: Ending, number: DocNumber | None, known: Known
) -> None:
    """The record type, the fields that it alone has, citations and events."""
    title = str(draft.fields.get("title", ""))
    place = head.note
    if place is None and end.embedded is not None:
        place = kinds.promulgation_note(lines, end.embedded.lines.stop)
    note = lines[place].text if place is not None else None
    kind = kinds.decide(title, number_kind=number.kind if number else None, lines=lines[head.body :], note=note)
    draft.record_type = kind.record_type if kind.decided else known.hints.get("record_type", kind.record_type)
    draft.citations = citations.find(
        [block for block in draft.blocks if block.text != note],
        own_title=title,
        own_number=number.canonical if number else None,
        context=_ABOUT_OTHERS.get(draft.record_type),
    )
    if draft.record_type in _ABOUT_OTHERS:
        _drop_said_of_others(draft)
    outer = lines[head.body : end.embedded.lines.start if end.embedded is not None else len(lines)]
    special.put(
        draft,
        number=number,
        note=note,
        signed=end.signature,
        known=known,
        texts=[line.text for line in outer if line.kind != "table"],
    )
    draft.events = (*draft.events, *_repeals(known))


def _drop_said_of_others(draft: Draft) -> None:
    """Days of force that the text of an interpretation or a consultation tells: they are the other document's."""
    for name in ("date_effective", "date_expires"):
        reading = draft.readings.get(name)
        if reading is not None and reading.where == "body":
            del draft.fields[name], draft.readings[name]


def _repeals(known: Known) -> list[EventDraft]:
    """A day of repeal that the header gives."""
    found = [(pair.value, fields.read_date(pair.value)) for pair in known.pairs if pair.label.field == "date_repealed"]
    return [EventDraft("repealed", date.text, raw) for raw, date in found if date is not None]


def _put_text(draft: Draft, lines: Sequence[Line], head: Head, end: Ending) -> list[str]:
    """The blocks of the text: everything but title, number and dates of the head, and the end's own lines. Flags of what is missing."""
    out = head.taken | end.lines()
    kept: list[Line] = []
    titles_at: set[int] = set()
    for place, line in enumerate(lines):
        if end.embedded is not None and place in end.embedded.lines:
            if place == end.embedded.lines.start:
                if not same(end.embedded.title, str(draft.fields.get("title", ""))):
                    titles_at.add(len(kept))
                kept.append(Line(end.embedded.title, "heading", 1, page=line.page))
        elif place not in out:
            kept.append(line)
    draft.blocks = blocks_of(kept, frozenset(titles_at))
    flags = ["missing_attachment"] if any(not one.content_present for one in draft.attachments) else []
    size = sum(len(block.text) for block in draft.blocks)
    if size < SHORT_BODY:
        flags.append("short_body" if size else "empty_body")
    return flags


def _put_language(draft: Draft, flags: Sequence[str]) -> None:
    """Script and language tag (BCP 47). Simplified script is the mainland's; traditional script tells no region, unless Taiwan's terms do."""
    sample = (str(draft.fields.get("title", "")) + "".join(block.text for block in draft.blocks[:60]))[:SCRIPT_SAMPLE]
    if not any("\u4e00" <= char <= "\u9fff" for char in sample):
        return
    script = script_of(sample)
    draft.put("script", script, Reading("", "body", 0.9))
    language = (
        "zh"
        if script == "Zyyy"
        else "zh-Hans-CN"
        if script == "Hans"
        else "zh-Hant-TW"
        if "converted_terms" in flags
        else "zh-Hant"
    )
    draft.put("lang", language, Reading("", "body", 0.7))
