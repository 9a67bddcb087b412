"""Which sources are to be run now, and why: a pure function of what stands in the store and of the time.

Nothing else decides that. The queue only carries names, so a message that is lost, doubled or late changes nothing: who gets a name asks
here again, and what is still due is sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from catalog.model.cron import next_time
from catalog.store.reader import Reader
from catalog.store.rows import Standing

Reason = Literal["requested", "cut_off", "scheduled"]
URGENCY: tuple[Reason, ...] = ("requested", "cut_off", "scheduled")
"""What somebody waits for first; then what is half done; then the day's round."""

FIRST_WAIT_SECONDS = 10.0
"""A run that was taken up once and cut off again waits so long, then twice as long each time …"""
LONGEST_WAIT_SECONDS = 3600.0
"""… up to this: what fails because a disk is full or an extension is broken must not be tried in a tight loop."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """A run that did not come to its end and that nobody holds: how often it was taken up since it began, and its last sign of life."""

    taken_up: int
    alive_at: datetime

    @property
    def ready_at(self) -> datetime:
        """When it may be taken up again. The first time at once: it was killed, or its worker was stopped."""
        if not self.taken_up:
            return self.alive_at
        seconds = min(FIRST_WAIT_SECONDS * 2.0 ** min(self.taken_up - 1, 20), LONGEST_WAIT_SECONDS)
        return self.alive_at + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Due:
    """A source that is to be run."""

    name: str
    reason: Reason


def due(standings: Iterable[Standing], cut_off: Mapping[str, CutOff], now: datetime) -> list[Due]:
    """The sources to run, the most urgent first. `cut_off` tells by source id of the open runs that nobody holds."""
    found = [
        Due(standing.source.name, reason)
        for standing in standings
        if (reason := why(standing, cut_off.get(standing.source.id), now)) is not None
    ]
    return sorted(found, key=lambda one: (URGENCY.index(one.reason), one.name))


def why(standing: Standing, cut_off: CutOff | None, now: datetime) -> Reason | None:
    """Why a source is to be run now; `None` when it is not, or is being run.

    An open run is brought to its end before another begins. A request takes it up at once, unless it failed once more since. A firing of
    the schedule that was missed, because no worker ran, is made up for once. A run that ended, however it ended, waits for the next one.
    """
    source = standing.source
    if not source.active or standing.held_by is not None:
        return None
    requested_at = moment(source.requested_at)
    if standing.open_job:
        if requested_at is not None and (cut_off is None or requested_at > cut_off.alive_at):
            return "requested"
        return "cut_off" if cut_off is None or now >= cut_off.ready_at else None
    if requested_at is not None:
        return "requested"
    upcoming = next_run(standing, now)
    return "scheduled" if upcoming is not None and upcoming <= now else None


def next_run(standing: Standing, now: datetime) -> datetime | None:
    """When the schedule fires next after the source's last start, or after it was added; it may have passed. `None` without a schedule."""
    source = standing.source
    since = moment(standing.last_started_at) or moment(source.created_at)
    if source.schedule is None or since is None:
        return None
    return next_time(source.schedule, since.astimezone(now.tzinfo))


def cut_offs(reader: Reader, standings: Iterable[Standing], now: datetime) -> dict[str, CutOff]:
    """The open runs that nobody holds, by source id."""
    found = {}
    for standing in standings:
        if standing.open_job and standing.held_by is None:
            told = _cut_off(reader, standing.source.id, now)
            if told is not None:
                found[standing.source.id] = told
    return found


def _cut_off(reader: Reader, source_id: str, now: datetime) -> CutOff | None:
    """Each taking up takes the lease anew, which counts its fence up; the job keeps the fence under which it began."""
    job = reader.open_job(source_id)
    if job is None:  # it ended a moment ago
        return None
    lease = reader.lease(f"source:{source_id}")
    alive_at = datetime.fromisoformat(job.updated_at)
    if lease is None:
        return CutOff(0, alive_at)
    until = datetime.fromisoformat(lease.until)
    # a lease that was given back ended then; that of a holder who died still has some of its time, counted from its last commit
    last = until if until <= now else until - timedelta(seconds=lease.seconds)
    return CutOff(max(0, lease.fence - job.fence), max(alive_at, last))


def moment(text: str | None) -> datetime | None:
    """A moment as the store writes it."""
    return datetime.fromisoformat(text) if text else None
