"""The heads of articles in a Chinese gazette: a title over one or several lines, with a number, an addressee or a date under it.

What stands alone on its line counts, never a number or a name inside a sentence. A head says by what it was known, and how sure that makes
it: a number line with an addressee or a date is nearly always a head, an addressee alone is one more often than not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from catalog.extract.addressees import is_addressees
from catalog.extract.gazette.pieces import Head
from catalog.extract.gazette.rows import Row, is_a, patterns
from catalog.extract.lines import clean, close_gaps
from catalog.extract.organs import organisations_in
from catalog.extract.titles import ends_like, looks_like, unspread
from catalog.model import dates

TITLE_ROWS = 8
"""Rows of the longest title (joint acts print their bodies below each other)."""
BELOW = 6
"""Rows under a number in which date or addressee stand."""
SUBJECT = 200
"""Characters of the subject that completes a kind line's title."""
SURE = {
    ("number", "date"): 0.95,
    ("number", "addressees"): 0.95,
    ("number",): 0.75,
    ("addressees",): 0.6,
    ("date",): 0.6,
    ("occasion",): 0.85,
    ("correction",): 0.85,
    ("chronicle",): 0.8,
}
"""How sure a head is, by its signs."""
_Found = tuple[int, int, Head]
"""The place of a head's first row, the place behind its last one, and the head."""
_ENDS = "。；;！!？?：:，,"
_SAYING = ("关于", "關於", "转发", "轉發", "印发", "印發")
_OPEN, _CLOSE = "（([【", "）)]】"


def find(rows: Sequence[Row], start: int = 0) -> Iterator[tuple[int, Head]]:
    """The heads from row `start` on, each with the place of its first row."""
    place, taken = start, start
    while place < len(rows):
        last = place
        found = None
        if _numbered(rows[place]):
            last = _numbers_behind(rows, place)
            found = _with_number(rows, place, last, taken)
        elif place > taken and rows[place].tight.endswith(("：", ":")) and is_addressees(rows[place].text):
            found = _with_addressees(rows, place, taken)
        elif place > taken and rows[place].tight.endswith(("日", "）", ")")) and is_a("date", rows[place]):
            if place + 1 < len(rows) and _numbered(rows[place + 1]):
                place += 1
                continue  # the number under it says more
            found = _with_date(rows, place, taken)
        elif place > taken and is_a("correction_head", rows[place]) and rows[place].gap:
            found = (
                place,
                place + 1,
                Head(rows[place].start, SURE["correction",], ("correction",), {"title": rows[place].tight}),
            )
        elif place > taken and is_a("chronicle", rows[place]) and rows[place].gap and _is_dated(rows[place + 1 :][:1]):
            title = rows[place].tight.strip("※◎●◆■★▲*【】[]〔〕")
            found = place, place + 1, Head(rows[place].start, SURE["chronicle",], ("chronicle",), {"title": title})
        elif place > taken and is_a("delivered", rows[place]):
            found = _with_occasion(rows, place, taken)
        if found is not None:
            begin, behind, head = found
            last = taken = max(behind, place + 1)
            yield begin, head
        place = max(last, place + 1)


def _numbered(row: Row) -> bool:
    return row.tight.rstrip(")）]】").endswith(("号", "號")) and (is_a("number", row) or is_a("dated_number", row))


def _numbers_behind(rows: Sequence[Row], place: int) -> int:
    """Behind the number lines that stand below each other."""
    while place < len(rows) and _numbered(rows[place]):
        place += 1
    return place


def _with_number(rows: Sequence[Row], first: int, last: int, taken: int) -> _Found | None:
    """A head around the number lines `rows[first:last]`: the title above them, or below where the number comes first."""
    above = first
    numbers, day = _numbers(rows[first:last])
    if day is None and above - 1 > taken and is_a("date", rows[above - 1]):
        above, day = above - 1, rows[above - 1].tight
    begin, title, bodies = title_above(rows, above, taken)
    below = last
    if begin is None and day is not None:
        return None
    if begin is None:
        if is_a("bare_number", rows[first]):
            return None  # 第3号 under no 令 is an item of a list
        begin, below, title = first, *_title_below(rows, last)
        if not title:
            return None
    signs = _signs(rows[below : below + BELOW], day)
    fields: dict[str, Any] = {"title": title, "numbers": numbers}
    if bodies:
        fields["issuing_body"] = bodies
    if above > begin and is_kind_line(rows[above - 1]):
        fields |= _of_kind_line(rows, begin, above, below)
    if day is not None and (read := _day(day)):
        fields["date"] = read.text
    return begin, max(last, below), Head(rows[begin].start, SURE[signs], signs, fields)


