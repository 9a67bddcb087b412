"""The text of an OFD page: each TextCode's characters at their places, as rows in points (GB/T 33190-2016, 11 and 8.5).

OFD counts in millimetres from the upper left corner; rows count in points from the lower left, so that pages of OFD and of PDF are laid
out by the same rules (`pdf_layout`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

from catalog.extract.formats.pdf_rows import WIDE_GAP, Row
from catalog.extract.formats.wordml import attribute, children, local, whole_value

POINTS = 72 / 25.4
"""Points in a millimetre."""
BOLD = 600
"""Weights of type from here on are bold (11.2; 400 is normal)."""
MAX_CODE = 100_000
"""Characters of one TextCode."""
_NUMBER = re.compile(
    r"[-+]?(?:\d{1,9}(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?"
)  # writers print doubles: 39.199999999999996
_FURTHEST = 1e6
_CONTAINERS = frozenset({"Page", "Content", "Layer", "PageBlock", "Block"})

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""x, y, width and height in millimetres, from the upper left."""


def numbers(text: str | None) -> list[float]:
    """The numbers of an attribute; those out of all bounds, and what is none, are left out."""
    found = (float(one) for one in _NUMBER.findall((text or "")[:4_000_000]))
    return [one for one in found if math.isfinite(one) and abs(one) <= _FURTHEST]


def box_of(text: str | None) -> Box | None:
    """A box (ST_Box); `None` where there are not four numbers, or no area."""
    found = numbers(text)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and found[2] > 0 and found[3] > 0 else None


