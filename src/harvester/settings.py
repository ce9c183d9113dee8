"""The only reader of the environment: every setting with its name, default and help."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from harvester.errors import SettingsError


class Settings(BaseSettings):
    """Settings of one process, from environment variables `HARVESTER_…` or a file `.env`."""

    model_config = SettingsConfigDict(env_prefix="HARVESTER_", env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None,
        description="Address of a PostgreSQL 15 or later, or of a Supabase project: "
        "postgresql://user:password@host:5432/database. Unset: the embedded server.",
    )
    home: Path = Field(
        default=Path(".harvester"),
        description="Folder of the embedded server and its data, and of backups.",
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=36500,
        description="Days after which videos, comments and mentions are deleted, every six hours while "
        "`harvester serve` runs. Domains with a verdict or a note keep their evidence. Unset: nothing is ever deleted.",
    )


def load_settings() -> Settings:
    """The settings of this process; raises SettingsError that names the variable with the unusable value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"HARVESTER_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise SettingsError(f"{name} cannot be used: {first['msg']}.", hint="See .env.example.") from error
