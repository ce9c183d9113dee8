"""What comes along when somebody installs us: licences that allow any use, and versions that are pinned."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|MIT-0)", re.IGNORECASE)
COPYLEFT = re.compile(r"\b[AL]?GPL", re.IGNORECASE)
EXCEPTIONS = {"psycopg", "psycopg-binary", "psycopg-pool"}
"""LGPL, used unmodified: there is no other driver that the store could stand on."""


def needed() -> dict[str, Distribution]:
    """Every package that an installation without extras brings, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: dict[str, Distribution] = {}
    waiting = [named(each) for each in project["dependencies"]]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # Needed on other systems or by older versions of Python alone.
        waiting += [named(each) for each in found[name].requires or [] if "extra ==" not in each]
    return found


def named(requirement: str) -> str:
    return re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def licence_of(package: Distribution) -> str:
    about = package.metadata
    classified = [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
    return " ".join([about.get("License-Expression") or about.get("License") or "", *classified])


def test_every_package_that_comes_along_may_be_used_by_anybody() -> None:
    licences = {name: licence_of(package) for name, package in needed().items() if name not in EXCEPTIONS}
    assert len(licences) > 30
    strays = {name: licence for name, licence in licences.items() if not PERMISSIVE.search(licence)}
    strays |= {name: licence for name, licence in licences.items() if COPYLEFT.search(licence)}
    assert strays == {}


def test_every_package_that_comes_along_is_pinned_in_the_version_that_was_tested() -> None:
    pins = dict(
        line.lower().replace("_", "-").split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    )
    installed = {name: package.version.lower() for name, package in needed().items()}
    assert {name: pins.get(name) for name in installed} == installed
