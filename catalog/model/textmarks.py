"""What a line of a text begins with: 一、 （一） 1. （1） ① 甲、 1.2.3, and 附件1. Pure: it knows single lines, never their order.

The order of the styles is that of 党政机关公文格式 (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）); ① and 甲、 come below by custom, decimal
numbers (1.2.3, as plans and standards have them) stand above them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.model.numerals import whole

LONGEST_LABEL = 24
"""Characters of the longest mark with the spaces around it."""
LONGEST_HEADING = 40
"""Characters of the longest line that a decimal number or a bare one (1 总则) makes a heading of; longer ones are sentences."""

CHINESE, BRACKETED, ARABIC, BRACKETED_ARABIC, CIRCLED, STEM = range(6)
"""The styles of numbering, the outer one first. Decimal numbers have negative styles: -8 for 1, -7 for 1.1, -6 for 1.1.1."""
DECIMAL = -9

_SPACE = r"[ \t\u00a0\u2002\u2003\u3000]*"
_CHINESE = "〇零一二三四五六七八九十百廿卅"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_DIGIT = "[0-9０-９]"
_OUTLINE = re.compile(
    rf"{_SPACE}(?:"
    rf"(?P<chinese>[{_CHINESE}]{{1,5}}){_SPACE}[、.．]"
    rf"|[（(〔]{_SPACE}(?P<bracketed>[{_CHINESE}]{{1,5}}){_SPACE}[）)〕]"
    rf"|(?P<ideograph>[㈠-㈩])"
    rf"|(?P<arabic>{_DIGIT}{{1,3}}){_SPACE}[.．、](?!{_DIGIT})"
    rf"|[（(]{_SPACE}(?P<round>{_DIGIT}{{1,3}}){_SPACE}[）)]"
    rf"|(?P<half>{_DIGIT}{{1,3}})[）)]"
    rf"|(?P<parenthesized>[⑴-⒇])"
    rf"|(?P<circled>[①-⑳])"
    rf"|(?P<stem>[{_STEMS}])、(?![{_STEMS}])"
    rf")[、，]?"
)
_DECIMAL = re.compile(
    rf"{_SPACE}(?P<number>{_DIGIT}{{1,2}}(?:[.．]{_DIGIT}{{1,2}}){{0,4}})(?P<after>[ \t\u00a0\u3000]+|[.．][ \t\u3000]*)?(?=[^\s0-9０-９.．、）)%％])"
)
_FIRST = frozenset(
    "（(〔㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳0123456789０１２３４５６７８９ \t\u00a0\u2002\u2003\u3000"
)
_BEGINS = _FIRST | frozenset(_CHINESE) | frozenset(_STEMS)
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_STYLES = {
    "chinese": CHINESE, "bracketed": BRACKETED, "ideograph": BRACKETED, "arabic": ARABIC, "round": BRACKETED_ARABIC,
    "half": BRACKETED_ARABIC, "parenthesized": BRACKETED_ARABIC, "circled": CIRCLED, "stem": STEM,
}  # fmt: skip
_BASES = {"ideograph": ord("㈠"), "parenthesized": ord("⑴"), "circled": ord("①")}
_ANNEX = re.compile(
    rf"{_SPACE}(?P<label>附{_SPACE}(?:(?:[件表录錄图圖]|属档案){_SPACE}(?P<number>[{_CHINESE}]{{1,3}}|{_DIGIT}{{1,2}}(?:[-－—‐]{_DIGIT}{{1,2}})?)?|(?P<bare>{_DIGIT}{{1,2}})?))"
    rf"{_SPACE}(?P<mark>[:：.．、])?{_SPACE}(?P<title>.*)$",
    re.DOTALL,
)
LONGEST_ANNEX = 80
"""Characters of the longest line that begins an annex: its number with its title."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the beginning of a line: its style, its value (several for 1.2.3), the label as printed, and where the text begins."""

    style: int
    numbers: tuple[int, ...]
    label: str
    end: int


@dataclass(frozen=True, slots=True)
class Annex:
    """附件1： at the beginning of a line: the label as printed, whether it has a number, whether a colon or a stop follows it, and the
    rest of the line.
    """

    label: str
    numbered: bool
    marked: bool
    title: str


def outline_mark(text: str) -> Mark | None:
    """The mark that a line begins with (一、, （一）, 1., （1）, ①, 甲、); `None` for other lines, 4.0 and 2021年 among them."""
    if not text or text[0] not in _BEGINS:
        return None
    found = _OUTLINE.match(text, 0, LONGEST_LABEL)
    if found is None or found.end() > LONGEST_LABEL:
        return None
    name = found.lastgroup or ""
    printed = found[name]
    if name in _BASES:
        number: int | None = ord(printed) - _BASES[name] + 1
    elif name == "stem":
        number = _STEMS.index(printed) + 1
    else:
        number = whole(printed)
    if not number:
        return None
    return Mark(_STYLES[name], (number,), "".join(found.group().split()), found.end())


def decimal_mark(text: str) -> Mark | None:
    """The decimal number that a short line begins with (1.2 编制依据, 1 总则); whether it is one, only its neighbours can tell."""
    if not text or (text[0] not in _DIGITS and not text[0].isspace()):
        return None
    if len(text) > LONGEST_HEADING or text.endswith(("。", "；", "，", ";", ",")):
        return None
    found = _DECIMAL.match(text)
    if found is None:
        return None
    numbers = tuple(whole(part) or 0 for part in found["number"].replace("．", ".").split("."))
    if len(numbers) == 1 and not (found["after"] or ".").isspace():
        return None  # 1. is a mark of the outline, and 30日内 a number
    return Mark(DECIMAL + len(numbers), numbers, found["number"], found.end())


def annex_mark(text: str) -> Annex | None:
    """What a line that begins an annex, or names one, begins with; `None` for other lines (附则, 附近的…)."""
    if len(text) > LONGEST_ANNEX or "附" not in text[:4]:
        return None
    found = _ANNEX.match(text)
    if found is None:
        return None
    label, title, marked = "".join(found["label"].split()), found["title"].strip(), found["mark"] is not None
    numbered = bool(found["number"] or found["bare"])
    if label == "附" and not marked:
        return None  # 附则, 附近
    if title and not marked and not numbered and not text[found.start("title") - 1].isspace():
        return None  # 附件所列…: a word goes on
    return Annex(label, numbered, marked, title)
