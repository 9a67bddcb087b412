"""How long reading takes beside the bare engines: PDF text beside pypdfium2, recognition beside rapidocr, on the same files.

The limits are those of the house (1.5 and 1.1 times) with room for a machine that does other things too; `docs/ocr.md` has measured figures.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from catalog.extract.formats.pdf import pdf_text
from catalog.extract.ocr.engines import choose
from catalog.extract.ocr.pictures import Pictures
from catalog.extract.ocr.reading import lines_of
from tests.extract_format_samples import paragraph_rows, pdf

pytestmark = pytest.mark.bench

SAMPLES = Path(__file__).resolve().parents[1] / "ocr"
ROOM = 1.35
"""What a machine that is shared may add."""
TEXT = "为进一步规范云江市政府信息公开工作，保障公民、法人和其他组织依法获取政府信息，提高政府工作的透明度，根据有关法律法规，制定本办法。"


def best(what: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds: what the work takes when nothing else is done."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        what()
        spent.append(time.perf_counter() - begun)
    return min(spent)


def bare_text(content: bytes) -> int:
    document = pypdfium2.PdfDocument(content)
    characters = 0
    for page in document:
        text = page.get_textpage()
        characters += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return characters


def test_pdf_text_takes_half_as_long_again_as_pdfium_alone() -> None:
    pages = [
        [(290, 40, 9, f"— {page} —"), *(row for at in range(9) for row in paragraph_rows(TEXT, 760 - 78 * at))]
        for page in range(1, 41)
    ]
    content = pdf(pages)
    assert len(pdf_text(content).lines) == 9 * 40
    ours, bare = best(lambda: pdf_text(content), 5), best(lambda: bare_text(content), 5)
    print(
        f"\nPDF text: {1000 * ours / 40:.2f} ms a page, pypdfium2 alone {1000 * bare / 40:.2f} ms: {ours / bare:.2f} times"
    )
    assert ours <= 1.5 * ROOM * bare


def test_recognition_takes_a_tenth_longer_than_rapidocr_alone() -> None:
    if importlib.util.find_spec("rapidocr") is None:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail("REQUIRE_SERVERS=1, but rapidocr is not installed: pip install 'gongkai[ocr]'")
        pytest.skip("rapidocr is not installed")
    import numpy as np
    from rapidocr import RapidOCR

    drawn = [
        picture
        for name in ("red_head.png", "vertical.png")
        for picture in Pictures((SAMPLES / name).read_bytes(), "image", name=name)
    ]
    arrays = [np.frombuffer(one.pixels, np.uint8).reshape(one.height, one.width, 3) for one in drawn]
    bare_engine, engine = RapidOCR(params={"Global.log_level": "critical"}), choose("rapidocr")
    assert engine is not None
    # interleaved, so that both meet the same machine
    bare, ours = [], []
    for _ in range(4):
        bare.append(best(lambda: [bare_engine(one) for one in arrays], 1))
        ours.append(best(lambda: lines_of([engine.recognise(one) for one in drawn]), 1))
    print(
        f"\nrecognition: {min(ours) / 2:.2f} s a page, rapidocr alone {min(bare) / 2:.2f} s: {min(ours) / min(bare):.2f} times"
    )
    assert min(ours) <= 1.1 * ROOM * min(bare)
