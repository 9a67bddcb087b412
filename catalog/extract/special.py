"""Fields that only one record type has: orders and notes of regulations, periods of consultations, what an interpretation interprets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from catalog.extract import consultation, kinds
from catalog.extract.citations import titles_in
from catalog.extract.data_files import load
from catalog.extract.history import read_history
from catalog.extract.known import Known
from catalog.extract.labels import Pair
from catalog.extract.lines import clean, fold, squeeze
from catalog.extract.signature import Signature
from catalog.model import dates
from catalog.model.docnumber import DocNumber
from catalog.model.draft import Citation, Draft, Reading

ORDER_LINES = 8
"""Lines of an order in which it says who adopted the regulation."""
STANDARD = "gazette_standard"
"""规章制定程序条例 art. 31: the text that the gazette prints is the standard text."""
PRINTED = 0.7
"""How sure it is that a gazette's page has the printed text; less than that a text was recognised."""
_ISSUE = re.compile(
    r"(?P<gazette>.*?公报)\(?(?P<year>\d{4})?年?\)?第?(?P<number>\d{1,3})[期号](?:\(?总第(?P<running>\d{1,5})[期号]\)?)?"
)
_ADOPTED = re.compile(r"^(?:经)?(?:由)?(?P<meeting>[^,。;]{0,60}?)(?:审议|讨论|修订)?(?:通过|批准|同意)")
_YEAR = re.compile(r"(\d{4})年")


def put(
    draft: Draft,
    *,
    number: DocNumber | None,
    note: str | None,
    signed: Signature | None,
    known: Known,
    texts: Sequence[str],
) -> None:
    """Put the fields of the draft's own type. `texts` are the lines of the outer document, `note` its line of promulgation."""
    if draft.record_type == "regulation":
        put_regulation(draft, number=number, note=note, signed=signed, pairs=known.pairs, texts=texts)
    elif draft.record_type == "consultation":
        put_period_of_header(draft, known.pairs)
        put_consultation(draft, texts)
    elif draft.record_type == "interpretation":
        put_interpretation(draft, draft.citations)
    elif draft.record_type in ("gazette_issue", "gazette_article"):
        put_gazette(draft, known.pairs, known.hints.get("text_authority"))
    elif draft.record_type == "annual_report":
        put_annual_report(draft)
    drop_foreign(draft)


def put_regulation(
    draft: Draft,
    *,
    number: DocNumber | None,
    note: str | None,
    signed: Signature | None,
    pairs: Sequence[Pair],
    texts: Sequence[str],
) -> None:
    """Order number, line of promulgation with its events, adoption, signer, register number, kind of instrument."""
    signer = signed.signer if signed is not None else None
    if number is not None and number.kind == "order":
        draft.put("order_number", number.canonical, draft.readings["doc_number"])
    if signer:
        draft.put("signed_by", signer, Reading(signer, "signature", load("values")["confidence"]["signature"]))
    for pair in pairs:
        if pair.label.field in ("filing_number", "signed_by"):
            draft.put(str(pair.label.field), clean(pair.value), Reading(pair.value, "header", pair.label.confidence))
    if note:
        _put_note(draft, note)
    _put_adoption(draft, texts)
    if signed is not None and "order_number" in draft.fields:
        draft.put("date_promulgated", signed.date.text, Reading(signed.raw, "signature", 0.8))
    issuer = (draft.fields.get("issuing_body") or [""])[0]
    places = {
        "title": draft.fields.get("title", ""),
        "issuer": issuer,
        "order": draft.fields.get("order_number", ""),
        "path": "",
    }
    for rule in load("history")["instrument_kinds"]:
        if places[rule["place"]] and re.search(rule["pattern"], fold(places[rule["place"]])):
            draft.put("instrument_kind", rule["kind"], Reading(places[rule["place"]], "title", 0.7))
            break


def put_consultation(draft: Draft, texts: Sequence[str]) -> None:
    """The period, the channels, and the public that is asked where no addressees are printed."""
    year = str(draft.fields.get("date_written") or draft.fields.get("date_published") or "")[:4]
    found = consultation.read(texts, year=int(year) if year.isdigit() else None)
    reading = Reading(found.raw, "body", 0.85)
    if found.start:
        draft.put("comment_start", found.start, reading)
    if found.end:
        draft.put("comment_end", found.end, reading)
    if found.channels:
        draft.put("comment_channels", found.channels, Reading("；".join(found.channels.values()), "body", 0.85))
    if found.public and "addressees" not in draft.fields:
        draft.put("addressees", [found.public], Reading(found.public_raw, "body", 0.5))


