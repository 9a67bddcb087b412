"""The child program that reads the pages of PDFs; run by `pdf_process`, never imported by anything that serves.

PDFium is native code on untrusted bytes: it is not thread-safe, a page cannot be interrupted from Python, and a hostile file can crash it
or eat the memory. So each document gets a process of its own with limits of the operating system, and the harvest survives all three.
The process is forked from this one, which has PDFium loaded and never opens a document: that takes milliseconds where a start takes 0.1 s.

Standard input holds requests: a line of JSON (`bytes`, `pages`, `page_seconds`, `seconds`, `memory`, `page_characters`, `characters`), then so
many bytes. Standard output answers each with lines of JSON: `{"pages": n}`, then for each page `{"angle": a, "width": w, "height": h, "pictures": bool,
"rows": [...], "rules": [...]}` with a row `[text, left, right, top, bottom, size, heavy, vertical, turned]` for each run of characters without
a wide gap (points, origin at the lower left of the page as it is read), or `{"error": code, "message": text}`; at the end `{"ended": status}`.
It imports nothing of the catalogue, so that it can be run by its path.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import resource
import signal
import struct
import sys
from typing import Any, BinaryIO

import orjson
import pypdfium2
import pypdfium2.raw as pdfium

WIDE_GAP = 1.1
"""A gap wider than so many characters within a line may stand between two cells or columns (a full-width space is 1.0)."""
LEAP = 0.6
"""Two characters whose middles are further apart than this share of their height do not stand in one line."""
BOLD_WEIGHT = 600
HEAVY_UP_TO = 28
"""Only rows of at most so many characters are asked for their font: what is heavy is a title or a heading."""
HEAVY_FONTS = ("bold", "heavy", "black", "hei", "xiaobiaosong", "xbs", "黑体", "小标宋")
"""Parts of names of fonts that are heavy by design: 黑体 and 小标宋 are what GB/T 9704 asks for in headings and titles."""
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
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
_FLOATS = struct.Struct("4f").unpack_from
_object_of = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(pdfium.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
"""The address of the drawing instruction that a character belongs to: `FPDFText_GetTextObject` as a number."""
_LINE_BREAK = re.compile("[\r\n\ufffe\x02]+")
_BLANK = re.compile("[ \u3000\u00a0\x00\t]+")
_BLANKS_RUN = re.compile("[ \u3000\u00a0\x00\t]{2,}")
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
        characters += sum(len(row[0]) for row in page["rows"])
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
        return {"angle": 0, "width": 0, "height": 0, "pictures": False, "rows": [], "rules": []}
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if pdfium.FPDFPage_GetRotation(page) % 2:  # positions are those of the page before it was turned by a quarter
        width, height = height, width
    rows = _Text(text_page).rows(max_characters)
    angle = _main_angle(rows)
    turn = _Turn(angle, width, height)
    shown = [turn.row(row) for row in rows]
    pictures = sum(len(row[0]) for row in rows) < FEW_CHARACTERS and _pictures(page, width * height)
    broken = sum(1 for row in rows if row[-1]) >= RULED_FROM
    rules = [turn.rule(rule) for rule in _rules(page)] if broken else []
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)
    return {
        "angle": angle, "width": turn.width, "height": turn.height, "pictures": pictures, "rows": shown, "rules": rules,
    }  # fmt: skip


class _Text:
    """The characters of one page and where they stand."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._rect = pdfium.FS_RECTF()
        self._place = ctypes.pointer(self._rect)
        self._matrix = pdfium.FS_MATRIX()
        self._font = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def rows(self, max_characters: int) -> list[list[Any]]:
        """The runs of a page in the order in which they were drawn: `[text, box, size, heavy, vertical, angle, whether a gap precedes it]`."""
        count = min(pdfium.FPDFText_CountChars(self._page), max_characters)
        if count <= 0:
            return []
        text = self._all(count)
        rows: list[list[Any]] = []
        start = 0
        for found in _LINE_BREAK.finditer(text):
            self._line(text, start, found.start(), hyphen=found[0][0] in "\ufffe\x02", into=rows)
            start = found.end()
        self._line(text, start, len(text), hyphen=False, into=rows)
        return rows

    def _all(self, count: int) -> str:
        """One character of Python for each of PDFium's, so that places in the text are theirs."""
        buffer = (ctypes.c_ushort * (count + 1))()
        written = pdfium.FPDFText_GetText(self._page, 0, count, buffer)
        text = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "surrogatepass")
        if len(text) == count:
            return text
        codes = (pdfium.FPDFText_GetUnicode(self._page, at) for at in range(count))
        return "".join("\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code) for code in codes)

    def box(self, at: int) -> Box:
        pdfium.FPDFText_GetLooseCharBox(self._page, at, self._place)
        left, top, right, bottom = _FLOATS(self._rect)
        return left, bottom, right, top

    def _line(self, text: str, start: int, stop: int, *, hyphen: bool, into: list[list[Any]]) -> None:
        """Cut one line of PDFium's where its characters leap or a wide gap is."""
        while start < stop and text[start] in " \u3000\u00a0\x00\t":
            start += 1
        while stop > start and text[stop - 1] in " \u3000\u00a0\x00\t":
            stop -= 1
        if start == stop:
            return
        first, last = self.box(start), self.box(stop - 1)
        straight = last[0] > first[0] and not _leaps(first, last)
        angle = 0 if straight else round(-pdfium.FPDFText_GetCharAngle(self._page, start) * 57.29578) % 360
        size = _size(text[start], first, text[stop - 1], last, across=angle in (90, 270)) or self._type_size(
            start, first
        )
        vertical = not straight and angle == 0 and stop - start > 1 and _goes_down(first, last)
        if not straight and not vertical and angle == 0 and stop - start > 1:
            self._cut_by_character(text, start, stop, hyphen=hyphen, into=into)
            return
        heavy = stop - start <= HEAVY_UP_TO and self._is_heavy((start + stop) // 2)
        blanks = None if vertical or angle else _BLANK.search(text, start, stop)
        if blanks is None:
            into.append([text[start:stop] + "-" * hyphen, _union(first, last), size, heavy, vertical, angle, False])
            return
        # what one instruction drew has wide gaps only where it has several blanks
        whole = _object_of(self._page, start) == _object_of(self._page, stop - 1)
        begin, begin_box, broken = start, first, False
        for blank in (_BLANKS_RUN if whole else _BLANK).finditer(text, start, stop):
            at, end = blank.span()
            before, after = self.box(at - 1), self.box(end)
            if not _is_gap(before, after, size):
                continue
            into.append([text[begin:at], _union(begin_box, before), size, heavy, False, 0, broken])
            begin, begin_box, broken = end, after, True
        into.append([text[begin:stop] + "-" * hyphen, _union(begin_box, last), size, heavy, False, 0, broken])

    def _cut_by_character(self, text: str, start: int, stop: int, *, hyphen: bool, into: list[list[Any]]) -> None:
        """A line whose characters stand on several heights: each place is asked for."""
        begin, previous, union = start, None, None
        broken = False
        for at in range(start, stop):
            if text[at] in " \u3000\u00a0\x00\t":
                continue
            box = self.box(at)
            if previous is not None and union is not None:
                size = max(previous[3] - previous[1], 1.0)
                leaps = _leaps(previous, box)
                if leaps or _is_gap(previous, box, size):
                    into.append(
                        [
                            text[begin:at],
                            union,
                            self._size_of(text[begin], union),
                            self._is_heavy(begin),
                            False,
                            0,
                            broken,
                        ]
                    )
                    begin, union, broken = at, None, not leaps
            previous, union = box, box if union is None else _union(union, box)
        if union is not None:
            tail = text[begin:stop] + "-" * hyphen
            into.append([tail, union, self._size_of(text[begin], union), self._is_heavy(begin), False, 0, broken])

    def _type_size(self, at: int, box: Box) -> float:
        """The size of the type of letters: that of the font, as the page scales it; the height of the box where that is out of reason."""
        pdfium.FPDFText_GetMatrix(self._page, at, self._matrix)
        scale = abs(self._matrix.a * self._matrix.d - self._matrix.b * self._matrix.c) ** 0.5
        size = pdfium.FPDFText_GetFontSize(self._page, at) * scale
        height = max(1.0, min(box[3] - box[1], box[2] - box[0] + box[3] - box[1]))
        return float(size) if 0.6 * height <= size <= 6 * height else height / 1.15

    def _size_of(self, character: str, union: Box) -> float:
        return max(1.0, (union[3] - union[1]) / (1.0 if _is_square(character) else 1.15))

    def _is_heavy(self, at: int) -> bool:
        if pdfium.FPDFText_GetFontWeight(self._page, at) >= BOLD_WEIGHT:
            return True
        buffer = self._font
        length = pdfium.FPDFText_GetFontInfo(self._page, at, buffer, len(buffer), self._flags)
        name = buffer.raw[: max(0, min(length, len(buffer)) - 1)].decode("utf-8", "replace").lower()
        return any(part in name for part in HEAVY_FONTS)


def _is_square(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def _size(start: str, first: Box, end: str, last: Box, *, across: bool) -> float:
    """The size of the type in points by the width of a Chinese character, which is as wide as high; 0 where a line has none at its ends."""
    for character, box in ((start, first), (end, last)):
        if _is_square(character):
            return max(1.0, box[3] - box[1] if across else box[2] - box[0])
    return 0.0


def _goes_down(first: Box, last: Box) -> bool:
    """Whether a line runs from the top to the bottom of the page: its characters stand below each other."""
    width = max(first[2] - first[0], last[2] - last[0], 1.0)
    return first[1] - last[1] > 0.5 * width and abs(first[0] + first[2] - last[0] - last[2]) < width


def _leaps(last: Box, box: Box) -> bool:
    """Whether two characters stand on different heights, more than a raised or lowered one would."""
    tall = max(last[3] - last[1], box[3] - box[1])
    return abs((last[1] + last[3]) - (box[1] + box[3])) / 2 > LEAP * tall


def _is_gap(before: Box, after: Box, size: float) -> bool:
    """Whether two neighbours are further apart than words are, or the second was drawn before the first."""
    gap = after[0] - before[2]
    return gap > WIDE_GAP * size or gap < -2 * size


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _main_angle(rows: list[list[Any]]) -> int:
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
        left, bottom, right, top = box
        if self._angle == 0:
            return [round(left, 1), round(right, 1), round(top, 1), round(bottom, 1)]
        width, height = self._size
        if self._angle == 90:
            left, right, bottom, top = bottom, top, width - right, width - left
        elif self._angle == 180:
            left, right, bottom, top = width - right, width - left, height - top, height - bottom
        elif self._angle == 270:
            left, right, bottom, top = height - top, height - bottom, left, right
        return [round(left, 1), round(right, 1), round(top, 1), round(bottom, 1)]

    def row(self, row: list[Any]) -> list[Any]:
        """A row of the output."""
        text, box, size, heavy, vertical, angle, _ = row
        shown = text if text.isprintable() else text.translate(_MARKS).strip(_BLANKS)
        return [shown, *self.rule(box), round(size, 1), heavy, vertical, angle != self._angle]


def _pictures(page: Any, area: float) -> bool:
    """Whether a picture, or several together, fill enough of a page to be a scan of it."""
    filled = 0.0
    for left, bottom, right, top in _objects(page, pdfium.FPDF_PAGEOBJ_IMAGE):
        filled += abs((right - left) * (top - bottom))
    return filled >= PICTURE_SHARE * area


def _rules(page: Any) -> list[Box]:
    """The ruled lines of a page: paths that are thin in one direction and not in the other, and the sides of boxes."""
    rules: list[Box] = []
    for left, bottom, right, top in _objects(page, pdfium.FPDF_PAGEOBJ_PATH):
        wide, tall = right - left, top - bottom
        if (wide <= THIN) != (tall <= THIN):
            rules.append((left, bottom, right, top))
        elif wide > THIN:
            rules += [
                (left, bottom, left, top),
                (right, bottom, right, top),
                (left, bottom, right, bottom),
                (left, top, right, top),
            ]
    return rules


def _objects(page: Any, kind: int) -> list[Box]:
    """The boxes of a page's own objects of one kind, the first of many."""
    boxes = []
    values = [ctypes.c_float() for _ in range(4)]
    for at in range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)):
        one = pdfium.FPDFPage_GetObject(page, at)
        if pdfium.FPDFPageObj_GetType(one) == kind and pdfium.FPDFPageObj_GetBounds(one, *values):
            left, bottom, right, top = (value.value for value in values)
            boxes.append((left, bottom, right, top))
    return boxes


if __name__ == "__main__":
    main()
