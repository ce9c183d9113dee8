"""The queue's tables, as the installed package procrastinate makes them, in the schema `jobs`.

They are no migrations of ours: what the package brings is applied from the package, first its whole schema, later
the steps of its own between the version that was here and the one that is installed. Each is a transaction of its own:
a step may use what the one before added to a type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from harvester.store.statements import statements

PACKAGE = "procrastinate"
_STEP = re.compile(r"(\d+\.\d+\.\d+)_\d+_\w+\.sql")
_MADE_BY = re.compile(rf"{PACKAGE} (?P<version>\S+?)(?:, then (?P<step>\S+))?")
_SQL = statements("queue_schema")


def packaged_version() -> str:
    """The version of the package that is installed beside us."""
    return version(PACKAGE)


@dataclass(frozen=True, slots=True)
class _Installed:
    """What of the package the database has."""

    has_schema: bool
    version: str | None
    """Whose tables these are; None where there are none."""
    step: str | None
    """The last step after that version which was applied; None where none was."""

    @property
    def is_behind(self) -> bool:
        return self.has_schema and (self.version is None or _order(self.version) < _order(packaged_version()))


async def lacks_queue(connection: AsyncConnection[TupleRow]) -> bool:
    """Whether the database has a schema for the queue and lacks what this version of the package wants in it."""
    return (await _installed(connection)).is_behind


async def has_queue(connection: AsyncConnection[TupleRow]) -> bool:
    """Whether the queue is as this version of the package wants it, or newer."""
    installed = await _installed(connection)
    return installed.has_schema and not installed.is_behind


async def advance_queue(connection: AsyncConnection[TupleRow]) -> None:
    """Bring the queue one file closer to the version of the package, in the transaction that is open.

    The search path changes for the rest of that transaction.
    """
    installed = await _installed(connection)
    if not installed.is_behind:
        return
    await connection.execute(_SQL["enter"])
    file, *later = [*_files(installed.version, installed.step), None]
    if file is not None:
        # The text is the package's own program, as psycopg's `LiteralString` asks for.
        await connection.execute(file.read_bytes())
    await connection.execute(_SQL["close"])
    is_done = file is None or later == [None]
    made_by = f"{PACKAGE} {packaged_version() if is_done else f'{installed.version}, then {file.name}'}"
    await connection.execute(sql.SQL("comment on table jobs.procrastinate_jobs is {}").format(sql.Literal(made_by)))


async def _installed(connection: AsyncConnection[TupleRow]) -> _Installed:
    row = await (await connection.execute(_SQL["installed"])).fetchone()
    assert row is not None, "the statement gives one row"
    match = _MADE_BY.fullmatch(row[1] or "")
    return _Installed(row[0], match["version"] if match else None, match["step"] if match else None)


def _files(version: str | None, step: str | None) -> list[Path]:
    """What is still to be applied: the whole schema, or the steps after a version and step, in their order."""
    package = find_spec(PACKAGE)
    assert package is not None, "it is required"
    assert package.origin is not None, "it is a package of files"
    folder = Path(package.origin).parent / "sql"
    if version is None:
        return [folder / "schema.sql"]
    return sorted(
        path
        for path in (folder / "migrations").iterdir()
        if (match := _STEP.fullmatch(path.name)) and _order(version) < _order(match[1]) and path.name > (step or "")
    )


def _order(text: str) -> tuple[int, ...]:
    """A version as it is compared.

    >>> _order("03.04.00") < _order("3.10.0")
    True
    """
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
