"""Scripts and character forms: the one length-preserving fold that index, query and numbers share, and conversion for display.

`fold` is for comparing: it maps every character to exactly one character, so offsets in folded text are offsets in the text.
`to_simplified` is for reading: it may change the length and uses OpenCC's phrases. Neither repairs text that was damaged.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast

from opencc import OpenCC

Script = Literal["Hans", "Hant", "Zyyy"]

CACHED = 2_000
"""Lines up to this length are folded once and remembered for a while: every step of a reader looks at the same lines."""
_PLANE = 0x10000  # the basic plane: a list of it is twice as fast as a dict, and what lies above keeps its form
_BRACKETS = {
    **dict.fromkeys("[【〔﹝〖［（❲", "("),
    **dict.fromkeys("]】〕﹞〗］）❳", ")"),
    **dict.fromkeys("“”„‟＂", '"'),
    **dict.fromkeys("‘’‚‛＇", "'"),
    **dict.fromkeys("‐‑–—―−－﹣", "-"),
}


def fold(text: str) -> str:
    """Text in the form in which it is compared: half width, lower case, simplified characters, round brackets, plain spaces.

    `len(fold(text)) == len(text)` and `fold(fold(text)) == fold(text)`, always. Line feeds stay.
    Source of the characters: OpenCC `t2s`, NFKC where it maps one to one, and `data/fold.tsv`.
    """
    return text.translate(cast("dict[int, str]", _fold_table()))


def fold_line(text: str) -> str:
    """`fold`, remembered for lines."""
    return _folded(text) if len(text) <= CACHED else fold(text)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text)


@cache
def fold_signature() -> str:
    """A short digest of the fold: it changes when a character is folded differently, so an index can tell that it is old."""
    return hashlib.sha256("".join(_fold_table()).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def to_simplified(text: str, *, terms: bool = False) -> str:
    """Text in simplified characters. `terms` also replaces Taiwan's words (規範性檔案 → 规范性文件), which is right for mainland
    texts that were converted once, and wrong for Taiwan's own (檔案法 would become 文件法).
    """
    return str(_converter("tw2sp" if terms else "t2s").convert(text))


def to_traditional(text: str) -> str:
    """Text in traditional characters, by OpenCC's phrases."""
    return str(_converter("s2t").convert(text))


def script_of(text: str) -> Script:
    """The script that most of the telling characters belong to; `Zyyy` where none tells or both tell alike."""
    traditional, simplified = _telling_patterns()
    marks = len(traditional.findall(text)) - len(simplified.findall(text))
    return "Hant" if marks > 0 else "Hans" if marks < 0 else "Zyyy"


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def _fold_table() -> list[str]:
    """What each character of the basic plane becomes, by code point."""
    table = [chr(code) for code in range(_PLANE)]
    _apply(table, unicodedata.normalize("NFKC", _one_a_line(table)))
    for code, char in enumerate(table):
        if char in _BRACKETS:
            table[code] = _BRACKETS[char]
        elif char.isspace() and code > 0x7F:
            table[code] = " "
    _apply(table, _converter("t2s").convert(_one_a_line(table)))
    own = _own_pairs()
    table = [own.get(char, char) for char in table]
    _apply(table, _one_a_line(table).lower())
    return [table[ord(char)] for char in table]


def _one_a_line(table: list[str]) -> str:
    """All characters but surrogates and line breaks, a line each, so that one call converts them without their neighbours."""
    return "\n".join("" if _skipped(code) else char for code, char in enumerate(table))


def _apply(table: list[str], converted: str) -> None:
    """Take over what became exactly one character of the plane."""
    for code, char in enumerate(converted.split("\n")):
        if len(char) == 1 and ord(char) < _PLANE and not _skipped(code):
            table[code] = char


def _skipped(code: int) -> bool:
    return 0xD800 <= code < 0xE000 or code in {0x0A, 0x0D}


def _own_pairs() -> dict[str, str]:
    lines = files("catalog.model").joinpath("data/fold.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


@cache
def _telling_characters() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only traditional and only simplified text has: each changes one way and nothing changes into it the other way."""
    han = [chr(code) for code in [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]]
    simple = _converter("t2s").convert("\n".join(han)).split("\n")
    trad = _converter("s2t").convert("\n".join(han)).split("\n")
    traditional = {a for a, b in zip(han, simple, strict=True) if a != b}
    simplified = {a for a, b in zip(han, trad, strict=True) if a != b}
    return frozenset(traditional - simplified), frozenset(simplified - traditional - _BOTH)


@cache
def _telling_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    traditional, simplified = (re.compile(f"[{''.join(sorted(chars))}]") for chars in _telling_characters())
    return traditional, simplified


_BOTH = frozenset(
    "后里干系准台制松只几了余御征复汇云占布于千表面范谷克冬划向周合吁回困夸奸姜局岳巨布师广当志才扎折斗曲术板极欲注涂游漓灶症签秋致舍蔑"
)
"""Simplified characters that traditional text writes too, with another meaning: they tell nothing."""
