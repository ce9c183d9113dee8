"""The form of `/etc/hosts`: an address, then the names that are to lead there (hosts(5))."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from harvester.sources.reference_list.base import NO_NAME, Named, Skipped

NOWHERE = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - what lists write, nothing is bound.
"""Where lists send the names that they block."""
_OF_THE_MACHINE = frozenset(
    "localhost localhost.localdomain local broadcasthost ip6-localhost ip6-loopback ip6-localnet ip6-mcastprefix"
    " ip6-allnodes ip6-allrouters ip6-allhosts 0.0.0.0".split()
)


def read(line: str) -> Iterator[Named | Skipped]:
    """Read one line; only those that lead nowhere block their names, and they block no name below.

    >>> list(read("0.0.0.0 velmora.shop glow.shop # both"))
    [Named(name='velmora.shop', covers_subdomains=False), Named(name='glow.shop', covers_subdomains=False)]
    >>> list(read("127.0.0.1 localhost")), list(read("192.0.2.7 velmora.shop"))
    ([Skipped(reason='local_name')], [Skipped(reason='other_address')])
    """
    address, *names = line.partition("#")[0].split()[:1_000] or [""]
    if not address:
        return
    if names and address in NOWHERE:
        for name in names:
            yield Skipped("local_name") if name in _OF_THE_MACHINE else Named(name, covers_subdomains=False)
    elif not names or not is_address(address):
        yield NO_NAME
    else:
        yield Skipped("local_name" if set(names) <= _OF_THE_MACHINE else "other_address")


def is_address(text: str) -> bool:
    """Say whether a text is an IP address, with a zone or without."""
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
