"""Running a source: list → fetch → read → keep → apply, batch by batch, each batch one transaction with its items and the checkpoint.

While the database or the store of files is away, a run waits at the item or batch where it is (`waiting`), and stops when that takes too
long; it stays open then. Preview is the same code, with every transaction rolled back and no file written. A run that was cut off goes on where its last
transaction ended; items that are done are not done twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from catalog.actions.context import Catalogue
from catalog.errors import Busy, Damaged, Misconfigured, NoRoom, Unavailable
from catalog.files import Stored
from catalog.harvesters.job import LIST_KEY, JobRun
from catalog.harvesters.pipeline import Item, Pipeline
from catalog.harvesters.progress import Meter
from catalog.harvesters.seen import Seen
from catalog.harvesters.session import ListTrouble, Session
from catalog.plugins.harvesting import HasContainers
from catalog.plugins.interfaces import IHarvester, Reference
from catalog.store.rows import ObjectRow, ProvenanceRow, Source, StoredFile
from catalog.store.work import UnitOfWork

BATCH_ITEMS = 500
"""Items of one transaction: the cost of a commit is spread thin, and a crash loses little."""
BATCH_BYTES = 8 * 1024 * 1024
"""Bytes of one transaction's items, the last one beyond them included."""
FETCH_WEIGHT = 10
"""An item that is fetched over the network counts for so many: a crash must not cost more than some 50 requests."""
FILE_CHUNK = 1 << 20
CONTAINER_TYPES = {
    **dict.fromkeys((".gz", ".tgz"), "application/gzip"),
    ".zip": "application/zip",
    ".tar": "application/x-tar",
}
"""Media types of the files that items are parts of, by their ending; any other holds a record a line."""
STORE_TROUBLES = (Busy, Damaged, Misconfigured, NoRoom, Unavailable, OSError, MemoryError)
"""What no item is to blame for: the run stops, and is taken up by the next one."""

log = structlog.get_logger()


@dataclass(slots=True)
class Batch:
    """Items up to a checkpoint: `position` is where to go on after them."""

    items: list[Item] = field(default_factory=list)
    position: Mapping[str, Any] | None = None
    weight: int = 0
    size: int = 0

    def full(self) -> bool:
        """Whether this is enough for one transaction."""
        return self.weight >= BATCH_ITEMS or self.size >= BATCH_BYTES


class Run:
    """One pass over a source's listing; `limit` items at most."""

    def __init__(
        self,
        harvester: IHarvester,
        session: Session,
        pipeline: Pipeline,
        seen: Seen,
        meter: Meter,
        *,
        limit: int | None = None,
    ) -> None:
        self._harvester = harvester
        self._session = session
        self._pipeline = pipeline
        self._seen = seen
        self._meter = meter
        self._limit = limit
        self.failure: Exception | None = None
        """What ended the listing before its end."""

    def batches(self, after: Mapping[str, Any] | None) -> Iterator[Batch]:
        """The listing's items, fetched, in batches that are the same each time; the last one may be empty."""
        batch = Batch(position=after)
        count = 0
        for reference in self._listed(after):
            batch.position = reference.position
            item = self._taken(reference)
            if item is None:
                continue
            batch.items.append(item)
            batch.weight += FETCH_WEIGHT if reference.payload is None and reference.url else 1
            batch.size += item.size
            count += 1
            self._meter.step()
            if count == self._limit:
                break
            if batch.full():
                yield batch
                batch = Batch(position=reference.position)
        yield batch

    def troubles(self) -> list[ListTrouble]:
        """What went wrong with the listing since the last call, each place once a run."""
        found: dict[str, ListTrouble] = {}
        for trouble in self._session.take_troubles():
            if self._seen.sight(f"{LIST_KEY}{trouble.ref}", trouble.ref) == "new":
                found[trouble.ref] = trouble
            elif trouble.ref in found:
                first = found[trouble.ref]
                found[trouble.ref] = ListTrouble(
                    first.ref, f"{first.message}; {trouble.message}", first.content, first.media_type
                )
        return list(found.values())

    def _listed(self, after: Mapping[str, Any] | None) -> Iterator[Reference]:
        listing = iter(self._harvester.list(self._session, after))
        while True:
            self._session.listing = True
            try:
                reference = next(listing, None)
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 -- the run ends here, and tells why; what it did so far stands
                self.failure = error
                return
            finally:
                self._session.listing = False
            if reference is None:
                return
            yield reference

    def _taken(self, reference: Reference) -> Item | None:
        ref = reference.ref or reference.key
        match self._seen.sight(reference.key, ref):
            case "new":
                return self._pipeline.fetch(reference)
            case "again":
                return None
            case _:
                key = f"{reference.key} ({ref})"
                if self._seen.sight(key, ref) != "new":
                    return None
                item = Item(reference)
                message = f"{ref}: another item of this source has the key {reference.key} too; the first one was taken"
                self._pipeline.refuse(item, "repeated_key", message, key=key)
                return item


