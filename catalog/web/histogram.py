"""The year histogram as geometry: bars in a view box, drawn by the template as SVG with a link for each year. No script, no picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

HEIGHT = 100
"""Height of the view box; the style sheet gives it its size on the page."""

STEP = 10
"""Width of one year in the view box."""

LEAST = 4
"""Height of the shortest bar, so that one document among thousands is still seen."""

MOST_YEARS = 120
"""Years that are drawn; older ones are left to the list of years, since bars thinner than a pixel help nobody."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One year. `x`, `y`, `width`, `height` are in the units of the view box; a year without documents has height 0."""

    year: int
    count: int
    x: int
    y: int
    width: int
    height: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars from the first to the last year without gaps. `ticks` are the years to be written below."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    ticks: tuple[int, ...]


def histogram(counts: Iterable[Mapping[str, Any]], selected: Iterable[str] = ()) -> Histogram | None:
    """The bars for `[{"year", "count"}, …]`; `None` when fewer than two years have documents, since one bar tells nothing."""
    by_year = {int(row["year"]): int(row["count"]) for row in counts if int(row["count"]) > 0}
    if len(by_year) < 2:
        return None
    last = max(by_year)
    first = max(min(by_year), last - MOST_YEARS + 1)
    years = range(first, last + 1)
    top = max(by_year.get(year, 0) for year in years)
    chosen = set(selected)
    bars = tuple(_bar(index, year, by_year.get(year, 0), top, str(year) in chosen) for index, year in enumerate(years))
    return Histogram(
        bars, len(bars) * STEP, HEIGHT, (first, last) if len(years) < 8 else (first, (first + last) // 2, last)
    )


def _bar(index: int, year: int, count: int, top: int, selected: bool) -> Bar:  # noqa: FBT001 - one caller, right above
    height = max(LEAST, round(HEIGHT * count / top)) if count else 0
    return Bar(year, count, index * STEP + 2, HEIGHT - height, STEP - 4, height, selected)