def _signs(after: Sequence[Row], day: str | None) -> tuple[str, ...]:
    """By what a head with a number is known, besides the number: its day, else an addressee on the rows after it."""
    if day is not None:
        return "number", "date"
    if any(row.tight.endswith(("：", ":")) and is_addressees(row.text) for row in after):
        return "number", "addressees"
    return ("number",)


def _numbers(rows: Sequence[Row]) -> tuple[list[str], str | None]:
    """The numbers on rows as printed, and the day that is printed on one of these."""
    numbers, day = [], None
    for row in rows:
        both = patterns()["dated_number"].match(row.tight)
        day = both["day"] if both else day
        number = both["number"] if both else row.tight
        numbers.append(number[1:-1] if number[:1] in _OPEN and number[-1:] in _CLOSE else number)
    return numbers, day


def _day(printed: str) -> dates.PartialDate | None:
    found = dates.find_all(printed)
    return found[0].date if found else None


def _with_date(rows: Sequence[Row], place: int, taken: int) -> _Found | None:
    """A head that has only title and day (讲话, 决定, 会议纪要); a signature has a body above its day, and no title."""
    begin, title, bodies = title_above(rows, place, taken)
    if begin is None and place - 1 > taken and is_a("speaker", rows[place - 1]):
        begin, title, bodies = title_above(rows, place - 1, taken)
    if begin is None or len(title) < 8 or not ends_like(title) or not is_title(title):
        return None
    read = _day(rows[place].tight)
    fields: dict[str, Any] = {"title": title} | ({"issuing_body": bodies} if bodies else {})
    fields |= {"date": read.text} if read else {}
    return begin, place + 1, Head(rows[begin].start, SURE["date",], ("date",), fields)


def _is_dated(rows: Sequence[Row]) -> bool:
    """Whether the first of some rows begins with a day of a month, as the entries of a chronicle do."""
    return bool(rows) and re.match(r"[△▲●]?(?:\d{1,2}月)?\d{1,2}(?:[-—、至]\d{1,2})?日", rows[0].tight) is not None


def _with_occasion(rows: Sequence[Row], place: int, taken: int) -> _Found | None:
    """A head whose title has the occasion under it: a report or speech, ——2019年4月20日在县第十五届人民代表大会第四次会议上."""
    begin, title, _bodies = title_above(rows, place, taken)
    if begin is None:
        return None
    day = _day(rows[place].tight)
    fields = {"title": title} | ({"date": day.text} if day else {})
    return begin, place + 1, Head(rows[begin].start, SURE["occasion",], ("occasion",), fields)


def _with_addressees(rows: Sequence[Row], place: int, taken: int) -> _Found | None:
    begin, title, bodies = title_above(rows, place, taken)
    if begin is None or not ends_like(title) or ("关于" not in title and "關於" not in title):
        return None
    fields: dict[str, Any] = {"title": title} | ({"issuing_body": bodies} if bodies else {})
    return begin, place + 1, Head(rows[begin].start, SURE["addressees",], ("addressees",), fields)


def title_above(rows: Sequence[Row], place: int, taken: int) -> tuple[int | None, str, list[str]]:
    """The title that ends on the row above `place`: the place of its first row, its text, and the bodies that stand above it alone.

    `None` where no title stands there. Walking up ends at a blank line above a complete title, at running text, at a date, at furniture.
    """
    first: int | None = None
    bodies: list[str] = []
    complete = False
    for at in range(place - 1, max(taken, place - 1 - TITLE_ROWS) - 1, -1):
        row = rows[at]
        if not _can_be_title(row):
            break
        names = organisations_in(row.text)
        if names and complete and rows[at + 1].gap and _names_issuer(rows[at + 1], bodies):
            break  # a list of bodies that ends the article before: the title names its issuer itself
        if names:
            bodies = names + bodies
            complete = complete or first is not None
        elif complete or (first is not None and row.text.endswith(tuple(_ENDS))):
            break
        else:
            complete = is_kind_line(row) or _begins(row)
        first = at
        if row.gap and complete and not (at > taken and organisations_in(rows[at - 1].text)):
            break
    if first is None or not _is_title(rows[first:place]):
        return None, "", []
    title = close_gaps(clean(unspread(" ".join(_tidied(row.text) for row in rows[first:place]))))
    return first, title, bodies


