"""The guide docs/howto/supabase.md: what it tells people to run does run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

import psycopg
import pytest
from tests.supabase.cli import SupabaseCli
from tests.supabase.gateway import ANALYST, PUBLISHABLE_KEY, Gateway
from tests.supabase.guide import guide_block, guide_blocks

from harvester.store.migrations import schema_folder

COMMANDS = re.findall(r"npx supabase ([a-z -]+)(?: REF)?$", "\n".join(guide_blocks("sh")), re.MULTILINE)


def test_the_python_example_reads_as_a_person_who_signed_in(gateway: Gateway) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SUPABASE_URL": gateway.url,
        "SUPABASE_KEY": PUBLISHABLE_KEY,
        "ANALYST_EMAIL": ANALYST["email"],
        "ANALYST_PASSWORD": ANALYST["password"],
    }
    example = [sys.executable, "-c", guide_block("python")]
    done = subprocess.run(example, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["brightpebble.com 1", "brightpebble.com 0.7071"]


def test_the_nightly_statement_is_one_the_database_takes(conninfo: str) -> None:
    (statement,) = re.findall(r"'(select \* from [^']+)'", guide_block("sql", "cron.schedule"))
    with psycopg.connect(conninfo) as connection:
        assert connection.execute(statement.encode()).fetchall() == [(0, 0, 0, 0)]


def test_the_guides_postgrest_offers_what_config_toml_offers() -> None:
    # The settings of PostgREST are written as TOML writes them.
    postgrest = tomllib.loads(guide_block("ini"))
    api = tomllib.loads((schema_folder() / "config.toml").read_text())["api"]
    assert postgrest["db-schemas"].split(", ") == api["schemas"]
    assert postgrest["db-extra-search-path"].split(", ") == api["extra_search_path"]
    assert postgrest["db-max-rows"] == api["max_rows"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_supabase_is_one_it_knows(cli: SupabaseCli, command: str) -> None:
    done = cli.run(*command.split(), "--help")
    assert (done.returncode, f"supabase {command.partition(' --')[0]}" in done.stdout) == (0, True)


def test_the_guide_names_commands_of_supabase() -> None:
    assert COMMANDS == ["login", "link --project-ref", "db push"]
