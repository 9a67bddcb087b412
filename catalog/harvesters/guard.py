"""SSRF guard: a harvester reaches public addresses only, whatever names, redirects and resolvers say.

The address that a URL or a name stands for is checked at the moment the socket connects, on the very address that it connects to.
Checking the URL first and letting a library resolve the name again is not enough: the second answer can differ (DNS rebinding), and
one address has many spellings (`2130706433`, `0x7f.1`, `::ffff:7f00:1`). Redirects open connections of their own, so each hop passes
here too. Proxies are refused, since the check would then look at the proxy. A host that publishes one inner address among public ones
is refused whole. What may be reached inside is named by the operator, host by host (`intranet.example`, `127.0.0.1:8123`).

Not here: which host a source may lead to, robots, rates and sizes (`http.py`).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.timeout import _DEFAULT_TIMEOUT

from catalog.errors import Refused

REFUSED_NETWORKS: tuple[tuple[str, str], ...] = (
    # IANA special-purpose address registries (RFC 6890 and its updates), written out because Python's `is_global` differs by version
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared (carrier NAT)"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "cloud platform"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignment"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
    ("2001::/23", "protocol assignment (Teredo and others)"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
)
_NETWORKS = tuple((ipaddress.ip_network(network), word) for network, word in REFUSED_NETWORKS)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: on a network with IPv6 only, every IPv4 name resolves into this prefix, so what counts is the address inside."""


def refusal(address: str) -> str | None:
    """Why an IP address may not be reached, in a word or two; `None` for a public one. IPv4 inside IPv6 is judged as IPv4."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            return refusal(str(inner))
    for network, word in _NETWORKS:
        if ip.version == network.version and ip in network:
            return word
    if ip.version == 6 and ip not in _GLOBAL_UNICAST:
        return "not global"
    return None


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be connected to. `allow_hosts` are names as an operator writes them: `host` (any port) or `host:port`."""

    allow_hosts: frozenset[str] = frozenset()

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator named this host, so that its addresses are not looked at."""
        name = host.strip("[]").lower()
        return (
            name in self.allow_hosts or f"{name}:{port}" in self.allow_hosts or f"[{name}]:{port}" in self.allow_hosts
        )

    def addresses(self, host: str, port: int) -> list[tuple[Any, ...]]:
        """The resolver's answer for a host, every address checked. Raises `Refused` (`private_address`) and `OSError`."""
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        if not self.allows(host, port):
            for *_, where in found:
                word = refusal(str(where[0]))
                if word is not None:
                    raise Refused(
                        "private_address",
                        f"{host} leads to {where[0]}, a {word} address; an operator who means this allows {host}:{port} by name",
                    )
        return found

    def connect(self, host: str, port: int, *, timeout: Any, source_address: Any, options: Any) -> socket.socket:
        """A socket connected to the first address of `host` that answers. Raises `Refused` and `OSError`."""
        trouble: OSError = OSError(f"{host} has no address")
        for family, kind, protocol, _, where in self.addresses(host, port):
            sock = socket.socket(family, kind, protocol)
            try:
                for option in options or ():
                    sock.setsockopt(*option)
                if timeout is not _DEFAULT_TIMEOUT:
                    sock.settimeout(timeout)
                if source_address:
                    sock.bind(source_address)
                sock.connect(where)
            except OSError as error:
                sock.close()
                trouble = error
            else:
                return sock
        raise trouble


class GuardedAdapter(HTTPAdapter):
    """The transport of a `requests` session: all connections pass the guard, and `abort` cuts them from another thread."""

    def __init__(self, guard: Guard, **options: Any) -> None:
        self._guard = guard
        self._open: WeakSet[socket.socket] = WeakSet()
        self._cut = threading.Event()
        super().__init__(**options)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002 -- requests' signature
        """Make the pools, with connections that are ours."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard, self._open, self._cut)

    def proxy_manager_for(self, proxy: str, **_options: Any) -> Any:
        """Refuse: behind a proxy the address that counts is not the one that is checked."""
        raise Refused(
            "proxy", f"harvesting through a proxy ({proxy}) is refused, because addresses could not be checked"
        )

    def abort(self) -> None:
        """Cut every open connection, so that a read that hangs in another thread ends at once; and open no other until `resume`,
        because whoever read would try again.
        """
        self._cut.set()
        for sock in list(self._open):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed in the meantime, which is what was wanted
                continue

    def resume(self) -> None:
        """Connections may be opened again."""
        self._cut.clear()


def _pools(guard: Guard, opened: WeakSet[socket.socket], cut: threading.Event) -> dict[str, type[HTTPConnectionPool]]:
    """Pool classes whose connections ask `guard`; made for each adapter, because urllib3 passes no argument of ours through."""

    def new_conn(connection: HTTPConnection) -> socket.socket:
        if cut.is_set():
            raise Refused("too_slow", f"{connection.host} used up its time")
        # the same exceptions as urllib3's own, on which its retries and the messages of requests depend
        try:
            return guard.connect(
                connection._dns_host,  # noqa: SLF001 -- the host without brackets and final dot, as urllib3 resolves it
                connection.port or connection.default_port,
                timeout=connection.timeout,
                source_address=connection.source_address,
                options=connection.socket_options,
            )
        except socket.gaierror as error:
            raise NameResolutionError(connection.host, connection, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(
                connection, f"{connection.host} did not answer in {connection.timeout} s"
            ) from error
        except OSError as error:
            raise NewConnectionError(connection, f"no connection: {error}") from error

    class Plain(HTTPConnection):
        _new_conn = new_conn

        def connect(self) -> None:
            super().connect()
            opened.add(self.sock)

    class Secure(HTTPSConnection):
        _new_conn = new_conn

        def connect(self) -> None:
            super().connect()
            opened.add(self.sock)  # the socket after the handshake: the one before it is spent

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
