"""What a monitor and `gongkai doctor` ask of the database: how much there is of what, its version, its clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text

from catalog.store.base import Bound
from catalog.store.sql import among
from catalog.store.tables import TROUBLE, jobs, objects, records

_RECORDS = select(records.c.state, records.c.type, func.count()).group_by(records.c.state, records.c.type)
_JOBS = select(jobs.c.state, func.count()).group_by(jobs.c.state)
_LATEST = select(func.max(jobs.c.id)).group_by(jobs.c.source_id)
_TROUBLED = (
    select(objects.c.state, func.count())
    .where(among(objects.c.job_id, "jobs"), text(TROUBLE))
    .group_by(objects.c.state)
)
_SERVER = {
    "sqlite": text("SELECT 'SQLite ' || sqlite_version(), strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
    "postgresql": text(
        "SELECT 'PostgreSQL ' || current_setting('server_version'), "
        "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"
    ),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """`records` by (state, type), `jobs` by state, and `troubled`: items by state (`failed`, `quarantined`) of each source's latest run."""

    records: Mapping[tuple[str, str], int]
    jobs: Mapping[str, int]
    troubled: Mapping[str, int]


class FigureReads(Bound):
    """Numbers for operators."""

    def figures(self) -> Figures:
        """How much there is of what, at one moment. Costs a look at an index of all records: tenths of a second for a million."""
        latest = [row[0] for row in self._rows(_LATEST)]
        return Figures(
            {(row[0], row[1]): row[2] for row in self._rows(_RECORDS)},
            {row[0]: row[1] for row in self._rows(_JOBS)},
            {row[0]: row[1] for row in self._many(_TROUBLED, "jobs", latest)},
        )

    def server(self) -> tuple[str, datetime]:
        """The database's name with its version, and its clock (UTC), which on SQLite is this machine's."""
        name, clock = self._rows(_SERVER[self._dialect])[0]
        return str(name), datetime.fromisoformat(clock).astimezone(UTC)
