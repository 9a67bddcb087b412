"""Which articles of another document are meant where its name is followed by them: 第十三条第二款第（三）项 → `art-13-p2-i3`.

Anchors are those of `model.texttree`. The first 款 of an article begins with the article and has its anchor; an item that is named without
its 款 stands in the first. Taiwan counts 條, 項, 款 where the mainland counts 条, 款, 项: what comes first below the article is its paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.model.numerals import CHARACTERS, whole
from catalog.model.statute import anchor

MOST = 40
"""Articles of one mention; a longer row is cut here."""
_S = r"[ \t\u00a0\u3000]{0,4}"
_N = rf"[{re.escape(CHARACTERS)}]{{1,12}}(?:[ \u3000][{re.escape(CHARACTERS)}]{{1,4}})?"
_ORDINAL = rf"第{_S}[（(]?{_S}(?P<number>{_N}){_S}[)）]?{_S}(?:[-－]{_S}(?P<dash>\d{{1,4}}){_S})?"
_FIRST = re.compile(rf"{_S}[的中之]?{_S}{_ORDINAL}[条條]")
_PIECE = re.compile(
    rf"(?P<joint>{_S}(?:以及|[、，,和及与與或至到暨]){_S}|{_S}[的中之]?{_S}){_ORDINAL}(?P<unit>[条條款项項目])(?:之{_S}(?P<sub>{_N}))?"
)
_JOINTS = "、，,和及与與或至到暨"
_DEPTHS = {"条": 0, "條": 0, "款": 1, "项": 1, "項": 1, "目": 2}


@dataclass(frozen=True, slots=True)
class Meant:
    """The articles that a text names from some place on: their anchors in order, each once, and where the text goes on."""

    anchors: tuple[str, ...]
    end: int


def articles_at(text: str, start: int) -> Meant:
    """The articles that are named right at `start` (《…》|第三条、第五条第二款); none if something else stands there."""
    if not _FIRST.match(text, start):
        return Meant((), start)
    found: dict[str, None] = {}
    row: list[tuple[str, int, int | None]] = []
    at = start
    while len(found) < MOST and (piece := _PIECE.match(text, at)):
        number = whole("".join(piece["number"].split()))
        joined = any(mark in piece["joint"] for mark in _JOINTS)
        unit, depth = piece["unit"], _DEPTHS[piece["unit"]]
        if number is None or (joined and not row):
            break
        if joined or depth == 0:
            found.setdefault(_anchor(row))
            row = _above(row, unit) if depth else []
        sub = piece["dash"] or piece["sub"]
        row.append((unit, number, whole("".join(sub.split())) if sub else None))
        at = piece.end()
    found.setdefault(_anchor(row))
    return Meant(tuple(one for one in found if one), at)


def _above(row: list[tuple[str, int, int | None]], unit: str) -> list[tuple[str, int, int | None]]:
    """The part of a row under which another unit of this kind stands: 第一条第二款第一项、|第三项 is still the second 款."""
    kept = []
    for one in row:
        if one[0] == unit:
            break
        kept.append(one)
    return kept


def _anchor(row: list[tuple[str, int, int | None]]) -> str:
    """The anchor of an article with its units below; empty for an empty row."""
    if not row or row[0][0] not in "条條":
        return ""
    article = anchor(row[0][1], row[0][2])
    below = [(unit, number) for unit, number, _ in row[1:] if unit != "目"]
    if not below:
        return article
    paragraph_unit = "項" if row[0][0] == "條" and below[0][0] == "項" else "款"
    if row[0][0] == "條" and len(below) > 1:
        paragraph_unit = below[0][0]
    elif row[0][0] == "條" and below[0][0] == "款":
        paragraph_unit = "項"
    if below[0][0] == paragraph_unit:
        paragraph, item = below[0][1], below[1][1] if len(below) > 1 else None
    else:
        paragraph, item = 1, below[0][1]
    if item is not None:
        return f"{article}-p{paragraph}-i{item}"
    return article if paragraph == 1 else f"{article}-p{paragraph}"
