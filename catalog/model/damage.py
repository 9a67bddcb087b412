"""Damage in a text, place by place: sounds that were put behind characters, garbage that was strewn in, characters that were lost.

Nothing here changes a text. `find` says where the damage is, so that it can be flagged and shown; `clean_reading` is what a reader makes of
the text, for searching beside the text as it is printed and never instead of it. What is not told by its form stays unseen: common
characters put between common ones (標準指項試多引) look like words to a program without a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from catalog.model.leftedge import load
from catalog.model.script import fold, fold_line

Kind = Literal["sound", "garbage", "lost"]

WINDOW = 4
"""Characters within which rare characters count as one run."""
LEAST_RARE = 2
"""Rare characters in one window that make a run suspicious."""

_HAN = re.compile(r"[一-鿿]+")
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_BRACKETED = re.compile(rf"[(（]\s?(?P<sound>[a-zü{_TONED}]{{1,6}})\s?[)）](?![a-zA-Z])")
_TONE = re.compile(f"[{_TONED}]")
_BARE = re.compile(rf"(?<=[一-鿿])(?P<sound>[a-zü]{{0,4}}[{_TONED}][a-zü]{{0,3}})(?=[一-鿿])")
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010fffd"
_SIGN = re.compile(rf"[?\ufffd{_PRIVATE}]")
_LOST = re.compile(
    rf"(?<=[一-鿿，。、])\?{{2,}}(?=[一-鿿，。、\d])|\ufffd+|(?<=[一-鿿，。、；：（《“])[{_PRIVATE}]+|[{_PRIVATE}]{{3,}}"
)
"""Question marks in a row inside Chinese text, U+FFFD, and characters for private use, which no font shows; one of those before a word is
a bullet from an office program."""


@dataclass(frozen=True, slots=True)
class Damage:
    """`text[start:end]` is damage: a `sound` behind its character, `garbage`, or a sign that something was `lost`."""

    kind: Kind
    start: int
    end: int


def find(text: str, *, suspected: bool = True) -> list[Damage]:
    """The damage in a text, in order. Without `suspected`, what is damage by its form alone: a run of rare characters may be the name of a
    plant or a place, and only several of them show that a text is noisy.
    """
    found = [*sounds(text), *lost(text), *(garbage(text) if suspected else ())]
    return sorted(found, key=lambda one: (one.start, one.end)) if len(found) > 1 else found


def clean_reading(text: str, *, suspected: bool = True) -> str | None:
    """The text without its damage (see `find`); `None` where there is none."""
    found = find(text, suspected=suspected)
    if not found:
        return None
    parts, at = [], 0
    for one in found:
        parts.append(text[at : one.start] if one.start > at else "")
        at = max(at, one.end)
    return "".join([*parts, text[at:]])


def sounds(text: str) -> Iterator[Damage]:
    """Pinyin behind a common character whose sound it is: 國辦(ban)公廳, 印發(fā). A rare character's sound helps to read it (郗(xī)),
    and other Latin in brackets means something: （GDP）, (app).
    """
    for pattern in (_BRACKETED, _BARE) if _TONE.search(text) else (_BRACKETED,):
        for match in pattern.finditer(text):
            char = text[match.start() - 1 : match.start()]
            if char and fold(char) in common_characters() and _is_sound(char, match["sound"]):
                yield Damage("sound", match.start(), match.end())


def lost(text: str) -> Iterator[Damage]:
    """What stands where characters were lost."""
    if _SIGN.search(text):
        yield from (Damage("lost", match.start(), match.end()) for match in _LOST.finditer(text))


def garbage(text: str) -> Iterator[Damage]:
    """Runs in which several characters stand together that government texts hardly use, and that no known word explains."""
    folded = fold_line(text)
    rare = [match.start() for match in _rare().finditer(folded)]
    if len(rare) >= LEAST_RARE:
        yield from _close_together(folded, [place for place in rare if not _explained(folded, place)])


@cache
def common_characters() -> frozenset[str]:
    """The characters (simplified) that government texts are made of, from `data/characters.txt`."""
    return frozenset(char for char in _data("characters.txt") if not char.isspace())


def _close_together(text: str, rare: Sequence[int]) -> Iterator[Damage]:
    """The stretches of Chinese in which rare places follow each other within the window."""
    begin = 0
    for number in range(1, len(rare) + 1):
        if (
            number == len(rare)
            or rare[number] - rare[number - 1] >= WINDOW
            or _HAN.fullmatch(text, rare[number - 1], rare[number]) is None
        ):
            if number - begin >= LEAST_RARE and not _is_person(text, rare[begin]):
                yield Damage("garbage", rare[begin], rare[number - 1] + 1)
            begin = number


def _is_person(text: str, place: int) -> bool:
    """Whether a rare character stands in a person's name: a surname is before it, or is it."""
    surnames = _surnames()
    return text[place] in surnames or text[place - 1 : place] in surnames or text[max(0, place - 2) : place] in surnames


def _explained(text: str, place: int) -> bool:
    """Whether a known word holds the character together with a neighbour."""
    words = _words()
    return text[place : place + 2] in words or (place > 0 and text[place - 1 : place + 1] in words)


def _is_sound(char: str, letters: str) -> bool:
    """Whether letters are a sound of a character, with or without its tone."""
    from pypinyin import Style, pinyin

    plain = letters.translate(_tones())
    said = pinyin(char, style=Style.TONE, heteronym=True)
    return plain in {sound.translate(_tones()) for sounds in said for sound in sounds}


@cache
def _rare() -> re.Pattern[str]:
    """A Chinese character that is not a common one."""
    return re.compile(rf"[^{''.join(sorted(common_characters()))}\x00-\u4dff\ua000-\U0010ffff]")


@cache
def _surnames() -> frozenset[str]:
    return frozenset(load("damage")["surnames"])


@cache
def _words() -> frozenset[str]:
    pairs = "".join(_data("rare_words.txt").split())
    return frozenset(pairs[place : place + 2] for place in range(0, len(pairs), 2))


def _data(name: str) -> str:
    """The text of `data/<name>` without its comment lines."""
    text = files("catalog.model").joinpath("data", name).read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


@cache
def _tones() -> dict[int, int]:
    return str.maketrans(f"{_TONED}ü", "aaaaeeeeiiiioooouuuuvvvvv")
