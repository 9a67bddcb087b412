"""Actions that change records by hand: create, update, withdraw. What a person sets stays until a person changes it."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from marshmallow import Schema, fields, validate

from catalog.actions import views
from catalog.actions.context import Actor, Catalogue
from catalog.actions.follow import follow_once
from catalog.actions.keys import organization_slug, record_keys, record_slug
from catalog.actions.lineage import take_back, tell_targets, told_by
from catalog.actions.registry import action
from catalog.errors import Conflict, Fault, InvalidInput
from catalog.model.disclosure import visibility
from catalog.model.draft import Block, Draft, Reading
from catalog.model.organisations import level_of
from catalog.model.record import Record
from catalog.schemas.validate import validate as validate_draft
from catalog.store.identity import new_id, text_hash
from catalog.store.rows import OrganizationDraft, RecordWrite
from catalog.store.work import UnitOfWork

BY_HAND = 1.0
"""A person's word is as sure as it gets."""


class RecordCreate(Schema):
    """A new record."""

    type = fields.String(required=True, metadata={"description": "record type"})
    fields_ = fields.Dict(
        data_key="fields", keys=fields.String(), required=True, metadata={"description": "the type's fields"}
    )
    text = fields.String(load_default="", metadata={"description": "body, a paragraph a line"})
    publish = fields.Boolean(
        load_default=False, metadata={"description": "publish at once; needs a passed secrecy review"}
    )
    reason = fields.String(load_default="created", metadata={"description": "why, for the history"})


class RecordUpdate(Schema):
    """New values for some fields of a record."""

    id = fields.String(required=True, metadata={"description": "id or name"})
    version = fields.Integer(
        required=True, metadata={"description": "the version that was read; another one is a conflict"}
    )
    fields_ = fields.Dict(
        data_key="fields",
        keys=fields.String(),
        required=True,
        metadata={"description": "fields to set; null takes one away"},
    )
    publish = fields.Boolean(
        load_default=False, metadata={"description": "publish a draft; needs a passed secrecy review"}
    )
    reason = fields.String(required=True, validate=validate.Length(1), metadata={"description": "why, for the history"})


class RecordWithdraw(Schema):
    """A record to take back."""

    id = fields.String(required=True, metadata={"description": "id or name"})
    reason = fields.String(
        required=True,
        validate=validate.Length(1),
        metadata={"description": "why; it is published in place of the record"},
    )


