"""PDF: the text layer, page by page, in a process of its own with limits of time and memory (see `pdf_pages`), as paragraphs.

A scan has no text layer: it becomes a record at once, with the flag `needs_ocr`, unless recognised text lies beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

from catalog.errors import Refused
from catalog.extract.formats.pdf_layout import Page, Row, layout
from catalog.extract.formats.pdf_process import READER, reason
from catalog.extract.formats.sniff import PDF
from catalog.extract.lines import Line
from catalog.extract.ocr.document import recognised, titled, waiting
from catalog.extract.ocr.reading import as_page
from catalog.extract.ocr.sidecars import read_sidecars
from catalog.extract.ocr.words import WordPage
from catalog.extract.reader import read_lines
from catalog.model.draft import Draft, Problem, RawDocument

MAX_PAGES = 3_000
"""Pages that are read of one file; the rest is reported, not read."""
PAGE_SECONDS = 10
"""Processor seconds for one page (real pages take 1 to 20 milliseconds)."""
DOCUMENT_SECONDS = 300
"""Seconds for one file."""
MEMORY_BYTES = 2 * 1024**3
"""Address space of the reading process."""
PAGE_CHARACTERS = 100_000
"""Characters that are read of one page (a full page of a gazette has about 3,000)."""
DOCUMENT_CHARACTERS = 16_000_000
"""Characters that are read of one file (a year of a gazette has about two million)."""
SCAN_CHARACTERS = 10
"""With fewer characters a page than this, on average, a document has no text layer worth the name (scanners stamp page numbers)."""


@dataclass(frozen=True, slots=True)
class PdfPages:
    """What a PDF holds as text, before it is laid out. `total` is the file's own count of pages, `scans` are those (from 1) that are
    pictures without text, `empty` those without any; `unread` says why reading ended early.
    """

    pages: tuple[Page, ...]
    total: int
    empty: tuple[int, ...]
    scans: tuple[int, ...]
    characters: int
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF. `pages` is the file's own count, `empty_pages` those (from 1) without text, `scans` those that are pictures
    without text, `unread` why reading ended early.
    """

    lines: tuple[Line, ...]
    pages: int
    empty_pages: tuple[int, ...]
    characters: int
    unread: str | None = None
    scans: tuple[int, ...] = ()

    @property
    def is_scan(self) -> bool:
        """Whether there is no text layer worth the name."""
        return self.characters < SCAN_CHARACTERS * max(1, self.pages)


def pdf_text(content: bytes, name: str = "the document") -> PdfText:
    """The text of a PDF. Raises `Refused` as `read_pdf` does."""
    read = read_pdf(content, name)
    return PdfText(tuple(layout(read.pages)), read.total, read.empty, read.characters, read.unread, read.scans)


def read_pdf(content: bytes, name: str = "the document") -> PdfPages:
    """The pages of a PDF. Raises `Refused`: `encrypted` (it asks for a password), `unreadable` (broken, or PDFium failed on its first page)."""
    answers, ended = _run(content)
    head = answers[0] if answers else {"error": "unreadable", "message": ended or "no answer"}
    if "error" in head:
        cure = "Ask for a copy without a password." if head["error"] == "encrypted" else "Fetch the file again."
        raise Refused(str(head["error"]), f"{name}: the PDF cannot be opened ({head['message']}). {cure}")
    pages = tuple(_page(answer) for answer in answers[1:])
    total = int(head["pages"])
    if not pages and total:
        raise Refused(
            "unreadable", f"{name}: no page of the PDF can be read ({ended}). Open it by hand, or load it as a file."
        )
    characters = [sum([len(row.text) for row in page.rows]) for page in pages]
    unread = None
    if len(pages) < total:
        reason = ended or f"at most {MAX_PAGES:,} pages and {DOCUMENT_CHARACTERS:,} characters are read"
        unread = f"pages {len(pages) + 1} to {total} of the PDF were not read: {reason}"
    empty = tuple(number for number, count in enumerate(characters, 1) if count == 0)
    # text that was turned into curves has no picture either: where there is next to none at all, every bare page is a scan
    bare = sum(characters) < SCAN_CHARACTERS * max(1, total)
    scans = tuple(
        number
        for number, (count, answer) in enumerate(zip(characters, answers[1:], strict=True), 1)
        if count < SCAN_CHARACTERS and (bare or answer["pictures"])
    )
    return PdfPages(pages, total, empty, scans, sum(characters), unread)


def _run(content: bytes) -> tuple[list[dict[str, Any]], str | None]:
    """The child's answers, and why it ended early (`None` if it did not)."""
    limits = {
        "pages": MAX_PAGES,
        "page_seconds": PAGE_SECONDS,
        "seconds": DOCUMENT_SECONDS,
        "memory": MEMORY_BYTES,
        "page_characters": PAGE_CHARACTERS,
        "characters": DOCUMENT_CHARACTERS,
    }
    answers, status, said = READER.read(content, limits)
    return answers, reason(status, said, page_seconds=PAGE_SECONDS, seconds=DOCUMENT_SECONDS)


def _page(answer: Mapping[str, Any]) -> Page:
    rows = tuple(map(Row._make, zip(*answer["rows"], repeat(()), strict=False)))
    return Page(answer["height"], rows, answer["width"], tuple(map(tuple, answer["rules"])), answer["angle"] == 0)


class PdfExtractor:
    """Reads PDF files: the recognised text beside a scan, else the text layer. Pages that have neither wait for recognition."""

    name = "pdf"
    version = "2"
    media_types = frozenset({PDF})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a PDF: its lines, read by the general reader; flags and warnings say what has no text. Raises `Refused`."""
        read = read_pdf(document.content, document.filename or document.url or "the document")
        sidecar = read_sidecars(document.sidecars)
        if sidecar is None or not sidecar.kind:
            pages, lines = read.pages, None
        else:
            pages, lines = _replaced(read.pages, sidecar.pages), None if sidecar.pages else sidecar.lines
        draft = read_lines(lines if lines is not None else layout(pages), hints=document.hints, url=document.url)
        covered = {page.number for page in sidecar.pages} if sidecar is not None and lines is None else None
        missing = () if lines is not None else tuple(number for number in read.scans if number not in (covered or ()))
        if read.scans:
            draft = titled(draft, document)
        if sidecar is not None and sidecar.kind:
            draft = recognised(draft, sidecar)
        elif sidecar is not None:
            draft.problems += sidecar.problems
        if missing:
            draft = waiting(draft, None if len(missing) == read.total else missing)
        return _with_remarks(draft, read)


def _replaced(pages: Sequence[Page], words: Sequence[WordPage]) -> tuple[Page, ...]:
    """The pages, those that were recognised in place of what the file says of them."""
    found = {page.number: as_page(page) for page in words}
    last = max([len(pages), *(number for number in found if number <= MAX_PAGES)])
    held = dict(enumerate(pages, 1)) | found
    return tuple(held.get(number, Page(0.0, ())) for number in range(1, last + 1))


def _with_remarks(draft: Draft, read: PdfPages) -> Draft:
    """What a reader of the record must know about its text."""
    flags: list[str] = []
    problems: list[Problem] = []
    blank = [number for number in read.empty if number not in read.scans]
    if blank and len(blank) < read.total:
        shown = ", ".join(str(number) for number in blank[:10])
        problems.append(
            Problem("warning", "pages_without_text", f"pages without text and without a picture: {shown}", "text")
        )
    if read.unread:
        flags.append("truncated")
        problems.append(Problem("warning", "truncated", read.unread, "text"))
    return replace(draft, flags=(*draft.flags, *flags), problems=(*draft.problems, *problems))
