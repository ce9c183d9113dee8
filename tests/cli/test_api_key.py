"""`harvester api-key`, and what `harvester serve` says of its door, as users type them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import jwt
import psycopg
import pytest
from tests.cli.conftest import Run

from harvester.cli.serve import door_of
from harvester.errors import SettingsError
from harvester.settings import load_settings, trusted_proxies
from harvester.store.api_key import KEY_PATTERN


def test_a_key_is_shown_once_listed_and_revoked(run: Run, conninfo: str) -> None:
    made = run("api-key", "create", "siem", "--days", "30")
    key = made.stdout.strip()
    assert KEY_PATTERN.fullmatch(key)
    assert "not shown again" in made.stderr
    with psycopg.connect(conninfo) as owner:
        stored = owner.execute("select to_jsonb(k)::text from private.api_key k").fetchone()
    assert stored is not None
    assert key not in stored[0]
    assert key[8:] not in stored[0]

    taken = run("api-key", "create", "siem")
    assert (taken.returncode, "already" in taken.stderr) == (1, True)
    assert run("api-key", "revoke", "siem").stdout == "revoked siem\n"
    (listed,) = json.loads(run("api-key", "list", "--json").stdout)
    assert (listed["name"], listed["beginning"], listed["scope"]) == ("siem", key[:8], "read")
    assert listed["revoked_at"] is not None
    assert listed["last_used_at"] is None


def test_the_dashboard_prints_its_link_and_logs_requests(conninfo: str, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
    environment |= {"HARVESTER_HOME": str(tmp_path), "HARVESTER_DATABASE_URL": conninfo}
    command = [sys.executable, "-m", "harvester", "serve", "--port", "0", "--log", "info"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        link = process.stdout.readline().strip()
        url = process.stdout.readline().strip().removeprefix("ready ")
        assert re.fullmatch(rf"sign in once {re.escape(url)}sign-in/link/[\w-]{{43}}", link)
        with httpx.Client(base_url=url, follow_redirects=True, verify=False) as client:
            answer = client.get(link.removeprefix("sign in once "))
            assert (answer.status_code, answer.url.path, "Local admin" in answer.text) == (200, "/", True)
        process.send_signal(signal.SIGINT)
        output, complaints = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, "")
    lines = [json.loads(line) for line in complaints.splitlines()]
    assert [(line["event"], line["route"], line["status"]) for line in lines] == [
        ("request", "/sign-in/link/{secret}", 303),
        ("request", "/", 200),
    ]
    assert lines[1]["request_id"] == answer.headers["x-request-id"]
    assert link.rpartition("/")[2] not in complaints


def read_all() -> None:
    """Read the settings as `harvester serve` does."""
    settings = load_settings()
    trusted_proxies(settings)
    door_of(settings)


LEGACY = jwt.encode({"role": "service_role", "iss": "supabase"}, "x" * 32, "HS256")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SUPABASE_URL": "https://ref.supabase.co"}, "HARVESTER_SUPABASE_PUBLISHABLE_KEY is not set"),
        ({"SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x"}, "HARVESTER_SUPABASE_URL is not set"),
        ({"SUPABASE_URL": "http://ref.supabase.co", "SUPABASE_PUBLISHABLE_KEY": "x"}, "no https address"),
        ({"SUPABASE_URL": "https://r.supabase.co", "SUPABASE_PUBLISHABLE_KEY": "sb_secret_x"}, "holds a secret key"),
        ({"SUPABASE_URL": "https://r.supabase.co", "SUPABASE_PUBLISHABLE_KEY": LEGACY}, "holds a secret key"),
        ({"TRUSTED_PROXIES": "127.0.0.1, *"}, r"\* is no IP address"),
        ({"TRUSTED_PROXIES": "proxy.example.org"}, "is no IP address"),
        ({"PUBLIC_URL": "http://desk.example.org"}, "HARVESTER_PUBLIC_URL is no https address"),
        ({"SUPABASE_JWT_SECRET": "short"}, "HARVESTER_SUPABASE_JWT_SECRET cannot be used"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(f"HARVESTER_{name}", value)
    with pytest.raises(SettingsError, match=words) as refused:
        read_all()
    assert "short" not in str(refused.value)


def test_the_settings_make_the_door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert door_of(load_settings()).supabase is None
    for name, value in {
        "SUPABASE_URL": "https://ref.supabase.co/",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
        "PUBLIC_URL": "https://desk.example.org",
        "SESSION_HOURS": "0.5",
    }.items():
        monkeypatch.setenv(f"HARVESTER_{name}", value)
    door = door_of(load_settings())
    assert door.supabase is not None
    assert door.supabase.api.issuer == "https://ref.supabase.co/auth/v1"
    assert (str(door.public), door.session_seconds) == ("https://desk.example.org", 1800)


def test_a_secret_that_others_may_read_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    file, secret = tmp_path / ".env", "s" * 40
    file.write_text(
        "HARVESTER_SUPABASE_URL=https://ref.supabase.co\nHARVESTER_SUPABASE_PUBLISHABLE_KEY=sb_publishable_x\n"
        f"HARVESTER_SUPABASE_JWT_SECRET={secret}\n"
    )
    file.chmod(0o644)
    with pytest.raises(SettingsError, match=r"chmod 600 \.env") as refused:
        door_of(load_settings())
    assert secret not in str(refused.value)
    file.chmod(0o600)
    assert door_of(load_settings()).supabase is not None
    monkeypatch.setenv("HARVESTER_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8, ::1")
    assert trusted_proxies(load_settings()) == ["127.0.0.1", "10.0.0.0/8", "::1"]
