"""What kind of file some bytes are: told by the bytes, checked against what the sender called them.

The bytes win over a careless name (`text/html`, `application/octet-stream`), but a file that is called PDF, Word, image or archive must be
that: else it is most often an error page, or something that wants to be opened by the wrong program, and is refused with a stable code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from catalog.errors import Refused
from catalog.extract.formats.archive import Archive
from catalog.extract.formats.container import is_tar
from catalog.extract.formats.encoding import MAKES_SENSE, sense
from catalog.extract.formats.ole import OleStreams

MAX_BYTES = 64 * 1024 * 1024
"""The largest document that is read; a bigger one is kept as a file by whoever fetched it, not parsed."""
HEAD_BYTES = 4096
"""How much of the beginning is looked at."""
PDF_HEADER_BYTES = 1024
"""A PDF may have other bytes before its header, up to this many (ISO 32000-1, implementation note 13)."""
MAX_CONTROL_SHARE = 0.02
"""Share of control characters above which something is not text."""

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
OLE = "application/x-ole-storage"
TAR = "application/x-tar"
UNKNOWN = "application/octet-stream"

_OFFICE_PARTS = (
    ("word/", DOCX),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_HTML_START = re.compile(
    rb"(?>\s+|<!--.*?-->|<\?xml[^>]*>|<!doctype html[^>]*>|<%.*?%>)*+"  # possessive: a comment is never read in two ways
    rb"<(?:html|head|body|title|meta|link|script|style|base|div|p|table|span|center|font|h[1-6]|ul|ol|a|img|br|form|section|article|main)\b",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE = re.compile(rb"<!doctype\s+html\b", re.IGNORECASE)
_HTML_INSIDE = re.compile(rb"<(?:html|head|body|/p|/div|/td|br)\b", re.IGNORECASE)
_TAG = re.compile(rb"<[a-z!/][a-z0-9:-]*[\s/>]", re.IGNORECASE)
_WORD_HTML = b"urn:schemas-microsoft-com:office"
_MANIFEST_TYPE = re.compile(rb'full-path="/"[^>]{0,200}media-type="([\w./-]{3,100})"')
_MARKDOWN_START = re.compile(rb"\s*# \S")


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of `data/media_types.tsv`."""

    media_type: str
    group: str
    strict: bool
    label: str
    endings: tuple[str, ...]
    aliases: tuple[str, ...]
    begins: tuple[re.Pattern[bytes], ...]


