"""Damage in a text: noise that a mirror injected, characters lost, pinyin put behind words, numbers cut in two.

Nothing is repaired here. Damage becomes quality flags, and a score that tells the cleaner of two copies.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from catalog.extract.data_files import load, read
from catalog.extract.lines import fold

WINDOW = 4
"""Characters within which rare characters count as one run."""
LEAST_RARE = 2
"""Rare characters in one window that make a run suspicious."""
LEAST_RUNS = 3
"""Suspicious runs that make a text noisy, each occurring once: plants, persons and places come in ones and twos, or again and again.
Measured: 2 of 1,132 statutes, none of 40 notices; a mirror's page with seven injections shows four."""
RUNNING = 20
"""Only lines of this length with commas or full stops are looked at: lists of names are full of rare characters."""
_QUESTIONS = re.compile(
    r"(?<=[一-鿿，。、])\?{2,}(?=[一-鿿，。、\d])|[\ufffd□]{1}(?=[一-鿿])(?<=[一-鿿][\ufffd])|\ufffd"
)
_PINYIN = re.compile(r"([一-鿿])[(（]([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6})[)）](?=[一-鿿，。、：；]|$)")
_HALF_NUMBER = re.compile(r"[〔\[［【](?:\d{5,}(?!\s*[〕\]］】])|\d{4}\s*[〕\]］】]\s*号\s*\d|\d{1,3}[〕\]］】])")
_HAN = re.compile(r"[一-鿿]+")


def score(text: str) -> int:
    """How noisy a text is: suspicious runs, lost characters and injected pinyin. Only for comparing copies of one text."""
    return len(rare_runs(text)) + len(_QUESTIONS.findall(text)) + len(_PINYIN.findall(text)) + _lone_rare(text)


def rare_runs(text: str) -> list[str]:
    """Runs in which several characters stand together that government texts hardly use, and that no known word explains."""
    folded = fold(text)
    runs: list[str] = []
    if len(_rare().findall(folded)) < LEAST_RARE:
        return runs
    common = _common()
    for match in _HAN.finditer(folded):
        run = match.group()
        rare = [place for place, char in enumerate(run) if char not in common]
        rare = [place for place in rare if not _explained(run, place)] if len(rare) >= LEAST_RARE else []
        runs.extend(_close_together(run, rare))
    return runs


def _close_together(run: str, rare: Sequence[int]) -> Iterator[str]:
    """The stretches of a run in which rare places follow each other within the window."""
    begin = 0
    for number in range(1, len(rare) + 1):
        if number == len(rare) or rare[number] - rare[number - 1] >= WINDOW:
            if number - begin >= LEAST_RARE and not _is_person(run, rare[begin]):
                yield run[rare[begin] : rare[number - 1] + 1]
            begin = number


def _is_person(run: str, place: int) -> bool:
    """Whether a rare character stands in a person's name: a surname is before it, or is it."""
    surnames = _surnames()
    return (
        run[place] in surnames
        or (place > 0 and run[place - 1] in surnames)
        or run[max(0, place - 2) : place] in surnames
    )


def _explained(run: str, place: int) -> bool:
    """Whether a known word holds the character together with a neighbour."""
    words = _words()
    return run[place : place + 2] in words or (place > 0 and run[place - 1 : place + 1] in words)


def flags(texts: Sequence[str]) -> list[str]:
    """Quality flags of a document's lines: `injected_noise`, `damaged_text`, `damaged_number`, `converted_terms`."""
    found = []
    if _is_noisy(texts) or _has_pinyin(texts):
        found.append("injected_noise")
    if any(_QUESTIONS.search(text) for text in texts):
        found.append("damaged_text")
    if any(_HALF_NUMBER.search(text) for text in texts):
        found.append("damaged_number")
    if _converted(texts):
        found.append("converted_terms")
    return found


def _is_noisy(texts: Sequence[str]) -> bool:
    """Whether suspicious runs stand in the running text, none of them twice."""
    runs: Counter[str] = Counter()
    for text in texts:
        if len(text) >= RUNNING and any(mark in text for mark in "，,。"):
            runs.update(rare_runs(text))
    return sum(count == 1 for count in runs.values()) >= LEAST_RUNS


def _has_pinyin(texts: Iterable[str]) -> bool:
    for text in texts:
        if "(" not in text and "（" not in text:
            continue
        for match in _PINYIN.finditer(text):
            if _is_its_sound(match[1], match[2]):
                return True
    return False


def _is_its_sound(char: str, letters: str) -> bool:
    """Whether letters in brackets are the sound of the character before them (國辦(ban), 印發(fā))."""
    from pypinyin import Style, pinyin

    plain = letters.translate(_tones())
    sounds = {
        sound
        for style in (Style.NORMAL, Style.TONE)
        for sounds in pinyin(char, style=style, heteronym=True)
        for sound in sounds
    }
    return letters in sounds or plain in {sound.translate(_tones()) for sound in sounds}


def _converted(texts: Iterable[str]) -> bool:
    """Whether a mainland text was run through a converter of terms: several of the converter's words for the mainland's."""
    words = load("noise")["converted_terms"]
    needed = load("noise")["converted_terms_needed"]
    found: set[str] = set()
    for text in texts:
        found.update(word for word in words if word in text)
        if len(found) >= needed:
            return True
    return False


def _lone_rare(text: str) -> int:
    common = _common()
    return sum(char not in common for match in _HAN.finditer(fold(text)) for char in match.group())


@cache
def _common() -> frozenset[str]:
    return frozenset(char for char in read("characters.txt") if not char.isspace())


@cache
def _rare() -> re.Pattern[str]:
    """A Chinese character that is not a common one."""
    return re.compile(rf"[^{''.join(sorted(_common()))}\x00-\u4dff\ua000-\U0010ffff]")


@cache
def _surnames() -> frozenset[str]:
    return frozenset(load("noise")["surnames"])


@cache
def _words() -> frozenset[str]:
    pairs = "".join(read("rare_words.txt").split())
    return frozenset(pairs[place : place + 2] for place in range(0, len(pairs), 2))


@cache
def _tones() -> dict[int, int]:
    return str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv")
