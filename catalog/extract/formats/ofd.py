"""OFD documents (GB/T 33190-2016): a ZIP of XML whose TextCode runs carry the text and its places; read in lines like a PDF's text layer.

Template pages are read with the pages that name them, annotations and stamps are not. A document of pictures without text ends as a record
with the flag `no_text_layer`, as a scanned PDF does.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from catalog.errors import Refused
from catalog.extract.formats.archive import MAX_UNPACKED, Archive, parse_xml
from catalog.extract.formats.ofd_text import POINTS, Box, Sheet, box_of, rows_of, rules_of
from catalog.extract.formats.pdf_layout import layout
from catalog.extract.formats.pdf_rows import Page, Row, baselines
from catalog.extract.formats.wordml import attribute, child, children, local
from catalog.extract.lines import Line, cjk_count
from catalog.extract.reader import read_lines
from catalog.model.draft import Attachment, Draft, Problem, RawDocument

OFD = "application/ofd"
MAX_PAGES = 3_000
"""Pages that are read of one file; the rest is reported, not read."""
MAX_TEMPLATES = 50
"""Template pages that are held once they are parsed."""
MAX_DOCUMENTS = 20
"""Documents of one file."""
MAX_ALL_ROWS = 1_000_000
"""Runs of text of one document; the pages behind them are reported, not read."""
MAX_ROWS = 20_000
"""Runs of text of one page."""
MAX_RULES = 5_000
"""Ruled lines of one page."""
MAX_CHARACTERS = 16_000_000
"""Characters that are read of one file."""
SCAN_CHARACTERS = 10
"""With fewer characters a page than this, on average, a document has no text worth the name."""
TITLE_CHARACTERS = 6
"""Chinese characters that a title in the file's properties has at least; programs put file names there."""
A4: Box = (0.0, 0.0, 210.0, 297.0)
HEAVY_FONTS = ("bold", "heavy", "black", "hei", "xiaobiaosong", "xbs", "黑体", "小标宋")
"""Parts of names of fonts that are heavy by design: 黑体 and 小标宋 are what GB/T 9704 asks for in headings and titles."""


@dataclass(frozen=True, slots=True)
class OfdText:
    """What an OFD file holds. `empty_pages` are those (from 1) without text, `unread` tells why reading ended early."""

    lines: tuple[Line, ...]
    pages: int
    empty_pages: tuple[int, ...]
    characters: int
    title: str = ""
    attachments: tuple[str, ...] = ()
    unread: str | None = None


@dataclass(slots=True)
class _Document:
    """One document of the file while it is read: its folder, its page size, its templates by id, its heavy fonts."""

    archive: Archive
    path: str
    root: Element
    box: Box = A4
    templates: dict[str, str] = field(default_factory=dict)
    heavy: frozenset[str] = frozenset()
    parsed: int = 0
    """Bytes of XML that were read so far."""
    held: dict[str, Element | None] = field(default_factory=dict)

    def tree(self, path: str) -> Element | None:
        """A part of the file; `None` where it has none of that name. Raises `Refused`: `zip_bomb` when parts are named again and again."""
        data = self.archive.read(path)
        self.parsed += len(data or b"")
        if self.parsed > MAX_UNPACKED:
            raise Refused("zip_bomb", f"{self.archive.name}: its pages come to more than {MAX_UNPACKED:,} bytes of XML")
        return parse_xml(data, f"{self.archive.name}, part {path}") if data else None

    def template(self, name: str) -> Element | None:
        """A template page by its id."""
        path = self.templates.get(name)
        if path is None:
            return None
        if path not in self.held and len(self.held) >= MAX_TEMPLATES:
            return self.tree(path)
        if path not in self.held:
            self.held[path] = self.tree(path)
        return self.held[path]

    def near(self, location: str | None, base: str | None = None) -> str:
        """A location (ST_Loc, 7.2) as a path in the archive: from the root, or from the folder of the file that names it."""
        location = (location or "").strip().replace("\\", "/")
        if location.startswith("/"):
            return posixpath.normpath(location).lstrip("/")
        return posixpath.normpath(posixpath.join(posixpath.dirname(base or self.path), location)).lstrip("/")


