"""All that can be asked of the store, within one transaction: what is read together fits together."""

from __future__ import annotations

from catalog.store.figures import FigureReads
from catalog.store.history import HistoryReads
from catalog.store.keys import KeyReads
from catalog.store.leases import LeaseReads
from catalog.store.listings import ListingReads
from catalog.store.objects import ObjectReads
from catalog.store.organizations import OrganizationReads
from catalog.store.provenance import ProvenanceReads
from catalog.store.relations import RelationReads
from catalog.store.reviews import ReviewReads
from catalog.store.sources import SourceReads
from catalog.store.texts import TextReads
from catalog.store.verdicts import VerdictReads


class Reader(
    ListingReads,
    TextReads,
    ProvenanceReads,
    KeyReads,
    RelationReads,
    HistoryReads,
    OrganizationReads,
    SourceReads,
    ObjectReads,
    LeaseReads,
    FigureReads,
    ReviewReads,
    VerdictReads,
):
    """One look at the store, from `Store.read`. It is for one thread and one task: a long one holds back SQLite's log from being cleared.

    It does not say what the public may see: that is `model.disclosure`, applied in `actions/`.
    """
