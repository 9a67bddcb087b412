"""How long reading takes beside the bare engines: PDF text beside pypdfium2, recognition beside rapidocr, on the same files."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from catalog.extract.formats.pdf import pdf_text
from catalog.extract.ocr.engines import choose
from catalog.extract.ocr.pictures import Pictures
from catalog.extract.ocr.reading import lines_of
from tests.extract_format_samples import paragraph_rows, pdf

PDF_LIMIT, OCR_LIMIT = 1.5, 1.1
"""The limits of the house."""
SAMPLES = Path(__file__).resolve().parents[1] / "ocr"
PAGES = 40
"""Pages of the PDF that is measured."""
PARAGRAPHS = 9
"""Paragraphs of each of its pages."""
TEXT = "为进一步规范云江市政府信息公开工作，保障公民、法人和其他组织依法获取政府信息，提高政府工作的透明度，根据有关法律法规，制定本办法。"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Seconds a page, the program's and the bare engine's: the shortest of some runs each."""

    ours: float
    bare: float

    @property
    def times(self) -> float:
        """The program's time in bare times."""
        return self.ours / self.bare


def pdf_text_ratio() -> Ratio:
    """Text of a made PDF of columns of paragraphs with page numbers."""
    pages = [
        [
            (290, 40, 9, f"— {page} —"),
            *(row for at in range(PARAGRAPHS) for row in paragraph_rows(TEXT, 760 - 78 * at)),
        ]
        for page in range(1, PAGES + 1)
    ]
    content = pdf(pages)
    assert len(pdf_text(content).lines) == PARAGRAPHS * PAGES
    return _interleaved(lambda: pdf_text(content), lambda: _bare_text(content), runs=5, pages=PAGES)


def light_pages_ratio() -> Ratio:
    """Text of pages in a font that PDFium brings along: bare PDFium takes half a millisecond for one, as for office exports."""
    row = "The municipal government publishes its budget and its rules within twenty days of their making"
    rows = [row if at % 6 < 5 else row[: len(row) // 2] + "." for at in range(36)]
    content = pdf(
        [[(72, 770 - 19 * at, 10, one) for at, one in enumerate(rows)] for _ in range(5 * PAGES)], letters=True
    )
    assert pdf_text(content).characters == 5 * PAGES * sum(map(len, rows))
    return _interleaved(lambda: pdf_text(content), lambda: _bare_text(content), runs=8, pages=5 * PAGES)


def recognition_ratio() -> Ratio | None:
    """Recognition of a red head and of a vertical page; `None` where rapidocr is not installed."""
    if importlib.util.find_spec("rapidocr") is None:
        return None
    import numpy as np
    from rapidocr import RapidOCR

    drawn = [
        picture
        for name in ("red_head.png", "vertical.png")
        for picture in Pictures((SAMPLES / name).read_bytes(), "image", name=name)
    ]
    arrays = [np.frombuffer(one.pixels, np.uint8).reshape(one.height, one.width, 3) for one in drawn]
    bare, engine = RapidOCR(params={"Global.log_level": "critical"}), choose("rapidocr")
    assert engine is not None
    return _interleaved(
        lambda: lines_of([engine.recognise(one) for one in drawn]),
        lambda: [bare(one) for one in arrays],
        runs=4,
        pages=len(drawn),
    )


def _interleaved(ours: Callable[[], object], bare: Callable[[], object], *, runs: int, pages: int) -> Ratio:
    """Both by turns, so that both meet the same machine."""
    took = [(_timed(bare), _timed(ours)) for _ in range(runs)]
    return Ratio(min(one for _, one in took) / pages, min(one for one, _ in took) / pages)


def _timed(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def _bare_text(content: bytes) -> int:
    document = pypdfium2.PdfDocument(content)
    characters = 0
    for page in document:
        text = page.get_textpage()
        characters += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return characters
