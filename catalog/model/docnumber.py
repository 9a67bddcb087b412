"""Document numbers (发文字号): read one, find all in running text, tell the document's own, and make the key that all spellings share.

Not for index numbers (`model.indexnumber`). A number that is damaged (晋政发〔2014〕号16) or a placeholder (字第0000000000號) is not read:
`parse` gives `None` and the caller keeps the raw text. Forms, after invisible characters, spaces and the label are dropped:

    A  粤府〔2023〕67号          B  省政府令第219号, 令〔2019〕第21号, 第226号令      C  财政部公告2019年第44号
    D  国家发展改革委2017年第9号   E  豫政第24号                                    T  台高（二）字第0930170973B號, (82)财税字第12号
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from catalog.model import leftedge
from catalog.model import numberforms as forms
from catalog.model.numberplaces import FIRST_ROC_YEAR, start_of
from catalog.model.numerals import whole
from catalog.model.script import fold

Kind = Literal["general", "letter", "reply", "appointment", "telegram", "order", "announcement", "normative"]

FIRST_YEAR, LAST_YEAR = 1900, 2099
MAX_LENGTH = 80
"""Longer strings are not a number, and are not looked at."""
ROC_EPOCH = 1911
"""A year of the Republic's calendar plus this is the Gregorian year."""


@dataclass(frozen=True, slots=True)
class DocNumber:
    """One number. `canonical` is 机关代字〔YYYY〕N号, ORG令第N号, ORG公告YYYY年第N号 or CODE字第N號; `serial` has no leading zeros
    except in form T, where the digits are kept; `year` is Gregorian, `None` where the number has none.
    """

    raw: str
    canonical: str
    code: str
    year: int | None
    serial: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Found:
    """A number in running text: `text[start:end]` is `number.raw`."""

    number: DocNumber
    start: int
    end: int


@lru_cache(maxsize=8192)
def parse(raw: str) -> DocNumber | None:
    """The one number that `raw` consists of, with words before it (按照…) cut off; `None` if it is none, damaged, or several."""
    text = _clean(raw)
    return _strict(raw, text, trim=True) if text else None


def parse_joint(raw: str) -> list[DocNumber]:
    """The numbers of a joint act, printed one after the other (經調字第…號;台財關字第…號). Empty if any part of it is no number."""
    if several := _several(raw, _clean(raw)):
        return several
    parts = [part for part in re.split(r"[;；、，,\n]| {2,}|\u3000+", raw) if part.strip()]
    numbers = [parse(part) for part in parts]
    return [number for number in numbers if number] if all(numbers) else [n for n in [parse(raw)] if n]


@lru_cache(maxsize=8192)
def looks_like(query: str) -> DocNumber | None:
    """The number that somebody means who types `query`: as `parse`, and also without 号, brackets or 第 (国办发2015 22)."""
    return parse(query) or _lenient(query)


@lru_cache(maxsize=16384)
def search_key(raw: str) -> str | None:
    """One key for all spellings of a number: brackets, widths, spaces, without 号, traditional characters, with 第. `None` if no number.

    The key is `code|year|serial`, folded; it is stable, but not made to be shown.
    """
    number = looks_like(raw)
    return None if number is None else key_of(number)


def key_of(number: DocNumber) -> str:
    """The search key of a number that is already parsed."""
    code = fold(number.code).translate(_NO_MARKS)
    if code.endswith("字") and number.canonical[-1] in "号號" and "字第" in number.canonical:
        prefix = _PREFIX.match(number.canonical) if len(number.serial) < _DATED_SERIAL else None
        return f"{code}|{prefix[1] if prefix else ''}|{fold(number.serial).lstrip('0')}"
    if number.kind == "order":
        code = _order_names().get(code, code).removeprefix("中华人民共和国")
        code = re.sub("(?<!人民)政府令$", "人民政府令", code)
    elif number.kind == "announcement":
        code = code.removeprefix("中华人民共和国").removesuffix("公告").removesuffix("通告") + "公告"
    elif number.year and f"{number.year}年" in number.canonical:
        code = code.removeprefix("中华人民共和国") + "公告"
    return f"{code}|{number.year or ''}|{number.serial}"


