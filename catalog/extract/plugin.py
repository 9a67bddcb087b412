"""The catalogue's own extractors, offered through the same hook as an extension's."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.extract.formats.docx import DocxExtractor
from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.markdown import MarkdownExtractor
from catalog.extract.formats.pdf import PdfExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.plugins.interfaces import ITextExtractor


class ExtractorsPlugin:
    """HTML, plain text, Markdown, PDF and Word."""

    name = "extractors"

    def text_extractors(self) -> Sequence[ITextExtractor]:
        """The extractors, one for each kind of file."""
        return (HtmlExtractor(), PlainTextExtractor(), MarkdownExtractor(), PdfExtractor(), DocxExtractor())
