"""How much of a clean-up's lists the catalogue holds: how many documents they name under each verdict, and how many of these are records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.model.record import Record
from catalog.store.reader import Reader

DOES = ("confirms", "amends", "repeals", "partly_repeals", "declares_expired")
"""The relations by which a clean-up acts, in the order in which they are told."""


def counted(reader: Reader, record: Record) -> Mapping[str, Any] | None:
    """For a clean-up: `items` (documents named), `resolved` (those that are records here), and both by relation; `None` for other records."""
    if record["type"] != "cleanup_result" and "list_counts" not in record["metadata"]:
        return None
    rows = [row for row in reader.relations_of([record["id"]]).get(record["id"], ()) if row.type in DOES]
    if not rows:
        return None
    by_relation = {
        kind: {
            "items": sum(row.type == kind for row in rows),
            "resolved": sum(row.type == kind and row.target_id is not None for row in rows),
        }
        for kind in DOES
        if any(row.type == kind for row in rows)
    }
    return {
        "items": len(rows),
        "resolved": sum(row.target_id is not None for row in rows),
        "by_relation": by_relation,
    }
