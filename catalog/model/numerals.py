"""Chinese numerals as whole numbers: 二〇一五, 三十一, 一百零二, 廿八, and the circles and letters that stand for zero in print."""

from __future__ import annotations

from functools import lru_cache

DIGITS = {
    **{
        char: value
        for value, chars in enumerate(
            ("〇零○OＯoｏ０◯", "一壹ㄧ弌", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
        )
        for char in chars
    },
    **{str(value): value for value in range(10)},
    **{chr(0xFF10 + value): value for value in range(10)},
}
"""Every character that is printed for a digit. The zeros: U+3007, U+96F6, U+25CB, Latin O in both widths and cases, U+25EF."""

UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": "二十", "卄": "二十", "卅": "三十", "卌": "四十"}

CHARACTERS = "".join(sorted({*DIGITS, *UNITS, *_TENS}))
"""All characters that a numeral here may consist of, for building patterns."""


@lru_cache(maxsize=8192)
def whole(text: str) -> int | None:
    """The number that `text` writes, as digits one by one (二〇一五 → 2015, 15 → 15) or with units (三百二十一 → 321);
    `None` if it is not a numeral from end to end. Up to 9999 with units.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    for char, spelled in _TENS.items():
        text = text.replace(char, spelled)
    if any(char in UNITS for char in text):
        return _with_units(text)
    if not text or any(char not in DIGITS for char in text):
        return None
    return int("".join(str(DIGITS[char]) for char in text))


def _with_units(text: str) -> int | None:
    total, pending, last_unit = 0, "", 10_000
    for char in text:
        if char in DIGITS:
            pending += char
            continue
        unit = UNITS.get(char)
        if unit is None or unit >= last_unit:
            return None
        count = _count(pending)
        if count is None or (unit > 10 and not pending):
            return None
        total, pending, last_unit = total + count * unit, "", unit
    rest = _count(pending) if pending else 0
    return None if rest is None or rest >= last_unit else total + rest


def _count(digits: str) -> int | None:
    """The one digit before a unit, with zeros that only fill a gap (一百零二) left out; no digit at all means one (十五)."""
    significant = digits.lstrip("〇零○0")
    if len(significant) > 1:
        return None
    return DIGITS[significant] if significant else int(not digits)
