"""Benchmarks take long, so that no test runs them; that they still fit the program is seen without running them."""

from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = sorted(path.stem for path in (Path(__file__).parents[2] / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_finds_all_that_it_imports(name: str) -> None:
    assert import_module(f"benchmarks.{name}").__doc__
