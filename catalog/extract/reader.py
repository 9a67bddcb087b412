"""The general reader: the lines of a document, whatever file they came from, become a draft with fields, readings, blocks and citations.

Each step is a module of its own: the frame comes off (`frame`), the head is read (`head`), candidates from header, meta tags and source are
weighed (`candidates`, `own`, `issuers`, `titles`), the end is read (`signature`, `tail`, `attachments`), the type is decided (`kinds`) and its
own fields are put (`special`). Nothing is guessed: what contradicts itself becomes a flag, what is not there stays absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from catalog.extract import attachments, candidates, citations, embedded, fields, issuers, kinds, own, signature, special, tail, titles
from catalog.extract import meta as metadata
from catalog.extract.addressees import divide
from catalog.extract.attachments import Named
from catalog.extract.data_files import load
from catalog.extract.embedded import Embedded
from catalog.extract.fields import DateValue
from catalog.extract.frame import Framed, take_frame_off
from catalog.extract.history import History, read_history
from catalog.extract.head import Head, read_head, red_head_bodies
from catalog.extract.issuers import Issuers
from catalog.extract.labels import Pair, label_of
from catalog.extract.lines import Line, Link, clean
from catalog.extract.notes import responsible_units
from catalog.extract.outline import blocks_of
from catalog.extract.signature import Signature
from catalog.extract.tail import Copies, DisclosureLine, PrintLine
from catalog.extract.titles import Title
from catalog.model import docnumber, organisations
from catalog.model import titles as model_titles
from catalog.model.docnumber import DocNumber
from catalog.model.draft import Draft, EventDraft, Problem, Reading, Where
from catalog.model.script import script_of

__all__ = ["Line", "Link", "read_lines"]

SHORT_BODY = 40
"""A text with fewer characters than this is flagged `short_body`."""
SCRIPT_SAMPLE = 6_000
"""Characters by which the script is told."""
_ABOUT_OTHERS = {"consultation": "consults_on", "interpretation": "interprets"}


@dataclass(frozen=True, slots=True)
class _End:
    """What stands at a text's end."""

    signature: Signature | None
    disclosure: DisclosureLine | None
    copies: Copies | None
    printed: PrintLine | None
    embedded: Embedded | None


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
    tags, known = meta or {}, hints or {}
    framed = take_frame_off(lines)
    given = [Pair(label, name, clean(value)) for name, value, _ in pairs if (label := label_of(name)) is not None]
    header = candidates.filled([*given, *framed.pairs])
    head = read_head(framed.lines, candidates.of_titles(header, tags, known, page_titles))
    title = head.title
    noted = [*framed.flags, *flags, *head.flags]
    history = read_history([framed.lines[head.note].text.strip("（）() ")]) if head.note is not None else None
    number = _number(head, history, header, tags, known, noted)
    bodies = candidates.of_issuers(header, title.text if title else None, tags, known) + _issuers_of_head(head, number, history)
    named = attachments.find(framed.lines, links, body_start=head.body)
    end = _read_end(framed.lines, head, named, [name for one in bodies if one.confidence >= 0.8 for name in one.bodies])
    draft = Draft(load("record_types")["default"])
    _put_title(draft, title, head)
    if number is not None and number.number is not None:
        draft.put("doc_number", fields.number_parts(number.number), Reading(number.raw, number.where, number.confidence))
    _put_bodies(draft, bodies, end.signature, header, tags, known, noted)
    _put_other_titles(draft, head)
    fields.put_pairs(draft, header, noted)
    fields.put_dates(draft, _dates(framed, header, head, end, tags, known, noted), noted)
    _put_end(draft, framed.lines, head, end)
    _put_place(draft, tags, url)
    fields.put_hints(draft, known)
    _finish(draft, framed, head, end, named, number.number if number else None, header, known, noted)
    return draft


def _number(
    head: Head,
    history: History | None,
    header: Sequence[Pair],
    meta: Mapping[str, str],
    hints: Mapping[str, str],
    flags: list[str],
) -> own.OwnNumber | None:
    """The own number: of the header, the head, the title, else of the order that published it first."""
    found = [*candidates.of_numbers(header, meta, hints), *head.numbers]
    step = history.first("published") if history is not None else None
    if step is not None and step.orders and (order := docnumber.parse(step.orders[0])):
        found.append(own.OwnNumber(order, step.orders[0], "body", load("values")["confidence"]["order_of_note"]))
    number, noted = own.choose(found)
    flags.extend(noted)
    return number


