"""The stand-in for Supabase Auth, asked by Supabase's own client: what we use of the service, the two do alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from harvester.sandbox.auth import PUBLISHABLE_KEY, Account, AuthStub, serving_auth

ANN = Account("ann@example.org", "a password", app_metadata={"role": "analyst"}, user_metadata={"role": "admin"})
PASSWORD = {"email": ANN.email, "password": ANN.password}


@asynccontextmanager
async def asked(stub: AuthStub) -> AsyncIterator[AsyncGoTrueClient]:
    """Supabase's client in the flow for servers."""
    async with httpx.AsyncClient(verify=False) as http:
        yield AsyncGoTrueClient(
            url=stub.issuer.url,
            headers={"apikey": PUBLISHABLE_KEY},
            auto_refresh_token=False,
            flow_type="pkce",
            http_client=http,
        )


@pytest.mark.anyio
async def test_a_password_gives_tokens_that_the_client_believes() -> None:
    async with serving_auth([ANN]) as stub, asked(stub) as client:
        session = (await client.sign_in_with_password(PASSWORD)).session  # type: ignore[arg-type]
        assert session is not None
        for algorithm in ("ES256", "RS256"):
            stub.issuer.rotate(algorithm)  # type: ignore[arg-type]
            session = (await client.refresh_session()).session
            assert session is not None
            answer = await client.get_claims(session.access_token)
            assert answer is not None
            assert answer["headers"]["alg"] == algorithm
            assert answer["claims"]["app_metadata"]["role"] == "analyst"
            assert answer["claims"]["aud"] == "authenticated"
        await client.sign_out({"scope": "local"})
        assert stub.asked[-1] == "/logout"


@pytest.mark.anyio
@pytest.mark.parametrize(("email", "password"), [(ANN.email, "another"), ("nobody@example.org", ANN.password)])
async def test_a_wrong_password_and_a_wrong_address_are_answered_alike(email: str, password: str) -> None:
    async with serving_auth([ANN]) as stub, asked(stub) as client:
        with pytest.raises(AuthApiError) as refused:
            await client.sign_in_with_password({"email": email, "password": password})
        assert (refused.value.status, refused.value.code) == (400, "invalid_credentials")


@pytest.mark.anyio
async def test_a_refresh_token_is_good_once_and_a_second_use_ends_the_session() -> None:
    async with serving_auth([ANN]) as stub, asked(stub) as client:
        first = (await client.sign_in_with_password(PASSWORD)).session  # type: ignore[arg-type]
        assert first is not None
        second = (await client.refresh_session(first.refresh_token)).session
        assert second is not None
        for token, code in (
            (first.refresh_token, "refresh_token_already_used"),
            (second.refresh_token, "refresh_token_not_found"),
        ):
            with pytest.raises(AuthApiError) as refused:
                await client.refresh_session(token)
            assert refused.value.code == code


@pytest.mark.anyio
async def test_a_link_leads_back_with_a_code_for_whoever_asked() -> None:
    async with serving_auth([ANN]) as stub, asked(stub) as client, httpx.AsyncClient(verify=False) as browser:
        back = {"email_redirect_to": "http://desk/sign-in/back", "should_create_user": False}
        await client.sign_in_with_otp({"email": ANN.email, "options": back})  # type: ignore[typeddict-item]
        verifier = await client._storage.get_item(f"{client._storage_key}-code-verifier") or ""
        sent_back = (await browser.get(stub.mails[0].link)).headers["location"]
        assert sent_back.startswith("http://desk/sign-in/back?code=")
        (code,) = parse_qs(urlsplit(sent_back).query)["code"]
        params = {"auth_code": code, "code_verifier": verifier.partition("/")[0], "redirect_to": ""}
        session = (await client.exchange_code_for_session(params)).session  # type: ignore[arg-type]
        assert session is not None
        again = (await browser.get(stub.mails[0].link)).headers["location"]
        assert "otp_expired" in again


@pytest.mark.anyio
async def test_the_token_of_a_link_is_verified_once() -> None:
    async with serving_auth([ANN]) as stub, asked(stub) as client:
        await client.sign_in_with_otp({"email": ANN.email})
        shown = {"token_hash": stub.mails[0].token_hash, "type": "email"}
        assert (await client.verify_otp(shown)).session is not None  # type: ignore[arg-type]
        with pytest.raises(AuthApiError) as refused:
            await client.verify_otp(shown)  # type: ignore[arg-type]
        assert (refused.value.status, refused.value.code) == (403, "otp_expired")
        with pytest.raises(AuthApiError) as refused:
            await client.sign_in_with_otp({"email": "nobody@example.org", "options": {"should_create_user": False}})
        assert refused.value.code == "otp_disabled"


@pytest.mark.anyio
async def test_without_the_key_of_the_project_nobody_is_answered() -> None:
    async with serving_auth([ANN]) as stub, httpx.AsyncClient(verify=False) as client:
        answer = await client.post(f"{stub.issuer.url}/token?grant_type=password", json=PASSWORD)
        assert answer.status_code == 401
        assert (await client.get(f"{stub.issuer.url}/user")).status_code == 401
        assert len((await client.get(f"{stub.issuer.url}/.well-known/jwks.json")).json()["keys"]) == 1
