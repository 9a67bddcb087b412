"""The documents that a text names, and what it does with each: based on, amended, repealed, transmitted, interpreted, or only cited.

A document is named by its title in 《》 (quotation inside quotation, also printed as < >), by its number, or by both (《…》（国办发〔2015〕22号）).
The relation follows from the words before or after the name within its sentence; they are data. The document itself is never among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.extract.data_files import load
from catalog.extract.lines import close_gaps, fold, squeeze
from catalog.model import docnumber
from catalog.model.docnumber import DocNumber
from catalog.model.draft import Citation
from catalog.model.script import to_simplified

MAX_TITLE = 200
"""Characters of the longest title that is believed to be one; longer ones have a bracket missing."""
LEAST_TITLE = 5
"""Shorter ones (《条例》, 《办法》) are abbreviations of what was named in full before."""
MAX_CITATIONS = 2_000
"""Documents of one text; a clean-up list names a thousand."""
REACH = 120
"""Characters before a name in which its word is looked for."""
_MARKS = re.compile("[《〈<》〉>]")
_STOPS = "。；;\n！？"


@dataclass(frozen=True, slots=True)
class _Name:
    """A document named in a text: where it stands, its title, its number (canonical) and that number's key."""

    start: int
    end: int
    title: str | None
    number: str | None
    key: str | None


def find(
    texts: Iterable[str], *, own_title: str, own_number: str | None, context: str | None = None
) -> tuple[Citation, ...]:
    """The documents that a document names, each once with its strongest relation, in the order of their first mention.

    `own_title` is read first: what a document does in its title (关于废止《…》的决定), it does. `context` is a relation that a bare
    mention has in this document (`interprets` in an interpretation's title).
    """
    own_key = docnumber.search_key(own_number) if own_number else None
    found: dict[str, Citation] = {}
    keys: dict[str, str] = {}
    lists = _Lists()
    for order, text in enumerate((own_title, *texts)):
        if len(found) >= MAX_CITATIONS:
            break
        if "《" not in text and "号" not in text and "號" not in text and "〈" not in text:
            lists.read(text)
            continue
        for name in _names(text):
            if _is_own(name, own_title, own_key) or _is_history(text, name):
                continue
            in_title = order == 0
            said = _relation(text, name, in_title=in_title) or lists.relation(text)
            relation = said or (context if in_title and context else "cites")
            _keep(found, keys, Citation(relation, text[name.start : name.end], name.number, name.title), name)
        lists.read(text)
    return _with_context(found.values(), context)


def titles_in(text: str) -> list[str]:
    """The outermost titles in 《》 of a text."""
    return [title for _, _, title in _quoted(text)]


def _keep(found: dict[str, Citation], keys: dict[str, str], citation: Citation, name: _Name) -> None:
    """Add a citation, or strengthen the one that names the same document by its number, or by its title where one of them has none."""
    title = _key(name.title) if name.title else None
    slot = keys.get(name.key) if name.key else None
    if slot is None and title in keys and not (name.key and found[keys[title]].number):
        slot = keys[title]
    slot = slot or name.key or title or ""
    for one in (name.key, title):
        if one:
            keys.setdefault(one, slot)
    held = found.get(slot)
    if held is None:
        found[slot] = citation
        return
    stronger = citation if _strength(citation.type) < _strength(held.type) else held
    found[slot] = Citation(stronger.type, held.raw, held.number or citation.number, held.title or citation.title)


def _is_own(name: _Name, own_title: str, own_key: str | None) -> bool:
    """Whether a name is the document's own. Its title with another number is an earlier document that was called the same."""
    if name.key is not None:
        return name.key == own_key or (
            own_key is None and name.title is not None and _key(name.title) == _key(own_title)
        )
    return name.title is not None and _key(name.title) == _key(own_title)


def _is_history(text: str, name: _Name) -> bool:
    """Whether a name stands in a note of the document's own history (根据2020年…《…的决定》修正): an event, not a citation."""
    history = load("relations")["history"]
    return bool(
        re.match(history["after"], squeeze(fold(text[name.end : name.end + REACH])))
        and re.search(history["before"], _outside(_sentence_before(text, name.start)))
    )


class _Lists:
    """The relation that a paragraph gives to the list after it: 决定废止下列规章： and then 一、《…》 二、《…》."""

    def __init__(self) -> None:
        self._held: str | None = None

    def relation(self, text: str) -> str | None:
        """The relation for the names of a paragraph, if it is an item of such a list."""
        return self._held if re.match(load("relations")["item"], squeeze(fold(text))) else None

    def read(self, text: str) -> None:
        """Look at a paragraph that was read: it may begin a list, be an item of one, or end it."""
        folded = squeeze(fold(text))
        begun = next((rule["type"] for rule in load("relations")["lists"] if re.search(rule["words"], folded)), None)
        if begun is not None or not re.match(load("relations")["item"], folded):
            self._held = begun


