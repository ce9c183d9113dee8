"""The only reader of the environment: every setting with its name, default and help."""

from __future__ import annotations

import os
import stat
from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from harvester.errors import CredentialsMissing, SettingsError
from harvester.model import Credentials, Pap

_DOTENV = Path(".env")
_KEY, _SECRET, _FILE = (f"HARVESTER_TIKTOK_{name}" for name in ("CLIENT_KEY", "CLIENT_SECRET", "CREDENTIALS_FILE"))
_LONGEST_FILE = 4096
"""Bytes of a file of credentials that are read; they need some hundred."""


class Settings(BaseSettings):
    """Settings of one process, from environment variables `HARVESTER_…` or a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="HARVESTER_", env_file=_DOTENV, env_ignore_empty=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None,
        description="Address of a PostgreSQL 15 or later, or of a Supabase project: "
        "postgresql://user:password@host:5432/database. Unset: the embedded server.",
    )
    home: Path = Field(
        default=Path(".harvester"),
        description="Folder of the embedded server and its data, and of backups.",
    )
    tiktok_client_key: SecretStr | None = Field(
        default=None,
        description="Client key of your application at developers.tiktok.com, approved for the Research API or the "
        "Commercial Content API.",
    )
    tiktok_client_secret: SecretStr | None = Field(default=None, description="Client secret of the same application.")
    tiktok_credentials_file: Path | None = Field(
        default=None,
        description="File with the key on its first line and the secret on its second, readable by its owner alone; "
        "instead of the two settings above.",
    )
    tiktok_url: str = Field(
        default="https://open.tiktokapis.com",
        description="Where the APIs are asked. For the sandbox: the address that `harvester sandbox` prints.",
    )
    tiktok_requests_per_day: int = Field(
        default=1000, ge=1, description="Requests that each of the APIs may be asked a day, from 00:00 UTC on."
    )
    tiktok_records_per_day: int = Field(
        default=100_000, ge=1, description="Records that each of the APIs may give a day, from 00:00 UTC on."
    )
    tiktok_ads_per_page: int = Field(
        default=50, ge=1, le=50, description="Ads asked for at a time; some applications may ask for no more than 10."
    )
    tiktok_patience: float = Field(
        default=1.0,
        gt=0,
        le=10,
        description="Seconds before the first repetition of a request that failed; each further one waits longer.",
    )
    pap: Pap = Field(
        default="amber",
        description="What may be asked about a domain (PAP): red sends nothing, amber asks the DNS resolver and "
        "registries, green also the domain's own web server.",
    )
    dns_resolvers: str = Field(
        default="",
        description="Recursive resolvers that are asked, as 192.0.2.1 or 192.0.2.1:53, separated by commas. "
        "Unset: those of the system.",
    )
    dns_per_second: int = Field(default=100, ge=1, le=500, description="Domains that one worker looks up in DNS.")
    rdap: bool = Field(default=False, description="Whether registries are asked who registered a domain, and when.")
    http_per_minute: int = Field(
        default=30, ge=1, le=600, description="Domains whose web servers are asked, by all workers together."
    )
    contact: str | None = Field(
        default=None,
        description="An address of a page or mailbox under which operators of web servers reach you; it stands in "
        "every request to them, and none is made without it.",
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=36500,
        description="Days after which videos, comments and mentions are deleted, every six hours while "
        "`harvester serve` or `harvester up` runs. Domains with a verdict or a note keep their evidence. Unset: "
        "nothing is ever deleted.",
    )
    supabase_url: str | None = Field(
        default=None,
        description="Address of the Supabase project whose users sign in to the dashboard: https://REF.supabase.co. "
        "Unset: the dashboard is for the person at this machine.",
    )
    supabase_publishable_key: SecretStr | None = Field(
        default=None, description="Publishable key of that project (`sb_publishable_…`, formerly `anon`)."
    )
    supabase_jwt_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="JWT secret of a project that still signs with it (HS256). Unset: only its signing keys count.",
    )
    public_url: str | None = Field(
        default=None,
        description="Address under which people open the dashboard: https://desk.example.org. Needed beyond this "
        "machine, and for links by mail.",
    )
    trusted_proxies: str = Field(
        default="",
        description="IP addresses or networks of reverse proxies, separated by commas, whose X-Forwarded-For is "
        "believed.",
    )
    session_hours: float = Field(
        default=12, gt=0, le=720, description="Hours after which a browser has to sign in again."
    )
    api_per_minute: int = Field(
        default=120, ge=1, le=100_000, description="Requests to the REST API within a minute, by each user or key."
    )


def load_settings() -> Settings:
    """The settings of this process; raises SettingsError that names the variable with the unusable value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"HARVESTER_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise SettingsError(f"{name} cannot be used: {first['msg']}.", hint="See .env.example.") from error


def load_credentials(settings: Settings) -> Credentials:
    """The key and secret that TikTok knows the application by: of the two settings, else of the file.

    Raises CredentialsMissing where there are none, SettingsError where others may read a file that holds the secret,
    or where the file cannot be used.
    """
    key, secret = _text(settings.tiktok_client_key), _text(settings.tiktok_client_secret)
    if secret:
        _check_dotenv("tiktok_client_secret")
    if key and secret:
        return Credentials(key, secret)
    if settings.tiktok_credentials_file is not None and not key and not secret:
        return _read_credentials(settings.tiktok_credentials_file)
    missing = _SECRET if key else _KEY if secret else ""
    raise CredentialsMissing(
        f"{missing} is not set." if missing else "TikTok's APIs need a client key and a client secret; none are set.",
        hint=f"Set {_KEY} and {_SECRET}, or {_FILE}: docs/howto/collect.md says how to get them.",
    )


def load_jwt_secret(settings: Settings) -> str | None:
    """The secret that makes everybody's tokens, where one is set; raises SettingsError where others may read it."""
    secret = _text(settings.supabase_jwt_secret)
    if secret:
        _check_dotenv("supabase_jwt_secret")
    return secret or None


def trusted_proxies(settings: Settings) -> list[str]:
    """The addresses and networks of the proxies; raises SettingsError for anything else, such as an asterisk."""
    listed = [each.strip() for each in settings.trusted_proxies.split(",") if each.strip()]
    for each in listed:
        try:
            ip_network(each)
        except ValueError:
            raise SettingsError(
                f"HARVESTER_TRUSTED_PROXIES cannot be used: {each} is no IP address or network.",
                hint="Write those of your own proxies: what they say of a sender is believed.",
            ) from None
    return listed


def _check_dotenv(name: str) -> None:
    """Where `.env` holds this secret, nobody but its owner may use the file."""
    if _DOTENV.exists() and DotEnvSettingsSource(Settings)().get(name):
        _check_owner_only(_DOTENV.stat(), _DOTENV)


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""


def _read_credentials(path: Path) -> Credentials:
    try:
        with path.open("rb") as stream:
            _check_owner_only(os.fstat(stream.fileno()), path)
            lines = stream.read(_LONGEST_FILE).decode().split()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"{_FILE}: {path} cannot be read: {why}.") from None
    if len(lines) != 2:
        raise SettingsError(
            f"{_FILE}: {path} holds no key and secret.",
            hint="Write the client key on its first line, the client secret on its second, and nothing else.",
        )
    return Credentials(*lines)


def _check_owner_only(about: os.stat_result, path: Path) -> None:
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise SettingsError(
            f"{path} holds a secret, and others than its owner may use it.", hint=f"Type: chmod 600 {path}"
        )
