"""Where Elasticsearch is, read from the settings: several hosts, one user, no connection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from catalog.errors import Misconfigured

_SHAPE = "https://user:password@host:9200 (several hosts with commas; percent-encode , @ : and / in a password)"
_REPLICAS = re.compile(r"\d{1,2}(-(\d{1,2}|all))?")


@dataclass(frozen=True, slots=True)
class Address:
    """`hosts` are URLs without users; `shown` tells them to people."""

    hosts: tuple[str, ...]
    user: tuple[str, str] | None = field(repr=False)

    @property
    def shown(self) -> str:
        """The hosts in one line, without passwords."""
        return ", ".join(self.hosts)

    @property
    def is_encrypted(self) -> bool:
        """Whether the hosts are asked over TLS."""
        return self.hosts[0].startswith("https:")


def read(url: str) -> Address:
    """The address that a setting names. A host after the first may leave out scheme and user. Raises `Misconfigured`."""
    parts = [part.strip() for part in url.split(",") if part.strip()]
    if not parts:
        raise _wrong("it is empty")
    scheme = parts[0].partition("://")[0]
    split = [_split(part if "://" in part else f"{scheme}://{part}") for part in parts]
    users = {(unquote(one.username), unquote(one.password or "")) for one in split if one.username}
    if len({one.scheme for one in split}) > 1 or len(users) > 1:
        raise _wrong("all hosts have the same scheme and user")
    return Address(tuple(_host(one) for one in split), users.pop() if users else None)


def _split(part: str) -> SplitResult:
    """One host's URL. Messages leave the URL out: it may hold a password."""
    try:
        found = urlsplit(part)
        port = found.port
    except ValueError as error:
        raise _wrong(str(error) if "Port" in str(error) else "it is no URL") from None
    if found.scheme not in ("http", "https"):
        raise _wrong("the scheme is http or https")
    if not found.hostname or port is None:
        raise _wrong("each host has a name and a port")
    if found.query or found.fragment:
        raise _wrong("nothing follows the path")
    return found


def _host(split: SplitResult) -> str:
    name = split.hostname or ""
    return f"{split.scheme}://{f'[{name}]' if ':' in name else name}:{split.port}{split.path.rstrip('/')}"


def check(*, shards: int, replicas: str, request_seconds: float, ca_file: str, address: Address) -> None:
    """Raise `Misconfigured` that names the setting for a value that cannot be used."""
    if not 1 <= shards <= 1024:
        raise Misconfigured(f"setting GONGKAI_SEARCH_SHARDS: an index has 1 to 1024 shards, not {shards}")
    if not _REPLICAS.fullmatch(replicas):
        raise Misconfigured(
            f"setting GONGKAI_SEARCH_REPLICAS: a number as 1, or a range as 0-1 or 0-all, not {replicas!r}"
        )
    if request_seconds <= 0:
        raise Misconfigured(f"setting GONGKAI_REQUEST_SECONDS: more than 0 seconds, not {request_seconds:g}")
    if ca_file and not Path(ca_file).is_file():
        raise Misconfigured(f"setting GONGKAI_SEARCH_CA_FILE: there is no file {ca_file}")
    if ca_file and not address.is_encrypted:
        raise Misconfigured("setting GONGKAI_SEARCH_CA_FILE: only for https; GONGKAI_SEARCH_URL begins with http:")


def _wrong(reason: str) -> Misconfigured:
    return Misconfigured(f"setting GONGKAI_SEARCH_URL: {reason}; write it as {_SHAPE}")
