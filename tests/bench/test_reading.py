"""How long reading takes beside the bare engines.

The limits are those of the house with room for a machine that does other things too; `docs/benchmarks.md` has measured figures.
"""

from __future__ import annotations

import os

import pytest

from tests.bench.ratios import OCR_LIMIT, PDF_LIMIT, light_pages_ratio, pdf_text_ratio, recognition_ratio

pytestmark = pytest.mark.bench

LIGHT = 2.0
"""Times bare PDFium for the lightest pages, half a millisecond each: what a row costs in Python weighs there; `docs/ocr.md` has the figures."""
ROOM = 1.35
"""What a machine that is shared may add."""


def test_pdf_text_takes_half_as_long_again_as_pdfium_alone() -> None:
    found = pdf_text_ratio()
    print(f"\nPDF text: {found}, {found.times:.2f} times")
    assert found.times <= PDF_LIMIT * ROOM


def test_light_pages_take_at_most_twice_as_long_as_pdfium_alone() -> None:
    found = light_pages_ratio()
    print(f"\nlight PDF pages: {found}, {found.times:.2f} times")
    assert found.times <= LIGHT * ROOM


def test_recognition_takes_a_tenth_longer_than_rapidocr_alone() -> None:
    found = recognition_ratio()
    if found is None:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail("REQUIRE_SERVERS=1, but rapidocr is not installed: pip install 'gongkai[ocr]'")
        pytest.skip("rapidocr is not installed")
    print(f"\nrecognition: {found}, {found.times:.2f} times")
    assert found.times <= OCR_LIMIT * ROOM