@action("record.create", schema=RecordCreate, permission="edit")
def record_create(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Make a record by hand. It is a draft unless `publish` is given and its secrecy review (保密审查) has passed.

    Raises `InvalidInput` that lists every wrong field.
    """
    record_id = new_id()
    readings = {name: _by_hand(value) for name, value in params["fields_"].items()}
    metadata = _validated(catalogue, params["type"], {"secrecy_review": {"status": "none"}, **params["fields_"]})
    blocks = [Block("paragraph", line.strip()) for line in params["text"].splitlines() if line.strip()]
    now = catalogue.now().isoformat()
    record: Record = {
        "id": record_id,
        "name": record_slug(metadata, place=record_id),
        "type": params["type"],
        "title": metadata["title"],
        "organization_id": None,
        "state": _state(metadata, publish=params["publish"], held="draft"),
        "disclosure": metadata["disclosure"],
        "metadata": metadata,
        "readings": readings,
        "text_hash": text_hash(blocks) if blocks else None,
        "content_hash": "",
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    with catalogue.store.write(actor=actor.name, reason=params["reason"]) as work:
        record["name"] = work.unique_names({record_id: record["name"]})[record_id]
        record = _owned(work, _hashed(record))
        work.create([RecordWrite(record=record, blocks=blocks or None, keys=record_keys(metadata))])
        tell_targets(work, [record["id"]], now=work.now)
    follow_once(catalogue)
    return views.full(record, today=catalogue.today())


@action("record.update", schema=RecordUpdate, permission="edit")
def record_update(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Set some fields of a record by hand; later harvests leave them as they are.

    Raises `Conflict` when the record changed since it was read, `InvalidInput` that lists every wrong field.
    """
    with catalogue.store.write(actor=actor.name, reason=params["reason"]) as work:
        held = views.visible(work.record(params["id"]), actor, asked=params["id"])
        if held["version"] != params["version"]:
            raise Conflict(
                f"{held['name']} is at version {held['version']}, not {params['version']}; read it again and repeat the edit"
            )
        wanted = {**held["metadata"], **params["fields_"]}
        metadata = _validated(
            catalogue, held["type"], {name: value for name, value in wanted.items() if value is not None}
        )
        readings = {**held["readings"], **{name: _by_hand(value) for name, value in params["fields_"].items()}}
        record: Record = {
            **held,
            "title": metadata["title"],
            "state": _state(metadata, publish=params["publish"], held=held["state"]),
            "disclosure": metadata["disclosure"],
            "metadata": metadata,
            "readings": readings,
            "version": held["version"] + 1,
            "updated_at": catalogue.now().isoformat(),
        }
        record = _owned(work, record)
        before = told_by(work, {record["id"]}, renamed={record["id"]})
        work.update([RecordWrite(record=record, keys=record_keys(metadata))])
        if visibility(record) == "none":
            take_back(work, {record["id"]})
        tell_targets(work, [record["id"]], now=work.now, before=before)
    follow_once(catalogue)
    return views.full(record, today=catalogue.today())


@action("record.withdraw", schema=RecordWithdraw, permission="edit")
def record_withdraw(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Take a record back. Its address answers 410 with the reason from then on; the store keeps everything."""
    with catalogue.store.write(actor=actor.name, reason=params["reason"]) as work:
        held = views.visible(work.record(params["id"]), actor, asked=params["id"])
        take_back(work, {held["id"]})
        work.set_state([held["id"]], "withdrawn", params["reason"])
    follow_once(catalogue)
    return {"id": held["id"], "name": held["name"], "state": "withdrawn", "reason": params["reason"]}


def _validated(catalogue: Catalogue, record_type: str, values: dict[str, Any]) -> dict[str, Any]:
    checked = validate_draft(Draft(record_type, fields=dict(values)), catalogue.plugins.record_types)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    if errors:
        faults = [Fault(problem.field or "", problem.message, code=problem.code) for problem in errors]
        raise InvalidInput("; ".join(problem.message for problem in errors), faults)
    return checked.metadata


def _state(metadata: dict[str, Any], *, publish: bool, held: Any) -> Any:
    if not publish:
        return held
    review = metadata.get("secrecy_review")
    status = review.get("status") if isinstance(review, dict) else review
    if status not in ("passed", "external"):
        message = "secrecy_review: a record is published only after its secrecy review passed; set status, by and on"
        raise InvalidInput(
            message,
            [Fault("secrecy_review", message, "secrecy_review：未经保密审查通过不得发布；请填写 status、by、on")],
        )
    return "published"


def _by_hand(value: Any) -> dict[str, Any]:
    reading = Reading(value if isinstance(value, str) else orjson.dumps(value).decode(), "manual", BY_HAND)
    return {"raw": reading.raw, "where": reading.where, "confidence": reading.confidence}


def _owned(work: UnitOfWork, record: Record) -> Record:
    titles = [t for t in (*record["metadata"].get("issuing_body", ()), record["metadata"].get("publisher")) if t]
    ids = work.ensure_organizations(
        titles, describe=lambda title: OrganizationDraft(organization_slug(title), level=level_of(title))
    )
    return {**record, "organization_id": ids[titles[0]] if titles else record["organization_id"]}


def _hashed(record: Record) -> Record:
    content = orjson.dumps([record["type"], record["metadata"], record["text_hash"]], option=orjson.OPT_SORT_KEYS)
    return {**record, "content_hash": hashlib.sha256(content).hexdigest()}
