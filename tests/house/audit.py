"""Asks public advisories about every pinned package: `make audit`. A finding fails, an advisory nobody gives does not.

pip-audit and npm report success where no advisory was given for a single package, so their reports are read, not their
exit codes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECONDS = 90
"""For one tool in all; most of a hundred questions take a few."""
PIP_AUDIT = (
    sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip",
    "--format", "json", "--progress-spinner", "off", "--timeout", "10",
)  # fmt: skip
NPM_AUDIT = ("npm", "audit", "--json", "--fetch-retries=0", "--fetch-timeout=10000")


@dataclass(frozen=True, slots=True)
class Audit:
    """What the advisories say of one list of packages."""

    findings: tuple[str, ...] = ()
    """One line for each package with a known vulnerability."""
    unasked: int = 0
    """Packages about which nobody answered."""
    asked: int = 0


def python_audit(report: Any) -> Audit:
    """Reads pip-audit's JSON; what it skipped was not asked about.

    >>> python_audit({"dependencies": [{"name": "a", "skip_reason": "not found"}]})
    Audit(findings=(), unasked=1, asked=0)
    """
    packages = report.get("dependencies", []) if isinstance(report, dict) else []
    findings = [
        f"{each['name']} {each['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        for each in packages
        for one in each.get("vulns", [])
    ]
    unasked = sum("skip_reason" in each for each in packages)
    return Audit(tuple(findings), unasked, len(packages) - unasked)


def npm_audit(report: Any) -> Audit:
    """Reads npm's JSON (`auditReportVersion` 2); an error in its place means that nobody was asked.

    >>> npm_audit({"message": "405 Method Not Allowed", "error": {}})
    Audit(findings=(), unasked=0, asked=0)
    """
    if not isinstance(report, dict) or "vulnerabilities" not in report:
        return Audit()
    findings = [f"{name}: {each['severity']}, in {each['range']}" for name, each in report["vulnerabilities"].items()]
    return Audit(tuple(findings), 0, report["metadata"]["dependencies"]["total"])


def told(name: str, audit: Audit) -> list[str]:
    """What is printed about one list of packages."""
    if audit.findings:
        return [f"{name}: known vulnerabilities", *(f"  {each}" for each in audit.findings)]
    if not audit.asked:
        return [f"{name}: not run: no advisory service answers here"]
    without = f"; not run for {audit.unasked}, about which nobody answered" if audit.unasked else ""
    return [f"{name}: no known vulnerability in {audit.asked} packages{without}"]


def report_of(command: Sequence[str], folder: Path = ROOT) -> Any:
    """The JSON that a tool prints, whatever its exit code; None where it prints none in time."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None


def main() -> int:
    """Audit what Python and the tests' JavaScript bring along; 1 where a vulnerability is known."""
    audits = {"constraints.txt": python_audit(report_of(PIP_AUDIT))}
    for lock in sorted(ROOT.glob("tests/*/package-lock.json")):
        name = str(lock.relative_to(ROOT))
        audits[name] = npm_audit(report_of(NPM_AUDIT, lock.parent)) if shutil.which("npm") else Audit()
    for name, audit in audits.items():
        sys.stdout.write("\n".join(told(name, audit)) + "\n")
    return int(any(audit.findings for audit in audits.values()))


if __name__ == "__main__":
    sys.exit(main())
