"""The lists of a Word document (docx): `numbering.xml`, with overrides, and lists that live in a style (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from catalog.extract.formats.numbering import Level, Numbering
from catalog.extract.formats.wordml import attribute, child, children, switched_on, whole_value

LEVELS = 9
"""Levels of one list (ECMA-376, 17.9.6); others are not counted."""


@dataclass(slots=True)
class _Family:
    """An abstract list: its levels, and which of them stand for a paragraph style."""

    levels: dict[int, Level] = field(default_factory=dict)
    styles: dict[str, int] = field(default_factory=dict)


def read_numbering(root: Element | None) -> Numbering:
    """The lists that `numbering.xml` defines; none where a document has no such part."""
    numbering = Numbering()
    if root is None:
        return numbering
    families = _families(root)
    for node in children(root, "num"):
        list_id, name = attribute(node, "numId"), attribute(child(node, "abstractNumId"), "val")
        if list_id is None or name is None or name not in families:
            continue
        family = families[name]
        levels, styles, restarted = dict(family.levels), dict(family.styles), False
        for override in children(node, "lvlOverride"):
            at = whole_value(attribute(override, "ilvl"), 0)
            own = _family(override)
            levels |= own.levels
            styles |= own.styles
            start = child(override, "startOverride")
            if start is not None:
                levels[at] = replace(levels.get(at, Level()), start=whole_value(attribute(start, "val"), 1))
                restarted = True
        numbering.levels[list_id] = levels
        numbering.styles[list_id] = styles
        numbering.families[list_id] = f"num {list_id}" if restarted else name
    return numbering


def _families(root: Element) -> dict[str, _Family]:
    """Abstract lists by id; one that only names a style has the levels of the list that is that style's (17.9.21, 17.9.27)."""
    nodes = {attribute(node, "abstractNumId") or "": node for node in children(root, "abstractNum")}
    by_style = {attribute(child(node, "styleLink"), "val"): node for node in nodes.values()}
    found = {}
    for name, node in nodes.items():
        link = attribute(child(node, "numStyleLink"), "val")
        found[name] = _family(by_style.get(link, node) if link else node)
    return found


def _family(node: Element) -> _Family:
    family = _Family()
    for level in children(node, "lvl"):
        at = whole_value(attribute(level, "ilvl"), 0)
        if not 0 <= at < LEVELS:
            continue
        values = {name: attribute(child(level, name), "val") for name in ("start", "lvlText", "lvlRestart", "pStyle")}
        family.levels[at] = Level(
            start=whole_value(values["start"], 1),
            number_format=_format(level),
            text=values["lvlText"] or "",
            restart=whole_value(values["lvlRestart"], 0) if values["lvlRestart"] else None,
            legal=bool(switched_on(child(level, "isLgl"))),
        )
        if values["pStyle"]:
            family.styles[values["pStyle"]] = at
    return family


def _format(level: Element) -> str:
    """The number format; of a custom one (`w14`, in two readings) the one that older programs are given (ECMA-376 part 3, 10)."""
    shape = child(level, "numFmt")
    if shape is None:
        shape = child(level, "AlternateContent", "Fallback", "numFmt")
    return attribute(shape, "val") or "decimal"
