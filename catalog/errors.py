"""The program's exceptions, and the one table that says what each means over HTTP.

Every message tells what was wrong, where (file, row, column, parameter) and what to do next. Constructors only keep what they are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: `field` is a field, parameter, file or row; both messages name it and the cure."""

    field: str
    message: str
    message_zh: str = ""
    code: str = "invalid"


class GongkaiError(Exception):
    """The root of all errors that this program raises on purpose."""


class InvalidInput(GongkaiError):
    """The input breaks a rule of a schema or a parameter; `faults` lists each one."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class InvalidCursor(InvalidInput):
    """A paging cursor was not made by this server, or was made for another query."""


class NotFound(GongkaiError):
    """Nothing of that id, name or number is known, or the asker may not know of it."""


class Gone(GongkaiError):
    """The record was withdrawn or deleted; `reason` is what was published in its place."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class Forbidden(GongkaiError):
    """The asker is known and may not do this, or the record is not open to the public."""


class Conflict(GongkaiError):
    """The record changed since it was read, or the name is taken."""


class Busy(GongkaiError):
    """Another process holds the lock and did not let go of it in time."""


class Damaged(GongkaiError):
    """Stored bytes no longer match their digest."""


class Refused(GongkaiError):
    """A document, address or answer that this program will not take; `code` is a stable word, the message the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SourceFailed(GongkaiError):
    """A source did not answer, or answered with an error, after all retries."""


class Unavailable(GongkaiError):
    """A part that this program works with does not answer now. What does not need it goes on; the same request may succeed later."""


class SearchUnavailable(Unavailable):
    """The search engine cannot answer now; records by id and downloads still do."""


class StoreUnavailable(Unavailable):
    """The database does not answer now, or breaks off; what was not committed is not stored."""


class FilesUnavailable(Unavailable):
    """The store of files does not answer now, or breaks off; nothing of the content that was on its way is kept."""


class QueueUnavailable(Unavailable):
    """The queue does not answer now. Pages, API and runs by hand need none; the schedule goes on when it is back."""


class NoRoom(GongkaiError):
    """A disk or a quota is full: of the database, the files, the index or this machine. Nothing was written; make room."""


class Misconfigured(GongkaiError):
    """A setting, a plugin or a source's configuration cannot be used; the message names it."""


HTTP: dict[type[GongkaiError], tuple[int, str]] = {
    InvalidInput: (400, "invalid_input"),
    InvalidCursor: (400, "invalid_cursor"),
    Forbidden: (403, "forbidden"),
    NotFound: (404, "not_found"),
    Conflict: (409, "conflict"),
    Gone: (410, "gone"),
    Refused: (422, "refused"),
    Damaged: (500, "damaged"),
    Misconfigured: (500, "misconfigured"),
    SourceFailed: (502, "source_failed"),
    Busy: (503, "busy"),
    Unavailable: (503, "unavailable"),
    SearchUnavailable: (503, "search_unavailable"),
    StoreUnavailable: (503, "store_unavailable"),
    FilesUnavailable: (503, "files_unavailable"),
    QueueUnavailable: (503, "queue_unavailable"),
    NoRoom: (507, "no_room"),
}


def http_status(error: GongkaiError) -> tuple[int, str]:
    """The HTTP status and the stable code of an error: its own row, else that of its nearest ancestor, else 500."""
    for kind in type(error).__mro__:
        if kind in HTTP:
            return HTTP[kind]
    return 500, "internal"
