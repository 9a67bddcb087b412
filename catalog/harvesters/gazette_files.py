"""Files and folders → issues of a gazette: which files are one issue each, and the rows that its form gives (XML, pages, flat text, tables).

An issue is read whole, once, when its turn comes; its articles are then items of their own. Nothing here knows records.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from catalog.errors import Refused
from catalog.extract.data_files import load
from catalog.extract.formats.encoding import decode
from catalog.extract.formats.pdf import pdf_text
from catalog.extract.formats.sniff import MAX_BYTES
from catalog.extract.gazette import flat, markup, tables
from catalog.extract.gazette.pieces import PageTable, Piece, Split
from catalog.extract.lines import Line
from catalog.harvesters.addresses import ending
from catalog.harvesters.walk import Entry, entries
from catalog.model.draft import Draft, RawDocument

Form = Literal["xml", "pdf", "text", "document", "folder"]
DOCUMENT: Form = "document"
FORMS: Mapping[str, Form] = {
    "xml": "xml",
    "pdf": "pdf",
    "txt": "text",
    "text": "text",
    **dict.fromkeys(("htm", "html", "docx", "doc", "md", "ofd", "odt"), DOCUMENT),
}
"""Endings of files that can be a whole issue, and the form in which it then comes."""
SCANS = frozenset({"jpg", "jpeg", "png", "tif", "tiff", "jp2", "bmp"})
STEPS = 2
"""Articles by which printed page numbers and the file's own must agree to be believed."""


@dataclass(frozen=True, slots=True)
class Place:
    """One issue's place: its name in the source, its form, and its files. A folder's description is `path`; `others` lie beside it."""

    name: str
    form: Form
    path: Path
    others: tuple[Entry, ...] = ()
    refused: Entry | None = None


@dataclass(frozen=True, slots=True)
class IssueRows:
    """An issue as read: its own row, its articles' rows in order, by which profile. Rows of articles have `_text` or `_html` or `_path`."""

    profile: str
    row: dict[str, Any]
    articles: list[dict[str, Any]] = field(default_factory=list)
    data: Mapping[str, Any] = field(default_factory=dict)


def places(paths: list[str]) -> Iterator[Place]:
    """The issues that paths lead to, in the order of their names; what is none of the known forms comes with its reason."""
    found = list(entries(paths))
    folders = {entry.path.parent for entry in found if _describes(entry.path)}
    done: set[Path] = set()
    for entry in found:
        folder = next((one for one in (entry.path.parent, *entry.path.parents) if one in folders), None)
        if folder is not None:
            if folder not in done:
                done.add(folder)
                yield _folder(folder, [one for one in found if folder in one.path.parents])
            continue
        form = FORMS.get(ending(entry.path.name.removesuffix(".gz")))
        if form is not None and entry.code in ("", "unsupported_type"):
            yield Place(entry.name, form, entry.path)
        else:
            refused = entry if entry.code else Entry(entry.name, entry.path, "unsupported_type", NO_ISSUE)
            yield Place(entry.name, "document", entry.path, refused=refused)


NO_ISSUE = (
    "this kind of file is no gazette issue; put an issue.yaml or articles.csv beside it to make the folder one issue"
)


def _describes(path: Path) -> bool:
    return path.name in tables.ISSUE_FILES or path.name in tables.ARTICLE_FILES


def _folder(folder: Path, inside: list[Entry]) -> Place:
    """A folder that is one issue: its description, and all other files in it and below."""
    descriptions = sorted((one for one in inside if _describes(one.path) and one.path.parent == folder), key=_rank)
    others = tuple(one for one in inside if one not in descriptions[:1] and one.code in ("", "unsupported_type"))
    name = descriptions[0].name.rpartition("/")[0] or folder.name
    return Place(name, "folder", descriptions[0].path, others)


def _rank(entry: Entry) -> int:
    return [*tables.ISSUE_FILES, *tables.ARTICLE_FILES].index(entry.path.name)


