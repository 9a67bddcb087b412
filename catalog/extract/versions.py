"""Which readers read a place: what its `parser_version` says, and what changed from one version of the readers to the next.

A `parser_version` names the kind of source, a digest of all that decides how its items are listed and read, and the readers' own number:
`site-0f3c…-p2`. The digest says that something is different, so that a harvest reads unchanged bytes anew; the number says what is older.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.extract import PARSER
from catalog.extract.data_files import load

UNFINISHED = "+files"
"""Mark on the version of an item whose files could not all be fetched: it is read again at the next run."""
BEFORE_NUMBERS = 1
"""The version of readers that did not name theirs."""
_NAMED = re.compile(rf"-p([0-9]{{1,6}})(?:{re.escape(UNFINISHED)})?$")


def parser_version(kind: str, reading: str) -> str:
    """What a place that is read now is told to be read by."""
    return f"{kind}-{reading}-p{PARSER}"


def parser_of(version: str) -> int:
    """The number of the readers that a `parser_version` names."""
    match = _NAMED.search(version)
    return int(match[1]) if match else BEFORE_NUMBERS


def changes_since(parser: int) -> list[tuple[int, Sequence[str]]]:
    """What changed in the versions after `parser`, the oldest first: (version, what changed)."""
    table = [(int(row["version"]), tuple(row["changed"])) for row in load("parsers")]
    return sorted(row for row in table if row[0] > parser)
