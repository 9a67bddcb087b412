"""The small language of the text files in `data/`: braces that become words. `data/forms.yaml` explains it to those who write there.

`{a|b}` is one of the alternatives, `{3..9}` a number, `{@env}` the body's short name on the day, `{year+1}` a year, `{name}` a value.
Inner braces are filled before outer ones, so alternatives may hold slots. A name that nobody knows is an error, never an empty place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from catalog.demo.dice import Dice

_SLOT = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_YEAR = re.compile(r"year([+-]\d+)?")
_DIGITS = "〇一二三四五六七八九"
MAX_DEPTH = 12
"""Rounds of filling after which a text is held to refer to itself."""

Body = Callable[[str], str]


class Writer:
    """Fills the slots of one document's texts: its values, its year, its dice, and the names that bodies had on its day."""

    def __init__(self, values: Mapping[str, str], *, year: int, dice: Dice, body: Body) -> None:
        self._values = values
        self._year = year
        self._dice = dice
        self._body = body

    def fill(self, text: str) -> str:
        """The text without braces. Raises `ValueError` that names an unknown slot."""
        for _ in range(MAX_DEPTH):
            if "{" not in text:
                return text
            text = _SLOT.sub(lambda match: self._slot(match[1]), text)
        raise ValueError(f"a slot leads to itself in: {text[:80]}")

    def _slot(self, inside: str) -> str:
        if "|" in inside:
            return self._dice.pick(inside.split("|"))
        if inside.startswith("@"):
            return self._body(inside[1:])
        if match := _RANGE.fullmatch(inside):
            return str(self._dice.number(int(match[1]), int(match[2])))
        if match := _YEAR.fullmatch(inside):
            return str(self._year + int(match[1] or 0))
        if inside not in self._values:
            raise ValueError(f"nothing is called {{{inside}}}; there are: {', '.join(sorted(self._values))}")
        return self._values[inside]


def chinese_number(value: int) -> str:
    """1 to 199 in Chinese numerals, as headings and articles count: 十二, 二十, 一百零三."""
    if value >= 100:
        rest = value % 100
        tail = (
            ""
            if not rest
            else ("零" + _DIGITS[rest] if rest < 10 else ("一" if rest < 20 else "") + chinese_number(rest))
        )
        return f"{_DIGITS[value // 100]}百{tail}"
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def plain_date(day: date) -> str:
    """2015年7月14日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_date(day: date, *, zero: str = "〇") -> str:
    """二〇一三年四月十八日; older pages print the zero as ○ (U+25CB)."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year)).replace("〇", zero)
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"
