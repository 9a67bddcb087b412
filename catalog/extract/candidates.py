"""What header, meta tags, page and source say of a document's fields, as candidates; the values are checked where they are put."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from catalog.extract import meta as metadata
from catalog.extract import titles
from catalog.extract.data_files import load
from catalog.extract.issuers import Issuers, from_title, from_value
from catalog.extract.labels import Pair
from catalog.extract.lines import clean, squeeze
from catalog.extract.own import OwnNumber, from_header
from catalog.extract.titles import Title
from catalog.model.draft import Where
from catalog.model.script import fold


def is_empty(value: str) -> bool:
    """Whether a printed value says nothing (无, --, /)."""
    return squeeze(fold(value)) in {squeeze(fold(str(word))) for word in load("values")["empty"]} or not squeeze(value)


def filled(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs that have a field and a value."""
    return [pair for pair in pairs if pair.label.field and not is_empty(pair.value)]


def of_titles(pairs: Sequence[Pair], meta: Mapping[str, str], hints: Mapping[str, str], page: Sequence[Title]) -> list[Title]:
    """Titles from the header, the meta tags, the page's own head (`page`: h1 and `<title>`, already tidied) and the source."""
    sure = load("values")["confidence"]
    found = [_title(pair.value, "header", pair.label.confidence) for pair in pairs if pair.label.field == "title"]
    if tag := metadata.value(meta, "title"):
        names = metadata.site_names(meta)
        text = titles.tidy_page_title(tag, names) or tag
        found.append(_title(text, "meta", sure["meta_title"]))
    found.extend(page)
    if hint := hints.get("title"):
        found.append(_title(hint, "list", sure["hint"]))
    return [one for one in found if one.text and not titles.is_furniture(one.text) and not _is_site(one.text, meta)]


def of_numbers(pairs: Sequence[Pair], meta: Mapping[str, str], hints: Mapping[str, str]) -> list[OwnNumber]:
    """Numbers from the header, the meta tags and the source."""
    found = [from_header(pair.value, pair.label.confidence) for pair in pairs if pair.label.field == "doc_number"]
    sources: tuple[tuple[str | None, Where, float], ...] = (
        (metadata.value(meta, "doc_number"), "meta", 0.8),
        (hints.get("doc_number"), "list", load("values")["confidence"]["hint"]),
    )
    for raw, where, confidence in sources:
        one = from_header(raw, confidence) if raw else None
        if one is not None and one.number is not None:
            found.append(OwnNumber(one.number, one.raw, where, confidence))
    return [one for one in found if one is not None]


def of_issuers(pairs: Sequence[Pair], title: str | None, meta: Mapping[str, str], hints: Mapping[str, str]) -> list[Issuers]:
    """Issuing bodies from the header, the title, who published it, and the source."""
    sure = load("values")["confidence"]
    places: list[tuple[str | None, Where, float]] = []
    for pair in pairs:
        if pair.label.field == "issuing_body":
            places.append((pair.value, "header", pair.label.confidence))
        elif pair.label.field == "publisher":
            places.append((pair.value, "header", sure["publisher_as_issuer"] - 0.01 * pair.label.rank))
        elif pair.label.field == "source_text":
            places.append((pair.value, "header", sure["source_as_issuer"]))
    places.append((metadata.value(meta, "source"), "meta", sure["source_as_issuer"] - 0.02))
    places.append((hints.get("issuing_body"), "list", sure["hint"]))
    places.append((hints.get("publisher"), "source", sure["source_as_issuer"] - 0.05))
    found = [from_value(raw, where, confidence) for raw, where, confidence in places if raw]
    found.append(from_title(title, sure["title_issuer"]) if title else None)
    return [one for one in found if one is not None]


def of_publisher(pairs: Sequence[Pair], meta: Mapping[str, str], hints: Mapping[str, str]) -> Issuers | None:
    """Who put the document on the web: the header's label, the source that it names, the site, the source's own constants."""
    places: list[tuple[str | None, Where, float]] = [
        (pair.value, "header", pair.label.confidence - (0.25 if pair.label.field == "source_text" else 0.0))
        for pair in pairs
        if pair.label.field in ("publisher", "source_text")
    ]
    places.append((metadata.value(meta, "source"), "meta", 0.6))
    places.append((_site_body(metadata.value(meta, "site")), "meta", 0.5))
    places.append((hints.get("publisher"), "source", load("values")["confidence"]["hint"]))
    found = [one for raw, where, confidence in places if raw and (one := from_value(raw, where, confidence))]
    return max(found, key=lambda one: one.confidence, default=None)


def context(pairs: Sequence[Pair], meta: Mapping[str, str], hints: Mapping[str, str]) -> dict[str, str | None]:
    """Names in which the region of a name that leaves it out may stand, for `organisations.complete`."""
    published = next((pair.value for pair in pairs if pair.label.field in ("publisher", "issuing_body")), None)
    return {
        "region": hints.get("region"),
        "publisher": published or hints.get("publisher"),
        "site": metadata.value(meta, "site") or hints.get("source_site"),
        "source_site": hints.get("source_site") or metadata.value(meta, "source"),
        "province": hints.get("province"),
    }


def _title(raw: str, where: Where, confidence: float) -> Title:
    text, number = titles.tidy(raw)
    return Title(text, clean(raw), where, confidence, number)


def _is_site(text: str, meta: Mapping[str, str]) -> bool:
    return any(squeeze(fold(text)) == squeeze(fold(name)) for name in metadata.site_names(meta))


def _site_body(site: str | None) -> str | None:
    """The body whose site it is: 云江市人民政府门户网站 → 云江市人民政府."""
    if site is None:
        return None
    for ending in ("政府信息公开平台", "信息公开平台", "政务服务网", "门户网站", "官方网站", "政府网站", "网站", "门户", "官网", "网"):
        if site.endswith(ending):
            return site.removesuffix(ending)
    return site
