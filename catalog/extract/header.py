"""Header tables and label lists: finding them among a document's lines, in all the layouts in which pages print them.

Two pairs a line, a pair a line, label and value on lines of their own, labels without a colon, bars, bullets, rows of a table. A value is
only taken if it looks like what its label announces, so that an empty value does not swallow the next line; a list is only believed to be
a header if enough labels stand together, because single labels (时间：, 来源：) are ordinary words of ordinary texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.extract.labels import Label, Pair, has_mark, label_of, split_pairs, split_unmarked
from catalog.extract.lines import Line, cjk_count, clean, fold, squeeze, unbullet
from catalog.model import dates, docnumber

MAX_GAP = 3
"""Lines of something else that may stand between two lines of one header."""
MAX_VALUE = {"date": 60, "number": 80, "index": 60, "organisation": 120, "word": 30, "count": 60, "text": 600}
"""The longest value (characters) that a label of each kind can have."""
PROSE = 48
"""A line this long with a full stop or comma is running text, not a header."""
SOLID = ("date", "number", "index")
"""Kinds whose values prove themselves by their form."""
_NO_BODY = re.compile(r"。|:$|关于|转发|印发")
_STOPS = re.compile(r"[。；，,;]")
_TITLE = re.compile(
    r"(?:关于|转发|印发|批转).+的?.{0,6}(?:通知|意见|决定|公告|通告|批复|函|办法|方案|规定|报告|通报|细则)[)》]*$"
)
"""What no label but that of a title has on the line below it: there stands the document's title, and the label is empty."""
_COUNT = re.compile(r"\d{1,9}次?|-+")
_SHORT_WORD = 12
"""Characters of the longest value of a short term that stands on the line below its label."""
_INDEX = re.compile(r"[\w一-鿿./\\()（）〔〕\[\]【】‐-―-]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that is header: its place, its pairs, all the places whose text it used up, and what stood before the first label."""

    at: int
    pairs: tuple[Pair, ...]
    uses: tuple[int, ...]
    before: str = ""
    marked: bool = True

    @property
    def strong(self) -> frozenset[str]:
        """The strong labels of the line."""
        return frozenset(pair.label.name for pair in self.pairs if pair.label.strong)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where running text stands: its first line, its third (an introduction may precede an infobox), its last."""

    first: int
    early: int
    last: int

    @classmethod
    def of(cls, prose: Sequence[int], end: int) -> Bounds:
        """The bounds given the places of all lines of running text; without any, everything stands before the text."""
        return cls(prose[0], prose[min(2, len(prose) - 1)], prose[-1]) if prose else cls(end, end, end)


def plausible(kind: str, value: str) -> bool:
    """Whether a value looks like what a label of this kind announces."""
    if not value or len(value) > MAX_VALUE[kind] or label_of(value) is not None:
        return False
    if kind == "date":
        bare = value.strip("[]【】()（） ")
        return dates.parse(bare) is not None or any(found.start == 0 for found in dates.find_all(bare))
    if kind == "number":
        return docnumber.parse(value) is not None or bool(re.search(r"[号號〔\[【]", value) and re.search(r"\d", value))
    if kind == "index":
        return bool(_INDEX.fullmatch(squeeze(value))) and any(char.isdigit() for char in value)
    if kind == "organisation":
        return cjk_count(value) >= 2 and not _NO_BODY.search(fold(value))
    return True


def is_prose(text: str) -> bool:
    """Whether a line is running text: long enough, with the stops of a sentence."""
    return len(text) >= PROSE and ("。" in text or len(_STOPS.findall(text)) >= 2)


def find_header(lines: Sequence[Line]) -> list[Hit]:
    """The lines of the document's own header, in order. Lines of tables and lists in its text are left alone."""
    hits = [hit for number, line in enumerate(lines) if (hit := _hit(number, line)) is not None]
    taken = {hit.at for hit in hits}
    prose = [
        number
        for number, line in enumerate(lines)
        if number not in taken and line.kind != "table" and is_prose(line.text)
    ]
    bounds = Bounds.of(prose, len(lines))
    accepted: list[Hit] = []
    for cluster in clusters(hits):
        if believable(cluster, bounds):
            accepted.extend(_with_following(cluster, lines))
    return accepted


def clusters(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Hits that stand together."""
    groups: list[list[Hit]] = []
    for hit in hits:
        if groups and hit.at - max(groups[-1][-1].uses) <= MAX_GAP:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return groups


def believable(cluster: Sequence[Hit], bounds: Bounds) -> bool:
    """Whether hits that stand together are a header: the deeper in the text they stand, the more known labels it takes."""
    strong = frozenset[str]().union(*(hit.strong for hit in cluster if hit.marked))
    unmarked = frozenset[str]().union(*(hit.strong for hit in cluster)) - strong
    if cluster[0].at < bounds.first:
        filled = any(pair.value or pair.label.field for hit in cluster if hit.marked for pair in hit.pairs)
        return bool(strong) or len(unmarked) >= 2 or filled
    if cluster[0].at < bounds.early:
        return len(strong) >= 2
    if cluster[0].at > bounds.last:
        return len(strong) >= 2 or len(unmarked | strong) >= 3
    return len(strong | unmarked) >= 4


def row_pairs(cells: Sequence[str]) -> list[Pair]:
    """The pairs of one row of a table: label cells with the cell after them, and cells that hold both."""
    pairs: list[Pair] = []
    number = 0
    while number < len(cells):
        if (both := _label_above_value(cells[number])) is not None:
            pairs.append(both)
            number += 1
            continue
        text = clean(cells[number].replace("\n", " "))
        label = label_of(text)
        number += 1
        if label is not None:
            value = clean(cells[number].replace("\n", " ")) if number < len(cells) else ""
            if label_of(value) is not None or (split_pairs(value)[1] and not plausible(label.kind, value)):
                value = ""
            elif number < len(cells):
                number += 1
            pairs.append(Pair(label, text, value if len(value) <= MAX_VALUE[label.kind] else ""))
            continue
        before, found = split_pairs(text)
        if found and not before:
            pairs.extend(pair for pair in found if len(pair.value) <= MAX_VALUE[pair.label.kind])
    return pairs


def _label_above_value(cell: str) -> Pair | None:
    """The pair of a cell that holds a label on its first line and the value below it."""
    above, mark, below = cell.partition("\n")
    label, value = label_of(clean(above)) if mark else None, clean(below.replace("\n", " "))
    return Pair(label, clean(above), value) if label is not None and plausible(label.kind, value) else None


def _hit(number: int, line: Line) -> Hit | None:
    if line.kind == "table":
        pairs = [pair for row in line.text.split("\n") for pair in row_pairs(row.split("\t"))]
        filled = {pair.label.name for pair in pairs if pair.value}
        return Hit(number, tuple(pairs), (number,)) if len(filled) >= 2 and len(pairs) < 3 * len(filled) else None
    text = unbullet(line.text)
    label = label_of(text)
    if label is not None:
        marked = has_mark(text)
        known = label.strong or marked or label.kind == "count"
        return Hit(number, (Pair(label, text, ""),), (number,), marked=marked) if known else None
    before, pairs = split_pairs(text)
    if pairs and _begins(before) and all(_fits(pair) for pair in pairs):
        return Hit(number, tuple(pairs), (number,), before)
    unmarked = split_unmarked(text)
    if unmarked and all(not pair.value or plausible(pair.label.kind, pair.value) for pair in unmarked):
        return Hit(number, tuple(unmarked), (number,), marked=False)
    return None


def _begins(before: str) -> bool:
    """Whether what stands before the first label may: nothing, or a date, as in `2020-10-10 19:48:26 来源：…`."""
    return not before or dates.parse(before.strip(" |｜丨/·-—")) is not None


def _fits(pair: Pair) -> bool:
    """Whether a marked pair may be a pair: its value is not too long for its label."""
    return len(pair.value) <= MAX_VALUE[pair.label.kind] and not (pair.label.kind != "text" and "。" in pair.value)


def fits_below(label: Label, value: str) -> bool:
    """Whether what stands on the line below a lone label can be its value and not the title, which stands below an empty last label."""
    if fold(value).rstrip().endswith(":"):
        return False
    if label.field == "title" or label.kind in SOLID:
        return True
    if label.kind == "count":
        return bool(_COUNT.fullmatch(squeeze(value)))
    return not (label.kind == "word" and len(squeeze(value)) > _SHORT_WORD) and not _TITLE.search(fold(squeeze(value)))


def _with_following(cluster: Sequence[Hit], lines: Sequence[Line]) -> list[Hit]:
    """The hits of a header, with values that stand on the line after their label."""
    used = {place for hit in cluster for place in hit.uses}
    open_hits = [hit for hit in cluster if _is_open(hit)]
    solid = sum(_next_fits(hit, lines, used, SOLID) for hit in open_hits)
    result: list[Hit] = []
    for hit in cluster:
        if _is_open(hit) and _next_fits(hit, lines, used, SOLID if solid == 0 else tuple(MAX_VALUE)):
            pair = hit.pairs[0]
            value = clean(unbullet(lines[hit.at + 1].text))
            result.append(replace(hit, pairs=(replace(pair, value=value),), uses=(hit.at, hit.at + 1)))
        else:
            result.append(hit)
    return result


def _is_open(hit: Hit) -> bool:
    """Whether a line is one label and nothing else."""
    return len(hit.pairs) == 1 and not hit.pairs[0].value and not hit.before


def _next_fits(hit: Hit, lines: Sequence[Line], used: set[int], kinds: Sequence[str]) -> bool:
    """Whether the line after a lone label is its value: of the kind announced, and no label itself. Where no value of the list has
    proved by its form that values stand on lines of their own, only such values are taken.
    """
    label: Label = hit.pairs[0].label
    following = hit.at + 1
    if label.kind not in kinds or following >= len(lines) or following in used:
        return False
    line = lines[following]
    return (
        line.kind in ("paragraph", "list_item")
        and plausible(label.kind, unbullet(line.text))
        and fits_below(label, unbullet(line.text))
        and not is_prose(line.text)
    )
