"""The way of one scan through an engine: pictures of its pages, one at a time, words of each."""

from __future__ import annotations

from collections.abc import Callable, Collection

from catalog.errors import Refused
from catalog.extract.formats.image import IMAGE_TYPES
from catalog.extract.formats.pdf import read_pdf
from catalog.extract.formats.sniff import PDF, media_type
from catalog.extract.ocr.engines import Engine
from catalog.extract.ocr.pictures import Kind, Pictures
from catalog.extract.ocr.words import WordPage

PageDone = Callable[[int], None]
"""Told after each page, with how many are done. What it raises ends the work."""


def recognise(
    content: bytes, engine: Engine, *, name: str, declared: str | None = None, told: PageDone
) -> list[WordPage]:
    """The words of a scan: of all pictures of an image file, of the pages of a PDF that are pictures without text.

    Raises `Refused`: as `media_type`, `read_pdf` and `Pictures` do, `unsupported_media_type` for a file that is no scan, `ocr_failed` when
    the engine fails on a page.
    """
    kind, wanted = _what(content, name, declared)
    pages = []
    for picture in Pictures(content, kind, name=name, pages=wanted):
        pages.append(engine.recognise(picture))
        told(len(pages))
    if not pages:
        raise Refused("no_pages", f"{name}: there is no page to recognise; look at the file")
    return pages


def _what(content: bytes, name: str, declared: str | None) -> tuple[Kind, Collection[int] | None]:
    found = media_type(content, declared, name)
    if found == PDF:
        return "pdf", read_pdf(content, name).scans
    if found in IMAGE_TYPES:
        return "image", None
    raise Refused(
        "unsupported_media_type", f"{name}: {found} is no scan; only PDF, PNG, JPEG and TIFF files are recognised"
    )
