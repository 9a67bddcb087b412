"""Harvest sources, and their runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, exists, func, insert, literal, or_, select, text, update

from catalog.errors import InvalidInput, NotFound
from catalog.process import is_gone
from catalog.store.base import Bound, Fields, Writing
from catalog.store.codec import dumps
from catalog.store.identity import new_id
from catalog.store.rows import Job, JobState, Source, Standing
from catalog.store.tables import OPEN, jobs, leases, sources

_SOURCE = (
    sources.c.id, sources.c.name, sources.c.kind, sources.c.title, sources.c.config, sources.c.organization_id, sources.c.active,
    sources.c.created_at, sources.c.updated_at, sources.c.schedule, sources.c.requested_at,
)  # fmt: skip
_JOB = (
    jobs.c.id, jobs.c.source_id, jobs.c.state, jobs.c.actor, jobs.c.started_at, jobs.c.updated_at, jobs.c.finished_at,
    jobs.c.position, jobs.c.counters, jobs.c.report, jobs.c.fence,
)  # fmt: skip

_ONE_SOURCE = select(*_SOURCE).where(or_(sources.c.id == bindparam("key"), sources.c.name == bindparam("key")))
_ALL_SOURCES = select(*_SOURCE).order_by(sources.c.name)
_ONE_JOB = select(*_JOB).where(jobs.c.id == bindparam("id"))
_JOBS = (
    select(*_JOB).where(jobs.c.source_id == bindparam("source")).order_by(jobs.c.id.desc()).limit(bindparam("limit"))
)
_OPEN_JOB = select(*_JOB).where(jobs.c.source_id == bindparam("source"), text(OPEN)).order_by(jobs.c.id.desc()).limit(1)
_STANDINGS = (
    select(
        *_SOURCE,
        select(jobs.c.started_at)
        .where(jobs.c.source_id == sources.c.id)
        .order_by(jobs.c.id.desc())
        .limit(1)
        .scalar_subquery(),
        exists(select(literal(1)).select_from(jobs).where(jobs.c.source_id == sources.c.id, text(OPEN))),
        leases.c.holder,
        leases.c.until,
    )
    .outerjoin(leases, leases.c.name == literal("source:").concat(sources.c.id))
    .where(sources.c.active)
    .order_by(sources.c.name)
)
_INSERT_SOURCE = insert(sources)
_UPDATE_SOURCE = (
    update(sources)
    .where(sources.c.id == bindparam("p_id"))
    .values(
        {
            sources.c[name]: bindparam(f"p_{name}")
            for name in ("name", "kind", "title", "config", "organization_id", "active", "updated_at", "schedule")
        }
    )
)
_REQUEST = (
    update(sources)
    .where(sources.c.id == bindparam("p_id"))
    .values(requested_at=func.coalesce(sources.c.requested_at, bindparam("p_at")))
)
_REQUEST_MET = (
    update(sources)
    .where(sources.c.id == bindparam("p_id"), sources.c.requested_at.is_not(None))
    .values(requested_at=None)
)
_INSERT_JOB = insert(jobs)
_UPDATE_JOB = (
    update(jobs)
    .where(jobs.c.id == bindparam("p_id"))
    .values(
        {
            jobs.c[name]: bindparam(f"p_{name}")
            for name in ("state", "updated_at", "finished_at", "position", "counters", "report", "fence")
        }
    )
)


class SourceReads(Bound):
    """Sources and jobs."""

    def source(self, id_or_name: str) -> Source | None:
        """One source by its id or name."""
        row = self._row(_ONE_SOURCE, key=id_or_name)
        return None if row is None else _source(row)

    def sources(self) -> list[Source]:
        """All sources, in the order of their names."""
        return [_source(row) for row in self._rows(_ALL_SOURCES)]

    def standings(self) -> list[Standing]:
        """The active sources with how each stands with its runs, in the order of their names."""
        return [_standing(row, self.now) for row in self._rows(_STANDINGS)]

    def job(self, job_id: str) -> Job | None:
        """One run."""
        row = self._row(_ONE_JOB, id=job_id)
        return None if row is None else _job(row)

    def jobs(self, source_id: str, limit: int = 100) -> list[Job]:
        """The runs of a source, the newest first."""
        return [_job(row) for row in self._rows(_JOBS, source=source_id, limit=limit)]

    def open_job(self, source_id: str) -> Job | None:
        """The run of a source that did not come to its end: it is going on, or was cut off and can be taken up."""
        row = self._row(_OPEN_JOB, source=source_id)
        return None if row is None else _job(row)


class SourceWrites(SourceReads, Writing):
    """Sources to add and change; jobs from their start to their end."""

    def add_source(self, source: Source) -> None:
        """Store a new source; its times are set here. Raises `Conflict` when its name is taken."""
        self._put(
            _INSERT_SOURCE,
            [
                {
                    "id": source.id,
                    "name": source.name,
                    "kind": source.kind,
                    "title": source.title,
                    "config": dumps(source.config),
                    "organization_id": source.organization_id,
                    "active": source.active,
                    "created_at": self.now,
                    "updated_at": self.now,
                    "schedule": source.schedule,
                    "requested_at": None,
                }
            ],
        )

    def update_source(self, source: Source) -> None:
        """Replace what is known of a source. Raises `NotFound`; `Conflict` when its new name is taken."""
        if self._row(_ONE_SOURCE, key=source.id) is None:
            raise NotFound(f"no source has the id {source.id}")
        self._put(
            _UPDATE_SOURCE,
            [
                {
                    "p_id": source.id,
                    "p_name": source.name,
                    "p_kind": source.kind,
                    "p_title": source.title,
                    "p_config": dumps(source.config),
                    "p_organization_id": source.organization_id,
                    "p_active": source.active,
                    "p_updated_at": self.now,
                    "p_schedule": source.schedule,
                }
            ],
        )

    def request_run(self, source_id: str) -> None:
        """Note that somebody wants the source to run; an earlier wish that is still open stays. Raises `NotFound`."""
        if self._row(_ONE_SOURCE, key=source_id) is None:
            raise NotFound(f"no source has the id {source_id}")
        self._put(_REQUEST, [{"p_id": source_id, "p_at": self.now}])

    def start_job(self, source_id: str, *, fence: int = 0) -> Job:
        """Begin a run of a source, which also answers the wish for one. `fence` is that of the lease under which it runs."""
        job = Job(new_id(), source_id, "running", self.actor, self.now, self.now, None, None, {}, {}, fence)
        self._put(_REQUEST_MET, [{"p_id": source_id}])
        self._put(
            _INSERT_JOB,
            [
                {
                    "id": job.id,
                    "source_id": source_id,
                    "state": job.state,
                    "actor": job.actor,
                    "fence": fence,
                    "started_at": self.now,
                    "updated_at": self.now,
                    "finished_at": None,
                    "position": None,
                    "counters": "{}",
                    "report": "{}",
                }
            ],
        )
        return job

    def checkpoint(
        self,
        job_id: str,
        position: Mapping[str, Any] | None,
        *,
        counters: Mapping[str, int] | None = None,
        report: Mapping[str, Any] | None = None,
        fence: int | None = None,
    ) -> None:
        """Note how far a run has come, in the transaction that brings what it found. What is `None` (but `position`) stays as it was."""
        job = self._running(job_id)
        self._put_job(job, "running", None, position, counters, report, fence)

    def finish_job(
        self,
        job_id: str,
        state: JobState,
        *,
        counters: Mapping[str, int] | None = None,
        report: Mapping[str, Any] | None = None,
    ) -> None:
        """Note how a run ended. Raises `InvalidInput` when it had ended before, or `state` is "running"."""
        if state == "running":
            raise InvalidInput("a job ends as finished, stopped or failed, not as running")
        job = self._running(job_id)
        self._put_job(job, state, self.now, job.position, counters, report, None)

    def _running(self, job_id: str) -> Job:
        job = self.job(job_id)
        if job is None:
            raise NotFound(f"no job has the id {job_id}")
        if job.state != "running":
            raise InvalidInput(f"job {job_id} ended as {job.state}; start another")
        return job

    def _put_job(
        self,
        job: Job,
        state: JobState,
        finished_at: str | None,
        position: Mapping[str, Any] | None,
        counters: Mapping[str, int] | None,
        report: Mapping[str, Any] | None,
        fence: int | None,
    ) -> None:
        self._put(
            _UPDATE_JOB,
            [
                {
                    "p_id": job.id,
                    "p_state": state,
                    "p_updated_at": self.now,
                    "p_finished_at": finished_at,
                    "p_position": None if position is None else dumps(position),
                    "p_counters": dumps(job.counters if counters is None else counters),
                    "p_report": dumps(job.report if report is None else report),
                    "p_fence": job.fence if fence is None else fence,
                }
            ],
        )


def _standing(row: Fields, now: str) -> Standing:
    *of_source, started_at, is_open, holder, until = row
    held = holder is not None and until > now and not is_gone(holder)
    return Standing(_source(of_source), started_at, bool(is_open), holder if held else None)


def _source(row: Fields) -> Source:
    return Source(*[*row[:4], orjson.loads(row[4]), *row[5:]])


def _job(row: Fields) -> Job:
    position = None if row[7] is None else orjson.loads(row[7])
    return Job(*[*row[:7], position, orjson.loads(row[8]), orjson.loads(row[9]), row[10]])
