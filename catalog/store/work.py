"""The unit of work: everything that one transaction writes, and nothing that happens after it.

Invenio's unit of work coordinates the commit with what must follow it (index, tasks), and loses that when the process dies in between.
This one has nothing to follow: a record's revision and its row of the change log are written in the record's own transaction, and
whoever must know (index, feeds) follows the change log.

Use it for every write, in batches of some hundreds of records. Do not hold it open while fetching, parsing or waiting: on both databases
one unit writes at a time, and the others wait for it.
"""

from __future__ import annotations

from catalog.store.leases import LeaseWrites
from catalog.store.objects import ObjectWrites
from catalog.store.organizations import OrganizationWrites
from catalog.store.reader import Reader
from catalog.store.reviews import ReviewWrites
from catalog.store.rows import Lease
from catalog.store.sources import SourceWrites
from catalog.store.verdicts import VerdictWrites
from catalog.store.writes import RecordWrites


class UnitOfWork(
    RecordWrites, OrganizationWrites, SourceWrites, ObjectWrites, LeaseWrites, ReviewWrites, VerdictWrites, Reader
):
    """One transaction, from `Store.write`: it reads what it has written, commits at the end of the block, and rolls back on any exception.

    `now`, `actor`, `reason` and `job_id` go into the revisions that it writes.
    """

    def finish(self, lease: Lease | None) -> None:
        """What every unit does before its commit: resolve relations, and make sure of the lease. Called by `Store.write` only."""
        self.resolve_relations()
        if lease is not None:
            self._prolong(lease)
