"""A document's lines without what is around them: repeats folded, header taken out, furniture cut. The first step of every reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.extract import boilerplate, noise
from catalog.extract.header import Hit, find_header
from catalog.extract.labels import Pair
from catalog.extract.lines import Line, clean, unbullet
from catalog.extract.repeats import fold_repeats
from catalog.model.damage import clean_reading, sounds

MAX_LINES = 100_000
"""Lines of one document that are read; the rest is cut and flagged (a year of a daily gazette has 60,000)."""
MAX_LINE = 200_000
"""Characters of one line that are read."""


@dataclass(frozen=True, slots=True)
class Framed:
    """The text's own lines; the header's pairs with what stood before the first label of a line; and quality flags."""

    lines: list[Line]
    pairs: list[Pair]
    loose: list[str]
    flags: list[str]


def take_frame_off(lines: Sequence[Line]) -> Framed:
    """Clean lines and take away what is no part of the text."""
    cleaned = [one for line in lines[:MAX_LINES] if (one := _clean(line)).text]
    flags = noise.flags([line.text for line in cleaned])
    if len(lines) > MAX_LINES or any(len(line.text) > MAX_LINE for line in lines[:MAX_LINES]):
        flags.append("truncated")
    kept, repeated = fold_repeats(cleaned)
    if repeated:
        flags.append("duplicate_block")
    hits = find_header(_without_sounds(kept) if "injected_noise" in flags else kept)
    used = {place for hit in hits for place in hit.uses}
    used.update(hit.at - 1 for hit in hits if hit.at and boilerplate.is_caption(kept[hit.at - 1]))
    rest = [line for place, line in enumerate(kept) if place not in used]
    cut = boilerplate.find(rest)
    if cut.only_boilerplate and not hits:
        flags.append("boilerplate_only")
    text = [line for place, line in enumerate(rest) if place not in cut.dropped]
    return Framed(text, [pair for hit in hits for pair in hit.pairs], _loose(hits), flags)


def _without_sounds(lines: Sequence[Line]) -> list[Line]:
    """The lines as a header is looked for in them: a label is one with a sound behind its characters too (發(fā)布時間). The text keeps
    what is printed.
    """
    return [
        replace(line, text=clear)
        if any(sounds(line.text)) and (clear := clean_reading(line.text, suspected=False))
        else line
        for line in lines
    ]


def _clean(line: Line) -> Line:
    if line.kind == "table":
        return line if line.text.strip() else replace(line, text="")
    text = clean(unbullet(line.text[:MAX_LINE]).replace("\n", " ").replace("\t", " "))
    return line if text == line.text else replace(line, text=text)


def _loose(hits: Sequence[Hit]) -> list[str]:
    return [hit.before for hit in hits if hit.before]
