"""PDF: the text layer, page by page, in a process of its own with limits of time and memory (see `pdf_pages`), as paragraphs.

A scan has no text layer: it ends as a record with the flag `no_text_layer` and whatever text there was, for the archive and for OCR later.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from catalog.errors import Refused
from catalog.extract.formats.pdf_layout import Page, Row, layout
from catalog.extract.formats.sniff import PDF
from catalog.extract.lines import Line
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

_CHILD = Path(__file__).with_name("pdf_pages.py")


@dataclass(frozen=True, slots=True)
class PdfText:
    """What a PDF holds as text. `pages` is the file's own count, `empty_pages` those (from 1) without text, `unread` why reading ended early."""

    lines: tuple[Line, ...]
    pages: int
    empty_pages: tuple[int, ...]
    characters: int
    unread: str | None = None

    @property
    def is_scan(self) -> bool:
        """Whether there is no text layer worth the name."""
        return self.characters < SCAN_CHARACTERS * max(1, self.pages)


def pdf_text(content: bytes, name: str = "the document") -> PdfText:
    """The text of a PDF. Raises `Refused`: `encrypted` (it asks for a password), `unreadable` (broken, or PDFium failed on its first page)."""
    answers, ended = _run(content)
    head = answers[0] if answers else {"error": "unreadable", "message": ended or "no answer"}
    if "error" in head:
        cure = "Ask for a copy without a password." if head["error"] == "encrypted" else "Fetch the file again."
        raise Refused(str(head["error"]), f"{name}: the PDF cannot be opened ({head['message']}). {cure}")
    pages = [_page(answer) for answer in answers[1:]]
    total = int(head["pages"])
    if not pages and total:
        raise Refused(
            "unreadable", f"{name}: no page of the PDF can be read ({ended}). Open it by hand, or load it as a file."
        )
    characters = [sum(len(row.text) for row in page.rows) for page in pages]
    unread = None
    if len(pages) < total:
        reason = ended or f"at most {MAX_PAGES:,} pages and {DOCUMENT_CHARACTERS:,} characters are read"
        unread = f"pages {len(pages) + 1} to {total} of the PDF were not read: {reason}"
    empty = tuple(number for number, count in enumerate(characters, 1) if count == 0)
    return PdfText(tuple(layout(pages)), total, empty, sum(characters), unread)


def _run(content: bytes) -> tuple[list[dict[str, Any]], str | None]:
    """The child's answers, and why it ended early (`None` if it did not)."""
    limits = [str(limit) for limit in (MAX_PAGES, PAGE_SECONDS, MEMORY_BYTES, PAGE_CHARACTERS, DOCUMENT_CHARACTERS)]
    ended: str | None = None
    try:
        child = subprocess.run(  # noqa: S603 - our own program by its path; the document goes to its standard input
            [sys.executable, "-I", str(_CHILD), *limits],
            input=content,
            capture_output=True,
            timeout=DOCUMENT_SECONDS,
            check=False,
        )
        output = child.stdout
        if child.returncode:
            ended = _reason(child.returncode, child.stderr)
    except subprocess.TimeoutExpired as late:
        output, ended = late.stdout or b"", f"it took longer than {DOCUMENT_SECONDS} seconds"
    whole = output[: output.rfind(b"\n") + 1]
    return [orjson.loads(line) for line in whole.splitlines()], ended


def _reason(status: int, errors: bytes) -> str:
    if status == -27:  # SIGPROF, set by the child for each page
        return f"a page took longer than {PAGE_SECONDS} seconds"
    last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return last if status > 0 and last else f"the reader was ended by signal {-status}"


def _page(answer: Mapping[str, Any]) -> Page:
    rows = tuple(Row(*row) for row in answer["lines"])
    return Page(float(answer["height"]), rows)


class PdfExtractor:
    """Reads the text layer of PDF files."""

    name = "pdf"
    version = "1"
    media_types = frozenset({PDF})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a PDF: its lines, read by the general reader; flags and warnings say what has no text. Raises `Refused`."""
        text = pdf_text(document.content, document.filename or document.url or "the document")
        draft = read_lines(text.lines, hints=document.hints, url=document.url)
        flags, problems = _remarks(text)
        return replace(draft, flags=(*draft.flags, *flags), problems=(*draft.problems, *problems))


def _remarks(text: PdfText) -> tuple[Sequence[str], Sequence[Problem]]:
    """What a reader of the record must know about its text."""
    flags: list[str] = []
    problems: list[Problem] = []
    if text.is_scan:
        flags.append("no_text_layer")
        problems.append(
            Problem(
                "warning",
                "no_text_layer",
                f"the PDF's {text.pages} pages are pictures without text; OCR can read them",
                "text",
            )
        )
    elif text.empty_pages:
        shown = ", ".join(str(number) for number in text.empty_pages[:10])
        problems.append(
            Problem("warning", "pages_without_text", f"pages without a text layer: {shown}; OCR can read them", "text")
        )
    if text.unread:
        flags.append("truncated")
        problems.append(Problem("warning", "truncated", text.unread, "text"))
    return flags, problems
