"""Keeping the index up with the store: after a small write at once, after a big one before it ends, otherwise by the follower."""

from __future__ import annotations

import structlog

from catalog.actions.context import Catalogue
from catalog.errors import Busy, NoRoom, SearchUnavailable

log = structlog.get_logger()

SMALL_WRITE_WAIT = 5.0
"""How long an action waits for its own write to be found, in seconds; after that the follower brings it."""


def follow_once(catalogue: Catalogue) -> None:
    """Index what the change log has and the index has not: an action calls it after its write, the follower again and again.

    Troubles are logged and tried again at the next look; the write stands either way.
    """
    try:
        catalogue.search.catch_up(timeout=SMALL_WRITE_WAIT)
    except Busy:
        log.debug("index_busy")
    except (SearchUnavailable, NoRoom) as error:
        log.warning("index_unavailable", reason=str(error))