def deltas(text: str | None, count: int) -> list[float]:
    """The distances between characters (ST_Array, 7.3); `g n d` stands for `n` times `d`. At most `count` of them."""
    found: list[float] = []
    words = iter((text or "").split())
    for word in words:
        if len(found) >= count:
            break
        if word == "g":
            times, each = whole_value(next(words, ""), 0), numbers(next(words, ""))
            found += each[:1] * max(0, min(times, count - len(found)))
        else:
            found += numbers(word)[:1]
    return found[:count]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page that text is placed on: its box, and which fonts are bold by name."""

    box: Box
    heavy: frozenset[str] = frozenset()


def rows_of(node: Element, sheet: Sheet) -> Iterator[Row]:
    """The rows of a page's or template's content; what is set invisible is left out."""
    for inner in node:
        name = local(inner)
        if attribute(inner, "Visible") in ("false", "0"):
            continue
        if name == "TextObject":
            yield from _object(inner, sheet)
        elif name in _CONTAINERS:
            yield from rows_of(inner, sheet)


def rules_of(node: Element, sheet: Sheet) -> Iterator[tuple[float, float, float, float]]:
    """The edges of drawn paths as (left, right, top, bottom) in points: ruled lines of tables are such."""
    for inner in node:
        name = local(inner)
        if name == "PathObject":
            box = box_of(attribute(inner, "Boundary"))
            if box is not None:
                left, right = (box[0] - sheet.box[0]) * POINTS, (box[0] + box[2] - sheet.box[0]) * POINTS
                for edge in (box[1], box[1] + box[3]):
                    height = (sheet.box[3] - edge + sheet.box[1]) * POINTS
                    yield left, right, height + 0.25, height - 0.25
        elif name in _CONTAINERS:
            yield from rules_of(inner, sheet)


def _object(node: Element, sheet: Sheet) -> Iterator[Row]:
    """One text object: its codes share font, size and transformation, and are placed within its boundary."""
    boundary = numbers(attribute(node, "Boundary"))
    origin = (boundary[0], boundary[1]) if len(boundary) == 4 else (0.0, 0.0)
    given = numbers(attribute(node, "CTM"))
    matrix: Matrix = (
        (given[0], given[1], given[2], given[3], given[4], given[5]) if len(given) == 6 else (1, 0, 0, 1, 0, 0)
    )
    size = (numbers(attribute(node, "Size")) or [0.0])[0]
    scale = (numbers(attribute(node, "HScale")) or [1.0])[0] or 1.0
    weight = (numbers(attribute(node, "Weight")) or [400.0])[0]
    bold = weight >= BOLD or (attribute(node, "Font") or "") in sheet.heavy
    start = (0.0, 0.0)
    for code in children(node, "TextCode"):
        x, y = numbers(attribute(code, "X")), numbers(attribute(code, "Y"))
        start = (x[0] if x else start[0], y[0] if y else start[1])  # left out where it is that of the code before
        text = (code.text or "")[:MAX_CODE]
        if text.strip() and size > 0:
            yield from _code(code, text, start, _Type(origin, matrix, size, scale, bold, sheet))


@dataclass(frozen=True, slots=True)
class _Type:
    """What a text object's codes share. `scale` is how wide characters are drawn."""

    origin: tuple[float, float]
    matrix: Matrix
    size: float
    scale: float
    bold: bool
    sheet: Sheet

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the object in points from the lower left corner of the page."""
        a, b, c, d, e, f = self.matrix
        left = a * x + c * y + e + self.origin[0] - self.sheet.box[0]
        top = b * x + d * y + f + self.origin[1] - self.sheet.box[1]
        return left * POINTS, (self.sheet.box[3] - top) * POINTS

    @property
    def points(self) -> float:
        """The size of the type as it is printed, in points."""
        return max(1.0, math.hypot(self.matrix[2], self.matrix[3]) * self.size * POINTS)


def _code(code: Element, text: str, start: tuple[float, float], type_: _Type) -> Iterator[Row]:
    """The characters of one code, cut where a wide gap stands between them."""
    across = deltas(attribute(code, "DeltaX"), len(text) - 1)
    down = deltas(attribute(code, "DeltaY"), len(text) - 1)
    xs, ys = [start[0]], [start[1]]
    vertical = sum(map(abs, down)) > sum(map(abs, across))
    for at, char in enumerate(text[:-1]):
        usual = 0.0 if vertical else _width(char, type_)
        xs.append(xs[-1] + (across[at] if at < len(across) else usual))
        ys.append(ys[-1] + (down[at] if at < len(down) else 0.0))
    held: list[int] = []
    for at, char in enumerate(text):
        if char.isspace():
            continue
        if held and _apart(xs, ys, held[-1], at, _width(text[held[-1]], type_), type_):
            yield _row(text, held, xs, ys, type_, vertical=vertical)
            held = []
        held.append(at)
    if held:
        yield _row(text, held, xs, ys, type_, vertical=vertical)


def _width(char: str, type_: _Type) -> float:
    """How wide a character is taken for: a square for Chinese ones, half of it for others."""
    return type_.size * type_.scale * (0.5 if char < "\u0250" else 1.0)


def _apart(xs: Sequence[float], ys: Sequence[float], last: int, at: int, width: float, type_: _Type) -> bool:
    """Whether a character is far from the one before it, on its line or off it."""
    vertical = abs(ys[at] - ys[last]) > abs(xs[at] - xs[last])
    if vertical:
        return not 0 < ys[at] - ys[last] < (1 + WIDE_GAP) * type_.size or abs(xs[at] - xs[last]) > 0.6 * type_.size
    return xs[at] - xs[last] - width > WIDE_GAP * type_.size or xs[at] < xs[last] - type_.size


def _row(
    text: str, held: Sequence[int], xs: Sequence[float], ys: Sequence[float], type_: _Type, *, vertical: bool
) -> Row:
    size = type_.points
    first, last = held[0], held[-1]
    left, bottom = type_.place(xs[first], ys[first])
    width = _width(text[last], type_)
    right, end = type_.place(xs[last] + (0 if vertical else width), ys[last])
    parts = [text[first]]
    for before, at in pairwise(held):
        gap = xs[at] - xs[before] - _width(text[before], type_)
        blank = at > before + 1 and text[before].isascii() and text[at].isascii()
        parts.append((" " if blank or (gap > 0.9 * type_.size and not vertical) else "") + text[at])
    turned = not vertical and abs(end - bottom) > max(size, abs(right - left))
    return Row(
        "".join(parts),
        min(left, right),
        max(left, right) + (size if vertical else 0.0),
        max(bottom, end) + 0.88 * size,
        min(bottom, end) - 0.12 * size,
        size,
        type_.bold,
        vertical=vertical and len(held) > 1,
        turned=turned,
    )
