"""Sources of the kind `gazette`: issues as XML, PDF, long texts, or folders of article files; each issue and each article becomes a record.

An issue's items follow each other: the issue, then its articles in order. Articles carry what is needed to read them, so that a changed
article is known by its bytes; the issue's file is kept once, with the issue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, validate, validates

from catalog.errors import GongkaiError, Refused
from catalog.extract.data_files import load
from catalog.extract.gazette import flat
from catalog.harvesters.addresses import ending
from catalog.harvesters.gazette_drafts import ISSUE, article_draft, issue_draft
from catalog.harvesters.gazette_files import FORMS, IssueRows, Place, places, rows
from catalog.harvesters.maps import Map
from catalog.model.draft import Attachment, Draft, Problem, RawDocument
from catalog.plugins.harvesting import Attached, FieldTypes
from catalog.plugins.interfaces import Fetched, HarvestSession, Reference


class GazetteConfig(Schema):
    """What a source of gazettes needs to know. Fields of the issue (`title`, `year` …) are for a source of one issue."""

    paths = fields.List(
        fields.String(),
        required=True,
        validate=validate.Length(1),
        metadata={"description": "files and folders of issues"},
    )
    profile = fields.Raw(
        metadata={"description": "a profile of gazettes.yaml by name, or one for XML as a mapping; else the file tells"}
    )
    gazette = fields.String(metadata={"description": "name of the gazette"})
    title = fields.String(metadata={"description": "title of the one issue"})
    year = fields.Integer(metadata={"description": "year of the one issue"})
    volume = fields.String(metadata={"description": "volume of the one issue"})
    number_in_year = fields.String(metadata={"description": "number of the one issue in its year"})
    running_number = fields.String(metadata={"description": "running number of the one issue"})
    part = fields.String(metadata={"description": "part of the one issue"})
    supplement = fields.Boolean(metadata={"description": "whether the one issue is a supplement"})
    date_published = fields.String(metadata={"description": "day of the one issue"})
    publisher = fields.String(metadata={"description": "who publishes the gazette"})
    region = fields.String(metadata={"description": "GB/T 2260 code of the publisher's region"})
    level = fields.String(metadata={"description": "level of the publisher"})
    source_site = fields.String(metadata={"description": "name of the web site that the issues come from"})
    lang = fields.String(metadata={"description": "language of the texts (BCP 47)"})
    script = fields.String(metadata={"description": "script of the texts"})
    rights = fields.String(metadata={"description": "licence of the texts"})
    text_authority = fields.String(
        metadata={"description": "what the texts are (vocabulary text_authority); gazette_standard if not given"}
    )
    missing = fields.String(
        validate=validate.OneOf(("keep", "withdraw")),
        metadata={"description": "what becomes of records whose item is gone"},
    )

    @validates("profile")
    def profile_is_known(self, value: Any, **_options: Any) -> None:
        """A name must be that of a profile; a mapping must name the elements that are articles."""
        known = sorted(flat.names() | frozenset(load("gazettes")["xml"]))
        if isinstance(value, str) and value not in known:
            raise ValidationError(f"no profile is called {value}; there are {', '.join(known)}")
        if not isinstance(value, str | dict) or (
            isinstance(value, dict) and not isinstance(value.get("articles"), list)
        ):
            raise ValidationError("a name, or a mapping with `articles` (names of elements) and `map`, is expected")


class GazetteHarvester:
    """Issues of gazettes in files of this machine."""

    kind = "gazette"
    version = "1"
    labels: Mapping[str, str] = {"zh-Hans": "公报", "zh-Hant": "公報", "en": "Gazette"}

    def config_schema(self) -> Schema:
        """See `GazetteConfig`."""
        return GazetteConfig()

    def check_fields(self, config: Mapping[str, Any], types: FieldTypes) -> None:
        """Compile the maps of a profile of one's own once, so that a wrong name is told before anything is read."""
        own = config.get("profile")
        if isinstance(own, Mapping):
            for name in ("map", "issue_map"):
                if own.get(name):
                    Map(own[name], types, record_type=ISSUE if name == "issue_map" else "gazette_article")

    def list(self, session: HarvestSession, after: Mapping[str, Any] | None) -> Iterator[Reference]:
        """Issues in the order of their names, each followed by its articles."""
        begun = after is None
        for place in places(session.config["paths"]):
            skip = 0
            if not begun and after is not None:
                if place.name < after["file"]:
                    continue
                begun = True
                skip = int(after["item"]) if place.name == after["file"] and after.get("stamp") == _stamp(place) else 0
            for number, reference in enumerate(_items(session, place), 1):
                if number > skip:
                    yield reference

    def fetch(self, _session: HarvestSession, reference: Reference) -> Fetched:
        """What an issue or an article says, as JSON. Raises `Refused` for an issue that could not be read."""
        problem: GongkaiError | None = reference.hints.get("refused")
        if problem is not None:
            raise problem
        facts = Path(reference.hints["path"]).stat()
        return Fetched(
            reference,
            reference.payload or b"",
            media_type="application/json",
            filename=Path(reference.hints["path"]).name,
            fetched_at=datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds"),
            keep_original=False,
        )

    def read(self, session: HarvestSession, fetched: Fetched) -> Draft:
        """The draft of an issue or of an article."""
        hints = fetched.reference.hints
        if "articles" in hints:
            return issue_draft(hints["row"], hints["data"], hints["articles"], session.config, session.field_types)
        return article_draft(
            hints["row"],
            hints["data"],
            hints["issue"],
            session.config,
            session.field_types,
            session.extract,
            hints["file"],
        )

    def attached(self, _session: HarvestSession, fetched: Fetched, _draft: Draft) -> Iterator[Attached]:
        """The file of an issue and the scans of its pages; the own file of an article. They are there as long as the source is."""
        hints = fetched.reference.hints
        files = hints["keep"] if "articles" in hints else [hints["path"]] if hints.get("file") is not None else []
        for path in map(Path, files):
            scan = ending(path.name) not in FORMS and path.suffix not in (
                ".gz",
                ".yaml",
                ".yml",
                ".json",
                ".csv",
                ".tsv",
            )
            role = "page_image" if scan else "original"
            attachment = Attachment(path.name, content_present=True)
            try:
                content = path.read_bytes()
            except OSError as error:
                yield Attached(
                    attachment,
                    None,
                    Problem("warning", "missing_attachment", f"{path.name}: {error.strerror}", "files"),
                    role,
                )
                continue
            reference = Reference(key=path.name)
            yield Attached(
                attachment, Fetched(reference, content, media_type=_media_type(path), filename=path.name), None, role
            )


