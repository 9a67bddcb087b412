"""What is damaged in a document as a whole: quality flags, a warning for each place, and a score that tells the cleaner of two copies.

Nothing is repaired here (see `model.damage` for what damage is, and for the reading beside the text that the search gets).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from catalog.extract.data_files import load
from catalog.extract.lines import fold
from catalog.model import damage
from catalog.model.damage import Damage
from catalog.model.draft import Problem

LEAST_RUNS = 3
"""Suspicious runs that make a text noisy, each occurring once: plants, persons and places come in ones and twos, or again and again.
Measured: 2 of 1,132 statutes, none of 40 notices; a mirror's page with seven injections shows four."""
RUNNING = 20
"""Only lines of this length with commas or full stops are looked at: lists of names are full of rare characters."""
MAX_PLACES = 20
"""Places that are named one by one; the last warning says how many more there are."""
AROUND = 10
"""Characters of the text that a warning shows before and behind the damage."""
LEAST_HIDDEN = 3
"""Invisible characters inside Chinese text that are more than an editor's slip."""
_HALF_NUMBER = re.compile(
    r"[〔\[［【](?:\d{5,}(?![^\S\n]*[〕\]］】])|\d{4}[^\S\n]*[〕\]］】][^\S\n]*号[^\S\n]*\d|\d{1,3}[〕\]］】])"
)
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff\u00ad"
_HIDDEN = re.compile(rf"(?<=[一-鿿])[{_INVISIBLE}]+(?=[一-鿿])")
_SAID = {
    "sound": 'the sound "{damage}" stands behind its character: {excerpt}',
    "garbage": 'characters "{damage}" that make no word here: {excerpt}',
    "lost": "characters were lost: {excerpt}",
}


def score(text: str) -> int:
    """How noisy a text is: suspicious runs, lost characters and sounds, and lone rare characters. Only for comparing copies of one text."""
    return len(damage.find(text)) + _lone_rare(text)


def rare_runs(text: str) -> list[str]:
    """Runs in which several characters stand together that government texts hardly use, and that no known word explains."""
    return [fold(text[one.start : one.end]) for one in damage.garbage(text)]


def flags(texts: Sequence[str]) -> list[str]:
    """Quality flags of a document's lines: `injected_noise`, `damaged_text`, `damaged_number`, `converted_terms`."""
    found = []
    whole = "\n".join(texts)
    if _is_noisy(texts) or any(damage.sounds(whole)):
        found.append("injected_noise")
    if any(damage.lost(whole)):
        found.append("damaged_text")
    if _HALF_NUMBER.search(whole):
        found.append("damaged_number")
    if _converted(whole):
        found.append("converted_terms")
    return found


def hidden(text: str) -> tuple[str, ...]:
    """The flag `hidden_characters` for a file's text in which invisible characters part words, so that it says so although the lines that
    are read from it are without them.
    """
    if not any(
        char in text for char in _INVISIBLE
    ):  # ten quick searches; the pattern alone would take longer than the parser
        return ()
    return ("hidden_characters",) if len(list(islice(_HIDDEN.finditer(text), LEAST_HIDDEN))) == LEAST_HIDDEN else ()


def problems(texts: Sequence[str], noted: Sequence[str]) -> Iterator[Problem]:
    """A warning for each damaged place of a document that has been flagged, with what stands around it. `texts` are its lines as kept."""
    wanted = {"sound", "garbage"} if "injected_noise" in noted else set()
    wanted |= {"lost"} if "damaged_text" in noted else set()
    if not wanted:
        return
    places = [
        (number, text, one) for number, text in enumerate(texts, 1) for one in damage.find(text) if one.kind in wanted
    ]
    for number, text, one in places[:MAX_PLACES]:
        code = "damaged_text" if one.kind == "lost" else "injected_noise"
        yield Problem("warning", code, f"line {number}: {_said(text, one)}; the text is kept as it is", "text")
    if len(places) > MAX_PLACES:
        more = f"{len(places) - MAX_PLACES} more damaged places; compare the text with the original"
        yield Problem("warning", "injected_noise" if "garbage" in wanted else "damaged_text", more, "text")
    if not places:
        aside = "the damage stands in a copy of the text on the same page, of which the cleaner copy was kept"
        yield Problem("warning", "injected_noise" if "garbage" in wanted else "damaged_text", aside, "text")


def _said(text: str, one: Damage) -> str:
    excerpt = f"…{text[max(0, one.start - AROUND) : one.end + AROUND]}…"
    return _SAID[one.kind].format(damage=text[one.start : one.end], excerpt=excerpt)


def _is_noisy(texts: Sequence[str]) -> bool:
    """Whether suspicious runs stand in the running text, none of them twice."""
    runs: Counter[str] = Counter()
    for text in texts:
        if len(text) >= RUNNING and ("，" in text or "。" in text or "," in text):
            runs.update(rare_runs(text))
    return sum(count == 1 for count in runs.values()) >= LEAST_RUNS


def _converted(text: str) -> bool:
    """Whether a mainland text was run through a converter of terms: several of the converter's words for the mainland's."""
    data = load("noise")
    return sum(word in text for word in data["converted_terms"]) >= int(data["converted_terms_needed"])


def _lone_rare(text: str) -> int:
    common = damage.common_characters()
    return sum("一" <= char <= "鿿" and char not in common for char in fold(text))
