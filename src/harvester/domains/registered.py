"""The name under which a registry knows a host."""

from __future__ import annotations

from harvester.domains.registrable import icann_rules


def registered_name(domain_name: str) -> str | None:
    """Give it by the ICANN section of the Public Suffix List alone; None where nobody can have registered it.

    >>> registered_name("freecoins.github.io"), registered_name("shop.glow.co.uk"), registered_name("co.uk")
    ('github.io', 'glow.co.uk', None)
    """
    suffix = icann_rules().suffix_of(domain_name)
    if suffix is None or suffix == domain_name:
        return None
    label = domain_name[: -len(suffix) - 1].rpartition(".")[2]
    return f"{label}.{suffix}"
