"""What `make audit` makes of the reports of pip-audit and npm: a finding fails it, silence is not called success."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.house import audit

FOUND = {
    "dependencies": [
        {"name": "safe", "version": "1", "vulns": []},
        {
            "name": "leaky",
            "version": "2",
            "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1", "3"], "aliases": [], "description": "It leaks."}],
        },
        {"name": "unknown", "skip_reason": "not found"},
    ],
    "fixes": [],
}
NPM_FOUND = {
    "auditReportVersion": 2,
    "vulnerabilities": {"leaky": {"name": "leaky", "severity": "high", "range": "<2.0.1"}},
    "metadata": {"dependencies": {"total": 3}},
}
NPM_CLEAN = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (audit.python_audit(FOUND), ["x: known vulnerabilities", "  leaky 2: PYSEC-2026-1, mended in 2.1, 3"]),
        (audit.npm_audit(NPM_FOUND), ["x: known vulnerabilities", "  leaky: high, in <2.0.1"]),
        (audit.npm_audit(NPM_CLEAN), ["x: no known vulnerability in 3 packages"]),
        (
            audit.python_audit({"dependencies": [FOUND["dependencies"][0], FOUND["dependencies"][2]]}),
            ["x: no known vulnerability in 1 packages; not run for 1, about which nobody answered"],
        ),
        (
            audit.python_audit({"dependencies": FOUND["dependencies"][2:]}),
            ["x: not run: no advisory service answers here"],
        ),
        (audit.python_audit(None), ["x: not run: no advisory service answers here"]),
        (audit.npm_audit({"message": "405"}), ["x: not run: no advisory service answers here"]),
        (audit.npm_audit(None), ["x: not run: no advisory service answers here"]),
    ],
    ids=["python", "npm", "clean", "partly", "skipped", "no report", "npm refused", "no npm"],
)
def test_a_report_is_told_as_it_is(found: audit.Audit, words: list[str]) -> None:
    assert audit.told("x", found) == words


@pytest.mark.parametrize(("report", "code"), [(FOUND, 1), ({"dependencies": []}, 0), (None, 0)])
def test_only_a_finding_fails(report: Any, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A process that prints the report and fails, as pip-audit does both for a finding and for want of a network.
    printed = tmp_path / "report.json"
    printed.write_text("no JSON" if report is None else json.dumps(report))
    command = (sys.executable, "-c", f"print(open({str(printed)!r}).read()); raise SystemExit(1)")
    monkeypatch.setattr(audit, "PIP_AUDIT", command)
    monkeypatch.setattr(audit, "NPM_AUDIT", ("no-such-program",))
    assert audit.main() == code


def test_a_tool_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SECONDS", 0.2)
    assert audit.report_of((sys.executable, "-c", "import time; time.sleep(60)")) is None