@cache
def kinds() -> dict[str, Kind]:
    """Media type (and each of its other names) to the kind of file."""
    table: dict[str, Kind] = {}
    text = (files("catalog.extract") / "data" / "media_types.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            media_type, group, strict, label, endings, aliases, begins = line.split("\t")
            patterns = tuple(_pattern(beginning) for beginning in begins.split())
            kind = Kind(
                media_type, group, bool(strict), label, tuple(endings.split()), tuple(aliases.split()), patterns
            )
            table.update(dict.fromkeys((media_type, *kind.aliases), kind))
    return table


@cache
def _by_ending() -> dict[str, Kind]:
    return {ending: kind for kind in kinds().values() for ending in kind.endings}


@cache
def _beginning() -> re.Pattern[bytes]:
    """All beginnings by which kinds are told: what has none of them, as pages and texts have, is done with one look."""
    every = {pattern.pattern for kind in kinds().values() for pattern in kind.begins}
    return re.compile(b"|".join(sorted(every)), re.DOTALL)


def _pattern(beginning: str) -> re.Pattern[bytes]:
    if re.fullmatch(r"(?:[0-9a-f]{2}|\?\?)+", beginning):
        pairs = (beginning[at : at + 2] for at in range(0, len(beginning), 2))
        return re.compile(
            b"".join(b"." if pair == "??" else re.escape(bytes.fromhex(pair)) for pair in pairs), re.DOTALL
        )
    return re.compile(re.escape(beginning.encode()))


def media_type(content: bytes, declared: str | None = None, filename: str | None = None) -> str:
    """The media type of a document. `declared` is the Content-Type, `filename` a name or address whose ending says something.

    Raises `Refused` with code `empty`, `too_large`, `wrong_media_type` (it is not what it is called), `zip_bomb`, `encrypted` or
    `unreadable` (a container whose directory is broken). A kind that nothing can read is still named; refusing it is the reader's part.
    """
    name = filename or "the document"
    if len(content) > MAX_BYTES:
        raise Refused(
            "too_large",
            f"{name}: {len(content):,} bytes, at most {MAX_BYTES:,} are read. Split it, or load it as a file without text.",
        )
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Refused(
            "empty", f"{name}: the file is empty ({len(content)} bytes). Fetch it again, or take it off the list."
        )
    claims = _claims(declared, filename)
    found = kinds()[_by_content(content, name)]
    if found.group == "text":
        return _text_kind(content, found, claims, name)
    binding = [claim for claim in claims if claim.strict]
    if binding and not any(_fits(found, claim) for claim in binding):
        raise _wrong(name, binding[0], found)
    return binding[-1].media_type if found.media_type in (OLE, UNKNOWN) and binding else found.media_type


def _claims(declared: str | None, filename: str | None) -> list[Kind]:
    """What the sender called it: by Content-Type, then by the ending of the name. Unknown names say nothing."""
    claims = []
    if declared and (kind := kinds().get(declared.partition(";")[0].strip().lower())):
        claims.append(kind)
    if filename:
        path = unquote(urlsplit(filename).path) if "://" in filename else filename
        if kind := _by_ending().get(PurePosixPath(path.replace("\\", "/")).suffix.lstrip(".").lower()):
            claims.append(kind)
    return [claim for claim in claims if claim.media_type != UNKNOWN]


def _fits(found: Kind, claim: Kind) -> bool:
    if claim.media_type in _ANYTHING:
        # WPS saves what it calls wps as Word does, too; what nobody else can read cannot be contradicted
        return found.group in _OFFICE or found.media_type in (OLE, UNKNOWN)
    return found.group == claim.group or (claim.group == "zip" and found.media_type in _ZIP_BASED)


_ANYTHING = frozenset({"application/x-wps", "application/x-ceb"})
_OFFICE = frozenset({"word", "sheet", "slides", "closed", "zip"})


_ZIP_BASED = frozenset(
    {
        *(media for _, media in _OFFICE_PARTS),
        "application/ofd",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)


def _wrong(name: str, claim: Kind, found: Kind) -> Refused:
    hint = " (most often an error or login page)" if found.media_type == HTML else ""
    return Refused(
        "wrong_media_type",
        f"{name}: called {claim.label}, but it holds: {found.label}{hint}. Open the address by hand; fetch it again or correct its type.",
    )


def _by_content(content: bytes, name: str) -> str:
    """The media type that the bytes tell, without regard to names."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(content, name)
    for kind in kinds().values() if _beginning().match(content) else ():
        if any(pattern.match(content) for pattern in kind.begins):
            return _ole_kind(content, name) if kind.media_type == OLE else kind.media_type
    if is_tar(content[:512]):
        return TAR
    if b"%PDF-" in content[:PDF_HEADER_BYTES]:
        return PDF
    return _text_type(content) if _is_text(content) else UNKNOWN


def _zip_kind(content: bytes, name: str) -> str:
    archive = Archive(content, name)
    try:
        for prefix, office in _OFFICE_PARTS:
            if "[Content_Types].xml" in archive.members and any(m.startswith(prefix) for m in archive.members):
                return office
        if "OFD.xml" in archive.members:
            return "application/ofd"
        inner = (archive.read("mimetype") or b"")[:100].decode("ascii", "replace").strip()
        if not inner and "content.xml" in archive.members:  # saved by a program that left the type out
            stated = _MANIFEST_TYPE.search(archive.read("META-INF/manifest.xml") or b"")
            inner = stated[1].decode("ascii", "replace") if stated else ""
        return inner if inner in kinds() else "application/zip"
    finally:
        archive.close()


def _ole_kind(content: bytes, name: str) -> str:
    names = _streams(content)
    for stream, kind in _OLE_STREAMS:
        if stream in names if names is not None else stream.encode("utf-16-le") in content:
            if kind == "encrypted":
                raise Refused("encrypted", f"{name}: the office file asks for a password. Ask for a copy without one.")
            return kind
    return OLE


def _streams(content: bytes) -> frozenset[str] | None:
    """The names at the top of a compound file, so that a document inside another one is not taken for it; `None` for a torn one."""
    try:
        streams = OleStreams(content, "")
    except Refused:
        return None
    try:
        return frozenset(streams.names) or None
    finally:
        streams.close()


def _is_text(content: bytes) -> bool:
    head = content[:HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in head:
        texts = (head[: len(head) // 2 * 2].decode(codec, "replace") for codec in ("utf-16-le", "utf-16-be"))
        return any(sense(text) >= MAKES_SENSE and _is_clean(text.encode("utf-8")) for text in texts)
    return _is_clean(head)


def _is_clean(text: bytes) -> bool:
    """Whether there are next to no control characters in it."""
    control = len(text) - len(text.translate(None, _CONTROLS))
    return control <= MAX_CONTROL_SHARE * len(text)


def _text_type(content: bytes) -> str:
    head = content[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"").lstrip()
    if _HTML_START.match(head) or (head.startswith(b"<") and _DOCTYPE.search(head)):
        return HTML
    if head.startswith(b"<") and _HTML_INSIDE.search(head):
        return HTML
    if head.startswith(b"<?xml"):
        return "application/xml"
    if head.startswith((b"{", b"[{", b'["')):
        return "application/json"
    if _MARKDOWN_START.match(head) and b"\n" in head:
        return MARKDOWN
    return PLAIN


def _text_kind(content: bytes, found: Kind, claims: list[Kind], name: str) -> str:
    """Among kinds of text the name decides where the bytes leave it open; a name that promises a binary file is not kept."""
    binding = [claim for claim in claims[-1:] if claim.strict]  # the file's own name is stronger than the header
    if binding:
        if (
            found.media_type == HTML
            and binding[0].group in ("word", "sheet")
            and _WORD_HTML in content[: 4 * HEAD_BYTES]
        ):
            return HTML  # Word and Excel save "doc" and "xls" as HTML, and open it
        raise _wrong(name, binding[0], found)
    called = [claim.media_type for claim in reversed(claims) if claim.group == "text"]
    if found.media_type in (PLAIN, MARKDOWN) and called:
        for kind in called:
            if kind != HTML or _TAG.search(content[: 4 * HEAD_BYTES]):
                return kind
        return PLAIN
    if found.media_type == "application/json" and called:
        return called[0] if called[0] in ("application/x-ndjson", "text/csv", PLAIN, MARKDOWN) else found.media_type
    return found.media_type
