"""What the paragraph styles of a Word document (docx) say, each with what it inherits (ECMA-376 part 1, 17.7)."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from catalog.extract.formats.wordml import attribute, child, children, switched_on, whole_value
from catalog.extract.lines import Align

MAX_STYLES_DEEP = 40
"""Styles that a style may be based on, one upon the other (Word's own limit is 11)."""
BODY = 9
"""The outline level that means body text (ECMA-376, 17.3.1.20: 0 to 8 are headings)."""
_ALIGN: dict[str, Align] = {"center": "center", "right": "right", "end": "right", "left": "left", "start": "left"}


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph's style says; `None` where it says nothing."""

    align: Align | None = None
    bold: bool | None = None
    outline: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    list_style: str | None = None
    """The style that named the list; `None` where the paragraph itself does."""
    new_page: bool | None = None

    def over(self, base: Style) -> Style:
        """The style on top of the one that it is based on."""
        return Style(
            align=self.align or base.align,
            bold=base.bold if self.bold is None else self.bold,
            outline=base.outline if self.outline is None else self.outline,
            list_id=self.list_id or base.list_id,
            list_level=base.list_level if self.list_level is None else self.list_level,
            list_style=self.list_style if self.list_id else base.list_style,
            new_page=base.new_page if self.new_page is None else self.new_page,
        )


def style_of(properties: Element | None, run_properties: Element | None = None, *, name: str | None = None) -> Style:
    """What paragraph properties say, those of the style `name`, or of a paragraph."""
    level = attribute(child(properties, "outlineLvl"), "val")
    list_level = attribute(child(properties, "numPr", "ilvl"), "val")
    return Style(
        align=_ALIGN.get(attribute(child(properties, "jc"), "val") or ""),
        bold=switched_on(child(run_properties, "b")),
        outline=whole_value(level, BODY) if level else None,
        list_id=attribute(child(properties, "numPr", "numId"), "val"),
        list_level=whole_value(list_level, 0) if list_level else None,
        list_style=name,
        new_page=switched_on(child(properties, "pageBreakBefore")),
    )


def read_styles(root: Element | None) -> dict[str, Style]:
    """Paragraph styles by id, each with what it inherits; the default style also under the empty name."""
    if root is None:
        return {}
    nodes = {attribute(node, "styleId") or "": node for node in children(root, "style")}
    resolved: dict[str, Style] = {}

    def resolve(name: str, seen: frozenset[str]) -> Style:
        if name in resolved or name not in nodes or name in seen or len(seen) > MAX_STYLES_DEEP:
            return resolved.get(name, Style())
        node = nodes[name]
        base = attribute(child(node, "basedOn"), "val")
        own = style_of(child(node, "pPr"), child(node, "rPr"), name=name)
        resolved[name] = own.over(resolve(base, seen | {name})) if base else own
        return resolved[name]

    for name, node in nodes.items():
        resolve(name, frozenset())
        if attribute(node, "type") == "paragraph" and attribute(node, "default") in ("1", "true"):
            resolved[""] = resolved[name]
    return resolved
