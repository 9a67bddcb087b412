"""The names of indices on a cluster: built and parsed here, and nowhere else. They hold no I/O.

A generation is `<prefix>-v<format>-<signature>-<time>`: the format of the documents, 12 hexadecimal digits of the engine's signature's digest,
and when it was made, in UTC to the microsecond (`gongkai-v3-0a1b2c3d4e5f-20260726t101500123456z`). Names of other catalogues on the same
cluster, and whatever else lies there, parse to `None`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catalog.errors import Misconfigured

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
_REST = re.compile(r"v(?P<format>\d{1,9})-(?P<digest>[0-9a-f]{12})-(?P<made>\d{8}t\d{12}z)")
_MADE = "%Y%m%dt%H%M%S%fz"
_TAKEN = ("-previous", "-control")


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generation's name tells."""

    format: int
    digest: str
    made: datetime


class IndexNames:
    """All names of one catalogue. Raises `Misconfigured` for a prefix of which Elasticsearch makes no index name, or that another
    catalogue's names could be mistaken for.
    """

    def __init__(self, prefix: str) -> None:
        if not _PREFIX.fullmatch(prefix) or prefix.endswith(_TAKEN):
            raise Misconfigured(
                f"setting GONGKAI_SEARCH_PREFIX: {prefix!r} cannot begin the names of indices; it takes small letters, digits, _ . and -, "
                f"begins with a letter or digit, has at most 100 characters and does not end in {' or '.join(_TAKEN)}"
            )
        self.prefix = prefix
        self.current = prefix
        """The alias of the generation that answers searches."""
        self.previous = f"{prefix}-previous"
        """The alias of the generation before it."""
        self.control = f"{prefix}-control"
        """The alias of the index of states and locks."""
        self.control_index = f"{prefix}-control-1"
        """The index of states and locks; its number is raised when its fields change."""
        self.pattern = f"{prefix}-v*"
        """What all generations match, and some other names as well."""

    def parse(self, name: str) -> Generation | None:
        """What a name tells; `None` for one that is no generation of this catalogue."""
        found = _REST.fullmatch(name.removeprefix(f"{self.prefix}-")) if name.startswith(f"{self.prefix}-") else None
        if found is None:
            return None
        try:
            made = datetime.strptime(found["made"], _MADE).replace(tzinfo=UTC)
        except ValueError:
            return None
        return Generation(int(found["format"]), found["digest"], made)

    def sort(self, names: Iterable[str]) -> list[str]:
        """The generations among some names, oldest first."""
        parsed = [(found.made, name) for name in names if (found := self.parse(name)) is not None]
        return [name for _, name in sorted(parsed)]

    def make(self, signature: str, now: datetime, others: Iterable[str] = ()) -> str:
        """A name for a new generation of a signature, younger than all others whatever their makers' clocks said."""
        made = [found.made for name in others if (found := self.parse(name)) is not None]
        youngest = max((moment + timedelta(microseconds=1) for moment in made), default=now)
        stamp = max(now, youngest).astimezone(UTC).strftime(_MADE)
        return f"{self.prefix}-v{document_format(signature)}-{digest(signature)}-{stamp}"

    def fits(self, name: str, signature: str) -> bool:
        """Whether a generation was made with this signature."""
        found = self.parse(name)
        return found is not None and found.digest == digest(signature)


def digest(signature: str) -> str:
    """The part of a name that stands for a signature."""
    return hashlib.sha256(signature.encode()).hexdigest()[:12]


def document_format(signature: str) -> int:
    """The number of the documents' format that a signature begins with; 0 where it has none."""
    number, dot, _ = signature.partition(".")
    return int(number) if dot and number.isdecimal() else 0
