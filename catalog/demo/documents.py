"""Makes the documents of the municipal and the bureau's site from the chronicle: texts, header values, attachments, layouts, traps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from catalog.demo.attachments import docx_bytes, pdf_bytes
from catalog.demo.chronicle import Chronicle, Entry
from catalog.demo.city import Attachment, Citation, Document, Layout, Medium, Para
from catalog.demo.compose import Composer
from catalog.demo.dice import Dice
from catalog.demo.values import scores
from catalog.demo.vocabulary import bodies, credit_code, load
from catalog.demo.wording import writer

NEW_LOOK = 2021
SECOND_LOOK = 2016
FILES_ONLY: dict[str, Medium] = {
    "noise-1": "pdf",
    "hazard-1": "docx",
    "permit-0": "pdf",
    "vehicle-5": "docx",
    "oilfume-7": "pdf",
}
"""Documents that the bureau put on its list as bare files."""


def make_documents(chronicle: Chronicle) -> tuple[Document, ...]:
    """All documents, in order of time."""
    composer = Composer(chronicle)
    return tuple(_document(chronicle, composer, entry, place) for place, entry in enumerate(chronicle.entries.values()))


def _document(chronicle: Chronicle, composer: Composer, entry: Entry, place: int) -> Document:
    title, paras = _titled(entry, composer.text(entry))
    signed = any(para.kind == "date" for para in paras)
    office = bodies()["office"].name(entry.written)
    has_print_line = (
        bool(entry.number) and entry.site == "gov" and entry.form.record_type != "regulation" and not entry.step.request
    )
    medium = FILES_ONLY.get(entry.key, "html")
    layout = _layout(entry)
    return Document(
        key=entry.key,
        site=entry.site,
        form=entry.form.name,
        record_type=entry.form.record_type,
        kind=entry.form.kind,
        title=title,
        issuers=entry.issuers,
        publisher=office if entry.site == "gov" and entry.form.issuer != "lead" else entry.issuers[0],
        number=entry.number,
        index_number=_index_number(entry, layout, place) if _has_header(entry, layout, medium) else None,
        topic=_topic(entry) if _has_header(entry, layout, medium) else None,
        keywords=entry.subject.keywords,
        written=entry.written if signed else None,
        published=entry.published,
        effective=entry.effective,
        validity=composer.validity(entry) if entry.number else None,
        disclosure="on_request" if entry.step.request else "active",
        reason=load("forms")["on_request"]["reason"] if entry.step.request else None,
        basis=load("forms")["on_request"]["basis"] if entry.step.request else None,
        paras=paras,
        layout=layout,
        addressees=tuple(para.text.removesuffix("：") for para in paras if para.kind == "addressee")[:1],
        cc=tuple(load("city")["cc"]) if has_print_line else (),
        printed=entry.written + timedelta(days=Dice(f"{entry.key}/print").number(0, 1)) if has_print_line else None,
        medium=medium,
        attachments=_attachments(composer, entry) if medium == "html" else (),
        citations=_citations(chronicle, entry),
        traps=entry.step.traps,
    )


def _has_header(entry: Entry, layout: Layout, medium: Medium) -> bool:
    """Only the old pages give everything a header; the later ones give one to documents, none to what is written about them."""
    return medium == "html" and (layout == "2012" or entry.form.name not in {"interpret", "consult"})


def _topic(entry: Entry) -> str:
    """The printed category; the trap `relative` prints the class of number in its place."""
    return (entry.number or "").split("〔")[0] if "relative" in entry.step.traps else entry.subject.topic


def _titled(entry: Entry, paras: tuple[Para, ...]) -> tuple[str, tuple[Para, ...]]:
    """The title and text as printed: the trap `relative` leaves the city's name out of the title and signs with the date alone."""
    if "relative" not in entry.step.traps:
        return entry.title, paras
    title = entry.title.replace("云江市", "市", 1)
    kept = [
        replace(para, text=title) if para.text == entry.title else para for para in paras if para.kind != "signature"
    ]
    return title, tuple(kept)


def _layout(entry: Entry) -> Layout:
    if entry.published.year >= NEW_LOOK:
        return "2021"
    return "2012" if entry.published.year < SECOND_LOOK and entry.site == "gov" else "2016"


def _index_number(entry: Entry, layout: Layout, place: int) -> str:
    code = bodies()[_office(entry)].code
    serial = 200 + place * 7
    if "clock" in entry.step.traps:
        return f"{entry.published:%Y%m%d}-{entry.published:%H%M%S}-{serial % 1000:03}"
    if layout == "2012":
        return f"{code}/{entry.published.year}-{serial:05}"
    if layout == "2016":
        return f"{load('city')['region']}0000/{entry.published.year}-{serial:06}"
    return f"{credit_code('11990100' + code)}/{entry.published:%Y%m}-{serial:05}"


def _office(entry: Entry) -> str:
    day = entry.written
    return next(body.id for body in bodies().values() if body.name(day) == entry.issuers[0])


def _citations(chronicle: Chronicle, entry: Entry) -> tuple[Citation, ...]:
    found = []
    for link in entry.links:
        target = chronicle.entries[link.target]
        found.append(Citation(link.type, target.number, target.title, target.key))
    return tuple(found)


def _attachments(composer: Composer, entry: Entry) -> tuple[Attachment, ...]:
    values = {"name": entry.subject.name, "short": entry.name or ""}
    fill = writer(entry.key, "title", values, entry.written, entry.subject.lead).fill
    made = []
    for row in entry.form.attachments:
        title = fill(row["title"])
        paras = _enclosed(composer, entry, row["make"], title)
        content = docx_bytes(paras) if row["format"] == "docx" else pdf_bytes(paras)
        made.append(Attachment(title, f"{title}.{row['format']}", content))
    return tuple(made)


def _enclosed(composer: Composer, entry: Entry, make: str, title: str) -> list[Para]:
    """What an attachment says."""
    head = Para("title", title)
    if make == "scores":
        return [head, Para("table", "\n".join("\t".join(row) for row in scores(entry)))]
    if make == "contacts":
        return [head, Para("table", "\n".join(["成员单位\t主要职责", *_duties(entry)]))]
    if make == "cleanup":
        return [head, *(para for para in composer.text(entry) if para.kind == "table")]
    if make == "explain":
        scene = next(para for para in composer.text(entry) if para.text.startswith("为"))
        return [head, Para("heading", "一、起草背景"), scene, Para("heading", "二、主要内容"), *_brief(composer, entry)]
    return [
        head,
        *(
            Para("article", f"第{number}条　{text}")
            for number, (_, text) in zip("一二三四五六七八", composer.points(entry), strict=False)
        ),
    ]


def _brief(composer: Composer, entry: Entry) -> list[Para]:
    return [Para("paragraph", f"关于{heading}。{text}") for heading, text in composer.points(entry)]


def _duties(entry: Entry) -> list[str]:
    known = bodies()
    rows = [
        f"{known[entry.subject.lead].short(entry.written)}\t承担指挥部办公室日常工作，组织编制和修订预案，协调应急处置"
    ]
    rows += [
        f"{known[body].short(entry.written)}\t按照职责做好相关应急处置和保障工作" for body in entry.subject.partners
    ]
    return [*rows, *(f"{county}人民政府\t负责本辖区应急处置工作" for county in load("city")["counties"])]
