"""What the styles of an OpenDocument text say, each with what it inherits, and its lists (ODF 1.3 part 3, 16.2 and 16.30 to 16.33)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from catalog.extract.formats.numbering import Level
from catalog.extract.formats.wordml import attribute, child, local, whole_value
from catalog.extract.lines import Align

MAX_STYLES_DEEP = 40
LEVELS = 10
_ALIGN: dict[str, Align] = {"center": "center", "right": "right", "end": "right", "left": "left", "start": "left"}
_FORMATS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none",
    "一": "chineseCounting", "壹": "chineseLegalSimplified", "壱": "chineseLegalSimplified", "〇": "ideographDigital",
    "①": "decimalEnclosedCircle", "１": "decimalFullWidth", "甲": "ideographTraditional", "子": "ideographZodiac",
}  # fmt: skip
"""A number format is written by its first members (`一, 二, 三, ...`, ODF 1.3 part 3, 19.506); the first one tells which it is."""
_PLACE = re.compile(r"%(\d{1,2})%")


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's or a run's style says; `None` where it says nothing."""

    align: Align | None = None
    bold: bool | None = None
    hidden: bool | None = None
    list_style: str | None = None
    new_page: bool | None = None
    page_after: bool | None = None

    def over(self, base: Style) -> Style:
        """The style on top of the one that it is based on; page breaks are inherited, a page's layout (which breaks, too) is not."""
        return Style(
            align=self.align or base.align,
            bold=base.bold if self.bold is None else self.bold,
            hidden=base.hidden if self.hidden is None else self.hidden,
            list_style=base.list_style if self.list_style is None else self.list_style,
            new_page=base.new_page if self.new_page is None else self.new_page,
            page_after=base.page_after if self.page_after is None else self.page_after,
        )


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of paragraphs and runs by name, the lists by name, and the levels by which headings are numbered."""

    by_name: dict[str, Style]
    lists: dict[str, dict[int, Level]]
    outline: dict[int, Level]

    def get(self, name: str | None) -> Style:
        """A style; an empty one for a name that is not defined."""
        return self.by_name.get(name or "", Style())


def read_styles(roots: Iterable[Element | None]) -> Styles:
    """The styles of `styles.xml` and the automatic ones of `content.xml`."""
    nodes: dict[str, Element] = {}
    styles = Styles({}, {}, {})
    for root in roots:
        for group in root if root is not None else ():
            if local(group) not in ("styles", "automatic-styles"):
                continue
            for node in group:
                name = attribute(node, "name") or ""
                if local(node) == "style":
                    nodes[name] = node
                elif local(node) == "list-style":
                    styles.lists[name] = _levels(node)
                elif local(node) == "outline-style":
                    styles.outline.update(_levels(node))
    for name in nodes:
        styles.by_name[name] = _resolved(name, nodes)
    return styles


def _resolved(name: str, nodes: dict[str, Element]) -> Style:
    chain: list[Element] = []
    at: str | None = name
    while at in nodes and nodes[at] not in chain and len(chain) < MAX_STYLES_DEEP:
        chain.append(nodes[at])
        at = attribute(nodes[at], "parent-style-name")
    style = Style()
    for node in reversed(chain):
        style = _style(node).over(style)
    return style


def _style(node: Element) -> Style:
    paragraph, text = child(node, "paragraph-properties"), child(node, "text-properties")
    weight = attribute(text, "font-weight-asian") or attribute(text, "font-weight")
    before, after = attribute(paragraph, "break-before"), attribute(paragraph, "break-after")
    shown = attribute(text, "display")
    return Style(
        align=_ALIGN.get(attribute(paragraph, "text-align") or ""),
        bold=weight == "bold" or ((weight or "").isdigit() and int(weight or 0) >= 600) if weight else None,
        hidden=shown == "none" if shown else None,
        list_style=attribute(node, "list-style-name"),
        new_page=before == "page" if before else bool(attribute(node, "master-page-name")) or None,
        page_after=after == "page" if after else None,
    )


def _levels(node: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in node:
        at = whole_value(attribute(level, "level"), 0) - 1
        if not 0 <= at < LEVELS:
            continue
        if local(level) in ("list-level-style-bullet", "list-level-style-image"):
            found[at] = Level(number_format="bullet")
        elif local(level) in ("list-level-style-number", "outline-level-style"):
            found[at] = Level(
                whole_value(attribute(level, "start-value"), 1),
                _FORMATS.get((attribute(level, "num-format") or "").partition(",")[0].strip(), "decimal"),
                _pattern(level, at),
            )
    return found


def _pattern(level: Element, at: int) -> str:
    """The label's pattern: as LibreOffice writes it whole, else put together of prefix, the shown levels, and suffix."""
    whole = attribute(level, "num-list-format")
    if whole is not None:
        return _PLACE.sub(lambda place: f"%{place[1]}", whole)
    if not attribute(level, "num-format"):
        shown = ""
    else:
        count = min(max(1, whole_value(attribute(level, "display-levels"), 1)), at + 1)
        shown = ".".join(f"%{number}" for number in range(at + 2 - count, at + 2))
    return f"{attribute(level, 'num-prefix') or ''}{shown}{attribute(level, 'num-suffix') or ''}"