def harvest(catalogue: Catalogue, job: JobRun, run: Run, pipeline: Pipeline) -> None:
    """Apply a run's batches, each in one transaction with its objects and the checkpoint."""
    for batch in run.batches(job.position):
        pipeline.read(batch.items, job.waiting(partial(_known, catalogue, job.source, batch.items)))
        troubles = run.troubles()
        job.report["list_troubles"] = int(job.report.get("list_troubles", 0)) + len(troubles)
        try:
            _commit(job, pipeline, batch.items, troubles, batch.position)
        except STORE_TROUBLES:
            raise
        except Exception as error:
            if not batch.items:
                raise
            log.warning("batch_refused", source=job.source.name, items=len(batch.items), exc_info=error)
            _one_by_one(job, pipeline, batch, troubles)


def look(catalogue: Catalogue, source: Source, run: Run, pipeline: Pipeline, *, actor: str) -> Iterator[ObjectRow]:
    """What `harvest` would do with a run's batches: the object rows, of transactions that are rolled back."""
    for batch in run.batches(None):
        pipeline.read(batch.items, _known(catalogue, source, batch.items))
        with _rolled_back(catalogue, actor) as work:
            rows = pipeline.apply(work, batch.items) + pipeline.trouble_rows(work, run.troubles())
        yield from rows


def keep_containers(catalogue: Catalogue, job: JobRun, harvester: IHarvester, session: Session) -> None:
    """Keep the big files that items are parts of, each once and whole, and say in the job which digest each has."""
    if not isinstance(harvester, HasContainers):
        return
    held: dict[str, str] = job.report.setdefault("containers", {})
    rows = []
    for name, path in harvester.containers(session):
        stored = job.waiting(partial(_keep_container, catalogue, path))
        held[name] = stored.sha256
        kind = CONTAINER_TYPES.get(path.suffix.lower(), "application/x-ndjson")
        rows.append(StoredFile(stored.sha256, stored.size, kind))
    if rows:
        job.commit("files whose parts are records", partial(_name_containers, rows=rows), job.position)


def _keep_container(catalogue: Catalogue, path: Path) -> Stored:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if catalogue.files.exists(sha256):
            return Stored(sha256, catalogue.files.size(sha256))
        file.seek(0)
        return catalogue.files.put(iter(lambda: file.read(FILE_CHUNK), b""))


def _name_containers(work: UnitOfWork, *, rows: Sequence[StoredFile]) -> tuple[()]:
    work.put_files(rows)
    return ()


def _known(catalogue: Catalogue, source: Source, items: Sequence[Item]) -> Mapping[str, ProvenanceRow]:
    """What is known of the items that are still to be decided."""
    keys = [item.reference.key for item in items if item.row is None]
    if not keys:
        return {}
    with catalogue.store.read() as reader:
        return reader.by_provenance(source.id, keys)


def _commit(
    job: JobRun,
    pipeline: Pipeline,
    items: Sequence[Item],
    troubles: Sequence[ListTrouble],
    position: Mapping[str, Any] | None,
) -> None:
    pipeline.keep(items, troubles)
    job.commit(
        f"harvest of {job.source.name}",
        lambda work: pipeline.apply(work, items) + pipeline.trouble_rows(work, troubles),
        position,
    )


def _one_by_one(job: JobRun, pipeline: Pipeline, batch: Batch, troubles: Sequence[ListTrouble]) -> None:
    """A batch that the store would not take: find the item that is to blame and put it aside, so that the others go on.

    When even the note of its quarantine cannot be written, it is the store that is ill, and its error goes up.
    """
    before = job.position
    for item in batch.items:
        try:
            _commit(job, pipeline, [item], [], before)
        except STORE_TROUBLES:
            raise
        except Exception as error:  # noqa: BLE001 -- the item's fault: kept as its reason
            pipeline.refuse(
                item, "not_storable", f"{item.reference.ref or item.reference.key}: the store refuses it: {error}"
            )
            _commit(job, pipeline, [item], [], before)
    _commit(job, pipeline, [], troubles, batch.position)


class _RolledBackError(Exception):
    """Ends a transaction that must leave nothing."""


@contextmanager
def _rolled_back(catalogue: Catalogue, actor: str) -> Iterator[UnitOfWork]:
    with suppress(_RolledBackError), catalogue.store.write(actor=actor, reason="preview") as work:
        yield work
        raise _RolledBackError