def _with_context(found: Iterable[Citation], context: str | None) -> tuple[Citation, ...]:
    """Citations in which the document whose short name the title gives its relation to shares it under its full name:
    《…办法》政策解读 interprets 《…关于印发…办法的通知》.
    """
    citations = tuple(found)
    meant = [_key(one.title) for one in citations if context and one.type == context and one.title and not one.number]
    return tuple(
        Citation(context, one.raw, one.number, one.title)
        if context and one.type in ("cites", "embeds") and one.title and any(key in _key(one.title) for key in meant)
        else one
        for one in citations
    )


def _names(text: str) -> Iterator[_Name]:
    numbers = docnumber.find_all(text)
    taken: set[int] = set()
    for start, end, title in _quoted(text):
        number = next((one for one in numbers if 0 <= one.start - end <= 14 and _attached(text[end : one.start])), None)
        if number is not None:
            taken.add(number.start)
        inside = [one for one in numbers if start <= one.start and one.end <= end]
        taken.update(one.start for one in inside)
        if not _is_document(title) and number is None:
            continue
        if number is None:
            yield _Name(start, end, title, None, None)
        else:
            closed = text[number.end : number.end + 1] in ("）", ")", "〕", "]")
            yield _Name(start, number.end + closed, title, _canonical(number.number), docnumber.key_of(number.number))
    for one in numbers:
        if one.start not in taken:
            yield _Name(one.start, one.end, None, _canonical(one.number), docnumber.key_of(one.number))


def _canonical(number: DocNumber) -> str:
    """The canonical number in simplified characters, as the mainland's are issued; those of the Republic (字第…號) stay as they are."""
    return number.canonical if "字第" in number.canonical else to_simplified(number.canonical)


def _attached(between: str) -> bool:
    """Whether a number behind a title belongs to it: `（` before it, perhaps with 以下简称… or another word inside the bracket."""
    text = between.strip()
    return text[:1] in ("（", "(", "〔", "[") and "）" not in text and ")" not in text and "，" not in text[:-1]


def _quoted(text: str) -> Iterator[tuple[int, int, str]]:
    """Outermost quotations: (start, end, title inside). A bracket that is never closed opens nothing."""
    if "《" not in text and "〈" not in text:
        return
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


def _is_document(title: str) -> bool:
    tight = squeeze(fold(title))
    return len(tight) >= LEAST_TITLE and not tight.endswith(tuple(load("relations")["not_documents"]))


def _relation(text: str, name: _Name, *, in_title: bool) -> str | None:
    """The relation that the words around a name say; `None` if they say none."""
    after = _outside(_sentence_after(text, name.end))
    for kind, pattern in _patterns("after"):
        if pattern.match(after):
            return kind
    before = _outside(_sentence_before(text, name.start))
    best: tuple[int, str] | None = None
    for kind, pattern in _patterns("title" if in_title else "before"):
        for match in pattern.finditer(before):
            if _between().match(before[match.end() :]) and (best is None or match.end() > best[0]):
                best = (match.end(), kind)
    return best[1] if best else None


def _sentence_before(text: str, start: int) -> str:
    begin = max((text.rfind(stop, 0, start) for stop in _STOPS), default=-1) + 1
    return text[max(begin, start - REACH - MAX_TITLE) : start]


def _sentence_after(text: str, end: int) -> str:
    stops = [place for stop in _STOPS if (place := text.find(stop, end)) >= 0]
    return text[end : min([*stops, end + REACH])]


def _outside(text: str) -> str:
    """Folded text without quoted titles, brackets and what joins several names, so that a word governs a whole list of them."""
    folded = squeeze(fold(text))
    previous = None
    while previous != folded:
        previous = folded
        folded = re.sub(r"《[^《》]*》|〈[^〈〉]*〉|<[^<>]*>|\([^()]*\)", "", folded)
    folded = re.sub(r"^[^《(]*[》)]", "", folded) if previous and ("》" in folded or ")" in folded) else folded
    return re.sub(r"[、和与及,]+(?=$)|^[、和与及,]+", "", folded).strip()


def _strength(kind: str) -> int:
    order: Sequence[str] = load("relations")["strength"]
    return order.index(kind) if kind in order else len(order)


def _key(title: str) -> str:
    return re.sub(r"[《》〈〉<>\"]", "", squeeze(fold(title)))


@cache
def _patterns(group: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(rule["type"], re.compile(rule["words"])) for rule in load("relations")[group]]


@cache
def _between() -> re.Pattern[str]:
    return re.compile(load("relations")["between"])
