"""Why a file cannot be read, where a missing title is only the effect: its characters were damaged on the way, or there is no text in it.

Quarantine shows the first error of a draft, and who reads it must learn what to repair: not the title, but the bytes. A page whose
characters make no sense is refused even if something stands where its title would be: 浜戞睙甯備 is no title.
"""

from __future__ import annotations

from catalog.extract.formats.encoding import ENOUGH, Decoded, sense
from catalog.model.draft import Draft, Problem

MANY = 0.02
"""Share of lost characters from which a missing title may be among them."""
NO_SENSE = 0.2
"""Share of common characters below which a text of Chinese or accented characters is garbled (wrong readings: 0.10 and less)."""
QUESTIONS = 0.2
"""Share of question marks of a text whose characters were replaced by them."""
SAMPLE = 4_000
"""Characters that are looked at."""
_TWICE = ("锟斤拷", "ï¿½", "烫烫烫")
"""What stands in a text that was decoded wrongly, saved, and decoded again."""
_NAMED = ("list", "map", "source", "manual")
"""Where a title comes from that does not depend on the file's characters."""


def explained(draft: Draft, decoded: Decoded) -> Draft:
    """The draft with the cause as its first error, where the file's own state makes it unreadable. Other drafts stay as they are."""
    titled = "title" in draft.fields
    if titled and (draft.readings["title"].where in _NAMED or not _is_suspicious(draft, decoded)):
        return draft
    cause = _cause(decoded) or (None if titled else _missing(draft, decoded))
    if cause is not None:
        rest = (problem for problem in draft.problems if problem.code != "no_title")
        draft.problems = (Problem("error", cause[0], cause[1], "title"), *rest)
    return draft


def _is_suspicious(draft: Draft, decoded: Decoded) -> bool:
    """Whether a title may be garbled: a cheap test, since every page passes here."""
    title = str(draft.fields["title"])
    return bool(decoded.flags) or sense(title) < NO_SENSE or any(mark in title for mark in _TWICE)


def _cause(decoded: Decoded) -> tuple[str, str] | None:
    """What is wrong with the characters: a code, and what to tell."""
    text = decoded.text[:SAMPLE]
    garbled = any(text.count(mark) > 1 for mark in _TWICE) or _makes_no_sense(decoded.text)
    if not garbled:
        return None
    lost = f" and {decoded.damaged:,} characters are lost" if decoded.damaged else ""
    return "damaged_encoding", (
        f"the text makes no sense as {decoded.charset} nor in any other character set that was tried{lost}: it was damaged or decoded "
        "wrongly before it came here; fetch it again, or give its charset in the source"
    )


def _missing(draft: Draft, decoded: Decoded) -> tuple[str, str] | None:
    """Why there is no title, if not because none was found."""
    text = decoded.text
    beyond = sum(char > "\x7f" for char in text)
    if not text.strip():
        return "empty_file", "the file has no characters; fetch it again, or look at its address"
    if decoded.lossy or decoded.damaged > MANY * max(1, beyond):
        return "damaged_encoding", (
            f"{decoded.damaged:,} of {beyond:,} characters are damaged in every character set that was tried (best: "
            f"{decoded.charset}), so no title could be read; fetch the file again, or give its charset in the source"
        )
    body = "".join(block.text for block in draft.blocks)
    if body.count("?") > QUESTIONS * max(1, len(body)):
        return "damaged_encoding", (
            "the characters were replaced by question marks before the file came here; get it from where it was published first"
        )
    if not draft.blocks:
        return (
            "empty_page",
            "there is no text in the file: a script fills the page, or it is a frame; give the address of the text itself",
        )
    return None


def _makes_no_sense(text: str) -> bool:
    """Whether characters that should be Chinese or accented letters are noise. Other scripts (සිංහල, தமிழ்) make their own sense."""
    beyond = [char for char in text[: SAMPLE * 4] if char > "\x7f"][:SAMPLE]
    if len(beyond) < ENOUGH:
        return False
    known = sum(
        char < "\u0300" or "\u2000" <= char <= "\u22ff" or "\u3000" <= char <= "\u9fff" or char >= "\ue000"
        for char in beyond
    )
    return known * 5 >= len(beyond) * 4 and sense("".join(beyond)) < NO_SENSE
