"""One migration as its file says it: what it does, how that is undone, and how it wants to be run.

A file ends with a line `-- Rollback:` and, commented, the statements that undo it. A line
`-- Major: <reason>` marks a change that cannot be undone without loss: a backup comes before it. A file
that builds or drops an index concurrently holds that statement alone and runs outside a transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

from harvester.errors import MigrationError

_FILE = re.compile(r"(\d{14})_(\w+)\.sql")
ROLLBACK = "\n-- Rollback:\n"
"""Every migration of ours has this line, and no other tool's has."""
_MAJOR = re.compile(r"^-- Major: (.+)$", re.MULTILINE)
_COMMENT = re.compile(r"--[^\n]*")
_CONCURRENTLY = re.compile(
    r"\s*(?:create(?:\s+unique)?|drop)\s+index\s+concurrently\s+(?:if\s+(?:not\s+)?exists\s+)?"
    r"(?:(?P<schema>\w+)\.)?(?P<index>\w+)(?:\s+on\s+(?:only\s+)?(?P<table>[\w.]+)[^;]*)?;?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `supabase/migrations`."""

    version: str
    name: str
    path: Path

    @classmethod
    def of(cls, path: Path) -> Migration:
        """The migration in this file; raises MigrationError where its name is none."""
        match = _FILE.fullmatch(path.name)
        if match is None:
            raise MigrationError(
                f"{path.name} is no name for a migration.", hint="Name it <14 digits>_<verb>_<object>.sql."
            )
        return cls(match[1], match[2], path)

    @property
    def sql(self) -> LiteralString:
        """The file's text; it is part of the program, as psycopg's `LiteralString` asks for."""
        return self.path.read_text(encoding="utf-8")

    @property
    def rollback(self) -> LiteralString:
        """The statements that undo it; raises MigrationError where the file has none."""
        return rollback_of(self.sql, self.path.name)

    @property
    def major(self) -> str | None:
        """Why a backup comes before it; None for a migration that loses nothing."""
        match = _MAJOR.search(self.sql)
        return match[1] if match else None


def rollback_of(text: LiteralString, name: str) -> LiteralString:
    r"""The rollback at the end of a migration's text, without its comment marks.

    >>> rollback_of("create table a ();\n\n-- Rollback:\n-- drop table a;\n", "1_a.sql")
    'drop table a;'
    """
    _, mark, commented = text.partition(ROLLBACK)
    if not mark:
        raise MigrationError(
            f"{name} does not say how it is undone.", hint="End it with `-- Rollback:` and the commented statements."
        )
    return "\n".join(line.removeprefix("--").removeprefix(" ") for line in commented.strip().splitlines())


@dataclass(frozen=True, slots=True)
class ConcurrentIndex:
    """The index that a file builds or drops outside a transaction."""

    name: str
    """With its schema, which is that of the table where it is not given."""
    builds: bool


def concurrent_index(statement: str) -> ConcurrentIndex | None:
    r"""The index that a text builds or drops concurrently; None for all other texts.

    >>> concurrent_index("-- Why.\ncreate index concurrently a_b_idx on public.a (b);")
    ConcurrentIndex(name='public.a_b_idx', builds=True)
    >>> concurrent_index("drop index concurrently public.a_b_idx;")
    ConcurrentIndex(name='public.a_b_idx', builds=False)
    >>> concurrent_index("create index a_b_idx on public.a (b);")

    Raises MigrationError where another statement stands beside it.
    """
    bare = _COMMENT.sub("", statement)
    if not re.search(r"\bindex\s+concurrently\b", bare, re.IGNORECASE):
        return None
    match = _CONCURRENTLY.fullmatch(bare)
    if match is None:
        raise MigrationError(
            "A file that builds an index concurrently holds that statement alone.",
            hint="Put every other statement into a file of its own.",
        )
    table_schema = (match["table"] or "").rpartition(".")[0]
    return ConcurrentIndex(
        f"{match['schema'] or table_schema or 'public'}.{match['index']}", match["table"] is not None
    )
