"""The labels of header tables and label lists: what 发文机关 or `文　　号` means, and where a line divides at its labels.

Matching is on the folded text (`model.script.fold` keeps the length), with any spaces between a label's characters, so `索\u3000引 号：`,
`發布單位:`, `发布机构 :`, `[ 索引号 ]` and `【文号】` are found, and the raw label and value are cut out of the text as printed.
Which word means which field stands in `data/labels.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from catalog.extract.data_files import load
from catalog.extract.lines import clean, fold, squeeze, unbullet

_MAX_LABEL = 24
"""No label cell is longer (characters without spaces)."""
_RANK_STEP = 0.01
_GLUED = 4
"""Characters of the shortest label that is seen inside a line without anything before it."""
_MARK = re.compile(r"[:：﹕︓]|(?:^|[\s|｜•])[(（\[［【〔﹝〖❲⁽₍︗︵︹︻﹇﹙]")
"""A colon, or a bracket at the beginning of a word, of any width: a line without one has no marked label."""
_MARK_SIGN = re.compile(r"[:：﹕︓(（\[［【〔﹝〖❲⁽₍︗︵︹︻﹇﹙]")
"""The same without regard to what is before it: the quicker test."""
_REMEMBERED = 500
"""Characters of the longest line that is divided once and remembered: page, header and titles ask for the same lines."""
_DAY_BEHIND = re.compile(
    r"(?:^|(?<=[\s|]))(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\s*$"
)
_OTHER = re.compile(
    r"[\s|](?:[\u4e00-\u9fff]{2,10}|(?:[\u4e00-\u9fff]\s{1,8}){1,5}[\u4e00-\u9fff])\s{0,2}:|\s[(][\u4e00-\u9fff]{2,10}[)]"
)
"""A label that is not known, behind a space: it ends the value before it, where that is a date, a number or a name."""
MAX_BEFORE = 40
"""Characters that may stand in a line before its first label (a date, who published it)."""
_REACH = MAX_BEFORE + 2 * _MAX_LABEL


@dataclass(frozen=True, slots=True)
class Label:
    """A known label. `field` is a catalogue field or `None` where the value is not kept; `kind` says what a value must look like;
    `rank` counts from 0 in the order of trust among the labels of one field.
    """

    name: str
    field: str | None
    kind: str
    strong: bool
    rank: int

    @property
    def confidence(self) -> float:
        """How sure a value under this label is: an explicit label is surer than an everyday word, the first of a list than the last."""
        return (0.95 if self.strong else 0.88) - _RANK_STEP * min(self.rank, 15)


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with the value printed beside it (`""` where it is empty), both as printed."""

    label: Label
    raw_label: str
    value: str


def label_of(text: str) -> Label | None:
    """The label that a whole text is (`发文机关：`, `[ 发文机关 ]`, `发文机关`), or `None`."""
    return _label_of(text) if 0 < len(text) <= _MAX_LABEL * 3 else None


@lru_cache(maxsize=8192)
def _label_of(text: str) -> Label | None:
    key = squeeze(fold(text)).strip("•·*|:()-—")
    return _labels().get(key) if len(key) <= _MAX_LABEL else None


def has_mark(text: str) -> bool:
    """Whether a text that is a label also carries a label's mark: a colon at its end or brackets around it."""
    folded = fold(text).strip()
    return folded.endswith((":", ")"))


def is_spread(text: str) -> bool:
    """Whether a label is printed with spaces between its characters (分　　类), as labels of forms are and words of texts are not."""
    return 1 < len(parts := text.split()) == len("".join(parts))


def split_pairs(text: str) -> tuple[str, list[Pair]]:
    """Divide a line at its labels: what stands before the first one, and the pairs. No pairs where no marked label stands in the line."""
    if _MARK_SIGN.search(text, 0, _REACH) is None:
        return text, []
    before, pairs = _split(text) if len(text) <= _REMEMBERED else _split.__wrapped__(text)
    return before, list(pairs)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, Sequence[Pair]]:
    if _MARK.search(text, 0, _REACH) is None:
        return text, ()
    folded = fold(text)
    if _marked().search(folded, 0, _REACH) is None:
        return text, ()
    found = list(_matches(folded))
    if not found or found[0][0] > MAX_BEFORE:
        return text, ()
    if found[0][0] == 0 and found[0][2].strong and folded.count(":") > len(found):
        found = _with_glued(folded, found)
    pairs: list[Pair] = []
    for number, (start, end, label) in enumerate(found):
        stop = found[number + 1][0] if number + 1 < len(found) else len(text)
        if label.kind != "text" and (other := _OTHER.search(folded, end, stop)):
            stop = other.start()
        pairs.extend(_dated(Pair(label, clean(text[start:end]), _value(text[end:stop]))))
    return clean(text[: found[0][0]]), pairs


