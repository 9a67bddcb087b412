"""Documents named in a text: by title in 《》 (or 「」 where a statute is quoted so), by number, by both, by a short name that the text
defined (以下简称《条例》), and by a statute's bare name before its articles (依水利法第三條). Each with the articles that are meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from catalog.extract.citation_articles import Meant, articles_at
from catalog.extract.data_files import load
from catalog.extract.lines import close_gaps, fold, squeeze
from catalog.model import docnumber, leftedge, titles
from catalog.model.docnumber import DocNumber, Found
from catalog.model.organisations import region_chain
from catalog.model.script import to_simplified

MAX_TITLE = 200
"""Characters of the longest title that is believed to be one; longer ones have a bracket missing."""
LEAST_TITLE = 5
"""Shorter ones (《条例》, 《办法》) are short names of what was named in full before."""
MAX_SHORT = 20
"""Characters of the longest short name."""
MOST_SHORTS = 60
"""Short names that one text may define."""
_MARKS = re.compile("[《〈<》〉>]")
_STATE = re.compile("^中(?:华|華)人民共和(?:国|國)")
_DEFINED = re.compile(
    r"[（(](?:[^（）()]{0,60}[,，、；;])?\s*(?:以下|下文|后文|下)?(?:统一)?(?:简称|簡稱|统称|統稱|称|稱)(?:为|為)?[:：]?\s*"
    rf"[“\"「『《〈]?(?P<short>[^“”\"「」『』《》〈〉（）()，,；;。]{{2,{MAX_SHORT}}})[”\"」』》〉]?(?:[，,；;][^（）()]{{0,30}})?[)）]"
)
_QUOTED_ROC = re.compile(r"「([^「」《》]{5,80})」")
_BODY = re.compile(r"[\u4e00-\u9fff、]{2,40}$")


@dataclass(frozen=True, slots=True)
class Name:
    """A document named in a text: where it stands, its title, its number (canonical) and that number's key, and the articles meant, to
    whose end it reaches; the name itself ends before them.
    """

    start: int
    end: int
    title: str | None
    number: str | None
    key: str | None
    articles: tuple[str, ...] = ()
    name_end: int | None = None

    @property
    def named(self) -> int:
        """Where the name itself ends."""
        return self.end if self.name_end is None else self.name_end


@dataclass(frozen=True, slots=True)
class Defined:
    """What a short name stands for; both empty where it is the document's own."""

    title: str | None
    number: str | None
    key: str | None


class Shorts:
    """The short names that a document has defined so far."""

    def __init__(self) -> None:
        self._held: dict[str, Defined] = {}
        self._pattern: re.Pattern[str] | None = None

    def define(self, short: str, meant: Defined) -> None:
        """Note a short name; the last definition holds."""
        name = short_key(short)
        if len(name) >= 2 and (name in self._held or len(self._held) < MOST_SHORTS):
            self._held[name] = meant
            self._pattern = None

    def get(self, short: str) -> Defined | None:
        """What a short name stands for."""
        return self._held.get(short_key(short)) if self._held else None

    def __bool__(self) -> bool:
        return bool(self._held)

    def bare(self, text: str) -> Iterator[re.Match[str]]:
        """The places where a short name stands without quotation marks before an article: 本法第三條, 依照条例第五条."""
        if not self._held:
            return iter(())
        if self._pattern is None:
            several = "|".join(re.escape(name) for name in sorted(self._held, key=len, reverse=True))
            words = load("relations")["before_short"]
            self._pattern = re.compile(rf"(?<![\u4e00-\u9fff])(?:{several})(?=第)|(?<=[{words}])(?:{several})(?=第)")
        return self._pattern.finditer(text)


def short_key(name: str) -> str:
    """A short name for comparing."""
    return re.sub(r"[《》〈〉<>“”\"「」『』\s]", "", name)


def title_key(title: str) -> str:
    """A title for comparing within one text: folded, without marks and without the state's name."""
    return _STATE.sub("", re.sub(r"[《》〈〉<>\"]", "", squeeze(fold(title))))


