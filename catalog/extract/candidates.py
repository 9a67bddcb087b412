"""What header, meta tags, page and source say of a document's fields, as candidates; the values are checked where they are put."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from catalog.extract import meta as metadata
from catalog.extract import titles
from catalog.extract.data_files import load
from catalog.extract.issuers import Issuers, from_title, from_value
from catalog.extract.known import Known
from catalog.extract.labels import Pair
from catalog.extract.lines import clean, fold, squeeze
from catalog.extract.own import OwnNumber, from_header
from catalog.extract.titles import Title
from catalog.model.draft import Where
from catalog.model.organisations import region_chain


def filled(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """The pairs that have a field and a value."""
    return tuple(pair for pair in pairs if pair.label.field and not is_empty(pair.value))


def is_empty(value: str) -> bool:
    """Whether a printed value says nothing (无, --, /)."""
    tight = squeeze(fold(value))
    return not tight or tight in _empty()


def of_titles(known: Known, page: Sequence[Title]) -> list[Title]:
    """Titles from the header, the meta tags, the page's own head (`page`: h1 and `<title>`, already tidied) and the source."""
    sure = load("values")["confidence"]
    found = [_title(pair.value, "header", pair.label.confidence) for pair in known.pairs if pair.label.field == "title"]
    if tag := metadata.value(known.meta, "title"):
        text = titles.tidy_page_title(tag, metadata.site_names(known.meta)) or tag
        found.append(_title(text, "meta", sure["meta_title"]))
    found.extend(page)
    if hint := known.hints.get("title"):
        found.append(_title(hint, "list", sure["hint"]))
    return [one for one in found if one.text and not titles.is_furniture(one.text) and not _is_site(one.text, known)]


def of_numbers(known: Known) -> list[OwnNumber]:
    """Numbers from the header, the meta tags and the source."""
    sure = load("values")["confidence"]
    found = [from_header(pair.value, pair.label.confidence) for pair in known.pairs if pair.label.field == "doc_number"]
    places: tuple[tuple[str | None, Where, float], ...] = (
        (metadata.value(known.meta, "doc_number"), "meta", sure["meta_number"]),
        (known.hints.get("doc_number"), "list", sure["hint"]),
    )
    for raw, where, confidence in places:
        one = from_header(raw, confidence) if raw else None
        if one is not None and one.number is not None:
            found.append(OwnNumber(one.number, one.raw, where, confidence))
    return [one for one in found if one is not None]


def of_issuers(known: Known, title: str | None) -> list[Issuers]:
    """Issuing bodies from the header, the title, who published it, and the source."""
    sure = load("values")["confidence"]
    places: list[tuple[str | None, Where, float]] = []
    for pair in known.pairs:
        if pair.label.field == "issuing_body":
            places.append((pair.value, "header", pair.label.confidence))
        elif pair.label.field == "publisher":
            places.append((pair.value, "header", sure["publisher_as_issuer"] - 0.01 * pair.label.rank))
        elif pair.label.field == "source_text":
            places.append((pair.value, "header", sure["source_as_issuer"]))
    places.append((metadata.value(known.meta, "source"), "meta", sure["source_as_issuer"] - 0.02))
    places.append((known.hints.get("issuing_body"), "list", sure["hint"]))
    places.append((known.hints.get("publisher"), "source", sure["source_as_issuer"] - 0.05))
    found = [from_value(raw, where, confidence) for raw, where, confidence in places if raw]
    found.append(from_title(title, sure["title_issuer"]) if title else None)
    return [one for one in found if one is not None]


def of_publisher(known: Known) -> Issuers | None:
    """Who put the document on the web: the header's label, the source that it names, the site, the source's own constants."""
    sure = load("values")["confidence"]
    places: list[tuple[str | None, Where, float]] = [
        (
            pair.value,
            "header",
            pair.label.confidence if pair.label.field == "publisher" else sure["source_as_publisher"],
        )
        for pair in known.pairs
        if pair.label.field in ("publisher", "source_text")
    ]
    places.append((metadata.value(known.meta, "source"), "meta", sure["meta_publisher"]))
    places.append((_site_body(metadata.value(known.meta, "site")), "meta", sure["site_as_publisher"]))
    places.append((known.hints.get("publisher"), "source", sure["hint"]))
    found = [one for raw, where, confidence in places if raw and (one := from_value(raw, where, confidence))]
    return max(found, key=lambda one: one.confidence, default=None)


def context(known: Known) -> dict[str, str | None]:
    """Names in which the region of a name that leaves it out may stand, for `organisations.complete`."""
    named = [pair.value for pair in known.pairs if pair.label.field in ("publisher", "issuing_body")]
    published = next((name for name in named if region_chain(name)), named[0] if named else None)
    return {
        "region": known.hints.get("region"),
        "publisher": published or known.hints.get("publisher"),
        "site": metadata.value(known.meta, "site") or known.hints.get("source_site"),
        "source_site": known.hints.get("source_site") or metadata.value(known.meta, "source"),
        "province": known.hints.get("province"),
    }


def _title(raw: str, where: Where, confidence: float) -> Title:
    text, number = titles.tidy(raw)
    return Title(text, clean(raw), where, confidence, number)


def _is_site(text: str, known: Known) -> bool:
    return any(squeeze(fold(text)) == squeeze(fold(name)) for name in metadata.site_names(known.meta))


def _site_body(site: str | None) -> str | None:
    """The body whose site it is: 云江市人民政府门户网站 → 云江市人民政府."""
    ending = next((ending for ending in load("meta")["site_endings"] if site and site.endswith(ending)), "")
    return site.removesuffix(ending) if site else None


@cache
def _empty() -> frozenset[str]:
    return frozenset(squeeze(fold(str(word))) for word in load("values")["empty"])
