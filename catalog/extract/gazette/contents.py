"""The table of contents of an issue (目录): titles with their pages, under the names of sections, over as many lines as they need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.extract.gazette.rows import Row, contents_heads, is_a, patterns
from catalog.extract.lines import clean, close_gaps

LOOK_AT = 400
"""Rows at the beginning of an issue among which the table of contents begins."""
LONGEST = 6_000
"""Rows of the longest table of contents."""
QUIET = 8
"""Rows without a page number after which a table of contents is over."""
LEAST = 2
"""Entries below which there is no table."""
LEAD = 12
"""Characters of the longest row before an entry that may be the name of a section."""
_NUMBER = re.compile(r"[（(]([^（()）]{3,40}?[号號])[)）]\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the title without its number, the number as printed, the page it names, and its section. `lead` is a short row that
    stood before it: the title's beginning, or the name of a section that nothing marks as one.
    """

    title: str
    page: int
    section: str | None
    number: str | None = None
    lead: str | None = None

    def without_lead(self) -> Entry | None:
        """The entry without its first row; `None` where nothing would be left."""
        rest = self.title.removeprefix(self.lead or "").strip()
        return replace(self, title=rest, lead=None) if rest and rest != self.title else None


@dataclass(frozen=True, slots=True)
class Contents:
    """The table: its entries, and the rows (`first` to before `behind`) on which it stands."""

    entries: tuple[Entry, ...]
    first: int
    behind: int


def find(rows: Sequence[Row]) -> Contents | None:
    """The table of contents near the beginning of an issue; `None` where there is none."""
    for place, row in enumerate(rows[:LOOK_AT]):
        if row.tight.strip("【】[]—-·") in contents_heads():
            return _read(rows, place + 1, place)
    for place in range(min(LOOK_AT, len(rows) - 2)):
        if all(_entry(rows[place + step]) for step in range(3)):
            return _read(rows, place, place)
    return None


def _read(rows: Sequence[Row], start: int, first: int) -> Contents | None:
    entries: list[Entry] = []
    section: str | None = None
    waiting: list[str] = []
    behind, quiet = start, 0
    for place in range(start, min(len(rows), start + LONGEST)):
        row = rows[place]
        found = _entry(row)
        if found is not None:
            entries.append(_made([*waiting, found[0]], found[1], section))
            waiting, quiet, behind = [], 0, place + 1
            continue
        quiet += 1
        if quiet > QUIET or not row.tight:
            break
        if is_a("furniture", row) or row.tight in contents_heads():
            continue
        if is_a("section", row) or is_a("section_in_contents", row):
            section, waiting = row.tight.strip("【】[]〔〕◎●◆■★▲※*"), []
        else:
            waiting.append(row.text)
    return Contents(tuple(entries), first, behind) if len(entries) >= LEAST else None


def _entry(row: Row) -> tuple[str, int] | None:
    if not row.tight or not row.tight.rstrip(")）]").endswith(tuple("0123456789")):
        return None
    for name in ("entry", "entry_in_brackets"):
        if found := patterns()[name].match(row.text):
            title = found["title"].strip().rstrip("…⋯‥.．·•_ ").lstrip("．.·•●○◇◆□■★☆▲△※ ")
            if any("\u3400" <= char <= "\u9fff" or char.isalpha() for char in title):
                return title, int(found["page"])
    return None


def _made(lines: Sequence[str], page: int, section: str | None) -> Entry:
    title = close_gaps(clean("".join(lines)))
    number = _NUMBER.search(title)
    lead = close_gaps(clean(lines[0])) if len(lines) > 1 and len("".join(lines[0].split())) <= LEAD else None
    own = title[: number.start()].strip() if number else title
    return Entry(own, page, section, number[1].strip() if number else None, lead)
