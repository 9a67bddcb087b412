"""The child program that reads the pages of PDFs; run by `pdf_process`, never imported by anything that serves.

PDFium is native code on untrusted bytes: it is not thread-safe, a page cannot be interrupted from Python, and a hostile file can crash it
or eat the memory. So each document gets a process of its own with limits of the operating system, and the harvest survives all three.
The process is forked from this one, which has PDFium loaded and never opens a document: that takes milliseconds where a start takes 0.1 s.

Standard input holds requests: a line of JSON (`bytes`, `pages`, `page_seconds`, `seconds`, `memory`, `page_characters`, `characters`), then so
many bytes. Standard output answers each with lines of JSON: `{"pages": n}`, then for each page `{"angle": a, "width": w, "height": h, "pictures": bool,
"rows": [texts, lefts, rights, tops, bottoms, sizes, heavy, vertical, turned], "rules": [...]}` where the n-th of each of the nine lists belong to
the n-th run of characters without a wide gap (points, origin at the lower left of the page as it is read), or `{"error": code, "message": text}`; at the end `{"ended": status}`.
It imports nothing of the catalogue but `pdf_runs`, so that it starts quickly.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Sequence
from itertools import repeat
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pypdfium2
import pypdfium2.raw as pdfium

if __name__ == "__main__":  # run by its path, it finds its own package three folders up
    sys.path.append(str(Path(__file__).resolve().parents[3]))

from catalog.extract.formats.pdf_runs import INT, POINTER, Box, Run, Text, called

FEW_CHARACTERS = 10
"""A page with fewer characters than this is looked at for a picture that fills it."""
PICTURE_SHARE = 0.3
"""A picture over this share of a page may be a scan of its text."""
RULED_FROM = 4
"""Rows with wide gaps from which a page is searched for ruled lines: it has columns or a table."""
MAX_OBJECTS = 3_000
"""Drawing objects of a page that are looked at for pictures or ruled lines."""
THIN = 3.0
"""Points: what is drawn narrower is a line, whether it was drawn as one or as a rectangle."""
_part_of = called(pdfium.FPDFPage_GetObject, POINTER, POINTER, INT)
_kind_of = called(pdfium.FPDFPageObj_GetType, INT, POINTER)
_bounds_of = called(pdfium.FPDFPageObj_GetBounds, INT, POINTER, *[POINTER] * 4)
_MARKS = dict.fromkeys((0xAD, 0xFFFF, 0x200B, 0xFEFF, *range(0x20)))
_BLANKS = " \u3000\u00a0"


def main() -> None:
    """Answer requests until standard input ends."""
    requests = sys.stdin.buffer
    while line := requests.readline():
        request = orjson.loads(line)
        content = requests.read(request["bytes"])
        child = os.fork()
        if child == 0:
            os._exit(_read(content, request))
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        # the child may have died within a line
        _say({"ended": code}, before=b"\n")


def _read(content: bytes, request: dict[str, Any]) -> int:
    """Read one document in the process of its own; its exit status."""
    gc.disable()  # it lives for one document
    try:
        memory = request["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # the default action of these signals ends the process, even inside PDFium
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        _document(content, request)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it ends this process only, and is told
        _say({"failed": f"{type(error).__name__}: {error}"[:500]}, before=b"\n")
        return 1
    return 0


def _document(content: bytes, request: dict[str, Any]) -> None:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if "password" in str(error).lower() else "unreadable"
        _say({"error": code, "message": str(error)})
        return
    _say({"pages": len(document)})
    characters = 0
    for number in range(min(len(document), request["pages"])):
        signal.setitimer(signal.ITIMER_PROF, request["page_seconds"])
        page = _page(document, number, request["page_characters"])
        characters += sum(map(len, page["rows"][0]))
        if characters > request["characters"]:
            break
        _say(page)


def _say(answer: dict[str, Any], *, before: bytes = b"") -> None:
    output: BinaryIO = sys.stdout.buffer
    try:
        line = orjson.dumps(answer)
    except TypeError:  # a surrogate that stands alone is no UTF-8
        line = json.dumps(answer).encode()
    output.write(before + line + b"\n")
    output.flush()


def _page(document: pypdfium2.PdfDocument, number: int, max_characters: int) -> dict[str, Any]:
    """One page. PDFium is asked without its Python wrapper: its objects take as long as the text of a short page."""
    page = pdfium.FPDF_LoadPage(document.raw, number)
    text_page = pdfium.FPDFText_LoadPage(page) if page else None
    if not text_page:
        return {"angle": 0, "width": 0, "height": 0, "pictures": False, "rows": [[]] * 9, "rules": []}
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if pdfium.FPDFPage_GetRotation(page) % 2:  # positions are those of the page before it was turned by a quarter
        width, height = height, width
    rows = Text(text_page).rows(max_characters)
    angle = _main_angle(rows)
    turn = _Turn(angle, width, height)
    shown = turn.columns(rows)
    pictures = sum(map(len, shown[0])) < FEW_CHARACTERS and _pictures(page, width * height)
    broken = sum([row[6] for row in rows]) >= RULED_FROM
    rules = [turn.rule(rule) for rule in _rules(page)] if broken else []
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)
    return {
        "angle": angle, "width": turn.width, "height": turn.height, "pictures": pictures, "rows": shown, "rules": rules,
    }  # fmt: skip


def _main_angle(rows: Sequence[Run]) -> int:
    """The direction, in degrees to the left of the page's own, in which most of a page's text runs: 0, 90, 180 or 270."""
    if not any(row[5] for row in rows):
        return 0
    weights: dict[int, int] = {}
    for row in rows:
        if row[5] % 90 == 0:
            weights[row[5]] = weights.get(row[5], 0) + len(row[0])
    return max(weights, key=lambda angle: weights[angle], default=0)


class _Turn:
    """The page turned so that its text runs from left to right."""

    def __init__(self, angle: int, width: float, height: float) -> None:
        self._angle = angle
        self._size = (width, height)
        self.width, self.height = (height, width) if angle in (90, 270) else (width, height)

    def rule(self, box: Box) -> list[float]:
        """A box on the turned page: left, right, top, bottom."""
        left, top, right, bottom = self._box(box)
        return [round(left, 1), round(right, 1), round(top, 1), round(bottom, 1)]

    def _box(self, box: Box) -> Box:
        left, top, right, bottom = box
        width, height = self._size
        if self._angle == 90:
            return bottom, width - left, top, width - right
        if self._angle == 180:
            return width - right, height - bottom, width - left, height - top
        if self._angle == 270:
            return height - top, right, height - bottom, left
        return box

    def columns(self, rows: Sequence[Run]) -> list[list[Any]]:
        """The runs column by column, those without a text left out."""
        shown = [run[0] if run[0].isprintable() else run[0].translate(_MARKS).strip(_BLANKS) for run in rows]
        if not all(shown):
            rows = [run for run, text in zip(rows, shown, strict=True) if text]
            shown = [text for text in shown if text]
        boxes = [run[1] for run in rows] if self._angle == 0 else [self._box(run[1]) for run in rows]
        return [
            shown,
            _tenths([box[0] for box in boxes]),
            _tenths([box[2] for box in boxes]),
            _tenths([box[1] for box in boxes]),
            _tenths([box[3] for box in boxes]),
            _tenths([run[2] for run in rows]),
            [run[3] for run in rows],
            [run[4] for run in rows],
            [run[5] != self._angle for run in rows],
        ]


def _tenths(values: Sequence[float]) -> list[float]:
    """Values rounded to a tenth; 0 for one that is no number (a broken matrix gives such places)."""
    try:
        return [round(10 * value) / 10 for value in values]
    except (ValueError, OverflowError):
        return [round(10 * value) / 10 if isfinite(10 * value) else 0.0 for value in values]


def _pictures(page: Any, area: float) -> bool:
    """Whether a picture, or several together, fill enough of a page to be a scan of it."""
    filled = 0.0
    for left, top, right, bottom in _objects(page, pdfium.FPDF_PAGEOBJ_IMAGE):
        filled += abs((right - left) * (top - bottom))
    return filled >= PICTURE_SHARE * area


def _rules(page: Any) -> list[Box]:
    """The ruled lines of a page: paths that are thin in one direction and not in the other, and the sides of boxes."""
    rules: list[Box] = []
    for left, top, right, bottom in _objects(page, pdfium.FPDF_PAGEOBJ_PATH):
        wide, tall = right - left, top - bottom
        if (wide <= THIN) != (tall <= THIN):
            rules.append((left, top, right, bottom))
        elif wide > THIN:
            rules += [
                (left, top, left, bottom),
                (right, top, right, bottom),
                (left, bottom, right, bottom),
                (left, top, right, top),
            ]
    return rules


def _objects(page: Any, kind: int) -> list[Box]:
    """The boxes of a page's own objects of one kind, the first of many."""
    boxes: list[Box] = []
    address = ctypes.cast(page, ctypes.c_void_p).value or 0
    values = (ctypes.c_float * 4)()
    begin = ctypes.addressof(values)
    places = begin, begin + 4, begin + 8, begin + 12
    objects = map(_part_of, repeat(address), range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)))
    for one in objects:
        if one and _kind_of(one) == kind and _bounds_of(one, *places):
            left, bottom, right, top = values
            boxes.append((left, top, right, bottom))
    return boxes


if __name__ == "__main__":
    main()
