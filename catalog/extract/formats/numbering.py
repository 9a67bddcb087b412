"""The numbers that writing programs put before paragraphs by themselves: 第一条, (一), 1.1, kept beside the text and nowhere in it.

A statute typed in a word processor often has its article numbers only there; without them no article could be found or cited.
Shared by the readers of Word (docx, doc) and OpenDocument. Formats and rules: ECMA-376 part 1, 17.9 (numbering) and 17.18.59
(ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LARGEST = 9_999
"""Larger counts are written in Arabic digits; letters and Roman numerals would grow with them."""
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_LOW = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")
_TIGHT = tuple("）)、．。】〕》」』：，")
"""A label that ends so stands before Chinese text without a space, as people type it."""
_CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


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
    "ideographLegalTraditional": lambda number: chinese(number, digits=_LEGAL_TRADITIONAL, units="拾佰仟"),
    "ideographEnclosedCircle": lambda number: chr(0x3280 + number - 1) if 0 < number <= 10 else str(number),
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "none": lambda _number: "",
    "bullet": lambda _number: "",
}
"""Number formats of ST_NumberFormat that Chinese documents use; any other is written in Arabic digits."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts and how its label is written (`第%1条`; `%1` is the count of the first level).

    `restart` is the level (from 1) after which it begins anew: `None` for any higher one, 0 for never (ECMA-376, 17.9.10); `legal`
    writes all counts in Arabic digits (17.9.4). A level of bullets has the format `bullet`.
    """

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of one document; `label` must be called for its numbered paragraphs in order, since it counts."""

    levels: dict[str, Mapping[int, Level]] = field(default_factory=dict)
    """By list: its levels, from 0."""
    families: dict[str, str] = field(default_factory=dict)
    """By list: the family whose count it continues, or itself where it starts anew."""
    styles: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """By list: the level that a paragraph style stands for."""
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def level_of(self, list_id: str, style: str | None, otherwise: int | None) -> int:
        """The level of a paragraph that takes its list from a style: the one that is linked to the style, else `otherwise`, else 0."""
        linked = self.styles.get(list_id, {}).get(style or "")
        return linked if linked is not None else otherwise or 0

    def label(self, list_id: str, level: int, *, at: int | None = None) -> str | None:
        """The label of the next paragraph of this list and level; "" for bullets, `None` for a list that is not defined. `at` sets its count."""
        levels = self.levels.get(list_id)
        if levels is None or level not in levels:
            return None
        counts = self._counts[self.families.get(list_id, list_id)]
        counts[level] = counts.get(level, levels[level].start - 1) + 1 if at is None else at
        for deeper in [held for held in counts if held > level and _restarts(levels.get(held), level)]:
            del counts[deeper]
        own = levels[level]

        def written(place: re.Match[str]) -> str:
            shape = levels.get(int(place[1]) - 1, Level())
            count = counts.get(int(place[1]) - 1, shape.start)
            return str(count) if own.legal else in_format(count, shape.number_format)

        return "" if own.number_format == "bullet" else _PLACE.sub(written, own.text)

    def begin(self, list_id: str) -> None:
        """Let a list count from its start again."""
        self._counts.pop(self.families.get(list_id, list_id), None)


def _restarts(deeper: Level | None, level: int) -> bool:
    """Whether a level begins anew when one of the higher `level` was counted."""
    return deeper is None or deeper.restart is None or level < deeper.restart


def in_format(count: int, number_format: str) -> str:
    """A count as a number format writes it; Arabic digits for a format that is not known, and for counts out of bounds."""
    return FORMATS.get(number_format, str)(count) if 0 < count <= LARGEST else str(count)


def labelled(label: str | None, text: str) -> str:
    """A paragraph with its label before it: `第一条 为了…`, `（一）规章`, `1.规章`, `1. Rules`."""
    if not label or not text:
        return text
    label = label.strip()
    tight = label.endswith(_TIGHT) or (label.endswith(".") and _CJK.match(text))
    return f"{label}{'' if tight else ' '}{text}" if label else text
