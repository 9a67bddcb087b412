"""What fetching gives, and what it may take. Apart from `http.py`, so that a load of local files need not import a web client."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.errors import Refused, SourceFailed


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take. Sizes in bytes after decompression, times in seconds."""

    max_bytes: int = 64 * 1024 * 1024
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 300.0
    retries: int = 3
    backoff_seconds: float = 1.0
    max_wait_seconds: float = 120.0
    max_redirects: int = 5


class RefusedAnswer(Refused):
    """An answer that will not be taken; `content` holds as much of it as came, to be kept beside the reason."""

    def __init__(self, code: str, message: str, content: bytes = b"") -> None:
        super().__init__(code, message)
        self.content = content


class ErrorAnswer(SourceFailed):
    """An answer whose status is an error; `status` is its number."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with status 200. `url` is the address after redirects, `charset` and `filename` are what the headers say."""

    url: str
    content: bytes
    media_type: str | None
    charset: str | None
    filename: str | None
    etag: str | None
    fetched_at: str