def find_all(text: str) -> list[Found]:
    """All numbers in running text, in order, each from its own first character to 号. Damaged ones are left out."""
    if "号" not in text and "號" not in text:
        return []
    plain = text.translate(forms.SAME_LENGTH)
    found: dict[int, list[Found]] = {}
    taken = bytearray(len(text))
    for form, tail in forms.TAILS.items():
        for match in tail.finditer(plain):
            end = match.end()
            if taken.find(1, match.start(), end) >= 0:
                continue
            start = start_of(form, plain, match)
            numbers = _at(text[start:end]) if start is not None else _shared(text, plain, match, found)
            if numbers:
                start = match.start() if start is None else start
                taken[start:end] = b"\1" * (end - start)
                found[end] = [Found(number, start, end) for number in numbers]
    return sorted((one for several in found.values() for one in several), key=lambda one: one.start)


def _at(text: str) -> list[DocNumber]:
    """The number that a place in a text prints, or the several of one code (国发〔2015〕22、23号)."""
    number = parse(text)
    return [number] if number is not None else _several(text, _clean(text))


def _several(raw: str, text: str) -> list[DocNumber]:
    """The numbers of one code and year that are printed with one 号 (国发〔2015〕22、23号); empty for any other text."""
    match = forms.SEVERAL.fullmatch(text)
    numbers = [parse(f"{match['front']}{serial}号") for serial in match["serials"].split("、")] if match else []
    return [replace(number, raw=raw) for number in numbers if number] if all(numbers) else []


def _shared(text: str, plain: str, match: re.Match[str], found: Mapping[int, list[Found]]) -> list[DocNumber]:
    """A number that leaves out the code that it shares with the one right before it: 云府〔2015〕3号、〔2016〕7号."""
    joint = forms.JOINT.search(plain, max(0, match.start() - 3), match.start())
    before = found.get(joint.start() if joint else match.start())
    if not before or not match.group().lstrip().startswith("〔"):
        return []
    return [replace(one, raw=text[match.start() : match.end()]) for one in _at(before[-1].number.code + match.group())]


def own_numbers(lines: Iterable[str]) -> list[DocNumber]:
    """The document's own numbers among the lines between title and addressee: those that stand alone on their line, in brackets or not."""
    return list(_alone(lines))


def own_number(lines: Iterable[str]) -> DocNumber | None:
    """The first of the document's own numbers (a joint act prints the leading body's first); `None` if no line is a number."""
    return next(_alone(lines), None)


def _alone(lines: Iterable[str]) -> Iterator[DocNumber]:
    for line in lines:
        text = _clean(line)
        number = _strict(line.strip(), text, trim=False) if text else None
        if number is not None:
            yield number


_BARE = frozenset("公通令部局署委会行12")
"""How a number begins that leaves out the body: 公告, 通告, 令, 部令, a year."""
_DATED_SERIAL = 10
"""Serials of ten digits and more carry their year in the first three (文書處理手冊): a year printed before the code adds nothing."""
_PREFIX = re.compile(r"[(〔]([0-9]{2,4})[)〕]")
_NO_MARKS = dict.fromkeys(map(ord, "()、·〔〕"))


@cache
def _order_names() -> dict[str, str]:
    return {fold(name): fold(names[0]) for names in leftedge.load("docnumber")["order_names"] for name in names}


@cache
def _label() -> re.Pattern[str]:
    labels = "|".join(sorted(leftedge.load("docnumber")["labels"], key=len, reverse=True))
    return re.compile(rf"〔?(?:{labels})〕?[:：]?")


@cache
def _kinds() -> list[tuple[Kind, re.Pattern[str]]]:
    return [(kind, re.compile(pattern)) for kind, pattern in leftedge.load("docnumber")["kinds"]]


def _clean(raw: str) -> str:
    """`raw` without label, spaces and outer brackets; empty if it is too long to be a number."""
    if len(raw) > MAX_LENGTH:
        return ""
    text = raw.translate(forms.DROPPED).replace(" ", "").replace("\n", "").strip("。，,;；:：")
    text = forms.ODD_YEAR.sub(_plain_year, text)
    if "号" in text[:5] or "號" in text[:5] or "编" in text[:3]:
        text = _label().sub("", text, count=1) if _label().match(text) else text
    if text[:1] == "〔" and text[-1:] == "〕" and not text[1:4].isdigit():
        text = text[1:-1]
    return text.removesuffix("文件").removesuffix("文")


def _plain_year(match: re.Match[str]) -> str:
    """A year in marks that are no brackets (「2015」), or with a letter for a zero (〔2O15〕), as it is printed elsewhere."""
    return f"〔{match[1].translate(forms.ZEROS)}〕"


