"""The credentials of TikTok's APIs: where they come from, and who may read them there."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.errors import CredentialsMissing, SettingsError
from harvester.model import Credentials
from harvester.settings import load_credentials, load_settings

KEY, SECRET = "aw0key", "s3cret of nobody"
KEY_NAME, SECRET_NAME = "HARVESTER_TIKTOK_CLIENT_KEY", "HARVESTER_TIKTOK_CLIENT_SECRET"
FILE_NAME = "HARVESTER_TIKTOK_CREDENTIALS_FILE"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, without any of the settings."""
    monkeypatch.chdir(tmp_path)
    for name in (KEY_NAME, SECRET_NAME, FILE_NAME):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def written(path: Path, content: str, mode: int = 0o600) -> Path:
    path.write_text(content)
    path.chmod(mode)
    return path


def credentials() -> Credentials:
    return load_credentials(load_settings())


def test_the_secret_is_in_no_text_made_of_the_credentials() -> None:
    found = Credentials(KEY, SECRET)
    assert SECRET not in f"{found} {found!r} {[found]}"


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_NAME, f" {KEY}")
    monkeypatch.setenv(SECRET_NAME, f"{SECRET}\n")
    assert credentials() == Credentials(KEY, SECRET)


@pytest.mark.parametrize("content", ["aw0key\ns3cret\n", "aw0key\r\ns3cret", "\n aw0key \n\ns3cret\n\n"])
def test_credentials_come_from_a_file_of_its_owner(folder: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setenv(FILE_NAME, str(written(folder / "tiktok", content, 0o400)))
    assert credentials() == Credentials("aw0key", "s3cret")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o777])
def test_a_file_that_others_may_use_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    path = written(folder / "tiktok", "aw0key\ns3cret\n", mode)
    monkeypatch.setenv(FILE_NAME, str(path))
    with pytest.raises(SettingsError, match=f"chmod 600 {path}") as caught:
        credentials()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "aw0key", "aw0key\ns3cret\nmore", "aw0key s3cret or so"])
def test_a_file_that_holds_something_else_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setenv(FILE_NAME, str(written(folder / "tiktok", content)))
    with pytest.raises(SettingsError, match="no key and secret") as caught:
        credentials()
    assert "aw0key" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE_NAME, str(folder / "nowhere"))
    with pytest.raises(SettingsError, match="nowhere cannot be read: No such file"):
        credentials()
    (folder / "binary").write_bytes(b"\xff\xfe\x00")
    (folder / "binary").chmod(0o600)
    monkeypatch.setenv(FILE_NAME, str(folder / "binary"))
    with pytest.raises(SettingsError, match="it is no text"):
        credentials()


def test_the_settings_come_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE_NAME, str(written(folder / "tiktok", "other\nother\n")))
    monkeypatch.setenv(KEY_NAME, KEY)
    monkeypatch.setenv(SECRET_NAME, SECRET)
    assert credentials() == Credentials(KEY, SECRET)


@pytest.mark.parametrize(
    ("name", "missing"), [(KEY_NAME, SECRET_NAME), (SECRET_NAME, KEY_NAME), ("HARVESTER_HOME", "none are set")]
)
def test_what_is_missing_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, name: str, missing: str) -> None:
    monkeypatch.setenv(name, "something")
    with pytest.raises(CredentialsMissing, match=missing) as caught:
        credentials()
    assert all(each in caught.value.hint for each in (KEY_NAME, SECRET_NAME, FILE_NAME, "docs/howto/collect.md"))


@pytest.mark.parametrize("name", [SECRET_NAME, SECRET_NAME.lower()])
def test_a_dotenv_with_the_secret_that_others_may_read_is_refused(folder: Path, name: str) -> None:
    dotenv = written(folder / ".env", f"{KEY_NAME}={KEY}\n{name}='{SECRET}'\n", 0o644)
    with pytest.raises(SettingsError, match=r"chmod 600 \.env") as caught:
        credentials()
    assert SECRET not in str(caught.value)
    dotenv.chmod(0o600)
    assert credentials() == Credentials(KEY, SECRET)


def test_a_dotenv_without_the_secret_may_be_read_by_everybody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(folder / ".env", f"{KEY_NAME}={KEY}\n{SECRET_NAME}=\n", 0o644)
    monkeypatch.setenv(SECRET_NAME, SECRET)
    assert credentials() == Credentials(KEY, SECRET)