def _issuers_of_head(head: Head, number: own.OwnNumber | None, history: History | None) -> list[Issuers]:
    """The bodies of the red head, of an order's number, and of the first publication in the line of promulgation."""
    sure = load("values")["confidence"]
    found = []
    if head.red_head and (bodies := red_head_bodies(head.red_head)):
        found.append(Issuers(tuple(bodies), head.red_head, "body", sure["red_head"]))
    if number is not None and number.number is not None and number.number.kind == "order":
        one = issuers.from_value(number.number.code.removesuffix("令"), number.where, sure["order_issuer"])
        if one is not None and len(one.raw) > 2:
            found.append(one)
    step = (history.first("published") or history.first("enacted")) if history is not None else None
    if step is not None and step.bodies:
        found.append(Issuers(step.bodies, step.raw, "body", sure["order_of_note"]))
    return found


def _read_end(lines: Sequence[Line], head: Head, named: Named, names: Sequence[str]) -> _End:
    disclosure = tail.disclosure_line(lines, head.body)
    copied = tail.copies(lines, head.body)
    printed = tail.print_line(lines, head.body)
    places = [one.at for one in (disclosure, printed) if one] + ([copied.lines.start] if copied else [])
    stop = min((place for place in places if place > head.body), default=len(lines))
    blocks = signature.find_signatures(lines, head.body)
    signed = signature.choose(blocks, names, range(head.body, stop))
    after = signed.lines.stop if signed is not None else None
    last = min([*([copied.lines.start] if copied else []), *([printed.at] if printed else [])], default=len(lines))
    inner = _embedded(lines[: max(last, after or 0)], head, named, after)
    return _End(signed, disclosure, copied, printed, inner)


def _embedded(lines: Sequence[Line], head: Head, named: Named, after: int | None) -> Embedded | None:
    """The embedded document. What an order publishes is the document itself, and an annex that follows on the page is an attachment."""
    title = head.title.text if head.title else ""
    inner = embedded.find(lines, outer_title=title, start=after or head.body, after_signature=after)
    if inner is None and title and not head.title_found:
        inner = embedded.find(lines, outer_title=f"《{title}》", start=after or head.body, after_signature=None)
    if inner is not None and not inner.named and any(titles.same(inner.title, one.title) for one in named.attachments):
        return None
    return inner


def _put_title(draft: Draft, title: Title | None, head: Head) -> None:
    if title is None:
        message = (
            "no title was found in the meta tags, the header, the headings or the first lines of the text; "
            "name it in the source's map or list page (`title`), or load the document by hand"
        )
        draft.problems = (*draft.problems, Problem("error", "no_title", message, "title"))
        return
    draft.put("title", title.text, Reading(title.raw, title.where, title.confidence))
    if title.raw != title.text:
        draft.put("title_raw", title.raw, Reading(title.raw, title.where, title.confidence))
    short = model_titles.short_title(title.text)
    if short != title.text:
        draft.put("short_title", short, Reading(title.text, "title", 0.8))
    kind = model_titles.kind_of(title.text)
    if kind is not None:
        draft.put("document_kind", kind, Reading(title.text, "title", 0.8))


def _put_other_titles(draft: Draft, head: Head) -> None:
    """Other titles that the page gives, and the title with its issuer's whole name where it is printed without the region."""
    names = [one for one in head.others if one.confidence >= 0.8]
    reading = Reading(names[0].raw, names[0].where, names[0].confidence) if names else Reading("", "title", 0.8)
    others = list(dict.fromkeys(one.text for one in names))
    title, bodies = str(draft.fields.get("title", "")), draft.fields.get("issuing_body") or []
    printed = organisations.issuers_from_title(title)
    if len(printed) == 1 and len(bodies) == 1 and printed[0] != bodies[0] and bodies[0].endswith(printed[0]) and title.startswith(printed[0]):
        others.append(bodies[0] + title.removeprefix(printed[0]))
    if others:
        draft.put("alt_titles", others, reading)


