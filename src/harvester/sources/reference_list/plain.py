"""One name a line, or one address: what most lists offer as `domains.txt`."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.sources.reference_list.base import NO_NAME, Named, Skipped, named

REMARKS = ("#", "!", ";", "//")


def read(line: str) -> Iterator[Named | Skipped]:
    """Read one line; a remark may stand behind the name.

    >>> list(read("velmora.shop  # since May")), list(read("*.velmora.shop")), list(read("! remark"))
    ([Named(name='velmora.shop', covers_subdomains=False)], [Named(name='velmora.shop', covers_subdomains=True)], [])
    """
    text = line.strip()
    if not text or text.startswith(REMARKS):
        return
    name, *rest = text.split(None, 1)
    if rest and not rest[0].startswith(REMARKS):
        yield NO_NAME
        return
    yield named(name)
