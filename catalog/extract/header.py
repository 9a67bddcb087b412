"""Header tables and label lists: finding them among a document's lines, in all the layouts in which pages print them.

Two pairs a line, a pair a line, label and value on lines of their own, labels without a colon, bars, bullets, rows of a table. A value is
only taken if it looks like what its label announces, so that an empty value does not swallow the next line; a list is only believed to be
a header if enough labels stand together, because single labels (时间：, 来源：) are ordinary words of ordinary texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.extract.labels import Label, Pair, has_mark, is_spread, label_of, split_pairs, split_unmarked
from catalog.extract.lines import Line, cjk_count, clean, fold, squeeze, unbullet
from catalog.model import dates, docnumber

MAX_GAP = 3
"""Lines of something else that may stand between two lines of one header."""
MAX_VALUE = {"date": 60, "number": 80, "index": 60, "organisation": 120, "word": 30, "count": 60, "text": 600}
"""The longest value (characters) that a label of each kind can have."""
MAX_BROKEN = 2
"""Lines below its first on which a broken value goes on."""
LEAST_HITS = 3
"""Lines of known labels from which on a pair between them belongs to their header, whatever its label is."""
_STRANGER = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff\s]{1,10}:[^:。]{0,30}")
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
_SERIAL = re.compile(r"\s*(?:序\s*[号號]?|[编編]\s*[号號]|项次|項次|No\.?)\t", re.IGNORECASE)
_COUNTED = re.compile(r"\s*(?:\d{1,4}|[一二三四五六七八九十]{1,4})[.、．]?\s*\t")
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
        return len(strong) >= 2 or _is_day_behind(cluster) or len(unmarked | strong) >= 3
    return len(strong | unmarked) >= 4


def _is_day_behind(cluster: Sequence[Hit]) -> bool:
    """Whether hits behind the text are one line that says when the page was published, which needs no other label beside it."""
    pairs = [pair for hit in cluster for pair in hit.pairs if pair.value]
    return (
        len(cluster) == len(pairs) == 1
        and cluster[0].marked
        and pairs[0].label.strong
        and pairs[0].label.field == "date_published"
        and dates.parse(pairs[0].value) is not None
    )


def row_pairs(cells: Sequence[str]) -> list[Pair]:
    """The pairs of one row of a table: label cells with the cell after them, and cells that hold both."""
    pairs: list[Pair] = []
    number = 0
    texts = [clean(cell.replace("\n", " ")) for cell in cells]
    while number < len(cells):
        if "\n" in cells[number] and (both := _label_above_value(cells[number])) is not None:
            pairs.append(both)
            number += 1
            continue
        text = texts[number]
        label = label_of(text)
        number += 1
        if label is not None:
            value = texts[number] if number < len(cells) else ""
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
    above, _, below = cell.partition("\n")
    label = label_of(clean(above))
    if label is None:
        return None
    value = clean(below.replace("\n", " "))
    return Pair(label, clean(above), value) if plausible(label.kind, value) else None


def lists_things(table: str) -> bool:
    """Whether a table lists things by number: its first row has the names of its columns (序号, 事项, 承办单位), and no values."""
    first, _, rest = table.partition("\n")
    return _SERIAL.match(first) is not None and any(_COUNTED.match(row) for row in rest.split("\n")[:3])


def _hit(number: int, line: Line) -> Hit | None:
    if line.kind == "table":
        if lists_things(line.text):
            return None
        pairs = [pair for row in line.text.split("\n") for pair in row_pairs(row.split("\t"))]
        filled = {pair.label.name for pair in pairs if pair.value}
        return Hit(number, tuple(pairs), (number,)) if len(filled) >= 2 and len(pairs) < 3 * len(filled) else None
    text = unbullet(line.text)
    label = label_of(text)
    if label is not None:
        marked = has_mark(text)
        known = label.strong or marked or label.kind == "count" or is_spread(text)
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
    used.update(place for hit in result for place in hit.uses)
    return _with_strangers([_with_rest(hit, lines, used) for hit in result], lines)


def _with_strangers(hits: Sequence[Hit], lines: Sequence[Line]) -> list[Hit]:
    """The hits of a header with the lines between them that are pairs too, of labels that are not known (机构分类：运输服务司)."""
    if len(hits) < LEAST_HITS:
        return list(hits)
    result = [hits[0]]
    for hit in hits[1:]:
        between = range(max(result[-1].uses) + 1, hit.at)
        if between and all(_STRANGER.fullmatch(fold(lines[place].text)) for place in between):
            result[-1] = replace(result[-1], uses=(*result[-1].uses, *between))
        result.append(hit)
    return result


def _with_rest(hit: Hit, lines: Sequence[Line], used: set[int]) -> Hit:
    """A hit with what is left of its last value on the lines below, where that was broken to fit a narrow column."""
    for _ in range(MAX_BROKEN):
        place, pair = max(hit.uses) + 1, hit.pairs[-1]
        if place >= len(lines) or place in used or not _is_rest(pair, lines[place]):
            break
        value = clean(pair.value + unbullet(lines[place].text))
        hit = replace(hit, pairs=(*hit.pairs[:-1], replace(pair, value=value)), uses=(*hit.uses, place))
    return hit


def _is_rest(pair: Pair, line: Line) -> bool:
    """Whether a line is the rest of a value: only that makes it a whole number or day, closes its bracket, or goes on behind its comma."""
    value, text, kind = pair.value, unbullet(line.text), pair.label.kind
    if (
        not value
        or line.kind not in ("paragraph", "list_item")
        or len(value + text) > MAX_VALUE[kind]
        or is_prose(text)
        or label_of(text) is not None
        or split_pairs(text)[1]
    ):
        return False
    if kind == "number":
        return docnumber.parse(value) is None and docnumber.parse(value + text) is not None
    if kind == "date":
        held, whole = dates.parse(value), dates.parse(value + text)
        return (held is None or held.precision != "day") and whole is not None and whole.precision == "day"
    if pair.label.field == "title":
        return text.startswith("的") and bool(_TITLE.search(fold(squeeze(value + text))))
    if kind == "index" and not plausible(kind, value + text):
        return False
    open_marks = ("-", "/") if kind == "index" else ("、", "，")
    return value.endswith(open_marks) and len(text) <= _SHORT_WORD and not _STOPS.search(text)


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
