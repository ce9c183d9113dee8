"""Addresses written so that no program makes a link of them."""

from __future__ import annotations


def defanged(address: str) -> str:
    """A host or URL for mails and tickets: each dot in brackets, `http` as `hxxp`.

    >>> defanged("https://casino.example.com/win"), defanged("casino.com")
    ('hxxps://casino[.]example[.]com/win', 'casino[.]com')
    """
    scheme, found, rest = address.rpartition("://")
    host, slash, path = rest.partition("/")
    return scheme.lower().replace("http", "hxxp", 1) + found + host.replace(".", "[.]") + slash + path