def _put_bodies(
    draft: Draft,
    bodies: Sequence[Issuers],
    signed: Signature | None,
    header: Sequence[Pair],
    meta: Mapping[str, str],
    hints: Mapping[str, str],
    flags: list[str],
) -> None:
    """Issuing bodies, their level, and who published."""
    context = candidates.context(header, meta, hints)
    found = list(bodies)
    if signed is not None and signed.bodies:
        sure = load("values")["confidence"]["signature"]
        found.append(Issuers(signed.bodies, " ".join(signed.bodies), "signature", sure))
    issuer, noted = issuers.choose(found, context)
    flags.extend(noted)
    if issuer is not None:
        reading = Reading(issuer.raw, issuer.where, issuer.confidence)
        draft.put("issuing_body", list(issuer.bodies), reading)
        level = organisations.level_of(issuer.bodies[0])
        if level is not None:
            draft.put("level", level, reading)
        context["issuing_body"] = issuer.bodies[0]
    publisher = candidates.of_publisher(header, meta, hints)
    if publisher is not None:
        name = organisations.complete(publisher.bodies[0], context=context)
        draft.put("publisher", name, Reading(publisher.raw, publisher.where, publisher.confidence))


def _dates(
    framed: Framed,
    header: Sequence[Pair],
    head: Head,
    end: _End,
    meta: Mapping[str, str],
    hints: Mapping[str, str],
    flags: list[str],
) -> list[DateValue]:
    """All dates that the document and its page give."""
    sure = load("values")["confidence"]
    found = [*fields.dates_of(header, flags), *fields.hinted_dates(hints)]
    if (tag := metadata.value(meta, "date_published")) and (date := fields.read_date(tag[:19].rstrip("-: "))):
        found.append(DateValue("date_published", date, tag, "meta", sure["meta_date"]))
    for loose in framed.loose:
        if date := fields.read_date(loose):
            found.append(DateValue("date_published", date, loose, "header", sure["info_date"]))
    for one in head.dates:
        name = "date_written" if one.bracketed else "date_published"
        found.append(DateValue(name, one.date, one.raw, "header", sure["bare_date"]))
    if end.signature is not None:
        found.append(DateValue("date_written", end.signature.date, end.signature.raw, "signature", sure["signature"]))
    if end.printed is not None:
        found.append(DateValue("date_printed", end.printed.date, end.printed.raw, "print_line", 0.95))
    return [*found, *fields.dates_in_text([line.text for line in framed.lines[head.body :] if line.kind != "table"])]


def _put_end(draft: Draft, lines: Sequence[Line], head: Head, end: _End) -> None:
    """Addressees, copies, print line, disclosure, the embedded document, responsible units."""
    if head.addressees is not None:
        line = lines[head.addressees].text
        draft.put("addressees", divide(line), Reading(line, "body", 0.9))
    if end.copies is not None:
        draft.put("cc", list(end.copies.bodies), Reading(end.copies.raw, "body", 0.9))
    if end.printed is not None and end.printed.body:
        draft.put("print_body", end.printed.body, Reading(end.printed.raw, "print_line", 0.9))
    if end.disclosure is not None:
        sure = load("values")["confidence"]["disclosure_line"]
        draft.put("disclosure", end.disclosure.concept, Reading(end.disclosure.raw, "body", sure))
    if "disclosure" not in draft.fields:
        draft.put("disclosure", "unknown", Reading("", "body", 0.0))
    if end.embedded is not None and not titles.same(end.embedded.title, str(draft.fields.get("title", ""))):
        draft.put("embedded_document", end.embedded.title, Reading(end.embedded.title, "body", 0.9 if end.embedded.named else 0.6))
    units, raw = responsible_units(line.text for line in lines[head.body :] if line.kind != "table")
    if units:
        draft.put("responsible_units", units, Reading(raw, "body", 0.8))


def _put_place(draft: Draft, meta: Mapping[str, str], url: str | None) -> None:
    """The site: its name, its code with the region in it, and that an official site's text is an official one."""
    if site := metadata.value(meta, "site"):
        draft.put("source_site", site, Reading(site, "meta", 0.8))
    code = metadata.value(meta, "site_id") or ""
    if code:
        draft.put("site_id_code", code, Reading(code, "meta", 0.8))
    if len(code) == 10 and code.isdigit():
        draft.put("region", code[:6], Reading(code, "meta", 0.7))
    host = (urlsplit(url).hostname or "") if url else ""
    if host.endswith(".gov.cn") or host == "gov.cn":
        draft.put("text_authority", "official_web", Reading(host, "url", 0.8))