def content_of(path: Path) -> bytes:
    """A file's bytes, unpacked where it is gzip. Raises `Refused`: `too_large`, `unreadable`."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", f"{path.name} is longer than the {MAX_BYTES:,} bytes that are read")
    content = path.read_bytes()
    if not content.startswith(b"\x1f\x8b"):
        return content
    reader = zlib.decompressobj(wbits=31)
    try:
        unpacked = reader.decompress(content, MAX_BYTES + 1)
    except zlib.error as error:
        raise Refused("unreadable", f"{path.name} cannot be unpacked: {error}. Fetch it again.") from error
    if len(unpacked) > MAX_BYTES:
        raise Refused("too_large", f"{path.name} unpacks to more than the {MAX_BYTES:,} bytes that are read")
    if not reader.eof:
        raise Refused("unreadable", f"{path.name} breaks off: it is not all there. Fetch it again.")
    return unpacked


def rows(place: Place, profile: str | Mapping[str, Any] | None, extract: Callable[[RawDocument], Draft]) -> IssueRows:
    """Read an issue. `extract` reads files that are neither text nor XML nor PDF. Raises `Refused` with the reader's reason."""
    if place.form == "folder":
        return _described(place)
    content = content_of(place.path)
    stem = re.sub(r"(\.gz)?$", "", place.path.name).rpartition(".")[0] or place.path.name
    if place.form == "xml":
        named = profile if isinstance(profile, str) and profile not in flat.names() else None
        own = profile if isinstance(profile, Mapping) else None
        read = markup.read(content, place.name, file=stem, profile=named, own=own)
        return IssueRows(read.profile, read.row, read.articles, read.data)
    lines: tuple[Line, ...] = ()
    if place.form == "pdf":
        pdf = pdf_text(content, place.name)
        lines, pages = pdf.lines, pdf.pages
    elif place.form == "text":
        return _flat(decode(content).text, (), stem, profile, pages=None)
    else:
        draft = extract(RawDocument(content, filename=place.path.name))
        lines = tuple(Line(block.text, page=block.page) for block in draft.blocks)
        pages = None
    return _flat("\n".join(line.text for line in lines), lines, stem, profile, pages=pages)


def _flat(
    text: str, lines: tuple[Line, ...], stem: str, profile: str | Mapping[str, Any] | None, *, pages: int | None
) -> IssueRows:
    """The rows of a text: articles from the splitter, page numbers from the lines, and what no article owns as the issue's own text."""
    wanted = profile if isinstance(profile, str) and profile in flat.names() else None
    split = flat.split(text, wanted)
    offsets: list[tuple[int, Line]] = []
    at = 0
    for line in lines:
        offsets.append((at, line))
        at += len(line.text) + 1
    paged = [(start, line.page) for start, line in offsets if line.page is not None]
    table = PageTable([start for start, _ in paged], [page for _, page in paged])
    articles = [_article(split, piece, order, table) for order, piece in enumerate(split.articles(), 1)]
    for piece, one in zip(split.articles(), articles, strict=True):
        own_lines = _lines_of(offsets, piece)
        if own_lines:
            one["_lines"] = own_lines
    _printed_pages(articles)
    own = [split.of(piece) for piece in split.pieces if piece.kind != "article"]
    row = {
        "_file": stem,
        "_count": len(articles),
        "_text": "\n".join(part for part in own if part.strip()),
        "_head": text[: min([2_000, *(piece.start for piece in split.articles()[:1])])],
    }
    if pages:
        row["pages"] = pages
    row["_listed"] = split.listed
    row |= load("gazettes")["marked"].get(split.profile, {}).get("constants", {})
    days = [one.get("day") for one in articles if one.get("day")]
    row |= {"_day": days[0]} if days else {}
    volumes = [one.pop("volume") for one in articles if one.get("volume")]
    row |= {"_volume": volumes[0]} if volumes else {}
    return IssueRows(split.profile, row, articles)


