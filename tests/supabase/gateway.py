"""What stands between Supabase's clients and PostgREST: of Supabase's gateway, the part that decides who is asking."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx
import jwt

JWT_SECRET = "the-tests-sign-with-this-and-nobody-else-does"
PUBLISHABLE_KEY = "sb_publishable_of_the_tests"
SECRET_KEY = "sb_secret_of_the_tests"
ROLES = {PUBLISHABLE_KEY: "anon", SECRET_KEY: "service_role"}
ANALYST = {"email": "ana@example.com", "password": "correct horse"}
ANALYST_ID = "0190a000-0000-7000-8000-00000000000a"

HOP_BY_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


def token(role: str, *, secret: str = JWT_SECRET, lasts: int = 3600, **claims: Any) -> str:
    """A JWT as Supabase signs it for a role."""
    return jwt.encode({"role": role, "exp": int(time.time()) + lasts, **claims}, secret, "HS256")


class Gateway(ThreadingHTTPServer):
    """Passes `/rest/v1/…` on to PostgREST, and signs the analyst in at `/auth/v1/token`."""

    def __init__(self, postgrest: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.postgrest = postgrest
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.upstream = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(postgrest)), base_url="http://postgrest", timeout=30
        )

    @contextmanager
    def serving(self) -> Iterator[Self]:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()
            self.upstream.close()


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self.headers.get("apikey", "")
        if key not in ROLES:
            self.reply(401, {"message": "Invalid API key"})
        elif self.path.startswith("/auth/v1/token?grant_type=password"):
            self.sign_in(json.loads(body))
        elif self.path.startswith("/rest/v1/"):
            self.pass_on(key, body)
        else:
            self.reply(404, {"message": "no Route matched with those values"})

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 - http.server's names.

    def pass_on(self, key: str, body: bytes) -> None:
        """PostgREST is given the caller's own token, else one for the role of the key: a key is no token."""
        headers = httpx.Headers([pair for pair in self.headers.items() if pair[0].lower() not in HOP_BY_HOP])
        if headers.get("Authorization", "") in ("", f"Bearer {key}"):
            headers["Authorization"] = f"Bearer {token(ROLES[key])}"
        path = self.path.removeprefix("/rest/v1")
        answer = self.server.upstream.request(self.command, path, headers=headers, content=body)
        self.send_answer(answer.status_code, dict(answer.headers), answer.content)

    def sign_in(self, credentials: dict[str, Any]) -> None:
        if {name: credentials.get(name) for name in ANALYST} != ANALYST:
            self.reply(400, {"error_code": "invalid_credentials", "msg": "Invalid login credentials"})
            return
        email = ANALYST["email"]
        self.reply(200, {
            "access_token": token("authenticated", aud="authenticated", sub=ANALYST_ID, email=email),
            "token_type": "bearer", "expires_in": 3600, "refresh_token": "none",
            "user": {
                "id": ANALYST_ID, "aud": "authenticated", "role": "authenticated", "email": email,
                "app_metadata": {}, "user_metadata": {}, "created_at": "2026-01-01T00:00:00Z",
            },
        })  # fmt: skip

    def reply(self, status: int, answer: dict[str, Any]) -> None:
        self.send_answer(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def send_answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing: a test that fails tells what it got."""
