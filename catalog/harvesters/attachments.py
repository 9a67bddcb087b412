"""The files that a page links to: found, fetched, checked to be what they are called, and told in the draft.

A file that is not to be had is a warning on the record, never the end of it; its place in the list says that its content is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.errors import Refused, SourceFailed
from catalog.extract.formats.sniff import media_type
from catalog.harvesters.addresses import ending
from catalog.harvesters.markup import Tree, caption
from catalog.harvesters.site_config import SUFFIXES
from catalog.model.draft import Attachment, Draft, Problem
from catalog.plugins.harvesting import Attached
from catalog.plugins.interfaces import Fetched, HarvestSession

MAX_FILES = 200
"""Files of one document that are fetched; the others are told as missing."""
RESOURCES = "dataset"
"""The record type whose files are its resources."""


def linked(tree: Tree, column: Mapping[str, Any], draft: Draft) -> tuple[Attachment, ...]:
    """The draft's own attachments, and those that the column's selector finds; of a dataset, every link to a file."""
    found = {one.url or one.title: one for one in draft.attachments}
    selector = column.get("attachments", "a[href]" if draft.record_type == RESOURCES else None)
    for node in tree.parser.css(selector) if selector else ():
        link = node if node.tag == "a" else node.css_first("a[href]")
        url = tree.link(link)
        if link is not None and url is not None and ("attachments" in column or _is_file(url, column)):
            found.setdefault(url, Attachment(caption(link) or url.rsplit("/", 1)[-1], url))
    return tuple(found.values())


def fetch_all(session: HarvestSession, column: Mapping[str, Any], draft: Draft) -> Iterator[Attached]:
    """Each attachment of the draft that is a file, fetched, or the warning why not; the draft then says which are there."""
    told: list[tuple[Attachment, Fetched | None]] = []
    role = "resource" if draft.record_type == RESOURCES else "attachment"
    for number, attachment in enumerate(draft.attachments):
        one = Attached(attachment, None, role=role)
        if attachment.url is not None and ("attachments" in column or _is_file(attachment.url, column)):
            one = (
                _fetched(session, attachment, role)
                if number < MAX_FILES
                else _missing(attachment, role, "too_many_files", "is one too many")
            )
            yield one
        told.append((attachment, one.fetched))
    _tell(draft, told)


def _is_file(url: str, column: Mapping[str, Any]) -> bool:
    return ending(url) in column.get("suffixes", SUFFIXES)


def _fetched(session: HarvestSession, attachment: Attachment, role: str) -> Attached:
    url = attachment.url or ""
    try:
        fetched = session.get(url)
        kind = media_type(fetched.content, fetched.media_type, fetched.filename)
    except (Refused, SourceFailed) as error:
        return _missing(attachment, role, getattr(error, "code", "source_failed"), str(error))
    return Attached(attachment, replace(fetched, media_type=kind), role=role)


def _missing(attachment: Attachment, role: str, code: str, reason: str) -> Attached:
    name = "resources" if role == "resource" else "attachments"
    problem = Problem("warning", code, f"{attachment.title or attachment.url}: not fetched: {reason}", name)
    return Attached(attachment, None, problem, role)


def _tell(draft: Draft, told: Sequence[tuple[Attachment, Fetched | None]]) -> None:
    if not told:
        return
    draft.attachments = tuple(replace(one, content_present=fetched is not None) for one, fetched in told)
    entries = [_entry(one, fetched) for one, fetched in told]
    if draft.record_type == RESOURCES:
        draft.fields["resources"] = [
            entry | {"media_type": fetched.media_type if fetched else None}
            for entry, (_, fetched) in zip(entries, told, strict=True)
        ]
        draft.attachments = ()
    else:
        draft.fields["attachments"] = entries
    if any(fetched is None for _, fetched in told) and "missing_attachment" not in draft.flags:
        draft.flags += ("missing_attachment",)


def _entry(attachment: Attachment, fetched: Fetched | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "title": attachment.title,
        "url": attachment.url,
        "format": ending(attachment.url or attachment.title).upper() or None,
        "content_present": fetched is not None,
    }
    if fetched is not None:
        entry |= {"bytes": len(fetched.content), "sha256": hashlib.sha256(fetched.content).hexdigest()}
    return entry