def _names_issuer(row: Row, bodies: Sequence[str]) -> bool:
    """Whether a title that begins on a row says who issued it: bodies stand above it or on it, or a body's name begins it."""
    at = min((found for word in _SAYING if (found := row.tight.find(word)) > 0), default=0)
    return bool(bodies) or (at > 2 and bool(organisations_in(row.tight[:at])))


def _tidied(text: str) -> str:
    return "".join(text.split()) if all(len(part) <= 2 for part in text.split()) else text


def _begins(row: Row) -> bool:
    """Whether a title's first words stand on a row: a body before 关于, or 关于 itself."""
    at = min((found for word in _SAYING if (found := row.tight.find(word)) >= 0), default=-1)
    return at == 0 or (
        at > 2 and bool(organisations_in(row.tight[:at].removesuffix("办公室") or row.tight[:at]) or at >= 4)
    )


def _can_be_title(row: Row) -> bool:
    return (
        bool(row.tight)
        and len(row.tight) <= 120
        and not row.tight.endswith(("。", "；", ";", "：", ":", "，", "！"))
        and not any(is_a(name, row) for name in ("date", "furniture", "section", "number", "imprint"))
    )


def _is_title(rows: Sequence[Row]) -> bool:
    """Whether rows together are a title: they end like one, or with a kind line, or say what they are about."""
    whole = "".join(row.tight for row in rows)
    if is_kind_line(rows[-1]):
        return True
    if not 4 <= len(whole) <= 400:
        return False
    return ends_like(whole) or whole.startswith(("关于", "關於"))


def is_kind_line(row: Row) -> bool:
    """Whether a row names a body and the kind of its act, and nothing else: 教育部令, 总统令."""
    found = patterns()["kind_line"].match(row.tight)
    return found is not None and (len(found["body"]) <= SHORT or bool(organisations_in(found["body"])))


def _title_below(rows: Sequence[Row], place: int) -> tuple[int, str]:
    """The title under a number that comes first (红头): rows up to one that ends like a title."""
    for at in range(place, min(place + TITLE_ROWS, len(rows))):
        if not _can_be_title(rows[at]):
            break
        whole = "".join(row.tight for row in rows[place : at + 1])
        if is_title(whole) and (at + 1 >= len(rows) or not ends_like(whole + rows[at + 1].tight)):
            return at + 1, close_gaps(clean(whole))
    return place, ""


def is_title(text: str) -> bool:
    """Whether a line that stands by itself is a title: it looks like one and says what it is about, or ends like one."""
    return looks_like(text) >= 2 and len(text) > 6


def _of_kind_line(rows: Sequence[Row], begin: int, above: int, below: int) -> dict[str, Any]:
    """Issuers and title of an act whose head names only issuer and kind (教育部令): the subject is the first thing that its text says."""
    lines = [row.tight for row in rows[begin:above]]
    kind = next((word for word in KINDS if lines[-1].endswith(word)), "")
    bodies = [name for line in [*lines[:-1], lines[-1].removesuffix(kind)] for name in organisations_in(line) or [line]]
    head = "、".join(bodies) + kind
    subject = clean(_subject(rows[below : below + BELOW])).strip("。 ")
    named = f"{head}：{subject[:SUBJECT]}" if subject else head
    return {"title": named, "issuing_body": bodies, "head": head}


def _subject(rows: Sequence[Row]) -> str:
    """What an act says that it is about: its line 主旨, else what an order makes known (《…》已经…通过), else its first line."""
    for row in rows:
        if is_a("subject", row):
            return re.split("[：:]", row.text, maxsplit=1)[1]
        if not re.match("[^，。；：:]{2,8}[：:]", row.tight):
            break  # only lines such as 受文者：, 速別： stand before it
    if rows and (made := patterns()["made_known"].match(rows[0].tight)):
        return made["title"]
    return rows[0].text if rows else ""


SHORT = 3
"""Characters of an office that is no body by its ending: 总统, 委员长."""
KINDS = ("书函", "書函", "公告", "通告", "令", "函")
"""Kinds of acts that a kind line ends with, the longest first."""
