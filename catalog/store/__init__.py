"""The truth: tables, unit of work, revisions and the change log. Only this package speaks SQL."""

from catalog.store.identity import new_id, text_hash
from catalog.store.store import Store

__all__ = ["Store", "new_id", "text_hash"]
