"""Markdown: statutes with their history between the title and `<!-- INFO END -->`, and any other Markdown text.

A statute's history becomes events, dates, number and issuing body; its articles get anchors. Other texts go to the general reader, line
by line, with their headings. Written for whole libraries of statutes: nothing here looks at a line more than a few times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.extract.effects import put_effects
from catalog.extract.formats.encoding import decode
from catalog.extract.formats.sniff import MARKDOWN
from catalog.extract.history import is_dated, read_history
from catalog.extract.lines import Line
from catalog.extract.reader import read_lines
from catalog.extract.statute import structure
from catalog.extract.statute_citations import statute_citations
from catalog.extract.statute_fields import put_fields
from catalog.model.draft import Block, Draft, RawDocument

HISTORY_END = "<!-- INFO END -->"
HEADER_CHARACTERS = 20_000
"""How far into a text the end of its history is looked for; the longest real one has 1,100 characters."""

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_LIST_ITEM = re.compile(r"[-*+]\s+(?=\S)")
_RULES = (frozenset("-|: 	"), frozenset("* "), frozenset("_ "))
"""What a line that only divides is made of: dashes (also of a table's head), stars, underscores."""
_MARKUP = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\s+\"[^\"]{0,200}\")?\)|(\*\*|__|`)(.{1,2000}?)\2")
"""Links, pictures and emphasis; every part is bounded, so that a hostile line costs no time."""
_BLANK = "\u200b\ufeff\u00a0\u3000 \t\r"


@dataclass(frozen=True, slots=True)
class Statute:
    """A statute as its text is laid out: title, the lines of its history, the lines of its body."""

    title: str
    history: tuple[str, ...]
    body: tuple[str, ...]


def split_statute(text: str) -> Statute | None:
    """The parts of a statute; `None` for a text without a title line, or without history under it."""
    end = text.find(HISTORY_END, 0, HEADER_CHARACTERS)
    if end >= 0:
        head, body = text[:end], text[end + len(HISTORY_END) :]
        lines = [line.strip(_BLANK) for line in head.split("\n")]
    else:
        lines = [line.strip(_BLANK) for line in text[:HEADER_CHARACTERS].split("\n")]
        body = ""
    lines = [line for line in lines if line]
    if not lines or not lines[0].startswith("# "):
        return None
    title = lines[0][2:].strip(_BLANK)
    if end >= 0:
        return Statute(title, tuple(lines[1:]), tuple(_body_lines(body)))
    dated = next((at for at, line in enumerate(lines[1:], 1) if not is_dated(line.lstrip("（( "))), len(lines))
    if dated == 1:
        return None
    return Statute(title, tuple(lines[1:dated]), tuple(_body_lines(text)[dated:]))


def _body_lines(text: str) -> list[str]:
    return [stripped for line in text.split("\n") if (stripped := line.strip(_BLANK))]


def statute_blocks(lines: Iterable[str], title: str, before: Iterable[str] = ()) -> tuple[Block, ...]:
    """The body of a statute as structured blocks, behind the lines that stand before it; the title repeated above it is left out."""
    blocks: list[Block] = []
    lead = [Block("paragraph", line) for line in before]
    bare = _squeezed(title)
    for line in lines:
        if line[0] == "#" and (heading := _HEADING.match(line)):
            blocks.append(Block("heading", heading[2].rstrip(" #\t"), max(1, len(heading[1]) - 1)))
        elif blocks or _squeezed(line) != bare:
            blocks.append(Block("paragraph", line))
    return structure(lead + blocks)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def markdown_lines(text: str) -> list[Line]:
    """The lines of a Markdown text: headings with their level, list items, tables as cells joined by tabs, emphasis and links as text."""
    writer = _Writer()
    for line in _without_comments(text).split("\n"):
        writer.take(line)
    writer.close()
    return writer.lines


def _without_comments(text: str) -> str:
    """The text without `<!-- … -->`; one that is never closed is text."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join((*kept, text[at:]))


def _is_rule(line: str) -> bool:
    return (
        len(line) > 2
        and any(part in line for part in ("---", "***", "___"))
        and any(set(line) <= rule for rule in _RULES)
    )


class _Writer:
    """Collects lines; holds the paragraph or table that is not yet ended."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._paragraph = ""
        self._rows: list[str] = []

    def take(self, raw: str) -> None:
        """Take the next line of the source."""
        line = raw.strip(_BLANK)
        heading, item = _HEADING.match(line), _LIST_ITEM.match(line)
        if line.startswith("|") and line.endswith("|") and len(line) > 1:
            self._row(line)
        elif not line or _is_rule(line):
            self.close()
        elif heading:
            self.close()
            self.lines.append(Line(text=_plain(heading[2].rstrip(" #\t")), kind="heading", level=len(heading[1])))
        elif item:
            self.close()
            self.lines.append(Line(text=_plain(line[item.end() :]), kind="list_item"))
        else:
            self._text(_plain(line.lstrip("> ")), ends=raw.endswith("  "))

    def _row(self, line: str) -> None:
        if self._paragraph:
            self.close()
        if not _is_rule(line):
            self._rows.append("\t".join(_plain(cell.strip()) for cell in line[1:-1].split("|")))

    def _text(self, line: str, *, ends: bool) -> None:
        """A line break inside a paragraph is a space between words; two spaces before it, or Chinese text, end the paragraph."""
        if self._rows:
            self.close()
        self._paragraph += f" {line}" if self._paragraph else line
        if ends or _is_chinese(line):
            self.close()

    def close(self) -> None:
        """End the paragraph or table that is held."""
        if self._paragraph:
            self.lines.append(Line(text=self._paragraph))
        if self._rows:
            self.lines.append(Line(text="\n".join(self._rows), kind="table"))
        self._paragraph, self._rows = "", []


def _is_chinese(line: str) -> bool:
    """Whether a line is its own paragraph: Chinese sources write one a line, and do not wrap them."""
    return any("\u3400" <= character <= "\u9fff" for character in line)


def _plain(text: str) -> str:
    """Text without links and emphasis."""
    return _MARKUP.sub(lambda found: found[1] if found[1] is not None else found[3] or "", text)


class MarkdownExtractor:
    """Reads Markdown: statutes with their history, or any other text."""

    name = "markdown"
    version = "2"
    media_types = frozenset({MARKDOWN})

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a Markdown text; a statute is a `regulation`. Never refuses: what is no statute is read as a plain document."""
        decoded = decode(document.content, document.charset)
        statute = split_statute(decoded.text)
        if statute is None:
            draft = read_lines(markdown_lines(decoded.text), hints=document.hints, url=document.url)
        else:
            draft = _read_statute(statute, document)
        draft.flags = tuple(dict.fromkeys((*draft.flags, *decoded.flags)))
        return draft


def _read_statute(statute: Statute, document: RawDocument) -> Draft:
    history = read_history(statute.history)
    blocks = statute_blocks(statute.body, statute.title, history.rest)
    draft = Draft("regulation", blocks=blocks, events=history.events())
    put_fields(
        draft,
        statute.title,
        history,
        note=statute.history,
        path=document.filename or document.url or "",
        hints=document.hints,
    )
    number = draft.fields.get("doc_number")
    draft.citations = statute_citations(draft.blocks, statute.title, number["raw"] if number else None)
    return put_effects(draft)
