"""Sources of the kind `folder`: local files and folders of pages and record files, in the order of their names.

A page is an item; so is each line of a record file (`jsonl.py`) and each file of an archive (`archives.py`), which are kept once and
whole. Files beside a scan that hold its text are read with it (`sidecars.py`). Hidden files, links that lead outside and files that nothing
reads are listed and skipped, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate

from catalog.errors import Refused
from catalog.extract.formats.container import is_container
from catalog.extract.formats.sniff import MAX_BYTES
from catalog.harvesters.addresses import ending
from catalog.harvesters.answers import RefusedAnswer
from catalog.harvesters.archives import Packed, packed
from catalog.harvesters.constants import fill_in, retype
from catalog.harvesters.jsonl import Line, count_lines, is_records, read_lines
from catalog.harvesters.lines import OwnNames
from catalog.harvesters.maps import Map
from catalog.harvesters.sidecars import MAX_BYTES as MAX_SIDECAR
from catalog.harvesters.sidecars import fingerprint
from catalog.harvesters.walk import PAGES, Entry, entries
from catalog.model.draft import Attachment, Draft, RawDocument
from catalog.plugins.harvesting import Attached, FieldTypes
from catalog.plugins.interfaces import Fetched, HarvestSession, Reference

COUNTED_BYTES = 256 * 1024 * 1024
"""Record files are counted for the progress bar up to this size; counting a bigger one would take longer than it helps."""
HINTS = ("publisher", "region", "level", "source_site")


class RecordReader(Protocol):
    """How the lines of record files become drafts: a map, or the catalogue's own names."""

    def key(self, row: Mapping[str, Any]) -> str | None:
        """What tells the record apart in its source."""

    def external_id(self, row: Mapping[str, Any]) -> str | None:
        """The record's id at its source."""

    def draft(self, row: Mapping[str, Any], extract: Callable[..., Draft]) -> Draft:
        """The record as a draft."""


