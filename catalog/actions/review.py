"""The list of what somebody has to look at: opened from the quality flags of records, settled by people and by workers.

Which flag opens which kind of review is data: `review:` in the vocabulary `quality_flag`. What was settled stays settled; only a kind that
its vocabulary marks `again: true` is opened anew when a record that was dealt with comes back with its flag (another scan was published).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action
from catalog.errors import NotFound
from catalog.model.vocabularies import vocabulary
from catalog.store.rows import Review, ReviewWrite
from catalog.store.work import UnitOfWork

LISTED = 100
"""Reviews that are listed at a time where nothing else is asked for."""
MOST_LISTED = 1_000
STATES = ("open", "done", "dismissed")


class ReviewList(Schema):
    """Which reviews to list."""

    kind = fields.String(
        load_default=None, allow_none=True, metadata={"description": "kind of review; all when not given"}
    )
    state = fields.String(
        load_default="open", validate=validate.OneOf(STATES), metadata={"description": "open, done or dismissed"}
    )
    limit = fields.Integer(
        load_default=LISTED, validate=validate.Range(1, MOST_LISTED), metadata={"description": "how many"}
    )
    after = fields.String(load_default=None, allow_none=True, metadata={"description": "`next` of the page before"})


class ReviewSettle(Schema):
    """A review to settle."""

    record = fields.String(required=True, metadata={"description": "id or name of the record"})
    kind = fields.String(required=True, metadata={"description": "kind of review"})
    key = fields.String(load_default="", metadata={"description": "which one, where a record has several of a kind"})
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES[1:]),
        metadata={"description": "done, or dismissed: there was nothing to do"},
    )


@cache
def kinds_of_flags() -> Mapping[str, str]:
    """The quality flags that somebody has to look at, with the kind of review that each opens."""
    return {flag.id: str(flag.extra["review"]) for flag in vocabulary("quality_flag") if "review" in flag.extra}


def note_reviews(work: UnitOfWork, records: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Open the reviews that the quality flags of some records (id, metadata) call for. Asked for twice, they are opened once."""
    wanted = [write for record_id, metadata in records for write in _called_for(record_id, metadata)]
    if wanted:
        ask(work, wanted)


def ask(work: UnitOfWork, wanted: Sequence[ReviewWrite]) -> None:
    """Open reviews that are not open yet; those of a kind that is asked for again get a key of their own once they were done."""
    work.ask_reviews([*_asked_again(work, wanted)])


def _asked_again(work: UnitOfWork, wanted: Sequence[ReviewWrite]) -> Iterator[ReviewWrite]:
    """The reviews under keys that are free, where their kind is one to ask for again once it was done; a dismissed one never is."""
    kinds = vocabulary("review").concepts
    again = {name for name, kind in kinds.items() if kind.extra.get("again")}
    held = work.reviews_of([one.record_id for one in wanted if one.kind in again])
    for one in wanted:
        if one.kind not in again:
            yield one
            continue
        stands = [review for review in held.get(one.record_id, ()) if review.kind == one.kind]
        if not stands:
            yield one
        elif all(review.state == "done" for review in stands):
            yield replace(one, key=str(len(stands) + 1))


def _called_for(record_id: str, metadata: Mapping[str, Any]) -> Iterator[ReviewWrite]:
    kinds = kinds_of_flags()
    flags: dict[str, list[str]] = {}
    for flag in metadata.get("quality_flags", ()):
        if flag in kinds:
            flags.setdefault(kinds[flag], []).append(flag)
    for kind, found in flags.items():
        yield ReviewWrite(record_id, kind, detail={"flags": found})


@action("review.list", schema=ReviewList, permission="edit")
def review_list(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """What somebody has to look at: how many open reviews of each kind there are, and a page of them with their records."""
    kind = _kind(params["kind"]) if params["kind"] else None
    with catalogue.store.read() as reader:
        counts = reader.review_counts()
        found = reader.reviews(kind=kind, state=params["state"], limit=params["limit"], after=params["after"])
        held = reader.records({one.record_id for one in found})
    items = [_view(one, held.get(one.record_id)) for one in found]
    return {"counts": counts, "reviews": items, "next": found[-1].cursor if len(found) == params["limit"] else None}


@action("review.settle", schema=ReviewSettle, permission="edit")
def review_settle(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Settle an open review as done or dismissed. Raises `NotFound` where the record has no such open review."""
    kind = _kind(params["kind"])
    with catalogue.store.write(actor=actor.name, reason=f"review {kind} {params['state']}") as work:
        record = work.record(params["record"])
        if record is None:
            raise NotFound(
                f"no record is called {params['record']}; `gongkai review list` shows those that have reviews"
            )
        settled = work.settle_reviews([(record["id"], kind, params["key"])], state=params["state"])
        if not settled:
            raise NotFound(
                f"{record['name']} has no open review {kind}{' ' + params['key'] if params['key'] else ''};"
                " `gongkai review list` shows the open ones"
            )
    return {"record": record["name"], "kind": kind, "key": params["key"], "state": params["state"]}


def _kind(name: str) -> str:
    known = vocabulary("review").concepts
    if name not in known:
        raise NotFound(f"no kind of review is called {name}; there are: {', '.join(known)}")
    return name


def _view(one: Review, record: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "record": one.record_id,
        "name": record["name"] if record else None,
        "title": record["title"] if record else None,
        "kind": one.kind,
        "key": one.key,
        "label": dict(vocabulary("review").concepts[one.kind].labels) if one.kind in vocabulary("review") else {},
        "state": one.state,
        "since": one.since,
        "detail": dict(one.detail),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
    }
