"""`import harvester`: the extractor for other programs, which costs nothing until it is asked for."""

import subprocess
import sys

import pytest

import harvester
from harvester import domains


@pytest.mark.parametrize("name", ["EXTRACTOR_VERSION", "explain", "extract", "extract_batch"])
def test_the_extractor_is_found_under_the_package(name: str) -> None:
    assert getattr(harvester, name) is getattr(domains, name)


def test_the_package_names_no_more_than_it_has() -> None:
    for name in harvester.__all__:
        assert getattr(harvester, name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'extarct'"):
        harvester.extarct  # noqa: B018


def test_nothing_is_built_before_it_is_asked_for() -> None:
    program = """
import sys, harvester
assert not any(name.startswith("harvester.") for name in sys.modules)
assert [each.domain.domain_name for each in harvester.extract("see velmora.com")] == ["velmora.com"]
assert "harvester.domains.extraction" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