def split_unmarked(text: str) -> list[Pair]:
    """The pairs of a line whose labels are followed by spaces instead of colons. It begins with a label, strong or with a field; further
    ones stand between spaces.
    """
    folded = fold(text)
    if _unmarked().match(folded, 0, 2 * _MAX_LABEL) is None:
        return []
    found = list(_unmarked().finditer(folded))
    pairs = []
    for number, match in enumerate(found):
        stop = found[number + 1].start() if number + 1 < len(found) else len(text)
        label = _labels()[squeeze(match["label"])]
        pairs.append(
            Pair(label, clean(text[match.start("label") : match.end("label")]), _value(text[match.end() : stop]))
        )
    return pairs


def _matches(folded: str) -> Iterator[tuple[int, int, Label]]:
    for match in _marked().finditer(folded):
        yield match.start(), match.end(), _labels()[squeeze(match["label"])]


def _with_glued(folded: str, found: list[tuple[int, int, Label]]) -> list[tuple[int, int, Label]]:
    """The labels of a line, with those that follow the value before them without any space, as where the cells of a header lost what
    stood between them (主题分类：综合政务发布机构：…). Only explicit labels with a colon, in a line that one begins.
    """
    taken = [*found, (len(folded), len(folded), found[-1][2])]
    glued = [
        (match.start(), match.end(), _labels()[squeeze(match["label"])])
        for (_, end, _), (start, _, _) in pairwise(taken)
        for match in _glued().finditer(folded, end, start)
    ]
    return sorted([*found, *glued], key=lambda one: one[0])


def _dated(pair: Pair) -> Iterator[Pair]:
    """A pair; a day that is printed behind who published it (来源：市政府办公室 2021-03-04) is a pair of its own, without a label."""
    match = _DAY_BEHIND.search(pair.value) if pair.label.field in ("source_text", "publisher") else None
    day = label_of("时间") if match else None
    if match is None or day is None:
        yield pair
        return
    yield Pair(pair.label, pair.raw_label, clean(pair.value[: match.start()]))
    yield Pair(day, day.name, clean(match[0]))


def _value(text: str) -> str:
    return unbullet(clean(text)).strip(" |｜;；\u3000\t")


@cache
def _labels() -> dict[str, Label]:
    labels: dict[str, Label] = {}
    for group in load("labels"):
        rank = 0
        for strength in ("strong", "weak"):
            for name in group[strength]:
                labels.setdefault(fold(name), Label(name, group["field"], group["kind"], strength == "strong", rank))
                rank += 1
    return labels


@cache
def _marked() -> re.Pattern[str]:
    # A label begins the line, or follows something that is no Chinese character, or the end of a value (a date, a number). A colon
    # marks it; so do brackets around it, at the beginning or behind a space only: [ 索引号 ] 1150…, but not …的通知（摘要）.
    return re.compile(
        r"(?:(?P<free>^|(?<=[\s|•]))|(?<=[^\u4e00-\u9fff])|(?<=[日号次年时分秒元]))(?P<open>\()?\s*"
        rf"(?P<label>{_alternatives(_labels())})\s*(?:(?P<close>\))\s*)?(?P<colon>:)?"
        r"(?(colon)|(?(close)(?(open)(?(free)|(?!))|(?!))|(?!)))"
    )


@cache
def _glued() -> re.Pattern[str]:
    names = [name for name, label in _labels().items() if label.strong and len(name) >= _GLUED]
    return re.compile(rf"(?P<label>{_alternatives(names)})\s*:")


@cache
def _unmarked() -> re.Pattern[str]:
    names = [name for name, label in _labels().items() if label.strong or label.field]
    return re.compile(rf"(?:^[\s•·*|]*|(?<=\s))(?P<label>{_alternatives(names)})(?:\s+|$)")


def _alternatives(names: Iterable[str]) -> str:
    """The names as one pattern, with any spaces between their characters, the longest first. Names with the same first character
    stand together behind a class of all first characters, so that most places of a line are passed with one test.
    """
    by_first: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        by_first.setdefault(name[0], []).append(r"\s*".join(map(re.escape, name[1:])))
    groups = (rf"{re.escape(first)}\s*(?:{'|'.join(rest)})" for first, rest in by_first.items())
    return rf"(?=[{''.join(map(re.escape, by_first))}])(?:{'|'.join(groups)})"
