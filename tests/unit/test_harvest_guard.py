"""The address guard, address by address; connections are tried in tests/integration."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Refused
from catalog.harvesters.guard import REFUSED_NETWORKS, Guard, GuardedAdapter, refusal


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.0.3", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "shared (carrier NAT)"),
        ("100.100.100.200", "shared (carrier NAT)"),
        ("169.254.169.254", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "site-local"),
        ("fd00:ec2::254", "private"),
        ("0.0.0.0", "unspecified"),  # noqa: S104 -- an address to refuse, not to bind
        ("::", "unspecified"),
        ("255.255.255.255", "reserved"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:a00:1", "private"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("64:ff9b:1::808:808", "local NAT64"),
        ("2002:7f00:1::", "6to4"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol assignment (Teredo and others)"),
        ("::7f00:1", "not global"),
        ("100::1", "not global"),
        ("5f00::1", "not global"),
        ("192.88.99.1", "6to4 relay"),
    ],
)
def test_inner_addresses_are_refused_by_name(address: str, word: str) -> None:
    assert refusal(address) == word


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_pass(address: str) -> None:
    assert refusal(address) is None


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_gets_through_in_an_ipv6_coat(ip: ipaddress.IPv4Address) -> None:
    assert refusal(f"::ffff:{ip}") == refusal(str(ip))
    assert refusal(str(ipaddress.IPv6Address(int(ipaddress.ip_address("64:ff9b::")) + int(ip)))) == refusal(str(ip))


@given(st.one_of(*[st.ip_addresses(network=network) for network, _ in REFUSED_NETWORKS if "::/96" not in network]))
def test_every_address_of_a_refused_network_is_refused(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert refusal(str(ip)) is not None


def _resolver(*answers: str):
    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answers
        ]

    return resolve


def test_a_host_with_one_inner_address_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _resolver("93.184.216.34", "::ffff:10.0.0.7"))
    with pytest.raises(Refused, match=r"10\.0\.0\.7") as caught:
        Guard().addresses("both.example", 80)
    assert caught.value.code == "private_address"
    assert "both.example:80" in str(caught.value)


def test_an_operator_allows_a_host_by_name_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _resolver("127.0.0.1"))
    guard = Guard(frozenset({"127.0.0.1:8123", "intranet.example", "[::1]:80"}))
    assert guard.addresses("127.0.0.1", 8123)
    assert guard.addresses("intranet.example", 443)
    assert guard.allows("::1", 80)
    with pytest.raises(Refused):
        guard.addresses("127.0.0.1", 8124)
    with pytest.raises(Refused):
        guard.addresses("sub.intranet.example", 443)


def test_a_proxy_is_refused() -> None:
    with pytest.raises(Refused, match="proxy"):
        GuardedAdapter(Guard()).proxy_manager_for("http://proxy.example:3128")