def _strict(raw: str, text: str, *, trim: bool) -> DocNumber | None:
    """Try the forms, the most frequent first. Without `trim` the code must begin where the text does."""
    if text[0] in "令第" and (match := forms.FORM_BARE.fullmatch(text)):
        return _of_nobody(raw, match)
    if text[0] in _BARE and (number := _of_nobodys(raw, text)):
        return number
    if match := forms.FORM_A.fullmatch(text):
        return None if _is_range(match["no"]) else _of_code(raw, match, trim=trim)
    if "字" in text and (match := forms.FORM_T.fullmatch(text)):
        return _of_words(raw, match, trim=trim) if match["mark"] else None
    return _strict_body(raw, text, trim=trim)


def _strict_body(raw: str, text: str, *, trim: bool) -> DocNumber | None:
    """The forms without a bracketed year: an order, an announcement, a bare body with a year, a code with a serial alone."""
    if "令" in text and (match := forms.FORM_B.fullmatch(text) or forms.FORM_B_LAST.fullmatch(text)):
        return _of_body(raw, match, "令", trim=trim)
    if "告" in text and (match := forms.FORM_C.fullmatch(text) or forms.FORM_C_COUNTED.fullmatch(text)):
        return _of_body(raw, match, match["code"][-2:], trim=trim)
    if match := forms.FORM_D.fullmatch(text):
        return _of_body(raw, match, "", trim=trim)
    if (match := forms.FORM_E.fullmatch(text)) and leftedge.begins_known(match["code"]):
        serial = _plain(match["no"])
        return _number(raw, match["code"], None, serial, f"{match['code']}第{serial}号")
    if match := forms.FORM_E_DATED.fullmatch(text):
        return _number(
            raw, match["code"], ROC_EPOCH + int(match["no"][:3]), match["no"], f"{match['code']}第{match['no']}號"
        )
    return None


def _of_nobody(raw: str, match: re.Match[str]) -> DocNumber | None:
    """An order whose body stands elsewhere: 第226号令, 令〔2019〕第21号."""
    serial, year = _plain(match["no"] or match["last"]), _year(match["year"] or "")
    canonical = f"令〔{year}〕{serial}号" if year else f"令第{serial}号"
    return None if serial == "0" else _number(raw, "令", year, serial, canonical)


def _of_nobodys(raw: str, text: str) -> DocNumber | None:
    """An announcement by year, or an order by year, whose body stands elsewhere: 公告2020年第7号, 部令2018年第3号."""
    match = forms.FORM_BARE_C.fullmatch(text) or forms.FORM_BARE_B.fullmatch(text)
    if match is None:
        return None
    told = match.groupdict()
    word, year = told["word"] or told["behind"], _year(told.get("year") or told.get("before") or told["behind"] or "")
    serial = _plain(told["no"] or told["last"])
    if year is None or serial == "0":
        return None
    canonical = f"{word}〔{year}〕{serial}号" if word.endswith("令") else f"{word}{year}年第{serial}号"
    return _number(raw, word, year, serial, canonical)


def _is_range(serial: str) -> bool:
    """Whether 69-82 means several numbers; 12-1 is one."""
    first, _, last = serial.partition("-")
    return last.isdigit() and int(last) > int(first)


def _lenient(query: str) -> DocNumber | None:
    if len(query) > MAX_LENGTH or not any(char.isdigit() for char in query):
        return None
    text = query.translate(forms.DROPPED).replace("\n", " ").strip(" 。，,;；")
    text = _label().sub("", text, count=1) if _label().match(text) else text
    match = (
        forms.LOOSE.fullmatch(text)
        or forms.GLUED.fullmatch(text.replace(" ", ""))
        or forms.LOOSE.fullmatch(_unspaced(text))
    )
    if match and (_sure(match["code"]) or any(mark in text for mark in "〔〕号號")):
        return _of_body_or_code(query, match)
    match = forms.FORM_T.fullmatch(text.replace(" ", "")) if "字" in text else None
    return _of_words(query, match, trim=True) if match else None


def _unspaced(text: str) -> str:
    """Spaces between Chinese characters taken out, so that 国 办 发 2015 22 reads as 国办发 2015 22."""
    return re.sub(rf"(?<=[{forms.HAN}]) +(?=[{forms.HAN}])", "", text)


def _sure(code: str) -> bool:
    return leftedge.begins_known(code) or _kind(code) != "general" or code.endswith("发")


def _of_body_or_code(raw: str, match: re.Match[str]) -> DocNumber | None:
    code = match["code"]
    for ending in ("令", "公告", "通告"):
        if code.endswith(ending):
            return _of_body(raw, match, ending, trim=True)
    return _of_code(raw, match, trim=True)