def _article(split: Split, piece: Piece, order: int, table: PageTable) -> dict[str, Any]:
    head = piece.head
    if head is None:
        raise ValueError("an article without a head")
    row: dict[str, Any] = dict(head.fields)
    row |= {"_order": order, "_text": split.of(piece), "_sure": head.sure, "_signs": list(head.signs)}
    row.setdefault(
        "title",
        row.get("listed") or next((line.strip()[:200] for line in row["_text"].splitlines() if line.strip()), ""),
    )
    row |= {"_start": piece.start, "_end": piece.end}
    if table:
        row |= {"_file_page_from": table.at(piece.start), "_file_page_to": table.at(max(piece.end - 2, piece.start))}
    return row


def _lines_of(offsets: list[tuple[int, Line]], piece: Piece) -> list[dict[str, Any]]:
    """The lines of a piece with all that is known of them; none where the piece begins or ends inside a line."""
    first = bisect_left(offsets, piece.start, key=lambda pair: pair[0])
    last = bisect_left(offsets, piece.end, key=lambda pair: pair[0])
    inside = offsets[first:last]
    whole = bool(inside) and inside[0][0] == piece.start and inside[-1][0] + len(inside[-1][1].text) <= piece.end
    return [asdict(line) for _, line in inside] if whole else []


def _printed_pages(articles: list[dict[str, Any]]) -> None:
    """Page ranges as printed: what the table of contents names, completed by the pages of the file where both run in step; else the file's."""
    steps = [
        one["page_from"] - one["_file_page_from"]
        for one in articles
        if isinstance(one.get("page_from"), int) and isinstance(one.get("_file_page_from"), int)
    ]
    usual = max(set(steps), key=steps.count) if steps else None
    trusted = usual is not None and steps.count(usual) * 2 > len(steps) and len(steps) >= STEPS
    for one in articles:
        first, last = one.get("_file_page_from"), one.get("_file_page_to")
        if first is None:
            continue
        step = usual if trusted and usual is not None else 0
        if trusted or not steps:
            one["page_from"], one["page_to"] = first + step, (last or first) + step


def _described(place: Place) -> IssueRows:
    """An issue that a folder's description and table tell: each article's own file, the scans, and files that the table does not name."""
    beside = {entry.path.name: entry.path for entry in place.others}
    row: dict[str, Any] = {}
    listed: list[dict[str, Any]] = []
    if place.path.name in tables.ISSUE_FILES:
        row = tables.issue_of(place.path.read_bytes(), place.name)
        listed = row.pop("articles")
    described = [place.path, *(beside[name] for name in tables.ARTICLE_FILES if name in beside)]
    for path in described:
        if path.name in tables.ARTICLE_FILES:
            listed += tables.articles_of(path.read_bytes(), f"{place.name}/{path.name}")
    folder = place.path.parent
    by_name = {entry.path.relative_to(folder).as_posix(): entry.path for entry in place.others}
    named: set[Path] = set(described)
    for order, one in enumerate(listed, 1):
        one["_order"] = int(one["order"]) if str(one.get("order", "")).isdigit() else order
        file = str(one.pop("file", "") or "").replace("\\", "/").removeprefix("./")
        found = by_name.get(file) or beside.get(file)
        if found is not None:
            named.add(found)
            one["_path"] = str(found)
        elif file:
            one["_lost"] = file
    rest = [path for path in by_name.values() if path not in named]
    scans = [path for path in rest if ending(path.name) in SCANS]
    unnamed = [path for path in rest if FORMS.get(ending(path.name)) and path not in scans]
    for path in unnamed:
        listed.append({"_order": len(listed) + 1, "_path": str(path), "_unlisted": True})
    listed.sort(key=lambda one: one["_order"])
    row |= {"_file": folder.name, "_count": len(listed), "_text": "", "_scans": [str(path) for path in sorted(scans)]}
    return IssueRows("folder", row, listed)
