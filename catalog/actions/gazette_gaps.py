"""Which issues of a gazette are not there: gaps in its numbers, year by year, and in its running numbers.

Only what the numbers themselves show is told: what may be missing after the last known issue of a year cannot be seen.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from marshmallow import Schema, fields

from catalog.actions.context import Actor, Catalogue
from catalog.actions.registry import action

ISSUE = "gazette_issue"
JOINED = 6
"""Issues that one may be at most (第3-4期); where a number spans more, it is no range of issues (1-105)."""
MOST = 400
"""Numbers of a gazette's year; a higher one is a running number or a misprint, and no gap is told from it."""
LISTED = 200
"""Missing numbers that are told of one year, or of one gazette's running numbers; `missing_count` says how many there are."""
_NUMBER = re.compile(r"\s*(\d{1,6})(?:\s*[-—–、]\s*(\d{1,6}))?\s*")


class MissingIssues(Schema):
    """Of which gazette."""

    gazette = fields.String(
        load_default=None, metadata={"description": "name of the gazette; all of them if not given"}
    )


@action("gazette.missing", schema=MissingIssues, permission="operate")
def missing_issues(catalogue: Catalogue, _actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
    """The gaps: for each gazette and year the issues that are there (`coverage`: with text, as scans, only their index), and the numbers
    between 1 and the last known one that are not; for each gazette the running numbers between its first and its last that are not.
    """
    years: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    running: dict[str, set[int]] = defaultdict(set)
    unnumbered: list[str] = []
    with catalogue.store.read() as reader:
        for record in reader.iter_records():
            of = record["metadata"]
            gazette = str(of.get("gazette") or "")
            if record["type"] != ISSUE or of.get("supplement") or params["gazette"] not in (None, gazette):
                continue
            year = of.get("year") or of.get("volume")
            if not gazette or not year or not numbers_of(of.get("number_in_year")):
                unnumbered.append(record["name"])
            else:
                years[gazette, str(year), str(of.get("part") or "")].append(of)
            running[gazette] |= numbers_of(of.get("running_number"))
    return {
        "years": [_year(*key, issues) for key, issues in sorted(years.items())],
        "running": [row for name, there in sorted(running.items()) if (row := _running(name, there))["missing_count"]],
        "unnumbered": unnumbered[:LISTED],
        "unnumbered_count": len(unnumbered),
    }


def numbers_of(printed: Any) -> set[int]:
    """The numbers that an issue bears (`3`, `3-4`); none where it cannot be read as such."""
    found = _NUMBER.fullmatch(str(printed or ""))
    if found is None:
        return set()
    first, last = int(found[1]), int(found[2] or found[1])
    return set(range(first, last + 1)) if 0 < first <= last < first + JOINED else set()


def gaps(there: Iterable[int], first: int) -> list[int]:
    """The numbers from `first` to the greatest that are not there."""
    held = set(there)
    return [number for number in range(first, max(held, default=0)) if number not in held]


def _year(gazette: str, year: str, part: str, issues: list[Mapping[str, Any]]) -> dict[str, Any]:
    there = {number for one in issues for number in numbers_of(one.get("number_in_year")) if number <= MOST}
    missing = gaps(there, 1)
    coverage = dict(sorted(Counter(str(one.get("coverage") or "unknown") for one in issues).items()))
    row = {"gazette": gazette, "year": year, "part": part or None, "issues": len(issues), "coverage": coverage}
    return row | {"last": max(there, default=None), "missing": missing[:LISTED], "missing_count": len(missing)}


def _running(gazette: str, there: set[int]) -> dict[str, Any]:
    """The gaps between the running numbers, without making the numbers between two that lie far apart."""
    ordered, missing, count = sorted(there), list[int](), 0
    for before, after in pairwise(ordered):
        count += after - before - 1
        missing += range(before + 1, min(after, before + 1 + LISTED - len(missing)))
    first, last = (ordered[0], ordered[-1]) if ordered else (None, None)
    return {"gazette": gazette, "first": first, "last": last, "missing": missing, "missing_count": count}
