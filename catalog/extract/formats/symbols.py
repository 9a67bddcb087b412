"""Signs that a word processor sets as a place in a symbol font instead of as a character."""

from __future__ import annotations

_WINGDINGS = {0xA8: "□", 0x6F: "□", 0x6E: "■", 0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0x52: "☑", 0xA3: "□", 0x74: "□"}
"""Signs of the Wingdings fonts that stand in tables of government directories (boxes and ticks)."""


def sign(code: int) -> str:
    """The sign at a place of a symbol font (also U+F0xx, its private place): boxes and ticks are known, any other is left out."""
    return _WINGDINGS.get(code & 0xFF, "")
