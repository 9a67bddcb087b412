"""Which extractor reads a document: told by its bytes, chosen by media type, its structure completed.

`extract` is the one way from bytes to a draft; sources, attachments and tests take it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from catalog.errors import Refused
from catalog.extract.formats.docx import docx_lines
from catalog.extract.formats.pdf import pdf_text
from catalog.extract.formats.sniff import DOCX, PDF, kinds, media_type
from catalog.extract.plugin import ExtractorsPlugin
from catalog.extract.statute import structure
from catalog.model.draft import Block, Draft, RawDocument
from catalog.plugins.interfaces import ITextExtractor


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
    """Only the text of an attachment (PDF, Word, page, plain text), for the index; no fields are read from it. Raises `Refused`."""
    name = filename or "the attachment"
    kind = media_type(content, media_type_, filename)
    if kind == PDF:
        lines = pdf_text(content, name).lines
    elif kind == DOCX:
        lines = tuple(docx_lines(content, name))
    else:
        return extract(RawDocument(content, media_type_, filename=filename)).blocks
    return structure([Block(line.kind, line.text, line.level) for line in lines])
