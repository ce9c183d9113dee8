"""TikTok comments in, the domains meant in them out, each with its evidence.

The extractor is usable from Python by itself, without a database or settings:

>>> import harvester
>>> [(mention.domain.domain_name, mention.text) for mention in harvester.extract("go to glow (dot) shop today")]
[('glow.shop', 'glow (dot) shop')]
>>> [[mention.method for mention in mentions] for mentions in harvester.extract_batch(["no", "glow.shop"])]
[[], ['bare']]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harvester.domains import EXTRACTOR_VERSION, explain, extract, extract_batch

__version__ = "0.1.0"
__all__ = ["EXTRACTOR_VERSION", "__version__", "explain", "extract", "extract_batch"]


def __getattr__(name: str) -> Any:
    # The command line answers `--help` at once: the extractor's patterns are built when they are asked for.
    if name in __all__:
        from harvester import domains

        return getattr(domains, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
