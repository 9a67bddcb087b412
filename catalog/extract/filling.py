"""Puts what was read of a document's head and end into its draft: titles, bodies, addressees, disclosure, the site."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from catalog.extract import candidates, issuers
from catalog.extract import meta as metadata
from catalog.extract.addressees import divide
from catalog.extract.data_files import load
from catalog.extract.ending import Ending
from catalog.extract.head import Head
from catalog.extract.issuers import Issuers
from catalog.extract.known import Known
from catalog.extract.lines import Line
from catalog.extract.notes import responsible_units
from catalog.extract.signature import Signature
from catalog.extract.titles import Title, same
from catalog.model import damage, organisations
from catalog.model import titles as model_titles
from catalog.model.draft import Draft, Problem, Reading

SURE = 0.8
"""A candidate of this confidence counts as evidence against or beside the one that is taken."""
NO_TITLE = (
    "no title was found in the meta tags, the header, the headings or the first lines of the text; "
    "name it in the source's map or list page (`title`), or load the document by hand"
)
_SITE_CODE = 10
"""Characters of the code of a local site: region code and four digits (国办发〔2017〕47号)."""


def put_title(draft: Draft, title: Title | None) -> None:
    """The title, its short form and the kind of document that it names; without one, the error `no_title`."""
    if title is None:
        draft.problems = (*draft.problems, Problem("error", "no_title", NO_TITLE, "title"))
        return
    draft.put("title", title.text, Reading(title.raw, title.where, title.confidence))
    if title.raw != title.text:
        draft.put("title_raw", title.raw, Reading(title.raw, title.where, title.confidence))
    derived = Reading(title.text, "title", load("values")["confidence"]["derived_title"])
    short = model_titles.short_title(damage.clean_reading(title.text, suspected=False) or title.text)
    if short != title.text:
        draft.put("short_title", short, derived)
    kind = model_titles.kind_of(title.text)
    if kind is not None:
        draft.put("document_kind", kind, derived)


def put_other_titles(draft: Draft, head: Head) -> None:
    """Other titles that the page gives, and the title with its issuer's whole name where it is printed without the region."""
    names = [one for one in head.others if one.confidence >= SURE]
    derived = load("values")["confidence"]["derived_title"]
    reading = Reading(names[0].raw, names[0].where, names[0].confidence) if names else Reading("", "title", derived)
    others = list(dict.fromkeys(one.text for one in names))
    title, bodies = str(draft.fields.get("title", "")), draft.fields.get("issuing_body") or []
    printed = organisations.issuers_from_title(title)
    if (
        len(printed) == len(bodies) == 1
        and printed != bodies
        and bodies[0].endswith(printed[0])
        and title.startswith(printed[0])
    ):
        others.append(bodies[0] + title.removeprefix(printed[0]))
    if clear := damage.clean_reading(title, suspected=False):
        others.append(clear)
    if others:
        draft.put("alt_titles", others, reading)


def put_bodies(draft: Draft, found: Sequence[Issuers], signed: Signature | None, known: Known) -> list[str]:
    """Issuing bodies with their level, and who published; quality flags of what does not fit together."""
    names = list(found)
    if signed is not None and signed.bodies:
        names.append(
            Issuers(signed.bodies, " ".join(signed.bodies), "signature", load("values")["confidence"]["signature"])
        )
    context = candidates.context(known)
    issuer, flags = issuers.choose(names, context)
    if issuer is not None:
        reading = Reading(issuer.raw, issuer.where, issuer.confidence)
        draft.put("issuing_body", list(issuer.bodies), reading)
        level = organisations.level_of(issuer.bodies[0])
        if level is not None:
            draft.put("level", level, reading)
        context["issuing_body"] = issuer.bodies[0]
    publisher = candidates.of_publisher(known)
    if publisher is not None:
        name = organisations.complete(publisher.bodies[0], context=context)
        draft.put("publisher", name, Reading(publisher.raw, publisher.where, publisher.confidence))
    return flags


def put_ending(draft: Draft, lines: Sequence[Line], head: Head, end: Ending) -> None:
    """Addressees, copies, print line, disclosure, the embedded document, responsible units."""
    sure = load("values")["confidence"]
    if head.addressees is not None:
        line = lines[head.addressees].text
        draft.put("addressees", divide(line), Reading(line, "body", sure["addressees"]))
    if end.copies is not None:
        draft.put("cc", list(end.copies.bodies), Reading(end.copies.raw, "body", sure["copies"]))
    if end.printed is not None and end.printed.body:
        draft.put("print_body", end.printed.body, Reading(end.printed.raw, "print_line", sure["print_line"]))
    if end.disclosure is not None:
        draft.put("disclosure", end.disclosure.concept, Reading(end.disclosure.raw, "body", sure["disclosure_line"]))
    if "disclosure" not in draft.fields:
        draft.put("disclosure", "unknown", Reading("", "body", 0.0))
    inner = end.embedded
    if inner is not None and not same(inner.title, str(draft.fields.get("title", ""))):
        reading = Reading(inner.title, "body", sure["named_embedded" if inner.named else "embedded"])
        draft.put("embedded_document", inner.title, reading)
    units, raw = responsible_units(line.text for line in lines[head.body :] if line.kind != "table")
    if units:
        draft.put("responsible_units", units, Reading(raw, "body", sure["responsible_units"]))


def put_site(draft: Draft, known: Known, url: str | None) -> None:
    """The site: its name, its code with the region in it, and that an official site's text is an official one."""
    sure = load("values")["confidence"]
    if site := metadata.value(known.meta, "site"):
        draft.put("source_site", site, Reading(site, "meta", sure["site"]))
    code = metadata.value(known.meta, "site_id") or ""
    if code:
        draft.put("site_id_code", code, Reading(code, "meta", sure["site"]))
    if len(code) == _SITE_CODE and code.isdigit():
        draft.put("region", code[:6], Reading(code, "meta", sure["region_of_site"]))
    host = _host(url)
    if host.endswith(".gov.cn") or host == "gov.cn":
        draft.put("text_authority", "official_web", Reading(host, "url", sure["site"]))


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:  # an address that cannot be read names no site
        return ""
