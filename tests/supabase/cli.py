"""Supabase's command line, as a person would type it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict


def address(conninfo: str, **changed: str) -> str:
    """The connection string as one URL, percent-encoded, which is all that Supabase's programs read."""
    parts = {**conninfo_to_dict(conninfo), **changed}
    name = quote(str(parts.pop("dbname")), safe="")
    return f"postgresql:///{name}?{urlencode(parts, quote_via=quote, safe='')}"


@dataclass(frozen=True, slots=True)
class SupabaseCli:
    """The program in a work folder of its own, which holds `supabase/`."""

    program: Path
    folder: Path

    @classmethod
    def on_copy(cls, program: Path, schema: Path, folder: Path) -> Self:
        for part in ("config.toml", "migrations"):
            source, target = schema / part, folder / "supabase" / part
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        return cls(program, folder)

    @property
    def config(self) -> Path:
        return self.folder / "supabase" / "config.toml"

    @property
    def migrations(self) -> Path:
        return self.folder / "supabase" / "migrations"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        # Of our environment it gets the path alone: no account, no proxy, no settings of this machine.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "DO_NOT_TRACK": "1",
        }
        command = [str(self.program), *words, "--workdir", str(self.folder), "--yes", "--output-format", "json"]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def answer(self, conninfo: str, *words: str) -> dict[str, Any]:
        """What it says about a database; it must be content."""
        done = self.run(*words, "--db-url", address(conninfo))
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)
