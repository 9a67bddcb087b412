"""What a host's robots.txt lets this program fetch, read once a run (RFC 9309)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from catalog.errors import SourceFailed

MAX_BYTES = 500 * 1024
"""As much of a robots.txt as is read: what RFC 9309, 2.5 asks for at least."""
MAX_CRAWL_DELAY = 60.0
"""Longest pause between two requests, in seconds, that a host may ask for; a run that waits longer would never end."""


class Robots:
    """The rules of each host met in one run. `fetch` gives status and bytes of a URL and raises `SourceFailed` when nobody answers."""

    def __init__(self, user_agent: str, fetch: Callable[[str], tuple[int, bytes]]) -> None:
        self._agent = user_agent
        self._fetch = fetch
        self._rules: dict[str, Protego] = {}

    def allows(self, url: str) -> bool:
        """Whether the host's rules let this program fetch `url`. Raises `SourceFailed` when the host cannot say (5xx, no answer)."""
        return bool(self._of(url).can_fetch(url, self._agent))

    def delay(self, url: str) -> float:
        """The pause between two requests that the host asks for, in seconds; 0 where it asks for none."""
        return min(float(self._of(url).crawl_delay(self._agent) or 0.0), MAX_CRAWL_DELAY)

    def _of(self, url: str) -> Protego:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = self._load(urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")))
        return self._rules[host]

    def _load(self, url: str) -> Protego:
        status, content = self._fetch(url)
        if status >= 500:
            # RFC 9309, 2.3.1.4: a host that cannot tell its rules is taken to forbid everything for the time being
            raise SourceFailed(
                f"{url} answers {status}, so nothing may be fetched from this host now; run the source again later"
            )
        return Protego.parse(content[:MAX_BYTES].decode("utf-8-sig", "replace") if status == 200 else "")
