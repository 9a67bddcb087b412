"""Actions on sources: add, list, run, preview, report; and load, which is a source made of local paths."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action
from catalog.errors import NotFound
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
    config = catalogue.harvest.check(params["kind"], params["config"])
    return _view(_put(catalogue, actor, params["name"], params["kind"], params["title"] or params["name"], config))


@action("source.list", schema=NoParameters, permission="operate")
def source_list(catalogue: Catalogue, _actor: Actor, _params: dict[str, Any]) -> dict[str, Any]:
    """All sources, each with its last run."""
    with catalogue.store.read() as reader:
        found = [(source, reader.jobs(source.id, 1)) for source in reader.sources()]
    return {"sources": [_view(source) | {"last_job": _job(jobs[0]) if jobs else None} for source, jobs in found]}


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
    source = _put(catalogue, actor, name, "folder", ", ".join(Path(path).name for path in params["paths"]), config)
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


def _put(catalogue: Catalogue, actor: Actor, name: str, kind: str, title: str, config: dict[str, Any]) -> Source:
    with catalogue.store.write(actor=actor.name, reason=f"source {name}") as work:
        held = work.source(name)
        if held is None:
            work.add_source(Source(new_id(), name, kind, title, config))
        elif (held.kind, held.title, dict(held.config)) != (kind, title, config):
            work.update_source(Source(held.id, name, kind, title, config, held.organization_id, held.active))
    return _source(catalogue, name)


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
