"""Imports all that a command may need, and has the rules of reading get ready, as their first text does.

`tests.forked` forks commands off a process that has done this.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import harvester
from harvester.domains import extract

for module in walk_packages(harvester.__path__, "harvester."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
extract("see brightpebblecoins24 (dot) com")
