"""`python -m docs.generate`: write the generated files, or `--check` that they are fresh."""

from __future__ import annotations

import argparse
import sys

from harvester.errors import HarvesterError

from .documents import ROOT, from_all, stale, write


def main() -> int:
    """The exit code: 1 where a file is stale, or none could be made."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a file is stale")
    check = parser.parse_args().check
    try:
        documents = from_all()
    except HarvesterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not check:
        for path in write(documents, ROOT):
            sys.stdout.write(f"wrote {path}\n")
        return 0
    for path in (old := stale(documents, ROOT)):
        sys.stderr.write(f"{path} is stale: run `make docs`\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
