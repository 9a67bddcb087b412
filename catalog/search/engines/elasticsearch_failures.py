"""What went wrong between us and Elasticsearch, in our own words, and how long it is tried again. Knows no client.

Two kinds of askers: people, who wait seconds and get one quick second try, and builders, who wait through a restart of the cluster. A
request that is wrong (400) is never sent again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from catalog.errors import GongkaiError, Misconfigured, NoRoom, SearchUnavailable

_Result = TypeVar("_Result")

TEMPORARY = frozenset({429, 502, 503, 504})
"""Answers that mean: later perhaps."""
BUILDER_SECONDS = 120.0
"""How long one request of a builder may take, and how long builders try again: a node that is started anew is back by then."""
_LONGEST_PAUSE = 10.0
_DISK = ("flood-stage", "read-only-allow-delete", "read-only / allow delete")
_SHARDS = "maximum normal shards open"
NO_INDEX = "there is no search index yet; `gongkai index rebuild` makes one from the records"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that failed. `status` is HTTP's, 0 where no answer came; `kind` and `reason` are Elasticsearch's, or the client's."""

    status: int
    kind: str
    reason: str
    timed_out: bool = False

    @property
    def no_room(self) -> bool:
        """Whether a disk, or the number of shards, is at its limit."""
        return any(word in self.reason for word in _DISK) or _SHARDS in self.reason

    @property
    def temporary(self) -> bool:
        """Whether the same request may succeed soon."""
        return not self.no_room and (self.status == 0 or self.status in TEMPORARY)

    @property
    def no_index(self) -> bool:
        """Whether the index or alias is not there."""
        return self.status == 404 and self.kind in ("index_not_found_exception", "aliases_not_found_exception")

    @property
    def too_many_terms(self) -> bool:
        """Whether a query met the cluster's limit of clauses."""
        return any(words in self.reason for words in ("too many terms", "too many clauses", "maxClauseCount"))

    def error(self, address: str) -> GongkaiError:
        """The failure as our exception; `address` is where we asked, without passwords."""
        told = f"{self.kind}: {self.reason}"[:400]
        if self.no_room:
            return NoRoom(
                f"Elasticsearch at {address} has no room left ({told}); free or add disk space, and it takes documents again by itself. The "
                "index catches up from the change log then"
            )
        if self.status in (401, 403):
            return Misconfigured(
                f"Elasticsearch at {address} refuses the user or key of this program ({told}); see settings GONGKAI_SEARCH_URL and "
                "GONGKAI_SEARCH_API_KEY"
            )
        if self.no_index:
            return SearchUnavailable(NO_INDEX)
        if self.status == 0 or self.status >= 429:
            when = "did not answer in time" if self.timed_out else "does not answer"
            return SearchUnavailable(
                f"Elasticsearch at {address} {when} ({told}); look whether it runs, and whether setting GONGKAI_SEARCH_URL names it. "
                "Records by id and downloads go on"
            )
        return Misconfigured(
            f"Elasticsearch at {address} does not take a request of this program ({self.status}, {told}); it must be version 8.15 or later, "
            "or 9. Please report this with the message"
        )


def told(status: int, error: Mapping[str, Any]) -> Failure:
    """An error object of Elasticsearch, with the reasons behind it."""
    causes = [error, *error.get("root_cause", ()), error.get("caused_by") or {}]
    reasons = dict.fromkeys(str(cause.get("reason", "")) for cause in causes)
    return Failure(status, str(error.get("type", "")), "; ".join(reason for reason in reasons if reason))


class RequestFailedError(Exception):
    """One attempt failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one asker tries again: at most `tries` times and for `seconds` from the first attempt on."""

    seconds: float
    tries: int

    def run(self, attempt: Callable[[], _Result]) -> _Result:
        """What an attempt returns at last. Raises the `RequestFailedError` of the last one."""
        deadline = time.monotonic() + self.seconds
        number = 0
        while True:
            try:
                return attempt()
            except RequestFailedError as error:
                number += 1
                pause = self._pause(error.failure, number)
                if not error.failure.temporary or number >= self.tries or time.monotonic() + pause >= deadline:
                    raise
                log.debug("search_engine_asked_again", reason=error.failure.reason[:200], after_seconds=round(pause, 2))
                time.sleep(pause)

    def _pause(self, failure: Failure, number: int) -> float:
        """Doubles, and is spread. The first one after a lost connection is none: it may have been closed while nobody used it."""
        if failure.status == 0 and number == 1:
            return 0.0
        return min(_LONGEST_PAUSE, 0.2 * 2.0**number) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads, keeps no secret


BUILDERS = Patience(BUILDER_SECONDS, 1_000)


def people(seconds: float) -> Patience:
    """The patience of those who wait for a page."""
    return Patience(seconds, 2)
