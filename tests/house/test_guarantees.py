"""Every promise of docs/reference/guarantees.md names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "reference" / "guarantees.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED.findall(PAGE))))
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    assert test in functions_of(HOUSE / file)


@pytest.mark.parametrize("rule", [f"S{number}" for number in range(1, 9)])
def test_every_rule_names_the_tests_that_hold_it_and_those_that_saw_it_fail(rule: str) -> None:
    (row,) = re.findall(rf"^\| {rule} \|.*$", PAGE, re.MULTILINE)
    held, seen = row.rstrip(" |").split(" | ")[2:]
    assert NAMED.search(held)
    assert NAMED.search(seen)


def test_every_promise_has_a_test() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not line.startswith(("| | Promise", "| Promise"))
    ]
    assert rows
    assert [row for row in rows if not NAMED.search(row)] == []