def _items(session: HarvestSession, place: Place) -> Iterator[Reference]:
    """The items of one issue; an issue that cannot be read is one item, with its reason."""
    stamp = _stamp(place)
    here = {"file": place.name, "stamp": stamp}
    if place.refused is not None:
        refused: GongkaiError = Refused(place.refused.code, f"{place.name}: {place.refused.message}")
        yield Reference(place.name, ref=place.name, position={**here, "item": 1}, hints={"refused": refused})
        return
    try:
        found = rows(place, session.config.get("profile"), session.extract)
    except (GongkaiError, OSError) as error:
        told = error if isinstance(error, GongkaiError) else Refused("unreadable", f"{place.name}: {error}")
        yield Reference(place.name, ref=place.name, position={**here, "item": 1}, hints={"refused": told})
        return
    yield from _of_issue(session, place, found, here)


def _of_issue(session: HarvestSession, place: Place, found: IssueRows, here: Mapping[str, Any]) -> Iterator[Reference]:
    keys = _keys(found)
    config = session.config
    marked = found.profile not in ("chinese", "folder") and not found.data
    found.row["_foreign"] = marked
    for row in found.articles:
        row["_foreign"] = marked
        if config.get("lang") or marked:
            row["lang"] = config.get("lang") or found.row.get("lang") or "zh"
    _name_pages(found, config)
    found.row["_with_text"] = any(
        row.get("_text") or row.get("_path") or row.get(found.data.get("html", "")) for row in found.articles
    )
    ids = [f"{place.name}#{key}" for key in keys]
    issue = issue_draft(found.row, found.data, ids, config, session.field_types).fields
    keep = [str(place.path), *found.row.get("_scans", ())]
    about = {
        name: issue[name]
        for name in ("title", "gazette", "publisher", "level", "region", "lang", "script", "date_published", "rights")
        if name in issue
    }
    yield Reference(
        place.name,
        ref=place.name,
        external_id=place.name,
        position={**here, "item": 1},
        hints={
            "path": str(place.path),
            "row": found.row,
            "data": found.data,
            "articles": ids,
            "keep": keep,
            "title": issue["title"],
        },
        payload=orjson.dumps([found.profile, found.row, ids, _digests(keep)], default=str),
    )
    for number, (row, key) in enumerate(zip(found.articles, ids, strict=True), 2):
        file = _own_file(row)
        yield Reference(
            key,
            ref=f"{place.name}#{row['_order']}",
            external_id=key,
            position={**here, "item": number},
            hints={
                "path": row.get("_path") or str(place.path),
                "row": row,
                "data": found.data,
                "issue": about,
                "file": file,
            },
            payload=orjson.dumps(
                [found.profile, row, about, _digests([row["_path"]]) if row.get("_path") else []], default=str
            ),
        )


def _name_pages(found: IssueRows, config: Mapping[str, Any]) -> None:
    """Give articles that begin a page of their own the name by which American law cites them: 81 FR 22173."""
    volume = config.get("volume") or found.row.get("VOL") or found.row.get("_volume")
    firsts = [row.get("page_from", row.get("_page_from")) for row in found.articles]
    if found.profile != "federal_register" or not volume:
        return
    for row, first in zip(found.articles, firsts, strict=True):
        if first is not None and firsts.count(first) == 1:
            row["_cited"] = f"{volume} FR {first}"


def _own_file(row: Mapping[str, Any]) -> RawDocument | None:
    if not row.get("_path"):
        return None
    path = Path(row["_path"])
    return RawDocument(
        path.read_bytes(), filename=path.name, hints={"title": str(row["title"])} if row.get("title") else {}
    )


def _keys(found: IssueRows) -> list[str]:
    """What tells the articles of an issue apart: their own ids where all have different ones, else their order."""
    own = [str(row.get("_key") or "") for row in found.articles]
    if all(own) and len(set(own)) == len(own):
        return own
    return [str(order) for order in range(1, len(own) + 1)]


def _digests(paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        with Path(path).open("rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return found


def _media_type(path: Path) -> str | None:
    kind, packed = guess_type(path.name)
    return "application/gzip" if packed == "gzip" else kind


def _stamp(place: Place) -> str:
    try:
        facts = place.path.stat()
    except OSError:
        return ""
    return f"{facts.st_size}-{facts.st_mtime_ns}"
