"""Actions on sources: add, list, request, run, preview, report; and load, which is a source made of local paths."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action
from catalog.errors import Fault, InvalidInput, NotFound
from catalog.model import cron
from catalog.store.identity import new_id
from catalog.store.reader import Reader
from catalog.store.rows import Job, ObjectRow, ObjectState, Source

TROUBLE_STATES: tuple[ObjectState, ...] = ("quarantined", "failed", "skipped")
TROUBLES_SHOWN = 200
"""How many troubles a report lists; the counters count all of them."""
NAME = validate.Regexp(
    r"^[a-z0-9][a-z0-9_-]{1,99}$", error="must be 2 to 100 of a-z, 0-9, - and _, beginning with a letter or digit"
)


class SourceAdd(Schema):
    """A source: `config` is checked by the schema of its kind."""

    name = fields.String(required=True, validate=NAME, metadata={"description": "slug, unique"})
    kind = fields.String(required=True, metadata={"description": "kind of source: site, folder, or an extension's"})
    title = fields.String(load_default="", metadata={"description": "name for people"})
    config = fields.Dict(
        keys=fields.String(), load_default=dict, metadata={"description": "what the kind needs to know"}
    )
    schedule = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "when a worker runs it: five cron fields in the time of Asia/Shanghai; null for never"
        },
    )
    active = fields.Boolean(load_default=True, metadata={"description": "whether a worker may run it at all"})


class SourceName(Schema):
    """Which source."""

    name = fields.String(required=True, metadata={"description": "name or id of the source"})


class SourceRun(SourceName):
    """Which source to run, and how."""

    accept_deletions = fields.Boolean(
        load_default=False, metadata={"description": "withdraw more than the brake allows"}
    )
    progress = fields.Raw(load_default=None, metadata={"description": "called with (done, total)"})


class SourcePreview(SourceName):
    """Which source to look at, and how far."""

    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, 10_000), metadata={"description": "how many items"}
    )
    progress = fields.Raw(load_default=None, metadata={"description": "called with (done, total)"})


class SourceLoad(Schema):
    """Local paths to load."""

    paths = fields.List(
        fields.String(), required=True, validate=validate.Length(1), metadata={"description": "files and folders"}
    )
    map = fields.String(
        load_default=None, allow_none=True, metadata={"description": "map file: which input field is which"}
    )
    type = fields.String(
        load_default=None, allow_none=True, metadata={"description": "record type of what does not say it"}
    )
    source = fields.String(
        load_default=None, allow_none=True, validate=NAME, metadata={"description": "name of the source"}
    )
    progress = fields.Raw(load_default=None, metadata={"description": "called with (done, total)"})


class NoParameters(Schema):
    """No parameters."""


@action("source.add", schema=SourceAdd, permission="operate")
def source_add(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Add a source, or change the one of that name. Raises `InvalidInput` that names what is wrong in its configuration."""
    known = {
        "kind": params["kind"],
        "title": params["title"] or params["name"],
        "config": catalogue.harvest.check(params["kind"], params["config"]),
        "schedule": _schedule(catalogue, params["schedule"]),
        "active": params["active"],
    }
    return _view(_put(catalogue, actor, params["name"], known))


@action("source.list", schema=NoParameters, permission="operate")
def source_list(catalogue: Catalogue, _actor: Actor, _params: dict[str, Any]) -> dict[str, Any]:
    """All sources, each with its last run, the time of its next one, and who runs it now."""
    with catalogue.store.read() as reader:
        found = [(source, reader.jobs(source.id, 1)) for source in reader.sources()]
        held_by = {standing.source.id: standing.held_by for standing in reader.standings()}
    return {
        "sources": [
            _view(source)
            | {
                "last_job": _job(jobs[0]) if jobs else None,
                "next_run_at": _next_run_at(catalogue, source),
                "held_by": _process(held_by.get(source.id)),
            }
            for source, jobs in found
        ]
    }


