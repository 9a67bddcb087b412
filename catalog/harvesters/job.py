"""One run of a source, as the store knows it: taken up or begun under a lease, written batch by batch, ended with counters that add up.

The invariant: at every commit, listed = created + updated + unchanged + skipped + failed + quarantined, because each listed item has one
object row, written in the transaction that also writes what became of the item and where the run stands. A run that was cut off is
taken up from its last commit; a second run of the same source at the same time is refused.

While the database is away a run waits (`waiting`) and does its transaction again. A transaction whose answer was lost may have been
stored or not: each bears a number, by which the run finds out before it does one again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, get_args

import structlog

from catalog.actions.context import Catalogue
from catalog.errors import Unavailable
from catalog.harvesters.waiting import Waiting
from catalog.store.rows import Job, JobState, Lease, ObjectRow, ObjectState, Source
from catalog.store.work import UnitOfWork

LEASE_SECONDS = 900.0
"""How long a run holds its source without a commit: longer than its slowest batch (50 fetches at a second each, with retries). The time
that it may wait for a part that is away comes on top."""
STATES: tuple[ObjectState, ...] = get_args(ObjectState)
"""What can become of an item."""
WRITES = "writes"
"""Key in a job's report: the number of its last transaction."""
LIST_KEY = "list "
"""Beginning of the object keys of troubles of the listing itself; no address and no path begins so."""

log = structlog.get_logger()