def _finish(
    draft: Draft,
    framed: Framed,
    head: Head,
    end: _End,
    named: Named,
    number: DocNumber | None,
    header: Sequence[Pair],
    hints: Mapping[str, str],
    flags: list[str],
) -> None:
    """Type, text, citations, attachments, and what is to be told of the document's quality."""
    lines = framed.lines
    title = str(draft.fields.get("title", ""))
    note_place = head.note if head.note is not None else _note_of_embedded(lines, end)
    note = lines[note_place].text if note_place is not None else None
    kind = kinds.decide(title, number_kind=number.kind if number else None, lines=lines[head.body :], note=note)
    draft.record_type = kind.record_type if kind.decided else hints.get("record_type", kind.record_type)
    texts = [line.text for place, line in enumerate(lines) if place >= head.body and place != note_place]
    draft.citations = citations.find(
        texts, own_title=title, own_number=number.canonical if number else None, context=_ABOUT_OTHERS.get(draft.record_type)
    )
    draft.attachments = named.attachments
    if any(not one.content_present for one in named.attachments):
        flags.append("missing_attachment")
    if draft.record_type in _ABOUT_OTHERS:
        _drop_said_of_others(draft)
    _put_special(draft, lines, head, end, note, number, header)
    draft.events = (*draft.events, *_repeals(header))
    _put_text(draft, lines, head, end, flags)
    draft.flags = tuple(dict.fromkeys(flags))


def _drop_said_of_others(draft: Draft) -> None:
    """Days of force that the text of an interpretation or a consultation tells: they are the other document's."""
    for name in ("date_effective", "date_expires"):
        reading = draft.readings.get(name)
        if reading is not None and reading.where == "body":
            del draft.fields[name], draft.readings[name]


def _put_special(
    draft: Draft, lines: Sequence[Line], head: Head, end: _End, note: str | None, number: DocNumber | None, header: Sequence[Pair]
) -> None:
    """The fields of the draft's own type."""
    outer = lines[head.body : end.embedded.lines.start if end.embedded is not None else len(lines)]
    if draft.record_type == "regulation":
        texts = [line.text for line in lines[head.body :][: special.ORDER_LINES]]
        special.put_regulation(draft, number=number, note=note, signed=end.signature, pairs=header, texts=texts)
    elif draft.record_type == "consultation":
        special.put_period_of_header(draft, header)
        special.put_consultation(draft, [line.text for line in outer if line.kind != "table"])
    elif draft.record_type == "interpretation":
        special.put_interpretation(draft, draft.citations)
    elif draft.record_type in ("gazette_issue", "gazette_article"):
        special.put_gazette(draft, header)
    elif draft.record_type == "annual_report":
        special.put_annual_report(draft)
    special.drop_foreign(draft)


def _note_of_embedded(lines: Sequence[Line], end: _End) -> int | None:
    return kinds.promulgation_note(lines, end.embedded.lines.stop) if end.embedded is not None else None


def _repeals(header: Sequence[Pair]) -> list[EventDraft]:
    """A day of repeal that the header gives."""
    found = [(pair.value, fields.read_date(pair.value)) for pair in header if pair.label.field == "date_repealed"]
    return [EventDraft("repealed", date.text, raw) for raw, date in found if date is not None]


def _put_text(draft: Draft, lines: Sequence[Line], head: Head, end: _End, flags: list[str]) -> None:
    """The blocks of the text: everything but title, number and dates of the head, and the end's own lines; script and language."""
    out = set(head.taken)
    out.update(one.at for one in (end.disclosure, end.printed) if one is not None)
    if end.copies is not None:
        out.update(end.copies.lines)
    kept: list[Line] = []
    titles_at: set[int] = set()
    for place, line in enumerate(lines):
        if end.embedded is not None and place in end.embedded.lines:
            if place == end.embedded.lines.start:
                titles_at.add(len(kept))
                kept.append(Line(end.embedded.title, "heading", 1))
        elif place not in out:
            kept.append(line)
    draft.blocks = blocks_of(kept, frozenset(titles_at))
    size = sum(len(block.text) for block in draft.blocks)
    if size < SHORT_BODY:
        flags.append("short_body" if size else "empty_body")
    sample = (str(draft.fields.get("title", "")) + "".join(block.text for block in draft.blocks[:60]))[:SCRIPT_SAMPLE]
    script = script_of(sample)
    if any("\u4e00" <= char <= "\u9fff" for char in sample):
        draft.put("script", script, Reading("", "body", 0.9))
        draft.put("lang", _language(script, flags), Reading("", "body", 0.7))


def _language(script: str, flags: Sequence[str]) -> str:
    """The language tag (BCP 47). Simplified script is the mainland's; traditional script tells no region, unless Taiwan's terms do."""
    if script == "Hans":
        return "zh-Hans-CN"
    return "zh" if script == "Zyyy" else "zh-Hant-TW" if "converted_terms" in flags else "zh-Hant"
