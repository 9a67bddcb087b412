"""Actions on files: fetch one by its digest."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action
from catalog.errors import NotFound
from catalog.model.disclosure import visibility


class FileFetch(Schema):
    """Which file."""

    sha256 = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9a-f]{64}$", error="must be 64 hexadecimal digits, lower case"),
        metadata={"description": "SHA-256 of the content, 64 hexadecimal digits"},
    )


@action("file.fetch", schema=FileFetch, permission="public")
def file_fetch(catalogue: Catalogue, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """Where a file's bytes are, and what they are; only files of a record that the asker may read whole.

    Raises `NotFound` when no such record names it.
    """
    sha256 = params["sha256"]
    with catalogue.store.read() as reader:
        found = reader.file_by_sha(sha256)
        owners = reader.records([owner for owner, _ in found.owners]) if found else {}
    if found is None:
        raise NotFound(f"no file has the digest {sha256}")
    named = [
        row
        for owner, row in found.owners
        if owner in owners and (actor.role != "anonymous" or visibility(owners[owner]) == "full")
    ]
    if not named or not catalogue.files.exists(sha256):
        raise NotFound(f"no file has the digest {sha256}")
    return {"sha256": sha256, "name": named[0].name, "media_type": named[0].media_type, "size": found.file.size}
