"""Access tokens of Supabase Auth: JSON Web Tokens (RFC 7519), verified before a word of them is believed.

Source: supabase.com/docs/guides/auth/jwts and …/jwt-fields; RFC 8725 for what may go wrong.
"""

from __future__ import annotations

import re
from typing import Any

import jwt

from harvester.errors import NotPermitted, NotSignedIn
from harvester.web.door.signing_keys import SigningKeys
from harvester.web.identity import Identity, role_in

AUDIENCE = "authenticated"
LEEWAY_SECONDS = 10
"""By how much two clocks may differ."""
MOST_CHARACTERS = 8_192
MOST_KID_CHARACTERS = 200
NEEDED = ("iss", "aud", "exp", "iat", "sub")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REFUSED = "The token is not valid, or not any more."


class TokenVerifier:
    """Turns the access token of a project into the identity of its user."""

    def __init__(self, issuer: str, keys: SigningKeys, secret: str | None = None) -> None:
        """`secret` is that of projects which still sign with HS256; without it no such token is accepted."""
        self._issuer, self._keys, self._secret = issuer, keys, secret

    async def identity(self, token: str) -> Identity:
        """Who the token was made for.

        Raises NotSignedIn where it proves nothing, NotPermitted for a user without a role, and SignInUnavailable
        where the keys of the project cannot be had.
        """
        if len(token) > MOST_CHARACTERS:
            raise NotSignedIn(_REFUSED)
        key, algorithm = await self._key(token)
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(NEEDED)},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            # The words of the library may quote the token.
            raise NotSignedIn(_REFUSED) from None
        return _identity(claims)

    async def _key(self, token: str) -> tuple[Any, str]:
        """The key that must have signed it, and the only algorithm for which that key is good."""
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, TypeError):
            raise NotSignedIn(_REFUSED) from None
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm == "HS256" and self._secret:
            return self._secret, "HS256"
        if algorithm not in ("ES256", "RS256") or not isinstance(kid, str) or not 0 < len(kid) <= MOST_KID_CHARACTERS:
            raise NotSignedIn(_REFUSED)
        key = await self._keys.find(kid)
        if key is None or key.algorithm_name != algorithm:
            raise NotSignedIn(_REFUSED)
        return key, algorithm


def is_secret_key(key: str) -> bool:
    """Whether a project's key is one of those past all policies: `sb_secret_…`, or formerly a token of service_role.

    >>> is_secret_key("sb_secret_x"), is_secret_key("sb_publishable_x")
    (True, False)
    """
    if not key.startswith("eyJ"):
        return key.startswith("sb_secret_")
    try:
        # Nothing is believed of it: it is our own setting that is looked at.
        return bool(jwt.decode(key, options={"verify_signature": False}).get("role") == "service_role")
    except jwt.PyJWTError:
        return False


def _identity(claims: dict[str, Any]) -> Identity:
    subject = str(claims["sub"])
    # The keys that stand for whole roles (anon, service_role) are signed alike, and are nobody's.
    if claims.get("role") != "authenticated" or claims.get("is_anonymous") or not _UUID.fullmatch(subject):
        raise NotSignedIn(_REFUSED)
    role = role_in(claims)
    if role is None:
        raise NotPermitted("Your account has no role here yet.", hint="Ask an admin for one: viewer, analyst or admin.")
    email = claims.get("email")
    return Identity(subject, role, claims, email if isinstance(email, str) and email else subject)