def put_period_of_header(draft: Draft, pairs: Sequence[Pair]) -> None:
    """A period that the header gives (征集时间：2021-01-01 至 2021-01-31) is surer than one read from sentences."""
    for pair in pairs:
        if pair.label.field == "comment_period_text":
            found = consultation.read([f"征求意见时间：{pair.value}"], year=None)
            for name, value in (("comment_start", found.start), ("comment_end", found.end)):
                if value:
                    draft.put(name, value, Reading(pair.value, "header", pair.label.confidence))


def put_interpretation(draft: Draft, citations: Sequence[Citation]) -> None:
    """What is interpreted, and in which form."""
    title = str(draft.fields.get("title", ""))
    names = titles_in(title) or [one.title for one in citations if one.type == "interprets" and one.title]
    if names:
        draft.put("interprets", names[0], Reading(title, "title", 0.85))
    draft.put("form", kinds.interpretation_form(title), Reading(title, "title", 0.7))


def put_gazette(draft: Draft, pairs: Sequence[Pair], authority: str | None = None) -> None:
    """Gazette, year and numbers of an issue by its title; the issue of an article by its header, and that its text is the standard one
    unless the source says another `authority`.
    """
    title = str(draft.fields.get("title", ""))
    if draft.record_type == "gazette_issue":
        _put_issue(draft, title, Reading(title, "title", 0.9))
    elif draft.record_type == "gazette_article":
        for pair in pairs:
            if pair.label.field == "gazette_text":
                reading = Reading(pair.value, "header", pair.label.confidence)
                draft.put("issue", clean(pair.value), reading)
                if match := _ISSUE.search(squeeze(fold(pair.value))):
                    draft.put("gazette", match["gazette"], reading)
        put_standard(draft, authority)


def put_standard(draft: Draft, told: str | None = None) -> None:
    """That the text of a gazette's own page is the standard text, where nothing but the site's address says what it is. What the source says
    of its texts (`told`) stays, and a recognised text is none that anybody has proofread.
    """
    held = draft.readings.get("text_authority")
    if not draft.blocks or ("text_authority" in draft.fields and (held is None or held.where != "url")):
        return
    raw = str(draft.fields.get("issue") or draft.fields.get("gazette") or draft.fields.get("title") or "")
    draft.fields["text_authority"] = told or STANDARD
    draft.readings["text_authority"] = Reading(told or raw, "source", PRINTED)


def put_annual_report(draft: Draft) -> None:
    """The year that a report is of."""
    title = str(draft.fields.get("title", ""))
    if match := _YEAR.search(fold(squeeze(title))):
        draft.put("year", int(match[1]), Reading(title, "title", 0.9))


def drop_foreign(draft: Draft) -> None:
    """Take out fields that the draft's type does not have."""
    without: Mapping[str, Sequence[str]] = load("record_types")["without"]
    for name in without.get(draft.record_type, ()):
        draft.fields.pop(name, None)
        draft.readings.pop(name, None)


def _put_adoption(draft: Draft, texts: Sequence[str]) -> None:
    """The day and the meeting that adopted a regulation, as its order says: 已经2018年11月6日市人民政府第35次常务会议通过."""
    for text in texts[:ORDER_LINES]:
        for found in dates.find_all(text):
            match = _ADOPTED.match(fold(text[found.end :]))
            if match is not None and found.date.precision == "day":
                reading = Reading(clean(text[found.start : found.end + match.end()]), "body", 0.9)
                draft.put("date_adopted", found.date.text, reading)
                meeting = clean(text[found.end + match.start("meeting") : found.end + match.end("meeting")])
                if meeting:
                    draft.put("meeting", meeting, reading)
                return


def _put_note(draft: Draft, note: str) -> None:
    inner = note.strip().strip("（）()")
    reading = Reading(note, "body", 0.9)
    draft.put("promulgation_note", note, reading)
    history = read_history([inner])
    draft.events = (*draft.events, *history.events())
    for kind, name in (("enacted", "date_adopted"), ("published", "date_promulgated"), ("effective", "date_effective")):
        step = history.first(kind)
        if step is not None and step.date:
            draft.put(name, step.date, reading)


def _put_issue(draft: Draft, title: str, reading: Reading) -> None:
    match = _ISSUE.search(squeeze(fold(title)))
    if match is None:
        return
    draft.put("gazette", match["gazette"], reading)
    draft.put("number_in_year", match["number"], reading)
    if match["year"]:
        draft.put("year", int(match["year"]), reading)
    if match["running"]:
        draft.put("running_number", match["running"], reading)
