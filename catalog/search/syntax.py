"""What a person may write in the search box: words, "a phrase", -without. Everything else is harmless.

Quotation marks inside a word (关于“十三五”规划) are punctuation of the title that was pasted, not syntax.
Nothing here can fail: what is not understood is left out or taken as plain words, and a note says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.search.analysis import squeeze

_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂「」『』", '"') | dict.fromkeys("－−﹣", "-"))
_PIECES = re.compile(r'(?<!\S)(?P<minus>-)?(?:"(?P<phrase>[^"]*)"(?!\S)|(?P<word>\S+))')
_OPERATORS = frozenset({"AND", "OR", "NOT", "&&", "||", "&", "|", "+", "-"})
MAX_PARTS = 16
"""Words and phrases of one query that are looked at; each costs a walk through the index."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A query taken apart. `words` and `phrases` must all occur, `excluded` must not; `notes` tells what was ignored and why."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read(query: str) -> Typed:
    """Take a query apart."""
    notes: list[str] = []
    words: dict[str, None] = {}
    phrases: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for piece in _PIECES.finditer(query.translate(_QUOTES)):
        quoted = piece["word"] is None
        part = piece["phrase"] if quoted else piece["word"]
        if not quoted and part in _OPERATORS:
            notes.append(
                f"{part} is not an operator here and was ignored: all words must occur anyway, -word leaves out"
            )
        elif not squeeze(part):
            notes.append(f"{part.strip() or 'an empty phrase'} has no letters or digits and was ignored")
        elif piece["minus"]:
            excluded[part] = None
        elif quoted:
            phrases[part] = None
        else:
            words[part] = None
            if part.startswith('"'):
                notes.append(
                    f'the quotation mark before {part[1:]} has no partner and was ignored: write "…" around a phrase'
                )
    return _bounded(tuple(words), tuple(phrases), tuple(excluded), notes)


def _bounded(words: tuple[str, ...], phrases: tuple[str, ...], excluded: tuple[str, ...], notes: list[str]) -> Typed:
    """The first `MAX_PARTS` of each kind."""
    if max(len(words), len(phrases), len(excluded)) > MAX_PARTS:
        notes.append(f"only the first {MAX_PARTS} words were used: put quotation marks around what belongs together")
    return Typed(words[:MAX_PARTS], phrases[:MAX_PARTS], excluded[:MAX_PARTS], tuple(dict.fromkeys(notes)))
