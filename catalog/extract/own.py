"""The document's own number, told from the numbers that it cites.

A number is the document's own if a header field gives it, if it was printed before or behind the title, or if it stands alone on a line
(in brackets or not) at the head of the document; everything else is a citation, however often it stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.extract.lines import Line, clean, fold, squeeze
from catalog.extract.organs import organisations_in
from catalog.model import docnumber
from catalog.model.docnumber import DocNumber
from catalog.model.draft import Where

MAX_LINE = 60
"""Characters of the longest line that can be a number alone."""
_SERIAL_LINE = re.compile(r"[(]?(?:[〔\[(]?(?:19|20)\d{2}[〕\])]?年?)?第?\s*[0-9一二三四五六七八九十百零〇○]+\s*号[)]?")
_BESIDE = re.compile(
    r"\s+(?:签\s*发\s*人|簽\s*發\s*人|签\s*署\s*人|会\s*签\s*人|密\s*级|紧急程度)\s*[:：][^:：]{0,30}$"
)
"""What stands beside the number of a document that goes up (GB/T 9704-2012, 7.2.6)."""
_BETWEEN = re.compile(r"(?<=[号號])[\s、，,；;]+")
_NAMES = ("令", "公告", "通告")
"""How a line ends that names a body and what it makes, with the serial on the line below: 交通运输部令 / 2018年第3号."""
_HINTED = re.compile(r"(?:19|20)\d{2}.*\d|\d.{0,4}号")
"""What makes the value of a label for numbers one, although it cannot be read: a year and a serial, or 号 behind a digit."""
_DAMAGED = re.compile(r"[〔\[(（【]\s*\d{4,}|\d{4}\s*[〕\])）】]|号\s*\d+\s*$|字第|令第")


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A candidate for the own number and where it was read; `number` is `None` where what was printed is damaged."""

    number: DocNumber | None
    raw: str
    where: Where
    confidence: float


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number that stands alone on one line, or on two (机关令 / 第N号, 机关公告 / 2020年第N号)."""

    number: DocNumber
    lines: range


def from_header(raw: str, confidence: float) -> OwnNumber | None:
    """What a header field says; the first of a joint act's numbers."""
    text = clean(raw)
    if not any(char.isdigit() for char in text) and "号" not in fold(text):
        return None
    joint = docnumber.parse_joint(text)
    number = joint[0] if joint else docnumber.parse(text) or _beginning(text)
    if number is None and not looks_damaged(text) and not _HINTED.search(fold(text)):
        return None
    return OwnNumber(number, text, "header", confidence)


def _beginning(text: str) -> DocNumber | None:
    """The number that a value begins with (云江政发〔2020〕1号（已废止）)."""
    found = docnumber.find_all(text)
    return found[0].number if found and not text[: found[0].start].strip(" 〔[（(") else None


def looks_damaged(text: str) -> bool:
    """Whether a text was a document number once: it has a number's parts and cannot be read as one (〔202130号, 〔2014〕号16)."""
    folded = fold(squeeze(text))
    return (
        not docnumber.find_all(text)
        and docnumber.parse(text) is None
        and len(folded) <= MAX_LINE
        and bool(_DAMAGED.search(folded))
        and any(map(str.isdigit, folded))
    )


def number_lines(lines: Sequence[Line], limit: int) -> list[NumberLine]:
    """The numbers that stand alone among the first `limit` lines, in order."""
    found: list[NumberLine] = []
    for place, line in enumerate(lines[:limit]):
        if line.kind == "table" or len(line.text) > MAX_LINE:
            continue
        if (
            place
            and _SERIAL_LINE.fullmatch(fold(squeeze(line.text)))
            and lines[place - 1].text.rstrip().endswith(_NAMES)
        ):
            first = _first_body(lines, place - 1)
            named = "、".join(squeeze(one.text) for one in lines[first : place - 1])
            number = docnumber.parse(named + squeeze(lines[place - 1].text) + _unbracketed(squeeze(line.text)))
            if number is not None and not (found and place - 1 in found[-1].lines):
                found.append(NumberLine(number, range(first, place + 1)))
            if number is not None or lines[place - 1].text.rstrip().endswith("令"):
                continue
        own = docnumber.own_number([_BESIDE.sub("", line.text)]) or _first_of_joint(line.text)
        if own is not None:
            found.append(NumberLine(own, range(place, place + 1)))
    return found


def _first_body(lines: Sequence[Line], place: int) -> int:
    """Where the bodies begin that stand each on a line above a 令 alone; the place itself where its line names its body."""
    first = place
    while squeeze(lines[place].text) in _NAMES and first and organisations_in(lines[first - 1].text):
        first -= 1
    return first


def _first_of_joint(text: str) -> DocNumber | None:
    """The leading body's number where a joint act prints one for each body on one line."""
    parts = _BETWEEN.split(text.strip())
    numbers = [docnumber.own_number([part]) for part in parts] if len(parts) > 1 else [None]
    return numbers[0] if all(numbers) else None


def _unbracketed(serial: str) -> str:
    """A serial without the brackets around the whole of it: （第48号）; those of a year stay."""
    return serial[1:-1] if serial[0] in "（(" and serial[-1] in "）)" else serial


def choose(candidates: Sequence[OwnNumber]) -> tuple[OwnNumber | None, list[str]]:
    """The surest readable candidate, and flags: `number_conflict` where two sure ones differ, `damaged_number` where none can be read."""
    ordered = sorted(candidates, key=lambda one: -one.confidence)
    readable = [one for one in ordered if one.number is not None]
    if not readable:
        return None, ["damaged_number"] if ordered else []
    whole = [one for one in readable if not any(_is_part(one, other) for other in readable)]
    best = next((one for one in whole if _is_part(readable[0], one)), readable[0])
    flags = ["damaged_number"] if ordered[0].number is None else []
    keys = {docnumber.key_of(one.number) for one in whole if one.number is not None and one.confidence >= 0.8}
    if len(keys) > 1:
        flags.append("number_conflict")
    return best, flags


def _is_part(one: OwnNumber, other: OwnNumber) -> bool:
    """Whether a number is another one without the body that made it: 第26号令 of 云江市人民政府令第26号."""
    short, long = one.number, other.number
    return (
        short is not None
        and long is not None
        and len(short.code) < len(long.code)
        and long.code.endswith(short.code)
        and (short.serial, short.kind) == (long.serial, long.kind)
        and short.year in (None, long.year)
    )
