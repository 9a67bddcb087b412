"""Recognised text that lies beside a scan: ALTO before hOCR before plain text, because the first two know where each word stands.

Several files of one kind are the pages of one scan, in the order of their names. A file that cannot be read is told, and the next kind taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from catalog.errors import Refused
from catalog.extract.formats.encoding import decode
from catalog.extract.formats.plaintext import text_lines
from catalog.extract.lines import Line
from catalog.extract.ocr.alto import MOST_PAGES, is_alto, read_alto
from catalog.extract.ocr.hocr import is_hocr, read_hocr
from catalog.extract.ocr.reading import lines_of
from catalog.extract.ocr.words import WordPage
from catalog.model.draft import Problem

PAGE_BREAK = "\f"
"""What tesseract and pdftotext write between the pages of a plain text."""
MOST_SIDECARS = 3_000
"""Files beside one scan that are read."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The text beside a scan: its lines; its pages of words, where the files have places; what it was read from (empty: no file could be read);
    troubles on the way.
    """

    lines: tuple[Line, ...]
    pages: tuple[WordPage, ...]
    kind: str
    problems: tuple[Problem, ...] = ()


def read_sidecars(files: Sequence[tuple[str, bytes]]) -> Sidecar | None:
    """The recognised text that files (name, bytes) beside a scan hold; `None` where none of them holds any."""
    ordered = sorted(files, key=lambda file: _natural(file[0]))[:MOST_SIDECARS]
    alto = [(name, content) for name, content in ordered if is_alto(content)]
    hocr = [(name, content) for name, content in ordered if is_hocr(content) and not is_alto(content)]
    plain = [(name, content) for name, content in ordered if name.lower().endswith((".txt", ".text"))]
    problems: list[Problem] = []
    for kind, found, read in (("alto", alto, read_alto), ("hocr", hocr, read_hocr)):
        pages = _pages(found, read, problems)
        if pages:
            return Sidecar(tuple(lines_of(pages)), tuple(pages), kind, tuple(problems))
    lines = [line for at, (_, content) in enumerate(plain) for line in _plain(content, at + 1 if len(plain) > 1 else 1)]
    if lines or problems:
        return Sidecar(tuple(lines), (), "txt" if lines else "", tuple(problems))
    return None


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which page-2 comes before page-10."""
    return [
        (int(part), "") if part.isdigit() and part.isascii() else (-1, part) for part in re.split(r"(\d{1,9})", name)
    ]


def _pages(
    files: Sequence[tuple[str, bytes]], read: Callable[[bytes, str], list[WordPage]], problems: list[Problem]
) -> list[WordPage]:
    """The pages of the files of one kind, numbered through where there are several files."""
    pages: list[WordPage] = []
    for name, content in files:
        try:
            found = read(content, name)
        except Refused as error:
            problems.append(Problem("warning", "sidecar_unreadable", str(error), "text"))
            continue
        if len(files) > 1:
            found = [replace(page, number=len(pages) + at) for at, page in enumerate(found, 1)]
        pages += found
    return pages[:MOST_PAGES]


def _plain(content: bytes, first: int) -> list[Line]:
    """The lines of a plain text, each with its page where the text has page breaks."""
    lines = []
    for page, text in enumerate(decode(content).text.split(PAGE_BREAK), first):
        lines += [replace(line, page=page) for line in text_lines(text)]
    return lines
