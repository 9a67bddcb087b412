"""Small words for reading WordprocessingML trees, in the transitional and the strict namespace alike: names are compared without it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element


def local(node: Element) -> str:
    """An element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def children(node: Element, name: str) -> Iterator[Element]:
    """The direct children of that name."""
    return (inner for inner in node if local(inner) == name)


def child(node: Element | None, *path: str) -> Element | None:
    """The first child of that name, or further down along a path of names."""
    for name in path:
        node = next(children(node, name), None) if node is not None else None
    return node


def attribute(node: Element | None, name: str) -> str | None:
    """An attribute's value, with or without namespace."""
    if node is None:
        return None
    for key, value in node.items():
        if key.rpartition("}")[2] == name:
            return value
    return None


def switched_on(node: Element | None) -> bool | None:
    """The value of an on/off property such as `<w:b/>`: present means on, unless it says 0, false, off or none; absent: `None`."""
    if node is None:
        return None
    return attribute(node, "val") not in ("0", "false", "off", "none")


def whole_value(text: str | None, default: int) -> int:
    """An attribute's whole number; the default for none, and for what is no number or has more than nine digits."""
    return int(text) if text and text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10 else default