@action("source.request", schema=SourceName, permission="operate")
def source_request(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Ask for a run of a source by a worker: noted in the store, where the next worker that looks finds it."""
    source = _source(catalogue, params["name"])
    if not source.active:
        message = (
            f"name: the source {source.name} is switched off; set `active: true` in its YAML file and add it again"
        )
        raise InvalidInput(message, [Fault("name", message)])
    with catalogue.store.write(actor=actor.name, reason=f"run of {source.name} asked for") as work:
        work.request_run(source.id)
    return _view(_source(catalogue, source.id))


@action("source.run", schema=SourceRun, permission="operate")
def source_run(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Harvest a source to its end, or take up its run that was cut off; the report of the run."""
    source = _source(catalogue, params["name"])
    return _run(catalogue, actor, source, params)


@action("source.preview", schema=SourcePreview, permission="operate")
def source_preview(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """What a run would do with the first items. Writes nothing."""
    source = _source(catalogue, params["name"])
    return catalogue.harvest.preview(catalogue, source, limit=params["limit"], progress=params["progress"])


@action("source.report", schema=SourceName, permission="operate")
def source_report(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The last run of a source: state, counters, and the items that were not taken in, each with its reason."""
    source = _source(catalogue, params["name"])
    with catalogue.store.read() as reader:
        jobs = reader.jobs(source.id, 1)
        if not jobs:
            raise NotFound(f"the source {source.name} has never run; start it with `gongkai harvest run {source.name}`")
        return report_of(reader, source, jobs[0])


@action("source.load", schema=SourceLoad, permission="operate")
def source_load(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Load local files and folders as a source of kind `folder`; the report of the run. The same paths are the same source."""
    wanted = {"paths": params["paths"], "map": params["map"], "type": params["type"]}
    config = catalogue.harvest.check("folder", {name: value for name, value in wanted.items() if value is not None})
    name = params["source"] or load_name(params["paths"])
    title = ", ".join(Path(path).name for path in params["paths"])
    source = _put(catalogue, actor, name, {"kind": "folder", "title": title, "config": config})
    return _run(catalogue, actor, source, params)


def load_name(paths: list[str]) -> str:
    """A source name for paths: readable by the first one's stem, told apart by a digest of all of them."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(paths[0]).name.split(".", 1)[0].lower()).strip("-")
    digest = hashlib.sha256("\n".join(sorted(paths)).encode()).hexdigest()[:8]
    return f"load-{stem}-{digest}" if stem else f"load-{digest}"


def report_of(reader: Reader, source: Source, job: Job) -> dict[str, Any]:
    """A run as people read it: state, counters that add up, troubles with their reasons."""
    troubles = reader.objects(job.id, states=TROUBLE_STATES, limit=TROUBLES_SHOWN)
    return {
        "source": source.name,
        **_job(job),
        "troubles": [_trouble(row) for row in troubles],
        "message": str(job.report.get("message", "")),
    }


def _run(catalogue: Catalogue, actor: Actor, source: Source, params: dict[str, Any]) -> dict[str, Any]:
    accept = bool(params.get("accept_deletions", False))
    return catalogue.harvest.run(
        catalogue, source, actor=actor.name, accept_deletions=accept, progress=params["progress"]
    )


def _put(catalogue: Catalogue, actor: Actor, name: str, known: dict[str, Any]) -> Source:
    """Add the source of that name, or change what is known of it; the rest stays as it is."""
    with catalogue.store.write(actor=actor.name, reason=f"source {name}") as work:
        held = work.source(name)
        if held is None:
            work.add_source(Source(new_id(), name, **known))
        elif (wanted := replace(held, **known)) != held:
            work.update_source(wanted)
    return _source(catalogue, name)


def _schedule(catalogue: Catalogue, schedule: str | None) -> str | None:
    if schedule is None:
        return None
    try:
        return cron.check(schedule, catalogue.now())
    except ValueError as error:
        message = f"schedule: {error}; null is for a source that only runs when it is asked for"
        raise InvalidInput(message, [Fault("schedule", message)]) from error


def _next_run_at(catalogue: Catalogue, source: Source) -> str | None:
    if source.schedule is None or not source.active:
        return None
    found = cron.next_time(source.schedule, catalogue.now())
    return found.isoformat(timespec="minutes") if found else None


def _process(holder: str | None) -> str | None:
    """A process, named as `catalog.process` does, as people look for it."""
    if holder is None:
        return None
    host, _boot, _space, number, _started = holder.split("/")
    return f"process {number} on {host}"


def _source(catalogue: Catalogue, name: str) -> Source:
    with catalogue.store.read() as reader:
        found = reader.source(name)
        if found is None:
            known = ", ".join(source.name for source in reader.sources()) or "none yet"
            raise NotFound(f"no source is called {name}; there are: {known}")
    return found


def _view(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "title": source.title,
        "config": dict(source.config),
        "schedule": source.schedule,
        "active": source.active,
        "requested_at": source.requested_at,
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "job": job.id,
        "state": job.state,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "counters": dict(job.counters),
    }


def _trouble(row: ObjectRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "state": row.state,
        "ref": row.ref,
        "url": row.url,
        "title": row.title,
        "code": row.problems[0].code if row.problems else "",
        "message": "; ".join(problem.message for problem in row.problems),
        "sha256_raw": row.sha256_raw,
    }
