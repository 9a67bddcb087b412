"""One line of a document as a reader of HTML, text, PDF or Word hands it on, and the cleaning that all of them share.

Cleaning takes away what cannot be seen (zero-width characters, controls, entities that were escaped twice) and folds runs of spaces;
it never changes a character that a reader of the printed page would see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from catalog.model import script
from catalog.model.draft import BlockKind

Align = Literal["left", "center", "right"]

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_ESCAPED_SPACE = re.compile(r"&(?:amp;)*(?:nbsp|ensp|emsp|sp);", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_GAP = re.compile(rf"(?<=[{_CJK}《》〈〉“”（）〔〕、，：；])\s+(?=[{_CJK}《》〈〉“”（）〔〕、，：；])")
_BULLET = re.compile(r"[\s•·●○■□◆◇▪▶►※*|｜]+(?=\S)")


fold = script.fold_line
"""`model.script.fold`, remembered for lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text (a table's cells are joined by tabs, its rows by line feeds), what it is in the source's own markup
    (`kind`; `level` 1–6 for headings), where it stands on the page, whether it is bold, and on which page of the original it begins
    (from 1), as far as the source tells.
    """

    text: str
    kind: BlockKind = "paragraph"
    level: int = 0
    align: Align | None = None
    bold: bool = False
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page: its text and its absolute address."""

    text: str
    url: str


def clean(text: str) -> str:
    """Text without invisible characters, its runs of blanks and line feeds folded to one (an ideographic one where the run had one)."""
    if text.isprintable() and "  " not in text and "&" not in text:
        return text.strip(" ")  # of all blanks only this one is printable
    if "&" in text:
        text = _ESCAPED_SPACE.sub(" ", text)
    text = _SPACES.sub(_one_space, text).strip() if "\u3000" in text else " ".join(text.split())
    # what was invisible may have stood between two blanks, or inside an escaped one
    return text if text.isprintable() else _one_spaced(_ESCAPED_SPACE.sub(" ", _INVISIBLE.sub("", text)))


def _one_spaced(text: str) -> str:
    return _SPACES.sub(_one_space, text).strip() if "\u3000" in text else " ".join(text.split())


def squeeze(text: str) -> str:
    """Text without any space: for comparing, since pages break and pad words freely."""
    return "".join(text.split())


def close_gaps(text: str) -> str:
    """Text without the spaces that stand between Chinese characters or marks, as in a title that was spread or broken over lines."""
    return _GAP.sub("", text)


def unbullet(text: str) -> str:
    """Text without the bullet, star or bar that a list puts before it."""
    match = _BULLET.match(text)
    return text[match.end() :] if match else text


def cjk_count(text: str) -> int:
    """How many Chinese characters a text has."""
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


def _one_space(match: re.Match[str]) -> str:
    return "\u3000" if "\u3000" in match[0] else " "
