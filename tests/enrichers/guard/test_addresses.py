"""Each range that nobody may send us to, from its first address to its last, and what lies beside it."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.enrichers.guard.addresses import forbidden, is_own

V4 = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 168.63.129.16/32""".split()
V6 = """2001::/23 2001::/32 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32
2002::/16 2620:4f:8000::/48 3fff::/20 ::/128 ::1/128 ::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64
100:0:0:1::/64 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8""".split()
RANGES = [*map(IPv4Network, V4), *map(IPv6Network, V6)]
OPEN = """
1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15 168.63.129.17
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255 192.0.3.0 192.31.195.255
192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 192.175.47.255
192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
2000:: 2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:200:: 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::
2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2003:: 2620:4f:7fff:ffff:ffff:ffff:ffff:ffff 2620:4f:8001::
3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:1000:: ::ffff:9.9.9.9
""".split()
"""Every outside neighbour of a range that is one of the open internet, written out; and a mapped one of those."""
CLOUDS = """169.254.169.254 169.254.170.2 100.100.100.200 192.0.0.192 168.63.129.16 fd00:ec2::254
64:ff9b::7f00:1 2002:7f00:1:: fec0::1 ::7f00:1 3fff::1 192.0.0.8 192.0.0.10 224.0.0.1 ::ffff:127.0.0.1
::ffff:169.254.169.254 ::ffff:168.63.129.16 fe80::1%eth0 2606:4700::1%eth0""".split()
"""Where clouds answer their guests, and what `is_global` of some Python lets through."""


@pytest.mark.parametrize("network", RANGES, ids=str)
def test_a_range_is_closed_from_its_first_address_to_its_last(network: IPv4Network | IPv6Network) -> None:
    middle = network[network.num_addresses // 2]
    assert all(forbidden(address) for address in (network[0], middle, network[-1]))


@pytest.mark.parametrize("network", RANGES, ids=str)
def test_beside_a_range_all_is_open_that_is_in_no_other(network: IPv4Network | IPv6Network) -> None:
    kind = type(network[0])
    for number in (int(network[0]) - 1, int(network[-1]) + 1):
        if not 0 <= number < 2**network.max_prefixlen:
            continue
        beside = kind(number)
        within = [other for other in [*RANGES, ip_network("::ffff:0:0/96")] if beside in other]
        is_unicast = beside.version == 4 or beside in IPv6Network("2000::/3")
        assert (forbidden(beside) is None) == (not within and is_unicast), beside


@pytest.mark.parametrize("address", OPEN)
def test_a_neighbour_of_the_open_internet_may_be_dialled(address: str) -> None:
    assert forbidden(ip_address(address)) is None


@pytest.mark.parametrize("address", CLOUDS)
def test_the_services_of_clouds_and_the_traps_of_the_standard_library_are_closed(address: str) -> None:
    assert forbidden(ip_address(address))


@given(st.ip_addresses(v=6).filter(lambda address: address not in IPv6Network("2000::/3") and not address.ipv4_mapped))
def test_what_nobody_was_given_is_closed(address: IPv6Address) -> None:
    assert forbidden(address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_what_it_stands_for(address: object) -> None:
    assert forbidden(IPv6Address(f"::ffff:{address}")) == forbidden(ip_address(str(address)))


def test_this_machine_knows_its_own_addresses() -> None:
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("203.0.113.9"))
    assert not is_own(ip_address("2001:db8::9"))