def ofd_text(content: bytes, name: str = "the document") -> OfdText:
    """The text of an OFD file. Raises `Refused` (`unreadable`, `encrypted`, `zip_bomb`, `wrong_media_type`)."""
    archive = Archive(content, name)
    try:
        if "Encryptions.xml" in archive.members:
            raise Refused("encrypted", f"{name}: the OFD document is encrypted. Ask for a copy that is not.")
        data = archive.read("OFD.xml")
        if data is None:
            raise Refused("wrong_media_type", f"{name}: no OFD.xml in it; it is no OFD document. Open it by hand.")
        bodies = list(children(parse_xml(data, f"{name}, part OFD.xml"), "DocBody"))
        if len(bodies) > MAX_DOCUMENTS:
            raise Refused(
                "zip_bomb",
                f"{name}: {len(bodies):,} documents in one file, at most {MAX_DOCUMENTS} are read. Ask for them one by one.",
            )
        documents = [document for body in bodies if (document := _opened(archive, body)) is not None]
        if not documents:
            raise Refused("unreadable", f"{name}: none of its documents is in the file. Fetch the file again.")
        return _read(documents, _title(bodies))
    finally:
        archive.close()


def _opened(archive: Archive, body: Element) -> _Document | None:
    """The document that an entry of OFD.xml names, `None` where it is not in the file."""
    location = child(body, "DocRoot")
    path = posixpath.normpath((location.text or "").strip().lstrip("/")) if location is not None else ""
    data = archive.read(path)
    if data is None:
        return None
    root = parse_xml(data, f"{archive.name}, part {path}")
    common = child(root, "CommonData")
    document = _Document(archive, path, root)
    document.box = _page_box(child(common, "PageArea"), A4)
    for template in children(common, "TemplatePage") if common is not None else ():
        document.templates[attribute(template, "ID") or ""] = document.near(attribute(template, "BaseLoc"))
    document.heavy = _heavy(document, common)
    return document


def _heavy(document: _Document, common: Element | None) -> frozenset[str]:
    """The ids of the fonts whose name or marks say that they are bold."""
    found: set[str] = set()
    for resource in (*_parts(common, "PublicRes"), *_parts(common, "DocumentRes")):
        root = document.tree(document.near(resource.text))
        for fonts in _parts(root, "Fonts"):
            for font in children(fonts, "Font"):
                names = f"{attribute(font, 'FontName')} {attribute(font, 'FamilyName')}".lower()
                if attribute(font, "Bold") == "true" or any(part in names for part in HEAVY_FONTS):
                    found.add(attribute(font, "ID") or "")
    return frozenset(found)


def _parts(node: Element | None, name: str) -> list[Element]:
    return list(children(node, name)) if node is not None else []


def _page_box(area: Element | None, otherwise: Box) -> Box:
    """The physical box of a page area; one of more than ten metres is not believed."""
    stated = child(area, "PhysicalBox")
    box = box_of(stated.text) if stated is not None else None
    return box if box is not None and max(box[2], box[3]) <= 10_000 else otherwise


def _read(documents: Sequence[_Document], title: str) -> OfdText:
    """The documents one after the other, each laid out by itself; their pages are counted through."""
    lines: list[Line] = []
    empty: list[int] = []
    total = taken = characters = rows = 0
    for document in documents:
        pages: list[Page] = []
        for node in _pages_of(document):
            total += 1
            if taken + len(pages) < MAX_PAGES and characters <= MAX_CHARACTERS and rows <= MAX_ALL_ROWS:
                pages.append(_page(document, node))
                rows += len(pages[-1].rows)
                characters += sum(len(row.text) for row in pages[-1].rows)
        lines += [replace(line, page=line.page + taken if line.page else None) for line in layout(pages)]
        empty += [number for number, page in enumerate(pages, taken + 1) if not page.rows]
        taken += len(pages)
    unread = None
    if taken < total:
        limits = f"at most {MAX_PAGES:,} pages and {MAX_CHARACTERS:,} characters are read"
        unread = f"the pages after the first {taken:,} of {total:,} were not read: {limits}"
    names = tuple(name for document in documents for name in _attachments(document))
    return OfdText(tuple(lines), total, tuple(empty), characters, title, names, unread)


