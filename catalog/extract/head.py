"""The head of a document: title, number, dates under the title, line of promulgation, addressees; and where its text begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.extract import addressees, kinds, signature, title_lines, titles
from catalog.extract.citations import titles_in
from catalog.extract.data_files import load
from catalog.extract.header import is_prose
from catalog.extract.lines import Line, clean, fold, squeeze
from catalog.extract.organs import organisations_in
from catalog.extract.own import NumberLine, OwnNumber, looks_damaged, number_lines
from catalog.extract.titles import Title
from catalog.model import dates, docnumber
from catalog.model.dates import PartialDate

LIMIT = 40
"""Lines at the head of a document within which its title stands."""
MAX_REMAINS = 60
"""Characters of the longest line before a title that is taken for a remain of the page."""
BELOW_ORDER = 6
"""Lines below the first sentence of an announcement within which the number of what it publishes stands."""
MAX_DATE_LINE = 80
"""Characters of the longest line with a date that has no label."""
_COUNTERS = re.compile(
    r"(?:浏览|阅读|点击|访问|人气)(?:次数|量|数|人次|率)?[:：]?\d*次?|[\[【(（]?字[体号][:：]?.{0,12}$"
)
_RED_HEAD = re.compile(r"^(?P<bodies>.{3,120}?)(?P<kind>文件|函|令|公告|通告)$")
_PUBLISHING = re.compile(r"(?:人民代表大会|人大常委会|人民法院|人民检察院).{0,40}公告$")
"""The bodies whose announcements publish what they made, as an order does."""
_GOES_ON = re.compile(r"关于|转发|印发|批转")


@dataclass(frozen=True, slots=True)
class HeadDate:
    """A date in the head without a label: as read, the line as printed, and whether it stands in brackets (a date of the document)."""

    date: PartialDate
    raw: str
    bracketed: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says, and its lines: `taken` are no part of the text; the text begins at `body`."""

    title: Title | None
    others: tuple[Title, ...]
    flags: tuple[str, ...]
    numbers: tuple[OwnNumber, ...]
    dates: tuple[HeadDate, ...]
    red_head: str | None
    note: int | None
    addressees: int | None
    taken: frozenset[int]
    body: int
    title_found: bool


def read_head(lines: Sequence[Line], candidates: Sequence[Title]) -> Head:
    """Read the head of a text. `candidates` are titles known from header, meta tags, page or hints."""
    limit = min(next((place for place, line in enumerate(lines) if is_prose(line.text)), len(lines)), LIMIT)
    of_page = _page_title(lines[0].text) if lines else None
    candidates = [*candidates, *([of_page] if of_page else [])]
    known, _, _ = titles.choose(candidates)
    runs = title_lines.find_lines(lines, known.text, limit) if known else []
    marks = number_lines(lines, limit)
    order = _order_end(lines, marks, limit)
    skip = frozenset(place for place in range(limit) if _is_other(lines[place])) | {
        n for mark in marks for n in mark.lines
    }
    skip |= ({order - 1} if order is not None else set()) | ({0} if of_page else set())
    above = addressees.find(lines, 0, limit)  # a title stands above its addressees
    bodies = frozenset(place for place in range(limit) if _is_body(lines, place))
    guess = title_lines.guess_lines(lines, limit if above is None else above, skip, bodies) if not runs else None
    found = [*candidates, *_from_lines(lines, runs, guess, known), *_of_order(lines, order, limit)]
    best, flags, others = titles.choose(found or _of_number(marks))
    if guess is not None and best is not None and _is_title_run(lines, guess, best):
        runs = title_lines.find_lines(lines, title_lines.join(lines, guess), limit) or [guess]
        plain = [run for run in title_lines.find_lines(lines, best.text, limit) if run.start >= runs[-1].stop]
        if plain:  # printed again below, without the number and the quotation marks that the page put around it
            best, runs = replace(best, text=titles.tidy(title_lines.join(lines, plain[-1]))[0]), [*runs, *plain]
    runs = _of_head(lines, runs)
    after = runs[-1].stop if runs else 0
    address = addressees.find(lines, after, max(after, limit) + addressees.LOOK_AHEAD)
    end = address if address is not None else limit
    note = kinds.promulgation_note(lines, after)
    numbers = [mark for mark in marks if mark.lines.stop <= max(end, 1)]
    if order is not None and not numbers:  # an announcement has none; its act's stands below the signature
        below = number_lines(lines, limit + BELOW_ORDER)
        numbers = [mark for mark in below if mark.lines.start >= limit]
    taken, found_dates = _taken(lines, runs, numbers, end)
    text = _text_start(runs, numbers, taken)
    body = min(_body(lines, taken, address, note, after), text if text is not None else len(lines))
    taken |= _before_title(lines, runs) if text is None else set()
    return Head(
        title=best,
        others=tuple(others),
        flags=tuple(flags),
        numbers=(*_own_numbers(numbers), *_damaged(lines, end), *_of_titles(found)),
        dates=tuple(found_dates),
        red_head=next((line.text for line in lines[:end] if line.kind != "table" and _red(line) is not None), None),
        note=note,
        addressees=address,
        taken=frozenset(taken),
        body=body,
        title_found=bool(runs),
    )