def names_in(text: str, shorts: Shorts, *, in_title: bool = False) -> list[Name]:
    """The documents that a text names, in order. `shorts` gets what it defines. In a title, what is passed on needs no marks."""
    marked, plain = _has_names(text), _has_bare(text, shorts)
    if not (marked or plain or in_title):
        return []
    found = list(_titled(text, shorts)) if marked else []
    if in_title and (passed := _passed_on(text)) is not None:
        found = [one for one in found if not passed.start <= one.start < passed.end]
        found.append(passed)
    taken = bytearray(len(text))
    for one in found:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    for bare in _bare(text, shorts) if plain else ():
        if taken.find(1, bare.start, bare.end) < 0:
            taken[bare.start : bare.end] = b"\1" * (bare.end - bare.start)
            found.append(bare)
    return sorted(found, key=lambda one: one.start)


def _has_names(text: str) -> bool:
    return "《" in text or "号" in text or "號" in text or "〈" in text or "「" in text


def _has_bare(text: str, shorts: Shorts) -> bool:
    """Whether articles may stand in a text behind a name without marks; a cheap look that rules out most texts."""
    if "条" not in text and "條" not in text and "以下" not in text:
        return False
    return bool(shorts) or any(word in text for word in load("relations")["bare"]["hints"])


def _titled(text: str, shorts: Shorts) -> Iterator[Name]:
    """The documents named by title or number."""
    numbers = docnumber.find_all(text)
    starts = [one.start for one in numbers]
    used: set[int] = set()
    defined = 0
    for start, end, title in quoted(text):
        if start < defined:
            continue  # the short name in its own definition
        behind = _behind(text, end, numbers, starts)
        before = None if behind else _before(text, start, numbers, starts, used)
        number = behind or before
        inside = numbers[bisect_left(starts, start) : bisect_left(starts, end)]
        used.update(one.start for one in (*inside, *((number,) if number else ())))
        meant = shorts.get(title) if number is None else None
        if meant is None and not _is_document(title) and number is None:
            continue
        one = _named(text, start, end, title, number, meant)
        define = _DEFINED.match(text, end) or (_DEFINED.match(text, one.end) if one.end > end else None)
        if define:
            defined = define.end()
            shorts.define(define["short"], Defined(one.title, one.number, one.key))
        articles = articles_at(text, define.end() if define and define.start() >= one.end - 1 else one.end)
        yield _with_articles(one, articles)
    for found in numbers:
        if found.start not in used and _is_documents(text, found):
            one = Name(found.start, found.end, None, canonical(found.number), docnumber.key_of(found.number))
            define = _DEFINED.match(text, one.end)
            if define:
                shorts.define(define["short"], Defined(None, one.number, one.key))
            yield _with_articles(one, articles_at(text, one.end))


def _named(text: str, start: int, end: int, title: str, number: Found | None, meant: Defined | None) -> Name:
    """A title with what belongs to it: its number, the body that is printed before it, or what it is short for."""
    if meant is not None:
        return Name(start, end, meant.title, meant.number, meant.key)
    if number is None:
        body = _body_before(text, start, title)
        return Name(start - len(body), end, body + title, None, None)
    closed = text[number.end : number.end + 1] in ("）", ")", "〕", "]")
    first, last = min(start, number.start), max(end, number.end + closed if number.start > start else end)
    return Name(first, last, title, canonical(number.number), docnumber.key_of(number.number))


def _with_articles(name: Name, meant: Meant) -> Name:
    return replace(name, articles=meant.anchors, end=meant.end, name_end=name.end) if meant.anchors else name


def _behind(text: str, end: int, numbers: list[Found], starts: list[int]) -> Found | None:
    """The number in brackets behind a title that belongs to it."""
    at = bisect_left(starts, end)
    if at < len(numbers) and numbers[at].start - end <= 14 and _attached(text[end : numbers[at].start]):
        return numbers[at]
    return None


def _before(text: str, start: int, numbers: list[Found], starts: list[int], used: set[int]) -> Found | None:
    """The number right before a title that belongs to it: 国办发〔2015〕22号《关于…的通知》."""
    at = bisect_left(starts, start) - 1
    if at >= 0 and numbers[at].start not in used and text[numbers[at].end : start].strip() in ("", "文件", "文"):
        return numbers[at]
    return None


def _attached(between: str) -> bool:
    """Whether a number behind a title belongs to it: `（` before it, perhaps with 以下简称… or another word inside the bracket."""
    text = between.strip()
    return text[:1] in ("（", "(", "〔", "[") and "）" not in text and ")" not in text and "，" not in text[:-1]


