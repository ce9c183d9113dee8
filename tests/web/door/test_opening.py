"""Where the dashboard may be reached, and the addresses that its door is given."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from harvester.errors import BindRefused, SettingsError
from harvester.web.door.door import Door, Supabase
from harvester.web.serve import serving

BINDS: dict[str, tuple[str, Callable[[str], Door], str | None]] = {
    "nobody signs in": ("0.0.0.0", lambda _: Door(), "no sign-in"),
    "nobody signs in, with a name": ("0.0.0.0", lambda _: Door(public_url="https://desk.example.org"), "no sign-in"),
    "no name": ("0.0.0.0", lambda url: Door(Supabase(url, "key")), "under which name"),
    "a host name": (
        "desk.example.org",
        lambda url: Door(Supabase(url, "key"), public_url="https://desk.example.org"),
        "an IP address",
    ),
    "people sign in": (
        "0.0.0.0",
        lambda url: Door(Supabase(url, "key"), public_url="https://desk.example.org"),
        None,
    ),
}


@pytest.mark.anyio
@pytest.mark.parametrize("case", BINDS)
async def test_it_is_open_to_others_only_where_they_sign_in(door_database: str, case: str) -> None:
    host, door_of, refusal = BINDS[case]
    door = door_of("http://127.0.0.1:1")
    if refusal is not None:
        with pytest.raises(BindRefused) as refused:
            async with serving(door_database, host, door=door):
                pass
        assert refusal in str(refused.value)
        return
    async with serving(door_database, host, door=door) as url, httpx.AsyncClient(verify=False) as client:
        port = httpx.URL(url).port
        for name, status in (("desk.example.org", 200), ("evil.example", 421), (f"127.0.0.1:{port}", 200)):
            answer = await client.get(f"http://127.0.0.1:{port}/healthz", headers={"Host": name})
            assert answer.status_code == status, name


@pytest.mark.parametrize(
    "url", ["http://ref.supabase.co", "ftp://ref.supabase.co", "ref.supabase.co", "https://a:b@ref.supabase.co", ""]
)
def test_passwords_go_to_https_alone(url: str) -> None:
    with pytest.raises(SettingsError, match="HARVESTER_SUPABASE_URL"):
        Supabase(url, "key")


@pytest.mark.parametrize(
    "url", ["desk.example.org", "http://desk.example.org", "https://desk.example.org/path", "ftp://desk", "https://"]
)
def test_the_public_address_is_one_of_a_site(url: str) -> None:
    with pytest.raises(SettingsError, match="HARVESTER_PUBLIC_URL"):
        Door(public_url=url)
