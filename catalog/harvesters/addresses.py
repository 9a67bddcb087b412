"""Web addresses and file names: one form for the many spellings of an address, and names that are safe to offer for a download."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from catalog.errors import Refused

DEFAULT_PORTS = {"http": 80, "https": 443}
SAFE = "!$&'()*+,;=:@-._~/%"
"""What stands unescaped in a path (RFC 3986), and `%`, so that what is escaped already stays as it is."""
NAME_MAX = 200
"""Longest file name in characters; file systems take 255 bytes, and a Chinese character has three of them."""

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_SPACES = re.compile(r"\s+")


def canonical(url: str) -> str | None:
    """The form under which two sources meet: https, lower-case host, no default port, no fragment, UTF-8 escapes; `None` for no address.

    http and https of one host are the same page; the form is for comparing, never for fetching.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    where = f"[{host}]" if ":" in host else host
    if port and port != DEFAULT_PORTS[parts.scheme]:
        where = f"{where}:{port}"
    return urlunsplit(("https", where, quote(parts.path or "/", safe=SAFE), quote(parts.query, safe=SAFE + "?"), ""))


def host_of(url: str) -> str:
    """`host:port` of a URL, lower case, the port always told; raises `Refused` for what is not http or https."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused("bad_url", f"{url!r} is not a web address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise Refused(
            "bad_url", f"{url!r} is not a web address: it must begin with http:// or https:// and name a host"
        )
    return f"{host}:{port or (443 if parts.scheme == 'https' else 80)}"


def absolute(base: str, link: str) -> str | None:
    """The address of a link on a page, without fragment; `None` for what does not lead to a web page (mailto:, javascript:, #…)."""
    link = _SPACES.sub("", link)
    if not link or link.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(base, link))
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    return urlunsplit(
        (parts.scheme, parts.netloc, quote(parts.path or "/", safe=SAFE), quote(parts.query, safe=SAFE + "?"), "")
    )


def ending(name: str) -> str:
    """The ending of a file name or address, lower case without the dot; empty where there is none."""
    found = _ENDING.search(unquote(_path(name)))
    return found[0][1:].lower() if found else ""


def file_name(title: str | None, given: str | None, address: str) -> str:
    """The name that a file is offered under: its title with the ending of its own name, else its own name, else the last of its address."""
    own = given or unquote(_path(address)).rstrip("/").rsplit("/", 1)[-1]
    name = _clean(title or "")
    suffix = ending(own)
    if not name:
        name = _clean(own)
    elif suffix and not name.lower().endswith(f".{suffix}"):
        name = f"{name}.{suffix}"
    if len(name) > NAME_MAX:
        suffix = ending(name)
        name = f"{name[: NAME_MAX - len(suffix) - 1]}.{suffix}" if suffix else name[:NAME_MAX]
    return name or "file"


def _path(name: str) -> str:
    """The path of an address, however broken the rest of it is; a file name as it is."""
    _, scheme, rest = name.partition("://")
    return re.split("[?#]", rest.partition("/")[2], maxsplit=1)[0] if scheme else name


def _clean(name: str) -> str:
    return _SPACES.sub(" ", _FORBIDDEN.sub(" ", name)).strip(" .")
