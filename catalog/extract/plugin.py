"""The catalogue's own extractors, offered through the same hook as an extension's."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.extract.formats.csv_table import CsvExtractor
from catalog.extract.formats.doc import DocExtractor
from catalog.extract.formats.docx import DocxExtractor
from catalog.extract.formats.html import HtmlExtractor
from catalog.extract.formats.image import ImageExtractor
from catalog.extract.formats.markdown import MarkdownExtractor
from catalog.extract.formats.odt import OdtExtractor
from catalog.extract.formats.ofd import OfdExtractor
from catalog.extract.formats.pdf import PdfExtractor
from catalog.extract.formats.plaintext import PlainTextExtractor
from catalog.extract.formats.rtf import RtfExtractor
from catalog.extract.formats.sheets import SheetsExtractor
from catalog.extract.formats.unread import UnreadExtractor
from catalog.plugins.interfaces import ITextExtractor


class ExtractorsPlugin:
    """Pages, plain text, Markdown, PDF, OFD, Word in its three formats, OpenDocument, sheets; and what is kept unread."""

    name = "extractors"

    def text_extractors(self) -> Sequence[ITextExtractor]:
        """The extractors, one for each kind of file."""
        return (
            HtmlExtractor(),
            PlainTextExtractor(),
            MarkdownExtractor(),
            PdfExtractor(),
            ImageExtractor(),
            DocxExtractor(),
            DocExtractor(),
            OdtExtractor(),
            RtfExtractor(),
            OfdExtractor(),
            SheetsExtractor(),
            CsvExtractor(),
            UnreadExtractor(),
        )