def _of_head(lines: Sequence[Line], runs: Sequence[range]) -> list[range]:
    """The runs of the title that stand in the head: a page repeats its title above the document's own, but one that comes after a
    signature, addressees or running text is the title of what is embedded there.
    """
    kept = list(runs[:1])
    for run in runs[1:]:
        between = lines[kept[-1].stop : run.start]
        if any(_signs(line) or addressees.is_addressees(line.text) or is_prose(line.text) for line in between):
            break
        kept.append(run)
    return kept


def red_head_bodies(text: str) -> list[str]:
    """The bodies of a red head (云江市人民政府文件); the 文件, 函 or 令 behind the names goes."""
    match = _RED_HEAD.match(squeeze(text))
    return organisations_in(match["bodies"]) if match else []


def _red(line: Line) -> list[str] | None:
    bodies = red_head_bodies(line.text) if len(line.text) <= 130 else []
    return bodies or None


def _is_other(line: Line) -> bool:
    """Whether a line of the head is certainly not its title."""
    if line.kind == "table" or head_date(line.text) is not None or addressees.is_addressees(line.text):
        return True
    return line.text.endswith("文件") and bool(organisations_in(line.text.removesuffix("文件")))


def _is_body(lines: Sequence[Line], place: int) -> bool:
    """Whether a line names bodies and nothing else, so that no title begins with it; unless 关于… follows."""
    line, following = lines[place], lines[place + 1] if place + 1 < len(lines) else None
    goes_on = following is not None and _GOES_ON.match(fold(following.text)) and following.level == line.level
    return not goes_on and bool(organisations_in(line.text))


def _from_lines(lines: Sequence[Line], runs: Sequence[range], guess: range | None, known: Title | None) -> list[Title]:
    """The title as the text itself prints it."""
    sure = load("values")["confidence"]
    if runs:
        text, number = titles.tidy(title_lines.join(lines, runs[-1]))
        return [Title(text, text, "body", sure["body_title"] - 0.01 if known else sure["body_title"], number)]
    if guess is None:
        return []
    raw = title_lines.join(lines, guess)
    text, number = titles.tidy(raw)
    good = titles.looks_like(text) >= 2 or lines[guess.start].kind == "heading"
    return [Title(text, raw, "body", sure["body_title"] if good else sure["weak_body_title"], number)]


def _page_title(line: str) -> Title | None:
    """The document's title in a first line that is the page's `<title>`, with the site's name behind it: …的通知_云江市人民政府."""
    text, mark, site = line.rpartition("_")
    if not mark or not site.strip().endswith(tuple(load("titles")["site_endings"])):
        return None
    text, number = titles.tidy(titles.tidy_page_title(line))
    sure = load("values")["confidence"]["weak_body_title"]
    return Title(text, line, "title", sure, number) if titles.looks_like(text) >= 2 else None


def _of_number(marks: Sequence[NumberLine]) -> list[Title]:
    """The number as title, where an announcement or an order is called by it and by nothing else (中国人民银行公告〔2020〕第5号)."""
    raw = next((mark.number.raw for mark in marks if mark.number.kind in ("announcement", "order")), None)
    return [Title(raw, raw, "body", load("values")["confidence"]["weak_body_title"], raw)] if raw else []


def _order_end(lines: Sequence[Line], marks: Sequence[NumberLine], limit: int) -> int | None:
    """The line behind the head of an order (令第707号), or of an announcement that publishes as one does (人民代表大会常务委员会公告),
    with its number or without; `None` where there is neither.
    """
    for mark in marks:
        if mark.number.kind == "order" or _PUBLISHING.search(fold(mark.number.code)):
            return mark.lines.stop
    places = (place for place in range(min(limit, 3)) if _PUBLISHING.search(fold(squeeze(lines[place].text))))
    return next((place + 1 for place in places if organisations_in(lines[place].text.removesuffix("公告"))), None)


def _of_order(lines: Sequence[Line], start: int | None, limit: int) -> list[Title]:
    """What an order publishes, where the head has its number and no title: 现公布《…》，自…起施行."""
    if start is None:
        return []
    text = next(
        (
            line.text
            for line in lines[start : limit + 3]
            if re.search(r"(?:公布|发布|公佈|發布|通过|修改|废止)", line.text)
        ),
        "",
    )
    names = titles_in(text)
    return [Title(names[0], names[0], "body", load("values")["confidence"]["body_title"] - 0.04)] if names else []


