"""The parts of a statute: article numbers and anchors (第三十三条 → 33, `art-33`), headings (第二章 总则), and references to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from catalog.model.numerals import CHARACTERS, whole

LEVELS = {
    "编": 1, "編": 1, "篇": 1, "部分": 1, "分编": 2, "分編": 2, "章": 2, "节": 3, "節": 3, "款": 4, "目": 4,
}  # fmt: skip
"""Heading depth by unit; 款 and 目 are headings only in Taiwan's statutes (第 一 款), 部分 and 篇 only in plans and reports."""
SEGMENTS = {
    "编": "part", "編": "part", "篇": "part", "部分": "part", "分编": "subpart", "分編": "subpart", "章": "chap", "节": "sec",
    "節": "sec", "款": "subsec", "目": "item",
}  # fmt: skip
"""How the anchor of a heading names its unit: 第二章第一节 is `chap-2-sec-1`."""


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
    """A heading line: unit (章), its number (and the 2 of 第三章之二), its title, its depth by `LEVELS`, and what comes before the title."""

    unit: str
    number: int
    title: str
    level: int
    sub: int | None = None
    label: str = ""

    @property
    def segment(self) -> str:
        """The heading's own part of its anchor: `chap-2`, `sec-1`, `chap-3-1` for 第三章之一."""
        name = f"{SEGMENTS[self.unit]}-{self.number}"
        return name if self.sub is None else f"{name}-{self.sub}"


_SPACE = r"[ \t\u00a0\u2002\u2003\u3000]"
_N = rf"(?:[{re.escape(CHARACTERS)}]{_SPACE}*){{1,8}}"
_ARTICLE = re.compile(
    rf"{_SPACE}*(?P<label>第{_SPACE}*(?P<number>{_N})(?:[-－]{_SPACE}*(?P<dash>[0-9]+){_SPACE}*)?[条條](?:之{_SPACE}*(?P<sub>{_N}))?)"
    rf"(?P<rest>{_SPACE}+|(?=[（(《【])|$|(?=[^的第之、，,。；;和及与至或规規款项項]))"
)
_HEADING = re.compile(
    rf"{_SPACE}*第{_SPACE}*(?P<number>{_N})(?P<unit>分?[编編]|章|[节節]|款|目|篇|部分)(?:之{_SPACE}*(?P<sub>{_N}))?(?:{_SPACE}+(?P<title>\S.*)|(?P<tail>[^ \t\u3000的].{{0,40}}))?$"
)
_CITED = re.compile(
    r"(?:[所之][称稱指列述定规規]|中[的“「]|[内內]的|以外|以上|以下|等|但书|但書|修改|修正|删除|刪除(?!）)|之规定|之規定|规定|規定|[第一二三四五六七八九十]{1,3}[款项項]|[款项項])"
)
"""What follows the number of an article that is spoken of: 第三条所称, 第三条中的, 第三条规定的."""
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
    if number is not None and not match["rest"] and is_cited(line, match.end()):
        return None
    return None if number is None else Article(number, sub, match["label"], match.end())


def is_cited(line: str, end: int) -> bool:
    """Whether what follows an article's number (up to `end`) speaks of the article, and does not begin it: 第三条所称, 第三条 规定的."""
    return _CITED.match(line, end) is not None


def heading(line: str) -> Heading | None:
    """The part heading that a line is (第二章　数据 → 章, 2, 数据); `None` for other lines."""
    if len(line) > 80 or not (match := _HEADING.match(line)):
        return None
    number = _whole(match["number"])
    title = (match["title"] or match["tail"] or "").strip()
    if number is None or title.endswith(("。", "；", "，")):
        return None
    begins = match.start("title") if match["title"] else match.start("tail") if match["tail"] else len(line)
    return Heading(match["unit"], number, title, LEVELS[match["unit"]], _numbers(match)[1], _tight(line[:begins]))


def references(text: str) -> list[str]:
    """Anchors of the articles that a text mentions, in order, each once."""
    anchors = [anchor(number, sub) for number, sub in map(_numbers, _REFERENCE.finditer(text)) if number is not None]
    return list(dict.fromkeys(anchors))


def _numbers(match: re.Match[str]) -> tuple[int | None, int | None]:
    sub = match.groupdict().get("dash") or match["sub"]
    return _whole(match["number"]), _whole(sub) if sub else None


@lru_cache(maxsize=4096)
def _whole(printed: str) -> int | None:
    """The number of a numeral that spaces may spread; remembered, since all statutes count alike."""
    return whole(_tight(printed))


def _tight(text: str) -> str:
    return "".join(text.split())
