"""A catalogue for tests of the harvesters: real store, files, record types and sources; one small extractor, and no index."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.actions.context import Catalogue
from catalog.errors import Refused
from catalog.files import LocalFiles
from catalog.harvesters import Harvester
from catalog.harvesters.answers import Limits
from catalog.harvesters.plugin import HarvestersPlugin
from catalog.model.draft import Attachment, Block, Draft, RawDocument, Reading
from catalog.plugins.registry import Plugins
from catalog.schemas.plugin import RecordTypesPlugin
from catalog.settings import read_settings
from catalog.store.rows import Source
from catalog.store.store import Store

QUICK = Limits(max_bytes=1_000_000, connect_seconds=2, read_seconds=2, total_seconds=5, retries=1, backoff_seconds=0.01)


class Index:
    """Counts how often a run waits for the index."""

    def __init__(self) -> None:
        self.caught_up = 0

    def catch_up(self, **_: Any) -> None:
        self.caught_up += 1


class SmallReader:
    """Title from `<h1>` or a text's first line, paragraphs from `<p>` or lines, attachments from links to PDF."""

    name = "small"
    version = "1"
    media_types = frozenset({"text/html", "text/plain", "application/pdf"})
    read = 0

    def extract(self, document: RawDocument) -> Draft:
        SmallReader.read += 1
        text = document.content.decode(document.charset or "utf-8")
        if "CRASH" in text:
            raise ZeroDivisionError("the reader has a bug")
        if "REFUSE" in text:
            raise Refused("hostile_markup", "this page is hostile")
        draft = Draft("normative_document")
        heading = re.search(r"<h1>(.*?)</h1>", text) or re.match(r"([^<%\n]+)", text)
        if heading:
            draft.put("title", heading[1].strip(), Reading(heading[1], "title", 0.9))
        paragraphs = re.findall(r"<p>(.*?)</p>", text) or text.splitlines()[1:]
        draft.blocks = tuple(Block("paragraph", one) for one in paragraphs if one.strip())
        links = re.findall(r'<a href="([^"]+\.pdf)">(.*?)</a>', text)
        base = (document.url or "").rsplit("/", 1)[0]
        draft.attachments = tuple(
            Attachment(title, href if "//" in href else f"{base}/{href}") for href, title in links
        )
        return draft


class Extractors:
    name = "extractors"

    def text_extractors(self) -> tuple[SmallReader, ...]:
        return (SmallReader(),)


def make_catalogue(root: Path, *extra: tuple[str, Any], **settings: Any) -> Catalogue:
    """A catalogue in a folder; a second one on the same folder is a second process as far as the store can tell."""
    chosen = read_settings(DATA_DIR=str(root), **settings)
    plugins = Plugins(
        [("types", RecordTypesPlugin), ("harvesters", HarvestersPlugin), ("extractors", Extractors), *extra]
    )
    store = Store.open(chosen.database_url)
    store.upgrade()
    return Catalogue(
        settings=chosen,
        store=store,
        files=LocalFiles(root / "files"),
        search=Index(),  # type: ignore[arg-type]
        plugins=plugins,
        harvest=Harvester(plugins, chosen, limits=QUICK),
        now=lambda: datetime.now(UTC),
    )


def add_source(catalogue: Catalogue, kind: str, config: Mapping[str, Any], *, name: str = "quelle") -> Source:
    """Add or change a source, checked like an operator's."""
    checked = catalogue.harvest.check(kind, config)
    with catalogue.store.write(actor="test", reason="source") as work:
        held = work.source(name)
        if held is None:
            work.add_source(Source(uuid.uuid4().hex, name, kind, name, checked))
        else:
            work.update_source(Source(held.id, name, kind, name, checked))
    with catalogue.store.read() as reader:
        found = reader.source(name)
    assert found is not None
    return found


def run(catalogue: Catalogue, source: Source, **options: Any) -> dict[str, Any]:
    """Run a source; the report, whose counters must add up."""
    report = catalogue.harvest.run(
        catalogue, source, actor="test", **({"accept_deletions": False, "progress": None} | options)
    )
    adds_up(report["counters"])
    return report


def adds_up(counters: Mapping[str, int]) -> None:
    parts = ("created", "updated", "unchanged", "skipped", "failed", "quarantined")
    assert counters["listed"] == sum(counters[part] for part in parts), counters


def nonzero(report: Mapping[str, Any]) -> dict[str, int]:
    """The counters that are not zero."""
    return {name: count for name, count in report["counters"].items() if count}


def codes(report: Mapping[str, Any]) -> dict[str, str]:
    """Reason by the last part of each trouble's ref."""
    return {trouble["ref"].rsplit("/", 1)[-1]: trouble["code"] for trouble in report["troubles"]}


def titles(catalogue: Catalogue) -> list[str]:
    """Titles of the published records, sorted."""
    with catalogue.store.read() as reader:
        return sorted(record["title"] for record in reader.iter_records())


def records(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """Published records by title."""
    with catalogue.store.read() as reader:
        return {record["title"]: dict(record) for record in reader.iter_records()}


def state_of(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """All that a run leaves in the store and that must not depend on how often it was cut off."""
    with catalogue.store.read() as reader:
        sources = list(reader.sources())
        found: list[tuple[Any, ...]] = []
        for record in reader.iter_records(states=("published", "withdrawn")):
            places = reader.provenances([record["id"]])[record["id"]]
            found.append(
                (
                    record["title"],
                    record["state"],
                    record["version"],
                    record["content_hash"],
                    sorted(p["key"] for p in places),
                )
            )
        for source in sources:
            job = reader.jobs(source.id, 1)[0]
            found.append((source.name, job.state, tuple(sorted(job.counters.items()))))
            found += [(row.key, row.state, row.ref) for row in reader.objects(job.id, limit=10_000)]
    return sorted(found, key=repr)
