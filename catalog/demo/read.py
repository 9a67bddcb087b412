"""What was read out of the city's documents: how many citations lead to a record, and one regulation as its text door and its events tell it."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.actions.citations import figures
from catalog.actions.context import Catalogue
from catalog.actions.registry import call
from catalog.demo.runs import ACTOR
from catalog.demo.searches import Search


def read_lines(catalogue: Catalogue, search: Search) -> Iterator[str]:
    """Lines that tell it; the regulation is the document that `search` must find first."""
    rows = figures(catalogue)
    told = [row for row in rows if row.type not in {"same_text_as", "(event)"}]
    named = sum(row.total for row in told)
    found = sum(row.resolved for row in told)
    pairs = sum(row.total for row in rows if row.type == "same_text_as") // 2
    yield f"{named:,} citations stand in the texts; {found:,} lead to a record of the catalogue, the others stay open until it comes."
    yield f"{pairs:,} gazette articles are the standard text of a page that is here, too."
    parameters = {name: list(values) for name, values in search.parameters.items()}
    hit = call(catalogue, ACTOR, "record.search", {"parameters": parameters})["items"][0]
    record = call(catalogue, ACTOR, "record.show", {"id": hit["id"]})
    blocks = call(catalogue, ACTOR, "record.text", {"id": hit["id"]})["blocks"]
    articles = [block for block in blocks if block["kind"] == "article"]
    yield f"《{record['title']}》 has {len(articles)} articles, each with a link of its own (/d/{record['name']}#{articles[-1]['anchor']})."
    yield record["validity"]["sentence"]["zh-Hans"]
    for event in record["events"]:
        by = event.get("by") or {}
        yield f"  {event['date']}  {event['kind']:10} {by.get('number') or ''} {by.get('title') or ''}".rstrip()


def faults(catalogue: Catalogue) -> list[str]:
    """What is not as it must be: the city's own amendments and repeals all name documents that it has."""
    return [
        f"{row.total - row.resolved} citations of the kind {row.type} lead nowhere; the city has all documents that it repeals"
        for row in figures(catalogue)
        if row.type == "repeals" and row.resolved < row.total
    ]
