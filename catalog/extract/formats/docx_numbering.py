"""The numbers that Word writes by itself: 第一条, (一), 1.1, kept in `numbering.xml` and nowhere in the text.

A statute typed in Word often has its article numbers only there; without them no article could be found or cited.
Formats and rules: ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from catalog.extract.formats.wordml import attribute, child, children, whole_value

LARGEST = 9_999
"""Larger counts are written in Arabic digits; letters and Roman numerals would grow with them."""
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_LOW = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")


def chinese(number: int, *, digits: str = _DIGITS, units: str = "十百千", zero: str = "零") -> str:
    """A number from 0 to 9999 in Chinese: 15 → 十五, 102 → 一百零二."""
    if not 0 < number < 10_000:
        return digits[0] if number == 0 else str(number)
    text, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            unit = units[power - 1] if power else ""
            text += (zero if gap and text else "") + digits[digit] + unit
        gap = digit == 0
    return text[1:] if text.startswith(digits[1] + units[0]) and units[0] == "十" else text


def _letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa, as Word counts (letters are repeated, not carried)."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""


def _roman(number: int) -> str:
    text = ""
    for value, sign in (*_ROMAN, *_ROMAN_LOW):
        text += sign * (number // value)
        number %= value
    return text


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 0 < number <= 20 else str(number)


def _wide(number: int) -> str:
    return str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "taiwaneseDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "japaneseDigitalTenThousand": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "chineseLegalSimplified": lambda number: chinese(number, digits=_LEGAL, units="拾佰仟"),
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "none": lambda _number: "",
    "bullet": lambda _number: "",
}
"""Number formats of ST_NumberFormat that Chinese documents use; any other is written in Arabic digits."""


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how it counts and how its label is written (`第%1条`)."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of one document; `label` must be called for its numbered paragraphs in order, since it counts."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """By list (`numId`): its levels."""
    families: dict[str, str] = field(default_factory=dict)
    """By list: the family whose count it continues (`abstractNumId`, or itself where it starts anew)."""
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def label(self, list_id: str, level: int) -> str | None:
        """The label of the next paragraph of this list and level; "" for bullets, `None` for a list that is not defined."""
        levels = self.levels.get(list_id)
        if levels is None or level not in levels:
            return None
        counts = self._counts[self.families[list_id]]
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [held for held in counts if held > level]:
            del counts[deeper]

        def written(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            shape = levels.get(at, _Level())
            count = counts.get(at, shape.start)
            return FORMATS.get(shape.number_format, str)(count) if 0 < count <= LARGEST else str(count)

        own = levels[level]
        return "" if own.number_format == "bullet" else _PLACE.sub(written, own.text)


def read_numbering(root: Element | None) -> Numbering:
    """The lists that `numbering.xml` defines; none where a document has no such part."""
    numbering = Numbering()
    if root is None:
        return numbering
    families = {attribute(node, "abstractNumId"): _levels(node) for node in children(root, "abstractNum")}
    for node in children(root, "num"):
        list_id, link = attribute(node, "numId"), child(node, "abstractNumId")
        family = attribute(link, "val") if link is not None else None
        if list_id is None or family not in families or family is None:
            continue
        levels, restarted = dict(families[family]), False
        for override in children(node, "lvlOverride"):
            at = whole_value(attribute(override, "ilvl"), 0)
            levels |= _levels(override)
            start = child(override, "startOverride")
            if start is not None:
                base = levels.get(at, _Level())
                levels[at] = _Level(whole_value(attribute(start, "val"), 1), base.number_format, base.text)
                restarted = True
        numbering.levels[list_id] = levels
        numbering.families[list_id] = f"num {list_id}" if restarted else family
    return numbering


def _levels(node: Element) -> dict[int, _Level]:
    levels = {}
    for level in children(node, "lvl"):
        values = {name: child(level, name) for name in ("start", "numFmt", "lvlText")}
        start, shape, text = (attribute(found, "val") if found is not None else None for found in values.values())
        levels[whole_value(attribute(level, "ilvl"), 0)] = _Level(whole_value(start, 1), shape or "decimal", text or "")
    return levels
