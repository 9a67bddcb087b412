"""The text of a page of a PDF as runs of characters with their places; part of the child program (`pdf_pages`).

PDFium is asked as little as will do, and without its Python wrapper: a call takes as long as what it tells.
"""

from __future__ import annotations

import ctypes
import re
import struct
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

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
BLANKS = " \u3000\u00a0\x00\t"
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points, as PDFium has them."""
Run = tuple[str, Box, float, bool, bool, int, bool]
"""Text, box, size, whether it is heavy, whether vertical, its angle in degrees, whether a wide gap precedes it."""
_FLOATS = struct.Struct("4f").iter_unpack


def called(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of PDFium's that takes addresses as numbers: without the checks of types a call takes half as long."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    called: Callable[..., Any] = ctypes.CFUNCTYPE(result, *arguments)(address)
    return called


POINTER, INT = ctypes.c_void_p, ctypes.c_int
_box_of = called(pdfium.FPDFText_GetLooseCharBox, INT, POINTER, INT, POINTER)
_object_of = called(pdfium.FPDFText_GetTextObject, POINTER, POINTER, INT)
"""The address of the drawing instruction that a character belongs to."""
_font_of = called(pdfium.FPDFTextObj_GetFont, POINTER, POINTER)
_LINE = re.compile("[^\r\n\ufffe\x02 \u3000\u00a0\x00\t](?:[^\r\n\ufffe\x02]*[^\r\n\ufffe\x02 \u3000\u00a0\x00\t])?")
"""A line without the blanks around it."""
_LINE_BREAK = re.compile("[\r\n\ufffe\x02]+")
_BLANK = re.compile("[ \u3000\u00a0\x00\t]+")
_BLANKS_RUN = re.compile("[ \u3000\u00a0\x00\t]{2,}")


class Text:
    """The text of one page as runs of characters without a wide gap. Only the places of the characters at their ends are asked for."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._address = ctypes.cast(page, ctypes.c_void_p).value or 0
        self._matrix = pdfium.FS_MATRIX()
        self._font = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._heavy: dict[int, bool] = {}

    def rows(self, max_characters: int) -> list[Run]:
        """The runs of a page in the order in which they were drawn."""
        count = min(pdfium.FPDFText_CountChars(self._page), max_characters)
        if count <= 0:
            return []
        text = self._all(count)
        spans = [found.span() for found in _LINE.finditer(text)]
        boxes = self.boxes([at for start, stop in spans for at in (start, stop - 1)])
        heavy = self._are_heavy(spans)
        texts = [text[start:stop] for start, stop in spans]
        # what is printable has no blank but spaces
        gaps = [
            self._gaps(text, start, stop) if " " in shown or not shown.isprintable() else ()
            for shown, (start, stop) in zip(texts, spans, strict=True)
        ]
        sides = iter(self.boxes([at for line in gaps for before, after in line for at in (before - 1, after)]))
        hyphens = "\ufffe" in text or "\x02" in text
        rows: list[Run] = []
        for line, (start, stop), first, last, bold, holes in zip(
            texts, spans, boxes[::2], boxes[1::2], heavy, gaps, strict=True
        ):
            hyphen = hyphens and (end := _LINE_BREAK.search(text, stop)) and end[0][0] in "\ufffe\x02"
            shown = line + "-" if hyphen else line
            between = [(next(sides), next(sides)) for _ in holes]
            if last[0] <= first[0] or abs(first[1] + first[3] - last[1] - last[3]) > 2 * LEAP * _tall(first):
                crooked = self._crooked(text, (start, stop), shown, (first, last), heavy=bold)
                if crooked:
                    rows += crooked
                    continue
            size = _size(line[0], first, line[-1], last, across=False) or self._type_size(start, first)
            begin, box, broken = start, first, False
            for (at, after), (left, right) in zip(holes, between, strict=True):
                if _is_gap(left, right, size):
                    rows.append((text[begin:at], _union(box, left), size, bold, False, 0, broken))
                    begin, box, broken = after, right, True
            rows.append((shown[begin - start :], _union(box, last), size, bold, False, 0, broken))
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

    def boxes(self, places: Sequence[int]) -> list[Box]:
        """The boxes of some characters. One call of `map` for all: what a call from Python costs is most of the cost of a box."""
        buffer = bytearray(16 * len(places))
        if not places:
            return []
        begin = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
        deque(map(_box_of, repeat(self._address), places, range(begin, begin + len(buffer), 16)), maxlen=0)
        return list(_FLOATS(buffer))

    def _gaps(self, text: str, start: int, stop: int) -> list[tuple[int, int]]:
        """The blanks of a line that may be wide. What one instruction drew has wide gaps only where it has several blanks."""
        whole = _object_of(self._address, start) == _object_of(self._address, stop - 1)
        return [blank.span() for blank in (_BLANKS_RUN if whole else _BLANK).finditer(text, start, stop)]

    def _crooked(
        self, text: str, span: tuple[int, int], shown: str, ends: tuple[Box, Box], *, heavy: bool
    ) -> list[Run]:
        """The runs of a line that does not go from left to right: turned, vertical, or leaping; none for one that does."""
        (start, stop), (first, last) = span, ends
        if last[0] > first[0] and not _leaps(first, last):
            return []
        angle = round(-pdfium.FPDFText_GetCharAngle(self._page, start) * 57.29578) % 360
        vertical = angle == 0 and stop - start > 1 and _goes_down(first, last)
        if angle == 0 and stop - start > 1 and not vertical:
            return self._cut_by_character(text, start, stop, hyphen=len(shown) > stop - start)
        if angle == 0 and not vertical:
            return []
        size = _size(text[start], first, text[stop - 1], last, across=angle in (90, 270)) or self._type_size(
            start, first
        )
        return [(shown, _union(first, last), size, heavy, vertical, angle, False)]

    def _cut_by_character(self, text: str, start: int, stop: int, *, hyphen: bool) -> list[Run]:
        """A line whose characters stand on several heights: each place is asked for."""
        places = [at for at in range(start, stop) if text[at] not in BLANKS]
        boxes = self.boxes(places)
        runs: list[Run] = []
        begin, union, broken = start, boxes[0], False
        for at, previous, box in zip(places[1:], boxes, boxes[1:], strict=False):
            leaps = _leaps(previous, box)
            if leaps or _is_gap(previous, box, max(_tall(previous), 1.0)):
                runs.append(self._piece(text[begin:at], begin, union, broken=broken))
                begin, union, broken = at, box, not leaps
            else:
                union = _union(union, box)
        return [*runs, self._piece(text[begin:stop] + "-" * hyphen, begin, union, broken=broken)]

    def _piece(self, text: str, at: int, union: Box, *, broken: bool) -> Run:
        size = max(1.0, _tall(union) / (1.0 if _is_square(text[0]) else 1.15))
        return text, union, size, self._is_heavy(at), False, 0, broken

    def _type_size(self, at: int, box: Box) -> float:
        """The size of the type of letters: that of the font, as the page scales it; the height of the box where that is out of reason."""
        pdfium.FPDFText_GetMatrix(self._page, at, self._matrix)
        scale = abs(self._matrix.a * self._matrix.d - self._matrix.b * self._matrix.c) ** 0.5
        size = pdfium.FPDFText_GetFontSize(self._page, at) * scale
        height = max(1.0, min(_tall(box), box[2] - box[0] + _tall(box)))
        return float(size) if 0.6 * height <= size <= 6 * height else height / 1.15

    def _are_heavy(self, spans: Sequence[tuple[int, int]]) -> list[bool]:
        """Whether the lines are set in heavy type: their middles are asked for their font, each font once for its name."""
        short = [(start + stop) // 2 if stop - start <= HEAVY_UP_TO else -1 for start, stop in spans]
        found = []
        for at, drawn in zip(short, map(_object_of, repeat(self._address), short), strict=True):
            font = _font_of(drawn) if drawn else None
            if not font:  # long, or a blank that PDFium added
                found.append(at >= 0 and self._is_heavy(at))
                continue
            if font not in self._heavy:
                self._heavy[font] = self._is_heavy(at)
            found.append(self._heavy[font])
        return found

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
            return max(1.0, _tall(box) if across else box[2] - box[0])
    return 0.0


def _tall(box: Box) -> float:
    return box[1] - box[3]


def _goes_down(first: Box, last: Box) -> bool:
    """Whether a line runs from the top to the bottom of the page: its characters stand below each other."""
    width = max(first[2] - first[0], last[2] - last[0], 1.0)
    return first[3] - last[3] > 0.5 * width and abs(first[0] + first[2] - last[0] - last[2]) < width


def _leaps(last: Box, box: Box) -> bool:
    """Whether two characters stand on different heights, more than a raised or lowered one would."""
    tall = max(_tall(last), _tall(box))
    return abs((last[1] + last[3]) - (box[1] + box[3])) / 2 > LEAP * tall


def _is_gap(before: Box, after: Box, size: float) -> bool:
    """Whether two neighbours are further apart than words are, or the second was drawn before the first."""
    gap = after[0] - before[2]
    return gap > WIDE_GAP * size or gap < -2 * size


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), max(one[1], other[1]), max(one[2], other[2]), min(one[3], other[3])
