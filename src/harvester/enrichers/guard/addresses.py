"""Which addresses nobody may send us to: our own table.

The flags of the standard library's `ipaddress` will not do: `is_global` is true for 64:ff9b::7f00:1, 2002:7f00:1:: and
168.63.129.16, and differs between releases of Python.
"""

from __future__ import annotations

import errno
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

TABLE = """
0.0.0.0/8           this_network
10.0.0.0/8          private
100.64.0.0/10       shared
127.0.0.0/8         loopback
169.254.0.0/16      link_local
172.16.0.0/12       private
192.0.0.0/24        protocol
192.0.2.0/24        documentation
192.31.196.0/24     anycast
192.52.193.0/24     anycast
192.88.99.0/24      translated
192.168.0.0/16      private
192.175.48.0/24     anycast
198.18.0.0/15       benchmark
198.51.100.0/24     documentation
203.0.113.0/24      documentation
224.0.0.0/4         multicast
240.0.0.0/4         reserved
168.63.129.16/32    cloud
::/128              this_network
::1/128             loopback
::/96               embedded
::ffff:0:0/96       embedded
::ffff:0:0:0/96     embedded
64:ff9b::/96        translated
64:ff9b:1::/48      translated
100::/64            discard
100:0:0:1::/64      discard
2001::/32           translated
2001:10::/28        protocol
2001:20::/28        protocol
2001::/23           protocol
2001:db8::/32       documentation
2002::/16           translated
2620:4f:8000::/48   anycast
3fff::/20           documentation
5f00::/16           routing
fc00::/7            private
fe80::/10           link_local
fec0::/10           link_local
ff00::/8            multicast
"""
"""Ranges that are never dialled, each with the word for it; where one lies within another, it stands before it. From
IANA's registries iana-ipv4-special-registry and iana-ipv6-special-registry as of November 2026, with the multicast
ranges, the site-local addresses of RFC 3879, and 168.63.129.16, an ordinary address under which Azure's hosts answer
their guests (learn.microsoft.com, what-is-ip-address-168-63-129-16)."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that was given out of IPv6 (RFC 4291, section 2.4); what lies beyond is nobody's."""


def _read(table: str) -> tuple[tuple[Network, str], ...]:
    return tuple((ip_network(network), word) for network, word in map(str.split, table.split("\n")[1:-1]))


_RANGES = _read(TABLE)


def unwrapped(address: Address) -> Address:
    """The address that is dialled in truth: of an IPv4-mapped one (RFC 4291, section 2.5.5.2) the IPv4 address.

    >>> unwrapped(IPv6Address("::ffff:127.0.0.1"))
    IPv4Address('127.0.0.1')
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def forbidden(address: Address) -> str | None:
    """The word for the range that an address lies in, if it may not be dialled; None for one of the open internet.

    >>> forbidden(IPv6Address("2002:7f00:1::")), forbidden(IPv6Address("::ffff:10.0.0.1"))
    ('translated', 'private')
    >>> forbidden(IPv4Address("9.255.255.255")) is None
    True
    """
    plain = unwrapped(address)
    if isinstance(plain, IPv6Address) and plain.scope_id is not None:
        return "link_local"
    for network, word in _RANGES:
        if plain in network:
            return word
    if isinstance(plain, IPv6Address) and plain not in _GLOBAL_UNICAST:
        return "unassigned"
    return None


def is_own(address: Address) -> bool:
    """Whether this machine answers under an address: the system lets nobody use another's. No packet is sent.

    Where the system permits that (`net.ipv4.ip_nonlocal_bind`), every address looks like our own.

    >>> is_own(IPv4Address("127.0.0.1")), is_own(IPv4Address("192.0.2.1"))
    (True, False)
    """
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError as error:
        # Only the one answer says that it is not ours; without IPv6 there is nothing of ours in it either.
        return error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    return True