def _is_title_run(lines: Sequence[Line], run: range, best: Title) -> bool:
    one, other = squeeze(fold(title_lines.join(lines, run))), squeeze(fold(best.text))
    return one in other or other in one or best.where == "body"


def _own_numbers(marks: Sequence[NumberLine]) -> list[OwnNumber]:
    sure = load("values")["confidence"]["number_line"]
    return [
        OwnNumber(mark.number, mark.number.raw, "body", sure - 0.01 * place) for place, mark in enumerate(marks[:1])
    ]


def _of_titles(candidates: Sequence[Title]) -> list[OwnNumber]:
    sure = load("values")["confidence"]["number_in_title"]
    found = []
    for title in candidates:
        number = docnumber.parse(title.number) if title.number else None
        if number is not None:
            found.append(OwnNumber(number, title.number or "", "title", min(sure, title.confidence)))
    return found[:1]


def _damaged(lines: Sequence[Line], end: int) -> list[OwnNumber]:
    """A number alone on its line that cannot be read any more."""
    for line in lines[:end]:
        if (
            len(line.text) <= 30
            and line.kind != "table"
            and looks_damaged(line.text)
            and dates.parse(line.text.strip("（）() ")) is None
        ):
            return [OwnNumber(None, line.text, "body", 0.5)]
    return []


def _taken(
    lines: Sequence[Line], runs: Sequence[range], marks: Sequence[NumberLine], end: int
) -> tuple[set[int], list[HeadDate]]:
    """The lines of the head that are title, number, red head or a date without label, and those dates."""
    taken = {place for run in runs for place in run} | {place for mark in marks for place in mark.lines}
    found: list[HeadDate] = []
    last_title = max((run.stop for run in runs), default=0)
    for place in range(min(end, len(lines))):
        if place in taken or lines[place].kind == "table":
            continue
        if place >= last_title and lines[place].text.endswith("。"):
            break  # a sentence: what follows is no head any more, however short the text is
        if _red(lines[place]) and place < max(last_title, 3):
            taken.add(place)
        elif place <= last_title + 4 and (place == 0 or place - 1 in taken or not _signs(lines[place - 1])):
            one = head_date(lines[place].text)
            if one is not None:
                taken.add(place)
                found.append(one)
    return taken, found


def _signs(line: Line) -> bool:
    """Whether a line is the upper half of a signature block, so that the date below it belongs to it."""
    return bool(organisations_in(line.text)) or signature.is_signer(line.text)


def _text_start(runs: Sequence[range], marks: Sequence[NumberLine], taken: set[int]) -> int | None:
    """Where the text of an order begins whose own title comes after it: 令第707号 / 现公布《…》 / 总理 … / date / title."""
    order = next((mark for mark in marks if mark.number.kind == "order"), None)
    if order is None or not runs or runs[0].start <= order.lines.stop:
        return None
    return next((place for place in range(order.lines.stop, runs[0].start) if place not in taken), None)


def _before_title(lines: Sequence[Line], runs: Sequence[range]) -> set[int]:
    """What stands before the title and is no part of the document: remains of the page."""
    return {place for place in range(runs[0].start) if len(lines[place].text) < MAX_REMAINS} if runs else set()


def head_date(line: str) -> HeadDate | None:
    """A line with one date and nothing else but brackets, a name of who published it, or a word such as 发布时间."""
    text = clean(line)
    if len(text) > MAX_DATE_LINE:
        return None
    bracketed = text[:1] in "（(" and text[-1:] in "）)"
    whole = dates.parse(text.strip("（）()[]【】 "))
    if whole is not None:
        return HeadDate(whole, text, bracketed) if whole.precision == "day" else None
    found = dates.find_all(text)
    if len(found) != 1 or found[0].date.precision != "day":
        return None
    rest = squeeze(text[: found[0].start] + text[found[0].end :])
    rest = _COUNTERS.sub("", re.sub(r"\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}秒?)?", "", rest)).strip("|｜丨/·")
    known = (
        not rest
        or bool(organisations_in(rest))
        or bool(re.fullmatch(r"(?:发布|更新|公布)?(?:时间|日期|于)?[:：]?", fold(rest)))
    )
    return HeadDate(found[0].date, text, bracketed) if known else None


def _body(lines: Sequence[Line], taken: set[int], address: int | None, note: int | None, after: int) -> int:
    """Where the text begins: at its addressees, else at the first line after the title that is not taken."""
    if address is not None:
        return address
    start = min(after, len(lines)) if after else 0
    while start < len(lines) and start in taken:
        start += 1
    return start if note is None else min(start, note)
