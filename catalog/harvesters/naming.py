"""What is said of a name that is not known: what it was, and which known one it may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SHOWN = 30
"""Names that are listed where no known one is near."""


def hint(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or the list of the known ones where none is near; empty where none is known."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there are: {', '.join(names[:SHOWN])}" if names else ""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """`unknown field dat_written; did you mean date_written?`."""
    return f"unknown {what} {name}{hint(name, known)}"