def _body_before(text: str, start: int, title: str) -> str:
    """The body whose name stands right before a title that leaves it out: 国务院办公厅|《关于…的通知》; empty if none does."""
    if not title.startswith(("关于", "關於", "印发", "转发", "批转")):
        return ""
    run = _BODY.search(text, max(0, start - 40), start)
    edge = leftedge.body_edge(run.group()) if run else None
    body = run.group()[edge:] if run and edge is not None else ""
    return body if body and (leftedge.is_national(body) or region_chain(body)) else ""


def canonical(number: DocNumber) -> str:
    """The canonical number in simplified characters, as the mainland's are issued; those of the Republic (字第…號) stay as they are."""
    return number.canonical if "字第" in number.canonical else to_simplified(number.canonical)


def quoted(text: str) -> Iterator[tuple[int, int, str]]:
    """Outermost quotations: (start, end, title inside). A bracket that is never closed opens nothing."""
    if "《" in text or "〈" in text:
        depth, start = 0, -1
        for mark in _MARKS.finditer(text):
            place, char = mark.start(), mark.group()
            if depth and place - start > MAX_TITLE:
                depth = 0
            if char in "《〈" or (char == "<" and depth):
                start = start if depth else place
                depth += 1
            elif depth and char in "》〉>":
                depth -= 1
                title = "" if depth else close_gaps(text[start + 1 : place]).strip()
                if title:
                    yield start, place + 1, title
    elif "「" in text:
        for match in _QUOTED_ROC.finditer(text):
            if _instrument().search(match[1]):
                yield match.start(), match.end(), match[1].strip()


def _is_document(title: str) -> bool:
    tight = squeeze(fold(title))
    if len(tight) < LEAST_TITLE:
        return bool(_short_statute().match(tight))
    return not tight.endswith(tuple(load("relations")["not_documents"]))


def _is_documents(text: str, found: Found) -> bool:
    """Whether a number is a document's, not that of a certificate or of an entry in a register (技執字第005564號)."""
    if "字第" not in found.number.canonical:
        return True
    words = load("relations")["not_numbers"]
    before = squeeze(fold(text[max(0, found.start - 24) : found.start]))
    code = fold(found.number.code).removesuffix("字")
    return not (re.search(words["code"], code) or re.search(words["before"], before))


def _passed_on(title: str) -> Name | None:
    """The document that a notice's title passes on without quotation marks: …转发国务院办公厅关于…意见的通知."""
    if "转发" not in title and "轉發" not in title and "批转" not in title and "批轉" not in title:
        return None
    inner = titles.transmitted(title)
    at = title.find(inner) if inner and len(inner) >= LEAST_TITLE else -1
    if inner is None or at < 2 or title[at - 2 : at] not in ("转发", "轉發", "批转", "批轉"):
        return None
    end = at + len(inner)
    if titles.kind_of(inner) is None and title.startswith(("的通知", "的通報", "的通报"), end):
        end += 3  # one 的通知 stands for both
    return Name(at, end, title[at:end], None, None)


def _bare(text: str, shorts: Shorts) -> Iterator[Name]:
    """Short names and statutes without quotation marks, where articles or 规定 follow."""
    for match in _statute().finditer(text):
        title = match["title"]
        if _no_name().match(title):
            continue
        one = Name(match.start("title"), match.end("title"), title, None, None)
        define = _DEFINED.match(text, one.end)
        if define:
            shorts.define(define["short"], Defined(title, None, None))
        yield _with_articles(one, articles_at(text, define.end() if define else one.end))
    for match in shorts.bare(text):
        meant, articles = shorts.get(match.group()), articles_at(text, match.end())
        if meant is not None and articles.anchors:
            yield Name(match.start(), articles.end, meant.title, meant.number, meant.key, articles.anchors, match.end())


@cache
def _instrument() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(load('relations')['instruments'])})(?:[（(][^（）()]*[）)])?(?:草案)?$")


@cache
def _statute() -> re.Pattern[str]:
    data = load("relations")["bare"]
    return re.compile(rf"(?:{data['before']})(?P<title>[\u4e00-\u9fff]{{1,30}}?(?:{data['ends']}))(?={data['after']})")


@cache
def _short_statute() -> re.Pattern[str]:
    return re.compile(load("relations")["short_statutes"])


@cache
def _no_name() -> re.Pattern[str]:
    return re.compile(load("relations")["bare"]["not"])
