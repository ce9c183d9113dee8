"""pgTAP without its extension: loads the plain SQL that Debian packages, runs a suite, reads what it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg

PACKAGED = "usr/share/postgresql/*/extension/pgtap.sql"
"""Where Debian keeps it, for whichever release of PostgreSQL; the text is the same for all."""

_TEST = re.compile(r"(?P<refused>not )?ok \d+(?: - (?P<name>.*))?")


@dataclass(frozen=True, slots=True)
class TapReport:
    """What a suite answered, in the Test Anything Protocol."""

    text: str
    planned: int | None
    passed: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether all that was planned ran, and passed."""
        return not self.failed and len(self.passed) == self.planned

    @classmethod
    def of(cls, text: str) -> TapReport:
        plan = re.search(r"^1\.\.(\d+)$", text, re.MULTILINE)
        tests = [found for found in map(_TEST.fullmatch, text.splitlines()) if found]
        return cls(
            text,
            planned=int(plan[1]) if plan else None,
            passed=tuple(each["name"] or "" for each in tests if not each["refused"]),
            failed=tuple(each["name"] or "" for each in tests if each["refused"]),
        )


def packaged_pgtap() -> Path | None:
    """The newest pgTAP of this machine."""
    return max(Path("/").glob(PACKAGED), key=lambda path: int(path.parts[-3]), default=None)


def load_pgtap(conninfo: str, pgtap: Path) -> None:
    """Put pgTAP where `supabase test db` puts it: in schema extensions, which every persona may use."""
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=extensions") as connection:
        connection.execute(pgtap.read_bytes())


def run_suite(conninfo: str, suite: str) -> TapReport:
    """Run a suite in a session of its own; an error of SQL ends it and counts as its only test, failed."""
    answers: list[str] = []
    with psycopg.connect(conninfo, autocommit=True, options="-c search_path=public,extensions") as connection:
        try:
            cursor = connection.execute(suite.encode())
        except psycopg.Error as error:
            refusal = f"{error.sqlstate}: {error.diag.message_primary}"
            where = _place(suite, error.diag)
            return TapReport(f"{refusal}\n{where}", planned=None, passed=(), failed=(refusal,))
        while True:
            if cursor.description:
                answers += [str(row[0]) for row in cursor.fetchall()]
            if not cursor.nextset():
                return TapReport.of("\n".join(answers))


def _place(suite: str, diagnostic: psycopg.errors.Diagnostic) -> str:
    """Where the server saw an error: the line of the suite, else the statement that a test tried."""
    if diagnostic.statement_position is not None:
        return f"line {suite.count(chr(10), 0, int(diagnostic.statement_position) - 1) + 1} of the suite"
    return "\n".join(filter(None, (diagnostic.internal_query, diagnostic.context)))
