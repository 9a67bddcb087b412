"""Leases: the right to be the only one at something, with a number that only grows (a fence).

A lease ends by its time, by being given back, or by its holder's death, if that was a process of this machine: then the next one need
not wait. Whoever takes it gets the next fence, and a writer that still holds an older one is refused at commit (`Store.write`): a
process that slept through the end of its lease cannot spoil its successor's work.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from catalog.errors import Busy, Conflict
from catalog.process import is_gone, this_process
from catalog.store.base import Bound, Writing, timestamp
from catalog.store.rows import Lease
from catalog.store.sql import upsert
from catalog.store.tables import leases

_ONE = select(leases.c.name, leases.c.holder, leases.c.fence, leases.c.until, leases.c.seconds).where(
    leases.c.name == bindparam("name")
)
_PUT = upsert(leases)
_SET_END = (
    update(leases)
    .where(leases.c.name == bindparam("p_name"), leases.c.fence == bindparam("p_fence"))
    .values(until=bindparam("p_until"))
)


class LeaseReads(Bound):
    """Who holds what."""

    def lease(self, name: str) -> Lease | None:
        """The lease of a name as it was last taken; it is over when `until` has passed."""
        row = self._row(_ONE, name=name)
        return None if row is None else Lease(*row)


class LeaseWrites(LeaseReads, Writing):
    """Leases to take, and to give back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._given_back: set[str] = set()

    def take_lease(self, name: str, *, seconds: float = 60.0) -> Lease:
        """Take a lease for some seconds; each commit of `Store.write(lease=…)` prolongs it. Raises `Busy` while another holds it."""
        held = self.lease(name)
        if held is not None and held.until > self.now and not is_gone(held.holder):
            raise Busy(f"{name} is held by {held.holder} until {held.until}; wait for it to end, or stop that process")
        fence = 1 if held is None else held.fence + 1
        lease = Lease(name, this_process(), fence, _later(self.now, seconds), seconds)
        self._put(
            _PUT[self._dialect],
            [{"name": name, "holder": lease.holder, "fence": fence, "until": lease.until, "seconds": seconds}],
        )
        return lease

    def release_lease(self, lease: Lease) -> None:
        """Give a lease back; without effect when another has taken it since."""
        if self._set_end(lease, self.now):
            self._given_back.add(lease.name)

    def _prolong(self, lease: Lease) -> None:
        """Prolong the lease under which a unit writes, unless it gave it back; raises `Conflict` when another has taken it."""
        if lease.name not in self._given_back and not self._set_end(lease, _later(self.now, lease.seconds)):
            raise Conflict(
                f"{lease.name} was taken over by another process; what this one was about to write is dropped"
            )

    def _set_end(self, lease: Lease, until: str) -> bool:
        """Set the end of a lease that is still held, and whether it is."""
        return (
            self._connection.execute(
                _SET_END, {"p_name": lease.name, "p_fence": lease.fence, "p_until": until}
            ).rowcount
            == 1
        )


def _later(now: str, seconds: float) -> str:
    return timestamp(datetime.fromisoformat(now) + timedelta(seconds=seconds))