class JobRun:
    """A running job and the right to write it."""

    def __init__(
        self,
        catalogue: Catalogue,
        source: Source,
        job: Job,
        lease: Lease,
        actor: str,
        *,
        waiting: Waiting,
        resumed: bool,
    ) -> None:
        self._catalogue = catalogue
        self.waiting = waiting
        self._lease = lease
        self._actor = actor
        self.source = source
        self.id = job.id
        self.resumed = resumed
        self.report: dict[str, Any] = dict(job.report)
        self.position: Mapping[str, Any] | None = job.position
        self._counters: Counter[ObjectState] = Counter({state: job.counters.get(state, 0) for state in STATES})

    @classmethod
    @contextmanager
    def of(
        cls, catalogue: Catalogue, source: Source, *, actor: str, reading: str, waiting: Waiting
    ) -> Iterator[JobRun]:
        """The source's open job, else a new one. `reading` is the digest of what decides how items are listed and read: where it
        changed since the run was cut off, the listing begins anew, and items that are done stay done.

        Raises `Busy` while another process runs this source.
        """
        store = catalogue.store
        name = f"source:{source.id}"
        with store.write(actor=actor, reason=f"harvest of {source.name} begins") as work:
            lease = work.take_lease(name, seconds=LEASE_SECONDS + float(catalogue.settings["AWAY_SECONDS"]))
            held = work.open_job(source.id)
            job = held or work.start_job(source.id, fence=lease.fence)
        run = cls(catalogue, source, job, lease, actor, waiting=waiting, resumed=held is not None)
        if run.report.setdefault("reading", reading) != reading:
            run.report["reading"] = reading
            run.position = None
        log.info("harvest_begins", source=source.name, job=job.id, resumed=run.resumed, position=run.position)
        try:
            yield run
        except BaseException:
            run._give_back_quietly()
            raise
        waiting(run._give_back)

    @contextmanager
    def _write(self, reason: str) -> Iterator[UnitOfWork]:
        """A unit of work under this run's lease. Raises what the store raises when another run took the source over."""
        with self._catalogue.store.write(actor=self._actor, reason=reason, job_id=self.id, lease=self._lease) as work:
            yield work

    def _give_back(self) -> None:
        with self._catalogue.store.write(actor=self._actor, reason=f"harvest of {self.source.name} ends") as work:
            work.release_lease(self._lease)

    def _give_back_quietly(self) -> None:
        """Give the lease back after a failure, which is told, whatever becomes of this."""
        try:
            self._give_back()
        except Unavailable as error:  # away still: the lease ends by its time, or with this process
            log.warning("lease_not_given_back", source=self.source.name, reason=str(error))
        except Exception as error:  # the first failure is the one to tell
            log.warning("lease_not_given_back", source=self.source.name, exc_info=error)

    def objects(self) -> Iterator[ObjectRow]:
        """The items that are done, by key."""
        after: str | None = None
        while True:
            rows = self.waiting(partial(self._objects, after))
            if not rows:
                return
            yield from rows
            after = rows[-1].key

    def _objects(self, after: str | None) -> list[ObjectRow]:
        with self._catalogue.store.read() as reader:
            return reader.objects(self.id, after=after, limit=5000)

    def commit(
        self,
        reason: str,
        fill: Callable[[UnitOfWork], Sequence[ObjectRow]],
        position: Mapping[str, Any] | None,
    ) -> None:
        """One transaction: what `fill` writes, the items that it gives, and the checkpoint. Done again while the database is away.

        Raises what `fill` and the store raise; then nothing of it is stored.
        """
        number = self.report[WRITES] = int(self.report.get(WRITES, 0)) + 1
        rows: Sequence[ObjectRow] = ()
        begun = False

        def write() -> None:
            nonlocal begun, rows
            if begun and self._stored(number):
                return
            begun = True
            with self._write(reason) as work:
                rows = fill(work)
                self.record(work, rows, position)

        self.waiting(write)
        self.committed(rows, position)

    def _stored(self, number: int) -> bool:
        with self._catalogue.store.read() as reader:
            job = reader.job(self.id)
        return job is not None and job.report.get(WRITES) == number

    def record(self, work: UnitOfWork, rows: Sequence[ObjectRow], position: Mapping[str, Any] | None) -> None:
        """Write items and checkpoint within a unit of work; `committed` takes them into the counters after it."""
        work.add_objects(rows)
        counters = self._counters + Counter(row.state for row in rows)
        work.checkpoint(self.id, position, counters=_with_sum(counters, self.withdrawn), report=self.report)

    def committed(self, rows: Sequence[ObjectRow], position: Mapping[str, Any] | None) -> None:
        """The unit of work that `record` wrote to was committed."""
        self._counters.update(row.state for row in rows)
        self.position = position

    @property
    def withdrawn(self) -> int:
        """How many records this run withdrew."""
        return int(self.report.get("withdrawn", 0))

    def count(self, *states: ObjectState) -> int:
        """How many items are in one of the states; all of them where none is named."""
        return sum(self._counters[state] for state in states or STATES)

    def finish(self, state: JobState, message: str = "") -> Job:
        """End the run. The counters are counted once more, from the object rows; the job as it then stands."""
        self.report["message"] = message
        job = self.waiting(lambda: self._finished() or self._finish(state))
        log.info("harvest_ends", source=self.source.name, job=self.id, state=state, message=message, **job.counters)
        return job

    def _finished(self) -> Job | None:
        """The job, when it has ended: by the transaction whose answer was lost."""
        with self._catalogue.store.read() as reader:
            job = reader.job(self.id)
        return job if job is not None and job.state != "running" else None

    def _finish(self, state: JobState) -> Job:
        with self._write(f"harvest of {self.source.name}: {state}") as work:
            counted = _with_sum(work.job_counts(self.id), self.withdrawn)
            work.finish_job(self.id, state, counters=counted, report=self.report)
            if state == "finished":
                # most items of most runs: nothing became of them, and nobody will ask which they were
                work.forget_objects(self.id, "unchanged")
            job = work.job(self.id)
        if job is None:
            raise LookupError(f"job {self.id} is gone from the store")
        return job


def _with_sum(counters: Counter[ObjectState], withdrawn: int) -> dict[str, int]:
    counted: dict[str, int] = {state: counters[state] for state in STATES}
    return {"listed": sum(counted.values()), **counted, "withdrawn": withdrawn}
