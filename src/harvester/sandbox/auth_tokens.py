"""The access tokens of the sandbox's sign-in service, and the keys that sign them.

Source: supabase.com/docs/guides/auth/jwt-fields for the claims, …/signing-keys for how keys are changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any, Literal
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

Algorithm = Literal["ES256", "RS256", "HS256"]
SECRET = "sandbox-jwt-secret-of-nobody-at-all"  # noqa: S105 - invented, known to everybody.
"""With which projects sign that have no signing keys yet."""


class Issuer:
    """Signs tokens; its keys can be changed while it runs."""

    def __init__(self, seconds: int = 3600) -> None:
        self.url = ""
        """The claim `iss`, known once the service listens."""
        self.seconds = seconds
        self.algorithm: Algorithm = "ES256"
        self.kid = ""
        self._key: Any = None
        self._public: dict[str, dict[str, Any]] = {}
        self.rotate()

    def rotate(self, algorithm: Algorithm = "ES256", *, keep: bool = True) -> None:
        """Sign with a new key from now on; `keep` lets tokens of earlier keys be valid still."""
        self.algorithm = algorithm
        if not keep:
            self._public.clear()
        self.kid = str(uuid4())
        if algorithm == "HS256":
            self._key = SECRET
            return
        if algorithm == "ES256":
            self._key = ec.generate_private_key(ec.SECP256R1())
            public = json.loads(ECAlgorithm.to_jwk(self._key.public_key()))
        else:
            self._key = rsa.generate_private_key(65537, 2048)
            public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        self._public[self.kid] = {**public, "kid": self.kid, "alg": algorithm, "use": "sig", "key_ops": ["verify"]}

    def key_set(self) -> dict[str, Any]:
        """The public keys, as a JSON Web Key Set; a shared secret is never in it."""
        return {"keys": list(self._public.values())}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What a token says; a change to None leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "authenticated",
            "exp": now + self.seconds,
            "iat": now,
            "sub": "5b1c4a3e-0000-4000-8000-000000000001",
            "role": "authenticated",
            "aal": "aal1",
            "session_id": str(uuid4()),
            "email": "ann@example.org",
            "is_anonymous": False,
            "app_metadata": {"provider": "email"},
            "user_metadata": {},
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changes: Any) -> str:
        """A token with these claims changed."""
        return jwt.encode(self.claims(**changes), self._key, self.algorithm, headers={"kid": self.kid})

    def subject_of(self, token: str) -> str | None:
        """Whom a token of the present key was made for; None for any other."""
        key = self._key if self.algorithm == "HS256" else self._key.public_key()
        try:
            return str(jwt.decode(token, key, [self.algorithm], audience="authenticated")["sub"])
        except jwt.PyJWTError:
            return None


def challenge(verifier: str) -> str:
    """What a verifier must hash to: RFC 7636, section 4.2, method S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