def _pages_of(document: _Document) -> Iterator[Element]:
    for group in children(document.root, "Pages"):
        yield from children(group, "Page")


def _page(document: _Document, node: Element) -> Page:
    """One page with its templates. A page whose part is missing is an empty one."""
    root = document.tree(document.near(attribute(node, "BaseLoc")))
    if root is None:
        return Page(document.box[3] * POINTS, (), document.box[2] * POINTS)
    box = _page_box(child(root, "Area"), document.box)
    sheet = Sheet(box, document.heavy)
    parts = [root]
    for used in children(root, "Template"):
        template = document.template(attribute(used, "TemplateID") or "")
        if template is not None:
            parts.append(template)
    rows: list[Row] = []
    rules: list[tuple[float, float, float, float]] = []
    for part in parts:
        rows += [row for row, _ in zip(rows_of(part, sheet), range(MAX_ROWS), strict=False)]
        rules += [rule for rule, _ in zip(rules_of(part, sheet), range(MAX_RULES), strict=False)]
    ordered = tuple(row for line in baselines(_once(rows)) for row in line)
    return Page(box[3] * POINTS, ordered, box[2] * POINTS, tuple(rules[:MAX_RULES]), drawn=False)


def _once(rows: Sequence[Row]) -> list[Row]:
    """The rows without those that are drawn again at the same place (for bold type and shadows)."""
    seen: set[tuple[str, int, int]] = set()
    found = []
    for row in rows:
        place = (row.text, round(row.left), round(row.bottom))
        if place not in seen:
            seen.add(place)
            found.append(row)
    return found


def _title(bodies: Sequence[Element]) -> str:
    """The title that the file's properties give, where it is one and no name of a file."""
    stated = child(bodies[0], "DocInfo", "Title") if bodies else None
    title = " ".join((stated.text or "").split()) if stated is not None else ""
    return title if cjk_count(title) >= TITLE_CHARACTERS and "." not in title[-6:] else ""


def _attachments(document: _Document) -> Iterator[str]:
    """The names of the files that are packed into a document."""
    for listed in children(document.root, "Attachments"):
        root = document.tree(document.near(listed.text))
        for one in root if root is not None else ():
            if local(one) == "Attachment":
                name, ending = attribute(one, "Name") or "", attribute(one, "Format") or ""
                yield name if not ending or name.lower().endswith(f".{ending.lower()}") else f"{name}.{ending}"


class OfdExtractor:
    """Reads OFD documents."""

    name = "ofd"
    version = "1"
    media_types = frozenset({OFD})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of an OFD document: its lines, read by the general reader; flags and warnings say what has no text. Raises `Refused`."""
        text = ofd_text(document.content, document.filename or document.url or "the document")
        hints: Mapping[str, str] = {"title": text.title, **document.hints} if text.title else document.hints
        draft = read_lines(text.lines, hints=hints, url=document.url)
        packed = tuple(Attachment(name, content_present=True) for name in text.attachments)
        flags, problems = _remarks(text)
        return replace(
            draft,
            flags=(*draft.flags, *flags),
            problems=(*draft.problems, *problems),
            attachments=(*draft.attachments, *packed),
        )


def _remarks(text: OfdText) -> tuple[list[str], list[Problem]]:
    """What a reader of the record must know about its text."""
    flags: list[str] = []
    problems: list[Problem] = []
    if text.characters < SCAN_CHARACTERS * max(1, text.pages):
        flags.append("no_text_layer")
        said = f"the {text.pages} pages of the OFD document are pictures without text"
        problems.append(Problem("warning", "no_text_layer", said, "text"))
    elif text.empty_pages:
        shown = ", ".join(str(number) for number in text.empty_pages[:10])
        problems.append(Problem("warning", "pages_without_text", f"pages without text: {shown}", "text"))
    if text.unread:
        flags.append("truncated")
        problems.append(Problem("warning", "truncated", text.unread, "text"))
    return flags, problems
