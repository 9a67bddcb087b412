"""The child program that reads the pages of one PDF; run by `pdf`, never imported by anything that serves.

PDFium is native code on untrusted bytes: it is not thread-safe, a page cannot be interrupted from Python, and a hostile file can crash it
or eat the memory. So each document gets a process of its own with limits of the operating system, and the harvest survives all three.

It reads the file from standard input and writes JSON lines: `{"pages": n}`, then for each page `{"height": h, "lines": [...]}` with one
row `[text, left, right, top, bottom, size, bold]` a line (points, origin at the lower left; text with tabs where wide gaps are), or
`{"error": code, "message": text}`. Arguments: pages at most, CPU seconds a page, bytes of memory, characters a page, characters of the document.
It imports nothing of the catalogue, so that it can be run by its path.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

WIDE_GAP = 1.1
"""A gap wider than so many characters within a line may stand between two cells (a full-width space is 1.0)."""
LEAP = 0.6
"""Two characters whose middles are further apart than this share of their height do not stand in one line."""
BREAKS = frozenset((0x0A, 0x0D))
BLANKS = frozenset((0x20, 0x3000, 0xA0, 0, *BREAKS))
BOLD_WEIGHT = 600
HEAVY_FONTS = ("bold", "heavy", "black", "hei", "xiaobiaosong", "xbs", "黑体", "小标宋")
"""Parts of names of fonts that are heavy by design: 黑体 and 小标宋 are what GB/T 9704 asks for in headings and titles."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
_DROPPED = dict.fromkeys((0x02, 0xAD, 0xFFFE, 0xFFFF, 0x200B, 0xFEFF))
"""Soft hyphens (PDFium writes U+0002 and U+FFFE for them) and marks without width."""


def main() -> int:
    """Read standard input, write standard output; the exit status is 0 also when the file is refused (the output says why)."""
    max_pages, memory, max_page, max_document = (int(value) for value in (sys.argv[1], *sys.argv[3:6]))
    page_seconds = float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if "password" in str(error).lower() else "unreadable"
        _say({"error": code, "message": str(error)})
        return 0
    try:
        _say({"pages": len(document)})
        characters = 0
        for number in range(min(len(document), max_pages)):
            # the default action of this signal ends the process, even inside PDFium
            signal.setitimer(signal.ITIMER_PROF, page_seconds)
            page = _page(document, number, max_page)
            characters += sum(len(line[0]) for line in page["lines"])
            if characters > max_document:
                break
            _say(page)
        signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        document.close()
    return 0


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _page(document: pypdfium2.PdfDocument, number: int, max_characters: int) -> dict[str, Any]:
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        return {"height": 0, "lines": [], "message": str(error)}
    try:
        text_page = page.get_textpage()
        try:
            return {"height": page.get_height(), "lines": _lines(text_page, max_characters)}
        finally:
            text_page.close()
    finally:
        page.close()


def _lines(text_page: pypdfium2.PdfTextPage, max_characters: int) -> list[list[Any]]:
    """The lines of a page in the order in which they were drawn: cut where PDFium breaks them, and where the height leaps."""
    count = min(text_page.count_chars(), max_characters)
    codes = [pdfium.FPDFText_GetUnicode(text_page, at) for at in range(count)]
    lines: list[list[Any]] = []
    row: list[tuple[int, int, Box | None]] = []
    last: Box | None = None
    for at, code in enumerate(codes):
        box = None if code in BLANKS else text_page.get_charbox(at, loose=True)
        leaps = box is not None and last is not None and _leaps(last, box)
        if code in BREAKS or leaps:
            lines.extend(_line(text_page, row))
            row, last = [], None
        if code not in BREAKS:
            row.append((at, code, box))
            last = box or last
    lines.extend(_line(text_page, row))
    return lines


def _leaps(last: Box, box: Box) -> bool:
    """Whether two characters stand on different heights, more than a raised or lowered one would."""
    tall = max(last[3] - last[1], box[3] - box[1])
    return abs((last[1] + last[3]) - (box[1] + box[3])) / 2 > LEAP * tall


def _line(text_page: pypdfium2.PdfTextPage, row: list[tuple[int, int, Box | None]]) -> list[list[Any]]:
    """One line as a row of the output, none for an empty one."""
    seen = [(at, code, box) for at, code, box in row if box is not None]
    if not seen:
        return []
    size = _size([(code, box) for _, code, box in seen])
    text, previous = "", None
    for _, code, box in row:
        if box and previous is not None and box[0] - previous > WIDE_GAP * size:
            text = text.rstrip(" \u3000\u00a0") + "\t"
        text += _character(code)
        previous = box[2] if box else previous
    boxes = [box for _, _, box in seen]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    top, bottom = max(box[3] for box in boxes), min(box[1] for box in boxes)
    place = [round(value, 1) for value in (left, right, top, bottom, size)]
    return [[text.translate(_DROPPED).strip(" \u3000\u00a0"), *place, _is_heavy(text_page, seen[len(seen) // 2][0])]]


def _size(characters: list[tuple[int, Box]]) -> float:
    """The size of the type in points: the width of a Chinese character, else the height of the box (about 1.15 times the size).

    The font's own size does not say it, because many programs scale the page instead.
    """
    widths = sorted(box[2] - box[0] for code, box in characters if 0x4E00 <= code <= 0x9FFF)
    if widths:
        return max(1.0, widths[len(widths) // 2])
    return max(1.0, max(box[3] - box[1] for _, box in characters) / 1.15)


def _character(code: int) -> str:
    """The character of a code point; surrogates that stand alone are lost characters."""
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code) if code >= 0x20 else ""


def _is_heavy(text_page: pypdfium2.PdfTextPage, at: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text_page, at) >= BOLD_WEIGHT:
        return True
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(text_page, at, buffer, len(buffer), flags)
    name = buffer.raw[: max(0, min(length, len(buffer)) - 1)].decode("utf-8", "replace").lower()
    return any(part in name for part in HEAVY_FONTS)


if __name__ == "__main__":
    sys.exit(main())
