"""`oauth/token`: who may ask, and for how long.

Source: developers.tiktok.com/doc/client-access-token-management; errors come in an envelope of their own
(.../oauth-error-handling).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvester.sandbox.clock import Clock
from harvester.sandbox.modes import Limits
from harvester.sandbox.refusal import INVALID_TOKEN, Refusal

CLIENT_KEY = "sandboxclientkey"
CLIENT_SECRET = "sandbox-secret-of-nobody"  # noqa: S105 - invented, printed for everybody.
BROKEN_IN = 10
"""A token is not taken away before so many requests: whoever has just asked for one can use it."""


@dataclass(slots=True)
class _Token:
    expires_at: float
    calls: int = 0


class Tokens:
    """The tokens that were given out and are valid."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self.limits = limits
        self._tokens: dict[str, _Token] = {}

    def issue(self, form: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """The answer to a request for a token, and whether it gives one."""
        if form.get("grant_type") != "client_credentials":
            return _no("unsupported_grant_type", "The grant type is not supported."), False
        if not form.get("client_key") or not form.get("client_secret"):
            return _no("invalid_request", "The request parameters are malformed."), False
        if (form["client_key"], form["client_secret"]) != (CLIENT_KEY, CLIENT_SECRET):
            return _no("invalid_client", "Client key or secret is incorrect."), False
        now, seconds = self._clock.now(), self.limits.token_seconds
        self._tokens = {name: token for name, token in self._tokens.items() if token.expires_at > now}
        name = f"clt.{secrets.token_hex(16)}"
        self._tokens[name] = _Token(now + seconds)
        return {"access_token": name, "expires_in": seconds, "token_type": "Bearer"}, True

    def use(self, authorization: str) -> str:
        """The token that a request bears. Raises Refusal where it is not valid, or not any more."""
        scheme, _, name = authorization.partition(" ")
        token = self._tokens.get(name.strip()) if scheme.lower() == "bearer" else None
        if token is None or token.expires_at <= self._clock.now():
            raise Refusal(401, "access_token_invalid", INVALID_TOKEN)
        token.calls += 1
        if self.limits.token_calls is not None and token.calls > self.limits.token_calls:
            del self._tokens[name.strip()]
            raise Refusal(401, "access_token_invalid", INVALID_TOKEN)
        return name.strip()

    def is_in_use(self, name: str) -> bool:
        """Whether the token was used so often that it may be taken away early."""
        return name in self._tokens and self._tokens[name].calls > BROKEN_IN

    def revoke(self, name: str) -> None:
        """Let a token expire now."""
        self._tokens.pop(name, None)


def _no(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}
