"""The parts of a statute: article numbers and anchors (第三十三条 → 33, `art-33`), headings (第二章 总则), and references to them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.model.numerals import CHARACTERS, whole

LEVELS = {"编": 1, "編": 1, "分编": 2, "分編": 2, "章": 2, "节": 3, "節": 3, "款": 4, "目": 4}
"""Heading depth by unit; 款 and 目 are headings only in Taiwan's statutes (第 一 款)."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article number at the start of a line. `end` is where its text begins (after the number and the spaces)."""

    number: int
    sub: int | None
    label: str
    end: int

    @property
    def anchor(self) -> str:
        """The anchor of the article: `art-33`, `art-33-1`."""
        return anchor(self.number, self.sub)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line: unit (章), its number, its title, and its depth by `LEVELS`."""

    unit: str
    number: int
    title: str
    level: int


_SPACE = r"[ \t\u00a0\u2002\u2003\u3000]"
_N = rf"(?:[{re.escape(CHARACTERS)}]{_SPACE}*){{1,8}}"
_ARTICLE = re.compile(
    rf"{_SPACE}*(?P<label>第{_SPACE}*(?P<number>{_N})(?:[-－]{_SPACE}*(?P<dash>[0-9]+){_SPACE}*)?[条條](?:之{_SPACE}*(?P<sub>{_N}))?)"
    rf"(?P<rest>{_SPACE}+|(?=[（(《【])|$|(?=[^的第之、，,。；;和及与至或规規款项項]))"
)
_HEADING = re.compile(
    rf"{_SPACE}*第{_SPACE}*(?P<number>{_N})(?P<unit>分?[编編]|章|[节節]|款|目)(?:之{_SPACE}*(?P<sub>{_N}))?(?:{_SPACE}+(?P<title>\S.*)|(?P<tail>[^ \t\u3000的].{{0,40}}))?$"
)
_REFERENCE = re.compile(
    rf"第{_SPACE}*(?P<number>{_N})(?:-(?P<dash>[0-9]+){_SPACE}*)?[条條](?:之{_SPACE}*(?P<sub>{_N}))?"
)


def anchor(number: int, sub: int | None = None) -> str:
    """The anchor of an article: (33, None) → `art-33`, (33, 1) → `art-33-1`."""
    return f"art-{number}" if sub is None else f"art-{number}-{sub}"


def article(line: str) -> Article | None:
    """The article that a line opens; `None` when it opens none, or only mentions one (第三条规定…, 第三条第二款…)."""
    match = _ARTICLE.match(line) if "条" in line[:24] or "條" in line[:24] else None
    if match is None:
        return None
    number, sub = _numbers(match)
    return None if number is None else Article(number, sub, match["label"], match.end())


def heading(line: str) -> Heading | None:
    """The part heading that a line is (第二章　数据 → 章, 2, 数据); `None` for other lines."""
    if len(line) > 80 or not (match := _HEADING.match(line)):
        return None
    number = whole(_tight(match["number"]))
    title = (match["title"] or match["tail"] or "").strip()
    if number is None or title.endswith(("。", "；", "，")):
        return None
    return Heading(match["unit"], number, title, LEVELS[match["unit"]])


def references(text: str) -> list[str]:
    """Anchors of the articles that a text mentions, in order, each once."""
    anchors = [anchor(number, sub) for number, sub in map(_numbers, _REFERENCE.finditer(text)) if number is not None]
    return list(dict.fromkeys(anchors))


def _numbers(match: re.Match[str]) -> tuple[int | None, int | None]:
    sub = match["dash"] or match["sub"]
    return whole(_tight(match["number"])), whole(_tight(sub)) if sub else None


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text)