def _of_code(raw: str, match: re.Match[str], *, trim: bool) -> DocNumber | None:
    """Form A; a code that ends in 令 or 公告 is a body's name, and is read as one."""
    code, year, serial = match["code"], _year(match["year"]), _plain(match["no"])
    if year is None or serial == "0":
        return None
    if code.endswith(("公告", "通告")):
        return _of_body(raw, match, code[-2:], trim=trim)
    if code.endswith("令") and ((order := _of_body(raw, match, "令", trim=trim)) or not leftedge.begins_known(code)):
        return order
    edge = leftedge.code_edge(code) or 0 if len(code) > 2 else 0
    if edge and not trim:
        return None
    code = code[edge:]
    code = _rounded(code)
    return _number(raw, code, year, serial, f"{code}〔{year}〕{serial}号")


def _of_body(raw: str, match: re.Match[str], ending: str, *, trim: bool) -> DocNumber | None:
    """Forms B, C and D: the name of a body, then 令, 公告 or nothing."""
    name, serial = match["code"].removesuffix(ending), _plain(match["no"])
    year = _year(match.groupdict().get("year") or "")
    edge = leftedge.body_edge(name)
    counted = year is None and ending and "year" not in match.re.groupindex
    if edge is None or serial == "0" or (edge and not trim) or (ending != "令" and year is None and not counted):
        return None
    name = name[edge:]
    code = name + ending + (f"〔{match['term']}〕" if counted and match.groupdict().get("term") else "")
    if year is None:
        canonical = f"{code}第{serial}号"
    else:
        canonical = f"{code}〔{year}〕{serial}号" if ending == "令" else f"{code}{year}年第{serial}号"
    return _number(raw, code, year, serial, canonical)


def _of_words(raw: str, match: re.Match[str], *, trim: bool) -> DocNumber | None:
    """Form T: a code that ends in 字. Ten digits and more begin with the Republic's year (0940002522 → 94)."""
    code, serial = match["code"], match["no"].replace("〔", "(").replace("〕", ")")
    digits = re.match(r"[0-9]*", serial)
    if digits is None or not digits.group().strip("0"):
        return None
    prefix = str(whole(match["roc"])) if match["roc"] else match["bare"]
    if trim and not prefix:
        inner = next((m for m in forms.INNER_YEAR.finditer(code) if (whole(m[1]) or 0) > FIRST_ROC_YEAR), None)
        prefix = str(whole(inner[1])) if inner else None
        code = code[inner.end() if inner else leftedge.words_edge(code[:-1], known_only=True) :]
    traditional = "號" in raw or (match["mark"] or "號") == "號"
    dated = len(digits.group()) >= _DATED_SERIAL and re.match("0[89]|1[0-4]", serial)
    year = None
    if dated:
        year = ROC_EPOCH + int(serial[:3])
    elif prefix:
        year = ROC_EPOCH + int(prefix) if traditional and len(prefix) < 4 else _year(prefix)
    code = _rounded(code)
    front = "" if not prefix else f"〔{prefix}〕" if len(prefix) == 4 else f"({int(prefix)})"
    return _number(raw, code, year, serial, f"{front}{code}第{serial}{'號' if traditional else '号'}")


def _number(raw: str, code: str, year: int | None, serial: str, canonical: str) -> DocNumber:
    return DocNumber(raw=raw, canonical=canonical, code=code, year=year, serial=serial, kind=_kind(code))


@lru_cache(maxsize=2048)
def _kind(code: str) -> Kind:
    text = re.sub("[(].{1,4}届[)]$", "", fold(code)).removesuffix("字")
    return next((kind for kind, pattern in _kinds() if pattern.search(text)), "general")


def _rounded(code: str) -> str:
    return code.replace("〔", "（").replace("〕", "）")


def _plain(serial: str) -> str:
    """A serial without leading zeros, Chinese numerals as digits."""
    if serial.isascii() and serial.isdigit():
        return str(int(serial))
    head, mark, tail = serial.partition("之") if "之" in serial else serial.partition("-")
    number = whole(head)
    return f"{number}{mark}{tail}" if number is not None else "0"


def _year(text: str) -> int | None:
    """A year of four digits (二〇一四 too), or of two for 1949 to 1999 (〔94〕财税字); `None` outside of what documents can have."""
    number = whole(text) if text else None
    if number is None:
        return None
    year = number if len(text) == 4 else 1900 + number if number >= 49 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None
