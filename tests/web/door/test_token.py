"""Access tokens: whose are believed, and each way in which one is forged."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from harvester.errors import HarvesterError, NotPermitted, NotSignedIn
from harvester.sandbox.auth_tokens import SECRET, Algorithm, Issuer
from harvester.web.door.signing_keys import SigningKeys
from harvester.web.door.token import MOST_CHARACTERS, TokenVerifier
from harvester.web.identity import Identity

URL = "https://ref.supabase.co/auth/v1"
ANALYST = {"app_metadata": {"role": "analyst"}}


def issuer(algorithm: Algorithm = "ES256") -> Issuer:
    made = Issuer()
    made.url = URL
    made.rotate(algorithm, keep=False)
    return made


async def judged(source: Issuer, token: str, secret: str | None = None) -> Identity:
    async def key_set() -> Mapping[str, Any]:
        return source.key_set()

    return await TokenVerifier(URL, SigningKeys(key_set), secret).identity(token)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def public_pem(source: Issuer) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return source._key.public_key().public_bytes(encoding, form)


def by_hand(source: Issuer, header: Mapping[str, Any], key: bytes) -> str:
    """A token that is signed by HMAC with any bytes, which the library refuses to do."""
    import hashlib
    import hmac

    signed = f"{part(header)}.{part(source.claims(**ANALYST))}"
    signature = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.anyio
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
async def test_a_token_of_the_project_says_who_it_is_for(algorithm: Algorithm) -> None:
    source = issuer(algorithm)
    identity = await judged(source, source.token(**ANALYST))
    assert (identity.subject, identity.role, identity.name) == (source.claims()["sub"], "analyst", "ann@example.org")
    assert identity.claims["role"] == "authenticated"


@pytest.mark.anyio
async def test_the_shared_secret_of_older_projects_counts_only_where_it_is_set() -> None:
    source = issuer("HS256")
    token = source.token(**ANALYST)
    assert (await judged(source, token, SECRET)).role == "analyst"
    for secret in (None, "", "another-secret-of-thirty-two-letters"):
        with pytest.raises(NotSignedIn):
            await judged(source, token, secret)


def now() -> int:
    return int(time.time())


FORGED: dict[str, Callable[[Issuer], str]] = {
    "nothing": lambda _: "",
    "no token": lambda _: "a.b.c",
    "two parts": lambda s: ".".join(s.token(**ANALYST).split(".")[:2]),
    "alg none": lambda s: f"{part({'alg': 'none', 'kid': s.kid})}.{part(s.claims(**ANALYST))}.",
    "alg None": lambda s: f"{part({'alg': 'None', 'kid': s.kid})}.{part(s.claims(**ANALYST))}.",
    "no alg": lambda s: f"{part({'kid': s.kid})}.{part(s.claims(**ANALYST))}.AAAA",
    "alg is a list": lambda s: f"{part({'alg': ['ES256'], 'kid': s.kid})}.{part(s.claims(**ANALYST))}.AAAA",
    "HS256 with the public key": lambda s: by_hand(s, {"alg": "HS256", "kid": s.kid}, public_pem(s)),
    "HS256 with an empty key": lambda s: by_hand(s, {"alg": "HS256", "kid": s.kid}, b""),
    "HS512": lambda s: jwt.encode(s.claims(**ANALYST), SECRET * 2, "HS512", headers={"kid": s.kid}),
    "no kid": lambda s: jwt.encode(s.claims(**ANALYST), s._key, "ES256"),
    "empty kid": lambda s: jwt.encode(s.claims(**ANALYST), s._key, "ES256", headers={"kid": ""}),
    "another kid": lambda s: jwt.encode(s.claims(**ANALYST), s._key, "ES256", headers={"kid": "other"}),
    "a kid that is a path": lambda s: jwt.encode(
        s.claims(**ANALYST), s._key, "ES256", headers={"kid": "../../dev/null"}
    ),
    "kid is a number": lambda s: f"{part({'alg': 'ES256', 'kid': 7})}.{part(s.claims(**ANALYST))}.AAAA",
    "another key under the kid": lambda s: jwt.encode(
        s.claims(**ANALYST), ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": s.kid}
    ),
    "RS256 under the kid of an EC key": lambda s: jwt.encode(
        s.claims(**ANALYST), rsa.generate_private_key(65537, 2048), "RS256", headers={"kid": s.kid}
    ),
    "ES384": lambda s: jwt.encode(
        s.claims(**ANALYST), ec.generate_private_key(ec.SECP384R1()), "ES384", headers={"kid": s.kid}
    ),
    "its own key in the header": lambda s: jwt.encode(
        s.claims(**ANALYST),
        ec.generate_private_key(ec.SECP256R1()),
        "ES256",
        headers={"kid": s.kid, "jwk": s.key_set()["keys"][0], "jku": "https://evil.example/keys"},
    ),
    "an unknown critical header": lambda s: jwt.encode(
        s.claims(**ANALYST), s._key, "ES256", headers={"kid": s.kid, "crit": ["exp2"], "exp2": 1}
    ),
    "other claims under the signature": lambda s: ".".join(
        [s.token().split(".")[0], part(s.claims(**ANALYST)), s.token().split(".")[2]]
    ),
    "another issuer": lambda s: s.token(iss="https://other.supabase.co/auth/v1", **ANALYST),
    "an issuer that begins alike": lambda s: s.token(iss=f"{URL}/", **ANALYST),
    "no issuer": lambda s: s.token(iss=None, **ANALYST),
    "another audience": lambda s: s.token(aud="anon", **ANALYST),
    "no audience": lambda s: s.token(aud=None, **ANALYST),
    "an empty audience": lambda s: s.token(aud=[], **ANALYST),
    "ended": lambda s: s.token(exp=now() - 60, **ANALYST),
    "never ends": lambda s: s.token(exp=None, **ANALYST),
    "ends at a word": lambda s: s.token(exp="tomorrow", **ANALYST),
    "made in the future": lambda s: s.token(iat=now() + 600, **ANALYST),
    "not valid yet": lambda s: s.token(nbf=now() + 600, **ANALYST),
    "nobody's": lambda s: s.token(sub=None, **ANALYST),
    "an empty subject": lambda s: s.token(sub="", **ANALYST),
    "a subject that is no user": lambda s: s.token(sub="local", **ANALYST),
    "the service's own": lambda s: s.token(role="service_role", **ANALYST),
    "a stranger's": lambda s: s.token(role="anon", **ANALYST),
    "no database role": lambda s: s.token(role=None, **ANALYST),
    "an anonymous user's": lambda s: s.token(is_anonymous=True, **ANALYST),
    "too long": lambda s: s.token(words="x" * MOST_CHARACTERS, **ANALYST),
    "claims that are a list": lambda s: f"{part({'alg': 'ES256', 'kid': s.kid})}.{part([1])}.AAAA",
}


@pytest.mark.anyio
@pytest.mark.parametrize("forgery", FORGED)
@pytest.mark.parametrize("secret", [None, SECRET], ids=["signing keys", "signing keys and secret"])
async def test_a_forged_token_proves_nobody(forgery: str, secret: str | None) -> None:
    source = issuer()
    with pytest.raises(NotSignedIn) as refusal:
        await judged(source, FORGED[forgery](source), secret)
    assert str(refusal.value) == "The token is not valid, or not any more."


ROLES: dict[str, tuple[dict[str, Any], str | None]] = {
    "viewer": ({"app_metadata": {"role": "viewer"}}, "viewer"),
    "admin": ({"app_metadata": {"role": "admin"}}, "admin"),
    "only in what users write": ({"user_metadata": {"role": "admin"}}, None),
    "in what users write, and nothing else": ({"app_metadata": None, "user_metadata": {"role": "admin"}}, None),
    "written by the user beside": (
        {"app_metadata": {"role": "viewer"}, "user_metadata": {"role": "admin", "app_metadata": {"role": "admin"}}},
        "viewer",
    ),
    "at the top": ({"user_role": "admin"}, None),
    "unknown": ({"app_metadata": {"role": "owner"}}, None),
    "in capitals": ({"app_metadata": {"role": "ADMIN"}}, None),
    "a list": ({"app_metadata": {"role": ["admin"]}}, None),
    "metadata is a word": ({"app_metadata": "admin"}, None),
    "none": ({}, None),
}


@pytest.mark.anyio
@pytest.mark.parametrize("case", ROLES)
async def test_the_role_is_that_which_an_admin_gave(case: str) -> None:
    claims, role = ROLES[case]
    source = issuer()
    token = source.token(**claims)
    if role is None:
        with pytest.raises(NotPermitted, match="no role here yet"):
            await judged(source, token)
    else:
        assert (await judged(source, token)).role == role


@pytest.mark.anyio
async def test_clocks_may_differ_by_some_seconds() -> None:
    source = issuer()
    assert (await judged(source, source.token(exp=now() - 3, iat=now() + 3, **ANALYST))).role == "analyst"


WEAK: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no kid": lambda key: {name: value for name, value in key.items() if name != "kid"},
    "for encryption": lambda key: {**key, "use": "enc"},
    "another algorithm": lambda key: {**key, "alg": "ES512"},
    "another curve": lambda key: {**key, "crv": "P-384"},
    "a shared secret": lambda key: {"kty": "oct", "k": "AAAA", "kid": key["kid"], "alg": "HS256"},
    "no point of the curve": lambda key: {**key, "x": "AAAA"},
    "a word": lambda _: "key",  # type: ignore[return-value, dict-item]
}


@pytest.mark.anyio
@pytest.mark.parametrize("weakness", WEAK)
async def test_a_key_of_another_kind_is_passed_over(weakness: str) -> None:
    source = issuer()

    async def key_set() -> Mapping[str, Any]:
        return {"keys": [WEAK[weakness](source.key_set()["keys"][0])]}

    with pytest.raises(HarvesterError) as refusal:
        await TokenVerifier(URL, SigningKeys(key_set)).identity(source.token(**ANALYST))
    assert refusal.value.code == "not_signed_in"


@pytest.mark.anyio
async def test_a_short_rsa_key_is_passed_over() -> None:
    source = issuer("RS256")
    source._key = rsa.generate_private_key(65537, 1024)
    source._public[source.kid] = {
        **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(source._key.public_key())),
        "kid": source.kid,
    }
    signed = f"{part({'alg': 'RS256', 'kid': source.kid})}.{part(source.claims(**ANALYST))}"
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    signature = source._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(NotSignedIn):
        await judged(source, f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}")
