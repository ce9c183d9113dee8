"""No secret of anybody stands in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATTERNS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}",
    r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",  # A signed token.
    r"\bsb_secret_[A-Za-z0-9_-]{20,}",  # A secret key of Supabase.
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # A key of a cloud.
    r"\bgh[opsu]_[A-Za-z0-9]{36}\b",
    r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    r"postgres(?:ql)?://[a-z_]+:(?!password|secret|…|\.\.\.)[A-Za-z0-9]{16,}@(?!localhost|127\.|host\b|db\.example)",
)
SECRETS = re.compile("|".join(PATTERNS))


def written() -> list[Path]:
    """The files that belong to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not run: this is no git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def found_in(text: str) -> list[str]:
    return [match[0][:12] for match in SECRETS.finditer(text)]


def test_no_file_holds_a_secret() -> None:
    strays = {str(path.relative_to(ROOT)): found_in(path.read_text(errors="replace")) for path in written()}
    assert {name: found for name, found in strays.items() if found} == {}


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN PRIVATE KEY-----\n" + "A" * 64,
        ".".join(["eyJ" + "h" * 30, "eyJ" + "c" * 40, "s" * 43]),
        "sb_secret_" + "k" * 30,
        "AKIA" + "Z" * 16,
        "ghp_" + "g" * 36,
        "postgresql://postgres:" + "p" * 20 + "@db.abcdefgh.supabase.co/postgres",
    ],
    ids=["key", "token", "supabase", "cloud", "forge", "database"],
)
def test_a_secret_would_be_noticed(secret: str) -> None:
    assert found_in(f"before {secret} after")
