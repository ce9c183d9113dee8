"""The rooms import each other only along the arrows of docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "src" / "harvester"
MAY_IMPORT = {
    "cli": {"domains", "sources", "enrichers", "store", "jobs", "exports", "web", "scoring", "sandbox", "settings"},
    "web": {"store", "exports"},
    "jobs": {"sources", "enrichers", "domains", "scoring", "store"},
    "exports": {"store"},
    "store": set(),
    "sources": set(),
    "enrichers": set(),
    "domains": set(),
    "sandbox": set(),
    "__main__": {"cli"},
    "__init__": {"domains"},
}
EVERYBODY = {"model", "errors"}


def imports(file: Path) -> Iterator[str]:
    """The rooms of ours that a file imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            first, _, rest = name.partition(".")
            if first == "harvester" and rest:
                yield rest.partition(".")[0]


@pytest.mark.parametrize("file", sorted(HOUSE.rglob("*.py")), ids=lambda file: str(file.relative_to(HOUSE)))
def test_a_room_imports_only_along_the_arrows(file: Path) -> None:
    room = file.relative_to(HOUSE).parts[0].removesuffix(".py")
    strays = set(imports(file)) - {room} - EVERYBODY - MAY_IMPORT.get(room, set())
    assert strays == set(), f"{room} may not import {', '.join(sorted(strays))}"


def test_only_settings_reads_the_environment() -> None:
    readers = {
        str(file.relative_to(HOUSE))
        for file in HOUSE.rglob("*.py")
        if any(
            isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
            for node in ast.walk(ast.parse(file.read_text()))
        )
    }
    # The embedded server passes a few variables on to PostgreSQL; it takes no setting from them.
    assert readers <= {"settings.py", "store/privileges.py"}


def test_no_file_is_a_drawer_for_everything() -> None:
    assert [
        file.name for file in HOUSE.rglob("*.py") if file.stem in {"utils", "util", "helpers", "common", "misc"}
    ] == []
