"""Which addresses may be reached: the public internet, and what the operator allows besides.

Decided on the address that is connected to, by what it reaches: forms that carry an IPv4 address
inside (mapped, NAT64, 6to4, Teredo) are judged by that one. The tables are IANA's special-purpose
registries (RFC 6890); `ipaddress.is_global` differs between Python releases and passes multicast.
"""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from scraper.fetch.failures import NotReachedError

Network = IPv4Network | IPv6Network

EVERYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))

# Ports of other services, that a line of HTTP may be taken for one of theirs at: the list that
# browsers refuse (WHATWG Fetch §2.9, "port blocking").
BAD_PORTS = frozenset(
    (
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
        102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389,
        427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
        989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665,
        6666, 6667, 6668, 6669, 6679, 6697, 10080,
    )
)  # fmt: skip

_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4, as assigned by IANA

_NOT_PUBLIC: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(block), name)
    for block, name in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private network"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local, cloud metadata"),
        ("172.16.0.0/12", "private network"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private network"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private network"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)

# The bits to drop after the IPv4 address inside: (block, shift).
_EMBEDDING: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped, RFC 4291 §2.5.5.2
    (IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated, RFC 2765 §2.1
    (IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291 §2.5.5.1
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052 §2.1
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056 §2
)
_TEREDO = IPv6Network("2001::/32")  # RFC 4380 §4: server, flags, port, client (inverted)


def judge(address: str, allowed: Sequence[Network]) -> str | None:
    """Why `address` may not be connected to; None where it may.

    `address` is an IP address as the resolver gives it, perhaps with a zone (`fe80::1%eth0`);
    anything else is not reached. `allowed` are blocks that may be reached although not public.
    """
    try:
        literal = ip_address(address)
    except ValueError:
        return f"{address!a} is not an IP address"
    plain = _without_zone(literal)
    if _is_within(plain, allowed):
        return None
    for reached in _reached(plain):
        kind = None if _is_within(reached, allowed) else _kind(reached)
        if kind is not None:
            return (
                f"{plain} is not on the public internet ({kind}): "
                "allow it with allow_addresses if that is intended"
            )
    return None


def parse_blocks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks that CIDR texts name (`10.1.2.3` is a network of one, host bits may be set).

    Raises NotReachedError, naming the text, where one is no network.
    """
    return tuple(_parse_block(text) for text in texts)


def _parse_block(text: str) -> Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        message = f"allow_addresses: {text!a} is not a block of addresses, such as 10.1.2.0/24"
        raise NotReachedError(message) from error


def _without_zone(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address


def _is_within(address: IPv4Address | IPv6Address, blocks: Sequence[Network]) -> bool:
    return any(address in block for block in blocks)


def _kind(address: IPv4Address | IPv6Address) -> str | None:
    for block, name in _NOT_PUBLIC:
        if address in block:
            return name
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    return None


def _reached(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """Every address that a packet to `address` may end at."""
    if isinstance(address, IPv4Address):
        yield address
    elif address in _TEREDO:
        yield IPv4Address(int(address) >> 64 & 0xFFFFFFFF)
        yield IPv4Address(~int(address) & 0xFFFFFFFF)
    else:
        yield _embedded(address) or address


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if int(address) <= 1:  # :: and ::1 lie within the block of the IPv4-compatible
        return None
    for block, shift in _EMBEDDING:
        if address in block:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return None