class FolderConfig(Schema):
    """What a folder source needs to know."""

    paths = fields.List(
        fields.String(), required=True, validate=validate.Length(1), metadata={"description": "files and folders"}
    )
    map = fields.Raw(metadata={"description": "map file (path), or the map itself: which input field is which"})
    type = fields.String(metadata={"description": "record type of what does not say it"})
    publisher = fields.String(metadata={"description": "who published the pages, where they do not say"})
    region = fields.String(metadata={"description": "GB/T 2260 code of the publisher's region"})
    level = fields.String(metadata={"description": "level of the publisher"})
    source_site = fields.String(metadata={"description": "name of the web site that the pages come from"})
    missing = fields.String(
        validate=validate.OneOf(("keep", "withdraw")),
        metadata={"description": "what becomes of records whose item is gone"},
    )

    @post_load
    def read_map(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """A map that is given as a path is read here, so that a source does what it was checked for, whatever becomes of the file."""
        given = data.get("map")
        if isinstance(given, str):
            given = _load_map(Path(given))
        elif given is not None and not isinstance(given, dict):
            raise ValidationError({"map": ["a path or a mapping is expected"]})
        if given is not None:
            data["map"] = _plain(given)
        return data


class FolderHarvester:
    """Files and folders of this machine."""

    kind = "folder"
    version = "1"
    reads_alone = True
    labels: Mapping[str, str] = {"zh-Hans": "文件夹", "zh-Hant": "資料夾", "en": "Folder"}

    def config_schema(self) -> Schema:
        """See `FolderConfig`."""
        return FolderConfig()

    def check_fields(self, config: Mapping[str, Any], types: FieldTypes) -> None:
        """Compile the map once, so that a wrong name in it is told before anything is loaded."""
        if "map" in config:
            Map(config["map"], types, record_type=config.get("type"))

    def total(self, session: HarvestSession) -> int | None:
        """Pages and lines; `None` when a record file is too big to count, or cannot be read, and for archives."""
        total = 0
        for entry in entries(session.config["paths"]):
            lines: int | None = 1
            if not entry.code and is_archive(entry.path):
                return None
            if not entry.code and is_records(entry.path):
                lines = count_lines(entry.path) if entry.path.stat().st_size <= COUNTED_BYTES else None
            if lines is None:
                return None
            total += lines
        return total

    def containers(self, session: HarvestSession) -> Iterator[tuple[str, Path]]:
        """The record files and the archives."""
        for entry in entries(session.config["paths"]):
            if not entry.code and (is_records(entry.path) or is_archive(entry.path)):
                yield entry.name, entry.path

    def list(self, session: HarvestSession, after: Mapping[str, Any] | None) -> Iterator[Reference]:
        """Files in the order of their names, record files line by line."""
        begun = after is None
        for entry in entries(session.config["paths"]):
            start = 0
            if not begun and after is not None:
                begun = entry.name >= after["file"]
                if not begun:
                    continue
                if entry.name == after["file"]:
                    if "line" not in after and "member" not in after:
                        continue
                    # a file that was changed since is listed from its beginning; items that are done are known by their keys
                    place = after.get("line", after.get("member", 0))
                    start = int(place) if after.get("stamp") == _stamp(entry.path) else 0
            if not entry.code and is_records(entry.path):
                yield from self._lines(session, entry, start)
            elif not entry.code and is_archive(entry.path):
                yield from _members(entry, start)
            else:
                yield _whole(entry)

    def fetch(self, _session: HarvestSession, reference: Reference) -> Fetched:
        """The bytes of a page, or of a line. Raises `Refused` for what was not to be had."""
        line: Line | None = reference.hints.get("line")
        if line is not None:
            if line.record is None:
                raise RefusedAnswer(line.code, f"{reference.ref}: {line.message}", line.content)
            return Fetched(reference, line.content, media_type="application/json", keep_original=False)
        one: Packed | None = reference.hints.get("packed")
        if one is not None:
            return _unpacked(reference, one)
        entry: Entry = reference.hints["entry"]
        if entry.code:
            raise Refused(entry.code, f"{entry.name}: {entry.message}")
        facts = entry.path.stat()
        if facts.st_size > MAX_BYTES:
            raise Refused(
                "too_large", f"{entry.name} has {facts.st_size:,} bytes, more than the {MAX_BYTES:,} that are read"
            )
        return Fetched(
            reference,
            entry.path.read_bytes(),
            media_type=PAGES.get(ending(entry.path.name)),
            filename=entry.path.name,
            fetched_at=datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds"),
        )

    def read(self, session: HarvestSession, fetched: Fetched) -> Draft:
        """A line through the map, a page through the extractors."""
        line: Line | None = fetched.reference.hints.get("line")
        if line is not None and line.record is not None:
            by: RecordReader = fetched.reference.hints["by"]
            return by.draft(line.record, session.extract)
        constants = {name: str(session.config[name]) for name in HINTS if name in session.config}
        document = RawDocument(
            fetched.content,
            media_type=fetched.media_type,
            filename=fetched.filename,
            hints=constants,
            sidecars=_beside(fetched.reference),
        )
        draft = session.extract(document)
        types = session.field_types
        if "type" in session.config:
            retype(draft, session.config["type"], types(session.config["type"]))
        fill_in(draft, constants, {}, types(draft.record_type) or {})
        return draft

    def attached(self, _session: HarvestSession, fetched: Fetched, _draft: Draft) -> Iterator[Attached]:
        """The files beside a scan, which are kept with it."""
        for name, content in _beside(fetched.reference):
            kind = PAGES.get(ending(name), "application/xml" if name.endswith("xml") else "text/html")
            file = Fetched(fetched.reference, content, media_type=kind, filename=name)
            yield Attached(Attachment(name, content_present=True), file, role="sidecar")

    def _lines(self, session: HarvestSession, entry: Entry, start: int) -> Iterator[Reference]:
        by = reader(session)
        stamp = _stamp(entry.path)
        refused = _unusable(entry, by, session) if start == 0 else None
        if refused is not None:
            yield Reference(entry.name, ref=entry.name, position={"file": entry.name}, hints={"entry": refused})
            return
        for line in read_lines(entry.path, start):
            ref = f"{entry.name}#L{line.number}"
            row = line.record
            yield Reference(
                key=(by.key(row) if row is not None else None) or ref,
                ref=ref,
                external_id=by.external_id(row) if row is not None else None,
                position={"file": entry.name, "line": line.number, "stamp": stamp},
                hints={"line": line, "by": by},
                payload=line.content,
            )


def _whole(entry: Entry) -> Reference:
    """The reference of a file that is one item. What it is read together with is in its fingerprint."""
    hints: dict[str, Any] = {"entry": entry}
    sign = None
    if entry.beside and not entry.code:
        try:
            held = tuple((path.name, path.read_bytes()) for path in entry.beside if path.stat().st_size <= MAX_SIDECAR)
            sign = fingerprint(entry.path.read_bytes(), held) if entry.path.stat().st_size <= MAX_BYTES else None
            hints["beside"] = held
        except OSError as error:
            hints["entry"] = replace(
                entry, code="unreadable", message=f"it, or a file beside it, cannot be read: {error}"
            )
    return Reference(entry.name, ref=entry.name, position={"file": entry.name}, hints=hints, fingerprint=sign)


def _members(entry: Entry, start: int) -> Iterator[Reference]:
    """The files of an archive. Their bytes come with the listing, since an archive is open only while it is listed."""
    stamp = _stamp(entry.path)
    for number, one in enumerate(packed(entry.path, entry.name, start=start), start + 1):
        yield Reference(
            one.name,
            ref=one.name,
            position={"file": entry.name, "member": number, "stamp": stamp},
            hints={"packed": one, "beside": one.beside},
            fingerprint=fingerprint(one.content, one.beside) if one.beside else None,
        )


def _unpacked(reference: Reference, one: Packed) -> Fetched:
    if one.code:
        raise Refused(one.code, f"{one.name}: {one.message}")
    name = PurePosixPath(one.name).name
    return Fetched(reference, one.content, media_type=PAGES.get(ending(name)), filename=name)


def _beside(reference: Reference) -> tuple[tuple[str, bytes], ...]:
    held: tuple[tuple[str, bytes], ...] = reference.hints.get("beside", ())
    return held


def is_archive(path: Path) -> bool:
    """Whether a file is an archive whose files are items; a packed record file is none."""
    return is_container(path.name) and not is_records(path)


def _unusable(entry: Entry, by: RecordReader, session: HarvestSession) -> Entry | None:
    """The entry with the reason why none of its lines can be read: it has none, or its first record has other names than ours."""
    first = next(read_lines(entry.path), None)
    if first is None:
        return replace(entry, code="empty", message="the file has no lines")
    if first.record is not None and isinstance(by, OwnNames):
        try:
            by.draft(first.record, session.extract)
        except Refused as error:
            if error.code in {"unknown_type", "unknown_field"}:
                return replace(entry, code=error.code, message=f"line {first.number}: {error}")
    return None


def reader(session: HarvestSession) -> RecordReader:
    """How this source's lines are read: by its map, else by the catalogue's own names."""
    given, record_type = session.config.get("map"), session.config.get("type")
    if given is None:
        return OwnNames(session.field_types, record_type=record_type)
    return Map(given, session.field_types, record_type=record_type)


def _load_map(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValidationError({"map": [f"{path} cannot be read as YAML in UTF-8: {error}"]}) from error
    if not isinstance(data, dict):
        raise ValidationError({"map": [f"{path} is not a mapping of directives"]})
    return data


def _plain(value: Any) -> Any:
    """YAML's numbers, dates and yes or no as names of a mapping become text, as JSON has them."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _stamp(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_size}-{facts.st_mtime_ns}"
