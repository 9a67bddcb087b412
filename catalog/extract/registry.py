"""Which extractor reads a document: told by its bytes, chosen by media type, its structure completed.

`extract` is the one way from bytes to a draft; sources, attachments and tests take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from catalog.errors import Refused
from catalog.extract.formats.container import open_container
from catalog.extract.formats.csv_table import CSV, read_csv
from catalog.extract.formats.doc import DOC, doc_lines
from catalog.extract.formats.docx import docx_lines
from catalog.extract.formats.odt import ODT, odt_lines
from catalog.extract.formats.ofd import OFD, ofd_text
from catalog.extract.formats.pdf import pdf_text
from catalog.extract.formats.rtf import RTF, rtf_lines
from catalog.extract.formats.sheets import ODS, XLS, XLSX, read_sheets
from catalog.extract.formats.sniff import DOCX, PDF, TAR, kinds, media_type
from catalog.extract.formats.unread import unread_types
from catalog.extract.lines import Line
from catalog.extract.plugin import ExtractorsPlugin
from catalog.extract.statute import structure
from catalog.model.draft import Block, Draft, RawDocument
from catalog.plugins.interfaces import ITextExtractor

MAX_ATTACHED = 200
"""Files of an archive whose text goes to the index with the record that it is attached to."""


class Extractors:
    """The extractors of an application by media type; where two read the same type, the later one does (extensions come last)."""

    def __init__(self, extractors: Iterable[ITextExtractor]) -> None:
        self._by_type = {kind: extractor for extractor in extractors for kind in extractor.media_types}

    def extract(self, document: RawDocument) -> Draft:
        """The draft of a document, its articles anchored. Raises `Refused` with a stable code: those of `sniff.media_type`, of the
        extractor, and `unsupported_media_type` where nothing reads this kind of file.
        """
        name = document.filename or document.url
        kind = media_type(document.content, document.media_type, name)
        extractor = self._by_type.get(kind)
        if extractor is None:
            raise Refused("unsupported_media_type", _unsupported(name or "the document", kind, sorted(self._by_type)))
        draft = extractor.extract(document)
        draft.blocks = structure(draft.blocks)
        return draft


def _unsupported(name: str, kind: str, known: list[str]) -> str:
    readable = ", ".join(dict.fromkeys(kinds()[one].label if one in kinds() else one for one in known))
    label = kinds()[kind].label if kind in kinds() else kind
    return f"{name}: {label} cannot be read as text; what can be is {readable}. Keep it as a file, or install an extension that reads it."


@cache
def _own() -> Extractors:
    return Extractors(ExtractorsPlugin().text_extractors())


def extract(document: RawDocument) -> Draft:
    """`Extractors.extract` with the catalogue's own extractors only."""
    return _own().extract(document)


def attachment_blocks(content: bytes, media_type_: str | None = None, filename: str | None = None) -> tuple[Block, ...]:
    """Only the text of an attachment, for the index; no fields are read from it. An archive gives the text of its files, each under its
    name. A file that is kept unread gives none. Raises `Refused`.
    """
    return structure(_blocks(content, media_type_, filename, archives=True))


def _blocks(content: bytes, media_type_: str | None, filename: str | None, *, archives: bool) -> list[Block]:
    name = filename or "the attachment"
    kind = media_type(content, media_type_, filename)
    if kind in _LINES:
        return [Block(line.kind, line.text, line.level, page=line.page) for line in _LINES[kind](content, name)]
    if kind in _PACKED and archives:
        return list(_unpacked(content, name))
    if kind in unread_types():
        return []
    return list(extract(RawDocument(content, media_type_, filename=filename)).blocks)


def _unpacked(content: bytes, name: str) -> Iterator[Block]:
    """The text of an archive's files. What cannot be read keeps its name; an archive within it is not opened."""
    with open_container(content, name) as container:
        for member in container.members[:MAX_ATTACHED]:
            yield Block("heading", member.name, 1)
            try:
                yield from _blocks(member.read(), None, member.name, archives=False)
            except Refused:  # one file's fault must not cost the others their text
                continue


_LINES: dict[str, Callable[[bytes, str], Sequence[Line]]] = {
    PDF: lambda content, name: pdf_text(content, name).lines,
    DOCX: docx_lines,
    DOC: doc_lines,
    ODT: odt_lines,
    RTF: rtf_lines,
    OFD: lambda content, name: ofd_text(content, name).lines,
    **dict.fromkeys((XLSX, XLS, ODS), lambda content, name: read_sheets(content, name).lines),
    CSV: lambda content, _name: read_csv(content).lines,
}
"""Kinds of file whose lines are had without reading fields from them."""
_PACKED = frozenset({"application/zip", "application/gzip", TAR})
