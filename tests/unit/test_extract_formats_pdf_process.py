"""The process that reads PDFs: replaced when it was killed, not shared after a fork, ended by its limits and not beyond."""

from __future__ import annotations

import os

import pytest

from catalog.extract.formats import pdf as pdf_module
from catalog.extract.formats import pdf_pages
from catalog.extract.formats.pdf import pdf_text
from catalog.extract.formats.pdf_process import READER, Reader, reason
from tests.extract_format_samples import pdf

CONTENT = pdf([[(72, 700, 14, "云江市人民政府")]])


def text() -> str:
    return "".join(line.text for line in pdf_text(CONTENT).lines)


def test_one_that_was_killed_is_replaced():
    assert text() == "云江市人民政府"
    process = READER._process
    assert process is not None
    process.kill()
    process.wait()
    assert text() == "云江市人民政府"
    assert READER._process is not process


def test_a_fork_starts_its_own():
    assert text() == "云江市人民政府"
    held = READER._process
    child = os.fork()
    if child == 0:
        ok = text() == "云江市人民政府" and READER._process is not held
        READER.close()
        os._exit(0 if ok else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert text() == "云江市人民政府"
    assert READER._process is held


def test_one_document_that_ends_its_process_leaves_the_next_alone(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(pdf_module, "MEMORY_BYTES", 1_000_000)
        with pytest.raises(pdf_module.Refused, match="the PDF"):
            text()
    assert text() == "云江市人民政府"


def test_a_program_that_cannot_run_is_told(monkeypatch):
    monkeypatch.setattr("catalog.extract.formats.pdf_process._PROGRAM", "/nowhere/pdf_pages.py")
    answers, status, said = Reader().read(CONTENT, {})
    assert (answers, status) == ([], 1)
    assert "cannot be started" in said


def test_the_end_of_a_process_is_told_in_words():
    assert reason(0, "", page_seconds=10, seconds=300) is None
    assert reason(-27, "", page_seconds=10, seconds=300) == "a page took longer than 10 seconds"
    assert reason(-14, "", page_seconds=10, seconds=300) == "it took longer than 300 seconds"
    assert reason(-9, "", page_seconds=10, seconds=300) == "the reader was ended by signal 9"
    assert reason(1, "MemoryError: ", page_seconds=10, seconds=300) == "MemoryError: "


def test_ruled_lines_of_a_page_are_found():
    drawn = b"1 w 60 703 m 520 703 l S\n60 650 460 50 re S\nBT\n"
    rows = [(left, 700 - 20 * at, 12, "市财政局" * 2) for at in range(6) for left in (72, 310)]
    content = pdf([rows])
    start = content.index(b"BT\n")
    # the length in front of the stream is out of date then, which PDFium puts right
    (page,) = pdf_module.read_pdf(content[:start] + drawn + content[start + 3 :]).pages
    assert any(left < 62 and right > 518 and top - bottom < pdf_pages.THIN for left, right, top, bottom in page.rules)
    assert len(page.rules) == 5
