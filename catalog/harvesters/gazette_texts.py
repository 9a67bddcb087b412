"""The text of one article of a gazette → a draft whose blocks hold all of it.

A general reader takes the head of a document (issuer, number, title) out of its text, and now and then a line more. A gazette's text is the
standard text, so nothing of it may go: where a line is neither in the blocks nor in the head's fields, the blocks are made of all lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.extract.formats.html import page_lines
from catalog.extract.formats.plaintext import text_lines
from catalog.extract.gazette.rows import is_a, is_furniture, rows_of
from catalog.extract.lines import Line, fold, squeeze
from catalog.extract.outline import blocks_of
from catalog.extract.reader import read_lines
from catalog.extract.statute import structure
from catalog.model import dates
from catalog.model.docnumber import parse as parse_number
from catalog.model.draft import Draft, RawDocument, Reading

_PAGE_MARK = re.compile(r"\s*[-—–·•]\s*\d{1,4}\s*[-—–·•]\s*")
"""The number of a printed page between the lines of a flat text: ·3·, — 14 —."""
HEAD_LINES = 10
"""Lines at the beginning of an article among which its number stands."""
HEAD_FIELDS = ("title", "title_raw", "issuing_body", "doc_number", "joint_numbers", "date_written", "promulgation_note", "addressees", "cc", "document_kind")  # fmt: skip


def read_article(
    row: Mapping[str, Any], html: str | None, extract: Callable[[RawDocument], Draft], file: RawDocument | None
) -> Draft:
    """The draft of an article's text: from its own file, its HTML, its lines with pages, or its plain text; not in Chinese: blocks alone."""
    if file is not None:
        return extract(file)
    lines = page_lines(str(row[html])) if html and row.get(html) else lines_of(row)
    if not str(row.get("lang") or "zh").startswith("zh"):
        return Draft("gazette_article", blocks=blocks_of(lines))
    hints = {"title": str(row["title"])} if row.get("title") else {}
    draft = read_lines(lines, hints=hints)
    draft.blocks = structure(draft.blocks)
    if lost(draft, lines):
        draft.blocks = blocks_of(lines)
    put_number_of_head(draft, lines)
    return draft


def lines_of(row: Mapping[str, Any]) -> list[Line]:
    """The lines of an article: those of its pages where it has some, else its text's."""
    if row.get("_lines"):
        return [Line(**line) for line in row["_lines"]]
    lines = [line for line in text_lines(str(row.get("_text") or "")) if not _PAGE_MARK.fullmatch(line.text)]
    page = row.get("page_from")
    return [replace(lines[0], page=page), *lines[1:]] if lines and isinstance(page, int) else lines


def lost(draft: Draft, lines: Iterable[Line]) -> list[str]:
    """The lines that are neither in the draft's blocks nor in the fields of its head; page numbers and the like are no text."""
    kept = {squeeze(part) for block in draft.blocks for part in (block.text, *block.text.splitlines())}
    named = squeeze(fold(" ".join(_said(draft))))
    return [
        line.text
        for line in lines
        if squeeze(line.text) not in kept
        and squeeze(fold(line.text)).strip("()") not in named
        and not is_day(line.text)
        and not is_furniture(line.text)
        and not all(squeeze(part) in kept for part in line.text.splitlines())
    ]


def is_day(text: str) -> bool:
    """Whether a line is a day and nothing else."""
    return dates.parse(squeeze(text)) is not None


def put_number_of_head(draft: Draft, lines: Sequence[Line]) -> None:
    """The number that stands alone on a line of the head, where the draft has none."""
    if "doc_number" in draft.fields:
        return
    rows = rows_of("\n".join(line.text for line in lines[:HEAD_LINES]))
    for row in rows:
        if is_a("number", row) and not is_a("bare_number", row) and parse_number(row.tight) is not None:
            draft.fields["doc_number"] = row.tight
            draft.readings["doc_number"] = Reading(row.text, "header", 0.8)
            return


def _said(draft: Draft) -> Iterable[str]:
    for name in HEAD_FIELDS:
        value = draft.fields.get(name)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Mapping):
                yield str(part.get("raw"))
            elif part:
                yield str(part)
        if name in draft.readings:
            yield draft.readings[name].raw
